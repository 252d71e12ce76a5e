"""The belt's speed by the machine's own distance: a second word on a speed that may be in another unit (S5).

A machine that takes 0.80 for miles an hour reports 0.80 back and runs at 1.29 km/h; the metres it counts
meanwhile give it away. Distance comes in whole metres or coarser, so the time of each step forward is known
to one report: that gives bounds of the speed, and they close as the belt runs on.
"""

from collections import deque
from enum import Enum, auto
from math import inf
from typing import NamedTuple

from eccentread.units import centi_from_mps

FASTER = 1.3
"""A belt surely this much faster than its lock is no drive's error: drives run +3 % off, miles +61 %."""
SLOWER = 0.75
"""Likewise below: drives run −10 % off, kilometres taken for miles −38 %."""
LATE_S = 0.5
"""By how much one report may be later than the next on its way here."""
STEPS = 8
"""How many steps are remembered: at 0.8 km/h the last half minute, so that a slow ramp is forgotten."""


class Pace(Enum):
    """What the distance says of the speed."""

    OPEN = auto()
    """Nothing yet: the bounds are still too wide, or no distance is told."""
    AGREES = auto()
    FASTER = auto()
    SLOWER = auto()


class _Step(NamedTuple):
    """The distance went up to `distance_m` between the reports at `after_s` and `t_s`."""

    after_s: float
    t_s: float
    distance_m: int


class Odometer:
    """Times the distance. Feed it from the moment the belt ought to run steadily."""

    def __init__(self, lock_centi_kmh: int) -> None:
        self._lock = lock_centi_kmh
        self._last: tuple[float, int] | None = None
        self._fell_from_m: int | None = None
        self._steps: deque[_Step] = deque(maxlen=STEPS)

    def reported(self, t_s: float, distance_m: int | None) -> None:
        """Take a report's distance; a record without one changes nothing, a reset begins anew.

        A late report looks like a reset, and what follows it like a leap: that is no way that was covered.
        """
        if distance_m is None:
            return
        before, self._last = self._last, (t_s, distance_m)
        if before is None or distance_m == before[1]:
            return
        if distance_m < before[1]:
            self._steps.clear()
            self._fell_from_m = before[1]
        elif self._fell_from_m is not None and distance_m >= self._fell_from_m:
            self._steps.clear()
            self._fell_from_m = None
        else:
            self._steps.append(_Step(before[0], t_s, distance_m))

    @property
    def told(self) -> bool:
        """Whether any report had a distance."""
        return self._last is not None

    @property
    def pace(self) -> Pace:
        """What the latest stretch that is long enough says."""
        if self._steps:
            newest = self._steps[-1]
            for earlier in reversed(self._steps):
                pace = self._between(earlier, newest)
                if pace is not Pace.OPEN:
                    return pace
        return Pace.OPEN

    @property
    def long_pace(self) -> Pace:
        """What all of the remembered steps together say: deaf to reports that come in bursts."""
        if len(self._steps) < STEPS:
            return Pace.OPEN
        return self._between(self._steps[0], self._steps[-1])

    def _between(self, earlier: _Step, newest: _Step) -> Pace:
        run_m = newest.distance_m - earlier.distance_m
        longest_s = newest.t_s - earlier.after_s + LATE_S
        shortest_s = newest.after_s - earlier.t_s - LATE_S
        slowest = centi_from_mps(run_m / longest_s)
        fastest = centi_from_mps(run_m / shortest_s) if shortest_s > 0 else inf
        if slowest > FASTER * self._lock:
            return Pace.FASTER
        if fastest < SLOWER * self._lock:
            return Pace.SLOWER
        if slowest >= SLOWER * self._lock and fastest <= FASTER * self._lock:
            return Pace.AGREES
        return Pace.OPEN


class Travel:
    """Counts the steps that the machine's distance takes while it says that its belt stands.

    A machine that reports what it was told, rather than its belt, says zero of one that runs on.
    """

    def __init__(self) -> None:
        self._distance_m: int | None = None
        self.steps = 0

    def reported(self, speed_centi_kmh: int, distance_m: int | None) -> bool:
        """Take a report; say whether it is a step of a belt that is said to stand."""
        before, self._distance_m = self._distance_m, self._distance_m if distance_m is None else distance_m
        if speed_centi_kmh:
            self.steps = 0
            return False
        stepped = before is not None and distance_m is not None and distance_m > before
        self.steps += stepped
        return stepped
