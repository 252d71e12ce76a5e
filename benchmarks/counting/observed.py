"""Reports as bounds on what the console measured: what rounding leaves of it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from benchmarks.counting.plants import Floats
from eccentread_sim.drive import STEPS_PER_S
from eccentread_sim.reporting import Reporting

BELOW = -1.0
"""m/s: what is shown as 0 may be anything below, of a reckoning that knows no stop."""
LUMP_S = 0.2
"""Faster reports are taken together, as means over about this time."""


@dataclass(frozen=True, slots=True)
class Look:
    """One report, or the mean of several: taken at step `at` of a mean that began at step `opens`."""

    opens: int
    at: int
    low: float
    high: float
    """m/s."""
    reports: int

    @property
    def box_s(self) -> float:
        """Over what time it is a mean."""
        return (self.at - self.opens) / STEPS_PER_S

    @property
    def width(self) -> float:
        """How much of 1 m/s it covers."""
        return min(self.high - self.low, 1.0)

    def sigma(self, of_one: float) -> float:
        """Noise of it, where that of one report is known."""
        return of_one / math.sqrt(self.reports)


def looks(measured_s: Floats, speed_kmh: Floats, reporting: Reporting) -> Iterator[Look]:
    """The reports in order, without those that came twice."""
    lump = max(1, round(LUMP_S / reporting.interval_s)) if reporting.interval_s < LUMP_S else 1
    ticks = np.round((measured_s - measured_s[0]) / reporting.interval_s).astype(int)
    _, first = np.unique(ticks, return_index=True)
    half = reporting.quantum_kmh / 7.2
    # A mean of rounded reports is known better than each; a lump of them is as good as noise would have it.
    half /= math.sqrt(lump)
    for _, several in groupby(first, key=lambda i: ticks[i] // lump):
        group = list(several)
        speed = float(np.mean(speed_kmh[group])) / 3.6
        at = math.ceil(measured_s[group[-1]] * STEPS_PER_S - 1e-9)
        opens = math.ceil((measured_s[group[0]] - reporting.interval_s) * STEPS_PER_S - 1e-9)
        low = BELOW if speed == 0.0 else speed - half
        yield Look(opens, at, low, speed + half, len(group))
