"""Fitness Machine Status (0x2ADA): what happened at the machine (FTMS 1.0 §4.17).

Firmwares add octets (`04 00 00`, `02 01 00`) and leave parameters out (`02`); both are read as what they
mean. By the specification a client is not told of its own changes, but many machines echo them.
"""

from dataclasses import dataclass

from eccentread.ftms.malformed import Flaw, Malformed

_PAUSE = b"\x02"
_TARGET_OCTETS = 2


@dataclass(frozen=True, slots=True)
class MachineReset:
    """The machine was reset."""


@dataclass(frozen=True, slots=True)
class StoppedByUser:
    """Somebody stopped the machine.

    `parameter` is 1 by the specification, `None` where the machine left it out. Whatever is not clearly a
    pause is read as a stop, the graver of the two.
    """

    parameter: int | None


@dataclass(frozen=True, slots=True)
class PausedByUser:
    """Somebody paused the machine."""


@dataclass(frozen=True, slots=True)
class StoppedBySafetyKey:
    """The safety key stopped the machine."""


@dataclass(frozen=True, slots=True)
class StartedByUser:
    """Somebody started the machine or let it go on."""


@dataclass(frozen=True, slots=True)
class TargetSpeedChanged:
    """The machine has a new target speed, 0.01 km/h."""

    speed_centi_kmh: int


@dataclass(frozen=True, slots=True)
class TargetInclineChanged:
    """The machine has a new target inclination, 0.1 %, positive uphill."""

    inclination_deci_pct: int


@dataclass(frozen=True, slots=True)
class ControlLost:
    """The machine took the permission to control away."""


@dataclass(frozen=True, slots=True)
class OtherStatus:
    """A status this program has no use for, or none that the specification knows."""

    op: int
    parameter: bytes


type MachineStatus = (
    MachineReset
    | StoppedByUser
    | PausedByUser
    | StoppedBySafetyKey
    | StartedByUser
    | TargetSpeedChanged
    | TargetInclineChanged
    | ControlLost
    | OtherStatus
)


def decode_machine_status(data: bytes) -> MachineStatus | Malformed:
    """What the machine says happened. Octets after the parameter are ignored (FTMP 1.0 §4.4.2)."""
    if not data:
        return Malformed(data, Flaw.EMPTY)
    op, parameter = data[0], data[1:]
    match op:
        case 0x01:
            return MachineReset()
        case 0x02 if parameter[:1] == _PAUSE:
            return PausedByUser()
        case 0x02:
            return StoppedByUser(parameter[0] if parameter else None)
        case 0x03:
            return StoppedBySafetyKey()
        case 0x04:
            return StartedByUser()
        case 0x05 | 0x06 if len(parameter) < _TARGET_OCTETS:
            return Malformed(data, Flaw.TOO_SHORT)
        case 0x05:
            return TargetSpeedChanged(int.from_bytes(parameter[:_TARGET_OCTETS], "little"))
        case 0x06:
            return TargetInclineChanged(int.from_bytes(parameter[:_TARGET_OCTETS], "little", signed=True))
        case 0xFF:
            return ControlLost()
        case _:
            return OtherStatus(op, parameter)
