"""What a contact is taken for."""

import numpy as np
import pytest

from eccentread.reps.classes import ContactClasses

CLASSES = ContactClasses(push_kmh=0.3, ride_kmh=0.08, contact_s=2.7)
WELL_MEASURED = 1e-4


@pytest.mark.parametrize(
    ("load_kmh", "lasted_s", "is_push"),
    [
        (0.30, 2.7, True),
        (0.18, 2.7, True),
        (0.60, 2.7, True),
        (0.30, 1.6, True),
        (0.30, 5.0, True),
        (0.08, 2.7, False),
        (0.10, 1.8, False),
        (0.08, 0.5, False),
        (0.15, 0.5, False),
        (0.25, 0.6, False),
        (-0.30, 2.7, False),
        (0.00, 2.7, False),
    ],
)
def test_load_and_duration_tell_a_push(load_kmh, lasted_s, is_push):
    # As the tracker has it: the reports' estimate drawn toward the prior of all contacts.
    mean, variance = CLASSES.load_prior
    weight = variance / (variance + WELL_MEASURED)
    estimate = mean + weight * (load_kmh - mean)
    probability = CLASSES.push_probability(estimate, variance * (1 - weight), lasted_s)
    assert (probability > 0.5) == is_push


def test_durations_are_a_density():
    t = np.arange(0.005, 60.0, 0.01)
    assert np.trapezoid(CLASSES.duration_density(t), t) == pytest.approx(1.0, abs=1e-3)


def test_the_level_follows_the_athlete_within_bounds():
    tired, strong = CLASSES, CLASSES
    for _ in range(50):
        tired, strong = tired.following(0.01, 0.3), strong.following(3.0, 0.3)
    assert tired.push_kmh == pytest.approx(0.15)
    assert strong.push_kmh == pytest.approx(0.45)
    assert CLASSES.following(0.2, 0.3).push_kmh == pytest.approx(0.285)
