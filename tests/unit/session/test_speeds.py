"""Which speed a machine is asked for: arithmetic on its range and its grid."""

import pytest

from eccentread.ftms import SpeedRange
from eccentread.session.profile import UNKNOWN, Profile
from eccentread.session.speeds import choose_lock, lowest_centi_kmh

WANTED = 80


def chosen(low: int, high: int, step: int, fastest: int = WANTED) -> int | None:
    return choose_lock(WANTED, fastest, SpeedRange(low, high, step), UNKNOWN).lock_centi_kmh


@pytest.mark.parametrize(
    ("low", "high", "step", "lock"),
    [
        (10, 2000, 10, 80),
        (80, 2000, 10, 80),
        (50, 80, 10, 80),
        (0, 1600, 10, 80),
        (50, 610, 10, 80),
        (16, 1000, 16, 80),  # tenths of a mile: 0.80
        (0, 1600, 9, 80),  # 0.81 is near enough
        (1, 2000, 1, 80),
        (50, 600, 50, 50),  # half a kilometre: 0.5 or 1.0, and only the slower without leave
        (40, 600, 20, 80),
        (40, 600, 32, 72),
        (10, 79, 10, 79),
        (10, 60, 10, 60),
        (100, 600, 50, None),
        (81, 600, 10, None),
        (10, 39, 10, None),  # less than half of it is no substitute
        (10, 600, 590, None),
    ],
)
def test_the_prescribed_speed_or_the_nearest_slower_one(low, high, step, lock):
    assert chosen(low, high, step) == lock


@pytest.mark.parametrize(
    ("low", "high", "step", "fastest", "lock"),
    [
        (100, 600, 50, 99, None),
        (100, 600, 50, 100, 100),
        (100, 600, 50, 120, 100),
        (50, 600, 50, 120, 100),  # nearer than 0.5
        (81, 600, 81, 85, 81),
        (96, 640, 32, 120, 96),
    ],
)
def test_a_faster_one_only_where_the_protocol_allows_it(low, high, step, fastest, lock):
    assert chosen(low, high, step, fastest) == lock


def test_a_machine_that_names_no_range_is_asked_for_what_is_prescribed():
    assert choose_lock(WANTED, WANTED, None, UNKNOWN).lock_centi_kmh == WANTED


def test_what_is_known_of_a_model_outweighs_what_it_says():
    lying = SpeedRange(10, 2000, 10)
    slow = Profile("p", "P", min_centi_kmh=100)
    assert choose_lock(WANTED, WANTED, lying, slow).lock_centi_kmh is None
    assert choose_lock(WANTED, WANTED, None, slow).lock_centi_kmh is None
    able = Profile("p", "P", min_centi_kmh=50, max_centi_kmh=600, step_centi_kmh=10)
    assert choose_lock(WANTED, WANTED, SpeedRange(100, 600, 50), able).lock_centi_kmh == WANTED
    assert choose_lock(WANTED, WANTED, None, Profile("p", "P", min_centi_kmh=50)).lock_centi_kmh == WANTED


def test_a_refusal_and_an_offer_name_the_numbers():
    refused = choose_lock(WANTED, WANTED, SpeedRange(100, 600, 50), UNKNOWN)
    assert refused.text == (
        "This treadmill runs at 1–6 km/h in steps of 0.5; the protocol needs 0.8 km/h. "
        "Whoever treats you may allow a faster one (speed_max_kmh in the protocol file)."
    )
    offer = choose_lock(WANTED, WANTED, SpeedRange(50, 600, 50), UNKNOWN)
    assert offer.text == (
        "This treadmill runs at 0.5–6 km/h in steps of 0.5, not at 0.8. Train at 0.5 km/h instead?"
    )
    assert not choose_lock(WANTED, WANTED, SpeedRange(10, 600, 10), UNKNOWN).text


@pytest.mark.parametrize(
    ("offered", "profile", "lowest"),
    [
        (None, UNKNOWN, None),
        (SpeedRange(0, 600, 10), UNKNOWN, None),
        (SpeedRange(50, 600, 10), UNKNOWN, 50),
        (SpeedRange(50, 600, 10), Profile("p", "P", min_centi_kmh=60), 60),
    ],
)
def test_the_lowest_speed_where_it_is_known(offered, profile, lowest):
    assert lowest_centi_kmh(offered, profile) == lowest
