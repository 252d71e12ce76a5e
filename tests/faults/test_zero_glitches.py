"""Machines read 0 now and then while the belt runs: that stops nobody, and is no standstill."""

import pytest

from bounds_of_safety import (
    ROUNDING_S,
    SLOWING_S,
    TICK_S,
    claims_hold,
    counts,
    ended,
    faulted_s,
    nothing_resumes,
    shrugged_off,
    stands_within,
    stopped_s,
    told_body_first,
    true_pushes,
)
from driving import MOMENTS, WITH_REST, Trouble, in_phase, seconds_locked
from eccentread.events import BeltStands, CueKind, Outcome, Phase, Reason
from eccentread_sim.script import What
from mishaps import happens, machine, misreads

INTERVAL_S = 0.25
JITTER_S = 0.06
STANDSTILL_S = 3.0
"""What zeros must last for before they are believed."""
UNCONFIRMED_S = 8.0
KEY_S = 12.0


def test_one_zero_at_every_moment_changes_nothing(driven):
    zeros = [Trouble(when, misreads(0.0)) for when in MOMENTS.values()]
    session = driven("default", protocol=WITH_REST, troubles=zeros)
    assert len(session.befell_s) == len(MOMENTS)
    shrugged_off(session, sets=2)
    claims_hold(session)


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.3])
def test_machines_that_read_zero_all_the_time_are_not_taken_for_stopped(rate, driven):
    session = driven(machine(zero_rate=rate))
    assert session.locked_s is not None
    assert set(session.faults) <= {Reason.CANNOT_COUNT}  # which is said, rather than a wrong count
    claims_hold(session)
    assert session.stands
    if session.end.outcome is Outcome.FINISHED:
        assert counts(session) == true_pushes(session)


@pytest.mark.parametrize("lasts_s", [0.0, 0.5, 2.5])
def test_zeros_of_a_belt_that_does_not_stop_confirm_no_stop(lasts_s, driven):
    stopping = in_phase(Phase.STOPPING)
    session = driven(
        "stop-ignored",
        leave=seconds_locked(5.0),
        troubles=[
            *(
                Trouble(stopping, misreads(0.0, lasts_s), after_s=number * (lasts_s + 0.7))
                for number in range(int(KEY_S / (lasts_s + 0.7)))
            ),
            Trouble(stopping, happens(What.SAFETY_KEY), after_s=KEY_S),
        ],
    )
    stop_s = stopped_s(session)
    claims_hold(session)
    assert session.stood_s > stop_s + KEY_S - 1.0  # it ran till the key was pulled
    assert session.of(BeltStands)[0].t_s > stop_s + KEY_S
    unconfirmed_s = faulted_s(session, Reason.STOP_UNCONFIRMED)
    assert unconfirmed_s - stop_s <= UNCONFIRMED_S + STANDSTILL_S + TICK_S
    told_body_first(session, CueKind.EMERGENCY, unconfirmed_s)
    ended(session, Outcome.FAULT, Reason.STOP_UNCONFIRMED)


@pytest.mark.parametrize("moment", ["signal check", "mid-push", "between pushes", "rest"])
def test_zeros_that_last_are_a_belt_that_has_stopped_and_it_is_told_to_stand(moment, driven):
    troubles = [Trouble(MOMENTS[moment], misreads(0.0, 4.0))]
    session = driven("default", protocol=WITH_REST, troubles=troubles)
    [befell_s] = session.befell_s
    stop_s = stopped_s(session)
    assert STANDSTILL_S <= stop_s - befell_s <= STANDSTILL_S + 2 * INTERVAL_S + JITTER_S + TICK_S
    assert faulted_s(session, Reason.BELT_STOPPED) == pytest.approx(stop_s, abs=ROUNDING_S)
    told_body_first(session, CueKind.STEP_OFF, faulted_s(session, Reason.BELT_STOPPED))
    nothing_resumes(session, stop_s)
    stands_within(session, SLOWING_S, stop_s)
    claims_hold(session)
    ended(session, Outcome.FAULT, Reason.BELT_STOPPED)
