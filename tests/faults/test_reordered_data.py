"""Reports overtake one another, or come seconds late: FTMS dates none, so what is old looks new."""

import pytest

from bounds_of_safety import (
    claims_hold,
    ended,
    over_speed_stops,
    shrugged_off,
    stopped_s,
)
from driving import MOMENTS, WITH_REST, Trouble, in_phase
from eccentread.events import BeltReported, BeltStands, Outcome, Phase, Reason
from eccentread_sim.script import What
from mishaps import delivers, happens, machine, misreads

LATE_S = 2.0


def on_the_air(**how: float) -> str:
    return machine("\n".join(["[gatt.delivery]", *(f"{key} = {value}" for key, value in how.items())]))


@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_a_session_of_reports_that_overtake_one_another(rate, driven):
    session = driven(on_the_air(overtaken_rate=rate))
    shrugged_off(session)
    claims_hold(session)


@pytest.mark.parametrize("how", [{"overtaken_rate": 1.0}, {"late_rate": 0.3, "late_s": LATE_S}])
def test_disorder_at_every_moment(how, driven):
    troubles = [Trouble(when, delivers(3.0, **how)) for when in MOMENTS.values()]
    session = driven("default", protocol=WITH_REST, troubles=troubles)
    shrugged_off(session, sets=2)
    claims_hold(session)


@pytest.mark.parametrize("late_s", [0.5, LATE_S, 5.0])
def test_a_session_of_which_a_tenth_comes_late(late_s, driven):
    session = driven(on_the_air(late_rate=0.1, late_s=late_s))
    shrugged_off(session)
    claims_hold(session)


def test_standstills_that_come_late_confirm_no_stop(driven):
    """Zeros from before the start come when the belt runs, is told to stop and does not."""
    key_s = 12.0
    stopping = in_phase(Phase.STOPPING)
    session = driven(
        "stop-ignored",
        troubles=[
            Trouble(MOMENTS["countdown"], delivers(3.0, late_rate=0.5, late_s=6.0)),
            Trouble(in_phase(Phase.LOCKING), lambda run: run.stop(), after_s=1.0),
            Trouble(stopping, happens(What.SAFETY_KEY), after_s=key_s),
        ],
    )
    stop_s = stopped_s(session)
    late = [one.t_s for one in session.of(BeltReported) if not one.speed_kmh and one.t_s > stop_s]
    assert late[1] < stop_s + key_s / 2
    assert session.of(BeltStands)[0].t_s > stop_s + key_s
    claims_hold(session)
    ended(session, Outcome.FAULT, Reason.STOP_UNCONFIRMED)


@pytest.mark.parametrize("moment", ["locking", "signal check", "mid-push", "rest"])
def test_over_speed_among_disorder_stops_the_belt_with_its_second_report(moment, driven):
    when = MOMENTS[moment]
    troubles = [Trouble(when, delivers(30.0, overtaken_rate=0.5)), Trouble(when, misreads(24.0, 1.0))]
    session = driven("default", protocol=WITH_REST, troubles=troubles)
    over_speed_stops(session, 24.0)
