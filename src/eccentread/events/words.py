"""The words that inputs and outputs are said with."""

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
    TRY_STOP = "try-stop"
    """A *stop* to a standing belt, to see whether that starts it."""
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
    BOTH_FEET = "both-feet"
    WALKING = "walking"
    TOO_HARD = "too-hard"
    FADING = "fading"
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
    EASE_OFF = "ease-off"
    LESS_HARD = "less-hard"
    ONE_FOOT = "one-foot"
    NO_WALKING = "no-walking"
    ENOUGH = "enough"
    SET_DONE = "set-done"
    REST_BEGINS = "rest-begins"
    REST_LEFT = "rest-left"
    STEP_OFF = "step-off"
    BELT_STOPPED = "belt-stopped"
    BELT_MAY_RUN = "belt-may-run"
    EMERGENCY = "emergency"
    SESSION_DONE = "session-done"


class QuestionKind(StrEnum):
    """How a question is answered."""

    CONFIRM = "confirm"
    SCALE = "scale"
    NUMBER = "number"


class Verdict(StrEnum):
    """What became of a command, judged by what the belt was seen to do."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
