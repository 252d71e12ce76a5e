"""The machine's controller: console, control point and script, on one drive.

A lost link ends the control permission and nothing else: the belt keeps running, as real ones do.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from eccentread_sim.console import Console, Touch
from eccentread_sim.console_parameters import ConsoleParameters
from eccentread_sim.dialect import Dialect
from eccentread_sim.drive import Drive
from eccentread_sim.manners import Commands, ControlPoint
from eccentread_sim.offer import UUIDS, Delivery
from eccentread_sim.reception import Reception
from eccentread_sim.sayings import Deed, Delivered, Saying
from eccentread_sim.script import Happening, Script, Since, What


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a machine's controller does; the defaults are what FTMS 1.0 asks for."""

    console: ConsoleParameters = field(default_factory=ConsoleParameters)
    dialect: Dialect = field(default_factory=Dialect)
    control_point: ControlPoint = field(default_factory=ControlPoint)
    commands: Commands = field(default_factory=Commands)
    script: tuple[Happening, ...] = ()


class Controller:
    """Writes and touches go in; the drive's target and `sayings` come out. Ticked after each physics step.

    `told` hears of each happening. Equal behaviour, seed and doings give equal sayings.
    """

    def __init__(
        self,
        behaviour: Behaviour,
        drive: Drive,
        seed: int | str,
        told: Callable[[float, Happening], None] = lambda *_: None,
    ) -> None:
        self.console = Console(behaviour.console, behaviour.dialect, drive)
        self._reception = Reception(
            behaviour.control_point, behaviour.commands, self.console, behaviour.console.answer_delay_s, seed
        )
        self._script = Script(behaviour.script)
        self._incline_changed = behaviour.dialect.incline_changed
        self._drive = drive
        self._told = told
        self._moved_s = self.console.moves_s
        self._centrals: set[str] = set()
        self._dark = False
        self._returns_s = 0.0
        self._tame_s = math.inf
        self.incline_pct = 0.0
        """How the deck is tilted."""

    @property
    def sayings(self) -> list[Saying]:
        """What is to be said; whoever says it empties the list."""
        return self.console.sayings

    @property
    def mute(self) -> bool:
        """Whether there is no Treadmill Data now."""
        return self._reception.locked or self.console.mute

    def connected(self, t_s: float, central: str = "") -> None:
        """A central connected; it has no control yet."""
        self._centrals.add(central)
        self.console.connected = True
        self._reception.connected()
        self._script.occurred(Since.CONNECTION, t_s)

    def disconnected(self, central: str = "") -> None:
        """The central is gone. The belt keeps doing what it does."""
        self._centrals.discard(central)
        self.console.connected = bool(self._centrals)
        self._reception.disconnected(central)

    def write(self, t_s: float, data: bytes, central: str = "") -> None:
        """Take a write of that central to the control point."""
        self._reception.write(t_s, data, central)

    def touch(self, t_s: float, touch: Touch, speed_kmh: float = 0.0, status: bytes | None = None) -> None:
        """A person acts at the console, as in `Console.touch`."""
        if touch is Touch.TAKE_CONTROL:
            self._reception.lose_control()
        self.console.touch(t_s, touch, speed_kmh, status)

    def tick(self, t_s: float, *, stepped_on: bool) -> None:
        """Let one physics step pass; `stepped_on`: somebody's foot is on the belt."""
        self.console.tick(t_s, stepped_on=stepped_on)
        if self.console.runs and self.console.moves_s != self._moved_s:
            self._moved_s = self.console.moves_s
            self._script.occurred(Since.MOTION, self._moved_s)
        if self._dark and t_s >= self._returns_s:
            self._dark = False
            self.console.say(t_s, "2ad9", Deed.COME_BACK)
        if t_s >= self._tame_s:
            self._tame_s = math.inf
            self._drive.obey()
        for happening in self._script.due(t_s):
            self.happen(t_s, happening)

    def happen(self, t_s: float, happening: Happening) -> None:
        """Let something happen now, whenever it is due."""
        self._told(t_s, happening)
        until_s = t_s + happening.lasts_s
        match happening.what:
            case What.UNLOCK:
                self._reception.locked = False
            case What.HANG_UP:
                self.console.say(t_s, "2ad9", Deed.HANG_UP)
            case What.SILENCE | What.REBOOT:
                if happening.what is What.REBOOT:
                    self.console.reboot()
                self._dark, self._returns_s = True, until_s
                self.console.say(t_s, "2ad9", Deed.FALL_SILENT)
            case What.INCLINE:
                self._tilt(t_s, happening.incline_pct, happening.status)
            case What.RUNAWAY:
                self._drive.run_away(happening.speed_kmh / 3.6, stoppable=happening.stoppable)
                self._tame_s = until_s
            case What.MISREAD:
                pass  # the reports' own business
            case What.SAY:
                self.console.say(t_s, UUIDS[happening.characteristic], happening.octets)
            case What.DELIVERY:
                delivered = Delivered(happening.delivery or Delivery(), happening.lasts_s)
                self.console.say(t_s, "2acd", delivered)
            case What.COMMANDS:
                self._reception.take(until_s, happening.commands or Commands())
            case touch:
                self.touch(t_s, Touch(touch), happening.speed_kmh, happening.status)

    def _tilt(self, t_s: float, incline_pct: float, status: bytes | None) -> None:
        if self.console.keys_dead:
            return
        self.incline_pct = incline_pct
        if status is None and self._incline_changed:
            tenths = round(10.0 * incline_pct)
            status = self._incline_changed + tenths.to_bytes(2, "little", signed=True)
        if status:
            self.console.say(t_s, "2ada", status)
