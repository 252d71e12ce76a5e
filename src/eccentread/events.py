"""What happened and what to do: the words that every part of the program shares.

*Inputs* are what happened; the shell stamps each with `t_s` (seconds since the session began, monotonic) and
journals it before the core reads it. *Outputs* are what the core asks the shell to do or to show. Both are
plain frozen data, so that a journal of inputs is a complete session.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class Characteristic(StrEnum):
    """FTMS characteristics by their 16-bit UUID (FTMS 1.0 §4)."""

    FEATURE = "2acc"
    TREADMILL_DATA = "2acd"
    TRAINING_STATUS = "2ad3"
    SPEED_RANGE = "2ad4"
    CONTROL_POINT = "2ad9"
    MACHINE_STATUS = "2ada"


class ResultCode(IntEnum):
    """Result of a control point procedure (FTMS 1.0 §4.16.2.22)."""

    SUCCESS = 0x01
    NOT_SUPPORTED = 0x02
    INVALID_PARAMETER = 0x03
    FAILED = 0x04
    NOT_PERMITTED = 0x05


class CommandKind(StrEnum):
    """The control point procedures this program uses."""

    REQUEST_CONTROL = "request-control"
    START = "start"
    SET_SPEED = "set-speed"
    STOP = "stop"
    PAUSE = "pause"


class Problem(StrEnum):
    """Why a command ended without an answer of its own."""

    TIMED_OUT = "timed-out"
    WRITE_FAILED = "write-failed"
    SUPERSEDED = "superseded"
    LINK_LOST = "link-lost"
    STUCK = "stuck"
    """The machine goes on saying that another procedure is under way; only a new link ends that."""


class Phase(StrEnum):
    """Where a guided session stands."""

    CONNECTING = "connecting"
    OBSERVING = "observing"
    CHECKLIST = "checklist"
    ARMING = "arming"
    STARTING = "starting"
    LOCKING = "locking"
    SIGNAL_CHECK = "signal-check"
    SET = "set"
    REST = "rest"
    STOPPING = "stopping"
    QUESTIONS = "questions"
    LINK_LOST = "link-lost"
    ENDED = "ended"


class Outcome(StrEnum):
    """How a session ended."""

    FINISHED = "finished"
    STOPPED = "stopped"
    FAULT = "fault"


class Reason(StrEnum):
    """Why something was refused, stopped or ended."""

    STOP_ASKED = "stop-asked"
    DECLINED = "declined"
    NOT_ARMED = "not-armed"
    STALE_DATA = "stale-data"
    TOO_FAST = "too-fast"
    NOT_STANDING = "not-standing"
    NOT_MOVING = "not-moving"
    NOT_SLOWER = "not-slower"
    ALREADY_STARTED = "already-started"
    OUT_OF_RANGE = "out-of-range"
    SILENT = "silent"
    OVER_SPEED = "over-speed"
    SENSED_OVER_SPEED = "sensed-over-speed"
    SENSOR_SILENT = "sensor-silent"
    UNEXPECTED_MOTION = "unexpected-motion"
    STOPPED_ON_CONSOLE = "stopped-on-console"
    CHANGED_ON_CONSOLE = "changed-on-console"
    SAFETY_KEY = "safety-key"
    CONTROL_LOST = "control-lost"
    CONTROL_REFUSED = "control-refused"
    COMMAND_FAILED = "command-failed"
    START_TIMED_OUT = "start-timed-out"
    LOCK_TIMED_OUT = "lock-timed-out"
    UNIT_MIXED_UP = "unit-mixed-up"
    UNIT_UNPROVEN = "unit-unproven"
    INCLINED = "inclined"
    BELT_STOPPED = "belt-stopped"
    STOP_UNCONFIRMED = "stop-unconfirmed"
    LINK_LOST = "link-lost"
    CANNOT_COUNT = "cannot-count"
    NO_PUSHES = "no-pushes"
    PAIN = "pain"
    PROGRAM_FAILED = "program-failed"


class SensorKind(StrEnum):
    """How a belt sensor speaks."""

    CSC = "csc"
    """Cycling Speed and Cadence (0x1816): wheel revolutions, about once a second."""
    HIGH_RATE = "high-rate"
    """The protocol of `hardware/belt_sensor/PROTOCOL.md`: fifty samples a second."""


class Source(StrEnum):
    """What tells of the load on the belt."""

    MACHINE_SPEED = "machine-speed"
    """The speed in Treadmill Data, km/h."""
    BELT_SENSOR = "belt-sensor"
    """A sensor of its own on the belt, a roller or the motor, km/h."""
    FORCE_ON_BELT = "force-on-belt"
    """Force on Belt in Treadmill Data, N; negative where the user slows the belt."""
    POWER = "power"
    """Power Output in Treadmill Data, W; its sign as that of the force."""
    STEPS = "steps"
    """Steps counted so far, in Treadmill Data of some machines."""


class CueKind(StrEnum):
    """What the athlete is told. The simulated athlete hears these same words."""

    FEET_ON_RAILS = "feet-on-rails"
    BELT_STARTING = "belt-starting"
    BELT_LOCKED = "belt-locked"
    STAND_CLEAR = "stand-clear"
    PUSH_ONCE = "push-once"
    RIDE_ONCE = "ride-once"
    OFF_BELT = "off-belt"
    SIGNAL_GOOD = "signal-good"
    SET_BEGINS = "set-begins"
    COUNT = "count"
    FIVE_LEFT = "five-left"
    LAST_ONE = "last-one"
    STILL_THERE = "still-there"
    SET_DONE = "set-done"
    REST_BEGINS = "rest-begins"
    REST_LEFT = "rest-left"
    STEP_OFF = "step-off"
    BELT_STOPPED = "belt-stopped"
    BELT_MAY_RUN = "belt-may-run"
    EMERGENCY = "emergency"
    SESSION_DONE = "session-done"


# --- Inputs ------------------------------------------------------------------------------------------


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
    """Somebody wants the belt to stop: `by` names who or what (`key`, `signal`, `terminal`)."""

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


# --- Outputs -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Command:
    """Bytes for the control point. Made only by `safety.gate`; `id` comes back in `CommandAnswered`."""

    t_s: float
    id: int
    kind: CommandKind
    data: bytes


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Nothing more is wanted of the machine: close the link."""

    t_s: float


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the link and take it up again after `away_s`: does the belt run on meanwhile?"""

    t_s: float
    away_s: float


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence for whoever is at the screen: what comes next, or what was found."""

    t_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Cue:
    """Something to say and show to the athlete. `number` is the count, set or seconds the words speak of."""

    t_s: float
    kind: CueKind
    text: str
    number: int | None = None


class QuestionKind(StrEnum):
    """How a question is answered."""

    CONFIRM = "confirm"
    SCALE = "scale"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to a person; the answer comes back as `Answered`. Scales run 0–10, numbers 0–9999."""

    t_s: float
    question: str
    kind: QuestionKind
    text: str


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """The session moved on. `set_index` counts from 1 in sets and rests; a timed phase ends at `until_s`."""

    t_s: float
    phase: Phase
    set_index: int | None = None
    until_s: float | None = None


@dataclass(frozen=True, slots=True)
class BeltReported:
    """The belt speed the machine reported, decoded, km/h."""

    t_s: float
    speed_kmh: float


@dataclass(frozen=True, slots=True)
class BeltSensed:
    """The belt speed by the belt sensor, km/h: the mean of the samples that arrived together."""

    t_s: float
    speed_kmh: float


@dataclass(frozen=True, slots=True)
class LoadReported:
    """What the machine reports beside its speed that may tell of the load; the unit is the source's."""

    t_s: float
    source: Source
    value: int


@dataclass(frozen=True, slots=True)
class LockChosen:
    """The belt will be held at another speed than the protocol's, to which somebody said yes; km/h."""

    t_s: float
    speed_kmh: float


@dataclass(frozen=True, slots=True)
class SignalChecked:
    """What the signal check found. `d_prime_*` are discriminabilities (physics: rep and gap between reps).

    Where several sources of belt speed are at hand, this is the one that is counted from, or the best of
    those that cannot be.
    """

    t_s: float
    countable: bool
    reason: str
    d_prime_rep: float
    d_prime_gap: float
    baseline_kmh: float
    noise_kmh: float
    quantum_kmh: float
    interval_s: float
    source: Source = Source.MACHINE_SPEED


@dataclass(frozen=True, slots=True)
class Rep:
    """One counted push, as the live detector saw it.

    Times are session seconds. `dip` is baseline − speed. `confidence` is 0–1. `load_rel_pct` is the rep's
    load relative to the cued pushes of the signal check (100 = their median); `None` without one.
    """

    onset_s: float
    release_s: float
    counted_s: float
    baseline_kmh: float
    speed_min_kmh: float
    dip_peak_kmh: float
    dip_mean_kmh: float
    overshoot_kmh: float
    dip_area_m: float
    travel_m: float
    load_rel_pct: float | None
    confidence: float
    n_samples: int


@dataclass(frozen=True, slots=True)
class RepCounted:
    """A rep counts. `set_index` and `rep_index` count from 1."""

    t_s: float
    set_index: int
    rep_index: int
    rep: Rep


@dataclass(frozen=True, slots=True)
class SetEnded:
    """A set is over, by target or early."""

    t_s: float
    set_index: int
    target: int
    count: int


@dataclass(frozen=True, slots=True)
class Decided:
    """A safety decision and its reason, for the record."""

    t_s: float
    what: str
    allowed: bool
    reason: str


class Verdict(StrEnum):
    """What became of a command, judged by what the belt was seen to do."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a command. `why` is a sentence a person understands."""

    t_s: float
    command_id: int
    kind: CommandKind
    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class FaultRaised:
    """Something is wrong: a reason for programs and a sentence a person can act on."""

    t_s: float
    reason: Reason
    text: str


@dataclass(frozen=True, slots=True)
class Noted:
    """An oddity worth keeping: a malformed packet, a late answer, an ignored spike."""

    t_s: float
    text: str


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """The session is over; nothing follows."""

    t_s: float
    outcome: Outcome
    reason: Reason | None


type Output = (
    Command
    | Disconnect
    | HangUp
    | Told
    | Cue
    | Ask
    | PhaseChanged
    | BeltReported
    | LockChosen
    | BeltSensed
    | LoadReported
    | SignalChecked
    | RepCounted
    | SetEnded
    | Decided
    | Judged
    | FaultRaised
    | Noted
    | SessionEnded
)
