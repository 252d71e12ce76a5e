"""Treadmill Data packets: what a machine says about its belt, however badly it says it."""

import dataclasses

import pytest

from eccentread.ftms import Issue, TreadmillData, decode_treadmill_data

FIELDS = [f.name for f in dataclasses.fields(TreadmillData) if f.name not in {"flags", "issues"}]


def said(record: TreadmillData) -> dict[str, int]:
    """The fields that a record has a value for."""
    return {name: value for name in FIELDS if (value := getattr(record, name)) is not None}


# One row a field group (FTMS 1.0 §4.4.1): flags, octets, meaning. More Data keeps the speed out of the way.
ONE_GROUP = {
    "average speed": ("0300", "5802", {"average_speed_centi_kmh": 600}),
    "distance": ("0500", "010203", {"distance_m": 0x030201}),
    "inclination": ("0900", "f1ff0500", {"inclination_deci_pct": -15, "ramp_angle_deci_deg": 5}),
    "elevation": ("1100", "ab000180", {"elevation_gain_deci_m": 171, "elevation_loss_deci_m": 0x8001}),
    "pace": ("2100", "07", {"pace_deci_km_per_min": 7}),
    "average pace": ("4100", "08", {"average_pace_deci_km_per_min": 8}),
    "energy": ("8100", "0c00900105", {"energy_kcal": 12, "energy_kcal_per_h": 400, "energy_kcal_per_min": 5}),
    "heart rate": ("0101", "69", {"heart_rate_bpm": 105}),
    "met": ("0102", "37", {"met_deci": 55}),
    "elapsed": ("0104", "2c01", {"elapsed_s": 300}),
    "remaining": ("0108", "3b00", {"remaining_s": 59}),
    "force and power": ("0110", "9cff2cfe", {"force_on_belt_n": -100, "power_w": -468}),
}


@pytest.mark.parametrize(("flags", "octets", "meaning"), ONE_GROUP.values(), ids=ONE_GROUP.keys())
def test_each_flag_announces_its_fields(flags: str, octets: str, meaning: dict[str, int]):
    record = decode_treadmill_data(bytes.fromhex(flags + octets))
    assert said(record) == meaning
    assert record.issues == ()


def test_a_packet_with_everything_reads_in_the_order_of_the_wire():
    speed = "5000"
    flags = "fe1f"
    record = decode_treadmill_data(
        bytes.fromhex(flags + speed + "".join(o for _, o, _ in ONE_GROUP.values()))
    )
    assert said(record) == {"speed_centi_kmh": 80} | {
        name: value for _, _, meaning in ONE_GROUP.values() for name, value in meaning.items()
    }
    assert set(said(record)) == set(FIELDS) - {"steps"}  # the specification knows none
    assert record.issues == ()


@pytest.mark.parametrize(
    ("packet", "centi_kmh", "kmh"),
    [
        ("00005000", 80, 0.8),
        ("00000000", 0, 0.0),  # a belt that stands is data
        ("00000100", 1, 0.01),
        ("0000feff", 65534, 655.34),
        ("0000ffff", None, None),
        ("0100", None, None),
    ],
)
def test_speed_is_a_whole_number_of_hundredths_and_zero_is_data(packet: str, centi_kmh, kmh):
    record = decode_treadmill_data(bytes.fromhex(packet))
    assert (record.speed_centi_kmh, record.speed_kmh) == (centi_kmh, kmh)
    assert record.issues == ()


@pytest.mark.parametrize(("packet", "more"), [("00005000", False), ("0100", True), ("84045000", False)])
def test_more_data_says_that_the_record_goes_on(packet: str, more: bool):
    assert decode_treadmill_data(bytes.fromhex(packet)).more_data is more


@pytest.mark.parametrize(
    ("flags", "octets"),
    [
        ("0300", "ffff"),
        ("0500", "ffffff"),
        ("0900", "ff7fff7f"),
        ("1100", "ffffffff"),
        ("2100", "ff"),
        ("4100", "ff"),
        ("8100", "ffffffffff"),
        ("0101", "ff"),
        ("0102", "ff"),
        ("0104", "ffff"),
        ("0108", "ffff"),
        ("0110", "ff7fff7f"),
    ],
)
def test_the_largest_number_of_a_field_says_that_it_is_not_available(flags: str, octets: str):
    record = decode_treadmill_data(bytes.fromhex(flags + octets))
    assert said(record) == {}
    assert record.issues == ()


def test_all_ones_in_a_signed_field_is_minus_one():
    record = decode_treadmill_data(bytes.fromhex("0110ffffffff"))
    assert (record.force_on_belt_n, record.power_w) == (-1, -1)


@pytest.mark.parametrize(
    ("packet", "meaning", "issues"),
    [
        ("", {}, [Issue.NO_FLAGS]),
        ("84", {}, [Issue.NO_FLAGS]),
        ("8404", {}, [Issue.TRUNCATED]),
        ("840450", {}, [Issue.TRUNCATED]),
        ("84045000", {"speed_centi_kmh": 80}, [Issue.TRUNCATED]),
        ("840450001e00", {"speed_centi_kmh": 80}, [Issue.TRUNCATED]),
        # a pair of fields cut between the two keeps the first
        ("080050001900", {"speed_centi_kmh": 80, "inclination_deci_pct": 25}, [Issue.TRUNCATED]),
        ("0000500001", {"speed_centi_kmh": 80}, [Issue.TRAILING_OCTETS]),
        ("010001", {}, [Issue.TRAILING_OCTETS]),
        ("00205000", {"speed_centi_kmh": 80}, [Issue.STEPS_BIT]),
        ("0020500005", {"speed_centi_kmh": 80}, [Issue.TRAILING_OCTETS, Issue.STEPS_BIT]),
        ("002050000501", {"speed_centi_kmh": 80, "steps": 261}, [Issue.STEPS_BIT]),
        ("00205000050100", {"speed_centi_kmh": 80, "steps": 261}, [Issue.STEPS_BIT]),
        ("00205000050001", {"speed_centi_kmh": 80, "steps": 65541}, [Issue.STEPS_BIT]),
        ("00205000ffffff", {"speed_centi_kmh": 80}, [Issue.STEPS_BIT]),
        (
            "0020500005010009",
            {"speed_centi_kmh": 80, "steps": 261},
            [Issue.TRAILING_OCTETS, Issue.STEPS_BIT],
        ),
        # with further reserved bits nobody knows what stands where
        (
            "00605000050100",
            {"speed_centi_kmh": 80},
            [Issue.TRAILING_OCTETS, Issue.STEPS_BIT, Issue.RESERVED_BITS],
        ),
        ("00405000", {"speed_centi_kmh": 80}, [Issue.RESERVED_BITS]),
        ("00805000", {"speed_centi_kmh": 80}, [Issue.RESERVED_BITS]),
        ("00e05000", {"speed_centi_kmh": 80}, [Issue.STEPS_BIT, Issue.RESERVED_BITS]),
        ("00e0", {}, [Issue.TRUNCATED, Issue.STEPS_BIT, Issue.RESERVED_BITS]),
    ],
)
def test_an_odd_packet_keeps_what_is_whole_and_names_the_oddity(packet: str, meaning, issues):
    record = decode_treadmill_data(bytes.fromhex(packet))
    assert said(record) == meaning
    assert list(record.issues) == issues


def test_twenty_octets_of_a_longer_promise_give_the_fields_they_hold():
    # flags 0x1B9E promise 30 octets; 20 arrive, as where a firmware knows no link longer than the default
    flags, speed, average, distance = "9e1b", "5100", "5000", "640000"
    incline, ramp, gain, loss, energy_begun = "0a00", "ff7f", "0500", "0000", "020000"
    packet = bytes.fromhex(flags + speed + average + distance + incline + ramp + gain + loss + energy_begun)
    assert len(packet) == 20
    record = decode_treadmill_data(packet)
    assert said(record) == {
        "speed_centi_kmh": 81,
        "average_speed_centi_kmh": 80,
        "distance_m": 100,
        "inclination_deci_pct": 10,
        "elevation_gain_deci_m": 5,
        "elevation_loss_deci_m": 0,
        "energy_kcal": 2,
    }
    assert record.issues == (Issue.TRUNCATED,)


def test_a_record_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        decode_treadmill_data(b"").speed_centi_kmh = 0  # pyright: ignore[reportAttributeAccessIssue]
