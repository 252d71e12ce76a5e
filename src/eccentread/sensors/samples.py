"""What a belt sensor's decoder gives: belt speeds at their own times, or why there are none."""

from dataclasses import dataclass

APART_S = 1e-6
"""A decoder's samples follow one another at this distance at least, also where its estimate of the offset
between the clocks is corrected."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The belt's speed as the sensor knows it at `t_s`, session seconds; m/s, 0 or more."""

    t_s: float
    speed_mps: float


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Octets that say nothing of the belt; `why` completes "the belt sensor …"."""

    why: str
