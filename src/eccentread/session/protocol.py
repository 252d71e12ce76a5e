"""The prescription: what a protocol file says, checked so that every error names its key."""

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn, cast

from eccentread.errors import Cause, InputError
from eccentread.events import CueKind
from eccentread.safety import CEILING_CENTI_KMH
from eccentread.units import centi_from_kmh, kmh_from_centi

SCHEMA = 1
SIDES = ("left", "right")

REWORDABLE = frozenset(
    {
        CueKind.PUSH_ONCE,
        CueKind.RIDE_ONCE,
        CueKind.OFF_BELT,
        CueKind.STAND_CLEAR,
        CueKind.SIGNAL_GOOD,
        CueKind.SET_BEGINS,
        CueKind.COUNT,
        CueKind.FIVE_LEFT,
        CueKind.LAST_ONE,
        CueKind.STILL_THERE,
        CueKind.SET_DONE,
        CueKind.REST_BEGINS,
        CueKind.REST_LEFT,
        CueKind.SESSION_DONE,
    }
)
"""Cues whose words a protocol may choose; those that concern safety are the program's own."""

NUMBERED = frozenset(
    {CueKind.SET_BEGINS, CueKind.COUNT, CueKind.SET_DONE, CueKind.REST_BEGINS, CueKind.REST_LEFT}
)
"""Cues that speak of a number: the count, the set, or seconds."""


@dataclass(frozen=True, slots=True)
class SignalCheckPlan:
    """How the signal check goes: seconds, and how many cued pushes and passive rides."""

    idle_s: float
    pushes: int
    rides: int
    window_s: float
    pause_s: float


@dataclass(frozen=True, slots=True)
class Protocol:
    """A prescription. Ranges are those of `protocols/README.md`."""

    title: str
    lock_centi_kmh: int
    max_centi_kmh: int
    """The fastest lock it allows on a machine that cannot hold `lock_centi_kmh`."""
    sets: int
    reps: int
    rest_s: float
    side: str
    effort: tuple[int, int]
    pain_limit: int
    signal_check: SignalCheckPlan
    review_after_days: int
    cues: Mapping[CueKind, str]

    @property
    def speed_kmh(self) -> float:
        """The lock, km/h."""
        return kmh_from_centi(self.lock_centi_kmh)


def parse_protocol(text: str, name: str) -> Protocol:
    """The protocol in `text`; `name` is the file's, for messages.

    Raises:
        InputError: not TOML, or a key is missing, unknown, of the wrong type or out of its range.
    """
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(
            Cause.PROTOCOL_INVALID, f"{name} is not a protocol file: {error}; see protocols/README.md."
        ) from error
    root = _Table(name, "", document)
    schema = root.integer("schema", 1, 10**6)
    if schema > SCHEMA:
        root.refuse("schema", f"is {schema}, newer than this program knows ({SCHEMA}); upgrade eccentread")
    effort, pain, review = root.table("effort"), root.table("pain"), root.table("review")
    check = root.table("signal_check")
    lock_centi_kmh = _speed(root, "speed_kmh", 0.1)
    protocol = Protocol(
        title=root.text("title"),
        lock_centi_kmh=lock_centi_kmh,
        max_centi_kmh=_speed(root, "speed_max_kmh", kmh_from_centi(lock_centi_kmh))
        if "speed_max_kmh" in document
        else lock_centi_kmh,
        sets=root.integer("sets", 1, 10),
        reps=root.integer("reps", 1, 50),
        rest_s=root.number("rest_s", 5, 600),
        side=root.choice("side", SIDES),
        effort=_effort(effort),
        pain_limit=pain.integer("limit", 0, 10),
        signal_check=SignalCheckPlan(
            idle_s=check.number("idle_s", 5, 60),
            pushes=check.integer("pushes", 2, 10),
            rides=check.integer("rides", 1, 10),
            window_s=check.number("window_s", 5, 20),
            pause_s=check.number("pause_s", 2, 20),
        ),
        review_after_days=review.integer("after_days", 1, 365),
        cues=_cues(root.table("cues")) if "cues" in document else {},
    )
    for table in (root, effort, pain, check, review):
        table.nothing_else()
    return protocol


def _speed(root: "_Table", key: str, low_kmh: float) -> int:
    speed_kmh = root.number(key, low_kmh, kmh_from_centi(CEILING_CENTI_KMH))
    if Decimal(repr(speed_kmh)) * 100 % 1:
        root.refuse(key, f"must be in hundredths of a km/h, not {speed_kmh}")
    return centi_from_kmh(speed_kmh)


def _effort(effort: "_Table") -> tuple[int, int]:
    low, high = effort.integer("low", 0, 10), effort.integer("high", 0, 10)
    if low > high:
        effort.refuse("low", f"must not be above effort.high, {high}")
    return low, high


def _cues(table: "_Table") -> Mapping[CueKind, str]:
    cues: dict[CueKind, str] = {}
    for key in table.names:
        if key not in REWORDABLE:
            table.refuse(key, f"is not a cue that can be reworded; those are {', '.join(sorted(REWORDABLE))}")
        cue, words = CueKind(key), table.text(key)
        if not _fillable(words, {"number", "low", "high"} if cue in NUMBERED else {"low", "high"}):
            number = "{number}, " if cue in NUMBERED else ""
            table.refuse(key, f"may hold no other braces than {number}{{low}} and {{high}}")
        cues[cue] = words
    return cues


def _fillable(words: str, names: set[str]) -> bool:
    """Whether the braces in `words` are these names, and nothing that could fail when they are filled in."""
    try:
        return all(
            field is None or (field in names and not form and not conversion)
            for _, field, form, conversion in string.Formatter().parse(words)
        )
    except ValueError:
        return False


class _Table:
    """A table of the document; every refusal names file and key."""

    def __init__(self, file: str, path: str, values: Mapping[str, object]) -> None:
        self._file = file
        self._path = path
        self._values = values
        self._read: set[str] = set()

    @property
    def names(self) -> list[str]:
        return list(self._values)

    def refuse(self, key: str, what: str) -> NoReturn:
        raise InputError(Cause.PROTOCOL_INVALID, f"{self._file}: {self._path}{key} {what}.")

    def table(self, key: str) -> "_Table":
        value = self._get(key)
        if not isinstance(value, dict):
            self.refuse(key, f"must be a table, [{self._path}{key}]")
        return _Table(self._file, f"{self._path}{key}.", cast("dict[str, object]", value))

    def text(self, key: str) -> str:
        value = self._get(key)
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, f"must be text, not {value!r}")
        return value

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        value = self.text(key)
        if value not in choices:
            self.refuse(key, f"must be {' or '.join(choices)}, not {value!r}")
        return value

    def number(self, key: str, low: float, high: float) -> float:
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.refuse(key, f"must be a number from {low:g} to {high:g}, not {value!r}")
        return float(cast("float", value))

    def integer(self, key: str, low: int, high: int) -> int:
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.refuse(key, f"must be a whole number from {low} to {high}, not {value!r}")
        return value

    def nothing_else(self) -> None:
        for key in self._values:
            if key not in self._read:
                self.refuse(key, "is not a key of a protocol; protocols/README.md lists them")

    def _get(self, key: str) -> object:
        self._read.add(key)
        if key not in self._values:
            self.refuse(key, "is missing; protocols/README.md describes it")
        return self._values[key]
