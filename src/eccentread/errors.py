"""Everything this program raises.

    EccentreadError
    ├── UsageError        exit 2   the call's words do not fit together
    │   ├── InputError    exit 2   a file that cannot be understood
    │   └── OutputError   exit 2   a place that cannot be written
    └── MachineError      exit 4   a machine or adapter that cannot be used
        └── AdapterError  exit 4   this computer's Bluetooth

Each carries a `cause` for programs and one sentence with the way out for people. Pure cores return verdicts;
only edges raise.
"""

from enum import StrEnum


class Cause(StrEnum):
    """What went wrong, for programs."""

    USAGE = "usage"
    PROTOCOL_INVALID = "protocol-invalid"
    PROFILE_INVALID = "profile-invalid"
    PERSONALITY_INVALID = "personality-invalid"
    RECORDING_INVALID = "recording-invalid"
    NOT_FOUND = "not-found"
    UNWRITABLE = "unwritable"
    MACHINE_NOT_FOUND = "machine-not-found"
    MACHINE_AMBIGUOUS = "machine-ambiguous"
    SENSOR_NOT_FOUND = "sensor-not-found"
    NOT_A_SENSOR = "not-a-sensor"
    MACHINE_ABSENT = "machine-absent"
    MACHINE_MISTAKEN = "machine-mistaken"
    MACHINE_UNREACHABLE = "machine-unreachable"
    MACHINE_HELD = "machine-held"
    BELT_LEFT = "belt-left"
    UNGUARDED = "unguarded"
    NOT_A_TREADMILL = "not-a-treadmill"
    NO_BLUETOOTH = "no-bluetooth"
    NO_BLUETOOTH_SERVICE = "no-bluetooth-service"
    BLUETOOTH_OFF = "bluetooth-off"
    BLUETOOTH_DENIED = "bluetooth-denied"
    BLUETOOTH_FAILED = "bluetooth-failed"


class EccentreadError(Exception):
    """Root of everything this program raises; `exit_status` is what the command ends with."""

    exit_status = 2

    def __init__(self, cause: Cause, sentence: str) -> None:
        super().__init__(sentence)
        self.cause = cause
        self.sentence = sentence


class UsageError(EccentreadError):
    """The call's words do not fit together."""


class InputError(UsageError):
    """A file that cannot be understood."""


class OutputError(UsageError):
    """A place that cannot be written."""


class MachineError(EccentreadError):
    """A machine that cannot be found or used."""

    exit_status = 4


class AdapterError(MachineError):
    """This computer's Bluetooth cannot be used."""
