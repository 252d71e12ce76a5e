import random

import pytest

from eccentread.session.commissioning.laps import LENGTH_M, true_speed

LENGTH = 3.0


def passages(speed_mps: float, laps: int, *, sigma_s: float = 0.0, seed: int = 1) -> list[float]:
    rng = random.Random(seed)
    return [100.0 + lap * LENGTH / speed_mps + rng.gauss(0.0, sigma_s) for lap in range(laps + 1)]


@pytest.mark.parametrize("speed_mps", [0.1389, 0.2222, 0.3575])
def test_exact_presses_give_the_exact_speed(speed_mps):
    found = true_speed(LENGTH, passages(speed_mps, 10))
    assert found
    assert found.speed_mps == pytest.approx(speed_mps, rel=1e-9)
    assert found.laps == 10
    assert found.lasted_s == pytest.approx(10 * LENGTH / speed_mps)


@pytest.mark.parametrize("times", [[], [5.0]])
def test_fewer_than_two_passages_are_no_lap(times):
    assert true_speed(LENGTH, times) is None


def test_the_uncertainty_covers_what_presses_scatter_by():
    speed_mps, off = 0.2222, []
    for seed in range(200):
        found = true_speed(LENGTH, passages(speed_mps, 5, sigma_s=0.2, seed=seed))
        assert found
        off.append(abs(found.speed_mps / speed_mps - 1) / found.relative)
    within = sum(one < 2 for one in off) / len(off)
    assert within > 0.93


def test_more_laps_make_it_surer_down_to_the_length_of_the_belt():
    few, many = (true_speed(LENGTH, passages(0.2222, laps)) for laps in (1, 10))
    assert few
    assert many
    assert few.relative > many.relative > LENGTH_M / LENGTH


@pytest.mark.parametrize("missed", [1, 4, 5, 9])
def test_a_press_that_was_missed_changes_nothing(missed):
    times = passages(0.2222, 10)
    del times[missed]
    found = true_speed(LENGTH, times)
    assert found
    assert found.laps == 10
    assert found.speed_mps == pytest.approx(0.2222, rel=1e-6)
