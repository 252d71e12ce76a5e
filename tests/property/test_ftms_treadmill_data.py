"""Treadmill Data, swept: any octets, any set of fields, any split, any loss.

The encoder below is written from the table of FTMS 1.0 §4.4.1 for these tests alone.
"""

import struct
from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st

from eccentread.ftms import FRAGMENT_TIMEOUT_S, Issue, RecordAssembler, TreadmillData, decode_treadmill_data

u8 = st.integers(0, 0xFE)
u16 = st.integers(0, 0xFFFE)
u24 = st.integers(0, 0xFFFFFE)
s16 = st.integers(-0x8000, 0x7FFE)

GROUPS = {
    0x0002: {"average_speed_centi_kmh": u16},
    0x0004: {"distance_m": u24},
    0x0008: {"inclination_deci_pct": s16, "ramp_angle_deci_deg": s16},
    0x0010: {"elevation_gain_deci_m": u16, "elevation_loss_deci_m": u16},
    0x0020: {"pace_deci_km_per_min": u8},
    0x0040: {"average_pace_deci_km_per_min": u8},
    0x0080: {"energy_kcal": u16, "energy_kcal_per_h": u16, "energy_kcal_per_min": u8},
    0x0100: {"heart_rate_bpm": u8},
    0x0200: {"met_deci": u8},
    0x0400: {"elapsed_s": u16},
    0x0800: {"remaining_s": u16},
    0x1000: {"force_on_belt_n": s16, "power_w": s16},
}
"""Flag → fields with what each may say. "Not available" is added as `None`."""

NAMES = ["speed_centi_kmh", *chain.from_iterable(GROUPS.values())]

type Values = dict[str, int | None]


def maybe(values: st.SearchStrategy[int]) -> st.SearchStrategy[int | None]:
    return st.none() | values


@st.composite
def messages(draw: st.DrawFn, speed: st.SearchStrategy[int | None] | None = None) -> tuple[int, Values]:
    """A set of optional fields with their values, and a speed."""
    flags = sum(draw(st.sets(st.sampled_from(sorted(GROUPS)))))
    values: Values = {"speed_centi_kmh": draw(maybe(u16) if speed is None else speed)}
    for flag, fields in GROUPS.items():
        if flags & flag:
            values |= {name: draw(maybe(strategy)) for name, strategy in fields.items()}
    return flags, values


def encode(flags: int, values: Values, more: bool = False) -> bytes:
    """A notification with the flagged fields; the speed goes in unless more is to come."""

    def octets(form: str, name: str) -> bytes:
        value = values[name]
        if form == "u24":
            return (0xFFFFFF if value is None else value).to_bytes(3, "little")
        not_available = {"B": 0xFF, "H": 0xFFFF, "h": 0x7FFF}[form]
        return struct.pack("<" + form, not_available if value is None else value)

    parts = [struct.pack("<H", flags | more)]
    if not more:
        parts.append(octets("H", "speed_centi_kmh"))
    if flags & 0x0002:
        parts.append(octets("H", "average_speed_centi_kmh"))
    if flags & 0x0004:
        parts.append(octets("u24", "distance_m"))
    if flags & 0x0008:
        parts += [octets("h", "inclination_deci_pct"), octets("h", "ramp_angle_deci_deg")]
    if flags & 0x0010:
        parts += [octets("H", "elevation_gain_deci_m"), octets("H", "elevation_loss_deci_m")]
    if flags & 0x0020:
        parts.append(octets("B", "pace_deci_km_per_min"))
    if flags & 0x0040:
        parts.append(octets("B", "average_pace_deci_km_per_min"))
    if flags & 0x0080:
        parts += [
            octets("H", "energy_kcal"),
            octets("H", "energy_kcal_per_h"),
            octets("B", "energy_kcal_per_min"),
        ]
    if flags & 0x0100:
        parts.append(octets("B", "heart_rate_bpm"))
    if flags & 0x0200:
        parts.append(octets("B", "met_deci"))
    if flags & 0x0400:
        parts.append(octets("H", "elapsed_s"))
    if flags & 0x0800:
        parts.append(octets("H", "remaining_s"))
    if flags & 0x1000:
        parts += [octets("h", "force_on_belt_n"), octets("h", "power_w")]
    return b"".join(parts)


def of(record: TreadmillData) -> Values:
    return {name: getattr(record, name) for name in NAMES}


def full(values: Values) -> Values:
    return dict.fromkeys(NAMES) | values


@settings(deadline=None)
@given(st.binary(max_size=64))
def test_any_octets_give_a_record(data: bytes):
    record = decode_treadmill_data(data)
    assert set(record.issues) <= set(Issue)
    assert (Issue.NO_FLAGS in record.issues) == (len(data) < 2)


@settings(deadline=None)
@given(messages())
def test_what_was_encoded_is_decoded(message: tuple[int, Values]):
    flags, values = message
    record = decode_treadmill_data(encode(flags, values))
    assert of(record) == full(values)
    assert (record.flags, record.issues) == (flags, ())


@settings(deadline=None)
@given(messages(), st.data())
def test_a_packet_cut_anywhere_keeps_its_whole_fields_and_invents_none(message: tuple[int, Values], data):
    packet = encode(*message)
    cut = data.draw(st.integers(2, len(packet) - 1))
    kept, whole = of(decode_treadmill_data(packet[:cut])), of(decode_treadmill_data(packet))
    record = decode_treadmill_data(packet[:cut])
    assert record.issues == (Issue.TRUNCATED,)
    assert all(value in (None, whole[name]) for name, value in kept.items())
    # what comes first survives: no field is lost before one that is kept
    sent = [name for name in NAMES if whole[name] is not None]
    assert [name for name in sent if kept[name] is not None] == sent[: sum(kept[n] is not None for n in sent)]


@settings(deadline=None)
@given(messages(), st.sampled_from([0x2000, 0x4000, 0x8000, 0xE000]), st.binary(max_size=6))
def test_reserved_bits_and_further_octets_change_no_field(
    message: tuple[int, Values], bits: int, further: bytes
):
    flags, values = message
    record = decode_treadmill_data(encode(flags | bits, values) + further)
    assert of(record) == full(values)
    steps = further[:3] if bits == 0x2000 and len(further) > 1 else b""
    number = int.from_bytes(steps, "little") if steps else None
    assert record.steps == (None if steps in (b"\xff\xff", b"\xff\xff\xff") else number)
    assert (Issue.TRAILING_OCTETS in record.issues) == (len(further) > len(steps))
    assert (Issue.STEPS_BIT in record.issues) == bool(bits & 0x2000)
    assert (Issue.RESERVED_BITS in record.issues) == bool(bits & 0xC000)


@st.composite
def splits(draw: st.DrawFn, flags: int) -> list[int]:
    """Flags of the fragments that a record with `flags` is split into, the last one with the speed."""
    present = [flag for flag in GROUPS if flags & flag]
    count = draw(st.integers(1, 4))
    fragments = [0] * count
    for flag in present:
        fragments[draw(st.integers(0, count - 1))] |= flag
    return fragments


def fragments_of(values: Values, split: list[int]) -> list[bytes]:
    last = len(split) - 1
    return [encode(flags, values, more=at < last) for at, flags in enumerate(split)]


@settings(deadline=None)
@given(messages(), st.data())
def test_fragments_split_at_any_point_join_to_the_record(message: tuple[int, Values], data):
    flags, values = message
    split = data.draw(splits(flags))
    times = sorted(data.draw(st.floats(0, FRAGMENT_TIMEOUT_S)) for _ in split)
    assembler = RecordAssembler()
    *before, record = [
        assembler.feed(t_s, packet) for t_s, packet in zip(times, fragments_of(values, split), strict=True)
    ]
    assert before == [None] * (len(split) - 1)
    assert record == decode_treadmill_data(encode(flags, values))


@settings(deadline=None)
@given(st.data())
def test_lost_fragments_never_mix_the_records_of_a_machine_that_reports_each_second(data):
    flags = data.draw(messages())[0]
    split = data.draw(splits(flags))
    assembler, told = RecordAssembler(), []
    for second in range(data.draw(st.integers(1, 5))):
        # each field says which record it is of
        values: Values = dict.fromkeys(NAMES, second)
        for at, packet in enumerate(fragments_of(values, split)):
            if data.draw(st.booleans(), label="arrives") and (
                record := assembler.feed(second + at * 0.02, packet)
            ):
                told.append((second, record))
    for second, record in told:
        assert record.speed_centi_kmh == second
        assert {value for value in of(record).values() if value is not None} == {second}


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 2), st.binary(max_size=40)), max_size=20))
def test_a_record_carries_the_speed_of_the_notification_that_completes_it_and_no_other(
    arrivals: list[tuple[float, bytes]],
):
    assembler, t_s = RecordAssembler(), 0.0
    for gap_s, data in arrivals:
        t_s += gap_s
        record, alone = assembler.feed(t_s, data), decode_treadmill_data(data)
        assert (record is None) == alone.more_data
        if record is not None:
            assert record.speed_centi_kmh == alone.speed_centi_kmh
            assert not record.more_data


def test_the_encoder_and_the_record_speak_of_the_same_fields():
    assert set(NAMES) == set(TreadmillData.__dataclass_fields__) - {"flags", "steps", "issues"}
