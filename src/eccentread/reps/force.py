"""Newtons from a dip: what a calibration with known loads found, or why it found nothing to go by.

The belt sees what is tied to it and, through the friction of the deck, what rests on it: a load of F newtons
along the belt under a weight of N dips like F + µN. A box on a strap and the same box riding free tell the
two apart: y = G·F + H·N, where y is the load in km/h of the unit edge, G the gain, and µ = H/G.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eccentread.reps.calibration import CONTACT_S
from eccentread.reps.force_edge import Edge
from eccentread.reps.force_pulls import FittedPull, Pull, PullStretch, likeliest_edge
from eccentread.reps.intake import Intake
from eccentread.reps.response import Floats, Response
from eccentread.reps.signal_check import quantum_of

GRAVITY_MPS2 = 9.81
LEAST_PULLS, LEAST_MASSES, LEAST_RIDES = 6, 3, 2
LEAST_R_SQUARED = 0.9
MOST_UP_DOWN = 0.15
STALL = 0.8
"""A belt slowed by more than this part of its speed is no longer what it was: its drive is at its limit."""
SPEED_WITHIN = 0.12
"""Relative distance from the protocol's speed at which a drive is still the drive that was calibrated."""
LEAST_IDLE = 10
SCALE = 0.02
"""Relative error of a luggage scale, which weighs and pulls alike."""
PULL_SCATTER = 0.03
"""Relative scatter from pull to pull at the least: sticking and slipping, and the reading of it."""
COARSE = 0.12
"""Relative error where a drive takes its dip back within one report; less where it is slower."""
MOST_COARSE = 0.4
LEAST_MU = 0.01
REWEIGHED = 4
"""Rounds in which the weights of the loads follow the loads."""
MU, MU_SPREAD = 0.2, 0.12
"""Friction of decks, lubricated to dry: what rides are weighed against that the belt's noise may hide."""


@dataclass(frozen=True, slots=True)
class ForceCalibration:
    """How this belt, on this day and at this speed, answers a newton. Errors are standard errors."""

    edge: Edge
    gain: float
    """G, km/h of the unit edge for each newton along the belt."""
    gain_error: float
    friction: float
    """H = µG, km/h for each newton of weight."""
    friction_error: float
    correlation: float
    """Between the errors of the two, −1–1."""
    baseline_kmh: float
    noise_kmh: float
    interval_s: float
    """Median time between reports; 0.2 where they come faster and are averaged."""
    coarseness: float
    """Relative error of any one load that comes of reports too seldom for how fast the drive answers."""
    scatter: float
    """Relative scatter of the pulls about the line."""
    r_squared: float
    up_down: float
    """How much more the boxes dipped the belt on the way down than on the way up, relative."""
    linearity: float
    """The furthest that a box lies off the line, over the largest dip."""
    stall_margin: float
    """1 − deepest dip of any box over the belt's speed."""
    pulls: int
    rides: int

    @property
    def dip_per_newton_kmh(self) -> float:
        """Largest dip of a usual push, for each newton along the belt."""
        t: Floats = np.arange(0.0, CONTACT_S, 0.05)
        return self.gain * float(self.edge.at(t).max())

    @property
    def mu(self) -> float:
        """Friction of the deck."""
        return self.friction / self.gain

    @property
    def mu_error(self) -> float:
        """Standard error of it."""
        parts = self.friction_error / self.friction, self.gain_error / self.gain
        squared = parts[0] ** 2 + parts[1] ** 2 - 2 * self.correlation * parts[0] * parts[1]
        return self.mu * float(np.sqrt(max(squared, 0.0)))


@dataclass(frozen=True, slots=True)
class NoForce:
    """Why there is no calibration: a sentence with the way out."""

    reason: str


def calibrate_force(
    t_s: Sequence[float],
    speed_kmh: Sequence[float],
    idle_s: tuple[float, float],
    pulls: Sequence[Pull],
    lock_kmh: float,
) -> ForceCalibration | NoForce:
    """What known loads tell of a belt that runs at `lock_kmh`; `idle_s` is when nothing lay on it.

    Times are seconds of one clock, speeds as reported.
    """
    intake = Intake()
    reports = [r for r in (intake.feed(t, v) for t, v in zip(t_s, speed_kmh, strict=True)) if r is not None]
    idle = [v for t, v in reports if idle_s[0] <= t <= idle_s[1]]
    if len(idle) < LEAST_IDLE:
        return NoForce("Too few speed reports of the free belt; check the connection and repeat it.")
    t: Floats
    v: Floats
    t, v = np.array(reports).T
    baseline = float(np.median(idle))
    if abs(baseline - lock_kmh) > SPEED_WITHIN * lock_kmh:
        return NoForce(
            f"The free belt ran at {baseline:.2f} km/h, not at {lock_kmh:.2f} as in the exercise: a gain "
            "holds for one speed; set it and repeat the calibration."
        )
    noise = float(np.hypot(np.std(idle), quantum_of(v) / np.sqrt(12)))
    laid = [(pull, PullStretch(t, v, pull, (baseline, noise))) for pull in pulls]
    laid = [(pull, stretch) for pull, stretch in laid if stretch.told]
    free = [(pull, stretch) for pull, stretch in laid if stretch.peak_kmh <= STALL * baseline]
    if reason := _too_few([pull for pull, _ in free], stalled=len(laid) - len(free)):
        return NoForce(reason)
    interval = float(np.median(np.diff(t)))
    edge = likeliest_edge([stretch for _, stretch in free], interval)
    fitted = [(pull, stretch.best(edge)) for pull, stretch in free]
    # Between two reports the dip may have been deeper than in either.
    highest = float(edge.at(np.arange(0.0, CONTACT_S, 0.05)).max())
    deepest = max(
        max(stretch.peak_kmh, highest * one.load_kmh)
        for (_, stretch), (_, one) in zip(free, fitted, strict=True)
    )
    margin = 1 - deepest / baseline
    return _line(fitted, edge, _Idle(baseline, noise, interval), margin)


def _too_few(pulls: Sequence[Pull], stalled: int) -> str | None:
    tied = [pull for pull in pulls if not pull.rides]
    masses = {pull.mass_kg for pull in tied}
    if len(tied) >= LEAST_PULLS and len(masses) >= LEAST_MASSES:
        if len(pulls) - len(tied) >= LEAST_RIDES:
            return None
        return (
            f"Only {len(pulls) - len(tied)} free rides: without {LEAST_RIDES} the deck's friction stays "
            "unknown, and with it a third of the force."
        )
    few = (
        f"Only {len(tied)} usable pulls with {len(masses)} masses; {LEAST_PULLS} with {LEAST_MASSES} it takes"
    )
    if stalled:
        return f"{few}, and {stalled} all but stalled the belt: repeat it with lighter boxes."
    return f"{few}: repeat it with all boxes, up and down."


@dataclass(frozen=True, slots=True)
class _Idle:
    """The free belt and its reports: speed and noise, km/h, and the time between two, s."""

    baseline_kmh: float
    noise_kmh: float
    interval_s: float


@dataclass(frozen=True, slots=True)
class _Line:
    """y = G·F + H·N, fitted: the two coefficients with their covariance, and the loads it is fitted to."""

    gain: float
    friction: float
    covariance: Floats
    predicted: Floats
    spread: Floats


def _line(
    fitted: Sequence[tuple[Pull, FittedPull]], edge: Edge, idle: _Idle, margin: float
) -> ForceCalibration | NoForce:
    """Gain and friction, and what speaks against them."""
    coarse = _coarseness(edge.response, idle.interval_s)
    tied = np.array([not pull.rides for pull, _ in fitted])
    load = np.array([one.load_kmh for _, one in fitted])
    line = _fit_line(fitted, load, coarse)
    off: Floats = (load - line.predicted)[tied]
    around: Floats = load[tied] - load[tied].mean()
    r_squared = 1 - float(off @ off) / max(float(around @ around), 1e-12)
    if line.gain <= 0 or r_squared < LEAST_R_SQUARED:
        return NoForce(
            f"The dips do not follow the loads (R² {max(r_squared, 0.0):.2f}, {LEAST_R_SQUARED} needed): "
            "check the masses and readings, or count without newtons on this machine."
        )
    up_down = _up_down([pull for pull, _ in fitted if not pull.rides], load[tied] / line.predicted[tied])
    if abs(up_down) > MOST_UP_DOWN:
        more = "more" if up_down > 0 else "less"
        return NoForce(
            f"The same boxes dipped the belt {abs(up_down):.0%} {more} on the way down than on the way up "
            f"({MOST_UP_DOWN:.0%} at most): warm the belt up for longer and repeat it."
        )
    # Scatter beyond what was allowed for widens the errors; the scale's own is in all readings alike.
    pulls = int(tied.sum())
    wider = max(1.0, float(np.sqrt(np.sum((off / line.spread[tied]) ** 2) / (pulls - 2))))
    gain_error, friction_error = (wider * float(e) for e in np.sqrt(np.diag(line.covariance)))
    friction = max(line.friction, LEAST_MU * line.gain)
    return ForceCalibration(
        edge=edge,
        gain=line.gain,
        gain_error=float(np.hypot(gain_error, SCALE * line.gain)),
        friction=friction,
        friction_error=float(np.hypot(friction_error, SCALE * friction)),
        correlation=float(line.covariance[0, 1] * wider**2 / (gain_error * friction_error)),
        baseline_kmh=idle.baseline_kmh,
        noise_kmh=idle.noise_kmh,
        interval_s=idle.interval_s,
        coarseness=coarse,
        scatter=float(np.std(off / line.predicted[tied])),
        r_squared=r_squared,
        up_down=up_down,
        linearity=float(np.abs(off).max() / line.predicted.max()),
        stall_margin=margin,
        pulls=pulls,
        rides=len(fitted) - pulls,
    )


def _fit_line(fitted: Sequence[tuple[Pull, FittedPull]], load: Floats, coarse: float) -> _Line:
    """Weighted least squares; that µ is a deck's counts as one more measurement."""
    along = np.array([pull.tension_n for pull, _ in fitted])
    weight = np.array([pull.mass_kg * GRAVITY_MPS2 for pull, _ in fitted])
    error = np.array([one.error_kmh for _, one in fitted])
    design: Floats = np.vstack([np.column_stack([along, weight]), [MU, -1.0]])
    told: Floats = np.append(load, 0.0)
    rough = max(float(np.median(load / (along + MU * weight))), 1e-9)
    scatter = float(np.hypot(PULL_SCATTER, coarse))
    coefficients: Floats = np.array([rough, MU * rough])
    covariance: Floats = np.eye(2)
    spread = error
    for _ in range(REWEIGHED):
        predicted: Floats = np.maximum(design[:-1] @ coefficients, 1e-9)
        spread = np.hypot(error, scatter * predicted)
        scaled: Floats = design / np.append(spread, MU_SPREAD * rough)[:, None]
        covariance = np.linalg.inv(scaled.T @ scaled)
        coefficients = covariance @ scaled.T @ (told / np.append(spread, MU_SPREAD * rough))
    predicted = np.maximum(design[:-1] @ coefficients, 1e-9)
    return _Line(float(coefficients[0]), float(coefficients[1]), covariance, predicted, spread)


def _coarseness(response: Response, interval_s: float) -> float:
    """How far one load may be off because its dip is gone between two reports, relative."""
    passing = (1 - response.sustained) * response.loop_s
    share = passing / (passing + response.sustained * CONTACT_S)
    return float(min(COARSE * share * interval_s / response.loop_s, MOST_COARSE))


def _up_down(pulls: Sequence[Pull], ratio: Floats) -> float:
    """Mean of each mass's last dip over its first, in units of the line, less one."""
    by_mass: dict[float, list[float]] = {}
    for pull, one in zip(pulls, ratio, strict=True):
        by_mass.setdefault(pull.mass_kg, []).append(float(one))
    changes = [
        last / first - 1 for first, *_, last in (r for r in by_mass.values() if len(r) > 1) if first > 0
    ]
    return float(np.mean(changes)) if changes else 0.0
