"""The only maker of bytes for the control point (invariants S1, S2, S3).

Anybody may ask; the gate turns an ask into a command or says why not. *Stop* is never conditional.
Octets: FTMS 1.0 §4.16.
"""

from dataclasses import dataclass
from typing import assert_never

from eccentread.events import Command, CommandKind, Reason
from eccentread.safety.limits import ARM_LASTS_S, Limits
from eccentread.safety.liveness import Liveness

_STOP = b"\x08\x01"
_PAUSE = b"\x08\x02"


@dataclass(frozen=True, slots=True)
class RequestControl:
    """Ask for permission to control; moves nothing."""


@dataclass(frozen=True, slots=True)
class Start:
    """Set a standing belt in motion."""


@dataclass(frozen=True, slots=True)
class SetSpeed:
    """Bring the moving belt to a speed, hundredths of a km/h."""

    speed_centi_kmh: int


@dataclass(frozen=True, slots=True)
class SlowTo:
    """Slow a belt that does not stop down to a speed, hundredths of a km/h."""

    speed_centi_kmh: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop the belt."""


@dataclass(frozen=True, slots=True)
class TryStop:
    """See what a standing belt makes of a *stop*: a few take it for a start, so it is asked for as one."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Pause the belt: the second word for stopping."""


type Ask = RequestControl | Start | SetSpeed | SlowTo | Stop | TryStop | Pause


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an ask went no further."""

    reason: Reason


class BeltGate:
    """Admits or refuses, one ask at a time; knows of the belt only what was reported, or a human saw.

    `kmh_per_unit` is what a hundred of the machine's speed numbers mean, in km/h: 1.609 where those are miles
    an hour. A number is rounded down, so that a wrong word on that makes a belt slower, never faster.

    Raises:
        ValueError: a unit smaller than a km/h, which would make numbers larger.
    """

    def __init__(self, limits: Limits, liveness: Liveness, kmh_per_unit: float = 1.0) -> None:
        if kmh_per_unit < 1.0:
            raise ValueError(f"a unit of {kmh_per_unit} km/h is smaller than a km/h")
        self._limits = limits
        self._liveness = liveness
        self._kmh_per_unit = kmh_per_unit
        self._armed_s: float | None = None
        self._started = False
        self._speed_centi_kmh: int | None = None
        self._seen_standing_s: float | None = None
        self._next_id = 1

    def arm(self, t_s: float) -> None:
        """A human permits the belt to be started, once, within `ARM_LASTS_S`."""
        self._armed_s = t_s
        self._started = False

    def disarm(self) -> None:
        """The permission is gone."""
        self._armed_s = None

    def start_refused(self) -> None:
        """The machine refused the start: the permission is unused again, for as long as it was given."""
        self._started = False

    def reported(self, speed_centi_kmh: int) -> None:
        """What the belt's newest report says; the liveness knows when."""
        self._speed_centi_kmh = speed_centi_kmh
        if speed_centi_kmh:
            self._seen_standing_s = None

    def relinked(self) -> None:
        """A new link: what was reported on the last one is no news of the belt any more."""
        self._speed_centi_kmh = None

    def seen_standing(self, t_s: float) -> None:
        """A human sees the belt stand: of a machine that reports only while it runs, nobody else can."""
        self._seen_standing_s = t_s

    def armed(self, t_s: float) -> bool:
        """Whether a human's permission holds: used already, or still fresh."""
        return self._armed_s is not None and (self._started or t_s - self._armed_s <= ARM_LASTS_S)

    def admit(self, ask: Ask, t_s: float) -> Command | Refusal:
        """The command for `ask` at session time `t_s`, or why there is none."""
        match ask:
            case Stop():
                return self._command(t_s, CommandKind.STOP, _STOP)
            case Pause():
                return self._command(t_s, CommandKind.PAUSE, _PAUSE)
            case RequestControl():
                return self._command(t_s, CommandKind.REQUEST_CONTROL, b"\x00")
            case SlowTo(speed_centi_kmh):
                if reason := self._why_not_slower(speed_centi_kmh, t_s):
                    return Refusal(reason)
                return self._set_speed(t_s, speed_centi_kmh)
            case Start():
                if reason := self._why_no_start(t_s):
                    return Refusal(reason)
                self._started = True
                return self._command(t_s, CommandKind.START, b"\x07")
            case TryStop():
                if reason := self._why_no_start(t_s):
                    return Refusal(reason)
                self._started = True
                return self._command(t_s, CommandKind.TRY_STOP, _STOP)
            case SetSpeed(speed_centi_kmh):
                if reason := self._why_no_speed(speed_centi_kmh, t_s):
                    return Refusal(reason)
                return self._set_speed(t_s, speed_centi_kmh)
            case _:
                assert_never(ask)

    def _why_no_start(self, t_s: float) -> Reason | None:
        if not self.armed(t_s):
            return Reason.NOT_ARMED
        if self._started:
            return Reason.ALREADY_STARTED  # many machines take a second start for a stop or a new countdown
        if self._seen_standing_s is not None and t_s - self._seen_standing_s <= ARM_LASTS_S:
            return None
        if self._liveness.suspect(t_s):
            return Reason.STALE_DATA
        if self._speed_centi_kmh != 0:
            return Reason.NOT_STANDING
        return None

    def _why_no_speed(self, speed_centi_kmh: int, t_s: float) -> Reason | None:
        if not self.armed(t_s):
            return Reason.NOT_ARMED
        if self._liveness.suspect(t_s):
            return Reason.STALE_DATA
        if not 0 < speed_centi_kmh <= self._limits.lock_centi_kmh:
            return Reason.TOO_FAST
        if not self._speed_centi_kmh:
            return Reason.NOT_MOVING  # a speed sent too early makes some machines drop the link
        return None

    def _why_not_slower(self, speed_centi_kmh: int, t_s: float) -> Reason | None:
        if self._liveness.suspect(t_s):
            return Reason.STALE_DATA
        if not 0 < speed_centi_kmh <= self._limits.lock_centi_kmh:
            return Reason.TOO_FAST
        if self._speed_centi_kmh is None or speed_centi_kmh >= self._speed_centi_kmh:
            return Reason.NOT_SLOWER
        return None

    def _set_speed(self, t_s: float, speed_centi_kmh: int) -> Command:
        number = int(speed_centi_kmh // self._kmh_per_unit)
        return self._command(t_s, CommandKind.SET_SPEED, b"\x02" + number.to_bytes(2, "little"))

    def _command(self, t_s: float, kind: CommandKind, data: bytes) -> Command:
        command = Command(t_s, self._next_id, kind, data)
        self._next_id += 1
        return command
