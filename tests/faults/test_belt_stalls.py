"""A weak belt stalls under a push: she is told to ease off and step off, before it surges."""

from itertools import pairwise

import pytest

from bounds_of_safety import claims_hold
from driving import QUICK
from eccentread.events import Cue, CueKind
from eccentread.session.athlete_watch import STALL_AGAIN_S, STALLED_KMH, STALLED_S

WEAK = """
description = "A machine that hardly moves its own belt"
[machine]
name = "SIM Weak"
address = "F0:0D:00:00:02:09"
[drive]
archetype = "A"
compensation = 0.5
slip_n_per_mps = 255
friction_coefficient = 0.29
force_max_n = {force_max_n}
[console]
start_speed_kmh = 0.5
speed_min_kmh = 0.5
[reporting]
interval_s = 0.25
[athlete]
push_n = 110
travel_m = 0.5
touch_rate = 0
aborted_rate = 0
"""


def stalls_s(run) -> list[tuple[float, float]]:
    """From when to when the belt really was slower than it may be, once it was locked."""
    slow = [(t_s, speed < STALLED_KMH) for t_s, speed in run.speeds if t_s >= (run.locked_s or 0.0)]
    begins = [b for (_, was), (b, now) in pairwise(slow) if now and not was]
    ends = [e for (_, was), (e, now) in pairwise(slow) if was and not now]
    return list(zip(begins, ends, strict=False))


@pytest.mark.parametrize("seed", [1, 2])
def test_she_is_told_while_it_is_stalled_and_not_again_for_a_while(driven, seed):
    run = driven(WEAK.format(force_max_n=35), protocol=QUICK, seed=seed)
    said = [one for one in run.of(Cue) if one.kind is CueKind.EASE_OFF]
    assert said
    assert "step off" in said[0].text
    assert "Do not kick off" in said[0].text
    stalls = stalls_s(run)
    for cue in said:
        assert any(begin + STALLED_S - 0.3 <= cue.t_s <= end + 0.5 for begin, end in stalls), cue.t_s
    assert all(after.t_s - before.t_s >= STALL_AGAIN_S for before, after in pairwise(said))
    assert run.stands
    claims_hold(run)


def test_a_belt_that_holds_its_speed_is_no_stall(driven):
    run = driven(WEAK.format(force_max_n=500).replace("0.5\nslip", "0.9\nslip"), protocol=QUICK)
    assert CueKind.EASE_OFF not in run.cues
