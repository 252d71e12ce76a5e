"""The program's loop is held up while the belt runs on: what that may cost, and what must be stopped then.

Up to `UNNOTICED_S` nothing is lost but time. Beyond the silence limit nobody knew what the belt did: it is
stopped as soon as the program runs again, also where reports have queued up meanwhile and look fresh.
"""

import pytest

from driving import MOMENTS, WITH_REST, Driven, Trouble, mid_push
from eccentread.events import BeltReported, CueKind, Outcome, Reason, RepCounted
from stalls import BLOCKED, air_first, timers_first

MOVING = ("locking", "signal check", "mid-push", "between pushes", "rest")
UNNOTICED_S = 2.0
"""The silence limit is 2.5 s on a machine that reports four times a second."""
AT_ONCE_S = 0.3
"""From the end of a stall to the stop: a tick of 0.2 s, and the write."""
RAMP_S = 3.0
START, SET_SPEED, STOP = "07", "02", "0801"


@pytest.fixture(params=BLOCKED)
def blocked(request):
    """In either order in which a loop may wake up."""
    return BLOCKED[request.param]


def see_stopped_after(run: Driven, stall_s: float) -> None:
    """Stopped as soon as the program runs again, told, and nothing was asked of the belt but that."""
    [befell_s] = run.befell_s
    awake_s = befell_s + stall_s
    after = [(t_s - awake_s, data) for t_s, data in run.writes if t_s > befell_s]
    assert STOP in {data for t_s, data in after if t_s <= AT_ONCE_S}
    assert not [data for _, data in after if data.startswith((START, SET_SPEED))]
    assert run.stood_s - awake_s <= RAMP_S
    told_s = next(one.t_s for one in run.outputs if getattr(one, "kind", None) is CueKind.EMERGENCY)
    assert 0 <= told_s - awake_s <= AT_ONCE_S
    assert run.faults[0] is Reason.SILENT
    assert (run.end.outcome, run.end.reason) == (Outcome.FAULT, Reason.SILENT)


@pytest.mark.parametrize("moment", MOMENTS)
def test_half_a_second_stops_nothing_and_starts_nothing_twice(driven, blocked, moment):
    run = driven("default", protocol=WITH_REST, troubles=[Trouble(MOMENTS[moment], blocked(0.5))])
    assert (run.end.outcome, run.faults) == (Outcome.FINISHED, [])
    assert [data for _, data in run.writes if data == START] == [START]
    assert len(run.of(RepCounted)) == 4
    assert max(speed for _, speed in run.speeds) < 0.95
    assert run.stands


@pytest.mark.parametrize("moment", ["mid-push", "rest"])
def test_two_seconds_are_less_than_the_silence_that_a_machine_may_keep(driven, blocked, moment):
    run = driven("default", protocol=WITH_REST, troubles=[Trouble(MOMENTS[moment], blocked(UNNOTICED_S))])
    assert (run.end.outcome, run.faults) == (Outcome.FINISHED, [])
    assert run.stands


def test_after_two_seconds_nothing_is_asked_of_a_belt_but_to_stop(driven, blocked):
    """On the way to the lock a command is due: it is not made on what was seen before the stall."""
    run = driven("default", troubles=[Trouble(MOMENTS["locking"], blocked(UNNOTICED_S))])
    [befell_s] = run.befell_s
    asked_s = [t_s for t_s, data in run.writes if t_s > befell_s and data.startswith((START, SET_SPEED))]
    reports_s = [one.t_s for one in run.of(BeltReported)]
    assert all(any(0 <= t_s - report_s <= 1.5 for report_s in reports_s) for t_s in asked_s)
    assert run.end.outcome is Outcome.FINISHED or run.faults[0] is Reason.STALE_DATA
    assert run.stands


@pytest.mark.parametrize("moment", MOVING)
def test_after_three_seconds_the_belt_is_stopped(driven, blocked, moment):
    run = driven("default", protocol=WITH_REST, troubles=[Trouble(MOMENTS[moment], blocked(3.0))])
    see_stopped_after(run, 3.0)


@pytest.mark.parametrize("moment", ["mid-push", "rest"])
def test_after_ten_seconds_the_belt_is_stopped(driven, blocked, moment):
    run = driven("default", protocol=WITH_REST, troubles=[Trouble(MOMENTS[moment], blocked(10.0))])
    see_stopped_after(run, 10.0)


@pytest.mark.parametrize("stall_s", [3.0, 10.0])
def test_a_belt_that_starts_meanwhile_is_stopped(driven, blocked, stall_s):
    """It was asked to move, and counts down, or has begun: nobody saw how."""
    run = driven("default", troubles=[Trouble(MOMENTS["countdown"], blocked(stall_s))])
    see_stopped_after(run, stall_s)


@pytest.mark.parametrize("moment", ["observing", "checklist"])
def test_before_the_belt_moves_it_is_not_set_in_motion_on_old_news(driven, blocked, moment):
    stall_s = 10.0
    run = driven("default", troubles=[Trouble(MOMENTS[moment], blocked(stall_s))])
    [befell_s] = run.befell_s
    moves_s = [t_s for t_s, data in run.writes if data.startswith((START, SET_SPEED))]
    if run.end.outcome is Outcome.FINISHED:
        assert min(moves_s) > befell_s + stall_s + 1.0
    else:
        assert run.end.reason is Reason.SILENT
        assert moves_s == []
        assert max(speed for _, speed in run.speeds) == 0


def test_a_stop_that_waited_for_the_loop_goes_out_first(driven):
    """Asked for while nothing ran: it is the first that is sent, before silence is even judged."""

    def do(run) -> None:
        air_first(10.0)(run)
        run.stop()

    run = driven("default", troubles=[Trouble(mid_push, do)])
    [befell_s] = run.befell_s
    first_s, first = next((t_s, data) for t_s, data in run.writes if t_s > befell_s)
    assert first == STOP
    assert first_s - (befell_s + 10.0) <= 0.05
    assert run.stands


def test_a_belt_that_went_faster_meanwhile_is_stopped_as_soon_as_anything_runs(driven):
    """Somebody has set 3 km/h at the console in the middle of the stall."""
    from eccentread_sim.console import Touch

    def do(run) -> None:
        run.simulator.touch(Touch.SPEED, 3.0)
        timers_first(2.0)(run)

    run = driven("default", troubles=[Trouble(MOMENTS["rest"], do)], protocol=WITH_REST)
    [befell_s] = run.befell_s
    stopped_s = next(t_s for t_s, data in run.writes if data == STOP and t_s > befell_s)
    assert stopped_s - (befell_s + 2.0) <= AT_ONCE_S
    assert run.end.outcome is Outcome.FAULT
    assert run.stands


def test_a_loop_that_stalls_again_and_again_is_watched_in_between(driven):
    """Half of all time nothing runs, a second at a time: the session goes on, and stops when asked to."""
    stalls = [Trouble(20.0 + 2.0 * k, timers_first(1.0)) for k in range(40)]
    run = driven("default", troubles=stalls)
    assert run.faults == []
    assert run.stands
