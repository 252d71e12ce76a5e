import os
import subprocess
import sys
import threading

import pytest

from eccentread.events import (
    Ask,
    BeltReported,
    Cue,
    CueKind,
    FaultRaised,
    LockChosen,
    Noted,
    Outcome,
    Phase,
    PhaseChanged,
    QuestionKind,
    Reason,
    RepCounted,
    SessionEnded,
    SetEnded,
    SignalChecked,
    Told,
)
from eccentread.ui.plain import PlainView, opening, tell
from eccentread.ui.screen import Screen
from eccentread.ui.words import SIMULATED

CLOSE_S = 5.0


def checked(countable: bool, reason: str) -> SignalChecked:
    return SignalChecked(65.0, countable, reason, 5.13, 4.0, 0.8, 0.01, 0.01, 0.25)


@pytest.mark.parametrize(
    ("output", "lines"),
    [
        (PhaseChanged(65.0, Phase.SET, 2), ["01:05 Set 2 of 3"]),
        (PhaseChanged(65.0, Phase.REST, 1, until_s=155.0), ["01:05 Rest after set 1 of 3, 90 s"]),
        (Cue(65.0, CueKind.FIVE_LEFT, "Five left."), ["01:05 » Five left."]),
        (Cue(65.0, CueKind.COUNT, "7", 7), []),
        (Cue(65.0, CueKind.EMERGENCY, "Hold on!"), ["01:05 !!!!!!!!", "01:05 HOLD ON!", "01:05 !!!!!!!!"]),
        (Cue(65.0, CueKind.SET_DONE, "Set done."), []),
        (Ask(65.0, "arm", QuestionKind.CONFIRM, "Start?"), ["01:05 ? Start? [y = yes, n = no]"]),
        (Ask(65.0, "e", QuestionKind.SCALE, "How hard?"), ["01:05 ? How hard? [0–10 then Enter, s = skip]"]),
        (
            Ask(65.0, "l", QuestionKind.NUMBER, "How long?"),
            ["01:05 ? How long? [a number then Enter, s = skip]"],
        ),
        (Told(65.0, "So it\x1b is."), ["01:05 So it  is."]),
        (FaultRaised(65.0, Reason.SILENT, "Pull the\x1b key."), ["01:05 FAULT: Pull the  key."]),
        (checked(True, "ok"), ["01:05 signal check: pushes show (d′ 5)"]),
        (checked(False, "It never moved."), ["01:05 signal check: cannot count. It never moved."]),
        (SetEnded(65.0, 2, 15, 14), ["01:05 set 2 done: 14 of 15"]),
        (SessionEnded(65.0, Outcome.FINISHED, None), ["01:05 Finished", SIMULATED]),
        (
            SessionEnded(65.0, Outcome.FAULT, Reason.SILENT),
            ["01:05 Ended by a fault: the machine went silent", SIMULATED],
        ),
        (PhaseChanged(65.0, Phase.ENDED), []),
        (BeltReported(65.0, 0.8), []),
        (Noted(65.0, "a late answer"), ["01:05 (a late answer)"]),
        (LockChosen(65.0, 0.5), ["01:05 the belt will be held at 0.5 km/h"]),
    ],
)
def test_each_output_worth_telling_is_a_line(screen, output, lines) -> None:
    assert list(tell(screen, output)) == lines


def test_each_rep_tells_its_set_and_number(screen, rep) -> None:
    assert list(tell(screen, RepCounted(65.0, 2, 7, rep))) == ["01:05 set 2 rep 7/15"]


def test_simulated_is_said_at_start_and_end_and_only_then_of_a_simulated_session(screen) -> None:
    assert next(iter(opening(screen))) == SIMULATED
    real = Screen(False, "T-1", "Eccentric treadmill", 3, 15, 0.8)
    told = [*opening(real), *tell(real, SessionEnded(65.0, Outcome.FINISHED, None))]
    assert told == ["Eccentric treadmill: 3 × 15 at 0.8 km/h, on T-1", "01:05 Finished"]


def test_lines_come_out_in_order_behind_the_opening(screen) -> None:
    written: list[str] = []
    view = PlainView(screen, written.append)
    view.put(PhaseChanged(1.0, Phase.ARMING))
    view.put(BeltReported(2.0, 0.0))
    view.put(SetEnded(3.0, 1, 15, 15))
    assert view.close(CLOSE_S)
    lines = "".join(written).splitlines()
    assert lines[0] == SIMULATED
    assert lines[2:] == ["00:01 Waiting for your go-ahead", "00:03 set 1 done: 15 of 15"]


def test_a_blocked_pipe_delays_nobody(screen) -> None:
    blocked = threading.Event()
    view = PlainView(screen, lambda text: blocked.wait())
    for t in range(10_000):
        view.put(PhaseChanged(float(t), Phase.ARMING))
    assert view.screen.t_s == 9999.0
    assert not view.close(0.01)
    blocked.set()


def test_a_pipe_that_nobody_reads_is_tried_once(screen, caplog) -> None:
    tries: list[str] = []

    def gone(text: str) -> None:
        tries.append(text)
        raise BrokenPipeError

    view = PlainView(screen, gone)
    for t in range(5):
        view.put(PhaseChanged(float(t), Phase.ARMING))
    assert view.close(CLOSE_S)
    assert len(tries) == 1
    assert caplog.records == []


def test_an_open_question_is_closed_by_its_answer(screen) -> None:
    view = PlainView(screen, lambda text: None)
    view.put(Ask(1.0, "arm", QuestionKind.CONFIRM, "Start?"))
    view.answered("arm")
    assert view.screen.question is None
    assert view.close(CLOSE_S)


BLOCKED_AT_EXIT = """
import sys
from eccentread.events import Cue, CueKind
from eccentread.ui.direct import direct
from eccentread.ui.plain import PlainView
from eccentread.ui.screen import Screen
view = PlainView(Screen(True, "m", "p", 3, 15, 0.8), direct(sys.stdout).write)
view.put(Cue(1.0, CueKind.PUSH_ONCE, "x" * 1_000_000))
sys.stderr.write(f"closed {view.close(0.2)}")
"""


def test_a_program_whose_output_nobody_reads_ends_cleanly() -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", BLOCKED_AT_EXIT],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONUNBUFFERED": ""},
        text=True,
    )
    assert program.stdout
    assert program.stderr
    with program.stdout, program.stderr:
        assert program.wait(30) == 0
        assert program.stderr.read() == "closed False"
