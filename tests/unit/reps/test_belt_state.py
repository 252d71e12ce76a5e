"""A belt that stands, and a belt that runs at another speed."""

import pytest

from eccentread.reps.belt_state import BeltState


def feed(speeds, dip=0.3, baseline=0.8, interval=0.5):
    belt = BeltState(dip)
    seen = [(belt.feed(k * interval, v, baseline), belt.stands) for k, v in enumerate(speeds)]
    return [level for level, _ in seen], [stands for _, stands in seen]


def test_a_stall_is_no_standstill():
    _, stands = feed([0.8] * 4 + [0.0] * 5 + [0.8] * 4)
    assert not any(stands)


def test_a_belt_that_stands_is_noticed_and_running_again_too():
    _, stands = feed([0.8] * 4 + [0.0] * 10 + [0.2, 0.4, 0.6, 0.8, 0.8])
    assert stands[13]
    assert stands[16]
    assert not stands[17]


@pytest.mark.parametrize("new", [0.6, 1.0])
def test_a_new_speed_shows_after_longer_than_a_contact(new):
    levels, _ = feed([0.8] * 10 + [new] * 30)
    assert all(level is None for level in levels[:30])
    assert levels[30] == pytest.approx(new)


@pytest.mark.parametrize(
    "speeds",
    [[0.8] * 60, [0.8, 0.8, 0.5, 0.5, 0.5, 0.5, 0.5] * 10, [0.0] * 60, [0.8] * 10 + [0.75] * 40],
    ids=["as before", "pushes", "standing", "a drift that the baseline follows by itself"],
)
def test_nothing_new(speeds):
    levels, _ = feed(speeds)
    assert set(levels) == {None}
