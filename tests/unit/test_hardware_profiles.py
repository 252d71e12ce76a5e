"""What is written down of real machines is documented, honest and agrees with their captures."""

import json
import re
import tomllib
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest

from eccentread.ftms import SpeedRange, decode_speed_range, decode_treadmill_data
from eccentread.session import Profile, matching, parse_profile
from eccentread.units import KMH_PER_MPH

FOLDER = Path(__file__).parents[2] / "hardware" / "treadmills"
FILES = sorted(FOLDER.glob("*.toml"))
README = (FOLDER / "README.md").read_text(encoding="utf-8")
PROTOCOL_CENTI_KMH = 80

CITYSPORTS = "CITYSPORTS walking pad, fw N3601 (older CITYSPORTS-Linker)"
WP8 = "CITYSPORTS CS-WP8 (CITYSPORTS-Linker)"
UREVO = "UREVO E1L (URTM041)"


def load(name: str) -> dict:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def parsed(path: Path) -> Profile:
    return parse_profile(path.read_text(encoding="utf-8"), path.name)


PROFILES = [parsed(path) for path in FILES]


def known_as(name: str, **device: str) -> str | None:
    found = matching(PROFILES, name, device)
    return found and found.key


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def path(request) -> Path:
    return request.param


def section(heading: str) -> str:
    return README.partition(f"## {heading}\n")[2].partition("\n## ")[0]


def test_the_readme_lists_each_profile_and_what_it_says():
    rows = re.findall(r"^\| \[[^]]+\]\(([\w-]+)\.toml\) \| (\w+) \|", README, re.MULTILINE)
    said = {True: "yes", False: "no", None: "unknown"}
    assert len(rows) > 10
    assert dict(rows) == {profile.key: said[profile.suitable] for profile in PROFILES}


def test_the_readme_lists_the_quirks_there_are():
    listed = re.findall(r"^\| `([a-z-]+)` \|", section("Quirks"), re.MULTILINE)
    assert listed == sorted(listed)
    assert set(listed) == {quirk for profile in PROFILES for quirk in profile.quirks}


def test_every_evidence_is_used(path):
    """That every statement names evidence is the parser's business."""
    profile = load(path.name)
    tables = [one for value in profile.values() for one in (value if isinstance(value, list) else [value])]
    used = {source for table in tables if isinstance(table, dict) for source in table.get("from", [])}
    assert used == {evidence["id"] for evidence in profile["evidence"]}


def test_a_machine_that_cannot_go_as_slow_as_the_protocol_is_not_suitable(path):
    profile = parsed(path)
    too_fast = (profile.min_centi_kmh or 0) > PROTOCOL_CENTI_KMH
    if too_fast or load(path.name)["kind"] == "walking-pad" or "speed-after-stop" in profile.quirks:
        assert profile.suitable is False


def test_nobody_claims_to_have_run_this_program_on_a_machine(path):
    """Until somebody has. Then this test says so, with the file's name."""
    assert parsed(path).verified == ()
    assert parsed(path).suitable is not True


@pytest.mark.parametrize(
    ("name", "device", "key"),
    [
        ("CITYSPORTS-Linker", {}, "citysports-linker"),
        ("CITYSPORTS-Linker", {"firmware": "N3601-A"}, "citysports-n3601"),
        ("URTM041", {}, "urevo-e1l"),
        ("YS_W2PRO_02395", {"manufacturer": "YESOUL"}, "yesoul-w2-pro"),
        ("FS-0099C3", {"manufacturer": "FITSHOW", "model": "FS-BT-D2"}, "fitshow-bt-d2"),
        ("FS-0099C3", {}, None),  # what advertises FS- may be anything
        ("FS-465D50", {"manufacturer": "FITSHOW", "model": "FS-BT-T4"}, "fitshow-bt-t4"),
        ("JFTM T202-5_4DEE", {}, "horizon-t202"),
        ("JFTMPARAGON", {}, "horizon-paragon-x"),
        ("TM11GY", {}, "vitalwalk-tm11gy"),
        ("KS-HD-Z1D", {"firmware": "V0.0.6"}, "kingsmith-z1"),
        ("KS-HD-Z1D", {"firmware": "V0.0.7"}, None),
        ("Mobvoi TMP", {}, "mobvoi-tmp"),
        ("TRUE TREADMILL 0000", {}, "true-fitness"),
        ("SPERAX_RM01", {}, None),
        ("Simulated treadmill", {"manufacturer": "eccentread", "model": "Inverter 4 Hz"}, None),
    ],
)
def test_machines_are_known_by_what_they_tell_of_themselves(name, device, key):
    assert known_as(name, **device) == key


def test_what_was_learned_on_the_simulator_is_no_contribution(path):
    assert "SIMULATED" not in path.read_text(encoding="utf-8")


def test_no_simulated_machine_has_a_profile():
    personalities = Path(__file__).parents[2] / "sim" / "eccentread_sim" / "personalities"
    for file in personalities.glob("*.toml"):
        machine = tomllib.loads(file.read_text(encoding="utf-8"))["machine"]
        device = {key: value for key, value in machine.items() if isinstance(value, str)}
        assert known_as(device.pop("name"), **device) is None, file.stem


# --- against the captures ----------------------------------------------------------------------------------


def packets(folder: Path, file: str, device: str, uuid: str) -> list[dict]:
    rows = [json.loads(line) for line in (folder / file).read_text().splitlines()]
    return [row for row in rows if row["device"] == device and row["uuid"] == uuid]


def sessions(folder: Path, device: str) -> list[list[tuple[float, int]]]:
    """(time, speed in hundredths of a km/h) of each Treadmill Data packet, a list for each capture."""
    by_source: dict[str, list[tuple[float, int]]] = {}
    for row in packets(folder, "captures.jsonl", device, "2acd"):
        speed = decode_treadmill_data(bytes.fromhex(row["hex"])).speed_centi_kmh
        assert speed is not None
        by_source.setdefault(row["source"], []).append((row["t"], speed))
    return list(by_source.values())


def written(folder: Path, device: str, octets: str) -> list[tuple[str, float]]:
    """(capture, time) of each write to the control point that begins with `octets`."""
    rows = packets(folder, "captures.jsonl", device, "2ad9")
    return [
        (row["source"], row["t"])
        for row in rows
        if row.get("direction") == "to_device" and row["hex"].startswith(octets)
    ]


@pytest.mark.parametrize(
    ("file", "device"),
    [("citysports-n3601.toml", CITYSPORTS), ("citysports-linker.toml", WP8), ("urevo-e1l.toml", UREVO)],
)
def test_the_report_interval_is_the_captures_median(real_data, file, device):
    longest = max(sessions(real_data, device), key=len)
    intervals_s = [after - before for (before, _), (after, _) in pairwise(longest)]
    assert median(intervals_s) == pytest.approx(load(file)["reports"]["interval_s"], abs=0.002)


@pytest.mark.parametrize(
    ("file", "device"),
    [("citysports-n3601.toml", CITYSPORTS), ("citysports-linker.toml", WP8), ("urevo-e1l.toml", UREVO)],
)
def test_the_first_speed_after_standing_is_the_start_speed(real_data, file, device):
    starts = {
        after
        for session in sessions(real_data, device)
        for (_, before), (_, after) in pairwise(session)
        if not before and after
    }
    assert starts == {round(100 * load(file)["start"]["speed_kmh"])}


def test_the_citysports_range_is_what_it_says_itself(real_data):
    (packet,) = packets(real_data, "packets.jsonl", CITYSPORTS, "2ad4")
    found = decode_speed_range(bytes.fromhex(packet["hex"]))
    speed = load("citysports-n3601.toml")["speed"]
    assert isinstance(found, SpeedRange)
    assert (found.min_centi_kmh, found.max_centi_kmh) == (100 * speed["min_kmh"], 100 * speed["max_kmh"])
    assert found.increment_centi_kmh == 100 * speed["step_kmh"]


def test_the_citysports_moves_as_long_after_start_as_written_down(real_data):
    starts = dict(reversed(written(real_data, CITYSPORTS, "07")))  # the first of each capture
    rows = packets(real_data, "captures.jsonl", CITYSPORTS, "2acd")
    for source, start_s in starts.items():
        moving_s = min(
            row["t"]
            for row in rows
            if row["source"] == source and decode_treadmill_data(bytes.fromhex(row["hex"])).speed_centi_kmh
        )
        assert moving_s - start_s == pytest.approx(
            load("citysports-n3601.toml")["start"]["after_s"], abs=0.05
        )


def test_the_citysports_shows_a_new_target_within_the_time_written_down(real_data):
    rows = packets(real_data, "captures.jsonl", CITYSPORTS, "2acd")
    delays_s = []
    for write in packets(real_data, "captures.jsonl", CITYSPORTS, "2ad9"):
        if write.get("direction") != "to_device" or not write["hex"].startswith("02"):
            continue
        target = int.from_bytes(bytes.fromhex(write["hex"])[1:], "little")
        later = [row for row in rows if row["source"] == write["source"] and row["t"] > write["t"]]
        shown = (
            row["t"]
            for row in later
            if decode_treadmill_data(bytes.fromhex(row["hex"])).speed_centi_kmh == target
        )
        delays_s.append(next(shown) - write["t"])
    assert len(delays_s) > 20
    assert max(delays_s) == pytest.approx(0.37, abs=0.005)


def test_the_urevo_reports_whole_tenths_of_a_mile_an_hour(real_data):
    speeds = {speed for session in sessions(real_data, UREVO) for _, speed in session}
    step = 10 * KMH_PER_MPH  # hundredths of a km/h in 0.1 mph
    assert load("urevo-e1l.toml")["units"]["steps"] == "mph"
    assert all(abs(speed - step * round(speed / step)) < 1 for speed in speeds)


def test_the_cs_wp8_holds_one_speed_under_a_walker_and_ramps_when_it_stops(real_data):
    walked = max(sessions(real_data, WP8), key=len)
    assert len([speed for _, speed in walked if speed == 300]) == 125
    fall_s = max(t for t, speed in walked if speed) - max(t for t, speed in walked if speed == 300)
    assert fall_s == pytest.approx(9, abs=0.6)
    empty = min(sessions(real_data, WP8), key=len)
    speeds = [speed for _, speed in empty]
    assert (100, 160) in pairwise(speeds)


def test_the_cs_wp8_says_started_with_two_octets_too_many(real_data):
    told = {row["hex"] for row in packets(real_data, "captures.jsonl", WP8, "2ada")}
    assert "040000" in told


def speeds_of(folder: Path, device: str) -> list[int]:
    """Hundredths of a km/h, of the packets that hold a speed."""
    decoded = [
        decode_treadmill_data(bytes.fromhex(row["hex"]))
        for row in packets(folder, "packets.jsonl", device, "2acd")
    ]
    return [record.speed_centi_kmh for record in decoded if record.speed_centi_kmh is not None]


def test_the_life_fitness_speeds_are_whole_tenths_of_a_mile_an_hour(real_data):
    speeds = speeds_of(real_data, "Life Fitness treadmill")
    step = 10 * KMH_PER_MPH
    assert 80 in speeds
    assert all(0 <= step * round(speed / step) - speed < 1 for speed in speeds)
    assert load("life-fitness.toml")["units"]["steps"] == "mph"


def test_the_fitshow_module_of_a_tr1200_tells_its_range_and_swaps_its_type(real_data):
    (packet,) = packets(real_data, "packets.jsonl", "TR1200-T (real unit, read with nRF Connect)", "2ad4")
    assert decode_speed_range(bytes.fromhex(packet["hex"])) == SpeedRange(100, 1600, 10)
    (advertised,) = packets(real_data, "packets.jsonl", "TR1200-T (real unit)", "adv")
    assert bytes.fromhex(advertised["hex"])[4:] == b"\x01\x00\x01"  # in order: 01 01 00
    assert "type-swapped" in load("fitshow-bt-d2.toml")["quirks"][-1]["id"]


def test_the_myrun_parts_each_record_in_two(real_data):
    assert speeds_of(real_data, "Technogym MyRun") == [590]
    assert len(packets(real_data, "packets.jsonl", "Technogym MyRun", "2acd")) == 2


def test_the_sperax_speeds_are_those_written_down(real_data):
    assert set(speeds_of(real_data, "Sperax walking pad")) == {100}
    assert speeds_of(real_data, "Sperax (per context) – speed 0.30") == [30]


def test_the_true_treadmill_promises_force_on_belt(real_data):
    (packet,) = packets(real_data, "packets.jsonl", "TRUE treadmill", "2acd")
    octets = bytes.fromhex(packet["hex"])
    assert int.from_bytes(octets[:2], "little") & 1 << 12
    assert [int.from_bytes(octets[at : at + 2], "little") for at in (2, 4)] == [306, 310]


def test_the_urevo_answers_by_notification(real_data):
    answers = [
        row
        for row in packets(real_data, "captures.jsonl", UREVO, "2ad9")
        if row.get("direction") != "to_device"
    ]
    assert {row["via"] for row in answers} == {load("urevo-e1l.toml")["control"]["answers_by"]}
