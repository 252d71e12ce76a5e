"""The computer sleeps for minutes while the belt runs on: it is stopped first, nothing resumes, it is told.

The session's clock counts time asleep (`eccentread.io.elapsed`), as the loop's does here.
"""

import asyncio

import pytest

from driving import MOMENTS, WITH_REST, Driven, Running, Trouble
from eccentread.events import CueKind, Outcome, Reason
from eccentread_sim.clock import VirtualTimeLoop

ASLEEP_S = 300.0
MOVING = ("countdown", "locking", "signal check", "mid-push", "rest")
AT_ONCE_S = 0.3
RELINKED_S = 10.0
"""A link anew, control anew, and the belt's own ramp."""
RAMP_S = 3.0
START, SET_SPEED, STOP = "07", "02", "0801"


def sleep(*, link_lost: bool):
    """The computer and its radio sleep: what the machine says meanwhile, nobody ever hears."""

    def do(run: Running) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        loop.block(ASLEEP_S)
        served = run.simulator._served
        served.treadmill.advance(run.now_s)
        served.server._idle.set()  # the answer to what was under way is among it
        if link_lost:
            run.simulator.drop_link()

    return do


def see_stopped_first(run: Driven, within_s: float) -> None:
    [befell_s] = run.befell_s
    awake_s = befell_s + ASLEEP_S
    after = [(t_s - awake_s, data) for t_s, data in run.writes if t_s > befell_s]
    assert after[0][1] == STOP
    assert not [data for _, data in after if data.startswith((START, SET_SPEED))]
    assert run.stood_s - awake_s <= within_s
    told_s = next(one.t_s for one in run.outputs if getattr(one, "kind", None) is CueKind.EMERGENCY)
    assert 0 <= told_s - awake_s <= AT_ONCE_S
    assert run.end.outcome is Outcome.FAULT


@pytest.mark.parametrize("moment", MOVING)
def test_with_the_link_kept(driven, moment):
    run = driven("default", protocol=WITH_REST, troubles=[Trouble(MOMENTS[moment], sleep(link_lost=False))])
    see_stopped_first(run, AT_ONCE_S + RAMP_S)
    assert run.faults[0] is Reason.SILENT


@pytest.mark.parametrize("moment", MOVING)
def test_with_the_link_lost_meanwhile(driven, moment):
    run = driven("default", protocol=WITH_REST, troubles=[Trouble(MOMENTS[moment], sleep(link_lost=True))])
    see_stopped_first(run, RELINKED_S)
    assert set(run.faults) & {Reason.SILENT, Reason.LINK_LOST}


@pytest.mark.parametrize("link_lost", [False, True])
@pytest.mark.parametrize("moment", ["observing", "checklist"])
def test_a_permission_does_not_outlast_the_night(driven, moment, link_lost):
    """Nothing has moved yet: it ends there, or everything is asked anew; the belt never starts unasked."""
    run = driven("default", troubles=[Trouble(MOMENTS[moment], sleep(link_lost=link_lost))])
    [befell_s] = run.befell_s
    moved_s = [t_s for t_s, data in run.writes if data.startswith((START, SET_SPEED))]
    asked_s = [one.t_s for one in run.outputs if getattr(one, "question", None) == "arm"]
    assert all(t_s > befell_s + ASLEEP_S for t_s in asked_s)
    assert all(any(0 < t_s - asked < 120.0 for asked in asked_s) for t_s in moved_s[:1])
    assert run.stands
