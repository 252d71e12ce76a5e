"""What a machine claims of itself: features and range of speeds, taken with care."""

import pytest

from eccentread.ftms import (
    Feature,
    Flaw,
    MachineFeature,
    Malformed,
    SpeedRange,
    TargetFeature,
    decode_feature,
    decode_speed_range,
)


@pytest.mark.parametrize(
    ("read", "machine", "target"),
    [
        ("0000000000000000", MachineFeature(0), TargetFeature(0)),
        (
            "0490000001000000",
            MachineFeature.TOTAL_DISTANCE
            | MachineFeature.ELAPSED_TIME
            | MachineFeature.FORCE_ON_BELT_AND_POWER,
            TargetFeature.SPEED,
        ),
        ("0000010000000100", MachineFeature.USER_DATA_RETENTION, TargetFeature.CADENCE),
        ("0400000001000000ffff", MachineFeature.TOTAL_DISTANCE, TargetFeature.SPEED),  # too long
        ("04000000", MachineFeature.TOTAL_DISTANCE, TargetFeature(0)),  # too short
        ("040000000301", MachineFeature.TOTAL_DISTANCE, TargetFeature(0x0103)),
        ("04", MachineFeature.TOTAL_DISTANCE, TargetFeature(0)),
        ("0000008000000080", MachineFeature(1 << 31), TargetFeature(1 << 31)),  # reserved bits
    ],
)
def test_feature_bits_are_read_whatever_their_length(
    read: str, machine: MachineFeature, target: TargetFeature
):
    assert decode_feature(bytes.fromhex(read)) == Feature(machine, target)


def test_no_feature_bits_at_all_are_malformed():
    assert decode_feature(b"") == Malformed(b"", Flaw.EMPTY)


@pytest.mark.parametrize(
    ("read", "speeds"),
    [
        ("5000d0070a00", SpeedRange(80, 2000, 10)),
        ("000040060a00", SpeedRange(0, 1600, 10)),
        ("500050000100", SpeedRange(80, 80, 1)),
    ],
)
def test_a_speed_range_is_three_numbers(read: str, speeds: SpeedRange):
    assert decode_speed_range(bytes.fromhex(read)) == speeds


@pytest.mark.parametrize(
    ("read", "flaw"),
    [
        ("", Flaw.EMPTY),
        ("5000d0070a", Flaw.TOO_SHORT),
        ("5000d0070a0000", Flaw.TOO_LONG),
        ("000000000000", Flaw.ZERO),
        ("000000000a00", Flaw.ZERO),
        ("5000d0070000", Flaw.ZERO),
        ("d00750000a00", Flaw.MIN_ABOVE_MAX),
        ("510050000a00", Flaw.MIN_ABOVE_MAX),
    ],
)
def test_what_is_no_range_of_speeds_is_malformed(read: str, flaw: Flaw):
    data = bytes.fromhex(read)
    assert decode_speed_range(data) == Malformed(data, flaw)
