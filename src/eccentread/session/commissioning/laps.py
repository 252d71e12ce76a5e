"""The belt's true speed from its length and the times at which a mark on it passed.

A person presses a key at each passage. Presses scatter by a tenth of a second or two, and one is missed now
and then; the slope of a straight line through all of them forgives the first, its steps the second.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import hypot, sqrt
from statistics import fmean, median

PRESS_S = 0.2
"""How far one press may be off, standard deviation: a person who sees the mark come."""
LENGTH_M = 0.03
"""How far the belt's length may be off: a tape along a loop."""


@dataclass(frozen=True, slots=True)
class TrueSpeed:
    """A measured belt speed."""

    speed_mps: float
    relative: float
    """Standard uncertainty, as a part of the speed."""
    laps: int
    lasted_s: float


def true_speed(length_m: float, passages_s: list[float]) -> TrueSpeed | None:
    """The speed of a belt `length_m` long, whose mark passed at these times; `None` before two."""
    if len(passages_s) < 2:
        return None
    numbers = _numbered(passages_s)
    middle, middle_s = fmean(numbers), fmean(passages_s)
    spread = sum((number - middle) ** 2 for number in numbers)
    pairs = zip(numbers, passages_s, strict=True)
    lap_s = sum((number - middle) * (t_s - middle_s) for number, t_s in pairs) / spread
    relative = hypot(LENGTH_M / length_m, PRESS_S / sqrt(spread) / lap_s)
    return TrueSpeed(length_m / lap_s, relative, numbers[-1], passages_s[-1] - passages_s[0])


def _numbered(passages_s: list[float]) -> list[int]:
    """Which lap each passage ended: a gap of about two laps is a press that was missed."""
    gaps_s = [after - before for before, after in pairwise(passages_s)]
    usual_s = median(gaps_s)
    numbers = [0]
    for gap_s in gaps_s:
        numbers.append(numbers[-1] + max(1, round(gap_s / usual_s)))
    return numbers
