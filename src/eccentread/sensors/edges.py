"""From a count of edges and the time of the newest one to speed: the time between edges is measured.

Counting in windows is coarse (one edge more or less); dividing the counts by the time between the edges that
bound them is as exact as the clock. While no edge comes, the belt cannot have moved by a whole count since
the last: the speed is at most one length over the time that has passed.
"""

STANDS_MPS = 0.02
"""Below this (0.07 km/h) the belt stands, for all that a sensor can tell."""

FASTEST_MPS = 28.0
"""No belt runs at 100 km/h: such a speed is a counter that was reset."""


class EdgeTimer:
    """Speed from a running count; `length_m` is the belt's travel from one edge to the next.

    Times are seconds of one clock, whichever. A count that goes back is motion as well: which way an encoder
    is mounted says nothing of the belt.
    """

    def __init__(self, length_m: float) -> None:
        self._length_m = length_m
        self._count: int | None = None
        self._edge_s: float | None = None  # of the newest edge; unknown until one is seen
        self._since_s = 0.0  # no edge came after this
        self._mps: float | None = None

    def restart(self) -> None:
        """What was counted so far says nothing of what comes."""
        self._count = self._edge_s = self._mps = None

    def feed(self, now_s: float, count: int, edge_s: float | None) -> float | None:
        """The speed, m/s: at `now_s` the count stands at `count`, its newest edge came at `edge_s`.

        `None` where nothing can be said yet: before two edges were seen, and the belt may move or not.
        """
        if self._count is None:
            self._count, self._edge_s = count, edge_s
            self._since_s = now_s if edge_s is None else edge_s
            return None
        if count == self._count:
            return self._waiting(now_s)
        before_s, counts = self._edge_s, abs(count - self._count)
        self._count, self._edge_s = count, edge_s
        self._since_s = now_s if edge_s is None else edge_s
        if edge_s is None or before_s is None:
            self._mps = None
            return None
        passed_s = edge_s - before_s
        if counts * self._length_m > FASTEST_MPS * passed_s:
            self._mps = None
            return None
        self._mps = counts * self._length_m / passed_s
        return self._mps if self._mps >= STANDS_MPS else 0.0

    def _waiting(self, now_s: float) -> float | None:
        passed_s = now_s - self._since_s
        if passed_s * STANDS_MPS > self._length_m:
            return 0.0
        if self._mps is None:
            return None
        speed = min(self._mps, self._length_m / passed_s) if passed_s > 0 else self._mps
        return speed if speed >= STANDS_MPS else 0.0
