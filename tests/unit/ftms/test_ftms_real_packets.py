"""Packets of real machines: all are read, and every well-formed one as an independent library reads it.

The second opinion is pyftms. It takes a notification only where its length is exactly what its flags promise,
reads bit 13 as a step count of three octets, cuts elevations to whole metres, and stumbles over the rest; so
which packets are well-formed is decided here, and their number is asserted.
"""

import io
import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pyftms.client.properties.features import MachineFeatures, MachineSettings
from pyftms.models import ControlIndicateModel, MachineStatusModel, TrainingStatusModel
from pyftms.models import TreadmillData as TheirTreadmillData
from pyftms.serializer import NumSerializer, get_serializer

from eccentread.events import Characteristic
from eccentread.ftms import (
    ControlLost,
    Feature,
    Issue,
    Malformed,
    OtherRequest,
    OtherStatus,
    PausedByUser,
    Response,
    SpeedRange,
    StartedByUser,
    StoppedByUser,
    TargetSpeedChanged,
    TrainingCode,
    TrainingStatus,
    TreadmillData,
    decode_feature,
    decode_machine_status,
    decode_request,
    decode_response,
    decode_speed_range,
    decode_training_status,
    decode_treadmill_data,
)

type Packet = dict[str, Any]

NOT_OF_THIS_CODEC = {"2a53": 4, "2ad5": 1, "adv": 1}
"""Running speed and cadence, inclination range, advertisement: how many of each the packets hold."""


def read_lines(path: Path) -> list[Packet]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def packets(real_data: Path) -> list[Packet]:
    return read_lines(real_data / "packets.jsonl")


@pytest.fixture(scope="module")
def captures(real_data: Path) -> list[Packet]:
    return read_lines(real_data / "captures.jsonl")


def decoded(packet: Packet) -> object:
    data = bytes.fromhex(packet["hex"])
    match Characteristic(packet["uuid"]):
        case Characteristic.TREADMILL_DATA:
            return decode_treadmill_data(data)
        case Characteristic.CONTROL_POINT if packet.get("direction") == "to_device":
            return decode_request(data)
        case Characteristic.CONTROL_POINT:
            return decode_response(data)
        case Characteristic.MACHINE_STATUS:
            return decode_machine_status(data)
        case Characteristic.TRAINING_STATUS:
            return decode_training_status(data)
        case Characteristic.FEATURE:
            return decode_feature(data)
        case Characteristic.SPEED_RANGE:
            return decode_speed_range(data)


def test_every_packet_is_read(packets: list[Packet]):
    others = Counter(p["uuid"] for p in packets if p["uuid"] not in set(Characteristic))
    assert others == NOT_OF_THIS_CODEC
    values = [decoded(p) for p in packets if p["uuid"] in set(Characteristic)]
    assert len(values) == 136 - sum(NOT_OF_THIS_CODEC.values())
    assert not [v for v in values if isinstance(v, (Malformed, OtherRequest, OtherStatus))]


def test_every_frame_of_whole_sessions_is_read(captures: list[Packet]):
    values = [decoded(p) for p in captures]
    assert len(values) == 1294
    assert not [v for v in values if isinstance(v, (Malformed, OtherRequest, OtherStatus))]
    kinds = Counter(type(v) for v in values)
    assert kinds[TreadmillData] == 1112
    assert {StartedByUser, StoppedByUser, TargetSpeedChanged, TrainingStatus, Response} <= set(kinds)
    assert not {PausedByUser, ControlLost} & set(kinds)


def test_every_treadmill_frame_of_whole_sessions_has_a_speed_a_belt_can_have(captures: list[Packet]):
    records = [v for p in captures if isinstance(v := decoded(p), TreadmillData)]
    assert all(r.speed_kmh is not None and 0 <= r.speed_kmh <= 6.0 for r in records)
    assert {issue for r in records for issue in r.issues} == {Issue.STEPS_BIT}


def test_step_counts_of_whole_sessions_never_go_back_while_the_belt_runs(captures: list[Packet]):
    records = [v for p in captures if isinstance(v := decoded(p), TreadmillData)]
    steps = [r.steps for r in records if r.steps]
    assert len(steps) > 100
    back = [(a, b) for a, b in pairwise(steps) if b < a]
    assert len(back) <= 3, "a new session begins at 0 or 1, nothing else goes back"


def test_a_packet_that_its_source_cut_short_keeps_what_is_shown(packets: list[Packet]):
    (cut,) = [p for p in packets if p.get("partial")]
    assert decoded(cut) == TreadmillData(
        flags=0x17FE,
        speed_centi_kmh=306,
        average_speed_centi_kmh=310,
        distance_m=50,
        inclination_deci_pct=50,
        issues=(Issue.TRUNCATED,),
    )


# --- As the specification says, by the recordings' own account ----------------------------------------------

ACCOUNT = {
    "speed_kmh": ("speed_centi_kmh", 100, 0xFFFF),
    "avg_speed_kmh": ("average_speed_centi_kmh", 100, 0xFFFF),
    "distance_m": ("distance_m", 1, 0xFFFFFF),
    "incline_pct": ("inclination_deci_pct", 10, 0x7FFF),
    "ramp_deg": ("ramp_angle_deci_deg", 10, 0x7FFF),
    "elev_pos_m": ("elevation_gain_deci_m", 10, 0xFFFF),
    "elev_neg_m": ("elevation_loss_deci_m", 10, 0xFFFF),
    "kcal": ("energy_kcal", 1, 0xFFFF),
    "kcal_h": ("energy_kcal_per_h", 1, 0xFFFF),
    "kcal_min": ("energy_kcal_per_min", 1, 0xFF),
    "hr": ("heart_rate_bpm", 1, 0xFF),
    "met": ("met_deci", 10, 0xFF),
    "elapsed_s": ("elapsed_s", 1, 0xFFFF),
    "remaining_s": ("remaining_s", 1, 0xFFFF),
}
"""Their key → our field, wire numbers a unit, and the number that says "not available" (theirs is raw)."""

FIELDS = sorted(set(TreadmillData.__dataclass_fields__) - {"flags", "issues"})


def test_treadmill_packets_read_as_their_account_says(packets: list[Packet]):
    accounts = [(decoded(p), dict(p["decoded_per_spec"])) for p in packets if "decoded_per_spec" in p]
    assert len(accounts) == 75
    for record, account in accounts:
        assert isinstance(record, TreadmillData)
        assert record.flags == int(account.pop("flags"), 16)
        assert (Issue.STEPS_BIT in record.issues) == ("rfu_bits" in account)
        assert Issue.TRAILING_OCTETS not in record.issues
        account.pop("rfu_bits", None)
        trailing = bytes.fromhex(account.pop("trailing_hex", ""))
        expected: dict[str, int | None] = dict.fromkeys(FIELDS)
        if trailing:  # by the specification alone they trail; they are the steps
            expected["steps"] = int.from_bytes(trailing, "little")
        for key, value in account.items():
            name, factor, not_available = ACCOUNT[key]
            number = round(value * factor)
            expected[name] = None if number == not_available else number
        assert {name: getattr(record, name) for name in FIELDS} == expected


# --- As pyftms reads them -----------------------------------------------------------------------------------

LENGTHS = (2, 2, 3, 4, 4, 1, 1, 5, 1, 1, 2, 2, 4, 3)
"""Octets that flag bits 0 (clear) to 13 announce; bit 13 as pyftms has it."""

THEIRS = {
    "speed_centi_kmh": ("speed_instant", 100),
    "average_speed_centi_kmh": ("speed_average", 100),
    "distance_m": ("distance_total", 1),
    "inclination_deci_pct": ("inclination", 10),
    "ramp_angle_deci_deg": ("ramp_angle", 10),
    "pace_deci_km_per_min": ("pace_instant", 10),
    "average_pace_deci_km_per_min": ("pace_average", 10),
    "energy_kcal": ("energy_total", 1),
    "energy_kcal_per_h": ("energy_per_hour", 1),
    "energy_kcal_per_min": ("energy_per_minute", 1),
    "heart_rate_bpm": ("heart_rate", 1),
    "met_deci": ("metabolic_equivalent", 10),
    "elapsed_s": ("time_elapsed", 1),
    "remaining_s": ("time_remaining", 1),
    "force_on_belt_n": ("force_on_belt", 1),
    "power_w": ("power_output", 1),
}
WHOLE_METRES = {
    "elevation_gain_deci_m": "elevation_gain_positive",
    "elevation_loss_deci_m": "elevation_gain_negative",
}


def is_well_formed(data: bytes) -> bool:
    announced = int.from_bytes(data[:2], "little") ^ 1
    promised = 2 + sum(octets for bit, octets in enumerate(LENGTHS) if announced >> bit & 1)
    return announced < 1 << 14 and len(data) == promised


def agrees_with_pyftms(data: bytes) -> bool:
    ours = decode_treadmill_data(data)
    theirs = get_serializer(TheirTreadmillData).deserialize(data)._asdict()
    for name, (key, factor) in THEIRS.items():
        value = theirs.get(key)
        if getattr(ours, name) != (None if value is None else round(value * factor)):
            return False
    for name, key in WHOLE_METRES.items():
        value = getattr(ours, name)
        if theirs.get(key) != (None if value is None else value // 10):
            return False
    return set(theirs) <= {key for key, _ in THEIRS.values()} | set(WHOLE_METRES.values()) | {"step_count"}


def of_characteristic(uuid: str, *files: list[Packet]) -> list[bytes]:
    """Values a machine sent on one characteristic."""
    return [
        bytes.fromhex(p["hex"])
        for file in files
        for p in file
        if p["uuid"] == uuid and p.get("direction") != "to_device"
    ]


def test_treadmill_data_reads_as_pyftms_reads_it(packets: list[Packet], captures: list[Packet]):
    every = of_characteristic("2acd", packets, captures)
    well_formed = [data for data in every if is_well_formed(data)]
    assert (len(every), len(well_formed)) == (1188, 1187)  # the one left out is cut short by its source
    assert [data.hex() for data in well_formed if not agrees_with_pyftms(data)] == []


@pytest.mark.parametrize(
    "packet",
    [
        "0000ffff",
        "fe1f50005802010203f1ff05001400280007080c0090010569372c013b009cff2cfe",
        "fe1fffffffffffffffff7fff7f14002800ffffffffffffffffffffffffffff7fff7f",
        "00200000030201",
    ],
)
def test_packets_no_machine_of_ours_sends_read_as_pyftms_reads_them(packet: str):
    assert is_well_formed(bytes.fromhex(packet))
    assert agrees_with_pyftms(bytes.fromhex(packet))


def test_training_status_reads_as_pyftms_reads_it(packets: list[Packet], captures: list[Packet]):
    every = of_characteristic("2ad3", packets, captures)
    # pyftms knows no reserved state and no text
    well_formed = [data for data in every if len(data) == 2 and data[1] in set(TrainingCode)]
    assert (len(every), len(well_formed)) == (23, 21)
    for data in well_formed:
        theirs = get_serializer(TrainingStatusModel).deserialize(data)
        assert decode_training_status(data) == TrainingStatus(TrainingCode(int(theirs.code)))


def test_machine_status_reads_as_pyftms_reads_it(packets: list[Packet], captures: list[Packet]):
    every = of_characteristic("2ada", packets, captures)
    well_formed = [data for data in every if len(data) == {0x02: 2, 0x04: 1, 0x05: 3}[data[0]]]
    assert (len(every), len(well_formed)) == (97, 92)  # the others: 04 00 00 and 02 01 00
    for data in well_formed:
        theirs = get_serializer(MachineStatusModel).deserialize(data)
        match decode_machine_status(data):
            case StoppedByUser(parameter):
                assert (theirs.code, theirs.stop_pause) == (0x02, parameter)
            case StartedByUser():
                assert theirs.code == 0x04
            case TargetSpeedChanged(speed_centi_kmh):
                assert theirs.target_speed is not None
                assert (theirs.code, round(theirs.target_speed * 100)) == (0x05, speed_centi_kmh)
            case other:
                pytest.fail(f"{data.hex()} reads as {other}")


def test_responses_read_as_pyftms_reads_them(packets: list[Packet], captures: list[Packet]):
    every = of_characteristic("2ad9", packets, captures)
    assert len(every) == 51
    for data in every:
        theirs = get_serializer(ControlIndicateModel).deserialize(data)
        ours = decode_response(data)
        assert isinstance(ours, Response)
        assert (ours.op, ours.result) == (theirs.request_code, theirs.result_code)


def test_features_read_as_pyftms_reads_them(packets: list[Packet], captures: list[Packet]):
    every = of_characteristic("2acc", packets, captures)
    assert len(every) == 3
    for data in every:
        word, stream = NumSerializer("u4"), io.BytesIO(data)
        theirs = MachineFeatures(word.deserialize(stream)), MachineSettings(word.deserialize(stream))
        ours = decode_feature(data)
        assert isinstance(ours, Feature)
        assert (ours.machine, ours.target) == theirs


def test_speed_ranges_read_as_pyftms_reads_them(packets: list[Packet], captures: list[Packet]):
    every = of_characteristic("2ad4", packets, captures)
    assert len(every) == 2
    for data in every:
        number, stream = NumSerializer("u2.01"), io.BytesIO(data)
        assert decode_speed_range(data) == SpeedRange(
            *(round(number.deserialize(stream) * 100) for _ in range(3))
        )
