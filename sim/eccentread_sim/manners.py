"""How a machine takes commands: whom it obeys, how fast, what it never answers, where it lies.

Every default is what FTMS 1.0 §4.16 asks for.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from eccentread_sim.bounds import bounded
from eccentread_sim.procedures import Procedure, Result


class Control(StrEnum):
    """What permission a machine wants to see before it obeys."""

    NEEDED = "needed"
    NOT_NEEDED = "not-needed"
    TWICE = "twice"
    """A first request is answered with success and grants nothing; one 0.5 s later or more does."""
    NEVER = "never"
    """Nobody gets it."""


class Early(StrEnum):
    """What becomes of a speed that comes before the belt has moved for `settle_s`."""

    NORMAL = "normal"
    """Refused as not possible where the belt does not run, else obeyed."""
    NOT_PERMITTED = "not-permitted"
    HANGS_UP = "hangs-up"
    """The machine ends the connection."""


class StopParameter(StrEnum):
    """Which octet after the op code of a stop is understood."""

    SPEC = "spec"
    """01 stops, 02 pauses."""
    NONE = "none"
    """The bare op code stops, and nothing else does."""
    IGNORED = "ignored"
    """Whatever follows, it is a stop."""


class Answer(StrEnum):
    """What a command is answered with."""

    HONEST = "honest"
    """What came of it."""
    NOTHING = "nothing"
    """It gets no answer, and the next command is taken."""
    STUCK = "stuck"
    """It gets no answer, and as long as this link lasts no other command is taken."""
    NOT_SUPPORTED = "not-supported"
    INVALID_PARAMETER = "invalid-parameter"
    FAILED = "failed"
    NOT_PERMITTED = "not-permitted"


REFUSALS = {
    Answer.NOT_SUPPORTED: Result.NOT_SUPPORTED,
    Answer.INVALID_PARAMETER: Result.INVALID_PARAMETER,
    Answer.FAILED: Result.FAILED,
    Answer.NOT_PERMITTED: Result.NOT_PERMITTED,
}
"""Answers that a command gets whatever the state, and then nothing comes of it."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How one kind of command is taken."""

    answer: Answer = Answer.HONEST
    """What it is answered with."""
    answers: int = bounded(1, 1, 10)
    """How often it is answered."""
    extra_delay_s: float = bounded(0.0, 0.0, 60.0)
    """By how much its answer comes later than `console.answer_delay_s`; the procedure lasts as long."""
    late_s: float = bounded(0.0, 0.0, 60.0)
    """By how much its answer comes after the procedure counts as over: amid the next one's."""
    lie_first: int = bounded(0, 0, 1000)
    """How many of the first on each connection are answered with success, while nothing comes of them."""
    lie_rate: float = bounded(0.0, 0.0, 1.0)
    """Part of the others that are."""


@dataclass(frozen=True, slots=True)
class ControlPoint:
    """How a machine takes commands."""

    control: Control = Control.NEEDED
    """What permission it wants to see."""
    stop_parameter: StopParameter = StopParameter.SPEC
    """Which octet after the op code of a stop it understands."""
    early_speed: Early = Early.NORMAL
    """What becomes of a speed before the belt has moved for `settle_s`."""
    settle_s: float = bounded(0.0, 0.0, 60.0)
    """For how long the belt has to have moved before a speed is no longer early."""
    min_gap_s: float = bounded(0.0, 0.0, 60.0)
    """A command that comes sooner than this after the one before is not heard."""
    deaf_first: int = bounded(0, 0, 1000)
    """How many commands it sleeps through on each connection, before it is awake."""
    locked: bool = False
    """Hears no command and notifies nothing until it is unlocked, which FTMS cannot do."""


@dataclass(frozen=True, slots=True)
class Commands:
    """How each kind of command is taken."""

    request_control: Manner = field(default_factory=Manner)
    reset: Manner = field(default_factory=Manner)
    speed: Manner = field(default_factory=Manner)
    start: Manner = field(default_factory=Manner)
    stop: Manner = field(default_factory=Manner)
    pause: Manner = field(default_factory=Manner)
    other: Manner = field(default_factory=Manner)

    def manner(self, procedure: Procedure) -> Manner:
        """How that kind of command is taken."""
        return self.other if procedure is Procedure.UNCLEAR else getattr(self, procedure.value)
