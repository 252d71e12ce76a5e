"""Reports come late, each by another while, and in bursts: nobody is stopped, and nothing is overlooked."""

import pytest

from bounds_of_safety import (
    SLOWING_S,
    asked_to_stop_s,
    claims_hold,
    ended,
    heard_s,
    over_speed_stops,
    shrugged_off,
    silence_s,
    stands_within,
)
from driving import MOMENTS, WITH_REST, Trouble
from eccentread.events import Outcome, Reason
from mishaps import delivers, goes_unheard, machine, misreads

INTERVAL_S = 0.25


@pytest.mark.parametrize("jitter_s", [0.15, 0.3])
def test_a_session_of_jittered_reports(jitter_s, driven):
    session = driven(machine(jitter_s=jitter_s))
    shrugged_off(session)
    claims_hold(session)


def test_jitter_as_long_as_four_intervals_at_every_moment(driven):
    jittered = [Trouble(when, delivers(3.0, jitter_s=1.0)) for when in MOMENTS.values()]
    session = driven("default", protocol=WITH_REST, troubles=jittered)
    shrugged_off(session, sets=2)
    claims_hold(session)


@pytest.mark.parametrize("seed", [1, 3])
def test_reports_that_are_stuck_for_a_second_and_come_together(seed, driven):
    session = driven(machine(burst_rate=0.02, burst_s=1.0), seed=seed)
    shrugged_off(session)
    claims_hold(session)


@pytest.mark.parametrize("moment", ["countdown", "locking", "signal check", "mid-push", "rest"])
def test_two_jittered_reports_of_over_speed_stop_the_belt_when_the_second_comes(moment, driven):
    when = MOMENTS[moment]
    troubles = [Trouble(when, delivers(30.0, jitter_s=1.0)), Trouble(when, misreads(24.0, 1.0))]
    session = driven("default", protocol=WITH_REST, troubles=troubles)
    over_speed_stops(session, 24.0)


def test_silence_after_jitter_is_found_in_time(driven):
    session = driven(machine(jitter_s=0.3), troubles=[Trouble(MOMENTS["mid-push"], goes_unheard(60.0))])
    asked_s = asked_to_stop_s(session)
    assert asked_s - heard_s(session, asked_s) <= silence_s(INTERVAL_S)
    stands_within(session, SLOWING_S, asked_s)
    claims_hold(session)
    ended(session, Outcome.FAULT, Reason.SILENT)
