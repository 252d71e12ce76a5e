"""What one machine's console does with the belt. Every default is a machine that does what FTMS 1.0 says."""

from dataclasses import dataclass
from enum import StrEnum

from eccentread_sim.bounds import bounded


class SpeedUnit(StrEnum):
    """What a speed on the wire is meant in; the specification knows km/h alone."""

    KMH = "km/h"
    MPH = "mph"


class DistanceUnit(StrEnum):
    """What a distance on the wire is counted in; the specification knows metres alone."""

    METRE = "m"
    MILLIMILE = "mile/1000"


class Rounding(StrEnum):
    """How a speed comes to lie on the machine's grid."""

    NEAREST = "nearest"
    DOWN = "down"


class Outside(StrEnum):
    """What becomes of a speed outside the range."""

    REFUSED = "refused"
    CLAMPED = "clamped"
    """It runs as near to it as it can, and calls that a success."""


class Again(StrEnum):
    """What a start does to a machine that has been started already."""

    REFUSED = "refused"
    RESTARTS = "restarts"
    """The countdown begins anew."""
    STOPS = "stops"
    """Start is a toggle."""
    KILLS = "kills"
    """The drive loses its power at once."""


class Begin(StrEnum):
    """At which speed the belt begins to move."""

    OWN = "own"
    """The machine's own start speed."""
    LAST = "last"
    """The speed it ran at before."""
    LOWEST = "lowest"
    """The lowest of its range."""


class Pause(StrEnum):
    """What a pause is to a machine."""

    PAUSES = "pauses"
    STOPS = "stops"
    REFUSED = "refused"


class StopAtRest(StrEnum):
    """What a stop does to a belt that stands."""

    REFUSED = "refused"
    ACCEPTED = "accepted"
    """It calls it a success; nothing happens."""
    STARTS = "starts"
    """Stop is a toggle."""


@dataclass(frozen=True, slots=True)
class ConsoleParameters:
    """One machine's console. Speeds are the belt's, whatever the unit on the wire."""

    countdown_s: float = bounded(3.0, 0.0, 60.0)
    """From start to motion, 0–5 s on real machines."""
    start_speed_kmh: float = bounded(0.5, 0.0, 30.0, above=True)
    """Where the belt goes by itself after a start."""
    speed_min_kmh: float = bounded(0.5, 0.0, 30.0)
    """The lowest speed it runs at."""
    speed_max_kmh: float = bounded(16.0, 0.0, 30.0, above=True)
    """The highest."""
    speed_step_kmh: float = bounded(0.1, 0.01, 5.0)
    """The grid its speeds lie on."""
    answer_delay_s: float = bounded(0.06, 0.0, 60.0)
    """From a write to its indication: 0.04–0.26 s on real machines; 0: before the write's own response."""
    command_unit: SpeedUnit = SpeedUnit.KMH
    """What it takes the number in a speed command for."""
    report_unit: SpeedUnit = SpeedUnit.KMH
    """What the speeds in its reports are in."""
    range_unit: SpeedUnit = SpeedUnit.KMH
    """What its Supported Speed Range is in."""
    distance_unit: DistanceUnit = DistanceUnit.METRE
    """What it counts the distance in."""
    rounding: Rounding = Rounding.NEAREST
    """How a commanded speed comes to lie on its grid."""
    outside: Outside = Outside.REFUSED
    """What becomes of a commanded speed outside its range."""
    speed_gain_kmh: float = bounded(0.0, 0.0, 10.0)
    """By how much any speed command makes it faster, instead of obeying; 0: it obeys."""
    begins_at: Begin = Begin.OWN
    """At which speed it begins after a start."""
    resumes_at: Begin = Begin.OWN
    """…and after a start that ends a pause."""
    remembered_kmh: float = bounded(0.0, 0.0, 30.0)
    """The speed it remembers from before it was switched on, for `last`; 0: none."""
    start_again: Again = Again.REFUSED
    """What a start does in the countdown, and while it runs."""
    start_again_s: float = bounded(3600.0, 0.0, 3600.0)
    """For how long after the belt has begun to move; then a start is refused."""
    pause: Pause = Pause.PAUSES
    """What a pause does."""
    stop_at_rest: StopAtRest = StopAtRest.REFUSED
    """What a stop does while it stands."""
    stale_speed_s: float = bounded(0.0, 0.0, 3600.0)
    """For how long after a stop or pause its set-point stays on the display."""
    mute_at_rest: bool = False
    """Treadmill Data comes only while the belt is driven."""
    clears_counters: bool = False
    """A stop clears elapsed time, distance and energy, which else stay till the next start."""
    keys_locked: bool = False
    """Its keys are dead while somebody is connected; the safety key is not."""
    watchdog_s: float = bounded(0.0, 0.0, 3600.0)
    """Stops by itself, unannounced, where no speed is commanded for so long; 0: never."""
    no_step_stop_s: float = bounded(0.0, 0.0, 3600.0)
    """Stops by itself, unannounced, where nobody has stepped on the belt for so long; 0: never."""
