"""Somebody falls asleep on the rails: a question, and then the belt stops."""

import pytest

from bounds_of_safety import SLOWING_S, TICK_S, claims_hold, ended, shrugged_off, stands_within, stopped_s
from eccentread.events import CueKind, Outcome, Phase, PhaseChanged, Reason, RepCounted
from eccentread.session.athlete_watch import NO_PUSHES_S, STILL_THERE_S
from lapsing import DONE, PROTOCOL, ends, lapsing


def test_she_is_asked_after_30_s_and_the_belt_stops_after_60(driven):
    run = driven(lapsing("sleeps"), protocol=PROTOCOL)
    last_s = run.of(RepCounted)[-1].t_s
    assert run.said_s(CueKind.STILL_THERE) == pytest.approx(last_s + STILL_THERE_S, abs=TICK_S)
    assert stopped_s(run) == pytest.approx(last_s + NO_PUSHES_S, abs=2 * TICK_S)
    stands_within(run, SLOWING_S, stopped_s(run))
    ended(run, Outcome.STOPPED, Reason.NO_PUSHES)
    assert ends(run) == [(1, DONE, Reason.NO_PUSHES)]
    claims_hold(run)


def test_who_wakes_when_she_is_asked_goes_on(driven):
    run = driven(lapsing("sleeps", heeds=1), protocol=PROTOCOL)
    assert run.cues.count(CueKind.STILL_THERE) == 1
    shrugged_off(run, sets=2)


def test_questions_that_nobody_answers_do_not_keep_the_machine_for_ever(driven):
    run = driven("default", person=lambda _, ask: ask.question in {"pain-after", "effort"})
    asked_s = next(one.t_s for one in run.of(PhaseChanged) if one.phase is Phase.QUESTIONS)
    ended(run, Outcome.FINISHED, None)
    assert run.end.t_s - asked_s == pytest.approx(600.0, abs=2 * TICK_S)
    claims_hold(run)
