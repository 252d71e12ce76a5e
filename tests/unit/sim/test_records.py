"""Treadmill Data records on the wire."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyftms.models import TreadmillData
from pyftms.serializer import get_serializer

from eccentread_sim.records import TreadmillRecord, encode_part, encode_treadmill_data

ROOMY = 100

FULL = TreadmillRecord(
    speed_centi_kmh=0x0102,
    average_speed_centi_kmh=0x0304,
    distance_m=0x050607,
    inclination_deci_pct=-2,
    ramp_angle_deci_deg=0x0809,
    elevation_gain_deci_m=0x0A0B,
    elevation_loss_deci_m=0x0C0D,
    pace=0x0E,
    average_pace=0x0F,
    energy_kcal=0x1011,
    energy_per_hour_kcal=0x1213,
    energy_per_minute_kcal=0x14,
    heart_rate_bpm=0x15,
    met_deci=0x16,
    elapsed_s=0x1718,
    remaining_s=0x191A,
    force_on_belt_n=-3,
    power_w=0x1B1C,
)


@pytest.mark.parametrize(
    ("record", "octets"),
    [
        (TreadmillRecord(80), "0000 5000"),
        (TreadmillRecord(0), "0000 0000"),
        (TreadmillRecord(80, distance_m=100_000), "0400 5000 a08601"),
        (TreadmillRecord(80, inclination_deci_pct=-15), "0800 5000 f1ff ff7f"),
        (TreadmillRecord(80, ramp_angle_deci_deg=0), "0800 5000 ff7f 0000"),
        (TreadmillRecord(80, elevation_loss_deci_m=7), "1000 5000 0000 0700"),
        (TreadmillRecord(80, energy_kcal=9), "8000 5000 0900 ffff ff"),
        (TreadmillRecord(80, force_on_belt_n=-120), "0010 5000 88ff ff7f"),
        (TreadmillRecord(80, steps=300), "0020 5000 2c0100"),
        (TreadmillRecord(80, steps=0), "0020 5000 000000"),
        (TreadmillRecord(80, elapsed_s=9, steps=300, steps_octets=2), "0024 5000 0900 2c01"),
        (
            FULL,
            "fe1f 0201 0403 070605 feff 0908 0b0a 0d0c 0e 0f 1110 1312 14 15 16 1817 1a19 fdff 1c1b",
        ),
    ],
)
def test_fields_go_out_little_endian_in_the_order_of_their_flag_bits(record, octets):
    assert [each.hex() for each in encode_treadmill_data(record, ROOMY)] == [octets.replace(" ", "")]


@pytest.mark.parametrize(
    ("max_octets", "notifications"),
    [
        (
            34,
            ["fe1f 0201 0403 070605 feff0908 0b0a0d0c 0e 0f 1110131214 15 16 1817 1a19 fdff1c1b"],
        ),
        (
            33,
            ["ff1f 0403 070605 feff0908 0b0a0d0c 0e 0f 1110131214 15 16 1817 1a19 fdff1c1b", "0000 0201"],
        ),
        (
            20,
            [
                "7f00 0403 070605 feff0908 0b0a0d0c 0e 0f",
                "801f 0201 1110131214 15 16 1817 1a19 fdff1c1b",
            ],
        ),
    ],
)
def test_what_does_not_fit_is_split_with_more_data_set_and_the_speed_last(max_octets, notifications):
    sent = encode_treadmill_data(FULL, max_octets)
    assert [each.hex() for each in sent] == [each.replace(" ", "") for each in notifications]


@pytest.mark.parametrize(
    ("flags", "notification"),
    [
        (0x0000, "0000 0201"),
        (0x0001, "0100"),
        (0x0004, "0400 0201 070605"),
        (0x0103, "0301 0403 15"),
        (0xFFFF, "ff1f 0403 070605 feff0908 0b0a0d0c 0e 0f 1110131214 15 16 1817 1a19 fdff1c1b"),
    ],
)
def test_a_part_holds_what_its_flags_ask_for_as_far_as_there_is_any(flags, notification):
    assert encode_part(FULL, flags).hex() == notification.replace(" ", "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"speed_centi_kmh": -1},
        {"speed_centi_kmh": 65_536},
        {"distance_m": 1 << 24},
        {"inclination_deci_pct": 32_768},
        {"heart_rate_bpm": 256},
        {"force_on_belt_n": -32_769},
        {"steps": 1 << 24},
    ],
)
def test_a_value_that_does_not_fit_the_wire_is_named(wrong):
    record = dataclasses.replace(TreadmillRecord(80), **wrong)
    (name,) = wrong
    with pytest.raises(ValueError, match=name):
        encode_treadmill_data(record, ROOMY)


def maybe(lowest, highest):
    return st.none() | st.integers(lowest, highest)


def pair(lowest, highest, names):
    """Both numbers of a field, or neither."""
    return st.none() | st.tuples(*[st.integers(lowest, highest)] * len(names)).map(
        lambda values: dict(zip(names, values, strict=True))
    )


@st.composite
def records(draw):
    """Any record; each number below the wire's "not available"."""
    together = [
        draw(pair(-32_768, 32_766, ("inclination_deci_pct", "ramp_angle_deci_deg"))),
        draw(pair(0, 65_534, ("elevation_gain_deci_m", "elevation_loss_deci_m"))),
        draw(pair(0, 254, ("energy_kcal", "energy_per_hour_kcal", "energy_per_minute_kcal"))),
        draw(pair(-32_768, 32_766, ("force_on_belt_n", "power_w"))),
    ]
    return TreadmillRecord(
        speed_centi_kmh=draw(st.integers(0, 65_534)),
        average_speed_centi_kmh=draw(maybe(0, 65_534)),
        distance_m=draw(maybe(0, (1 << 24) - 2)),
        pace=draw(maybe(0, 254)),
        average_pace=draw(maybe(0, 254)),
        heart_rate_bpm=draw(maybe(0, 254)),
        met_deci=draw(maybe(0, 254)),
        elapsed_s=draw(maybe(0, 65_534)),
        remaining_s=draw(maybe(0, 65_534)),
        **{name: value for each in together if each for name, value in each.items()},
    )


THEIR_NAMES = {
    "speed_centi_kmh": ("speed_instant", 100),
    "average_speed_centi_kmh": ("speed_average", 100),
    "distance_m": ("distance_total", 1),
    "inclination_deci_pct": ("inclination", 10),
    "ramp_angle_deci_deg": ("ramp_angle", 10),
    "pace": ("pace_instant", 10),
    "average_pace": ("pace_average", 10),
    "energy_kcal": ("energy_total", 1),
    "energy_per_hour_kcal": ("energy_per_hour", 1),
    "energy_per_minute_kcal": ("energy_per_minute", 1),
    "heart_rate_bpm": ("heart_rate", 1),
    "met_deci": ("metabolic_equivalent", 10),
    "elapsed_s": ("time_elapsed", 1),
    "remaining_s": ("time_remaining", 1),
    "force_on_belt_n": ("force_on_belt", 1),
    "power_w": ("power_output", 1),
}
"""Ours: theirs, and what they divide by. Their elevations lose the tenths and are left out."""


@given(records(), st.integers(20, 60))
def test_pyftms_reads_the_record_that_was_meant(record, max_octets):
    heard: dict[str, float] = {}
    notifications = encode_treadmill_data(record, max_octets)
    for notification in notifications:
        assert len(notification) <= max_octets
        heard |= get_serializer(TreadmillData).deserialize(notification)._asdict()
    assert [notification[0] & 1 for notification in notifications[:-1]] == [1] * (len(notifications) - 1)
    assert notifications[-1][0] & 1 == 0
    for ours, (theirs, scale) in THEIR_NAMES.items():
        value = getattr(record, ours)
        if value is None:
            assert theirs not in heard
        else:
            assert round(heard[theirs] * scale) == value
