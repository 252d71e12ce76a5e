"""Somebody walks on the belt: a word, and then the set is over."""

import pytest

from bounds_of_safety import claims_hold, ended, told_body_first
from eccentread.events import CueKind, Outcome, Phase, PhaseChanged, Reason
from eccentread.session.athlete_watch import STEP_S, STEPS
from lapsing import DONE, PROTOCOL, ends, lapsing, on_belt_s


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_she_is_told_and_the_set_ends_when_she_walks_on(driven, seed):
    run = driven(lapsing("walks"), protocol=PROTOCOL, seed=seed)
    onset_s, release_s = on_belt_s(run, "walk")[0]
    told_s = run.said_s(CueKind.NO_WALKING)
    assert told_s is not None
    assert 0 < told_s - onset_s <= (STEPS + 3) * STEP_S[1]
    told_body_first(run, CueKind.NO_WALKING, told_s)
    index, count, reason = ends(run)[0]
    assert (index, reason) == (1, Reason.WALKING)
    assert DONE <= count <= DONE + 1, "the weight that comes first may pass for a push"
    over_s = next(one.t_s for one in run.of(PhaseChanged) if one.t_s > told_s)
    assert over_s - told_s <= 15.0
    assert release_s - over_s <= 2.0, "she gets off when the set is over"
    assert run.stands
    claims_hold(run)


def test_the_set_ends_and_not_the_session(driven):
    run = driven(lapsing("walks", more="push_n = 140.0"), protocol=PROTOCOL)
    assert Phase.REST in [one.phase for one in run.of(PhaseChanged)]
    assert [reason for _, _, reason in ends(run)] == [Reason.WALKING, Reason.WALKING]
    ended(run, Outcome.FINISHED, None)


@pytest.mark.parametrize("seed", [1, 2])
def test_who_stops_walking_when_she_is_told_goes_on(driven, seed):
    run = driven(lapsing("walks", heeds=1), protocol=PROTOCOL, seed=seed)
    assert run.cues.count(CueKind.NO_WALKING) == 1
    assert CueKind.ONE_FOOT not in run.cues
    ended(run, Outcome.FINISHED, None)
    assert [reason for _, _, reason in ends(run)] == [None, None]
