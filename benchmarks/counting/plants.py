"""Many copies of one machine side by side: the drive of the simulator and its console, free of noise.

The equations are those of `eccentread_sim.drive`, over arrays; a test holds the two to each other. A copy is
a column of `state`; copies are made, dropped and mixed by their columns.
"""

import math

import numpy as np
from numpy.typing import NDArray

from eccentread_sim.drive import STEP_S, DriveParameters
from eccentread_sim.recordings import SPEED_KMH
from eccentread_sim.reporting import RIPPLE_SPEED_MPS, Reporting

type Floats = NDArray[np.float64]

SPEED, POSITION, BOX_FROM, SMOOTH, INTEGRAL, MOTOR, FILTERED = range(7)
"""Rows of the state, m, s and N; after them the errors that the speed loop has not seen yet."""
_DELAYED = 7


class Plants:
    """Copies of one machine at its set speed, all at the same time."""

    def __init__(self, drive: DriveParameters, reporting: Reporting, copies: int) -> None:
        self._drive = drive
        self._reporting = reporting
        self._late = round(drive.loop_delay_s / STEP_S)
        self._ring = 0
        self._aim = SPEED_KMH / 3.6 * drive.bias
        self._smoothing = STEP_S / (reporting.smoothing_s + STEP_S)
        self.state = np.zeros((_DELAYED + self._late, copies))
        self.state[[SPEED, SMOOTH]] = self._aim
        self.state[[MOTOR, FILTERED]] = drive.friction_n

    def step(self, load_n: Floats) -> None:
        """Move all `STEP_S` on, each under its load: push and deck friction, N."""
        p, s = self._drive, self.state
        drag = load_n + p.friction_n
        error = self._aim - s[SPEED]
        if self._late:
            row = s[_DELAYED + self._ring]
            error, row[:] = row.copy(), error
            self._ring = (self._ring + 1) % self._late
        if p.integral_per_s:
            s[INTEGRAL] += p.integral_per_s * STEP_S * error * ((s[MOTOR] < p.force_max_n) | (error < 0.0))
        want = s[INTEGRAL] + p.proportional * error
        want += self._aim + p.friction_n * p.sag_mps_per_n
        want += p.compensation / p.slip_n_per_mps * s[FILTERED]
        inertia, slip = p.mass_kg / STEP_S, p.slip_n_per_mps
        after = inertia * s[SPEED] + slip * want
        after -= drag
        after /= inertia + slip
        np.maximum(after, 0.0, out=after)
        want -= after
        want *= slip
        motor = s[MOTOR]
        np.minimum(np.maximum(want, -p.force_max_n if p.can_brake else 0.0), p.force_max_n, out=motor)
        s[FILTERED] += (motor - s[FILTERED]) * (STEP_S / (p.compensation_lag_s + STEP_S))
        before = s[SPEED].copy()
        s[SPEED] += (motor - drag) / inertia
        np.maximum(s[SPEED], 0.0, out=s[SPEED])
        s[POSITION] += 0.5 * STEP_S * (before + s[SPEED])
        if self._reporting.smoothing_s:
            s[SMOOTH] += (s[SPEED] - s[SMOOTH]) * self._smoothing

    def open_box(self) -> None:
        """The next report's mean begins here."""
        self.state[BOX_FROM] = self.state[POSITION]

    def shown_mps(self, box_s: float) -> Floats:
        """What the console measures now; a boxed one, over the `box_s` since `open_box`."""
        if self._reporting.smoothing_s:
            return self.state[SMOOTH].copy()
        if self._reporting.boxed:
            return (self.state[POSITION] - self.state[BOX_FROM]) / box_s
        return self.state[SPEED].copy()


def noise_mps(drive: DriveParameters, reporting: Reporting, box_s: float) -> float:
    """Standard deviation of a measurement, the roller's ripple counted as noise; rounding is not in it."""
    turns_per_s = RIPPLE_SPEED_MPS / drive.ripple_length_m
    if reporting.smoothing_s:
        averaged_s = 2.0 * reporting.smoothing_s
        passed = 1.0 / math.hypot(1.0, 2.0 * math.pi * turns_per_s * reporting.smoothing_s)
    elif reporting.boxed:
        averaged_s = box_s
        passed = abs(float(np.sinc(turns_per_s * box_s)))
    else:
        averaged_s, passed = STEP_S, 1.0
    white = drive.noise_mps * math.sqrt(STEP_S / max(averaged_s, STEP_S))
    return math.hypot(white, passed * drive.ripple_mps / math.sqrt(2.0), reporting.noise_kmh / 3.6)
