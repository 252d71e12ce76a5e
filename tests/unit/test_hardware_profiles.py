"""What is written down of real machines keeps to the documented keys and agrees with their captures."""

import json
import re
import tomllib
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest

from eccentread.ftms import SpeedRange, decode_speed_range, decode_treadmill_data
from eccentread.units import KMH_PER_MPH

FOLDER = Path(__file__).parents[2] / "hardware" / "treadmills"
FILES = sorted(FOLDER.glob("*.toml"))
PROTOCOL_KMH = 0.8

TYPES = {"text": str, "number": (int, float), "truth": bool, "ids": list}
KEY_ROW = re.compile(r"^\| `(?P<key>[\w.]+)` \| (?P<type>[^|]+) \| (?P<needed>yes|no) \|", re.MULTILINE)

CITYSPORTS = "CITYSPORTS walking pad, fw N3601 (older CITYSPORTS-Linker)"
UREVO = "UREVO E1L (URTM041)"


def documented() -> dict[str, tuple[str, bool]]:
    """Type and need of each key, by its dotted name, from the README's table."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    return {row["key"]: (row["type"].strip(), row["needed"] == "yes") for row in KEY_ROW.finditer(text)}


KEYS = documented()


def tables(profile: dict) -> list[tuple[str, dict]]:
    """Every table of a profile with its name: "" for the root, each element of a list of tables by itself."""
    found = [("", {key: value for key, value in profile.items() if not isinstance(value, dict | list)})]
    for name, value in profile.items():
        if isinstance(value, dict | list):
            found += [(f"{name}.", table) for table in (value if isinstance(value, list) else [value])]
    return found


def fits(value: object, kind: str) -> bool:
    choices = re.findall(r"`([^`]+)`", kind)
    if choices:
        return str(value) in choices and not isinstance(value, bool)
    return isinstance(value, TYPES[kind]) and (kind == "truth" or not isinstance(value, bool))


def flaws(profile: dict) -> list[str]:
    """What in a profile is not as documented."""
    wrong = [
        f"{name[:-1]} is missing"
        for name in {key.partition(".")[0] + "." for key in KEYS if "." in key}
        if name[:-1] not in profile
    ]
    for name, table in tables(profile):
        here = {
            key.removeprefix(name): rule for key, rule in KEYS.items() if key.rpartition(".")[0] == name[:-1]
        }
        wrong += [f"{name}{key} is not documented" for key in table if key not in here]
        wrong += [
            f"{name}{key} is missing" for key, (_, needed) in here.items() if needed and key not in table
        ]
        wrong += [
            f"{name}{key} is not {here[key][0]}"
            for key, value in table.items()
            if key in here and not fits(value, here[key][0])
        ]
        wrong += [f"{name}{key} is empty" for key, value in table.items() if value in ("", [])]
    return wrong


def load(name: str) -> dict:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def profile(request) -> dict:
    return load(request.param.name)


def test_there_are_profiles_and_the_readme_lists_each():
    listed = set(re.findall(r"\]\(([\w-]+\.toml)\)", (FOLDER / "README.md").read_text(encoding="utf-8")))
    assert listed
    assert listed == {path.name for path in FILES}


def test_a_profile_has_the_documented_keys_and_no_others(profile):
    assert flaws(profile) == []


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        (lambda p: p["speed"].pop("min_kmh"), "speed.min_kmh is missing"),
        (lambda p: p["speed"].update(min_kmh="slow"), "speed.min_kmh is not number"),
        (
            lambda p: p["reports"].update(source="guess"),
            "reports.source is not `measured`, `set-point`, `unknown`",
        ),
        (lambda p: p["reports"].update(standing=1), "reports.standing is not truth"),
        (lambda p: p.update(colour="red"), "colour is not documented"),
        (lambda p: p["quirks"][0].update(what=""), "quirks.what is empty"),
        (lambda p: p.pop("evidence"), "evidence is missing"),
    ],
)
def test_a_profile_that_is_not_as_documented_is_seen(change, flaw):
    profile = load("urevo-e1l.toml")
    change(profile)
    assert flaw in flaws(profile)


def test_every_statement_rests_on_evidence_that_is_named(profile):
    known = {evidence["id"] for evidence in profile["evidence"]}
    used = {source for _, table in tables(profile) for source in table.get("from", [])}
    assert used == known


def test_a_machine_that_cannot_go_as_slow_as_the_protocol_is_not_suitable(profile):
    if profile["speed"]["min_kmh"] > PROTOCOL_KMH or profile["kind"] == "walking-pad":
        assert profile["suitable"] == "no"


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
    ("file", "device"), [("citysports-n3601.toml", CITYSPORTS), ("urevo-e1l.toml", UREVO)]
)
def test_the_report_interval_is_the_captures_median(real_data, file, device):
    longest = max(sessions(real_data, device), key=len)
    intervals_s = [after - before for (before, _), (after, _) in pairwise(longest)]
    assert median(intervals_s) == pytest.approx(load(file)["reports"]["interval_s"], abs=0.002)


@pytest.mark.parametrize(
    ("file", "device"), [("citysports-n3601.toml", CITYSPORTS), ("urevo-e1l.toml", UREVO)]
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
    assert load("urevo-e1l.toml")["speed"]["unit"] == "mph"
    assert all(abs(speed - step * round(speed / step)) < 1 for speed in speeds)


def test_the_urevo_answers_by_notification(real_data):
    answers = [
        row
        for row in packets(real_data, "captures.jsonl", UREVO, "2ad9")
        if row.get("direction") != "to_device"
    ]
    assert {row["via"] for row in answers} == {load("urevo-e1l.toml")["control"]["answers_by"]}
