"""The belt: its speed now, its trace around the lock speed, the reps on it, the signal check's verdict."""

from textwrap import wrap

from rich.align import Align
from rich.console import Group, RenderableType
from rich.text import Text

from eccentread.events import SignalChecked
from eccentread.ui.screen import Screen
from eccentread.ui.trace import SILENCE_S, Window, plot, rep_numbers, window
from eccentread.ui.words import printable, shown

_AXIS = 6
_LONG_WIDTH = 60
_LONG_S, _SHORT_S = 60.0, 30.0
_AROUND_CHART = 3  # speed above; rep numbers and time axis below
_TALLEST = 14

NOTE_S = 20.0
"""How long a note is shown."""


def belt_panel(screen: Screen, width: int, height: int, ascii_only: bool) -> RenderableType:
    """The belt in at most `width` columns and `height` rows; a narrow trace shows 30 s, a wide one 60 s."""
    parts: list[RenderableType] = [_speed_now(screen)]
    verdict = _verdict(screen.signal) if screen.signal else Text("")
    verdict.append_text(_note(screen))
    verdict_rows = sum(max(1, len(wrap(line, max(1, width)))) for line in verdict.plain.split("\n"))
    chart_width, chart_height = width - _AXIS, min(_TALLEST, height - _AROUND_CHART - verdict_rows)
    if chart_width >= 8 and chart_height >= 2:
        parts += _chart(screen, chart_width, chart_height, ascii_only)
    return Align(Group(*parts, verdict), vertical="middle", height=height)


def _speed_now(screen: Screen) -> Text:
    belt = screen.belt_now
    if belt is None:
        return Text("Belt: no report yet", "dim")
    age_s = screen.t_s - belt.t_s
    silent = age_s > SILENCE_S
    text = Text.assemble(
        "Belt ",
        (f"{belt.speed_kmh:.2f} km/h", "dim strike" if silent else "bold"),
        (f"   lock {screen.lock_kmh:.2f}", "dim"),
    )
    if silent:
        text.append(f"   {age_s:.0f} s old", "bold bright_red")
    return text


def _verdict(signal: SignalChecked) -> Text:
    if signal.countable:
        return Text(f"Signal check: {shown(signal)}", "bright_green")
    return Text(f"Signal check: cannot count. {printable(signal.reason)}", "bold bright_yellow")


def _note(screen: Screen) -> Text:
    """What was noted of late, on a line of its own."""
    if screen.note is None or screen.t_s - screen.note.t_s > NOTE_S:
        return Text("")
    return Text(f"\n{printable(screen.note.text)}", "dim")


def _chart(screen: Screen, width: int, height: int, ascii_only: bool) -> list[RenderableType]:
    span_s = _LONG_S if width >= _LONG_WIDTH else _SHORT_S
    view = window(screen.trace, screen.lock_kmh, screen.t_s, span_s)
    lock_row = view.row(screen.lock_kmh, height)
    dash = "-" if ascii_only else "┈"
    rows: list[RenderableType] = []
    for row, line in enumerate(plot(screen.trace, view, width, height, ascii_only=ascii_only)):
        label = _label(row, lock_row, height, view, screen.lock_kmh)
        text = Text(no_wrap=True).append(label, "bold" if row == lock_row else "dim")
        for char in line:
            on_lock = char == " " and row == lock_row
            text.append(dash if on_lock else char, "dim" if on_lock else "bright_cyan")
        rows.append(text)
    margin = " " * _AXIS
    rows.append(Text(margin + rep_numbers(screen.marks, view, width), "bold bright_green", no_wrap=True))
    ago = f"{span_s:.0f} s ago"
    rows.append(Text(f"{margin}{ago}{'now':>{width - len(ago)}}", "dim", no_wrap=True))
    return rows


def _label(row: int, lock_row: int, height: int, view: Window, lock_kmh: float) -> str:
    if row == lock_row:
        value = lock_kmh
    elif row == 0:
        value = view.high_kmh
    elif row == height - 1:
        value = view.low_kmh
    else:
        return " " * _AXIS
    return f"{value:5.2f} "[:_AXIS].rjust(_AXIS)
