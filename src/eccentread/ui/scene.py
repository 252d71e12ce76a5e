"""What a picture of an analysed recording shows, and where on the paper: no drawing here."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

import numpy as np
from numpy.typing import NDArray

from eccentread.record.recordings import Recording
from eccentread.reps import SET, Analysis, Window

LEAST_ROW_S, MOST_ROW_S = 30.0, 120.0
"""A set of 15 takes 60 to 115 s: it fits one row, in which each push is wide enough for its number."""
MOST_STRIPS, MOST_ROWS = 10, 20
"""Longer recordings get longer rows, so that the picture stays a picture."""
SILENCE_S = 30.0
"""Of what was not reported for longer than this nothing is shown."""
MARGIN_S = 3.0
"""Shown before and after what a row is about."""
MOST_COVERED = 0.8
"""Where the rows show more than this part of the recording, an overview of it adds nothing."""

type Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mark:
    """A contact with the belt. `label` is its number where it counts, else what it was ("touch", "ride")."""

    onset_s: float
    release_s: float
    label: str
    counts: bool
    confidence: float
    announced_s: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A stretch of the recording on one line of the picture; `title` is empty where it goes on."""

    title: str
    begin_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Scene:
    """All that is shown of one recording; times in s, speeds in km/h."""

    name: str
    headline: str
    countable: bool
    reason: str
    times_s: Floats
    speeds_kmh: Floats
    baseline: Sequence[tuple[float, float]]
    """(time, speed) of the free belt, in order; empty where nothing is known of it."""
    windows: Sequence[Window]
    marks: Sequence[Mark]

    @property
    def whole(self) -> Row:
        """The recording from end to end."""
        begin_s, end_s = float(self.times_s[0]), float(self.times_s[-1])
        return Row("Whole recording", begin_s, max(end_s, begin_s + 1.0))


def scene(name: str, recording: Recording, found: Analysis) -> Scene:
    """The scene of `recording`, in which `found` was found."""
    reps = [rep for one in found.sets for rep in one.reps]
    marks = [
        Mark(rep.onset_s, rep.release_s, str(number), True, rep.confidence, rep.counted_s)
        for one in found.sets
        for number, rep in enumerate(one.reps, start=1)
    ]
    start = [(float(recording.times_s[0]), found.calibration.baseline_kmh)] if found.countable else []
    return Scene(
        name,
        f"SIMULATED: {_headline(found)}" if recording.simulated else _headline(found),
        found.countable,
        found.reason,
        recording.times_s,
        recording.speeds_kmh,
        start + [(rep.onset_s, rep.baseline_kmh) for rep in reps],
        recording.windows,
        marks,
    )


def _headline(found: Analysis) -> str:
    counts = [len(one.reps) for one in found.sets]
    if not found.countable:
        return "Cannot count"
    if len(counts) < 2:
        return amount(counts[0]) if counts else "No set"
    return f"{' + '.join(map(str, counts))} = {amount(sum(counts))}"


def amount(reps: int) -> str:
    """So many reps, in words."""
    return "1 rep" if reps == 1 else f"{reps} reps"


def rows(shown: Scene) -> list[Row]:
    """The rows of the picture: the signal check, then each set; without these, all there is.

    All are to be drawn to the same scale. None is longer than the first row of its own wrapped stretch.
    """
    whole = shown.whole
    cued = [window for window in shown.windows if window.event != SET]
    sets = [window for window in shown.windows if window.event == SET]
    strips: list[Row] = []
    if cued:
        strips.append(Row("Signal check", cued[0].onset_s, max(window.end_s for window in cued)))
    ends_s = [mark.release_s for mark in shown.marks if mark.counts]
    for number, window in enumerate(sets, start=1):
        reps = sum(window.onset_s <= end_s <= window.end_s + MARGIN_S for end_s in ends_s)
        title = f"Set {number}: {amount(reps)}" if shown.countable else f"Set {number}"
        strips.append(Row(title, window.onset_s, window.end_s))
    inside = [
        Row(one.title, max(one.begin_s - MARGIN_S, whole.begin_s), min(one.end_s + MARGIN_S, whole.end_s))
        for one in strips
    ]
    inside = [strip for strip in inside if strip.end_s > strip.begin_s]
    if not 0 < len(inside) <= MOST_STRIPS:
        inside = _stretches(shown)
    free = MOST_ROWS - len(inside)
    most_s = max(MOST_ROW_S, sum(strip.end_s - strip.begin_s for strip in inside) / free)
    return [row for strip in inside for row in _wrapped(strip, most_s)]


def _stretches(shown: Scene) -> list[Row]:
    """The recording without its long silences."""
    whole = shown.whole
    after = np.flatnonzero(np.diff(shown.times_s) > SILENCE_S) + 1
    if not 0 < len(after) < MOST_STRIPS:
        return [whole]
    ends_s = [*shown.times_s[after - 1].tolist(), whole.end_s]
    begins_s = shown.times_s[after].tolist()
    silent_s = [begin_s - end_s for begin_s, end_s in zip(begins_s, ends_s, strict=False)]
    titles = ["From the beginning", *(f"After a silence of {clock(one)}" for one in silent_s)]
    edges = zip(titles, [whole.begin_s, *begins_s], ends_s, strict=True)
    return [Row(title, begin_s, max(end_s, begin_s + 1.0)) for title, begin_s, end_s in edges]


def clock(t_s: float) -> str:
    """Seconds as min:s, or h:min:s from an hour on."""
    minutes, seconds = divmod(round(abs(t_s)), 60)
    hours, minutes = divmod(minutes, 60)
    sign = "−" if t_s <= -0.5 else ""
    return sign + (f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}")


def _wrapped(strip: Row, most_s: float) -> list[Row]:
    n = max(1, ceil((strip.end_s - strip.begin_s) / most_s))
    edges = np.linspace(strip.begin_s, strip.end_s, n + 1).tolist()
    return [Row("" if k else strip.title, *ends) for k, ends in enumerate(pairwise(edges))]


def row_length_s(of: Sequence[Row]) -> float:
    """How much time the whole width of the picture stands for."""
    return max(LEAST_ROW_S, *(row.end_s - row.begin_s for row in of))


def needs_overview(shown: Scene, of: Sequence[Row]) -> bool:
    """Whether the rows leave out much of the recording."""
    covered_s = sum(row.end_s - row.begin_s for row in of)
    return covered_s < MOST_COVERED * (shown.whole.end_s - shown.whole.begin_s)


def speed_range(shown: Scene) -> tuple[float, float]:
    """Least and greatest speed to show, km/h: nearly all that the windows hold, and room for labels.

    Not what is shown before and after them, where the belt may start or stop.
    """
    inside = np.zeros(len(shown.times_s), dtype=bool)
    for window in shown.windows:
        inside |= (shown.times_s >= window.onset_s) & (shown.times_s <= window.end_s)
    speeds = shown.speeds_kmh[inside] if inside.any() else shown.speeds_kmh
    low, high = (float(edge) for edge in np.percentile(speeds, [0.3, 99.7]))
    middle, half = (low + high) / 2, max((high - low) / 2, 0.1)
    return max(0.0, middle - 1.3 * half), middle + 1.9 * half


def thinned(t_s: Floats, speed_kmh: Floats, most: int = 2500) -> tuple[Floats, Floats]:
    """At most about `most` points with the same outline: of each bin the least and the greatest."""
    size = -(-len(t_s) // (most // 2))
    if size <= 2:
        return t_s, speed_kmh
    whole = len(t_s) // size * size
    bins = speed_kmh[:whole].reshape(-1, size)
    first = np.arange(len(bins)) * size
    kept = np.sort(np.concatenate([first + bins.argmin(axis=1), first + bins.argmax(axis=1)]))
    kept = np.concatenate([kept, np.arange(whole, len(t_s))])
    return t_s[kept], speed_kmh[kept]


def broken(t_s: Floats, speed_kmh: Floats) -> tuple[Floats, Floats]:
    """The same with a nan wherever nothing was reported for far longer than usual: there the line breaks."""
    if len(t_s) < 3:
        return t_s, speed_kmh
    apart = np.diff(t_s)
    at = np.flatnonzero(apart > max(3.0, 5 * float(np.median(apart)))) + 1
    return np.insert(t_s, at, np.nan), np.insert(speed_kmh, at, np.nan)


def baseline_in(shown: Scene, row: Row) -> tuple[list[float], list[float]]:
    """The free belt's speed over time within `row`; it holds until it is known anew."""
    if not shown.baseline:
        return [], []
    ends = [*(t for t, _ in shown.baseline[1:]), max(shown.baseline[-1][0], shown.times_s[-1])]
    times: list[float] = []
    speeds: list[float] = []
    for (begin, speed), end in zip(shown.baseline, ends, strict=True):
        if end >= row.begin_s and begin <= row.end_s:
            times += [max(begin, row.begin_s), min(end, row.end_s)]
            speeds += [speed, speed]
    return times, speeds
