"""Somebody pushes with all she has, where four to six of ten were asked."""

from bounds_of_safety import ended, shrugged_off
from eccentread.events import CueKind, Outcome, Reason, RepCounted
from eccentread.session.athlete_watch import HARD_AGAIN, HARD_IN_A_ROW
from lapsing import DONE, PROTOCOL, ends, lapsing

STEADY = "push_n = 100.0\npush_cv = 0.03\nset_fatigue = 0.0\nsession_fatigue = 0.0\n"


def test_she_is_told_and_the_set_ends_when_she_goes_on(driven):
    run = driven(lapsing("overdoes", more=STEADY), protocol=PROTOCOL)
    told_s = run.said_s(CueKind.LESS_HARD)
    assert told_s is not None
    hard = [one.t_s for one in run.of(RepCounted) if one.set_index == 1][DONE:]
    assert told_s == hard[HARD_IN_A_ROW - 1]
    ended(run, Outcome.FINISHED, None)


def test_the_set_ends_early_where_there_is_more_of_it(driven):
    run = driven(lapsing("overdoes", more=STEADY), protocol=PROTOCOL.replace("reps = 10", "reps = 15"))
    index, count, reason = ends(run)[0]
    assert (index, reason) == (1, Reason.TOO_HARD)
    assert DONE + HARD_IN_A_ROW + HARD_AGAIN <= count <= 14
    assert [one.set_index for one in run.of(RepCounted)].count(2) > 0, "the session goes on"
    ended(run, Outcome.FINISHED, None)


def test_who_eases_when_she_is_told_goes_on(driven):
    run = driven(lapsing("overdoes", heeds=1, more=STEADY), protocol=PROTOCOL)
    assert run.cues.count(CueKind.LESS_HARD) == 1
    shrugged_off(run, sets=2)
