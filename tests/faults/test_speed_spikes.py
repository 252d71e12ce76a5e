"""Single reports of 24 km/h are noise, two in a row are a belt that runs away."""

import pytest

from bounds_of_safety import (
    AT_ONCE_S,
    ROUNDING_S,
    SLOWING_S,
    claims_hold,
    ended,
    faulted_s,
    nothing_resumes,
    shrugged_off,
    stands_within,
    stopped_s,
    told_body_first,
)
from driving import MOMENTS, WITH_REST, Trouble
from eccentread.events import BeltMayRun, CueKind, Noted, Outcome, Reason
from mishaps import misreads

SPIKE_KMH = 24.0
INTERVAL_S = 0.25
TWICE_S = 2 * INTERVAL_S
"""Misread for so long, two reports in a row are wrong."""
RUNNING = ("countdown", "locking", "signal check", "mid-push", "between pushes", "rest")


def spikes_s(driven) -> list[float]:
    """When reports of 24 km/h were sent."""
    return [line["t_s"] for line in driven.happened("report") if line["speed_kmh"] == SPIKE_KMH]


def stopped_at_second_spike(driven) -> None:
    second_s = spikes_s(driven)[1]
    stop_s = stopped_s(driven)
    assert 0 <= stop_s - second_s <= AT_ONCE_S
    told_s = faulted_s(driven, Reason.OVER_SPEED)
    assert told_s == pytest.approx(stop_s, abs=ROUNDING_S)
    told_body_first(driven, CueKind.EMERGENCY, told_s)
    nothing_resumes(driven, stop_s)
    stands_within(driven, SLOWING_S, stop_s)
    claims_hold(driven)
    ended(driven, Outcome.FAULT, Reason.OVER_SPEED)


@pytest.mark.parametrize(
    "moments",
    [
        [moment for moment in MOMENTS if moment not in ("countdown", "mid-push")],
        ["countdown"],  # a spike passes for its end
        ["mid-push"],  # too soon after the moment between pushes
    ],
)
def test_one_spike_is_noted_and_ignored(moments, driven):
    spikes = [Trouble(MOMENTS[moment], misreads(SPIKE_KMH)) for moment in moments]
    session = driven("default", protocol=WITH_REST, troubles=spikes)
    assert len(spikes_s(session)) == len(moments)
    shrugged_off(session, sets=2)
    claims_hold(session)
    notes = [note for note in session.of(Noted) if "one report of 24.00 km/h" in note.text]
    assert len(notes) == len({*moments} - {"observing"})  # nothing is expected of it there


def test_spikes_as_far_apart_as_pushes_stay_spikes(driven):
    apart = [Trouble(MOMENTS["signal check"], misreads(SPIKE_KMH), after_s=3.0 * n) for n in range(8)]
    session = driven("default", troubles=apart)
    assert len(spikes_s(session)) == 8
    assert Reason.OVER_SPEED not in session.faults
    assert session.end.reason in (None, Reason.CANNOT_COUNT)
    claims_hold(session)


@pytest.mark.parametrize("moment", RUNNING)
def test_two_in_a_row_stop_the_belt_at_the_second(moment, driven):
    troubles = [Trouble(MOMENTS[moment], misreads(SPIKE_KMH, TWICE_S))]
    session = driven("default", protocol=WITH_REST, troubles=troubles)
    first_s, second_s = spikes_s(session)
    assert second_s - first_s <= INTERVAL_S + 0.06
    stopped_at_second_spike(session)


@pytest.mark.parametrize("moment", ["locking", "signal check", "mid-push"])
def test_two_with_another_between_are_no_spikes(moment, driven):
    when = MOMENTS[moment]
    twice = [Trouble(when, misreads(SPIKE_KMH)), Trouble(when, misreads(SPIKE_KMH), after_s=TWICE_S)]
    stopped_at_second_spike(driven("default", troubles=twice))


def test_two_before_anything_was_written_are_a_belt_that_runs_already(driven):
    session = driven("default", troubles=[Trouble(MOMENTS["observing"], misreads(SPIKE_KMH, TWICE_S))])
    assert session.writes == []
    assert not session.of(BeltMayRun)
    ended(session, Outcome.FAULT, Reason.UNEXPECTED_MOTION)


@pytest.mark.parametrize("moment", ["checklist", "questions"])
def test_two_from_a_belt_that_should_stand_are_answered_with_a_stop(moment, driven):
    session = driven("default", troubles=[Trouble(MOMENTS[moment], misreads(SPIKE_KMH, TWICE_S))])
    stop_s = stopped_s(session, session.befell_s[0])
    assert 0 <= stop_s - spikes_s(session)[1] <= AT_ONCE_S
    told_body_first(session, CueKind.EMERGENCY, faulted_s(session, Reason.UNEXPECTED_MOTION))
    nothing_resumes(session, stop_s)
    ended(session, Outcome.FAULT, Reason.UNEXPECTED_MOTION)
