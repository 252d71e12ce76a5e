"""One picture of the session, made from a `Screen` for any terminal size."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rich import box
from rich.align import Align
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.panel import Panel
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.text import Text

from eccentread.events import FaultRaised, Outcome, Phase, QuestionKind
from eccentread.ui.alarm_panel import alarm_panel
from eccentread.ui.belt_panel import belt_panel
from eccentread.ui.blocks import centred
from eccentread.ui.digits import giant
from eccentread.ui.screen import Screen
from eccentread.ui.words import OUTCOMES, REASONS, SIMULATED, clock, phase_words, printable

SIDE_BY_SIDE_WIDTH = 64
"""From this width on the belt stands beside the count, columns."""

STACKED_HEIGHT = 15
"""From this body height on the belt stands below the count on narrow terminals, rows."""

ROOMY_STAGE_HEIGHT = 8
"""From this height on a cue that takes the stage has air around it, rows."""

SHOWN_FAULTS = 3

type Lines = list[list[Segment]]


@dataclass(frozen=True, slots=True)
class Look:
    """Styles and characters that this terminal can show."""

    ascii_only: bool
    colour: bool

    @property
    def alarm(self) -> str:
        """Unmistakable with and without colour."""
        return "bold bright_white on red" if self.colour else "bold reverse"

    @property
    def asks_in_alarm(self) -> str:
        """A question that stands out from the alarm around it."""
        return "bold red on bright_white" if self.colour else "bold not reverse"

    @property
    def banner(self) -> str:
        """The SIMULATED banner."""
        return "bold black on bright_yellow" if self.colour else "bold reverse"

    def dots(self, screen: Screen) -> str:
        """One dot a set: full, short of its target or under way, to come."""
        full, half, empty = "*+." if self.ascii_only else "●◐○"
        shown = [full if result.count >= result.target else half for result in screen.results]
        if screen.phase is Phase.SET and screen.set_index not in {
            result.set_index for result in screen.results
        }:
            shown.append(half)
        return " ".join(shown + [empty] * (screen.sets - len(shown)))


@dataclass(frozen=True, slots=True)
class Frame:
    """A rich renderable that fills the terminal with `screen`; `typed` echoes a half-typed answer.

    When room is short the important survives: SIMULATED, faults, the question and the keys before the count,
    the count before the belt's trace. An alarm takes the whole of it.
    """

    screen: Screen
    typed: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Exactly the terminal's height in lines of exactly its width."""
        width, height = options.max_width, options.height or options.max_height
        look = Look(options.ascii_only, colour=not (console.no_color or console.color_system is None))
        screen = self.screen
        alarm = screen.alarm.words is not None
        style = look.alarm if alarm else ""

        def lines(renderable: RenderableType, columns: int = width, rows: int | None = None) -> Lines:
            at = options.update(width=columns, height=rows)
            return console.render_lines(renderable, at, style=Style.parse(style), pad=True)

        footer = lines(_line(_footer(screen)))
        top = lines(_line(Text(SIMULATED, look.banner, justify="center"))) if screen.simulated else []
        question = lines(_question(screen, look, self.typed, width)) if screen.question else []
        room = height - len(top) - len(question) - len(footer)
        if alarm:
            panel = alarm_panel(screen, width, room, style, ascii_only=look.ascii_only)
            body = lines(panel, rows=room) if room > 0 else []
        else:
            body = _everyday(screen, look, width, room, lines)

        picture = (top + body + question)[: height - 1] + footer
        for row, line in enumerate(Segment.set_shape(picture, width, height)):
            yield from line
            if row < height - 1:
                yield Segment.line()


def _everyday(screen: Screen, look: Look, width: int, room: int, lines: Callable[..., Lines]) -> Lines:
    """Faults, names and phase, count or cue, and the belt; at least the faults, however little room."""
    faults = lines(_faults(screen.standing_faults, look)) if screen.standing_faults else []
    cue = lines(_cue(screen, (0, 1))) if _counting(screen) and screen.cue else []
    room -= len(faults)
    heading = lines(_heading(screen, look))[:room] if room > 0 else []
    room -= len(heading)
    cue = cue if room - len(cue) > 2 else []
    room -= len(cue)

    body: Lines = []
    beside = width >= SIDE_BY_SIDE_WIDTH
    if not screen.trace or not (beside or room >= STACKED_HEIGHT):
        body = lines(_stage(screen, look, width, room), width, room) if room > 0 else []
    elif beside:
        left = width * 2 // 5
        stage = lines(_stage(screen, look, left, room), left, room)
        belt = lines(belt_panel(screen, width - left - 2, room, look.ascii_only), width - left, room)
        body = [a + b for a, b in zip(stage, belt, strict=True)]
    else:
        upper = room * 3 // 5
        body = lines(_stage(screen, look, width, upper), width, upper)
        body += lines(belt_panel(screen, width - 2, room - upper, look.ascii_only), width, room - upper)
    return faults + heading + body + cue


def farewell(screen: Screen, console: Console) -> RenderableType:
    """What stays on the terminal after the picture is gone: how the session ended, and each set's count."""
    look = Look(console.options.ascii_only, colour=not (console.no_color or console.color_system is None))
    parts: list[RenderableType] = [Text(f" {SIMULATED} ", look.banner)] if screen.simulated else []
    parts.append(_ending(screen))
    if screen.alarm.words is not None:
        parts.append(Text(f" {printable(screen.alarm.words)} ", look.alarm))
    parts += [Text(f"  ! {printable(fault.text)}", "bold red") for fault in screen.faults]
    return Group(*parts)


def _line(text: Text) -> Text:
    """`text` on one line, with an ellipsis where it is too long."""
    text.no_wrap, text.overflow = True, "ellipsis"
    return text


def _counting(screen: Screen) -> bool:
    """Whether a giant number is what matters now; else the cue takes its place."""
    return screen.phase is Phase.SET or (screen.phase is Phase.REST and screen.remaining_s is not None)


def _heading(screen: Screen, look: Look) -> RenderableType:
    names = [screen.protocol, screen.machine, *([f"{screen.side} leg"] if screen.side else [])]
    grid = Table.grid(expand=True, padding=(0, 1))
    grid.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    grid.add_column(justify="right", no_wrap=True)
    grid.add_row(Text(f" {printable(' · '.join(names))}", "dim"), Text(f"{clock(screen.t_s)} ", "dim"))
    set_index = screen.set_index or None
    grid.add_row(
        Text(f" {phase_words(screen.phase, set_index, screen.sets)}", "bold bright_cyan"),
        Text(f"{look.dots(screen)} ", "bold bright_green"),
    )
    return grid


def _stage(screen: Screen, look: Look, width: int, height: int) -> RenderableType:
    if screen.phase is Phase.ENDED:
        return Align.center(_ending(screen), vertical="middle", height=height)
    if not _counting(screen):
        left = "" if screen.remaining_s is None else f"{clock(screen.remaining_s)} left"
        padding = (1, 4) if height >= ROOMY_STAGE_HEIGHT else (0, 1)
        return Align.center(_cue(screen, padding, left), vertical="middle", height=height)
    if screen.phase is Phase.REST:
        number, unit, style = math.ceil(screen.remaining_s or 0), "seconds of rest", "bright_blue"
    else:
        number, unit, style = screen.count, f"of {screen.reps_per_set}", "bright_green"
    digits = giant(number, width - 4, height - 2, ascii_only=look.ascii_only)
    block = Group(
        Text("\n".join(centred(line, width) for line in digits), f"bold {style}", no_wrap=True),
        Text(f"\n{unit}", "bold", justify="center"),
    )
    return Align.center(block, vertical="middle", height=height)


def _ending(screen: Screen) -> RenderableType:
    good = screen.outcome is Outcome.FINISHED
    words = OUTCOMES[screen.outcome] if screen.outcome else "Session over"
    text = Text(words, "bold bright_green" if good else "bold bright_yellow")
    if screen.reason:
        text.append(f": {REASONS[screen.reason]}", "bold")
    for result in screen.results:
        text.append(f"\nSet {result.set_index}: {result.count} of {result.target}", "not bold default")
    return text


def _cue(screen: Screen, padding: tuple[int, int], left: str = "") -> RenderableType:
    if screen.cue is None:
        return Text(left, "bold")
    text = Text(printable(screen.cue.text), justify="center")
    return Panel(text, box=box.ROUNDED, style="bold bright_white", padding=padding, subtitle=left or None)


def _faults(faults: tuple[FaultRaised, ...], look: Look) -> RenderableType:
    distinct = list(dict.fromkeys(printable(fault.text) for fault in faults))[-SHOWN_FAULTS:]
    text = Text("\n".join(distinct), look.alarm, justify="center")
    return Panel(text, title="FAULT", box=box.HEAVY, style=look.alarm)


def _question(screen: Screen, look: Look, typed: str, width: int) -> RenderableType:
    ask = screen.question
    assert ask
    if ask.kind is QuestionKind.CONFIRM:
        how = Text.assemble(("Y", "bold"), " = yes    ", ("N", "bold"), " = no")
    else:
        what = "0–10" if ask.kind is QuestionKind.SCALE else "a number"
        how = Text.assemble(f"{what}, then ", ("Enter", "bold"), "    ", ("S", "bold"), " = skip    ")
        how.append(f" {typed}_ ", Style(bold=True, reverse=True))
    if screen.alarm.words is not None:
        asked = printable(ask.text)
        apart = "    " if len(asked) + len(how) + 4 <= width else "\n"
        return Text.assemble(asked, apart, how, style=look.asks_in_alarm, justify="center")
    return Panel(
        Group(Text(printable(ask.text), "bold"), how),
        box=box.ROUNDED,
        border_style="bright_cyan",
        title="Question",
    )


def _footer(screen: Screen) -> Text:
    if screen.phase is Phase.ENDED:
        over = screen.alarm.words is None
        return Text("") if over else Text.assemble((" SPACE ", "bold reverse"), " ends this alarm")
    return Text.assemble(
        (" SPACE ", "bold reverse"),
        " = STOP   ",
        ("p", "bold"),
        " = pain",
        (
            "   q, Esc: stop · the safety key is the emergency stop",
            "dim" if screen.alarm.words is None else "",
        ),
    )
