"""Treadmill Data (0x2ACD): from notifications to records of what the belt does (FTMS 1.0 §4.4, §4.19).

Real machines send packets that are too short, too long, or flagged with reserved bits. Whatever can be read
is read, the rest is `None`, and each oddity is named in `issues`. Nothing here raises, and zero is data: a
belt that stands reports 0, not "nothing".
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from eccentread.units import kmh_from_centi

FRAGMENT_TIMEOUT_S = 0.5
"""How long the fragments of one record may take, from the first to the last, seconds.

Machines send the fragments of a record back to back, and records about once a second (§4.4.1). Half of that
parts one record from the next even where the fragments between them are lost. Too short a time costs only
secondary fields, since the last fragment always carries the speed; too long a time mixes two records.
"""

_MORE_DATA = 1 << 0
_STEPS = 1 << 13
_RESERVED = 1 << 14 | 1 << 15
_FLAGS_OCTETS = 2
_STEPS_OCTETS = (2, 3)
"""The fewest and the most octets of a step count."""


class Issue(StrEnum):
    """An oddity of a record that leaves the rest of it usable."""

    NO_FLAGS = "no-flags"
    """The packet is shorter than its flags: nothing can be read."""
    TRUNCATED = "truncated"
    """The flags promise more than the packet holds; the whole fields at its beginning are kept."""
    TRAILING_OCTETS = "trailing-octets"
    """Octets follow the last field that the flags announce; they are ignored (FTMP 1.0 §4.4.2)."""
    STEPS_BIT = "steps-bit"
    """Reserved bit 13 is set. In the wild it announces a step count (`TreadmillData.steps`)."""
    RESERVED_BITS = "reserved-bits"
    """Reserved bits 14 or 15 are set; they are ignored (FTMP 1.0 §4.4.2)."""
    FRAGMENTS_DROPPED = "fragments-dropped"
    """Before this record, fragments of another one were dropped because its end never came."""


@dataclass(frozen=True, slots=True)
class TreadmillData:
    """One record or fragment of Treadmill Data, in the integers of the wire (FTMS 1.0 §4.4.1).

    A field is `None` where the packet leaves it out, ends before it, or says "not available" by the largest
    number of the field (0xFFFFFF, 0xFFFF, 0xFF; 0x7FFF where signed). The specification defines that for
    inclination, ramp angle, energy, force and power; in the others too it is no reading of a treadmill.
    """

    flags: int = 0
    """Flags as sent; for an assembled record those of all its fragments, with More Data clear."""
    speed_centi_kmh: int | None = None
    average_speed_centi_kmh: int | None = None
    distance_m: int | None = None
    inclination_deci_pct: int | None = None
    """Grade, 0.1 %, positive uphill."""
    ramp_angle_deci_deg: int | None = None
    elevation_gain_deci_m: int | None = None
    elevation_loss_deci_m: int | None = None
    """Negative elevation gain, 0.1 m, counted upwards."""
    pace_deci_km_per_min: int | None = None
    """One octet, as in the definition of 2017; some documents say two. The one machine seen to send it, a
    Star Trac (flags 0x17FE, 32 octets), agrees with one."""
    average_pace_deci_km_per_min: int | None = None
    energy_kcal: int | None = None
    energy_kcal_per_h: int | None = None
    energy_kcal_per_min: int | None = None
    heart_rate_bpm: int | None = None
    met_deci: int | None = None
    elapsed_s: int | None = None
    remaining_s: int | None = None
    force_on_belt_n: int | None = None
    """Positive: the user accelerates the belt; negative: the user slows it down (§4.4.1.17)."""
    power_w: int | None = None
    """Signed like `force_on_belt_n` (§4.4.1.18)."""
    steps: int | None = None
    """Steps counted so far, behind the last field of the specification where reserved bit 13 is set: three
    octets, as on CITYSPORTS, UREVO and Yesoul machines, or the two that are left, as on a KingSmith Z1."""
    issues: tuple[Issue, ...] = ()

    @property
    def speed_kmh(self) -> float | None:
        """Belt speed as the machine reports it, km/h."""
        return None if self.speed_centi_kmh is None else kmh_from_centi(self.speed_centi_kmh)

    @property
    def more_data(self) -> bool:
        """Whether the record goes on in the next notification (this one then carries no speed)."""
        return bool(self.flags & _MORE_DATA)


class _Field(NamedTuple):
    bit: int
    name: str
    size: int
    signed: bool = False


_SPEED = _Field(0, "speed_centi_kmh", 2)  # announced by the bit being clear
_LAYOUT = (
    _SPEED,
    _Field(1, "average_speed_centi_kmh", 2),
    _Field(2, "distance_m", 3),
    _Field(3, "inclination_deci_pct", 2, signed=True),
    _Field(3, "ramp_angle_deci_deg", 2, signed=True),
    _Field(4, "elevation_gain_deci_m", 2),
    _Field(4, "elevation_loss_deci_m", 2),
    _Field(5, "pace_deci_km_per_min", 1),
    _Field(6, "average_pace_deci_km_per_min", 1),
    _Field(7, "energy_kcal", 2),
    _Field(7, "energy_kcal_per_h", 2),
    _Field(7, "energy_kcal_per_min", 1),
    _Field(8, "heart_rate_bpm", 1),
    _Field(9, "met_deci", 1),
    _Field(10, "elapsed_s", 2),
    _Field(11, "remaining_s", 2),
    _Field(12, "force_on_belt_n", 2, signed=True),
    _Field(12, "power_w", 2, signed=True),
)
"""Fields in the order of the wire (§4.4.1), little-endian."""


def decode_treadmill_data(data: bytes) -> TreadmillData:
    """What one notification says, for any octets whatever."""
    if len(data) < _FLAGS_OCTETS:
        return TreadmillData(issues=(Issue.NO_FLAGS,))
    flags = int.from_bytes(data[:_FLAGS_OCTETS], "little")
    announced = flags ^ _MORE_DATA
    values: dict[str, int | None] = {}
    issues: list[Issue] = []
    rest = data[_FLAGS_OCTETS:]
    for field in _LAYOUT:
        if not announced >> field.bit & 1:
            continue
        if len(rest) < field.size:
            issues.append(Issue.TRUNCATED)
            break
        values[field.name] = _number(rest[: field.size], field.signed)
        rest = rest[field.size :]
    else:
        if flags & _STEPS and not flags & _RESERVED and len(rest) >= _STEPS_OCTETS[0]:
            values["steps"] = _number(rest[: _STEPS_OCTETS[1]], signed=False)
            rest = rest[_STEPS_OCTETS[1] :]
        if rest:
            issues.append(Issue.TRAILING_OCTETS)
    if flags & _STEPS:
        issues.append(Issue.STEPS_BIT)
    if flags & _RESERVED:
        issues.append(Issue.RESERVED_BITS)
    return TreadmillData(flags=flags, issues=tuple(issues), **values)


def speed_kmh_in(data: bytes) -> float | None:
    """The belt speed in one notification, km/h: that of the record it completes, and of no other.

    It comes in the last fragment of a record (§4.19), right behind the flags, so nothing else need be read.
    """
    if len(data) < _FLAGS_OCTETS + _SPEED.size or data[0] & _MORE_DATA:
        return None
    speed = _number(data[_FLAGS_OCTETS : _FLAGS_OCTETS + _SPEED.size], _SPEED.signed)
    return None if speed is None else kmh_from_centi(speed)


def _number(octets: bytes, signed: bool) -> int | None:
    value = int.from_bytes(octets, "little", signed=signed)
    not_available = (1 << (8 * len(octets) - signed)) - 1
    return None if value == not_available else value


class RecordAssembler:
    """Joins the notifications of a split record (More Data, FTMS 1.0 §4.19) into one.

    There is no sequence number, so a lost fragment shows only by what follows. The fragments of a record
    share no field (appendix 1.2), so one that repeats a field, or comes too late, belongs to another record,
    and the one under way is dropped. Speed comes in the last fragment and in no other, so no record carries
    an old speed.
    """

    def __init__(self) -> None:
        self._partial: TreadmillData | None = None
        self._began_s = 0.0
        self._dropped = False

    def feed(self, t_s: float, data: bytes) -> TreadmillData | None:
        """The record that this notification completes, or `None` while more of it is to come.

        `t_s` is when it arrived, monotonic seconds. Issues of all fragments are on the record.
        """
        fragment = decode_treadmill_data(data)
        if self._partial is not None and not self._continues(self._partial, t_s, fragment):
            self.reset()
        if self._partial is None:
            self._began_s = t_s
            record = fragment
        else:
            record = _join(self._partial, fragment)
        if fragment.more_data:
            self._partial = record
            return None
        self._partial = None
        if self._dropped:
            self._dropped = False
            record = replace(record, issues=(*record.issues, Issue.FRAGMENTS_DROPPED))
        return record

    def reset(self) -> None:
        """Drop a record under way, as on loss of the link (§4.18); the next record tells of it."""
        self._dropped = self._dropped or self._partial is not None
        self._partial = None

    def _continues(self, partial: TreadmillData, t_s: float, fragment: TreadmillData) -> bool:
        repeated = partial.flags & fragment.flags & ~(_MORE_DATA | _STEPS | _RESERVED)
        return not repeated and t_s - self._began_s <= FRAGMENT_TIMEOUT_S


def _join(partial: TreadmillData, fragment: TreadmillData) -> TreadmillData:
    earlier = {
        field.name: getattr(partial, field.name)
        for field in _LAYOUT
        if field.bit and partial.flags >> field.bit & 1
    }
    if partial.flags & _STEPS and fragment.steps is None:
        earlier["steps"] = partial.steps
    return replace(
        fragment,
        flags=partial.flags & ~_MORE_DATA | fragment.flags,
        issues=tuple(dict.fromkeys(partial.issues + fragment.issues)),
        **earlier,
    )
