"""The control point's procedures and results (FTMS 1.0 §4.16)."""

from enum import IntEnum, StrEnum

REQUEST_CONTROL, RESET, SET_SPEED, START, STOP_OR_PAUSE = 0x00, 0x01, 0x02, 0x07, 0x08
"""Op codes (§4.16.1)."""
RESPONSE = 0x80
STOP_PARAMETER, PAUSE_PARAMETER = b"\x01", b"\x02"


class Result(IntEnum):
    """Result codes (§4.16.2.22)."""

    SUCCESS = 0x01
    NOT_SUPPORTED = 0x02
    INVALID_PARAMETER = 0x03
    FAILED = 0x04
    NOT_PERMITTED = 0x05


class Procedure(StrEnum):
    """What a command asks for."""

    REQUEST_CONTROL = "request_control"
    RESET = "reset"
    SPEED = "speed"
    START = "start"
    STOP = "stop"
    PAUSE = "pause"
    OTHER = "other"
    """Anything that no treadmill here knows."""
    UNCLEAR = "unclear"
    """A stop or pause, and which cannot be read."""
