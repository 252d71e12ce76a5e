"""What is known of one machine model, as far as it changes what the program does.

A profile makes nothing faster: it only tells the driver what a machine does that it could not find out, or
would have to take for a fault. Without one the cautious defaults of `UNKNOWN` hold.
"""

from dataclasses import dataclass
from enum import StrEnum

from eccentread.units import KMH_PER_MPH


class Unit(StrEnum):
    """What one unit of the wire's speed numbers is a hundredth of."""

    KMH = "km/h"
    MPH = "mph"

    @property
    def kmh(self) -> float:
        """Kilometres an hour in one of it."""
        return KMH_PER_MPH if self is Unit.MPH else 1.0


class SpeedSource(StrEnum):
    """What the speed in Treadmill Data is while the belt runs."""

    MEASURED = "measured"
    SET_POINT = "set-point"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Profile:
    """One machine model. Speeds are integer hundredths of a km/h; `None` is not known."""

    key: str
    """The file's stem."""
    name: str
    """Maker, model, and firmware where it matters."""
    suitable: bool | None = None
    """For this exercise: speed, rails, key, and a speed report that shows pushes."""
    why: str = ""
    """The reason for that."""
    min_centi_kmh: int | None = None
    max_centi_kmh: int | None = None
    step_centi_kmh: int | None = None
    """The belt's real range and increment: they outweigh what the machine says of itself."""
    unit_verified: bool = False
    """Whether somebody measured which units it speaks; the two below are then facts."""
    command_unit: Unit = Unit.KMH
    report_unit: Unit = Unit.KMH
    source: SpeedSource = SpeedSource.UNKNOWN
    reports_standing: bool = True
    """False: it reports only while its belt runs, so that a person has to say that it stands."""
    start_after_s: float | None = None
    """From Start to the first report of motion."""
    keep_alive_s: float | None = None
    """It stops by itself unless its speed is repeated this often."""


UNKNOWN = Profile(key="", name="unknown machine")
