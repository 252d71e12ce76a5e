"""Whole sessions that go well, or that people end."""

from dataclasses import replace
from itertools import pairwise

import pytest

from eccentread.events import (
    Answered,
    Ask,
    Command,
    CommandKind,
    Connected,
    Cue,
    CueKind,
    Disconnect,
    LinkLost,
    Outcome,
    Phase,
    PhaseChanged,
    Reason,
    RepCounted,
    SessionEnded,
    SetEnded,
    SignalChecked,
)
from eccentread.session import GuidedSession

WELL = [
    Phase.OBSERVING,
    Phase.CHECKLIST,
    Phase.ARMING,
    Phase.STARTING,
    Phase.LOCKING,
    Phase.SIGNAL_CHECK,
    Phase.SET,
    Phase.REST,
    Phase.SET,
    Phase.STOPPING,
    Phase.QUESTIONS,
    Phase.ENDED,
]
CHECKLIST = ["key", "clear", "companion", "rails"]


# --- All goes well ------------------------------------------------------------------------------------------


def test_the_bundled_protocol_runs_from_connection_to_end(make_bench, bundled):
    bench = make_bench(bundled)
    end = bench.to_the_end()
    assert (end.outcome, end.reason) == (Outcome.FINISHED, None)
    assert [(one.set_index, one.target, one.count) for one in bench.of(SetEnded)] == [
        (1, 15, 15),
        (2, 15, 15),
        (3, 15, 15),
    ]
    assert [(one.set_index, one.rep_index) for one in bench.of(RepCounted)] == [
        (s, r) for s in (1, 2, 3) for r in range(1, 16)
    ]
    assert bench.faults == []


def test_a_short_session_goes_through_its_phases_in_order(bench):
    bench.to_the_end()
    assert bench.phases == WELL


def test_all_that_is_ever_sent_is_control_start_lock_and_stop(bench):
    bench.to_the_end()
    control, start, lock, *stops = bench.sent()
    assert (control, start, lock) == ("00", "07", "025000")
    assert stops
    assert set(stops) == {"0801"}


def test_everything_is_asked_in_order_before_the_belt_moves(bench):
    bench.until(Phase.STARTING)
    assert [one.question for one in bench.of(Ask)] == [*CHECKLIST, "pain-before", "arm"]
    assert bench.sent() == ["00", "07"]
    assert bench.of(Ask)[-1].text == "Start the belt now? It will run at 0.8 km/h."


def test_the_athlete_is_asked_onto_the_belt_only_once_it_is_locked(bench):
    bench.until(Phase.SET)
    locked = next(one.t_s for one in bench.of(Cue) if one.kind is CueKind.BELT_LOCKED)
    first_push = next(one.t_s for one in bench.of(Cue) if one.kind is CueKind.PUSH_ONCE)
    lock_sent = next(one.t_s for one in bench.outputs if getattr(one, "data", b"")[:1] == b"\x02")
    assert lock_sent + 2.0 <= locked < first_push


def test_the_lock_is_asked_for_two_seconds_after_the_belt_moves(bench):
    bench.until(Phase.SIGNAL_CHECK)
    moves = next(one.t_s for one in bench.outputs if getattr(one, "speed_kmh", 0))
    lock_sent = next(one.t_s for one in bench.outputs if getattr(one, "data", b"")[:1] == b"\x02")
    assert lock_sent - moves == 2.0


def test_a_belt_that_starts_at_the_lock_gets_no_speed_command(make_bench):
    bench = make_bench(start_kmh=0.8)
    assert bench.to_the_end().outcome is Outcome.FINISHED
    assert bench.sent()[:3] == ["00", "07", "0801"]


def test_the_cues_of_the_signal_check_come_in_turn_and_in_time(bench):
    bench.until(Phase.SET)
    cues = [(one.kind, one.t_s) for one in bench.of(Cue) if one.kind.value in SIGNAL_CUES]
    assert [kind for kind, _ in cues] == [
        CueKind.STAND_CLEAR,
        *[CueKind.PUSH_ONCE, CueKind.OFF_BELT] * 2,
        CueKind.RIDE_ONCE,
        CueKind.OFF_BELT,
        CueKind.SIGNAL_GOOD,
    ]
    assert [later - earlier for (_, earlier), (_, later) in pairwise(cues)] == [6, 6, 3, 6, 3, 6, 3]
    [checked] = bench.of(SignalChecked)
    assert checked.countable
    assert checked.baseline_kmh == pytest.approx(0.8, abs=0.01)
    until = next(one.until_s for one in bench.of(PhaseChanged) if one.phase is Phase.SIGNAL_CHECK)
    assert until == checked.t_s


SIGNAL_CUES = {"stand-clear", "push-once", "ride-once", "off-belt", "signal-good"}


def test_the_end_disconnects_and_then_ends(bench):
    bench.to_the_end()
    assert isinstance(bench.outputs[-2], Disconnect)
    assert isinstance(bench.outputs[-1], SessionEnded)


def test_an_ended_session_takes_inputs_and_does_nothing(bench):
    bench.to_the_end()
    bench.up = True
    bench.run(5.0)
    assert bench.stop() == bench.connect() == bench.lose() == []


# --- People -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [0, None])
@pytest.mark.parametrize("item", [*CHECKLIST, "arm"])
def test_whoever_does_not_say_yes_to_every_item_ends_before_anything_moves(bench, item, answer):
    bench.answers[item] = answer
    end = bench.to_the_end()
    assert (end.outcome, end.reason) == (Outcome.STOPPED, Reason.DECLINED)
    assert bench.of(Ask)[-1].question == item
    assert bench.sent() == ["00"]
    assert bench.faults == []


@pytest.mark.parametrize(
    ("limit", "pain", "goes_on"),
    [(5, 0, True), (5, 5, True), (5, 6, False), (5, 10, False), (5, None, True), (0, 1, False), (0, 0, True)],
)
def test_pain_above_the_limit_ends_the_session_before_it_begins(make_bench, short, limit, pain, goes_on):
    bench = make_bench(replace(short, pain_limit=limit))
    bench.answers["pain-before"] = pain
    bench.until(Phase.ARMING if goes_on else Phase.ENDED)
    if goes_on:
        assert bench.faults == []
        return
    assert bench.faults == [Reason.PAIN]
    assert bench.of(SessionEnded) == [SessionEnded(bench.t_s, Outcome.STOPPED, Reason.PAIN)]
    assert bench.sent() == ["00"]


def test_a_permission_not_given_within_two_minutes_is_asked_for_anew_after_the_rails(bench):
    bench.silent |= {"arm", "rails"}
    bench.until(Phase.CHECKLIST).when(lambda: bench.of(Ask)[-1].question == "rails").answer("rails", 1)
    bench.until(Phase.ARMING).run(119.0)
    assert bench.phase is Phase.ARMING
    bench.run(2.0)
    assert bench.of(Ask)[-1].question == "rails"
    bench.answer("arm", 1)
    assert CommandKind.START not in [one.kind for one in bench.of(Command)]
    bench.answer("rails", 1)
    bench.until(Phase.ARMING).answer("arm", 1)
    assert bench.to_the_end().outcome is Outcome.FINISHED


@pytest.mark.parametrize("answer", [None, 0, 10])
def test_questions_after_the_exercise_may_be_answered_or_skipped(bench, answer):
    bench.answers |= {"pain-after": answer, "effort": answer}
    assert bench.to_the_end().outcome is Outcome.FINISHED
    assert [one.question for one in bench.of(Ask)][-2:] == ["pain-after", "effort"]


@pytest.mark.parametrize("question", ["key", "rails", "pain-before", "no-such-question", "belt-stands", ""])
def test_answers_to_questions_that_are_not_open_change_nothing(bench, question):
    bench.silent.add("arm")
    bench.until(Phase.ARMING)
    for value in (0, 1, 10, None):
        assert bench.answer(question, value) == []
    assert bench.phase is Phase.ARMING
    bench.answer("arm", 1)
    assert bench.answer("arm", 0) == []
    assert bench.phase is Phase.STARTING


STOPPABLE = [
    Phase.OBSERVING,
    Phase.CHECKLIST,
    Phase.ARMING,
    Phase.STARTING,
    Phase.LOCKING,
    Phase.SIGNAL_CHECK,
    Phase.SET,
    Phase.REST,
]
MOVING = STOPPABLE[3:]


@pytest.mark.parametrize("after_s", [0.0, 1.5])
@pytest.mark.parametrize("phase", STOPPABLE)
def test_stop_ends_the_session_in_every_phase_and_goes_out_at_once(bench, phase, after_s):
    bench.silent |= {"clear", "arm"} & ({"clear"} if phase is Phase.CHECKLIST else {"arm"})
    if phase in MOVING:
        bench.silent.discard("arm")
    bench.until(phase).run(after_s)
    assert bench.phase is phase
    out = bench.stop()
    stops = [one.data.hex() for one in out if hasattr(one, "data")]
    assert stops == (["0801"] if phase in MOVING else [])
    end = bench.to_the_end()
    assert (end.outcome, end.reason) == (Outcome.STOPPED, Reason.STOP_ASKED)
    assert bench.machine.belt_kmh == 0.0
    assert bench.faults == []


def test_stop_before_there_is_a_link_ends_the_session(bench):
    bench.stop()
    assert bench.phase is Phase.ENDED
    assert bench.of(SessionEnded) == [SessionEnded(0.0, Outcome.STOPPED, Reason.STOP_ASKED)]
    assert bench.sent() == []


def test_stop_closes_the_set_with_what_was_counted(bench):
    bench.until(Phase.SET).when(lambda: bench.of(RepCounted))
    bench.stop()
    [ended] = bench.of(SetEnded)
    assert (ended.set_index, ended.target) == (1, 2)
    assert ended.count == len(bench.of(RepCounted))


def test_every_further_stop_goes_out_at_once_and_the_session_still_ends(bench):
    bench.machine.stop_s = 3.0
    bench.until(Phase.SET)
    bench.stop()
    for _ in range(5):
        bench.tick()
        assert [one.data.hex() for one in bench.stop() if hasattr(one, "data")] == ["0801"]
    assert bench.to_the_end().reason is Reason.STOP_ASKED


def test_stop_among_the_questions_skips_them(bench):
    bench.silent |= {"pain-after", "effort"}
    bench.until(Phase.QUESTIONS)
    before, asked = bench.sent(), len(bench.of(Ask))
    bench.stop()
    bench.until(Phase.ENDED, within_s=15.0)
    assert bench.of(SessionEnded)[0].outcome is Outcome.FINISHED
    assert bench.sent() == before
    assert len(bench.of(Ask)) == asked


def test_stop_among_the_questions_stops_a_belt_that_is_seen_to_move(bench):
    bench.silent |= {"pain-after"}
    bench.until(Phase.QUESTIONS)
    bench.machine.belt_kmh = 0.5
    bench.report(0.5)
    assert "0801" in [one.data.hex() for one in bench.stop() if hasattr(one, "data")]
    bench.to_the_end()


def test_stop_in_the_checklist_stops_a_belt_that_is_seen_to_move(bench):
    bench.silent.add("clear")
    bench.until(Phase.CHECKLIST)
    bench.machine.belt_kmh = 0.5
    bench.report(0.5)
    assert "0801" in [one.data.hex() for one in bench.stop() if hasattr(one, "data")]
    bench.to_the_end()
    assert bench.machine.belt_kmh == 0.0


def test_an_athlete_who_does_not_push_is_asked_at_30_s_and_the_belt_stops_at_60(bench):
    bench.until(Phase.SET)
    begins = bench.t_s
    bench.athlete.pushes = False
    end = bench.to_the_end()
    asked = [one.t_s for one in bench.of(Cue) if one.kind is CueKind.STILL_THERE]
    assert [t_s - begins for t_s in asked] == [30.0]
    stopping = next(one.t_s for one in bench.of(PhaseChanged) if one.phase is Phase.STOPPING)
    assert stopping - begins == 60.0
    assert (end.outcome, end.reason) == (Outcome.STOPPED, Reason.NO_PUSHES)
    assert [(one.set_index, one.count) for one in bench.of(SetEnded)] == [(1, 0)]


def test_each_push_begins_the_wait_anew(bench):
    bench.until(Phase.SET).when(lambda: bench.of(RepCounted))
    counted = bench.t_s
    bench.athlete.pushes = False
    bench.when(lambda: CueKind.STILL_THERE in bench.cues)
    assert bench.t_s - counted == 30.0
    assert bench.to_the_end().reason is Reason.NO_PUSHES
    assert [one.count for one in bench.of(SetEnded)] == [1]


def test_a_belt_that_shows_no_pushes_is_not_counted_on(bench):
    bench.athlete.pushes = False
    end = bench.to_the_end()
    assert (end.outcome, end.reason) == (Outcome.FAULT, Reason.CANNOT_COUNT)
    assert bench.faults == [Reason.CANNOT_COUNT]
    [checked] = bench.of(SignalChecked)
    assert not checked.countable
    assert bench.of(SetEnded) == bench.of(RepCounted) == []
    assert bench.machine.belt_kmh == 0.0


def test_rest_is_announced_and_warned_of(bench):
    bench.until(Phase.REST)
    rest = bench.of(PhaseChanged)[-1]
    assert (rest.set_index, rest.until_s) == (1, rest.t_s + 20.0)
    bench.until(Phase.SET)
    told = [
        (one.kind, one.t_s - rest.t_s, one.number)
        for one in bench.of(Cue, rest.t_s)
        if one.kind in {CueKind.REST_BEGINS, CueKind.REST_LEFT, CueKind.SET_BEGINS}
    ]
    assert told == [
        (CueKind.REST_BEGINS, 0.0, 20),
        (CueKind.REST_LEFT, 10.0, 10),
        (CueKind.SET_BEGINS, 20.0, 2),
    ]


@pytest.mark.parametrize(
    ("reps", "told"),
    [
        (1, ["count"]),
        (2, ["count", "last-one", "count"]),
        (6, ["count", "five-left", *["count"] * 4, "last-one", "count"]),
    ],
)
def test_each_push_is_counted_aloud_and_the_last_ones_are_announced(make_bench, short, reps, told):
    bench = make_bench(replace(short, sets=1, reps=reps))
    bench.to_the_end()
    cues = [one for one in bench.of(Cue) if one.kind.value in {"count", "five-left", "last-one"}]
    assert [one.kind.value for one in cues] == told
    assert [one.number for one in cues if one.kind is CueKind.COUNT] == list(range(1, reps + 1))


def test_inputs_that_come_twice_change_nothing(bench, short):
    bench.to_the_end()
    twice = GuidedSession(short)
    out = []
    for one in bench.inputs:
        out += twice.feed(one)
        if not isinstance(one, Connected | LinkLost):
            out += twice.feed(one)
    kinds = (RepCounted, SetEnded, PhaseChanged, Ask, SessionEnded)
    assert [one for one in out if isinstance(one, kinds)] == bench.of(kinds)


def test_a_session_answers_only_what_is_asked(bench):
    bench.silent |= set(CHECKLIST)
    bench.until(Phase.CHECKLIST)
    for name in CHECKLIST:
        assert bench.of(Ask)[-1].question == name
        bench.happens(Answered(bench.t_s, name, 1))
    assert bench.of(Ask)[-1].question == "pain-before"
