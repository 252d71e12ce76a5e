"""The examples of the protocol's page, and what becomes of speed when notifications go missing."""

import re
import struct
from pathlib import Path

import pytest

from eccentread.sensors import Facts, HighRateSpeed, Unreadable, decode_facts
from eccentread.sensors.high_rate import FACTS, SAMPLES, SERVICE, decode_batch

PAGE = Path(__file__).parents[3] / "hardware" / "belt_sensor" / "PROTOCOL.md"
EXAMPLES = {
    name: bytes.fromhex(octets)
    for name, octets in re.findall(
        r"^([a-z-]+) +((?:[0-9A-F]{2} ?)+)$", PAGE.read_text().replace("  ", " "), re.MULTILINE
    )
}
ENCODER = Facts(length_nm=52_360, interval_us=20_000, counter_bits=32, firmware="1.2.3")
RING = Facts(length_nm=6_666_667, interval_us=20_000, counter_bits=16, firmware="0.0.0")


def notification(sequence, time_us, count, *samples, flags=0):
    """By the table of the page."""
    octets = struct.pack("<BBII", flags, sequence % 256, time_us % 2**32, count)
    for counts, age_us in samples:
        octets += struct.pack("<h", counts) + struct.pack("<i", age_us)[:3]
    return octets


def speeds_kmh(facts, *notifications):
    sensor = HighRateSpeed(facts)
    return [
        sample.speed_mps * 3.6
        for k, data in enumerate(notifications)
        for sample in sensor.feed(100.0 + k * 0.02, data)
    ]


def test_the_page_has_its_examples_and_the_uuids_of_the_program():
    assert set(EXAMPLES) == {
        "facts", "running", "standing", "before", "after", "gap-before", "gap-after", "late"
    }  # fmt: skip
    assert all(f"`{uuid}`" in PAGE.read_text() for uuid in (SERVICE, SAMPLES, FACTS))


def test_the_facts_of_the_page():
    assert decode_facts(EXAMPLES["facts"]) == ENCODER


def test_two_samples_of_a_running_belt():
    batch = decode_batch(EXAMPLES["running"])
    assert (batch.sequence, batch.time_us, batch.count) == (42, 16_000_000, 67_890)
    assert batch.samples == ((85, 120), (85, 94))
    assert speeds_kmh(ENCODER, EXAMPLES["running"]) == pytest.approx([0.80007], abs=1e-5)


def test_a_standing_belt_is_told_as_such_at_once():
    assert speeds_kmh(ENCODER, EXAMPLES["running"], EXAMPLES["standing"])[-1] == 0


def test_a_clock_and_a_sequence_that_wrap():
    assert speeds_kmh(ENCODER, EXAMPLES["before"], EXAMPLES["after"]) == pytest.approx([0.80007], abs=1e-5)


def test_the_count_goes_on_over_a_lost_notification_which_is_counted():
    sensor = HighRateSpeed(ENCODER)
    sensor.feed(1.0, EXAMPLES["gap-before"])
    [sample] = sensor.feed(1.06, EXAMPLES["gap-after"])
    assert sample.speed_mps * 3.6 == pytest.approx(0.8011, abs=1e-4)
    assert sensor.lost == 1


def test_an_age_below_zero_is_an_edge_after_the_sample():
    assert decode_batch(EXAMPLES["late"]).samples == ((85, -30),)


def test_the_host_times_of_the_page():
    sensor = HighRateSpeed(ENCODER)
    arrivals = [(103.012, 16_000_000), (103.143, 16_100_000), (103.205, 16_200_000)]
    told = [
        sensor.feed(t_s, notification(k, time_us, 425 * k, (425, 0)))
        for k, (t_s, time_us) in enumerate(arrivals)
    ]
    assert [sample.t_s for samples in told for sample in samples] == pytest.approx([103.112, 103.205])


def test_samples_of_a_batch_have_their_own_times():
    sensor = HighRateSpeed(ENCODER)
    sensor.feed(5.0, notification(0, 1_000_000, 0, (85, 0)))
    told = sensor.feed(5.1, notification(1, 1_100_000, 85, *[(85, 0)] * 5))
    assert [sample.t_s for sample in told] == pytest.approx([5.02, 5.04, 5.06, 5.08, 5.1])
    assert [sample.speed_mps for sample in told] == pytest.approx([85 * 52.36e-6 / 0.02] * 5)


def test_a_notification_that_comes_twice_or_late_is_passed_over():
    sensor = HighRateSpeed(ENCODER)
    first, second = notification(1, 20_000, 0, (85, 0)), notification(2, 40_000, 85, (85, 0))
    sensor.feed(1.0, first)
    assert len(sensor.feed(1.02, second)) == 1
    assert sensor.feed(1.03, second) == sensor.feed(1.04, first) == ()
    assert sensor.lost == 0


def test_a_counter_of_sixteen_bits_wraps_both_ways():
    up = [notification(0, 0, 0xFFFC, (3, 0)), notification(1, 30_000, 0xFFFF, (1, 0))]
    down = [notification(0, 0, 0x0003, (-3, 0)), notification(1, 30_000, 0x0000, (-1, 0))]
    lost = [notification(0, 0, 0xFFF0, (0, 0)), notification(4, 150_000, 0x0000, (4, 0))]
    assert speeds_kmh(RING, *up) == pytest.approx([0.8], rel=1e-3)
    assert speeds_kmh(RING, *down) == pytest.approx([0.8], rel=1e-3)
    lost_down = [notification(0, 0, 5, (0, 0)), notification(4, 150_000, 1, (-1, 0))]
    assert speeds_kmh(RING, *lost) == pytest.approx([4 * 0.8], rel=1e-3)
    assert speeds_kmh(RING, *lost_down) == pytest.approx([0.8], rel=1e-3)


def test_between_the_edges_of_a_coarse_ring_the_speed_can_only_fall():
    rows = [(1, 0), (1, 0), (0, 20_000), (0, 40_000), (0, 60_000), (0, 400_000)]
    told = speeds_kmh(
        RING,
        notification(0, 30_000, 0, rows[0]),
        notification(1, 60_000, 1, rows[1]),
        *(notification(2 + k, 60_000 + age, 2, (0, age)) for k, (_, age) in enumerate(rows[2:])),
    )
    bound = 3.6 * 6.666667e-3
    assert told == pytest.approx([0.8, 0.8, bound / 0.04, bound / 0.06, 0.0], rel=1e-3)


def test_a_belt_that_the_sensor_says_stands_does_so_whatever_its_counts_allow():
    reed = Facts(length_nm=250_000_000, interval_us=20_000, counter_bits=16, firmware="0.0.0")
    told = speeds_kmh(
        reed,
        notification(0, 0, 0, (0, 0)),
        notification(1, 1_000_000, 0, (1, 0)),
        notification(2, 2_100_000, 1, (0, 1_100_000)),
        notification(3, 2_120_000, 1, (0, 1_120_000), flags=0b001),
    )
    assert told == pytest.approx([0.9, 0.25 / 1.1 * 3.6, 0.0])


def test_missed_edges_break_the_speed_and_nothing_more():
    told = speeds_kmh(
        ENCODER,
        notification(0, 20_000, 0, (85, 0)),
        notification(1, 40_000, 85, (20, 0), flags=0b100),
        notification(2, 60_000, 105, (85, 0)),
    )
    assert told == pytest.approx([85 * 0.05236 / 20 * 3.6])


def test_no_speed_is_made_of_an_edge_that_nobody_saw():
    no_edge = 0x7FFFFF
    told = speeds_kmh(
        RING,
        notification(0, 20_000, 0, (0, no_edge)),
        notification(1, 40_000, 0, (1, 0)),
        notification(2, 70_000, 1, (1, 0)),
    )
    assert told == pytest.approx([0.8], rel=1e-3)


def test_a_counter_that_leaps_is_no_speed():
    told = speeds_kmh(
        ENCODER, notification(0, 20_000, 0, (85, 0)), notification(1, 40_000, 9_000_000, (85, 0))
    )
    assert told == []


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        ("", "does not say what it is"),
        ("02", "version 2"),
        ("01000000", "4 octets"),
        ("01002000000000002 04E000001020300".replace(" ", ""), "cannot be"),
        ("010020008 8CC00000000000001020300".replace(" ", ""), "cannot be"),
        ("0100070088CC0000204E000001020300", "cannot be"),
        ("0100210088CC0000204E000001020300", "cannot be"),
    ],
)
def test_facts_that_cannot_be_used_say_why(octets, why):
    found = decode_facts(bytes.fromhex(octets))
    assert isinstance(found, Unreadable)
    assert why in found.why


def test_octets_behind_the_facts_belong_to_a_later_version():
    assert decode_facts(EXAMPLES["facts"] + b"\x01\x02") == ENCODER


def test_a_notification_without_a_whole_sample_is_unreadable_and_an_incomplete_one_is_passed_over():
    sensor = HighRateSpeed(ENCODER)
    assert isinstance(sensor.feed(0.0, EXAMPLES["running"][:14]), Unreadable)
    assert decode_batch(EXAMPLES["running"][:19]).samples == ((85, 120),)
