"""The belt's speed over the last seconds as a line of braille dots. Pure."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eccentread.ui.screen import BeltPoint, RepMark

SILENCE_S = 3.0
"""Reports further apart than this are not joined, so that silence shows as a gap, seconds."""

LEAST_SPAN_KMH = 0.2
"""The scale never zooms in further than this, so that an idle belt's ripple looks as small as it is."""

_DOTS_X, _DOTS_Y = 2, 4
_BRAILLE = 0x2800
_BRAILLE_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))


@dataclass(frozen=True, slots=True)
class Window:
    """What a chart shows: session seconds from `start_s` to `end_s`, speeds from `low_kmh` to `high_kmh`."""

    start_s: float
    end_s: float
    low_kmh: float
    high_kmh: float

    def column(self, t_s: float, columns: int) -> int:
        """The column of a time, 0 … `columns` - 1 inside the window."""
        return math.floor((t_s - self.start_s) / (self.end_s - self.start_s) * (columns - 1) + 0.5)

    def row(self, speed_kmh: float, rows: int) -> int:
        """The row of a speed from the top, clipped to 0 … `rows` - 1."""
        share = (self.high_kmh - speed_kmh) / (self.high_kmh - self.low_kmh)
        return min(rows - 1, max(0, round(share * (rows - 1))))


def window(trace: Sequence[BeltPoint], lock_kmh: float, end_s: float, span_s: float) -> Window:
    """The last `span_s` seconds, and a scale that holds them and the lock speed with a little room."""
    start_s = end_s - span_s
    speeds = [lock_kmh, *(point.speed_kmh for point in trace if start_s <= point.t_s <= end_s)]
    low, high = min(speeds), max(speeds)
    room = max((high - low) * 0.05, (LEAST_SPAN_KMH - (high - low)) / 2)
    return Window(start_s, end_s, max(0.0, low - room), high + room)


def plot(
    trace: Sequence[BeltPoint], view: Window, width: int, height: int, *, ascii_only: bool = False
) -> list[str]:
    """`height` lines of `width` characters; cells without a dot are spaces."""
    columns, rows = width * _DOTS_X, height * _DOTS_Y
    cells = [[0] * width for _ in range(height)]
    for x, y in _line(trace, view, columns, rows):
        cells[y // _DOTS_Y][x // _DOTS_X] |= _BRAILLE_DOTS[x % _DOTS_X][y % _DOTS_Y]
    drawn = "*" if ascii_only else None
    return ["".join(drawn or chr(_BRAILLE + cell) if cell else " " for cell in line) for line in cells]


def rep_numbers(marks: Sequence[RepMark], view: Window, width: int) -> str:
    """One line of `width` characters: each rep's number under its dip, unless it would touch another's."""
    line = [" "] * width
    free_from = 0
    for mark in marks:
        text = str(mark.rep_index)
        at = view.column(mark.t_s, width) - (len(text) - 1) // 2
        if free_from <= at <= width - len(text):
            line[at : at + len(text)] = text
            free_from = at + len(text) + 1
    return "".join(line)


def _line(trace: Sequence[BeltPoint], view: Window, columns: int, rows: int) -> Iterable[tuple[int, int]]:
    """The dots of the straight lines between successive reports, column by column without holes."""
    before: tuple[float, int, int] | None = None
    for point in trace:
        x, y = view.column(point.t_s, columns), view.row(point.speed_kmh, rows)
        if not 0 <= x < columns:
            continue
        yield x, y
        if before and point.t_s - before[0] <= SILENCE_S and x >= before[1]:
            yield from _joined(before[1], before[2], x, y)
        before = (point.t_s, x, y)


def _joined(x0: int, y0: int, x1: int, y1: int) -> Iterable[tuple[int, int]]:
    steps = max(x1 - x0, abs(y1 - y0), 1)
    for step in range(steps + 1):
        yield x0 + round((x1 - x0) * step / steps), y0 + round((y1 - y0) * step / steps)
