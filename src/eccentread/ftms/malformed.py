"""What a decoder says of octets it can make nothing of. Pure cores return verdicts; none of them raises."""

from dataclasses import dataclass
from enum import StrEnum


class Flaw(StrEnum):
    """What is wrong with a characteristic's value."""

    EMPTY = "empty"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    NOT_A_RESPONSE = "not-a-response"
    ZERO = "zero"
    MIN_ABOVE_MAX = "min-above-max"


@dataclass(frozen=True, slots=True)
class Malformed:
    """A value that cannot be used, as it came off the air, and why."""

    data: bytes
    flaw: Flaw
