"""Events as lines of JSON and back, exactly.

An event is one object: its kind under `in` or `out` in kebab-case, then its fields as `forms` writes them.
"""

import json
import re
from dataclasses import fields
from functools import cache
from typing import cast, get_args, get_type_hints

from eccentread import events
from eccentread.errors import Cause, InputError
from eccentread.record.forms import Json, record_from_json, record_to_json

type Event = events.Input | events.Output


def encode(event: Event) -> str:
    """One line of ASCII JSON, without the line's end. Equal events give equal text."""
    return to_line(event_to_json(event))


def decode(text: str | bytes) -> Event:
    """The event that `encode` wrote.

    Raises:
        InputError: the text is not JSON, or its kind, fields or values are not an event's; the sentence lacks
            the file's name.
    """
    return event_from_json(from_line(text))


def decode_if(line: bytes, wanted: frozenset[type[Event]]) -> Event | None:
    """The event that `encode` wrote if it is `wanted`; of any other no more is read than that it is an event.

    Raises:
        InputError: as `decode`, but for the fields and values of what is not wanted.
    """
    if _numbers_but(wanted).fullmatch(line):
        return None
    kind, content = _kind_of(from_line(line))
    return record_from_json(kind, content) if kind in wanted else None


@cache
def _numbers_but(wanted: frozenset[type[Event]]) -> re.Pattern[bytes]:
    """Lines, as `encode` writes them, of all that is not wanted and holds numbers alone: most of a journal.

    To see that a line is one takes a quarter of the time that it takes to read it.
    """
    number = r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?"
    lines: list[str] = []
    for kind, (direction, name) in _NAMES.items():
        if kind not in wanted and set(get_type_hints(kind).values()) == {float}:
            numbers = "".join(f',"{field.name}":{number}' for field in fields(kind))
            lines.append(rf'\{{"{direction}":"{name}"{numbers}\}}')
    return re.compile(("|".join(lines) or "(?!)").encode())


_DECODER = json.JSONDecoder()


def to_line(value: Json) -> str:
    """A JSON value as one line of ASCII, so that any name a machine sends survives any file."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def from_line(text: str | bytes) -> Json:
    """The JSON value in `text`.

    Raises:
        InputError: it is not JSON.
    """
    try:
        line = (text if isinstance(text, str) else text.decode()).strip(" \t\r\n")
        value, end = _DECODER.raw_decode(line)  # half the time of json.loads
    except (ValueError, RecursionError):
        raise InputError(Cause.RECORDING_INVALID, "is not JSON") from None
    if end < len(line):
        raise InputError(Cause.RECORDING_INVALID, "is not JSON")
    return value


def event_to_json(event: Event) -> dict[str, Json]:
    """The JSON object of an event."""
    direction, kind = _NAMES[type(event)]
    return {direction: kind, **record_to_json(event)}


def event_from_json(value: Json) -> Event:
    """The event of a JSON object.

    Raises:
        InputError: its kind, fields or values are not an event's.
    """
    kind, content = _kind_of(value)
    return record_from_json(kind, content)


def _kind_of(value: Json) -> tuple[type[Event], dict[str, Json]]:
    """The kind of an event's JSON object, and the object without it."""
    if isinstance(value, dict):
        content = dict(cast("dict[str, Json]", value))
        for direction, kinds in _KINDS.items():
            if direction in content:
                kind = content.pop(direction)
                if not isinstance(kind, str) or kind not in kinds:
                    raise InputError(Cause.RECORDING_INVALID, f"has an unknown {direction}put {kind!r}")
                return kinds[kind], content
    raise InputError(Cause.RECORDING_INVALID, "is neither an input nor an output")


def _by_name(kinds: tuple[type[Event], ...]) -> dict[str, type[Event]]:
    return {re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower(): kind for kind in kinds}


_KINDS = {
    "in": _by_name(get_args(events.Input.__value__)),
    "out": _by_name(get_args(events.Output.__value__)),
}
_NAMES = {kind: (direction, name) for direction, kinds in _KINDS.items() for name, kind in kinds.items()}
