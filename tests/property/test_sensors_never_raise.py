"""Whatever octets arrive whenever, a sensor's decoder answers with speeds in order, or says why not."""

import math
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from eccentread.sensors import (
    CscSpeed,
    Facts,
    HighRateSpeed,
    Sample,
    Unreadable,
    decode_csc_measurement,
    decode_facts,
)

facts = st.builds(
    Facts,
    length_nm=st.integers(1, 2**32 - 1),
    interval_us=st.integers(1, 1_000_000),
    counter_bits=st.integers(8, 32),
    firmware=st.just("1.0.0"),
)
# What is nearly right finds more than what is wholly random.
near_high_rate = st.builds(
    lambda flags, seq, time, count, rest: bytes([flags, seq]) + time + count + rest,
    st.integers(0, 255),
    st.integers(0, 3),
    st.sampled_from([b"\0\0\0\0", b"\0\1\0\0", b"\0\0\1\0", b"\xff\xff\xff\xff"]),
    st.sampled_from([b"\0\0\0\0", b"\1\0\0\0", b"\xff\xff\xff\xff"]),
    st.binary(max_size=25),
)
near_csc = st.builds(
    lambda count, ticks: b"\1" + count + ticks,
    st.sampled_from([b"\0\0\0\0", b"\1\0\0\0", b"\2\0\0\0", b"\xff\xff\xff\xff"]),
    st.binary(min_size=2, max_size=2),
)


def arrivals(octets):
    return st.lists(st.tuples(st.floats(0, 100), octets), max_size=30)


def hold(sensor, arrived):
    """No speed below zero or not finite, samples in order, none from the future."""
    t_s, told = 0.0, []
    for gap_s, data in arrived:
        t_s += gap_s
        found = sensor.feed(t_s, data)
        if isinstance(found, Unreadable):
            assert found.why
            continue
        for sample in found:
            assert isinstance(sample, Sample)
            assert 0 <= sample.speed_mps <= 28
            assert math.isfinite(sample.t_s)
        told += found
    assert all(first.t_s < second.t_s for first, second in pairwise(told))


@settings(deadline=None)
@given(st.binary(max_size=24))
@example(b"")
def test_any_octets_give_facts_or_a_measurement_or_a_reason(data):
    for decode in (decode_facts, decode_csc_measurement):
        found = decode(data)
        assert not isinstance(found, Unreadable) or found.why


@settings(deadline=None)
@given(facts, arrivals(st.binary(max_size=60) | near_high_rate))
def test_any_notifications_of_the_belt_sensor_give_speeds_in_order(facts, arrived):
    hold(HighRateSpeed(facts), arrived)


@settings(deadline=None)
@given(st.floats(1e-6, 10), arrivals(st.binary(max_size=16) | near_csc))
def test_any_measurements_of_a_wheel_give_speeds_in_order(length_m, arrived):
    hold(CscSpeed(length_m), arrived)
