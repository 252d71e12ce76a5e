"""From when to when there is an alarm, and what it looks like."""

import io
from functools import reduce

import pytest
from rich.console import Console

from eccentread.events import (
    Ask,
    BeltMayRun,
    BeltReported,
    BeltStands,
    Command,
    CommandKind,
    Cue,
    CueKind,
    FaultRaised,
    Outcome,
    Phase,
    PhaseChanged,
    QuestionKind,
    Reason,
    SessionEnded,
)
from eccentread.ui.alarm import Alarm, AlarmSounds
from eccentread.ui.frame import Frame, farewell
from eccentread.ui.screen import Screen

WORDS = "Feet on the side rails! Hold on. Pull the safety key."
PLAIN = "FEET ON THE SIDE RAILS! HOLD ON. PULL THE SAFETY KEY."
WHY = "The link to the treadmill is lost while the belt may be running."
EMERGENCY = Cue(9.0, CueKind.EMERGENCY, WORDS)
MAY_RUN = Cue(9.0, CueKind.BELT_MAY_RUN, "The belt may still be running!")
MOVES, STANDS = BeltMayRun(1.0), BeltStands(20.0, "the belt is seen to stand")
ENDED = SessionEnded(30.0, Outcome.FAULT, Reason.LINK_LOST)
LOST = (
    MOVES,
    BeltReported(8.0, 0.8),
    FaultRaised(9.0, Reason.LINK_LOST, WHY),
    *(Command(9.0, one, CommandKind.STOP, b"") for one in range(12)),
    PhaseChanged(9.0, Phase.LINK_LOST),
    EMERGENCY,
    Ask(9.0, "belt-stands", QuestionKind.CONFIRM, "Does the belt stand still?"),
)
SIZES = [(80, 24), (40, 12), (200, 60), (120, 40)]


class Recorder:
    """Stands in for a siren."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def start(self, words: str) -> None:
        self.done.append(words)

    def stop(self) -> None:
        self.done.append("silence")


@pytest.mark.parametrize(
    ("outputs", "heard"),
    [
        ([], []),
        ([MOVES, Cue(5.0, CueKind.STEP_OFF, "Off."), STANDS, ENDED], []),
        ([MOVES, EMERGENCY], [WORDS]),
        ([MOVES, EMERGENCY, EMERGENCY], [WORDS]),
        ([MOVES, EMERGENCY, Cue(5.0, CueKind.STEP_OFF, "Off."), PhaseChanged(10.0, Phase.STOPPING)], [WORDS]),
        ([MOVES, EMERGENCY, STANDS], [WORDS, "silence"]),
        ([MOVES, EMERGENCY, STANDS, MOVES, EMERGENCY], [WORDS, "silence", WORDS]),
        ([MOVES, EMERGENCY, STANDS, ENDED], [WORDS, "silence"]),
        ([MOVES, EMERGENCY, ENDED], [WORDS]),
        ([MOVES, EMERGENCY, MAY_RUN, ENDED], [WORDS, MAY_RUN.text]),
        ([EMERGENCY, ENDED], [WORDS, "silence"]),
    ],
)
def test_it_sounds_from_an_emergency_until_the_belt_stands(outputs, heard) -> None:
    siren = Recorder()
    sounds = AlarmSounds(siren)
    for output in outputs:
        sounds.put(output)
    assert siren.done == heard
    assert sounds.on is (bool(heard) and heard[-1] != "silence")


def test_stops_are_counted_from_when_the_belt_may_run() -> None:
    stop = Command(1.0, 1, CommandKind.STOP, b"")
    pause = Command(1.0, 1, CommandKind.PAUSE, b"")
    alarm = reduce(Alarm.after, [stop, MOVES, stop, pause, stop], Alarm())
    assert alarm.stops == 2
    assert alarm.after(STANDS) == Alarm()


def after(screen: Screen, *outputs) -> Screen:
    return reduce(Screen.after, outputs, screen)


def drawn(screen: Screen, width: int, height: int, **console) -> str:
    file = io.StringIO()
    settings = {"force_terminal": True, "color_system": None, "legacy_windows": False} | console
    Console(file=file, width=width, height=height, **settings).print(Frame(screen), end="")
    return file.getvalue()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_it_takes_the_whole_screen(screen, width, height) -> None:
    lines = drawn(after(screen, *LOST), width, height).splitlines()
    assert len(lines) == height
    text = " ".join(" ".join(lines).split())
    assert "SIMULATED" in lines[0]
    assert text.count("█") > 60 or PLAIN in text
    assert WHY in text
    assert "Does the belt stand still?" in text
    assert "Y = yes" in text
    assert "Belt 0.80 km/h" not in text


def test_on_a_terminal_of_the_usual_size_the_words_are_giant_and_all_else_is_there(screen) -> None:
    text = " ".join(drawn(after(screen, *LOST), 80, 24).split())
    assert text.count("█") > 60
    assert "trying again; stop goes out first (sent 12 times so far)" in text
    assert "Belt: 0.80 km/h, 1 s ago." in text
    assert text.index("█") < text.index(WHY) < text.index("trying") < text.index("Does the belt")


def test_where_there_is_hardly_room_the_body_comes_first(screen) -> None:
    text = " ".join(drawn(after(screen, *LOST), 30, 8).split())
    assert PLAIN in text
    assert WHY not in text


@pytest.mark.parametrize(
    ("phase", "says"),
    [
        (Phase.STOPPING, "Stop sent 12 times; the belt is not yet seen to stand."),
        (Phase.LINK_LOST, "The link is lost: trying again"),
        (Phase.ENDED, "The program has given up"),
    ],
)
def test_it_says_what_the_program_does(screen, phase, says) -> None:
    now = after(screen, *LOST, PhaseChanged(9.5, phase))
    assert says in " ".join(drawn(now, 200, 60).split())


def test_every_cell_is_red_but_the_banner_and_the_question(screen) -> None:
    console = Console(file=io.StringIO(), width=80, height=24, force_terminal=True, color_system="truecolor")
    rows = console.render_lines(Frame(after(screen, *LOST)), console.options, pad=False)
    backgrounds = [
        {one.style.bgcolor.name if one.style and one.style.bgcolor else "" for one in row} for row in rows
    ]
    assert backgrounds[0] == {"bright_yellow"}
    assert backgrounds[-2] == {"bright_white"}
    assert all(row == {"red"} for row in backgrounds[1:-2])


def test_without_colour_every_cell_is_reversed(screen) -> None:
    console = Console(file=io.StringIO(), width=80, height=24, force_terminal=True, no_color=True)
    rows = console.render_lines(Frame(after(screen, *LOST)), console.options, pad=False)
    assert all(one.style and one.style.reverse for row in rows[1:-2] for one in row)
    assert not any(one.style and one.style.reverse for one in rows[-2])


def test_a_terminal_without_unicode_has_plain_words(screen) -> None:
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="replace")
    console = Console(file=file, width=80, height=24, force_terminal=True, color_system=None)
    console.print(Frame(after(screen, *LOST)), end="")
    file.seek(0)
    assert PLAIN in " ".join(file.read().split())


def test_the_screen_is_the_usual_one_once_the_belt_stands(screen) -> None:
    text = drawn(after(screen, *LOST, STANDS, PhaseChanged(20.0, Phase.STOPPING)), 80, 24)
    assert "FAULT" in text
    assert "Eccentric treadmill" in text


def test_an_alarm_that_outlasts_the_session_says_how_to_end_it_and_stays_on_the_terminal(screen) -> None:
    now = after(screen, *LOST, MAY_RUN, ENDED)
    text = " ".join(drawn(now, 200, 60).split())
    assert "SPACE ends this alarm" in text
    console = Console(file=io.StringIO(), width=80, height=24)
    with console.capture() as captured:
        console.print(farewell(now, console))
    assert MAY_RUN.text in captured.get()
