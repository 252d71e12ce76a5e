"""How far things have come with the belt, how long each step may take, and what is expected meanwhile."""

from enum import Enum, auto

from eccentread.events import Reason
from eccentread.safety import Expected

OBSERVE_S = 5.0
"""How long the belt is watched before anything is written (rules for a driver, 1)."""
OBSERVE_REPORTS = 3
FIRST_REPORT_S = 15.0
"""A machine that reports nothing for this long after the link is up cannot be watched."""
MOVING_REPORTS = 2
"""Reports of motion in a row that make a fact of it before anything was asked of the belt."""
HELD_REPORTS = 2
"""Reports in a row that agree with the lock, before anybody is asked onto the belt."""
START_MARGIN_S = 10.0
"""What a model known to take its time is given beyond it."""
SETTLE_S = 2.0
"""From first motion to the speed command; sent sooner, some machines refuse it or drop the link."""
CONSOLE_LEAD_S = 3.0
"""How long a console that says it stopped the belt is given to do so."""
LOWEST_CENTI_KMH = 10
"""The slowest speed asked for in an escalation when the machine names no range."""


class BeltState(Enum):
    """What is known of the belt."""

    UNKNOWN = auto()
    OBSERVING = auto()
    TAKING_CONTROL = auto()
    READY = auto()
    STARTING = auto()
    SETTLING = auto()
    LOCKING = auto()
    UNPROVEN = auto()
    """It reports the lock steadily, and a human has to time it: nothing else tells which unit it means."""
    LOCKED = auto()
    STOPPING = auto()
    STANDING = auto()
    REFUSED = auto()
    LINK_LOST = auto()


EXPECTED = {
    BeltState.TAKING_CONTROL: Expected.STANDING,
    BeltState.READY: Expected.STANDING,
    BeltState.STARTING: Expected.STARTING,
    BeltState.SETTLING: Expected.STARTING,
    BeltState.LOCKING: Expected.STARTING,
    BeltState.UNPROVEN: Expected.STARTING,
    BeltState.LOCKED: Expected.LOCKED,
    BeltState.STOPPING: Expected.STOPPING,
    BeltState.STANDING: Expected.STOPPED,
}
MUTE_EXPECTED = {
    BeltState.TAKING_CONTROL: Expected.STOPPED,
    BeltState.READY: Expected.STOPPED,
    BeltState.STARTING: Expected.ANYTHING,
    BeltState.STOPPING: Expected.ANYTHING,
}
"""The same of a machine that reports only while its belt runs; `START_TIMEOUT_S` guards its start."""
BEFORE = frozenset({BeltState.OBSERVING, BeltState.TAKING_CONTROL})
"""States in which nothing has been asked of the belt yet."""
OURS = frozenset(
    {BeltState.STARTING, BeltState.SETTLING, BeltState.LOCKING, BeltState.UNPROVEN, BeltState.LOCKED}
)
"""States in which the belt moves, or is about to, because this program said so."""
ALARMING = frozenset(
    {
        Reason.OVER_SPEED,
        Reason.SENSED_OVER_SPEED,
        Reason.SILENT,
        Reason.UNEXPECTED_MOTION,
        Reason.UNIT_MIXED_UP,
        Reason.STALE_DATA,
        Reason.LINK_LOST,
    }
)
"""Faults of a belt that may be running after which people must not wait for the program."""
