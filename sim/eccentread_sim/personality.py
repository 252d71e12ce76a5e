"""A machine's character, read from a TOML file and checked to the last key.

Sections: `[machine]` its name, address and Device Information strings; `[drive]` an archetype and what
differs from it; `[console]`, `[reporting]` and `[athlete]` as in their dataclasses; `[gatt]` what Treadmill
Data holds.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from eccentread_sim.archetypes import ARCHETYPES
from eccentread_sim.athlete import Traits
from eccentread_sim.belt_sensor import Sensor
from eccentread_sim.console_parameters import ConsoleParameters
from eccentread_sim.controller import Behaviour
from eccentread_sim.dialect import Dialect
from eccentread_sim.drive import DriveParameters
from eccentread_sim.manners import Commands, ControlPoint
from eccentread_sim.offer import Gatt, Machine
from eccentread_sim.reporting import Reporting
from eccentread_sim.script import Happening
from eccentread_sim.tables import PersonalityError, Tables, shown

_ADDRESS = re.compile(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")


__all__ = ["Personality", "PersonalityError", "known_personalities", "load_personality", "parse_personality"]


@dataclass(frozen=True, slots=True)
class Personality:
    """One machine, and who trains on it."""

    key: str
    """What it is asked for by: a bundled name, or a file's stem."""
    description: str
    machine: Machine
    drive: DriveParameters
    behaviour: Behaviour = field(default_factory=Behaviour)
    reporting: Reporting = field(default_factory=Reporting)
    gatt: Gatt = field(default_factory=Gatt)
    sensor: Sensor = field(default_factory=Sensor)
    """What sits on its belt, where one is asked for."""
    athlete: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Traits that are fixed; the others are drawn."""

    @property
    def name(self) -> str:
        """The name the machine advertises."""
        return self.machine.name


def known_personalities() -> tuple[str, ...]:
    """The names of the bundled personalities, in order."""
    return tuple(
        sorted(p.name.removesuffix(".toml") for p in _bundled().iterdir() if p.name.endswith(".toml"))
    )


def load_personality(which: str | Path) -> Personality:
    """A bundled personality by its name, or one from a `.toml` file by its path.

    Raises:
        PersonalityError: there is no such personality, or it is not valid.
    """
    if isinstance(which, Path) or which.endswith(".toml"):
        path = Path(which)
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise PersonalityError(f"{path} cannot be read ({why}); give the path of a TOML file") from error
        return parse_personality(text, str(path), path.stem)
    if which not in known_personalities():
        alike = " or ".join(get_close_matches(which, known_personalities()))
        question = f"did you mean {alike}? " if alike else ""
        raise PersonalityError(
            f"there is no personality {shown(which)}; {question}eccentread sim --list tells all, "
            "and the path of a file ends in .toml"
        )
    source = _bundled() / f"{which}.toml"
    return parse_personality(source.read_text(encoding="utf-8"), f"personality {which}", which)


def parse_personality(text: str, source: str, key: str) -> Personality:
    """The personality that a TOML text describes; `source` is what errors call it.

    Raises:
        PersonalityError: naming `source` and the key that is wrong.
    """
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise PersonalityError(f"{source} is not TOML: {error}") from error
    return _personality(Tables(source), key, tables)


def _bundled() -> Traversable:
    return files("eccentread_sim") / "personalities"


SECTIONS: Mapping[str, type] = {
    "machine": Machine,
    "drive": DriveParameters,
    "console": ConsoleParameters,
    "dialect": Dialect,
    "control_point": ControlPoint,
    "commands": Commands,
    "script": Happening,
    "reporting": Reporting,
    "gatt": Gatt,
    "sensor": Sensor,
    "athlete": Traits,
}
"""What each section of a file is read into."""


def _personality(tables: Tables, key: str, given: dict[str, Any]) -> Personality:
    tables.known(given, {"description": str, **SECTIONS}, "")
    description = given.get("description")
    if not isinstance(description, str) or not description or "\n" in description:
        raise tables.error("description", "has to be one line of text")
    machine = tables.read(Machine, given.get("machine", {}), "machine")
    if not machine.name:
        raise tables.error("machine.name", "is missing")
    if not _ADDRESS.fullmatch(machine.address):
        raise tables.error(
            "machine.address", f"has to look like F0:0D:00:00:00:01, not {shown(machine.address)}"
        )
    return Personality(
        key=key,
        description=description,
        machine=machine,
        drive=_drive(tables, given.get("drive", {})),
        behaviour=_behaviour(tables, given),
        reporting=tables.read(Reporting, given.get("reporting", {}), "reporting"),
        gatt=tables.read(Gatt, given.get("gatt", {}), "gatt"),
        sensor=tables.read(Sensor, given.get("sensor", {}), "sensor"),
        athlete=_athlete(tables, given.get("athlete", {})),
    )


def _drive(tables: Tables, given: object) -> DriveParameters:
    differing = dict(tables.table(given, "drive"))
    letter = differing.pop("archetype", None)
    if not isinstance(letter, str) or letter not in ARCHETYPES:
        known = ", ".join(ARCHETYPES)
        raise tables.error("drive.archetype", f"has to be one of {known}, not {shown(letter)}")
    return replace(ARCHETYPES[letter].centre, **tables.values(DriveParameters, differing, "drive"))


def _behaviour(tables: Tables, given: dict[str, Any]) -> Behaviour:
    return Behaviour(
        console=_console(tables, given.get("console", {})),
        dialect=tables.read(Dialect, given.get("dialect", {}), "dialect"),
        control_point=tables.read(ControlPoint, given.get("control_point", {}), "control_point"),
        commands=tables.read(Commands, given.get("commands", {}), "commands"),
        script=tables.several(Happening, given.get("script", []), "script"),
    )


def _console(tables: Tables, given: object) -> ConsoleParameters:
    console = tables.read(ConsoleParameters, given, "console")
    lowest, start, highest = console.speed_min_kmh, console.start_speed_kmh, console.speed_max_kmh
    if lowest > highest:
        raise tables.error(
            "console.speed_min_kmh", f"has to be at most console.speed_max_kmh, {highest:g}, not {lowest:g}"
        )
    if not lowest <= start <= highest:
        raise tables.error(
            "console.start_speed_kmh", f"has to lie in the speed range {lowest:g}–{highest:g} km/h"
        )
    return console


def _athlete(tables: Tables, given: object) -> Mapping[str, Any]:
    fixed = tables.values(Traits, given, "athlete")
    traits = Traits(**fixed)
    if traits.reaction_min_s > traits.reaction_max_s:
        raise tables.error(
            "athlete.reaction_min_s",
            f"has to be at most athlete.reaction_max_s, {traits.reaction_max_s:g}, "
            f"not {traits.reaction_min_s:g}",
        )
    return fixed
