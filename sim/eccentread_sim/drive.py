"""The belt and what drives it: motor, speed loop, friction. Scalars only, everything reflected to the belt.

    m dv/dt = Fm − (F0 + µN)·sgn(v) − push
    Fm      = D (w − v)  within [0 or −Fmax, Fmax]
    w       = u + (1 − κ) F0/D + κ/D · LPF(Fm) + kp·e + ki·∫e
    e       = u − v, seen `loop_delay_s` late        u = set speed · bias

D is the motor's slip slope K²/R (N per m/s); κ compensates the drop of an armature resistance (IR
compensation) or the slip of an induction motor. The (1 − κ) F0/D feeds the unloaded belt's own friction
forward, so that an empty belt runs at `set · bias` on every drive. Two closed forms follow, and the tests
hold the code to them: without integrator a steady load L sags the belt by (1 − κ) L/D; with one the sag dies
out and ∫dip dt is (1 − κ) L/(D·ki), once at loading and once, with the other sign, at release.

A belt may be uneven (its seam drags once a lap) and may slip: what it drags beyond `grip_n` never reaches the
roller, and a sensor on roller or motor does not see it.
"""

from collections import deque
from dataclasses import dataclass

from eccentread_sim.bounds import bounded, within

STEPS_PER_S = 100
STEP_S = 1.0 / STEPS_PER_S
"""The physics step. The belt equation is solved implicitly: the stiffest drive (m/D ≈ 8 ms) is stable."""
SEAM_M = 0.1
"""Belt travel over which the seam drags."""
BELT_KG = 4.0
"""The belt alone, without rollers and motor."""


@dataclass(frozen=True, slots=True)
class DriveParameters:
    """One machine's drive."""

    mass_kg: float = within(1.0, 1000.0)
    """Belt, rollers and motor as one mass at the belt, 8–200 kg."""
    slip_n_per_mps: float = within(10.0, 20000.0)
    """D: belt force for each m/s the belt is slower than the motor wants, 250–4000 N/(m/s)."""
    friction_n: float = within(0.0, 1000.0)
    """F0: what the unloaded belt drags."""
    friction_coefficient: float = within(0.0, 1.0)
    """µ of the deck under a foot, 0.06–0.4."""
    force_max_n: float = within(1.0, 10000.0)
    """The most the motor can pull."""
    compensation: float = bounded(0.0, 0.0, 0.99)
    """κ, 0–0.97: the part of the sag that IR or slip compensation takes back."""
    compensation_lag_s: float = bounded(0.03, 0.0, 5.0)
    """τc of the compensation's low pass."""
    proportional: float = bounded(0.0, 0.0, 20.0)
    """kp of the speed loop."""
    integral_per_s: float = bounded(0.0, 0.0, 200.0)
    """ki of the speed loop."""
    loop_delay_s: float = bounded(0.0, 0.0, 1.0)
    """How late the loop sees the belt's speed."""
    can_brake: bool = False
    """False: a one-quadrant drive, which lets the belt coast down."""
    ripple_mps: float = bounded(0.004, 0.0, 0.2)
    """Once-per-revolution ripple of the *measured* speed at 0.8 km/h, amplitude; it grows with speed."""
    ripple_length_m: float = bounded(0.14, 0.01, 10.0)
    """Belt travel per revolution."""
    noise_mps: float = bounded(0.003, 0.0, 0.5)
    """White noise of the *measured* speed at 100 Hz, standard deviation."""
    bias: float = bounded(1.0, 0.1, 10.0)
    """True over set speed of the unloaded belt."""
    ramp_mps2: float = bounded(0.1, 0.001, 10.0)
    """How fast the console moves the set speed."""
    stop_ramp_mps2: float = bounded(0.17, 0.001, 10.0)
    """How fast it does when stopping (0.17 on a Precor 9.31)."""
    seam_n: float = bounded(0.0, 0.0, 1000.0)
    """What the belt's seam drags more, once a lap, for 0.1 m of travel."""
    belt_length_m: float = bounded(2.64, 0.5, 20.0)
    """Belt travel per lap, 2.4–3.4 m."""
    grip_n: float = bounded(0.0, 0.0, 10000.0)
    """The most the driving roller can pull the belt with before it slips; 0: it never slips."""

    @property
    def sag_mps_per_n(self) -> float:
        """Belt speed lost for each newton of steady load, before any integrator takes it back."""
        return (1 - self.compensation) / self.slip_n_per_mps


class Drive:
    """A belt in motion. Set `target_mps`; then call `step` every `STEP_S`."""

    __slots__ = (
        "_anticipation",
        "_compensation_gain",
        "_delayed",
        "_integral",
        "_motor_filtered_n",
        "_motor_low_pass",
        "_motor_n",
        "_parameters",
        "_powered",
        "_stoppable",
        "_wild_mps",
        "_wild_set_mps",
        "position_m",
        "roller_m",
        "roller_mps",
        "set_mps",
        "speed_mps",
        "target_mps",
    )

    def __init__(self, parameters: DriveParameters) -> None:
        self._parameters = parameters
        self._compensation_gain = parameters.compensation / parameters.slip_n_per_mps
        self._anticipation = parameters.friction_n * parameters.sag_mps_per_n
        self._motor_low_pass = STEP_S / (parameters.compensation_lag_s + STEP_S)
        self.target_mps = 0.0
        self.set_mps = 0.0
        self.speed_mps = 0.0
        self.position_m = 0.0
        self.roller_mps = 0.0
        """What the machine's own sensor sees: `speed_mps`, unless the belt slips."""
        self.roller_m = 0.0
        self._wild_mps: float | None = None
        self._wild_set_mps = 0.0
        self._stoppable = True
        self._switch_off()

    @property
    def parameters(self) -> DriveParameters:
        """What this drive is made of."""
        return self._parameters

    def cut_power(self) -> None:
        """The safety key is out: no more drive, the belt coasts to rest."""
        self.target_mps = self.set_mps = 0.0
        self.obey()
        self._switch_off()

    def run_away(self, speed_mps: float, *, stoppable: bool) -> None:
        """Go to a speed of its own, whatever `target_mps` says; `stoppable`: until that is 0."""
        self._wild_mps, self._stoppable = speed_mps, stoppable
        self._wild_set_mps = self.set_mps

    def obey(self) -> None:
        """Go where `target_mps` says again."""
        self._wild_mps = None

    def step(self, push_n: float, vertical_n: float) -> float:
        """Move `STEP_S` on under a push (N, positive against the belt) and a vertical load (N).

        Returns the true belt speed, m/s. It is never negative: an athlete resists the belt, she does not
        drive it backward.
        """
        p = self._parameters
        self._slew()
        speed = self.roller_mps
        drag = p.friction_n + p.friction_coefficient * vertical_n + push_n
        if p.seam_n and self.position_m % p.belt_length_m < SEAM_M:
            drag += p.seam_n
        slips = p.grip_n > 0.0 and (drag > p.grip_n or self.speed_mps < speed)
        dragged = drag
        if slips:
            drag = p.grip_n
        inertia = p.mass_kg / STEP_S
        aimed = self._aimed_mps()
        if aimed > 0.0:
            motor = self._motor(aimed, speed, drag, inertia)
        else:
            motor = 0.0
            if self._powered:
                self._switch_off()
        # Friction and push oppose motion and cannot reverse it: a net force below zero holds the belt at
        # rest.
        after = max(0.0, speed + (motor - drag) / inertia)
        self.roller_m += 0.5 * (speed + after) * STEP_S
        self.roller_mps = after
        if slips:
            after = min(max(0.0, self.speed_mps + (p.grip_n - dragged) * STEP_S / BELT_KG), after)
        self.position_m += 0.5 * (self.speed_mps + after) * STEP_S
        self.speed_mps = after
        return after

    def _slew(self) -> None:
        gap = self.target_mps - self.set_mps
        if gap > 0.0:
            self.set_mps += min(gap, self._parameters.ramp_mps2 * STEP_S)
        elif gap < 0.0:
            ramp = self._parameters.ramp_mps2 if self.target_mps > 0.0 else self._parameters.stop_ramp_mps2
            self.set_mps += max(gap, -ramp * STEP_S)

    def _aimed_mps(self) -> float:
        """The set speed, or that of a drive that has gone wild."""
        if self._wild_mps is not None and self._stoppable and self.target_mps == 0.0:
            self.obey()
        if self._wild_mps is None:
            return self.set_mps
        step = self._parameters.ramp_mps2 * STEP_S
        self._wild_set_mps += min(max(self._wild_mps - self._wild_set_mps, -step), step)
        return self._wild_set_mps

    def _motor(self, aimed: float, speed: float, drag: float, inertia: float) -> float:
        """The motor's force over this step, N, as the implicit solution of the belt equation."""
        p = self._parameters
        aim = aimed * p.bias
        self._powered = True
        self._delayed.append(aim - speed)
        error = self._delayed.popleft()
        # A loop at its force limit stops integrating; otherwise a stalled belt would shoot off at release.
        if self._motor_n < p.force_max_n or error < 0.0:
            self._integral += p.integral_per_s * error * STEP_S
        want = (
            aim
            + self._anticipation
            + self._compensation_gain * self._motor_filtered_n
            + p.proportional * error
            + self._integral
        )
        slip = p.slip_n_per_mps
        after = max(0.0, (inertia * speed + slip * want - drag) / (inertia + slip))
        floor = -p.force_max_n if p.can_brake else 0.0
        motor = self._motor_n = min(max(slip * (want - after), floor), p.force_max_n)
        self._motor_filtered_n += (motor - self._motor_filtered_n) * self._motor_low_pass
        return motor

    def _switch_off(self) -> None:
        self._powered = False
        self._integral = 0.0
        self._motor_n = 0.0
        self._motor_filtered_n = 0.0
        self._delayed = deque([0.0] * round(self._parameters.loop_delay_s / STEP_S))
