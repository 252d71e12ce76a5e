"""What a machine says it can do: Fitness Machine Feature (0x2ACC) and Supported Speed Range (0x2AD4)."""

from dataclasses import dataclass
from enum import IntFlag

from eccentread.ftms.malformed import Flaw, Malformed

_WORD_OCTETS = 4
_RANGE_OCTETS = 6


class MachineFeature(IntFlag):
    """What the machine reports (FTMS 1.0 §4.3.1.1). Reserved bits are kept."""

    AVERAGE_SPEED = 1 << 0
    CADENCE = 1 << 1
    TOTAL_DISTANCE = 1 << 2
    INCLINATION = 1 << 3
    ELEVATION_GAIN = 1 << 4
    PACE = 1 << 5
    STEP_COUNT = 1 << 6
    RESISTANCE_LEVEL = 1 << 7
    STRIDE_COUNT = 1 << 8
    EXPENDED_ENERGY = 1 << 9
    HEART_RATE = 1 << 10
    METABOLIC_EQUIVALENT = 1 << 11
    ELAPSED_TIME = 1 << 12
    REMAINING_TIME = 1 << 13
    POWER = 1 << 14
    FORCE_ON_BELT_AND_POWER = 1 << 15
    USER_DATA_RETENTION = 1 << 16


class TargetFeature(IntFlag):
    """What a client can set (FTMS 1.0 §4.3.1.2). Reserved bits are kept."""

    SPEED = 1 << 0
    INCLINATION = 1 << 1
    RESISTANCE = 1 << 2
    POWER = 1 << 3
    HEART_RATE = 1 << 4
    ENERGY = 1 << 5
    STEPS = 1 << 6
    STRIDES = 1 << 7
    DISTANCE = 1 << 8
    TIME = 1 << 9
    TIME_TWO_ZONES = 1 << 10
    TIME_THREE_ZONES = 1 << 11
    TIME_FIVE_ZONES = 1 << 12
    BIKE_SIMULATION = 1 << 13
    WHEEL_CIRCUMFERENCE = 1 << 14
    SPIN_DOWN = 1 << 15
    CADENCE = 1 << 16


@dataclass(frozen=True, slots=True)
class Feature:
    """What a machine claims to report and to accept. The bits are often wrong: hints, not facts."""

    machine: MachineFeature
    target: TargetFeature


@dataclass(frozen=True, slots=True)
class SpeedRange:
    """Target speeds the machine says it accepts, 0.01 km/h: minimum ≤ maximum; maximum and increment above 0.

    Some machines give it in mph, or give one they do not keep to.
    """

    min_centi_kmh: int
    max_centi_kmh: int
    increment_centi_kmh: int


def decode_feature(data: bytes) -> Feature | Malformed:
    """The feature bits. They are only hints: missing octets read as zero, further ones are ignored."""
    if not data:
        return Malformed(data, Flaw.EMPTY)
    machine = int.from_bytes(data[:_WORD_OCTETS], "little")
    target = int.from_bytes(data[_WORD_OCTETS : 2 * _WORD_OCTETS], "little")
    return Feature(MachineFeature(machine), TargetFeature(target))


def decode_speed_range(data: bytes) -> SpeedRange | Malformed:
    """The accepted speeds, or why the value is no range: a grid of speeds cannot be made of it."""
    if not data:
        return Malformed(data, Flaw.EMPTY)
    if len(data) != _RANGE_OCTETS:
        return Malformed(data, Flaw.TOO_SHORT if len(data) < _RANGE_OCTETS else Flaw.TOO_LONG)
    low, high, increment = (int.from_bytes(data[at : at + 2], "little") for at in (0, 2, 4))
    if low > high:
        return Malformed(data, Flaw.MIN_ABOVE_MAX)
    if high == 0 or increment == 0:
        return Malformed(data, Flaw.ZERO)
    return SpeedRange(low, high, increment)
