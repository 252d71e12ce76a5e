"""Events as lines of JSON and back, exactly.

An event is one object: its kind under `in` or `out` in kebab-case, then its fields as `forms` writes them.
"""

import json
import re
from typing import cast, get_args

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


def to_line(value: Json) -> str:
    """A JSON value as one line of ASCII, so that any name a machine sends survives any file."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def from_line(text: str | bytes) -> Json:
    """The JSON value in `text`.

    Raises:
        InputError: it is not JSON.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise InputError(Cause.RECORDING_INVALID, "is not JSON") from None


def event_to_json(event: Event) -> dict[str, Json]:
    """The JSON object of an event."""
    direction, kind = _NAMES[type(event)]
    return {direction: kind, **record_to_json(event)}


def event_from_json(value: Json) -> Event:
    """The event of a JSON object.

    Raises:
        InputError: its kind, fields or values are not an event's.
    """
    if isinstance(value, dict):
        content = dict(cast("dict[str, Json]", value))
        for direction, kinds in _KINDS.items():
            if direction in content:
                kind = content.pop(direction)
                if not isinstance(kind, str) or kind not in kinds:
                    raise InputError(Cause.RECORDING_INVALID, f"has an unknown {direction}put {kind!r}")
                return record_from_json(kinds[kind], content)
    raise InputError(Cause.RECORDING_INVALID, "is neither an input nor an output")


def _by_name(kinds: tuple[type[Event], ...]) -> dict[str, type[Event]]:
    return {re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower(): kind for kind in kinds}


_KINDS = {
    "in": _by_name(get_args(events.Input.__value__)),
    "out": _by_name(get_args(events.Output.__value__)),
}
_NAMES = {kind: (direction, name) for direction, kinds in _KINDS.items() for name, kind in kinds.items()}
