"""What a machine says and does on the link."""

from dataclasses import dataclass
from enum import Enum, auto

from eccentread_sim.offer import Delivery


class Deed(Enum):
    """What a machine does on the link beside talking."""

    LEAVE_UNANSWERED = auto()
    """The procedure under way at the control point will get no answer; the next may begin."""
    HANG_UP = auto()
    """It ends the connection."""
    FALL_SILENT = auto()
    """Its radio hangs: nothing more is sent or taken, and the link ends by supervision time-out."""
    COME_BACK = auto()
    """Its radio works again after it fell silent: nobody is connected, and it advertises."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """From now on, for `lasts_s`, what is said gets out in another way."""

    delivery: Delivery
    lasts_s: float


@dataclass(frozen=True, slots=True)
class Saying:
    """Octets for a characteristic, a deed, or how things get out, due at `t_s`."""

    t_s: float
    characteristic: str
    value: bytes | Deed | Delivered
