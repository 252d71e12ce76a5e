"""What the belt itself does: it stands, it runs, it runs at another speed than before."""

STANDS_KMH = 0.05
STANDS_S = 3.0
"""A belt stalled by a push gets going sooner; one that stands this long was stopped."""
RUNS_AGAIN = 0.85
"""Part of the baseline from which a belt that stood is running again."""
STEADY_WITHIN, CHANGED_BY = 0.15, 0.5
"""Parts of a push's dip: a level held within the first and off by the second is another level."""
STEADY_S = 10.0
"""Longer than any contact: a level held this long is the free belt's."""


class BeltState:
    """Watches for standstill and for a new free speed."""

    def __init__(self, dip_kmh: float) -> None:
        """`dip_kmh`: the dip of a push, beside which steadiness and changes are judged."""
        self._tolerance = STEADY_WITHIN * dip_kmh
        self._change = CHANGED_BY * dip_kmh
        self._level = 0.0
        self._steady_since = self._stands_since = self._last = float("nan")
        self.stands = False

    def feed(self, t_s: float, speed_kmh: float, baseline_kmh: float) -> float | None:
        """The new free speed, km/h, when one has just shown itself, else `None`; keeps `stands` true."""
        if speed_kmh > STANDS_KMH:
            self._stands_since = float("nan")
            self.stands = self.stands and speed_kmh < RUNS_AGAIN * baseline_kmh
        elif not t_s - self._stands_since < STANDS_S:
            self.stands = self._stands_since == self._stands_since
            self._stands_since = self._stands_since if self.stands else t_s
        return self._steady(t_s, speed_kmh, baseline_kmh)

    def _steady(self, t: float, speed: float, baseline: float) -> float | None:
        held = t - self._steady_since
        if not abs(speed - self._level) <= self._tolerance or not held >= 0:
            self._steady_since, self._level = t, speed
            return None
        self._level += (speed - self._level) * 0.1
        moved = abs(self._level - baseline)
        if held >= STEADY_S and self._change < moved < 0.5 * baseline:
            self._steady_since = t
            return self._level
        return None
