"""What a machine offers over Bluetooth: who it says it is, and what its fitness machine service holds."""

from dataclasses import dataclass
from enum import StrEnum

from eccentread_sim.bounds import bounded

SMALLEST_MTU = 23


class Field(StrEnum):
    """What Treadmill Data may hold beside the speed."""

    AVERAGE_SPEED = "average-speed"
    DISTANCE = "distance"
    INCLINATION = "inclination"
    ELEVATION = "elevation"
    PACE = "pace"
    ENERGY = "energy"
    MET = "met"
    ELAPSED = "elapsed"
    FORCE = "force"
    """Force on belt and power."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Who the machine says it is."""

    name: str
    address: str = "F0:0D:00:00:00:01"
    manufacturer: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    hardware: str = ""
    software: str = ""


@dataclass(frozen=True, slots=True)
class Gatt:
    """What the machine's Bluetooth service offers."""

    fields: tuple[Field, ...] = (Field.DISTANCE, Field.ENERGY, Field.ELAPSED)
    speed_range: bool = True
    """Whether Supported Speed Range exists."""
    max_mtu: int = bounded(517, SMALLEST_MTU, 517)
    """The largest ATT_MTU the machine agrees to, 23–517."""
