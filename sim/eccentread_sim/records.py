"""Treadmill Data records and their octets, written from FTMS 1.0 §4.4 and §4.19 alone.

A record is what the machine knows at one moment; how many notifications carry it depends on the link's
ATT_MTU. The radio stack cuts a longer notification short without a word, so the splitting happens here.
"""

from dataclasses import dataclass
from typing import NamedTuple

FLAGS_OCTETS = 2
MORE_DATA = 0x0001
"""Flag bit 0: set where the instantaneous speed is absent and more of the record follows (§4.4.1)."""
STEPS = 1 << 13
"""Reserved in FTMS 1.0; in the wild it announces a step count."""


@dataclass(frozen=True, slots=True)
class TreadmillRecord:
    """One Treadmill Data record in integer wire units; `None` is absent.

    Units are those of the names: `centi_kmh` 0.01 km/h, `deci_pct` 0.1 %, `deci_deg` 0.1°, `deci_m` 0.1 m,
    `met_deci` 0.1 MET; pace is 0.1 km/min. Ranges are those of the wire: 0–65535 for speeds, elevations,
    energies (per minute 0–255) and times, 0–16777215 for the distance, 0–255 for paces, heart rate and MET,
    −32768…32767 for inclination, ramp angle, force and power. Force is positive where the user accelerates
    the belt, negative where the user slows it.
    """

    speed_centi_kmh: int
    average_speed_centi_kmh: int | None = None
    distance_m: int | None = None
    inclination_deci_pct: int | None = None
    ramp_angle_deci_deg: int | None = None
    elevation_gain_deci_m: int | None = None
    elevation_loss_deci_m: int | None = None
    pace: int | None = None
    average_pace: int | None = None
    energy_kcal: int | None = None
    energy_per_hour_kcal: int | None = None
    energy_per_minute_kcal: int | None = None
    heart_rate_bpm: int | None = None
    met_deci: int | None = None
    elapsed_s: int | None = None
    remaining_s: int | None = None
    force_on_belt_n: int | None = None
    power_w: int | None = None
    steps: int | None = None
    """Beyond FTMS 1.0: many pads count steps behind reserved bit 13."""
    steps_octets: int = 3
    """How wide that count is: 3 octets on most, 2 on some."""


class _Part(NamedTuple):
    """One number of a field: where it comes from, how it is packed, and what stands for "not available"."""

    name: str
    octets: int
    signed: bool = False
    not_available: int = 0


_SPEED = _Part("speed_centi_kmh", 2)
_FIELDS: tuple[tuple[int, tuple[_Part, ...]], ...] = (
    (1, (_Part("average_speed_centi_kmh", 2),)),
    (2, (_Part("distance_m", 3),)),
    (
        3,
        (
            _Part("inclination_deci_pct", 2, signed=True, not_available=0x7FFF),
            _Part("ramp_angle_deci_deg", 2, signed=True, not_available=0x7FFF),
        ),
    ),
    (4, (_Part("elevation_gain_deci_m", 2), _Part("elevation_loss_deci_m", 2))),
    (5, (_Part("pace", 1),)),
    (6, (_Part("average_pace", 1),)),
    (
        7,
        (
            _Part("energy_kcal", 2, not_available=0xFFFF),
            _Part("energy_per_hour_kcal", 2, not_available=0xFFFF),
            _Part("energy_per_minute_kcal", 1, not_available=0xFF),
        ),
    ),
    (8, (_Part("heart_rate_bpm", 1),)),
    (9, (_Part("met_deci", 1),)),
    (10, (_Part("elapsed_s", 2),)),
    (11, (_Part("remaining_s", 2),)),
    (
        12,
        (
            _Part("force_on_belt_n", 2, signed=True, not_available=0x7FFF),
            _Part("power_w", 2, signed=True, not_available=0x7FFF),
        ),
    ),
)
"""Flag bit and parts of every field after the speed, in wire order (§4.4.1)."""


def _packed(part: _Part, value: int | None) -> bytes:
    value = part.not_available if value is None else value
    try:
        return value.to_bytes(part.octets, "little", signed=part.signed)
    except OverflowError:
        wire = f"{'s' if part.signed else 'u'}{8 * part.octets}"
        raise ValueError(f"{part.name} = {value} does not fit the wire's {wire}; check its unit") from None


def _fields(record: TreadmillRecord) -> list[tuple[int, bytes]]:
    present: list[tuple[int, bytes]] = []
    for bit, parts in _FIELDS:
        values = [getattr(record, part.name) for part in parts]
        if any(value is not None for value in values):
            present.append((1 << bit, b"".join(map(_packed, parts, values))))
    if record.steps is not None:
        present.append((STEPS, _packed(_Part("steps", record.steps_octets), record.steps)))
    return present


def _notification(flags: int, speed: bytes, fields: list[tuple[int, bytes]]) -> bytes:
    for bit, _ in fields:
        flags |= bit
    return flags.to_bytes(FLAGS_OCTETS, "little") + speed + b"".join(octets for _, octets in fields)


def encode_part(record: TreadmillRecord, flags: int) -> bytes:
    """One notification with the fields of `record` that `flags` asks for; the speed, unless it has More Data.

    Fields that the record lacks are left out, and so are their flags.

    Raises:
        ValueError: a value does not fit its wire type; the message names it.
    """
    fields = [(bit, octets) for bit, octets in _fields(record) if bit & flags]
    if flags & MORE_DATA:
        return _notification(MORE_DATA, b"", fields)
    return _notification(0, _packed(_SPEED, record.speed_centi_kmh), fields)


def encode_treadmill_data(record: TreadmillRecord, max_octets: int) -> list[bytes]:
    """The notifications that carry `record`, each of at most `max_octets` (ATT_MTU − 3, at least 20).

    One if it fits. Otherwise the fields go out in wire order over several: all but the last have More Data
    set and no speed, the last has it clear and the speed present (FTMS 1.0 §4.19).

    Where one number of a field is present and its neighbour absent, the neighbour goes out as the wire's
    "not available" (elevation has none: 0).

    Raises:
        ValueError: a value does not fit its wire type; the message names it.
    """
    speed = _packed(_SPEED, record.speed_centi_kmh)
    rest = _fields(record)
    notifications: list[bytes] = []
    while sum(len(octets) for _, octets in rest) > max_octets - FLAGS_OCTETS - len(speed):
        room = max_octets - FLAGS_OCTETS
        taken = 0
        while taken < len(rest) and len(rest[taken][1]) <= room:
            room -= len(rest[taken][1])
            taken += 1
        notifications.append(_notification(MORE_DATA, b"", rest[:taken]))
        rest = rest[taken:]
    notifications.append(_notification(0, speed, rest))
    return notifications
