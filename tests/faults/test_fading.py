"""Somebody is at the end of her strength: the set ends, and the session goes on."""

from itertools import pairwise
from statistics import median

from bounds_of_safety import ended
from eccentread.events import CueKind, Outcome, Phase, PhaseChanged, Reason, RepCounted
from eccentread.session.athlete_watch import FIRST_CYCLES, SLOW_IN_A_ROW, SLOWER
from lapsing import DONE, PROTOCOL, ends, lapsing


def test_the_set_ends_when_pauses_grow_and_the_rest_follows(driven):
    run = driven(lapsing("fades"), protocol=PROTOCOL.replace("reps = 10", "reps = 15"))
    assert [(index, reason) for index, _, reason in ends(run)] == [(1, Reason.FADING), (2, Reason.FADING)]
    assert all(DONE + SLOW_IN_A_ROW <= count < 15 for _, count, _ in ends(run))
    onsets = [one.rep.onset_s for one in run.of(RepCounted) if one.set_index == 1]
    cycles = [after - before for before, after in pairwise(onsets)]
    assert all(cycle > SLOWER * median(cycles[:FIRST_CYCLES]) for cycle in cycles[-SLOW_IN_A_ROW:])
    assert [one.set_index for one in run.of(PhaseChanged) if one.phase is Phase.REST] == [1]
    order = [cue for cue in run.cues if cue in (CueKind.ENOUGH, CueKind.SET_DONE)]
    assert order == [CueKind.ENOUGH, CueKind.SET_DONE] * 2
    ended(run, Outcome.FINISHED, None)
    assert run.stands
