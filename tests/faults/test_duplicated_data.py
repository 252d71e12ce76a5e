"""Packets come twice: no push counts twice, no rhythm is learned from it, no zero becomes a standstill."""

import pytest

from bounds_of_safety import (
    SLOWING_S,
    asked_to_stop_s,
    claims_hold,
    ended,
    heard_s,
    shrugged_off,
    silence_s,
    stands_within,
)
from driving import MOMENTS, WITH_REST, Trouble, in_phase, seconds_locked
from eccentread.events import BeltStands, Outcome, Phase, Reason
from eccentread_sim.script import What
from mishaps import delivers, goes_unheard, happens, machine, misreads

ON_THE_AIR = "[gatt.delivery]\nduplicate_rate = 1.0"


@pytest.mark.parametrize(
    "twice",
    [machine(ON_THE_AIR), machine(ON_THE_AIR, duplicate_rate=1.0), machine(duplicate_rate=0.3)],
    ids=["on the air", "by the machine and on the air", "now and then"],
)
def test_a_session_of_packets_that_come_twice(twice, driven):
    session = driven(twice)
    shrugged_off(session)
    claims_hold(session)


def test_doubles_at_every_moment(driven):
    doubles = [Trouble(when, delivers(2.0, duplicate_rate=1.0)) for when in MOMENTS.values()]
    session = driven("default", protocol=WITH_REST, troubles=doubles)
    shrugged_off(session, sets=2)
    claims_hold(session)


def test_a_slow_machine_does_not_look_fast_for_saying_all_twice(driven):
    session = driven(machine(duplicate_rate=1.0, interval_s=1.0))
    shrugged_off(session)


@pytest.mark.parametrize("interval_s", [0.25, 1.0])
def test_silence_after_doubles_is_found_in_time(interval_s, driven):
    troubles = [Trouble(MOMENTS["signal check"], goes_unheard(60.0))]
    session = driven(machine(duplicate_rate=1.0, interval_s=interval_s), troubles=troubles)
    asked_s = asked_to_stop_s(session)
    assert asked_s - heard_s(session, asked_s) <= silence_s(interval_s)
    stands_within(session, SLOWING_S, asked_s)
    ended(session, Outcome.FAULT, Reason.SILENT)


def test_a_zero_that_comes_twice_confirms_no_stop(driven):
    stopping = in_phase(Phase.STOPPING)
    key_s = 10.0
    session = driven(
        "stop-ignored",
        leave=seconds_locked(5.0),
        troubles=[
            Trouble(stopping, delivers(60.0, duplicate_rate=1.0)),
            *(Trouble(stopping, misreads(0.0), after_s=0.7 * number) for number in range(12)),
            Trouble(stopping, happens(What.SAFETY_KEY), after_s=key_s),
        ],
    )
    assert session.of(BeltStands)[0].t_s > session.befell_s[0] + key_s
    claims_hold(session)
    ended(session, Outcome.FAULT, Reason.STOP_UNCONFIRMED)
