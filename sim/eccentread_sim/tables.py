"""Dataclasses out of TOML tables, checked to the last key; a complaint names the file and the key.

A field's type says what its value has to be: true or false, text, a number within `bounds_of` the field, one
of an enumeration, octets as hex, a table of its own, or a list of one of these.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from types import UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints

from eccentread_sim.bounds import bounds_of

TEXT_OCTETS = 248
"""The longest text: what a Bluetooth device name may have."""
LIST_LENGTH = 100
SHOWN_CHARACTERS = 40
"""How much of a wrong value a complaint shows."""


class PersonalityError(ValueError):
    """A personality that is not known or cannot be understood; the message names file and key."""


class Tables:
    """Reads the tables of one file; `source` is what complaints call it."""

    def __init__(self, source: str) -> None:
        self._source = source

    def read[T](self, of: type[T], table: object, at: str) -> T:
        """The dataclass that `table`, found at the key `at`, describes.

        Raises:
            PersonalityError: a key is missing, not known, or has a wrong value.
        """
        values = self.values(of, table, at)
        for parameter in fields(cast("Any", of)):
            needed = parameter.default is MISSING and parameter.default_factory is MISSING
            if needed and parameter.name not in values:
                raise self.error(f"{at}.{parameter.name}", "is missing")
        return of(**values)

    def several[T](self, of: type[T], items: object, at: str) -> tuple[T, ...]:
        """The dataclasses that a list of tables describes.

        Raises:
            PersonalityError: it is no list, or as with `read`.
        """
        return tuple(self.read(of, item, f"{at}[{k}]") for k, item in enumerate(self._list(items, at)))

    def values(self, of: type, table: object, at: str) -> dict[str, Any]:
        """What `table` says of the fields of `of`; any may be absent.

        Raises:
            PersonalityError: a key is not known, or has a wrong value.
        """
        parameters = {parameter.name: parameter for parameter in fields(of)}
        hints = get_type_hints(of)
        given = self.table(table, at)
        self.known(given, parameters, f"{at}.")
        return {
            name: self._value(parameters[name], hints[name], value, f"{at}.{name}")
            for name, value in given.items()
        }

    def table(self, table: object, at: str) -> dict[str, Any]:
        """`table` itself.

        Raises:
            PersonalityError: it is none.
        """
        if not isinstance(table, dict):
            raise self.error(at, "has to be a section")
        return cast("dict[str, Any]", table)

    def known(self, given: Mapping[str, object], known: Mapping[str, object], prefix: str) -> None:
        """Let nothing pass that has no meaning here.

        Raises:
            PersonalityError: a key of `given` is not among the `known`.
        """
        for name in given:
            if name not in known:
                raise self.error(
                    f"{prefix}{name}", f"is not known here; known are {', '.join(sorted(known))}"
                )

    def error(self, key: str, complaint: str) -> PersonalityError:
        """What is wrong with a key of this file."""
        return PersonalityError(f"{self._source}: {key} {complaint}")

    def _value(self, parameter: Field[Any], kind: Any, value: object, at: str) -> object:  # noqa: ANN401 — a type
        if get_origin(kind) is tuple:
            item_kind = get_args(kind)[0]
            return tuple(self._value(parameter, item_kind, item, at) for item in self._list(value, at))
        if get_origin(kind) is UnionType:
            kind = get_args(kind)[0]
        if is_dataclass(kind):
            return self.read(cast("type", kind), value, at)
        if issubclass(kind, StrEnum):
            if value not in list(kind):
                raise self.error(at, f"has to be one of {', '.join(kind)}, not {shown(value)}")
            return kind(cast("str", value))
        if kind is bytes:
            return self._octets(value, at)
        if kind is bool:
            if not isinstance(value, bool):
                raise self.error(at, f"has to be true or false, not {shown(value)}")
            return value
        if kind is str:
            if not isinstance(value, str) or len(value.encode()) > TEXT_OCTETS:
                raise self.error(at, f"has to be text of at most {TEXT_OCTETS} octets, not {shown(value)}")
            return value
        return self._number(parameter, kind, value, at)

    def _list(self, value: object, at: str) -> list[object]:
        if not isinstance(value, list):
            raise self.error(at, "has to be a list")
        items = cast("list[object]", value)
        if len(items) > LIST_LENGTH:
            raise self.error(at, f"has to have at most {LIST_LENGTH} entries")
        return items

    def _number(self, parameter: Field[Any], kind: type, value: object, at: str) -> object:
        whole = kind is int
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            raise self.error(at, f"has to be a {'whole ' if whole else ''}number, not {shown(value)}")
        if value not in bounds_of(parameter):
            raise self.error(at, f"has to be {bounds_of(parameter)}, not {shown(value)}")
        return kind(value)

    def _octets(self, value: object, at: str) -> bytes:
        try:
            octets = bytes.fromhex(cast("str", value))
        except (TypeError, ValueError):
            octets = None
        if octets is None or len(octets) > TEXT_OCTETS:
            raise self.error(at, f'has to be octets in hex such as "0201", not {shown(value)}')
        return octets


def shown(value: object) -> str:
    """A value for a complaint: as Python writes it, cut where it is long."""
    try:
        text = repr(value)
    except ValueError:  # Python refuses to write a number of thousands of digits
        return "a number of thousands of digits"
    return shorten(text)


def shorten(text: str) -> str:
    """`text`, cut where it is too long for a complaint, and on one line."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_CHARACTERS else f"{line[:SHOWN_CHARACTERS]}…"
