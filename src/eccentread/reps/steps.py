"""Dips of the belt's speed, one after the other, whatever they come from: steps, pushes, a ringing loop."""

from collections import deque
from itertools import pairwise
from statistics import median


class Dips:
    """The moments of the latest dips: falls and rises of at least `height_kmh`, one after the other."""

    def __init__(self, height_kmh: float, kept: int) -> None:
        self._height = height_kmh
        self._falling = False
        self._extreme = 0.0
        self._at_s = 0.0
        self.at_s: deque[float] = deque(maxlen=kept)
        """When each was deepest, s; oldest first."""

    def feed(self, t_s: float, speed_kmh: float) -> bool:
        """Take a report in; whether a dip has just ended."""
        beyond = speed_kmh < self._extreme if self._falling else speed_kmh > self._extreme
        if beyond:
            self._extreme, self._at_s = speed_kmh, t_s
            return False
        if abs(speed_kmh - self._extreme) < self._height:
            return False
        if self._falling:
            self.at_s.append(self._at_s)
        self._falling = not self._falling
        self._extreme, self._at_s = speed_kmh, t_s
        return not self._falling

    def regular(self, intervals: int, shortest_s: float, longest_s: float, within: float) -> bool:
        """Whether the latest `intervals` are all of such length, and each within a part of their median."""
        lengths = [after - before for before, after in pairwise(self.at_s)][-intervals:]
        if len(lengths) < intervals:
            return False
        usual = median(lengths)
        return all(
            shortest_s <= length <= longest_s and abs(length - usual) <= within * usual for length in lengths
        )
