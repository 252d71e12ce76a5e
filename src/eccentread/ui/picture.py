"""A picture of an analysed recording: the belt's speed, the reps in it, and what was no rep.

Made with matplotlib, which only pictures need. The colours are Okabe and Ito's, told apart with any colour
vision; what is no rep is hatched besides, and every mark is labelled.
"""

# matplotlib leaves the type of its further arguments open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import importlib.util
import io
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from eccentread.errors import Cause, UsageError
from eccentread.reps import SET, Window
from eccentread.ui.scene import (
    Mark,
    Row,
    Scene,
    baseline_in,
    broken,
    clock,
    needs_overview,
    row_length_s,
    rows,
    speed_range,
    thinned,
)

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN, DPI = 12.0, 110
LEFT_IN, RIGHT_IN = 0.7, 0.3
HEAD_IN, REASON_IN, FOOT_IN = 1.1, 0.2, 0.6
ROW_IN, OVERVIEW_IN, BETWEEN_IN = 1.35, 0.45, 0.6
LINE_LETTERS = 140
"""Letters of the reason on one line."""
DOTTED_S = 0.4
"""Where reports are further apart than this, each is shown as a dot."""
TICKS_S = (5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 43200, 86400)
MOST_TICKS = 17
MOST_CUED = 30
"""More windows than this have no room for their names in a row."""
LABELLED = 1 / 60
"""Part of the width that a rep has to last for its number to be written into it."""

INK, MUTED, FAINT = "#1a1a1a", "#5f6368", "#dfe1e5"
REP, OTHER, DARK = "#56b4e9", "#e69f00", "#9c4400"
"""Dark is a darker kind of other, for letters."""
_NO_REP: dict[str, Any] = {"facecolor": "none", "edgecolor": OTHER, "hatch": "////", "linewidth": 0.8}


def require_matplotlib() -> None:
    """See that pictures can be drawn.

    Raises:
        UsageError: matplotlib is not installed.
    """
    if importlib.util.find_spec("matplotlib") is None:
        raise UsageError(
            Cause.USAGE, "--plot needs matplotlib, which is not here: pip install 'eccentread[plots]'."
        )


def draw(shown: Scene) -> bytes:
    """The picture as PNG."""
    from matplotlib import rc_context, rcdefaults, rcParams

    picture = io.BytesIO()
    with rc_context():
        rcdefaults()  # not somebody's own style
        rcParams["text.parse_math"] = False  # a name with $ in it is no formula
        figure(shown).savefig(picture, format="png")
    return picture.getvalue()


def figure(shown: Scene) -> "Figure":
    """The picture."""
    from matplotlib.figure import Figure

    of = rows(shown)
    reason = textwrap.wrap(shown.reason, LINE_LETTERS)
    overview = needs_overview(shown, of)
    heights = [*([OVERVIEW_IN] if overview else []), *[ROW_IN] * len(of)]
    head_in = HEAD_IN + REASON_IN * len(reason)
    height_in = head_in + sum(heights) + BETWEEN_IN * (len(heights) - 1) + FOOT_IN
    paper = Figure(figsize=(WIDTH_IN, height_in), dpi=DPI, facecolor="white")
    _head(paper, shown, "\n".join(reason))
    limits, length_s = speed_range(shown), row_length_s(of)
    width_in = WIDTH_IN - LEFT_IN - RIGHT_IN
    bottom_in = height_in - head_in

    def next_axes(tall_in: float, wide_in: float) -> "Axes":
        nonlocal bottom_in
        below_in, bottom_in = bottom_in - tall_in, bottom_in - tall_in - BETWEEN_IN
        return paper.add_axes(
            (LEFT_IN / WIDTH_IN, below_in / height_in, wide_in / WIDTH_IN, tall_in / height_in)
        )

    if overview:
        _overview(next_axes(OVERVIEW_IN, width_in), shown, of)
    for row in of:
        wide_in = width_in * (row.end_s - row.begin_s) / length_s
        _row(next_axes(ROW_IN, wide_in), shown, row, limits, length_s)
    paper.text(LEFT_IN / WIDTH_IN, 0.12 / height_in, "time in min:s, speed in km/h", size=8.5, color=MUTED)
    return paper


def _head(paper: "Figure", shown: Scene, reason: str) -> None:
    left, height_in = LEFT_IN / WIDTH_IN, paper.get_figheight()

    def line(down_in: float, text: str, size: float, colour: str, weight: str = "normal") -> None:
        paper.text(
            left, 1 - down_in / height_in, text,
            size=size, color=colour, weight=weight, va="top", linespacing=1.4,
        )  # fmt: skip

    line(0.2, shown.name, 9.5, MUTED)
    line(0.4, shown.headline, 16, INK, "bold")
    line(0.75, reason, 10, INK)
    handles = _legend(shown)
    if handles:
        paper.legend(
            handles=handles,
            loc="upper right",
            bbox_to_anchor=(1 - RIGHT_IN / WIDTH_IN, 1 - 0.2 / height_in),
            ncols=len(handles),
            frameon=False,
            fontsize=8.5,
            labelcolor=MUTED,
            borderpad=0,
            borderaxespad=0,
            columnspacing=1.6,
            handlelength=1.8,
        )


def _legend(shown: Scene) -> list["Artist"]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Artist] = [Line2D([], [], color=INK, linewidth=1.0, label="reported speed")]
    if shown.baseline:
        handles.append(Line2D([], [], color=MUTED, linewidth=1.0, linestyle=(0, (4, 3)), label="free belt"))
    if any(mark.counts for mark in shown.marks):
        handles.append(Patch(facecolor=REP, alpha=0.45, label="rep, and how sure (%)"))
        handles.append(
            Line2D([], [], color=INK, marker="v", markersize=4, linestyle="none", label="announced")
        )
    if any(not mark.counts for mark in shown.marks):
        handles.append(Patch(**_NO_REP, label="no rep"))
    return handles


def _overview(axes: "Axes", shown: Scene, of: Sequence[Row]) -> None:
    whole = shown.whole
    _bare(axes)
    t_s, speed_kmh = broken(*thinned(shown.times_s, shown.speeds_kmh))
    axes.plot(t_s, speed_kmh, color=INK, linewidth=0.5)
    for row in of:
        axes.axvspan(max(row.begin_s, whole.begin_s), min(row.end_s, whole.end_s), color=FAINT, linewidth=0)
    for mark in shown.marks:
        colour = REP if mark.counts else OTHER
        axes.axvspan(mark.onset_s, mark.release_s, color=colour, alpha=0.5, linewidth=0)
    axes.set_xlim(whole.begin_s, whole.end_s)
    axes.set_ylim(0.0, max(1.1 * float(np.percentile(shown.speeds_kmh, 99.9)), 0.1))
    axes.set_yticks([])
    _time_ticks(axes, whole.end_s - whole.begin_s)
    _title(axes, "Whole recording")


def _row(axes: "Axes", shown: Scene, row: Row, limits: tuple[float, float], length_s: float) -> None:
    _bare(axes)
    inside = (shown.times_s >= row.begin_s - 10.0) & (shown.times_s <= row.end_s + 10.0)
    t_s, speed_kmh = broken(*thinned(shown.times_s[inside], shown.speeds_kmh[inside]))
    sparse = len(t_s) > 1 and np.nanmedian(np.diff(t_s)) > DOTTED_S
    dot = "." if sparse else ""
    axes.plot(t_s, speed_kmh, color=INK, linewidth=1.0, marker=dot, markersize=3.5, zorder=3)
    axes.plot(*baseline_in(shown, row), color=MUTED, linewidth=1.0, linestyle=(0, (4, 3)), zorder=2)
    axes.set_xlim(row.begin_s, row.end_s)
    axes.set_ylim(*limits)
    axes.grid(axis="y", color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    _time_ticks(axes, length_s)
    _title(axes, row.title)
    for mark in shown.marks:
        if mark.release_s > row.begin_s and mark.onset_s < row.end_s:
            _mark(axes, mark, row, length_s)
    cued = [window for window in shown.windows if window.event != SET]
    cued = [window for window in cued if row.begin_s <= (window.onset_s + window.end_s) / 2 < row.end_s]
    for window in cued if len(cued) <= MOST_CUED else ():
        _cued(axes, window)


def _cued(axes: "Axes", window: Window) -> None:
    """Name a window of the signal check above the line."""
    across = axes.get_xaxis_transform()
    axes.plot(
        [window.onset_s + 0.1, window.end_s - 0.1], [0.97, 0.97], transform=across,
        color=MUTED, linewidth=1.5, solid_capstyle="butt",
    )  # fmt: skip
    axes.text(
        (window.onset_s + window.end_s) / 2, 0.94, str(window.event), transform=across,
        size=8, color=MUTED, ha="center", va="top",
    )  # fmt: skip


def _mark(axes: "Axes", mark: Mark, row: Row, length_s: float) -> None:
    """Shade a contact: the surer, the stronger."""
    across = axes.get_xaxis_transform()
    middle_s = (mark.onset_s + mark.release_s) / 2
    if mark.counts:
        axes.axvspan(mark.onset_s, mark.release_s, color=REP, alpha=0.1 + 0.4 * mark.confidence, linewidth=0)
    else:
        axes.axvspan(mark.onset_s, mark.release_s, **_NO_REP)
    if mark.announced_s is not None and row.begin_s <= mark.announced_s <= row.end_s:
        axes.plot(
            mark.announced_s, 1.0, transform=across,
            color=INK, marker="v", markersize=4, clip_on=False, zorder=4,
        )  # fmt: skip
    if not row.begin_s <= middle_s <= row.end_s:
        return
    wide = mark.release_s - mark.onset_s > LABELLED * length_s
    if mark.counts and wide:
        axes.text(
            middle_s, 0.96, mark.label, transform=across,
            size=9, weight="bold", color=INK, ha="center", va="top",
        )  # fmt: skip
        axes.text(
            middle_s, 0.83, f"{100 * mark.confidence:.0f}", transform=across, size=7, color=INK,
            ha="center", va="top",
        )  # fmt: skip
    elif not mark.counts:
        axes.text(
            middle_s, 0.06, mark.label, transform=across, size=8, color=DARK, ha="center", va="bottom",
            zorder=5, bbox={"facecolor": "white", "linewidth": 0, "pad": 1.2, "alpha": 0.85},
        )  # fmt: skip


def _bare(axes: "Axes") -> None:
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(MUTED)
    axes.tick_params(colors=MUTED, labelsize=8, length=3)
    axes.tick_params(axis="y", length=0)


def _title(axes: "Axes", title: str) -> None:
    axes.set_title(title, loc="left", size=9.5, color=INK, weight="bold", pad=6)


def _time_ticks(axes: "Axes", lasts_s: float) -> None:
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    step_s = next((step for step in TICKS_S if lasts_s / step <= MOST_TICKS), None)
    if step_s is not None:
        axes.xaxis.set_major_locator(MultipleLocator(step_s))
    axes.xaxis.set_major_formatter(FuncFormatter(_at))


def _at(t_s: float, _: int) -> str:
    return clock(t_s)
