"""A machine's character, read from a TOML file and checked to the last key.

Sections: `[machine]` its name, address and Device Information strings; `[drive]` an archetype and what
differs from it; `[console]`, `[reporting]` and `[athlete]` as in their dataclasses; `[gatt]` what Treadmill
Data holds.
"""

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, cast, get_type_hints

from eccentread_sim.archetypes import ARCHETYPES
from eccentread_sim.athlete import Traits
from eccentread_sim.console import ConsoleParameters
from eccentread_sim.drive import DriveParameters
from eccentread_sim.offer import SMALLEST_MTU, Field, Gatt, Machine
from eccentread_sim.reporting import Reporting

_ADDRESS = re.compile(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")


class PersonalityError(ValueError):
    """A personality that is not known or cannot be understood; the message names file and key."""


@dataclass(frozen=True, slots=True)
class Personality:
    """One machine, and who trains on it."""

    key: str
    """What it is asked for by: a bundled name, or a file's stem."""
    description: str
    machine: Machine
    drive: DriveParameters
    console: ConsoleParameters = field(default_factory=ConsoleParameters)
    reporting: Reporting = field(default_factory=Reporting)
    gatt: Gatt = field(default_factory=Gatt)
    athlete: Mapping[str, float] = field(default_factory=dict[str, float])
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
            raise PersonalityError(
                f"{path} cannot be read ({error}); give the path of a TOML file"
            ) from error
        return parse_personality(text, str(path), path.stem)
    if which not in known_personalities():
        known = ", ".join(known_personalities())
        raise PersonalityError(
            f"there is no personality {which!r}; known are {known}, or a path to a .toml file"
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
    return _Reader(source).personality(key, tables)


def _bundled() -> Traversable:
    return files("eccentread_sim") / "personalities"


_SECTIONS = frozenset({"description", "machine", "drive", "console", "reporting", "gatt", "athlete"})
_OVER_ZERO = frozenset(
    {
        "force_max_n",
        "interval_s",
        "mass_kg",
        "pulse_length_m",
        "push_n",
        "quantum_kmh",
        "ramp_mps2",
        "ripple_length_m",
        "slip_n_per_mps",
        "speed_step_kmh",
        "start_speed_kmh",
        "stop_ramp_mps2",
        "travel_m",
    }
)
_BOUNDS = {"compensation": (0.0, 0.99), "slope": (-0.9, 0.9), "max_mtu": (SMALLEST_MTU, 517)}


class _Reader:
    """Turns tables into dataclasses; every complaint names the source."""

    def __init__(self, source: str) -> None:
        self._source = source

    def personality(self, key: str, tables: dict[str, Any]) -> Personality:
        self._known(tables, _SECTIONS, "")
        description = tables.get("description")
        if not isinstance(description, str) or not description or "\n" in description:
            raise self._error("description", "has to be one line of text")
        drive = self._table(tables, "drive")
        letter = drive.pop("archetype", None)
        if letter not in ARCHETYPES:
            raise self._error("drive.archetype", f"has to be one of {', '.join(ARCHETYPES)}, not {letter!r}")
        console = ConsoleParameters(**self._values(tables, "console", ConsoleParameters))
        lowest, start, highest = console.speed_min_kmh, console.start_speed_kmh, console.speed_max_kmh
        if not lowest <= start <= highest:
            raise self._error(
                "console.start_speed_kmh", f"has to lie in the speed range {lowest}–{highest} km/h"
            )
        machine = self._values(tables, "machine", Machine)
        if not machine.get("name"):
            raise self._error("machine.name", "is missing")
        if "address" in machine and not _ADDRESS.fullmatch(machine["address"]):
            raise self._error(
                "machine.address", f"has to look like F0:0D:00:00:00:01, not {machine['address']!r}"
            )
        return Personality(
            key=key,
            description=description,
            machine=Machine(**machine),
            drive=replace(
                ARCHETYPES[letter].centre, **self._values({"drive": drive}, "drive", DriveParameters)
            ),
            console=console,
            reporting=Reporting(**self._values(tables, "reporting", Reporting)),
            gatt=Gatt(**self._values(tables, "gatt", Gatt)),
            athlete=self._values(tables, "athlete", Traits),
        )

    def _table(self, tables: dict[str, Any], section: str) -> dict[str, Any]:
        table = tables.get(section, {})
        if not isinstance(table, dict):
            raise self._error(section, "has to be a section")
        return dict(cast("dict[str, Any]", table))

    def _values(self, tables: dict[str, Any], section: str, of: type) -> dict[str, Any]:
        table = self._table(tables, section)
        self._known(table, {f.name for f in fields(of)}, f"{section}.")
        hints = get_type_hints(of)
        return {name: self._value(f"{section}.{name}", hints[name], value) for name, value in table.items()}

    def _value(self, key: str, kind: type, value: object) -> object:
        if kind == tuple[Field, ...]:
            if not isinstance(value, list):
                raise self._error(key, "has to be a list")
            return tuple(self._value(key, Field, item) for item in cast("list[Any]", value))
        if issubclass(kind, StrEnum):
            if value not in list(kind):
                raise self._error(key, f"has to be one of {', '.join(kind)}, not {value!r}")
            return kind(value)
        if kind in {bool, str}:
            if not isinstance(value, kind):
                raise self._error(
                    key, f"has to be {'true or false' if kind is bool else 'text'}, not {value!r}"
                )
            return value
        if isinstance(value, bool) or not isinstance(value, int if kind is int else int | float):
            raise self._error(key, f"has to be a {'whole ' if kind is int else ''}number, not {value!r}")
        self._in_bounds(key, value)
        return kind(value)

    def _in_bounds(self, key: str, value: float) -> None:
        name = key.rpartition(".")[2]
        lowest, highest = _BOUNDS.get(name, (0.0, 1.0 if name.endswith("_rate") else math.inf))
        if not lowest <= value <= highest or value == math.inf:
            limits = f"{lowest:g} or more" if highest == math.inf else f"between {lowest:g} and {highest:g}"
            raise self._error(key, f"has to be {limits}, not {value!r}")
        if name in _OVER_ZERO and value == 0:
            raise self._error(key, "has to be more than 0")

    def _known(self, table: Mapping[str, Any], known: frozenset[str] | set[str], prefix: str) -> None:
        for name in table:
            if name not in known:
                raise self._error(prefix + name, f"is not known here; known are {', '.join(sorted(known))}")

    def _error(self, key: str, complaint: str) -> PersonalityError:
        return PersonalityError(f"{self._source}: {key} {complaint}")
