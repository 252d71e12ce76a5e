"""Is the machine still telling? The age of its reports decides, never a connection flag (invariant S4)."""

from collections import deque
from statistics import median

from eccentread.safety.limits import FAULT_AGE_S, FAULT_INTERVALS, SUSPECT_AGE_S, SUSPECT_INTERVALS

_REMEMBERED = 31
"""Intervals in the running median: an odd number, about half a minute at 1 Hz, deaf to bursts and gaps."""

SLOWEST_S = 2.0
"""No machine is known to report a moving belt less often; a standing one may, and must not teach patience."""


class Liveness:
    """The reports' rhythm, learned from their arrivals.

    Times are session seconds. A report that does not come later than the one before it changes nothing.
    """

    def __init__(self) -> None:
        self._last_s: float | None = None
        self._intervals_s: deque[float] = deque(maxlen=_REMEMBERED)

    def reported(self, t_s: float) -> None:
        """A report with a belt speed arrived."""
        if self._last_s is not None and t_s <= self._last_s:
            return
        if self._last_s is not None:
            self._intervals_s.append(t_s - self._last_s)
        self._last_s = t_s

    def restart(self, t_s: float) -> None:
        """A new connection: reports are owed from now on, in the rhythm known."""
        self._last_s = t_s

    @property
    def interval_s(self) -> float:
        """The usual time between reports, seconds, at most `SLOWEST_S`; 0 before two have arrived."""
        return min(median(self._intervals_s), SLOWEST_S) if self._intervals_s else 0.0

    def suspect(self, t_s: float) -> bool:
        """Whether the newest report is too old to act upon, or there is none."""
        return self._older(t_s, self.suspect_age_s)

    @property
    def suspect_age_s(self) -> float:
        """The age from which on a report is too old, seconds."""
        return max(SUSPECT_AGE_S, SUSPECT_INTERVALS * self.interval_s)

    def dead(self, t_s: float) -> bool:
        """Whether silence has lasted so long that it is a fault."""
        return self._older(t_s, max(FAULT_AGE_S, FAULT_INTERVALS * self.interval_s))

    def _older(self, t_s: float, age_s: float) -> bool:
        return self._last_s is None or t_s - self._last_s > age_s
