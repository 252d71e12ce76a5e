"""Fitness Machine Control Point (0x2AD9): what was asked of a machine and what it answered (FTMS 1.0 §4.16).

Only reading lives here. Octets that can move the belt are made in `eccentread.safety.gate` and nowhere else.
"""

from dataclasses import dataclass
from enum import IntEnum

from eccentread.events import ResultCode
from eccentread.ftms.malformed import Flaw, Malformed

_RESPONSE_OCTETS = 3


class OpCode(IntEnum):
    """Procedures of the control point (FTMS 1.0 §4.16.1, table 4.15)."""

    REQUEST_CONTROL = 0x00
    RESET = 0x01
    SET_TARGET_SPEED = 0x02
    SET_TARGET_INCLINATION = 0x03
    SET_TARGET_RESISTANCE = 0x04
    SET_TARGET_POWER = 0x05
    SET_TARGET_HEART_RATE = 0x06
    START_OR_RESUME = 0x07
    STOP_OR_PAUSE = 0x08
    SET_TARGETED_ENERGY = 0x09
    SET_TARGETED_STEPS = 0x0A
    SET_TARGETED_STRIDES = 0x0B
    SET_TARGETED_DISTANCE = 0x0C
    SET_TARGETED_TIME = 0x0D
    SET_TARGETED_TIME_TWO_ZONES = 0x0E
    SET_TARGETED_TIME_THREE_ZONES = 0x0F
    SET_TARGETED_TIME_FIVE_ZONES = 0x10
    SET_BIKE_SIMULATION = 0x11
    SET_WHEEL_CIRCUMFERENCE = 0x12
    SPIN_DOWN_CONTROL = 0x13
    SET_TARGETED_CADENCE = 0x14
    RESPONSE = 0x80


class StopAction(IntEnum):
    """Parameter of Stop or Pause (FTMS 1.0 §4.16.2.9)."""

    STOP = 0x01
    PAUSE = 0x02


@dataclass(frozen=True, slots=True)
class RequestControl:
    """The client asks for permission to control."""


@dataclass(frozen=True, slots=True)
class ResetMachine:
    """The client asks for a reset: speed 0, times 0, control released."""


@dataclass(frozen=True, slots=True)
class SetTargetSpeed:
    """The client asks for a belt speed, 0.01 km/h."""

    speed_centi_kmh: int


@dataclass(frozen=True, slots=True)
class SetTargetInclination:
    """The client asks for an inclination, 0.1 %, positive uphill."""

    inclination_deci_pct: int


@dataclass(frozen=True, slots=True)
class StartOrResume:
    """The client asks the machine to start or to go on."""


@dataclass(frozen=True, slots=True)
class StopOrPause:
    """The client asks the machine to stop or to pause; an action outside the specification stays a number."""

    action: StopAction | int


@dataclass(frozen=True, slots=True)
class OtherRequest:
    """A procedure this program has no use for, or none that the specification knows."""

    op: OpCode | int
    parameter: bytes


type Request = (
    RequestControl
    | ResetMachine
    | SetTargetSpeed
    | SetTargetInclination
    | StartOrResume
    | StopOrPause
    | OtherRequest
)

_PARAMETER_OCTETS: dict[int, int] = {
    OpCode.REQUEST_CONTROL: 0,
    OpCode.RESET: 0,
    OpCode.SET_TARGET_SPEED: 2,
    OpCode.SET_TARGET_INCLINATION: 2,
    OpCode.START_OR_RESUME: 0,
    OpCode.STOP_OR_PAUSE: 1,
}


@dataclass(frozen=True, slots=True)
class Response:
    """The machine's answer to a procedure (FTMS 1.0 §4.16.2.22).

    Success means that the procedure is begun, not that the belt has followed. Numbers outside the
    specification stay numbers. `parameter` is what follows the result; only Spin Down Control defines one.
    """

    op: OpCode | int
    result: ResultCode | int
    parameter: bytes = b""


def decode_request(data: bytes) -> Request | Malformed:
    """What a client wrote to the control point. A parameter of the wrong length is `Malformed`."""
    if not data:
        return Malformed(data, Flaw.EMPTY)
    op, parameter = _op_code(data[0]), data[1:]
    expected = _PARAMETER_OCTETS.get(op, len(parameter))
    if len(parameter) != expected:
        return Malformed(data, Flaw.TOO_SHORT if len(parameter) < expected else Flaw.TOO_LONG)
    match op:
        case OpCode.REQUEST_CONTROL:
            return RequestControl()
        case OpCode.RESET:
            return ResetMachine()
        case OpCode.SET_TARGET_SPEED:
            return SetTargetSpeed(int.from_bytes(parameter, "little"))
        case OpCode.SET_TARGET_INCLINATION:
            return SetTargetInclination(int.from_bytes(parameter, "little", signed=True))
        case OpCode.START_OR_RESUME:
            return StartOrResume()
        case OpCode.STOP_OR_PAUSE:
            action = parameter[0]
            return StopOrPause(StopAction(action) if action in StopAction else action)
        case _:
            return OtherRequest(op, parameter)


def decode_response(data: bytes) -> Response | Malformed:
    """What the machine indicated on the control point."""
    if not data:
        return Malformed(data, Flaw.EMPTY)
    if data[0] != OpCode.RESPONSE:
        return Malformed(data, Flaw.NOT_A_RESPONSE)
    if len(data) < _RESPONSE_OCTETS:
        return Malformed(data, Flaw.TOO_SHORT)
    result = data[2]
    return Response(
        op=_op_code(data[1]),
        result=ResultCode(result) if result in ResultCode else result,
        parameter=data[_RESPONSE_OCTETS:],
    )


def _op_code(octet: int) -> OpCode | int:
    return OpCode(octet) if octet in OpCode else octet
