"""What happens to a machine of itself, or by somebody's hand, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from eccentread_sim.bounds import bounded
from eccentread_sim.manners import Commands
from eccentread_sim.offer import Delivery, Offered


class What(StrEnum):
    """What may happen. The first six are touches of the console."""

    START = "start"
    STOP = "stop"
    PAUSE = "pause"
    SPEED = "speed"
    SAFETY_KEY = "safety-key"
    TAKE_CONTROL = "take-control"
    UNLOCK = "unlock"
    """Somebody opens the maker's own app; a locked machine hears commands from now on."""
    HANG_UP = "hang-up"
    """The machine ends the connection."""
    SILENCE = "silence"
    """Its radio hangs for `lasts_s`; the belt does what it did."""
    REBOOT = "reboot"
    """It loses power for `lasts_s`: the radio is silent, the belt coasts to rest."""
    INCLINE = "incline"
    """Somebody tilts the deck at the console, to `incline_pct`."""
    RUNAWAY = "runaway"
    """The drive goes to `speed_kmh` of its own for `lasts_s`; the console knows nothing of it."""
    MISREAD = "misread"
    """The reports read `speed_kmh` for `lasts_s`, the next one at least; the belt does what it did."""
    SAY = "say"
    """It says `octets` on a `characteristic`, whatever they mean."""
    DELIVERY = "delivery"
    """What it says gets out as in `delivery` for `lasts_s`."""
    COMMANDS = "commands"
    """Commands are taken as in `commands` for `lasts_s`."""


LASTING = frozenset({What.SILENCE, What.REBOOT, What.RUNAWAY, What.MISREAD, What.DELIVERY, What.COMMANDS})
"""What goes on for a while."""


class Since(StrEnum):
    """What a time is counted from."""

    POWER_ON = "power-on"
    CONNECTION = "connection"
    MOTION = "motion"
    """The end of a countdown."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Happens `at_s` after each occurrence of `since`, or whenever it is asked for."""

    what: What
    at_s: float = bounded(0.0, 0.0, 86400.0)
    since: Since = Since.POWER_ON
    speed_kmh: float = bounded(0.0, 0.0, 30.0)
    """The new speed, for `speed`, `runaway` and `misread`."""
    incline_pct: float = bounded(0.0, -20.0, 40.0)
    """The new inclination, for `incline`."""
    status: bytes | None = None
    """What the machine says of a touch (Fitness Machine Status, hex): its usual words where not given."""
    lasts_s: float = bounded(10.0, 0.0, 86400.0)
    """For how long `silence` and `reboot` keep it off the air, and the others of those that last go on."""
    shown: bool = True
    """Whether measured reports show a `runaway`; else they show the set-point meanwhile."""
    stoppable: bool = True
    """Whether a `runaway` ends when the console stops the belt; the safety key ends it always."""
    characteristic: Offered = Offered.TREADMILL_DATA
    """Where `say` says it; on the control point it passes for the answer to what is under way."""
    octets: bytes = b""
    """What `say` says."""
    delivery: Delivery | None = None
    """For `delivery`, as the section `gatt.delivery`; what FTMS 1.0 wants where not given."""
    commands: Commands | None = None
    """For `commands`, as the sections `commands.KIND`; what FTMS 1.0 wants where not given."""


class Script:
    """Tells when a machine's happenings are due."""

    def __init__(self, happenings: Sequence[Happening]) -> None:
        self._happenings = happenings
        self._due: list[tuple[float, Happening]] = []
        self.occurred(Since.POWER_ON, 0.0)

    def occurred(self, since: Since, t_s: float) -> None:
        """The happenings that are timed from this are due anew; those not yet past from last time are not."""
        kept = [(due_s, one) for due_s, one in self._due if one.since is not since]
        new = [(t_s + one.at_s, one) for one in self._happenings if one.since is since]
        self._due = sorted(kept + new, key=lambda due: due[0])

    def due(self, t_s: float) -> list[Happening]:
        """What happens by `t_s` and has not been told yet, in order."""
        happens: list[Happening] = []
        while self._due and self._due[0][0] <= t_s:
            happens.append(self._due.pop(0)[1])
        return happens
