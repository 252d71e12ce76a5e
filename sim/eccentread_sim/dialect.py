"""In which octets a machine speaks of itself: Fitness Machine Status and Training Status.

The defaults are FTMS 1.0 §4.17 and §4.10. Real machines send other op codes, too many octets or too few, or
nothing at all; so the octets are data, written in hex in a personality. Empty octets are not sent.
"""

from dataclasses import dataclass

from eccentread_sim.bounds import bounded
from eccentread_sim.states import State

_STRING_PRESENT = 0x01
"""Training Status flag, bit 0 (§4.10.1.1): a string follows."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One machine's words for what happens to it."""

    was_reset: bytes = b"\x01"
    """Fitness Machine Status after a reset."""
    started: bytes = b"\x04"
    """…when the belt begins to move."""
    announces: bool = False
    """Whether it says so as the countdown begins instead."""
    stopped: bytes = b"\x02\x01"
    """…when it is stopped."""
    paused: bytes = b"\x02\x02"
    """…when it is paused."""
    key_pulled: bytes = b"\x03"
    """…when the safety key is out."""
    speed_changed: bytes = b"\x05"
    """…when it has a new target; the target follows, u16 0.01 km/h, unless it says nothing."""
    incline_changed: bytes = b"\x06"
    """…when the deck's inclination is another; it follows, s16 0.1 %, unless it says nothing."""
    control_lost: bytes = b"\xff"
    """…when somebody else has taken control."""
    ramp_step_kmh: float = bounded(0.0, 0.0, 5.0)
    """Says a changed speed at every such step of its ramp; 0: only a new target."""
    idle: bytes = b"\x00\x01"
    """Training Status while it stands."""
    countdown: bytes = b"\x01\x0e"
    """…while it counts down; the number follows as a string where the flags announce one."""
    counts: bool = True
    """Whether it does; where not, the flags announce what does not come."""
    running: bytes = b"\x00\x0d"
    """…while it runs."""
    stopping: bytes = b"\x00\x0f"
    """…while it slows down to a stop."""
    pausing: bytes = b"\x00\x0f"
    """…while it slows down to a pause."""
    at_pause: bytes = b"\x00\x01"
    """…while it is paused."""

    def training(self, state: State, count: int = 0) -> bytes:
        """Training Status in `state`, with `count` seconds to go in a countdown."""
        match state:
            case State.IDLE:
                return self.idle
            case State.COUNTDOWN:
                counts = self.counts and bool(self.countdown) and self.countdown[0] & _STRING_PRESENT
                return self.countdown + (str(count).encode() if counts else b"")
            case State.RUNNING:
                return self.running
            case State.STOPPING:
                return self.stopping
            case State.PAUSING:
                return self.pausing
            case State.PAUSED:
                return self.at_pause
