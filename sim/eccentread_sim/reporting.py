"""From the belt's true speed to what the machine says: sensor, smoothing, rounding, and the air between.

Whether a push can be seen depends on this layer more than on the drive: the same dip is plain in a measured
speed, small in a smoothed one, and absent from a set-point.
"""

import math
import random
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from eccentread_sim.bounds import bounded
from eccentread_sim.drive import STEP_S, DriveParameters

CENTI_KMH_PER_MPS = 360.0
RIPPLE_SPEED_MPS = 0.8 / 3.6
"""The belt speed at which drives state their ripple."""
PULSE_TIMEOUT_S = 3.0
"""After this time without a pulse a pulse sensor reads 0."""
ORDER_S = 0.001
"""Reports that would overtake one another follow at this distance."""

HAIR = 1e-6
"""What a sum of steps may lack to the number that it stands for."""


class Source(StrEnum):
    """Where the reported speed comes from."""

    MEASURED = "measured"
    SNAPPED = "snapped"
    """Measured, but the set-point is shown while the belt is within `snap_within` of it."""
    SET_POINT = "set-point"
    """The set-point while running, the ramp while stopping: what most consumer machines report."""
    PULSES = "pulses"
    """One magnet a revolution: pulse length over the last pulse period, held."""


@dataclass(frozen=True, slots=True)
class Reporting:
    """How one machine reports its speed."""

    source: Source = Source.MEASURED
    interval_s: float = bounded(1.0, 0.01, 10.0)
    """Time between reports: 0.01 (research) to 2 s."""
    intervals_s: tuple[float, ...] = bounded((), 0.01, 10.0)
    """Instead of it, where there are any: each time between reports is one of these, drawn anew."""
    boxed: bool = True
    """True: the mean over the interval; False: the speed at the instant."""
    smoothing_s: float = bounded(0.0, 0.0, 60.0)
    """Time constant of an exponential average over the speed, 0 or 1–4 s; it replaces the box."""
    snap_within: float = bounded(0.05, 0.0, 1.0)
    """For `snapped`: relative, 0.03–0.10 on real machines."""
    pulse_length_m: float = bounded(0.25, 0.01, 10.0)
    """For `pulses`: belt travel from one pulse to the next."""
    quantum_kmh: float = bounded(0.01, 0.01, 5.0)
    """What the speed is rounded to: 0.01, 0.0161 (0.01 mph), 0.1, 0.161 (0.1 mph)."""
    truncates: bool = False
    """Whether it is cut rather than rounded, to the quantum and to the 0.01 km/h of the wire."""
    median_of: int = bounded(1, 1, 25)
    """The median of this many readings is shown, the newest included."""
    dead_band_kmh: float = bounded(0.0, 0.0, 5.0)
    """A reading is shown once it differs from what is shown by more than this."""
    noise_kmh: float = bounded(0.0, 0.0, 5.0)
    """Scatter that the console adds to each report, standard deviation (0.0145 on a Precor 9.31)."""
    latency_s: float = bounded(0.0, 0.0, 10.0)
    """By how much a report is late, always."""
    jitter_s: float = bounded(0.0, 0.0, 5.0)
    """And now and then: ± this, uniform; 0.03–0.15 on real links."""
    drop_rate: float = bounded(0.0, 0.0, 1.0)
    """Part of the reports lost, 0.001–0.02 on real links."""
    duplicate_rate: float = bounded(0.0, 0.0, 1.0)
    """Part of them that arrive twice."""
    burst_rate: float = bounded(0.0, 0.0, 1.0)
    """Part of them that get stuck for `burst_s`, and all that follow with them."""
    burst_s: float = bounded(1.0, 0.0, 60.0)
    zero_rate: float = bounded(0.0, 0.0, 1.0)
    """Part of the reports that read 0 whatever the belt does."""
    only_changes: bool = False
    """Whether a report that reads as the one before is kept back."""


@dataclass(frozen=True, slots=True)
class Report:
    """A speed as reported: `t_s` is when it arrives, `speed_centi_kmh` is 0.01 km/h as on the wire."""

    t_s: float
    speed_centi_kmh: int
    measured_s: float
    """When it was taken, which nobody is told."""


class Reporter:
    """Call `sample` every physics step; equal seeds and samples give equal reports."""

    def __init__(self, reporting: Reporting, drive: DriveParameters, seed: int | str) -> None:
        self._reporting = reporting
        self._ripple = drive.ripple_mps / RIPPLE_SPEED_MPS
        self._ripple_per_m = 2.0 * math.pi / drive.ripple_length_m
        self._noise_mps = drive.noise_mps
        self._rng = random.Random(f"{seed}:reporting")
        self._whims = random.Random(f"{seed}:reporting:whims")
        self._phase = self._rng.uniform(0.0, 2.0 * math.pi)
        self._per_step = reporting.smoothing_s > 0.0 or reporting.source is Source.PULSES
        self._smooth_mps = 0.0
        self._pulses = 0
        self._pulse_s = -math.inf
        self._pulse_mps = 0.0
        self._boxed: tuple[float, float] | None = None
        self._readings: deque[float] = deque(maxlen=reporting.median_of)
        self._displayed_mps = -math.inf
        self._stuck_until_s = -math.inf
        self._last_s = -math.inf
        self._ticks = 0
        self._shown_centi_kmh = -1
        self._misread: tuple[float, int] | None = None
        self.blind = False
        """Whether it reports the set-point, whatever its source."""
        self._first_s = self._rng.uniform(0.0, reporting.interval_s)
        self.next_s = self._first_s
        """When the speed is taken for the next report."""

    def misread(self, until_s: float, speed_kmh: float) -> None:
        """Read that, whatever the belt does: until then, and in the next report at least."""
        self._misread = until_s, round(100.0 * speed_kmh)

    def sample(self, t_s: float, position_m: float, speed_mps: float, set_mps: float) -> tuple[Report, ...]:
        """Reports that this instant gives rise to: none mostly, one at `next_s`, two if duplicated.

        `position_m` is the belt's travel so far; `set_mps` what the console shows as its own.
        """
        if self._per_step:
            self._follow(t_s, position_m, speed_mps)
        if t_s < self.next_s:
            return ()
        reporting, rng = self._reporting, self._rng
        measured_s = self.next_s
        self._ticks += 1
        if reporting.intervals_s:
            self.next_s += self._whims.choice(reporting.intervals_s)
        else:
            self.next_s = self._first_s + self._ticks * reporting.interval_s
        speed = self._number(self._shown(t_s, position_m, speed_mps, set_mps))
        if self._whims.random() < reporting.zero_rate:
            speed = 0
        if self._misread is not None:
            until_s, speed = self._misread
            if t_s + reporting.interval_s > until_s:
                self._misread = None
        arrives_s = measured_s + reporting.latency_s + rng.uniform(0.0, 2.0 * reporting.jitter_s)
        if rng.random() < reporting.burst_rate:
            self._stuck_until_s = arrives_s + reporting.burst_s
        arrives_s = self._last_s = max(arrives_s, self._stuck_until_s, t_s, self._last_s + ORDER_S)
        repeats = speed == self._shown_centi_kmh
        self._shown_centi_kmh = speed
        if rng.random() < reporting.drop_rate or (repeats and reporting.only_changes):
            return ()
        report = Report(arrives_s, speed, measured_s)
        if rng.random() < reporting.duplicate_rate:
            self._last_s += ORDER_S
            return report, Report(self._last_s, speed, measured_s)
        return (report,)

    def _number(self, shown_mps: float) -> int:
        """The speed on the console's grid, 0.01 km/h."""
        quantum = 100.0 * self._reporting.quantum_kmh
        whole = _cut if self._reporting.truncates else round
        return max(0, whole(whole(shown_mps * CENTI_KMH_PER_MPS / quantum) * quantum))

    def _shown(self, t_s: float, position_m: float, speed_mps: float, set_mps: float) -> float:
        """What the console takes for the speed, m/s, before rounding."""
        reporting = self._reporting
        if reporting.source is Source.SET_POINT or self.blind:
            return set_mps
        measured_mps = self._measured(t_s, position_m, speed_mps)
        if reporting.median_of > 1:
            self._readings.append(measured_mps)
            measured_mps = median(self._readings)
        if reporting.dead_band_kmh > 0.0:
            if abs(measured_mps - self._displayed_mps) > reporting.dead_band_kmh / 3.6:
                self._displayed_mps = measured_mps
            measured_mps = self._displayed_mps
        near = abs(measured_mps - set_mps) <= reporting.snap_within * set_mps
        return set_mps if near and reporting.source is Source.SNAPPED else measured_mps

    def _measured(self, t_s: float, position_m: float, speed_mps: float) -> float:
        reporting, rng = self._reporting, self._rng
        averaged_s = STEP_S
        if reporting.source is Source.PULSES:
            measured_mps = self._pulse_mps if t_s - self._pulse_s < PULSE_TIMEOUT_S else 0.0
        elif reporting.smoothing_s > 0.0:
            measured_mps = self._smooth_mps
            averaged_s = 2.0 * reporting.smoothing_s
        else:
            measured_mps = self._sensed_mps(position_m, speed_mps)
            if reporting.boxed:
                sensed_m = self._sensed_m(position_m)
                if self._boxed is not None:
                    averaged_s = t_s - self._boxed[0]
                    measured_mps = (sensed_m - self._boxed[1]) / averaged_s
                self._boxed = t_s, sensed_m
        if speed_mps == 0.0:
            return measured_mps
        white_mps = self._noise_mps * math.sqrt(STEP_S / max(averaged_s, STEP_S))
        return measured_mps + rng.gauss(0.0, math.hypot(white_mps, reporting.noise_kmh / 3.6))

    def _sensed_mps(self, position_m: float, speed_mps: float) -> float:
        return speed_mps * (1.0 + self._ripple * math.sin(position_m * self._ripple_per_m + self._phase))

    def _sensed_m(self, position_m: float) -> float:
        """The integral of `_sensed_mps`: where a sensor on an uneven roller believes the belt to be."""
        wave = math.cos(self._phase) - math.cos(position_m * self._ripple_per_m + self._phase)
        return position_m + self._ripple / self._ripple_per_m * wave

    def _follow(self, t_s: float, position_m: float, speed_mps: float) -> None:
        """What some sensors do all the time: smooth, count pulses."""
        reporting = self._reporting
        if reporting.smoothing_s > 0.0:
            part = STEP_S / (reporting.smoothing_s + STEP_S)
            self._smooth_mps += (self._sensed_mps(position_m, speed_mps) - self._smooth_mps) * part
        pulses = int(position_m / reporting.pulse_length_m)
        if pulses > self._pulses:
            # The pulse came since the last step, when the belt was at that multiple of the pulse length.
            over_m = position_m - pulses * reporting.pulse_length_m
            pulse_s = t_s - over_m / speed_mps if speed_mps > 0.0 else t_s
            self._pulse_mps = (pulses - self._pulses) * reporting.pulse_length_m / (pulse_s - self._pulse_s)
            self._pulses, self._pulse_s = pulses, pulse_s


def _cut(number: float) -> int:
    """The whole part; a hair below a whole number is that number."""
    return math.floor(number + HAIR)
