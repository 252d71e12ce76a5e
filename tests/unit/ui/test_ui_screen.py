from dataclasses import replace
from functools import reduce

import pytest

from eccentread.events import (
    Ask,
    BeltReported,
    BeltSensed,
    Command,
    CommandKind,
    Cue,
    CueKind,
    Decided,
    Disconnect,
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
    Source,
)
from eccentread.ui.screen import TRACE_S, BeltPoint, RepMark, Screen

PUSH = Cue(5.0, CueKind.PUSH_ONCE, "Push once.")
EFFORT = Ask(5.0, "effort-1", QuestionKind.SCALE, "How hard?")
LOST = FaultRaised(5.0, Reason.LINK_LOST, "Feet on the rails, pull the key.")
CHECKED = SignalChecked(5.0, True, "ok", 5.0, 4.0, 0.8, 0.01, 0.01, 0.25)


def after(screen: Screen, *outputs) -> Screen:
    return reduce(Screen.after, outputs, screen)


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        (PhaseChanged(5.0, Phase.ARMING), {"phase": Phase.ARMING, "ends_s": None}),
        (PhaseChanged(5.0, Phase.REST, 2, 95.0), {"phase": Phase.REST, "set_index": 2, "ends_s": 95.0}),
        (BeltReported(5.0, 0.79), {"trace": (BeltPoint(5.0, 0.79),)}),
        (SetEnded(5.0, 1, 15, 14), {"results": (SetEnded(5.0, 1, 15, 14),), "count": 14, "set_index": 1}),
        (PUSH, {"cue": PUSH}),
        (EFFORT, {"question": EFFORT}),
        (LOST, {"faults": (LOST,), "standing_faults": (LOST,)}),
        (CHECKED, {"signal": CHECKED}),
        (
            SessionEnded(5.0, Outcome.STOPPED, Reason.STOP_ASKED),
            {"phase": Phase.ENDED, "outcome": Outcome.STOPPED, "reason": Reason.STOP_ASKED},
        ),
    ],
)
def test_each_output_shows_what_it_says_and_moves_the_time(screen, output, shown) -> None:
    now = screen.after(output)
    assert {name: getattr(now, name) for name in shown} == shown
    assert now.t_s == 5.0


@pytest.mark.parametrize(
    "output",
    [
        Command(5.0, 1, CommandKind.STOP, b"\x08\x01"),
        Disconnect(5.0),
        Decided(5.0, "start", True, "armed"),
    ],
)
def test_outputs_that_show_nothing_only_move_the_time(screen, output) -> None:
    assert screen.after(output) == replace(screen, t_s=5.0)


def test_time_never_runs_backward(screen) -> None:
    assert after(screen, BeltReported(9.0, 0.8), Noted(4.0, "late")).t_s == 9.0


def test_a_rep_counts_and_is_marked_in_the_middle_of_its_dip(screen, rep) -> None:
    now = after(screen, PhaseChanged(20.0, Phase.SET, 1), RepCounted(22.5, 1, 7, rep))
    assert (now.set_index, now.count, now.marks) == (1, 7, (RepMark(21.0, 7),))


def test_the_next_set_begins_at_zero_and_the_same_set_goes_on(screen, rep) -> None:
    counted = after(screen, PhaseChanged(20.0, Phase.SET, 1), RepCounted(22.5, 1, 7, rep))
    assert after(counted, PhaseChanged(30.0, Phase.SET, 1)).count == 7
    assert after(counted, PhaseChanged(30.0, Phase.SET, 2)).count == 0


def test_the_count_stays_readable_after_the_set(screen, rep) -> None:
    now = after(
        screen,
        PhaseChanged(20.0, Phase.SET, 1),
        RepCounted(22.5, 1, 1, rep),
        SetEnded(60.0, 1, 15, 1),
        PhaseChanged(60.0, Phase.STOPPING),
    )
    assert (now.count, now.set_index) == (1, 1)


def test_a_counted_number_does_not_push_the_instruction_away(screen) -> None:
    assert after(screen, PUSH, Cue(6.0, CueKind.COUNT, "7", 7)).cue == PUSH


def test_the_trace_holds_the_last_minute_only(screen) -> None:
    now = after(screen, *(BeltReported(t / 2, 0.8) for t in range(400)))
    assert now.trace[0].t_s == 199.5 - TRACE_S
    assert now.belt_now == BeltPoint(199.5, 0.8)


def test_a_fast_source_cannot_grow_the_trace(screen) -> None:
    now = after(screen, *(BeltReported(t / 100, 0.8) for t in range(20_000)))
    assert 500 < len(now.trace) < 610


def test_marks_leave_with_the_trace(screen, rep) -> None:
    now = after(screen, RepCounted(22.5, 1, 1, rep), BeltReported(200.0, 0.8), RepCounted(200.0, 2, 1, rep))
    assert len(now.marks) == 1


@pytest.mark.parametrize(("t_s", "left_s"), [(10.0, 90.0), (70.0, 30.0), (100.0, 0.0), (130.0, 0.0)])
def test_the_countdown_follows_session_time(screen, t_s, left_s) -> None:
    resting = screen.after(PhaseChanged(10.0, Phase.REST, 1, until_s=100.0))
    assert resting.after(BeltReported(t_s, 0.0)).remaining_s == left_s


def test_a_phase_without_an_end_counts_nothing_down(screen) -> None:
    assert screen.after(PhaseChanged(10.0, Phase.ARMING)).remaining_s is None


def test_an_answer_from_anywhere_closes_its_own_question_only(screen) -> None:
    asked = screen.after(EFFORT)
    assert asked.answered("effort-1").question is None
    assert asked.answered("pain-1").question == EFFORT
    assert screen.answered("effort-1") == screen


def test_an_old_question_goes_with_its_phase_and_a_new_one_stays(screen) -> None:
    asked = screen.after(EFFORT)
    assert asked.after(PhaseChanged(5.0, Phase.REST, 1)).question == EFFORT
    assert asked.after(PhaseChanged(6.0, Phase.STOPPING)).question is None
    assert asked.after(SessionEnded(6.0, Outcome.STOPPED, None)).question is None


def test_a_fault_stands_until_the_belt_starts_again_and_is_never_forgotten(screen) -> None:
    lost = after(screen, LOST, PhaseChanged(6.0, Phase.LINK_LOST), PhaseChanged(8.0, Phase.ARMING))
    assert lost.standing_faults == (LOST,)
    started = lost.after(PhaseChanged(9.0, Phase.STARTING))
    assert started.standing_faults == ()
    assert started.faults == (LOST,)


def test_a_flood_of_faults_stays_bounded_and_keeps_the_latest(screen) -> None:
    now = after(screen, *(FaultRaised(float(t), Reason.SILENT, str(t)) for t in range(1000)))
    assert len(now.faults) == len(now.standing_faults) < 20
    assert now.faults[-1].text == "999"


def test_a_set_that_ends_twice_has_one_result(screen) -> None:
    now = after(screen, SetEnded(5.0, 1, 15, 3), SetEnded(9.0, 1, 15, 15))
    assert [result.count for result in now.results] == [15]


def test_the_trace_shows_the_belt_that_is_counted_from(screen) -> None:
    both = (BeltReported(6.0, 0.8), BeltSensed(6.2, 0.5), BeltReported(6.4, 0.8))
    assert after(screen, *both).belt_now == BeltPoint(6.4, 0.8)
    by_sensor = after(screen, replace(CHECKED, source=Source.BELT_SENSOR), *both)
    assert by_sensor.belt_now == BeltPoint(6.2, 0.5)


def test_a_note_and_another_lock_are_shown(screen) -> None:
    note = Noted(5.0, "a late answer")
    assert after(screen, note).note == note
    assert after(screen, LockChosen(6.0, 0.5)).lock_kmh == 0.5


def test_time_goes_on_when_nothing_happens_until_the_session_is_over(screen) -> None:
    now = after(screen, BeltReported(6.0, 0.8))
    assert now.at(30.0).t_s - now.at(30.0).belt_now.t_s == 24.0
    assert now.at(3.0) is now
    assert after(now, SessionEnded(7.0, Outcome.FINISHED, None)).at(30.0).t_s == 7.0
