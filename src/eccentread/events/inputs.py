"""What happened: the shell stamps each with session seconds and journals it before the core reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from eccentread.events.words import Problem, SensorKind


@dataclass(frozen=True, slots=True)
class Connected:
    """The link is up and notifications are on. Raw reads are `None` where the machine offers none."""

    t_s: float
    name: str
    address: str
    feature: bytes | None = None
    speed_range: bytes | None = None
    training_status: bytes | None = None
    characteristics: tuple[str, ...] = ()
    """16-bit UUIDs found in the FTMS service, lower case."""
    device: Mapping[str, str] = field(default_factory=dict[str, str])
    """Device Information as offered: manufacturer, model, serial, firmware, hardware, software."""


@dataclass(frozen=True, slots=True)
class Notified:
    """A notification or indication arrived, as it came off the air."""

    t_s: float
    characteristic: str
    data: bytes


@dataclass(frozen=True, slots=True)
class CommandAnswered:
    """A command's procedure ended: `result` from the machine, or `problem` where none came."""

    t_s: float
    command_id: int
    result: int | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class LinkLost:
    """The link is gone; nothing can be sent."""

    t_s: float
    why: str


@dataclass(frozen=True, slots=True)
class SensorConnected:
    """A belt sensor is connected and notifications are on. Raw reads are `None` where it offers none.

    Its clock and its counter may have begun anew since the last time.
    """

    t_s: float
    name: str
    address: str
    kind: SensorKind
    facts: bytes | None = None
    """Of a `HIGH_RATE` sensor its facts, of a `CSC` sensor its CSC Feature (0x2A5C)."""
    location: bytes | None = None
    """Sensor Location (0x2A5D)."""
    length_m: float | None = None
    """Belt travel per revolution, as a person states it; a `HIGH_RATE` sensor knows its own."""
    device: Mapping[str, str] = field(default_factory=dict[str, str])
    """Device Information, as in `Connected`."""


@dataclass(frozen=True, slots=True)
class SensorNotified:
    """A notification of the belt sensor arrived, as it came off the air."""

    t_s: float
    data: bytes


@dataclass(frozen=True, slots=True)
class SensorLost:
    """The belt sensor is gone, or could not be reached or used; it is sought on."""

    t_s: float
    why: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A person answered a question (`Ask`). `None`: skipped. Confirmations answer 1 (yes) or 0 (no)."""

    t_s: float
    question: str
    value: int | None


@dataclass(frozen=True, slots=True)
class StopAsked:
    """Somebody wants the belt to stop: `by` names who or what (`key`, `signal`, `terminal`), or `pain`."""

    t_s: float
    by: str


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Time passed and nothing else happened."""

    t_s: float


type Input = (
    Connected
    | Notified
    | CommandAnswered
    | LinkLost
    | SensorConnected
    | SensorNotified
    | SensorLost
    | Answered
    | StopAsked
    | TimePassed
)
