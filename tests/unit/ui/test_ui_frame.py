import io
from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from eccentread import events
from eccentread.events import (
    Ask,
    BeltReported,
    Cue,
    CueKind,
    FaultRaised,
    Outcome,
    Phase,
    PhaseChanged,
    QuestionKind,
    Reason,
    Rep,
    RepCounted,
    SessionEnded,
    SetEnded,
    SignalChecked,
)
from eccentread.ui.frame import Frame, farewell
from eccentread.ui.screen import Screen

KEY_TEXT = "Feet on the rails, pull the key."
SIZES = [(80, 24), (120, 40), (200, 60), (44, 30)]


def after(screen: Screen, *outputs) -> Screen:
    return reduce(Screen.after, outputs, screen)


def drawn(screen: Screen, width: int = 80, height: int = 24, typed: str = "", **console) -> str:
    file = io.StringIO()
    settings = {"force_terminal": True, "color_system": None, "legacy_windows": False} | console
    Console(file=file, width=width, height=height, **settings).print(Frame(screen, typed), end="")
    return file.getvalue()


def words(text: str) -> str:
    """The text without frames and line breaks."""
    return " ".join("".join(char if char.isalnum() or char in ".,:?’'!" else " " for char in text).split())


@pytest.fixture
def in_set(screen, rep) -> Screen:
    belt = [BeltReported(t / 2, 0.8) for t in range(60)]
    return after(
        screen,
        *belt,
        SignalChecked(29.0, True, "ok", 5.13, 4.0, 0.8, 0.01, 0.01, 0.25),
        PhaseChanged(30.0, Phase.SET, 2),
        Cue(30.0, CueKind.SET_BEGINS, "Step on and push back."),
        RepCounted(30.5, 2, 7, rep),
    )


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_set_shows_phase_giant_count_target_cue_belt_and_keys(in_set, width, height) -> None:
    text = drawn(in_set, width, height)
    for expected in (
        "Set 2 of 3",
        "of 15",
        "Step on and push back.",
        "0.80 km/h",
        "lock 0.80",
        "SPACE",
        "STOP",
    ):
        assert expected in text
    assert text.count("█") > 20


@pytest.mark.parametrize(("width", "height"), [*SIZES, (30, 8), (10, 2)])
def test_a_simulated_session_says_so_in_the_first_line_of_every_size(in_set, width, height) -> None:
    assert "SIMULATED"[: width - 1] in drawn(in_set, width, height).splitlines()[0]


def test_a_real_session_does_not_say_simulated(screen) -> None:
    real = Screen(False, "T-1", "Eccentric treadmill", 3, 15, 0.8)
    assert "SIMULATED" not in drawn(real)
    assert "T-1" in drawn(real)


def test_the_bold_banner_survives_without_colour(screen) -> None:
    assert "\x1b[1;7m" in drawn(screen, color_system="truecolor", no_color=True).split("SIMULATED")[0]


def test_no_colour_means_no_colour_codes(in_set) -> None:
    alarmed = after(in_set, FaultRaised(31.0, Reason.SILENT, KEY_TEXT))
    text = drawn(alarmed, color_system="truecolor", no_color=True)
    assert not any(code in text for code in ("\x1b[3", "[38;", "[48;", ";3", ";9"))


@pytest.mark.parametrize(("width", "height"), [*SIZES, (50, 12)])
def test_a_fault_is_there_in_its_own_words_whatever_else_is_shown(in_set, width, height) -> None:
    text = drawn(after(in_set, FaultRaised(31.0, Reason.LINK_LOST, KEY_TEXT)), width, height)
    assert "FAULT" in text
    assert KEY_TEXT in words(text)


def test_a_repeated_fault_is_said_once(screen) -> None:
    fault = FaultRaised(31.0, Reason.SILENT, KEY_TEXT)
    assert drawn(after(screen, fault, fault)).count(KEY_TEXT) == 1


@pytest.mark.parametrize(
    ("kind", "how"),
    [(QuestionKind.CONFIRM, ["yes", "no"]), (QuestionKind.SCALE, ["0–10", "Enter", "skip", "7_"])],
)
def test_a_question_says_how_to_answer(in_set, kind, how) -> None:
    text = drawn(after(in_set, Ask(31.0, "q", kind, "Is the key on?")), typed="7")
    for expected in ("Is the key on?", *how):
        assert expected in text


def test_a_rest_counts_down_in_giant_digits(screen) -> None:
    resting = after(screen, PhaseChanged(10.0, Phase.REST, 1, until_s=100.0), BeltReported(11.5, 0.0))
    assert "seconds of rest" in drawn(resting)
    assert drawn(resting, 40, 8).split("seconds")[0].split()[-1] == "89"


@pytest.mark.parametrize(
    ("countable", "reason", "verdict"),
    [
        (True, "ok", "pushes show (d′ 5)"),
        (False, "The speed never moved.", "cannot count. The speed never moved."),
    ],
)
def test_the_signal_check_gives_its_verdict(screen, countable, reason, verdict) -> None:
    checked = SignalChecked(29.0, countable, reason, 5.13, 4.0, 0.8, 0.01, 0.01, 0.25)
    assert verdict in drawn(after(screen, BeltReported(28.0, 0.8), checked), 120, 30)


def test_dots_tell_done_short_under_way_and_to_come(screen) -> None:
    now = after(screen, SetEnded(9.0, 1, 15, 15), PhaseChanged(10.0, Phase.SET, 2))
    assert "● ◐ ○" in drawn(now)
    assert "● ◐ ○" in drawn(after(now, SetEnded(20.0, 2, 15, 4), PhaseChanged(20.0, Phase.STOPPING)))
    assert "● ● ○" in drawn(after(now, SetEnded(20.0, 2, 15, 15)))


def test_an_old_belt_speed_says_how_old(in_set) -> None:
    assert "12 s old" in drawn(after(in_set, FaultRaised(41.5, Reason.SILENT, "Silence.")), 120, 40)


def test_a_terminal_without_unicode_gets_a_picture_all_the_same(in_set) -> None:
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="replace")
    Console(file=file, width=80, height=24, force_terminal=True, color_system=None).print(
        Frame(in_set), end=""
    )
    file.seek(0)
    text = file.read()
    assert "####" in text
    assert "SIMULATED" in text


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        (SessionEnded(9.0, Outcome.FINISHED, None), "Finished"),
        (SessionEnded(9.0, Outcome.STOPPED, Reason.STOP_ASKED), "Ended early: somebody asked for a stop"),
        (SessionEnded(9.0, Outcome.FAULT, Reason.SILENT), "Ended by a fault: the machine went silent"),
    ],
)
def test_the_farewell_tells_outcome_sets_faults_and_simulated(screen, ended, said) -> None:
    now = after(screen, SetEnded(8.0, 1, 15, 14), FaultRaised(8.0, Reason.SILENT, KEY_TEXT), ended)
    console = Console(file=io.StringIO(), width=80, height=24)
    with console.capture() as captured:
        console.print(farewell(now, console))
    for expected in (said, "Set 1: 14 of 15", KEY_TEXT, "SIMULATED"):
        assert expected in captured.get()


def outputs() -> st.SearchStrategy[events.Output]:
    t_s = st.floats(0.0, 500.0)
    index = st.integers(0, 20)
    finite = st.floats(-1e3, 1e3)
    rep = st.builds(Rep, *([finite] * 10), st.none() | finite, finite, index)
    ask = st.builds(Ask, t_s, st.text(), st.sampled_from(QuestionKind), st.text())
    return st.one_of(
        st.builds(PhaseChanged, t_s, st.sampled_from(Phase), st.none() | index, st.none() | t_s),
        st.builds(BeltReported, t_s, st.floats(0.0, 655.35)),
        st.builds(RepCounted, t_s, index, index, rep),
        st.builds(SetEnded, t_s, index, index, index),
        st.builds(Cue, t_s, st.sampled_from(CueKind), st.text(), st.none() | index),
        ask,
        st.builds(FaultRaised, t_s, st.sampled_from(Reason), st.text()),
        st.builds(SignalChecked, t_s, st.booleans(), st.text(), *([finite] * 6)),
        st.builds(SessionEnded, t_s, st.sampled_from(Outcome), st.none() | st.sampled_from(Reason)),
    )


@settings(deadline=None, max_examples=150)
@given(
    happened=st.lists(outputs(), max_size=25),
    width=st.integers(1, 220),
    height=st.integers(1, 70),
    name=st.text(),
    encoding=st.sampled_from(["utf-8", "ascii"]),
)
def test_any_session_fills_any_terminal_exactly(happened, width, height, name, encoding) -> None:
    shown = after(Screen(True, name, name, 3, 15, 0.8, name), *happened)
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace", newline="")
    console = Console(file=file, width=width, height=height, force_terminal=True, color_system=None)
    lines = console.render_lines(Frame(shown), console.options, pad=False)
    assert len(lines) == height
    assert {cell_len("".join(segment.text for segment in line)) for line in lines} == {width}
    console.print(Frame(shown), farewell(shown, console), end="")
