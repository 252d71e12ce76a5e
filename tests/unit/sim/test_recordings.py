"""Recordings hold what was asked for, and their truth agrees with their speed."""

import random

import numpy as np
import pytest

from eccentread_sim.archetypes import ARCHETYPES
from eccentread_sim.athlete import Traits
from eccentread_sim.pushes import Label, plan_graze
from eccentread_sim.recordings import Event, Recording, draw_set, simulate_other, simulate_set
from eccentread_sim.reporting import Reporting, Source

FAST = Reporting(interval_s=0.1)


def inside(recording: Recording, event: Event) -> list[list[Label]]:
    """Labels of the contacts in each window of `event`."""
    return [
        [
            c.label
            for c in recording.contacts
            if window.onset_s <= c.onset_s < window.onset_s + window.duration_s
        ]
        for window in recording.windows
        if window.event is event
    ]


@pytest.mark.parametrize("letter", sorted(ARCHETYPES))
@pytest.mark.parametrize("seed", range(3))
def test_any_machine_and_athlete_make_exactly_the_reps_asked_for(letter: str, seed: int) -> None:
    drive = ARCHETYPES[letter].draw(random.Random(seed))
    recording = draw_set(drive, FAST, seed, reps=15)
    assert len(recording.reps) == 15
    assert inside(recording, Event.IDLE) == [[]]
    assert inside(recording, Event.PUSH) == [[Label.PUSH]] * 3
    assert inside(recording, Event.RIDE) == [[Label.RIDE]] * 2


def test_windows_follow_one_another_and_cover_every_contact_whole() -> None:
    recording = draw_set(ARCHETYPES["C"].centre, FAST, 5)
    ends = [window.onset_s + window.duration_s for window in recording.windows]
    assert all(end < after.onset_s + 1e-9 for end, after in zip(ends, recording.windows[1:], strict=False))
    for contact in recording.contacts:
        assert any(
            window.onset_s < contact.onset_s and contact.release_s < end
            for window, end in zip(recording.windows, ends, strict=True)
        )
    assert recording.t_s[0] < 0.2
    assert recording.t_s[-1] > ends[-1]
    assert np.all(np.diff(recording.t_s) > 0.0)


def test_the_belt_is_at_speed_from_the_start_and_slower_in_pushes() -> None:
    recording = draw_set(ARCHETYPES["C"].centre, FAST, 5)
    idle = recording.speed_kmh[recording.t_s < 10.0]
    assert idle == pytest.approx(0.8, abs=0.05)
    for rep in recording.reps:
        during = (recording.t_s > rep.onset_s) & (recording.t_s < rep.release_s)
        assert recording.speed_kmh[during].min() < idle.min()


def test_a_set_point_shows_nothing() -> None:
    recording = draw_set(ARCHETYPES["B"].centre, Reporting(source=Source.SET_POINT), 5)
    assert set(recording.speed_kmh) == {0.8}


def test_what_is_asked_for_can_be_chosen() -> None:
    recording = simulate_set(
        ARCHETYPES["E"].centre, Traits(), FAST, 1, reps=4, idle_s=5.0, cued_pushes=1, cued_rides=0
    )
    assert [window.event for window in recording.windows] == [Event.IDLE, Event.PUSH, Event.SET]
    assert recording.windows[0].duration_s == 5.0
    assert len(recording.reps) == 4


def test_equal_arguments_give_equal_recordings() -> None:
    first, second, other = (draw_set(ARCHETYPES["D"].centre, FAST, seed, reps=5) for seed in (1, 1, 2))
    assert np.array_equal(first.t_s, second.t_s)
    assert np.array_equal(first.speed_kmh, second.speed_kmh)
    assert first.contacts == second.contacts
    assert first.contacts != other.contacts


def test_she_does_nothing_in_the_window_of_a_missed_cue() -> None:
    recording = simulate_set(ARCHETYPES["A"].centre, Traits(), FAST, 1, reps=2, missed_cues=1)
    assert inside(recording, Event.PUSH) == [[], [Label.PUSH], [Label.PUSH]]
    assert len(recording.reps) == 2


def test_something_else_can_be_done_in_the_time_of_the_set() -> None:
    touch = plan_graze(random.Random(1), Label.TOUCH)
    recording = simulate_other(ARCHETYPES["A"].centre, Traits(), FAST, 1, [(3.0, touch), (8.0, touch)], 30.0)
    assert inside(recording, Event.SET) == [[Label.TOUCH, Label.TOUCH]]
    assert recording.windows[-1].duration_s == 30.0
    assert recording.reps == ()


def test_a_recording_knows_when_each_speed_was_taken() -> None:
    recording = draw_set(ARCHETYPES["A"].centre, Reporting(latency_s=0.2), 1, reps=2)
    assert recording.t_s - recording.measured_s == pytest.approx(0.2, abs=0.011)
