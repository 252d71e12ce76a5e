"""Somebody stands on the belt with both feet: a word, and then the belt stops."""

from bounds_of_safety import (
    SLOWING_S,
    claims_hold,
    ended,
    stands_within,
    stopped_s,
    told_body_first,
)
from eccentread.events import CueKind, Noted, Outcome, Reason
from eccentread.session.athlete_watch import LONGEST_PUSH_S, STAYS_S
from lapsing import DONE, HOME, PROTOCOL, ends, lapsing, on_belt_s

SEEN_S = 1.0
"""By how much the onset, and the report that tells, may be late."""


def test_she_is_told_and_the_belt_stops_when_she_stays(driven):
    run = driven(lapsing("stands", at=HOME), protocol=PROTOCOL)
    onset_s, _ = on_belt_s(run, "stand")[0]
    told_s = run.said_s(CueKind.ONE_FOOT)
    assert told_s is not None
    assert not any("does not show who stands" in one.text for one in run.of(Noted))
    assert LONGEST_PUSH_S - SEEN_S <= told_s - onset_s <= LONGEST_PUSH_S + SEEN_S
    told_body_first(run, CueKind.ONE_FOOT, told_s)
    assert STAYS_S <= stopped_s(run) - told_s <= STAYS_S + SEEN_S
    stands_within(run, SLOWING_S, stopped_s(run))
    ended(run, Outcome.STOPPED, Reason.BOTH_FEET)
    assert ends(run) == [(1, DONE, Reason.BOTH_FEET)]
    assert run.faults == []
    assert CueKind.STEP_OFF in run.cues
    claims_hold(run)


def test_who_gets_off_when_she_is_told_goes_on(driven):
    run = driven(lapsing("stands", heeds=1, at=HOME), protocol=PROTOCOL)
    assert run.cues.count(CueKind.ONE_FOOT) == 1
    assert len(on_belt_s(run, "stand")) == 1
    ended(run, Outcome.FINISHED, None)
    assert run.faults == []
    assert ends(run) == [(1, 10, None), (2, 10, None)]


def test_a_drive_that_takes_the_dip_back_does_not_show_it_and_the_program_says_so(driven):
    taken_back = lapsing("stands", at=HOME.replace('"A"\ncompensation = 0.75', '"D"'))
    run = driven(taken_back, protocol=PROTOCOL)
    assert any("does not show who stands on the belt" in one.text for one in run.of(Noted))
    ended(run, Outcome.STOPPED, Reason.NO_PUSHES)
    assert run.stands
