"""Distance against time: what a count of metres says of the speed, and when it says nothing."""

from itertools import pairwise

import pytest

from eccentread.safety import Odometer, Pace, Travel
from eccentread.units import KMH_PER_MPH

LOCK = 80


def run(odometer: Odometer, speed_kmh: float, *, interval_s: float, until_s: float, step_m: int = 1) -> Pace:
    """The pace after a belt has run at that speed, reporting distance in steps of `step_m`."""
    for k in range(round(until_s / interval_s) + 1):
        t_s = k * interval_s
        odometer.reported(t_s, int(speed_kmh / 3.6 * t_s / step_m) * step_m)
    return odometer.pace


def decided_s(speed_kmh: float, interval_s: float, step_m: int = 1) -> float:
    """How long it takes until the distance says something."""
    for tenths in range(1, 2000):
        odometer = Odometer(LOCK)
        if (
            run(odometer, speed_kmh, interval_s=interval_s, until_s=tenths / 10, step_m=step_m)
            is not Pace.OPEN
        ):
            return tenths / 10
    raise AssertionError("never decided")


@pytest.mark.parametrize("interval_s", [0.1, 0.25, 0.5, 1.0, 2.0])
@pytest.mark.parametrize(
    ("speed_kmh", "pace"),
    [
        (0.8, Pace.AGREES),
        (0.8 * 0.9, Pace.AGREES),
        (0.8 * 1.03, Pace.AGREES),
        (0.8 * KMH_PER_MPH, Pace.FASTER),
        (0.8 / KMH_PER_MPH, Pace.SLOWER),
        (3.0, Pace.FASTER),
    ],
)
def test_the_distance_tells_miles_from_kilometres_within_forty_seconds(speed_kmh, pace, interval_s):
    assert run(Odometer(LOCK), speed_kmh, interval_s=interval_s, until_s=40) is pace


@pytest.mark.parametrize(("interval_s", "within_s"), [(0.25, 9.5), (1.0, 14.5)])
def test_two_or_three_metres_are_enough(interval_s, within_s):
    assert decided_s(0.8, interval_s) <= within_s
    assert decided_s(0.8 * KMH_PER_MPH, interval_s) <= within_s


def test_distance_in_steps_of_ten_metres_takes_longer_and_is_right():
    assert run(Odometer(LOCK), 0.8, interval_s=0.5, until_s=60, step_m=10) is Pace.OPEN
    assert run(Odometer(LOCK), 0.8, interval_s=0.5, until_s=100, step_m=10) is Pace.AGREES
    assert run(Odometer(LOCK), 1.29, interval_s=0.5, until_s=100, step_m=10) is Pace.FASTER


def test_no_distance_says_nothing():
    odometer = Odometer(LOCK)
    for t_s in range(60):
        odometer.reported(t_s, None)
    assert odometer.pace is Pace.OPEN
    assert not odometer.told


def test_a_distance_that_stands_still_says_nothing():
    odometer = Odometer(LOCK)
    for t_s in range(60):
        odometer.reported(t_s, 7)
    assert odometer.pace is Pace.OPEN
    assert odometer.told


def test_records_without_distance_between_change_nothing():
    odometer = Odometer(LOCK)
    for k in range(160):
        odometer.reported(k / 4, None if k % 2 else int(0.8 / 3.6 * k / 4))
    assert odometer.pace is Pace.AGREES


def test_a_distance_that_is_reset_is_timed_anew():
    odometer = Odometer(LOCK)
    run(odometer, 3.0, interval_s=0.25, until_s=20)
    for k in range(160):
        odometer.reported(20.25 + k / 4, int(0.8 / 3.6 * k / 4))
        if odometer.pace is not Pace.OPEN:
            break
    assert odometer.pace is Pace.AGREES


def test_a_slow_ramp_is_forgotten():
    odometer, distance_m, speed_kmh = Odometer(LOCK), 0.0, 0.2
    for k in range(400):
        speed_kmh = min(0.8, speed_kmh + 0.6 / 120)  # half a minute to the lock
        distance_m += speed_kmh / 3.6 / 4
        odometer.reported(k / 4, int(distance_m))
    assert odometer.pace is Pace.AGREES


@pytest.mark.parametrize("late_s", [0.0, 0.2, 0.45])
def test_reports_that_are_late_now_and_then_make_no_slow_belt_fast(late_s):
    odometer = Odometer(LOCK)
    arrivals_s = [k / 4 + (late_s if k % 7 == 3 else 0.0) for k in range(200)]
    paces = set()
    for k, t_s in enumerate(max(pair) for pair in pairwise([0.0, *arrivals_s])):
        odometer.reported(t_s, int(0.8 / 3.6 * k / 4))
        paces.add(odometer.pace)
    assert paces <= {Pace.OPEN, Pace.AGREES}


@pytest.mark.parametrize(("speed_kmh", "pace"), [(0.8, Pace.AGREES), (0.8 * KMH_PER_MPH, Pace.FASTER)])
def test_the_long_stretch_says_nothing_before_it_is_long(speed_kmh, pace):
    odometer = Odometer(LOCK)
    run(odometer, speed_kmh, interval_s=0.25, until_s=15)
    assert odometer.long_pace is Pace.OPEN
    run(odometer := Odometer(LOCK), speed_kmh, interval_s=0.25, until_s=60)
    assert odometer.long_pace is pace


def stepping(*times_s: float, lock: int = LOCK) -> Odometer:
    """A metre at each of these times, each told by a report that follows another at once."""
    odometer = Odometer(lock)
    odometer.reported(times_s[0] - 0.01, 500)
    for metres, t_s in enumerate(times_s, 501):
        odometer.reported(t_s - 0.01, metres - 1)
        odometer.reported(t_s, metres)
    return odometer


def test_the_long_stretch_is_eight_steps():
    assert stepping(*range(7)).long_pace is Pace.OPEN
    assert stepping(*range(8)).long_pace is Pace.FASTER
    assert stepping(*range(0, 32, 4)).long_pace is Pace.AGREES
    assert stepping(*range(20)).long_pace is Pace.FASTER


@pytest.mark.parametrize("times_s", [[0, *range(40, 47)], [*range(7), 46]])
def test_the_long_stretch_has_both_its_ends(times_s):
    assert stepping(*times_s).long_pace is Pace.SLOWER


@pytest.mark.parametrize(
    ("speed_kmh", "pace"),
    [(0.55, Pace.SLOWER), (0.62, Pace.AGREES), (0.8, Pace.AGREES), (1.0, Pace.AGREES), (1.1, Pace.FASTER)],
)
def test_faster_is_by_a_third_and_slower_by_a_quarter(speed_kmh, pace):
    odometer = stepping(*(k * 3.6 / speed_kmh for k in range(8)))
    assert odometer.long_pace is pace
    assert odometer.pace in (pace, Pace.OPEN)


def test_steps_half_a_second_apart_tell_a_belt_that_is_too_fast():
    odometer = Odometer(LOCK)
    paces = set()
    for k in range(12):
        odometer.reported(k / 2, k)
        paces.add(odometer.pace)
    assert paces == {Pace.OPEN, Pace.FASTER}


def test_a_distance_that_was_long_before_changes_nothing():
    odometer = Odometer(LOCK)
    for k in range(160):
        odometer.reported(k / 4, 5000 + int(0.8 / 3.6 * k / 4))
        assert odometer.pace in (Pace.OPEN, Pace.AGREES)
    assert odometer.pace is Pace.AGREES


def test_a_late_report_is_no_reset_and_what_follows_it_is_no_leap():
    odometer = Odometer(80)
    for k in range(60):
        odometer.reported(k / 2, int(k / 2 * 0.8 / 3.6))
        if k == 50:
            odometer.reported(25.1, 1)
    assert odometer.pace is not Pace.FASTER


@pytest.mark.parametrize("late", [[1], [1, 2], [1, 2, 3]])
@pytest.mark.parametrize("then", [5, 6])
def test_however_many_reports_are_late_there_is_no_leap_after_them(late, then):
    odometer = Odometer(80)
    for k in range(6):
        odometer.reported(4.5 * k, k)
    for k, distance_m in enumerate([*late, then, then + 1]):
        odometer.reported(23.0 + 4.5 * k, distance_m)
        assert odometer.pace in (Pace.OPEN, Pace.AGREES)


def test_reports_half_a_second_apart_leave_the_greatest_speed_open():
    odometer = Odometer(80)
    for t_s, distance_m in ((0.0, 0), (1.75, 1), (2.25, 1), (4.0, 2)):
        odometer.reported(t_s, distance_m)
    assert odometer.pace is Pace.OPEN


def test_after_a_true_reset_it_measures_anew():
    odometer = Odometer(80)
    for k in range(200):
        t_s = k / 2
        odometer.reported(t_s, int((t_s if t_s < 20 else t_s - 20) * 1.29 / 3.6))
    assert odometer.pace is Pace.FASTER


class TestTravel:
    """Steps of the distance while the belt is said to stand."""

    def test_a_moving_belt_takes_none(self):
        travel = Travel()
        assert [travel.reported(80, metres) for metres in range(5)] == [False] * 5
        assert travel.steps == 0

    def test_the_first_step_is_one(self):
        travel = Travel()
        assert travel.steps == 0
        travel.reported(0, 4)
        assert travel.reported(0, 5)
        assert travel.steps == 1

    def test_a_belt_said_to_stand_is_caught_at_each(self):
        travel = Travel()
        travel.reported(80, 4)
        assert [travel.reported(0, metres) for metres in (4, 5, 5, None, 6, 0, 1)] == [
            False, True, False, False, True, False, True,
        ]  # fmt: skip
        assert travel.steps == 3

    def test_a_report_of_motion_begins_anew(self):
        travel = Travel()
        for speed, metres in ((0, 4), (0, 5), (10, 6), (0, 6)):
            travel.reported(speed, metres)
        assert travel.steps == 0

    def test_without_a_distance_nothing_is_known(self):
        travel = Travel()
        assert not any(travel.reported(0, None) for _ in range(5))
