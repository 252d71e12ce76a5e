"""Personalities load, and a wrong one is told by file and key."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import Field as Parameter
from dataclasses import fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import Any, NamedTuple, cast, get_args, get_origin, get_type_hints

import pytest

from eccentread_sim.archetypes import ARCHETYPES
from eccentread_sim.bounds import bounds_of
from eccentread_sim.console_parameters import SpeedUnit
from eccentread_sim.manners import Commands
from eccentread_sim.offer import Field
from eccentread_sim.personality import (
    SECTIONS,
    PersonalityError,
    known_personalities,
    load_personality,
    parse_personality,
)
from eccentread_sim.reporting import Source

REFERENCE = Path(__file__).parents[3] / "docs/reference/personality.md"

SMALLEST = """
description = "A machine"
[machine]
name = "M"
[drive]
archetype = "C"
"""
DOTTED = 'description = "A machine"\nmachine.name = "M"\ndrive.archetype = "C"'


NAMES = """
ack-liar asleep auto-mode autostart-on-connect budget-pmdc citysports-n3601 console-faster console-lock
console-slower console-stop control-refused countdown-restart cs-wp8 default fitshow-bt-d2 grid-half-kmh hang
horizon-mph kingsmith-z1 link-drop-belt-runs matrix-short merach-zero-glitch min-speed-1 mph-lie mph-reports
mph-wire no-range no-step-stop omega-z paragon-stale-pause reboot-mid-session research-servo safety-key
set-point-echo silent-clamp slow-ramp spec-ideal speed-gain-fault speed-locked split-records start-too-fast
stop-ignored stop-toggles t318-mute tach-pi technogym-split unlock urevo-e1l vitalwalk-toggle walking-pad
watchdog-20s yesoul-w2pro
"""


def test_the_bundled_personalities_are_all_there() -> None:
    assert known_personalities() == tuple(NAMES.split())


@pytest.mark.parametrize("name", known_personalities())
def test_every_bundled_personality_loads(name: str) -> None:
    personality = load_personality(name)
    assert personality.key == name
    assert personality.description
    assert 0 < len(personality.name.encode()) <= 29


def test_bundled_machines_differ_in_name_and_address() -> None:
    machines = [load_personality(name).machine for name in known_personalities()]
    assert len({machine.name for machine in machines}) == len(machines)
    assert len({machine.address for machine in machines}) == len(machines)


def test_the_smallest_file_takes_its_drive_from_the_archetype() -> None:
    personality = parse_personality(SMALLEST, "small.toml", "small")
    assert personality.drive == ARCHETYPES["C"].centre
    assert personality.athlete == {}


def test_a_file_is_loaded_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        SMALLEST
        + 'bias = 1\n[console]\ncommand_unit = "mph"\n[reporting]\nsource = "snapped"\nboxed = false\n'
        + '[gatt]\nfields = ["force"]\nleaves_out = ["speed-range"]\n[athlete]\npush_n = 80\n'
    )
    for which in (path, str(path)):
        personality = load_personality(which)
        assert personality.key == "mine"
        assert personality.drive.bias == 1.0
        assert personality.behaviour.console.command_unit is SpeedUnit.MPH
        assert personality.reporting.source is Source.SNAPPED
        assert personality.reporting.boxed is False
        assert personality.gatt.fields == (Field.FORCE,)
        assert personality.gatt.leaves_out == ("speed-range",)
        assert personality.athlete == {"push_n": 80.0}


@pytest.mark.parametrize(
    ("addition", "complaint"),
    [
        ("colour = 1", "drive.colour is not known here; known are "),
        ("[engine]\na = 1", "engine is not known here; known are athlete, commands, console, "),
        ('mass_kg = "heavy"', "drive.mass_kg has to be a number, not 'heavy'"),
        ("mass_kg = true", "drive.mass_kg has to be a number, not True"),
        ("mass_kg = 0", "drive.mass_kg has to be 1–1000, not 0"),
        ("mass_kg = -3", "drive.mass_kg has to be 1–1000, not -3"),
        ("mass_kg = inf", "drive.mass_kg has to be 1–1000, not inf"),
        ("mass_kg = nan", "drive.mass_kg has to be 1–1000, not nan"),
        ("compensation = 1.0", "drive.compensation has to be 0–0.99, not 1.0"),
        ("can_brake = 1", "drive.can_brake has to be true or false, not 1"),
        ("[reporting]\ndrop_rate = 1.5", "reporting.drop_rate has to be 0–1, not 1.5"),
        (
            '[reporting]\nsource = "guess"',
            "reporting.source has to be one of measured, snapped, set-point, pulses",
        ),
        ("[reporting]\ninterval_s = 0", "reporting.interval_s has to be 0.01–10, not 0"),
        ('[gatt]\nfields = ["mood"]', "gatt.fields has to be one of average-speed, distance, "),
        ('[gatt]\nfields = "distance"', "gatt.fields has to be a list"),
        ("[gatt]\nmax_mtu = 22", "gatt.max_mtu has to be 23–517, not 22"),
        ("[gatt]\nmax_mtu = 64.5", "gatt.max_mtu has to be a whole number, not 64.5"),
        (
            "[console]\nstart_speed_kmh = 0.3",
            "console.start_speed_kmh has to lie in the speed range 0.5–16 km/h",
        ),
        ("[athlete]\nspeed = 3", "athlete.speed is not known here"),
        (
            "[console]\nspeed_min_kmh = 5\nspeed_max_kmh = 2",
            "console.speed_min_kmh has to be at most console.speed_max_kmh, 2, not 5",
        ),
        (
            "[athlete]\nreaction_min_s = 5\nreaction_max_s = 1",
            "athlete.reaction_min_s has to be at most athlete.reaction_max_s, 1, not 5",
        ),
        ("[athlete]\nreaction_min_s = 5", "athlete.reaction_min_s has to be at most"),
    ],
)
def test_a_wrong_key_is_named_with_its_file(addition: str, complaint: str) -> None:
    with pytest.raises(PersonalityError) as caught:
        parse_personality(SMALLEST + addition, "odd.toml", "odd")
    assert str(caught.value).startswith(f"odd.toml: {complaint}")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "odd.toml: description has to be one line of text"),
        ('description = ""', "odd.toml: description has to be one line of text"),
        ('description = "A"\nmachine = 1', "odd.toml: machine has to be a section"),
        (
            'description = "A"\n[machine]\nname = "A"',
            "odd.toml: drive.archetype has to be one of A, B, C, D, E, not None",
        ),
        (
            'description = "A"\n[machine]\nname = "A"\n[drive]\narchetype = ["A"]',
            "odd.toml: drive.archetype has to be one of A, B, C, D, E, not ['A']",
        ),
        ('description = "A"\n[drive]\narchetype = "A"', "odd.toml: machine.name is missing"),
        ("description = ", "odd.toml is not TOML: "),
        (
            'description = "A"\n[drive]\narchetype = "A"\n[machine]\nname = "A"\naddress = "F0-0D"',
            "odd.toml: machine.address has to look like F0:0D:00:00:00:01, not 'F0-0D'",
        ),
    ],
)
def test_what_is_missing_is_named(text: str, complaint: str) -> None:
    with pytest.raises(PersonalityError) as caught:
        parse_personality(text, "odd.toml", "odd")
    assert str(caught.value).startswith(complaint)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("defualt", "did you mean default? eccentread sim --list tells all"),
        ("grid-half", "did you mean grid-half-kmh? eccentread sim --list tells all"),
        ("zzz", "eccentread sim --list tells all"),
    ],
)
def test_an_unknown_name_is_answered_with_what_it_may_have_meant(name: str, says: str) -> None:
    with pytest.raises(PersonalityError) as caught:
        load_personality(name)
    assert str(caught.value).startswith(f"there is no personality '{name}'; {says}")
    assert len(str(caught.value)) < 160


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PersonalityError, match=r"none\.toml cannot be read \(No such file or directory\);"):
        load_personality(tmp_path / "none.toml")
    (tmp_path / "noise.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PersonalityError, match=r"noise\.toml cannot be read \(it is not UTF-8 text\);"):
        load_personality(tmp_path / "noise.toml")


class Key(NamedTuple):
    """A key of a personality's file."""

    path: str
    parameter: Parameter[Any]
    kind: Any


def keys(sections: Mapping[str, type] = SECTIONS) -> Iterator[Key]:
    """Every key there is, those of sections in sections too."""
    for section, of in sections.items():
        hints = get_type_hints(of)
        for parameter in fields(of):
            path, kind = f"{section}.{parameter.name}", hints[parameter.name]
            if is_dataclass(kind):
                yield from keys({path: cast("type", kind)})
            else:
                yield Key(path, parameter, kind)


NUMBERS = [key for key in keys() if key.kind in {int, float, tuple[int, ...]}]
OUTRAGEOUS = ("nan", "inf", "-inf", "1e308", "-1e308", "1" + 400 * "0", "0x" + 5000 * "f")


@pytest.mark.parametrize("key", NUMBERS, ids=[key.path for key in NUMBERS])
@pytest.mark.parametrize("number", OUTRAGEOUS, ids=[number[:8] for number in OUTRAGEOUS])
def test_every_number_has_a_range_and_nothing_outside_it_passes(key: Key, number: str) -> None:
    bounds = bounds_of(key.parameter)
    assert -1e4 < bounds.low < bounds.high <= 1e6
    value = f"[{number}]" if get_origin(key.kind) is tuple else number
    setting = f"{key.path} = {value}"
    path = key.path
    if path.startswith("script."):
        name = path.removeprefix("script.")
        path, setting = f"script[0].{name}", f'script = [{{ what = "start", {name} = {value} }}]'
    with pytest.raises(PersonalityError) as caught:
        parse_personality(f"{DOTTED}\n{setting}", "odd.toml", "odd")
    message = str(caught.value)
    assert message.startswith(f"odd.toml: {path} has to be ")
    assert len(message) < 150


def values(parameter: Parameter[Any], kind: Any) -> str:
    """What a key may be set to, as the reference says it."""
    if get_origin(kind) is UnionType:
        kind = get_args(kind)[0]
    if get_origin(kind) is tuple:
        return "list of: " + values(parameter, get_args(kind)[0])
    words = {bool: "true, false", str: "text", bytes: "hex"}
    if kind in words:
        return words[kind]
    if is_dataclass(kind):
        return "section"
    if issubclass(kind, StrEnum):
        return ", ".join(f"`{one}`" for one in kind)
    return str(bounds_of(parameter))


def test_the_reference_names_every_key_its_values_and_no_other() -> None:
    documented: dict[str, str] = {}
    section = ""
    for line in REFERENCE.read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"## \[+([\w.]+)\]+", line):
            section = heading[1]
        elif row := re.match(r"\| `(\w+)` \| (.*?) \| \S", line):
            documented[f"{section}.{row[1]}"] = row[2]
    real = {
        re.sub(r"^commands\.\w+", "commands.KIND", key.path): values(key.parameter, key.kind)
        for key in keys()
    }
    assert documented == real


def test_the_kinds_of_commands_are_named_in_the_reference() -> None:
    named = REFERENCE.read_text(encoding="utf-8").partition("; KIND is ")[2].partition(".")[0]
    assert re.findall(r"`(\w+)`", named) == [parameter.name for parameter in fields(Commands)]
