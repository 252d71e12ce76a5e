"""Frozen records as JSON and back, exactly, from their type hints alone.

Floats are written as their shortest exact decimal (those that JSON has no number for as "nan", "inf",
"-inf"), bytes as hex, enums by value, instants in ISO 8601, nested records as objects.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints

from eccentread.errors import Cause, InputError

type Json = Any
"""What `json.loads` gives."""

type Scalar = str | int | float | bool | None
"""What JSON holds in one value."""


def record_to_json(record: object) -> dict[str, Json]:
    """The JSON object of a dataclass, its fields in the order in which they are declared."""
    return _form(record.__class__).write(record)


def record_from_json[T](kind: type[T], value: Json) -> T:
    """The dataclass `kind` of a JSON object.

    A field that is missing takes its default if it has one, so that files older than the field can be read.

    Raises:
        InputError: its fields or values are not those of `kind`; the sentence lacks the file's name.
    """
    try:
        return _form(kind).read(value)
    except (ValueError, OverflowError) as error:
        raise InputError(Cause.RECORDING_INVALID, str(error)) from None


@dataclass(frozen=True, slots=True)
class _Form:
    """How the values of one type go to JSON and back; `read` raises ValueError or OverflowError."""

    write: Callable[[Any], Json]
    read: Callable[[Json], Any]


@cache
def _form(hint: object) -> _Form:
    if is_dataclass(hint):
        return _record(cast("type[Any]", hint))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _Form(lambda value: value.value, hint)
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is UnionType and len(arguments) == 2 and NoneType in arguments:
        return _optional(_form(next(argument for argument in arguments if argument is not NoneType)))
    if origin is tuple and arguments[1:] == (...,):
        return _sequence(_form(arguments[0]))
    if origin is Mapping and arguments[0] is str:
        return _mapping(_form(arguments[1]))
    raise TypeError(f"no JSON form for {hint}")


def _record(kind: type[Any]) -> _Form:
    hints = get_type_hints(kind)
    forms = {field.name: _form(hints[field.name]) for field in fields(kind)}
    readers = {name: form.read for name, form in forms.items()}
    needed = [
        field.name for field in fields(kind) if field.default is MISSING and field.default_factory is MISSING
    ]

    def write(record: object) -> dict[str, Json]:
        return {name: form.write(getattr(record, name)) for name, form in forms.items()}

    def read(value: Json) -> object:
        content: dict[str, Json] = _expect(value, dict)
        if content.keys() != forms.keys():
            for name in content:
                if name not in forms:
                    raise ValueError(f"has an unknown field {name!r}")
            for name in needed:
                if name not in content:
                    raise ValueError(f"lacks the field {name!r}")
        values: dict[str, object] = {}
        for name, given in content.items():
            try:
                values[name] = readers[name](given)
            except (ValueError, OverflowError):
                told = "what it says" if isinstance(given, dict | list) else f"{given!r:.60}"
                raise ValueError(f"cannot have {told} as {name!r}") from None
        return kind(**values)

    return _Form(write, read)


def _optional(form: _Form) -> _Form:
    return _Form(
        lambda value: None if value is None else form.write(value),
        lambda value: None if value is None else form.read(value),
    )


def _sequence(form: _Form) -> _Form:
    return _Form(
        lambda values: [form.write(value) for value in values],
        lambda values: tuple(form.read(value) for value in _expect(values, list)),
    )


def _mapping(form: _Form) -> _Form:
    return _Form(
        lambda values: {key: form.write(value) for key, value in values.items()},
        lambda values: {key: form.read(value) for key, value in _expect(values, dict).items()},
    )


def _expect(value: Json, kind: type[Any]) -> Json:
    # `type is` and not isinstance: True is not the number 1.
    if type(value) is not kind:
        raise ValueError(f"is not a {kind.__name__}")
    return value


def _write_float(value: float) -> float | str:
    return float(value) if math.isfinite(value) else repr(float(value))


def _read_float(value: Json) -> float:
    if type(value) in (float, int) or value in ("nan", "inf", "-inf"):
        return float(value)
    raise ValueError("is not a number")


def _read_scalar(value: Json) -> Scalar:
    if value is None or isinstance(value, str | int | float):
        return value
    raise ValueError("is not one value")


_PLAIN: dict[object, _Form] = {
    float: _Form(_write_float, _read_float),
    int: _Form(int, lambda value: _expect(value, int)),
    bool: _Form(bool, lambda value: _expect(value, bool)),
    str: _Form(str, lambda value: _expect(value, str)),
    bytes: _Form(bytes.hex, lambda value: bytes.fromhex(_expect(value, str))),
    datetime: _Form(datetime.isoformat, lambda value: datetime.fromisoformat(_expect(value, str))),
    Scalar: _Form(lambda value: value, _read_scalar),
}
