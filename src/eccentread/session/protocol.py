"""The prescription: what a protocol file says, checked so that every error names its key."""

import string
from collections.abc import Mapping
from dataclasses import dataclass

from eccentread.errors import Cause
from eccentread.events import CueKind
from eccentread.safety import CEILING_CENTI_KMH
from eccentread.session.toml_table import Form, Table
from eccentread.units import kmh_from_centi

_FORM = Form(Cause.PROTOCOL_INVALID, "a protocol", "protocols/README.md")

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
    root = Table.parse(_FORM, text, name)
    schema = root.integer("schema", 1, 10**6)
    if schema > SCHEMA:
        root.refuse("schema", f"is {schema}, newer than this program knows ({SCHEMA}); upgrade eccentread")
    effort, pain, review = root.table("effort"), root.table("pain"), root.table("review")
    check = root.table("signal_check")
    ceiling_kmh = kmh_from_centi(CEILING_CENTI_KMH)
    lock_centi_kmh = root.centi_kmh("speed_kmh", 0.1, ceiling_kmh)
    max_centi_kmh = root.maybe(
        "speed_max_kmh", lambda key: root.centi_kmh(key, kmh_from_centi(lock_centi_kmh), ceiling_kmh)
    )
    cues = root.maybe("cues", root.table)
    protocol = Protocol(
        title=root.text("title"),
        lock_centi_kmh=lock_centi_kmh,
        max_centi_kmh=max_centi_kmh or lock_centi_kmh,
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
        cues=_cues(cues) if cues else {},
    )
    for table in (root, effort, pain, check, review):
        table.nothing_else()
    return protocol


def _effort(effort: Table) -> tuple[int, int]:
    low, high = effort.integer("low", 0, 10), effort.integer("high", 0, 10)
    if low > high:
        effort.refuse("low", f"must not be above effort.high, {high}")
    return low, high


def _cues(table: Table) -> Mapping[CueKind, str]:
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
