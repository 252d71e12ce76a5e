"""Training Status (0x2AD3): what the machine says it is doing (FTMS 1.0 §4.10)."""

from dataclasses import dataclass
from enum import IntEnum

from eccentread.ftms.malformed import Flaw, Malformed

_STRING_PRESENT = 1 << 0
_EXTENDED_STRING = 1 << 1
_HEADER_OCTETS = 2


class TrainingCode(IntEnum):
    """Training states (FTMS 1.0 §4.10.1.2, table 4.13); 0x10 and above are reserved, and seen in the wild."""

    OTHER = 0x00
    IDLE = 0x01
    WARMING_UP = 0x02
    LOW_INTENSITY_INTERVAL = 0x03
    HIGH_INTENSITY_INTERVAL = 0x04
    RECOVERY_INTERVAL = 0x05
    ISOMETRIC = 0x06
    HEART_RATE_CONTROL = 0x07
    FITNESS_TEST = 0x08
    SPEED_TOO_LOW = 0x09
    SPEED_TOO_HIGH = 0x0A
    COOL_DOWN = 0x0B
    WATT_CONTROL = 0x0C
    MANUAL_MODE = 0x0D
    """Quick start. In practice: the belt runs."""
    PRE_WORKOUT = 0x0E
    """In practice: the countdown before the belt moves."""
    POST_WORKOUT = 0x0F
    """In practice: the belt slows down to a stop."""


@dataclass(frozen=True, slots=True)
class TrainingStatus:
    """A training state and the machine's own words for it.

    `code` is a plain number where the specification has no name for it. `text` is empty where none was sent;
    machines with a countdown may send its numeral here.
    """

    code: TrainingCode | int
    text: str = ""


def decode_training_status(data: bytes) -> TrainingStatus | Malformed:
    """What the machine says it is doing. In `text`, octets that are not UTF-8 become U+FFFD."""
    if not data:
        return Malformed(data, Flaw.EMPTY)
    if len(data) < _HEADER_OCTETS:
        return Malformed(data, Flaw.TOO_SHORT)
    flags, code = data[:_HEADER_OCTETS]
    has_text = flags & (_STRING_PRESENT | _EXTENDED_STRING)
    return TrainingStatus(
        code=TrainingCode(code) if code in TrainingCode else code,
        text=data[_HEADER_OCTETS:].decode(errors="replace") if has_text else "",
    )
