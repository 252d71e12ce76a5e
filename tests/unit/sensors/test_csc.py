"""A magnet on a roller: counts and times that wrap, stand still, begin anew."""

import struct

import pytest

from eccentread.sensors import CscSpeed, Unreadable, counts_wheel, decode_csc_measurement, location

LENGTH_M = 0.16
REVOLUTION_TICKS = 737
"""0.16 m at 0.8 km/h take 0.72 s: 737.28/1024 s."""


def measurement(revolutions, ticks, *, crank=b""):
    return bytes([1 | (2 if crank else 0)]) + struct.pack("<IH", revolutions % 2**32, ticks % 65536) + crank


def kmh(told):
    return [sample.speed_mps * 3.6 for sample in told]


def sensor_at(revolutions=100, ticks=5000, t_s=10.0):
    sensor = CscSpeed(LENGTH_M)
    assert sensor.feed(t_s, measurement(revolutions, ticks)) == ()
    return sensor


def test_a_measurement_as_it_is_sent():
    found = decode_csc_measurement(bytes.fromhex("0104030201ff00"))
    assert (found.revolutions, found.event_ticks) == (0x01020304, 255)
    both = decode_csc_measurement(measurement(7, 9, crank=b"\x01\x00\x02\x00"))
    assert (both.revolutions, both.event_ticks) == (7, 9)


@pytest.mark.parametrize("octets", ["", "00", "02010002", "01000000", "010000000000"])
def test_octets_without_wheel_revolutions_are_unreadable(octets):
    assert isinstance(CscSpeed(LENGTH_M).feed(0.0, bytes.fromhex(octets)), Unreadable)


@pytest.mark.parametrize(
    ("revolutions", "ticks"), [(100, 5000), (2**32 - 1, 5000), (100, 65500)], ids=["", "count", "time"]
)
def test_one_revolution_gives_the_speed_over_either_wrap(revolutions, ticks):
    sensor = sensor_at(revolutions, ticks)
    told = sensor.feed(10.8, measurement(revolutions + 1, ticks + REVOLUTION_TICKS))
    assert kmh(told) == pytest.approx([0.8], rel=1e-3)


def test_two_revolutions_are_their_mean():
    told = sensor_at().feed(11.5, measurement(102, 5000 + 2 * REVOLUTION_TICKS))
    assert kmh(told) == pytest.approx([0.8], rel=1e-3)


def test_without_a_new_revolution_the_speed_decays_as_one_length_over_the_time_and_ends_at_zero():
    sensor = sensor_at()
    now = measurement(101, 5000 + REVOLUTION_TICKS)
    sensor.feed(10.72, now)
    told = [kmh(sensor.feed(10.72 + after_s, now)) for after_s in (0.5, 1.0, 2.0, 7.9, 8.1, 60.0)]
    assert [speed for [speed] in told] == pytest.approx(
        [0.8, 3.6 * 0.16, 3.6 * 0.08, 3.6 * 0.16 / 7.9, 0, 0], rel=2e-3
    )


def test_after_a_standstill_longer_than_the_time_wraps_the_next_revolution_is_no_fast_one():
    sensor = sensor_at()
    sensor.feed(10.72, measurement(101, 5000 + REVOLUTION_TICKS))
    [sample] = sensor.feed(210.0, measurement(102, 5000 + REVOLUTION_TICKS + 199 * 1024))
    assert sample.speed_mps < 0.02
    [sample] = sensor.feed(211.0, measurement(103, 5000 + 2 * REVOLUTION_TICKS + 199 * 1024))
    assert sample.speed_mps * 3.6 == pytest.approx(0.8, rel=1e-3)


def test_a_sensor_that_begins_anew_gives_no_speed_across_it():
    sensor = sensor_at(5000)
    assert sensor.feed(11.0, measurement(1, 100)) == ()
    assert kmh(sensor.feed(11.7, measurement(2, 100 + REVOLUTION_TICKS))) == pytest.approx([0.8], rel=1e-3)


def test_the_same_or_an_older_notification_changes_nothing():
    sensor = sensor_at()
    sensor.feed(10.8, measurement(101, 5000 + REVOLUTION_TICKS))
    assert sensor.feed(10.81, measurement(100, 5000)) == ()
    assert kmh(sensor.feed(10.9, measurement(101, 5000 + REVOLUTION_TICKS))) == pytest.approx([0.8], rel=1e-3)
    told = sensor.feed(11.5, measurement(102, 5000 + 2 * REVOLUTION_TICKS))
    assert kmh(told) == pytest.approx([0.8], rel=1e-3)


def test_a_leap_of_the_count_is_no_speed():
    assert sensor_at().feed(10.8, measurement(9000, 5000 + REVOLUTION_TICKS)) == ()


def test_a_revolution_without_time_is_no_speed():
    assert sensor_at().feed(10.8, measurement(101, 5000)) == ()


def test_a_speed_stands_at_its_revolution_not_at_its_arrival():
    sensor = CscSpeed(LENGTH_M)
    told = []
    for k in range(40):  # notifications each second, the magnet every 0.72 s
        revolutions = int(k / (REVOLUTION_TICKS / 1024))
        told += [
            (k, s) for s in sensor.feed(50.0 + k, measurement(revolutions, revolutions * REVOLUTION_TICKS))
        ]
    late = [(50 + k - sample.t_s) for k, sample in told[20:]]
    truth = [k - int(k / (REVOLUTION_TICKS / 1024)) * REVOLUTION_TICKS / 1024 for k, _ in told[20:]]
    assert late == pytest.approx(truth, abs=0.05)


@pytest.mark.parametrize(
    ("feature", "counts"), [(None, True), (b"", True), (b"\x01\x00", True), (b"\x02\x00", False)]
)
def test_the_feature_says_whether_the_wheel_is_counted(feature, counts):
    assert counts_wheel(feature) is counts


@pytest.mark.parametrize(
    ("octets", "words"), [(None, None), (b"", None), (b"\x0c", "rear wheel"), (b"\xff", None)]
)
def test_where_a_sensor_sits_is_told_in_words(octets, words):
    assert location(octets) == words
