"""What comes off the air, made fit for reasoning."""

import math

import pytest

from eccentread.reps.intake import Intake


def passed(samples):
    intake = Intake()
    return [out for sample in samples if (out := intake.feed(*sample)) is not None]


@pytest.mark.parametrize(
    "bad",
    [
        (1.5, math.nan),
        (1.5, math.inf),
        (math.nan, 0.8),
        (math.inf, 0.8),
        (1.5, -0.1),
        (1.0, 0.5),
        (0.2, 0.5),
        (1.5, 24.0),
    ],
)
def test_what_cannot_be_is_passed_over(bad):
    assert passed([(0.0, 0.8), (1.0, 0.8), bad, (2.0, 0.7)]) == [(0.0, 0.8), (1.0, 0.8), (2.0, 0.7)]


def test_a_jump_that_persists_is_believed():
    assert passed([(0.0, 0.8), (1.0, 6.0), (2.0, 6.0), (3.0, 6.0)]) == [(0.0, 0.8), (3.0, 6.0)]


def test_fast_reports_are_averaged_to_five_a_second():
    out = passed([(k / 100, 0.8 + (0.1 if k % 2 else -0.1)) for k in range(1, 1001)])
    assert len(out) == pytest.approx(50, abs=2)
    assert all(speed == pytest.approx(0.8, abs=0.011) for _, speed in out[1:])


def test_slow_reports_pass_untouched():
    samples = [(k / 4, 0.01 * k) for k in range(20)]
    assert passed(samples) == samples
