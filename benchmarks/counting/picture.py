"""The picture of the page: exact sets by cell, by d′, and what confidence is worth."""

import math
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.counting.cells import ECHO, Cell
from benchmarks.counting.running import DETECTOR, Outcome
from benchmarks.counting.tally import Rate, Tally, reliability

MARKS = {
    DETECTOR: ("o", "tab:blue"),
    "oracle": ("_", "black"),
    "peaks": ("^", "tab:orange"),
    "threshold": ("v", "tab:red"),
}
EDGES = (0.0, 4.0, 8.0, 16.0, 32.0, 64.0, math.inf)


def draw(tallies: Mapping[Cell, Tally], path: Path) -> None:
    """As PNG."""
    sets = {c: t for c, t in tallies.items() if c.scenario in {"clean", "full"} and c.archetype != ECHO}
    with mpl.rc_context({"font.size": 8}):
        figure = Figure(figsize=(11, 8), layout="constrained")
        grid = figure.add_gridspec(3, 2)
        for row, scenario in enumerate(("clean", "full")):
            chosen = {c: t for c, t in sets.items() if c.scenario == scenario}
            _cells(figure.add_subplot(grid[row, :]), chosen, scenario)
        outcomes = [o for tally in sets.values() for o in tally.outcomes]
        _by_d_prime(figure.add_subplot(grid[2, 0]), outcomes)
        _confidence(figure.add_subplot(grid[2, 1]), outcomes)
        figure.savefig(path, dpi=110)


def _cells(axes: Axes, tallies: Mapping[Cell, Tally], scenario: str) -> None:
    for name, (mark, colour) in MARKS.items():
        rates = [tally.exact(name) for tally in tallies.values()]
        _points(axes, [float(i) for i in range(len(rates))], rates, name, mark, colour, bars=name == DETECTOR)
    axes.set_xticks(range(len(tallies)), [f"{c.archetype} {c.report}" for c in tallies], rotation=90)
    axes.set_ylabel("sets counted exactly, %")
    axes.set_title(f"{scenario}: of the sets not refused, with 95 % Wilson intervals", loc="left")
    axes.legend(ncols=4, loc="lower left")


def _by_d_prime(axes: Axes, outcomes: list[Outcome]) -> None:
    bins = [[o for o in outcomes if low <= o.d_prime < high] for low, high in pairwise(EDGES)]
    for name, (mark, colour) in MARKS.items():
        rates = [Tally(each).exact(name) for each in bins]
        _points(axes, [float(i) for i in range(len(rates))], rates, name, mark, colour, bars=name == DETECTOR)
    names = [f"{low:g}–{high:g}" if high < math.inf else f"{low:g}–" for low, high in pairwise(EDGES)]
    axes.set_xticks(range(len(bins)), names)
    axes.set_xlabel("d′ of the set, the lesser of rep and gap")
    axes.set_ylabel("counted exactly, %")


def _confidence(axes: Axes, outcomes: list[Outcome]) -> None:
    told = reliability(outcomes)
    _points(axes, [mean for mean, _ in told], [rate for _, rate in told], "reps", "o", "tab:blue", bars=True)
    axes.plot([0, 1], [0, 100], color="grey", linewidth=0.8)
    axes.set_xlabel("confidence that the detector tells of a rep")
    axes.set_ylabel("that were reps, %")


def _points(
    axes: Axes, at: list[float], rates: list[Rate], name: str, mark: str, colour: str, *, bars: bool
) -> None:
    known = [(x, rate) for x, rate in zip(at, rates, strict=True) if rate.of]
    parts = [100 * rate.part for _, rate in known]
    axes.plot([x for x, _ in known], parts, mark, color=colour, label=name, markersize=4)
    if bars:
        for x, rate in known:
            axes.plot([x, x], [100 * edge for edge in rate.interval], color=colour, linewidth=0.8)
