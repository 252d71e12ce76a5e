"""What may move the belt, and when it must stop. Pure, small, and the only maker of control point bytes."""

from eccentread.safety.gate import (
    BeltGate,
    Pause,
    Refusal,
    RequestControl,
    SetSpeed,
    SlowTo,
    Start,
    Stop,
    TryStop,
)
from eccentread.safety.limits import ARM_LASTS_S, CEILING_CENTI_KMH, SUSPECT_AGE_S, Limits
from eccentread.safety.liveness import Liveness
from eccentread.safety.motion import START_TIMEOUT_S, Motion
from eccentread.safety.odometer import Odometer, Pace, Travel
from eccentread.safety.stopping import REPEAT_S, STANDING_S, Progress, Stopping
from eccentread.safety.watch import Alarm, Expected, Sign, Spike, Watch

__all__ = [
    "ARM_LASTS_S",
    "CEILING_CENTI_KMH",
    "REPEAT_S",
    "STANDING_S",
    "START_TIMEOUT_S",
    "SUSPECT_AGE_S",
    "Alarm",
    "BeltGate",
    "Expected",
    "Limits",
    "Liveness",
    "Motion",
    "Odometer",
    "Pace",
    "Pause",
    "Progress",
    "Refusal",
    "RequestControl",
    "SetSpeed",
    "Sign",
    "SlowTo",
    "Spike",
    "Start",
    "Stop",
    "Stopping",
    "Travel",
    "TryStop",
    "Watch",
]
