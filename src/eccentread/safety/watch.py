"""When the belt must stop: what the reports and the console say, against what is expected (S4, S5, S6).

Pushes lower the speed: the upper side is guarded at once, the lower one by its duration. One report
alone is a spike and is noted.
"""

from dataclasses import dataclass
from enum import Enum, auto
from math import inf
from typing import assert_never

from eccentread.events import Reason
from eccentread.safety.limits import Limits
from eccentread.safety.liveness import Liveness
from eccentread.units import kmh_from_centi

STANDSTILL_S = 3.0
"""A locked belt that reports zero for this long has stopped; shorter, and a push may have stalled it."""

ABOVE_S = 5.0
BELOW_S = 15.0
"""A locked belt may be off its lock for so long without a break: pushes slow it for 7 s at the most, and a
release surges for 3 s; longer, and somebody or something has changed its speed."""

SAME_CENTI_KMH = 4
"""An announced target this near the lock is the lock, rounded: consoles step by 0.1 km/h or more."""

CONSECUTIVE = 2
"""Reports in a row that make a fact of what one alone would make a spike."""

SPIKES_APART_S = 2.0
"""Two reports of over-speed this close are no spikes, even with others between; pushes come 3.5 s apart."""


class Expected(Enum):
    """What the belt ought to be doing."""

    ANYTHING = auto()
    STANDING = auto()
    STARTING = auto()
    LOCKED = auto()
    STOPPING = auto()
    """It is being stopped: it may be slow to, but not silent or too fast."""
    STOPPED = auto()
    """As STANDING, and nothing more is wanted of it: it may fall silent and lose its key."""


_MAY_BE_SILENT = frozenset({Expected.ANYTHING, Expected.STOPPED})
_UNHEEDED = frozenset({*_MAY_BE_SILENT, Expected.STOPPING})
"""While this is expected, the words of the console change nothing."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A reason to stop, and a sentence a person can act on."""

    reason: Reason
    text: str


@dataclass(frozen=True, slots=True)
class Spike:
    """A single report out of line: worth a note, no reason to stop yet."""

    text: str


type Sign = Alarm | Spike


class Watch:
    """Judges each report and each word of the console. Times are session seconds."""

    def __init__(self, limits: Limits, liveness: Liveness) -> None:
        self._limits = limits
        self._liveness = liveness
        self._was_fast = False
        self._fast_s = -inf
        self.expect(Expected.ANYTHING)

    def expect(self, expected: Expected) -> None:
        """From now on the belt ought to be doing this."""
        self._expected = expected
        self._moving = self._inclined = 0
        self._zero_since_s: float | None = None
        self._off_since_s = inf
        self._off_for_s: float | None = None

    def reported(self, t_s: float, speed_centi_kmh: int, inclination_deci_pct: int | None) -> Sign | None:
        """Judge a report."""
        match self._expected:
            case Expected.ANYTHING:
                return None
            case Expected.STOPPED:
                return self._standing(speed_centi_kmh)
            case Expected.STOPPING:
                return self._not_fast(t_s, speed_centi_kmh)
            case Expected.STANDING:
                return _gravest(self._standing(speed_centi_kmh), self._level(inclination_deci_pct))
            case Expected.STARTING:
                return _gravest(self._not_fast(t_s, speed_centi_kmh), self._level(inclination_deci_pct))
            case Expected.LOCKED:
                return _gravest(
                    self._not_fast(t_s, speed_centi_kmh),
                    self._running(t_s, speed_centi_kmh),
                    self._held(t_s, speed_centi_kmh),
                    self._level(inclination_deci_pct),
                )
            case _:
                assert_never(self._expected)

    def passed(self, t_s: float) -> Alarm | None:
        """Judge the time since the newest report."""
        if self._expected in _MAY_BE_SILENT or not self._liveness.dead(t_s):
            return None
        return Alarm(Reason.SILENT, "The treadmill has gone silent: nobody can tell what the belt does.")

    def travelled(self, steps: int) -> Sign | None:
        """The machine's distance went up by so many steps since it says that its belt stands."""
        if self._expected is not Expected.STOPPED or not steps:
            return None
        if steps < CONSECUTIVE:
            return Spike("a step of the distance while the belt should stand")
        return Alarm(
            Reason.UNEXPECTED_MOTION, "The belt goes on covering ground although it is said to stand."
        )

    def key_pulled(self) -> Alarm | None:
        """The console says that the safety key stopped the belt."""
        return self._if_heeded(Alarm(Reason.SAFETY_KEY, "The safety key was pulled."))

    def stopped_on_console(self) -> Alarm | None:
        """The console says that a person stopped or paused the belt there."""
        return self._if_heeded(
            Alarm(Reason.STOPPED_ON_CONSOLE, "The belt was stopped on the treadmill's console.")
        )

    def control_lost(self) -> Alarm | None:
        """The machine took the permission to control it back."""
        return self._if_heeded(
            Alarm(Reason.CONTROL_LOST, "The treadmill no longer lets this program control it.")
        )

    def target_speed_changed(self, speed_centi_kmh: int) -> Alarm | None:
        """The console says that the belt's target speed is another now."""
        match self._expected:
            case Expected.LOCKED if abs(speed_centi_kmh - self._limits.lock_centi_kmh) > SAME_CENTI_KMH:
                pass
            case Expected.STARTING if speed_centi_kmh > self._limits.over_speed_centi_kmh:
                pass
            case _:
                return None  # while starting, machines announce their own start speed
        text = f"The speed was changed on the console to {kmh_from_centi(speed_centi_kmh):g} km/h."
        return Alarm(Reason.CHANGED_ON_CONSOLE, text)

    def target_inclination_changed(self, inclination_deci_pct: int) -> Alarm | None:
        """The console says that the deck's target inclination is another now."""
        return self._if_heeded(_tilted(inclination_deci_pct)) if inclination_deci_pct else None

    def _if_heeded(self, alarm: Alarm) -> Alarm | None:
        return None if self._expected in _UNHEEDED else alarm

    def _standing(self, speed_centi_kmh: int) -> Sign | None:
        self._moving = self._moving + 1 if speed_centi_kmh else 0
        if not self._moving:
            return None
        shown = f"{kmh_from_centi(speed_centi_kmh):.2f} km/h"
        if self._moving < CONSECUTIVE:
            return Spike(f"one report of {shown} while the belt should stand")
        return Alarm(
            Reason.UNEXPECTED_MOTION, f"The belt runs at {shown} although nobody started it from here."
        )

    def _not_fast(self, t_s: float, speed_centi_kmh: int) -> Sign | None:
        was_fast, self._was_fast = self._was_fast, speed_centi_kmh > self._limits.over_speed_centi_kmh
        if not self._was_fast:
            return None
        again = was_fast or t_s - self._fast_s <= SPIKES_APART_S
        self._fast_s = t_s
        shown = f"{kmh_from_centi(speed_centi_kmh):.2f} km/h"
        if not again:
            return Spike(f"one report of {shown}, above the limit")
        lock = f"{kmh_from_centi(self._limits.lock_centi_kmh):.1f} km/h"
        return Alarm(Reason.OVER_SPEED, f"The belt reports {shown} instead of {lock}.")

    def _running(self, t_s: float, speed_centi_kmh: int) -> Alarm | None:
        if speed_centi_kmh:
            self._zero_since_s = None
            return None
        if self._zero_since_s is None:
            self._zero_since_s = t_s
        if t_s - self._zero_since_s < STANDSTILL_S:
            return None
        return Alarm(Reason.BELT_STOPPED, "The belt has stopped by itself.")

    def _held(self, t_s: float, speed_centi_kmh: int) -> Alarm | None:
        lock = self._limits.lock_centi_kmh
        confirms = self._limits.confirms_lock(speed_centi_kmh)
        allowed_s = None if confirms else ABOVE_S if speed_centi_kmh > lock else BELOW_S
        if allowed_s != self._off_for_s:
            self._off_since_s, self._off_for_s = t_s, allowed_s
        if allowed_s is None or t_s - self._off_since_s < allowed_s:
            return None
        shown, meant = kmh_from_centi(speed_centi_kmh), kmh_from_centi(lock)
        return Alarm(
            Reason.CHANGED_ON_CONSOLE, f"The belt runs at {shown:.2f} km/h instead of {meant:.1f} km/h."
        )

    def _level(self, inclination_deci_pct: int | None) -> Sign | None:
        if inclination_deci_pct is None:
            return None  # not told; some machines tell it in every other packet only
        self._inclined = self._inclined + 1 if inclination_deci_pct else 0
        if not self._inclined:
            return None
        if self._inclined < CONSECUTIVE:
            return Spike(f"one report of {inclination_deci_pct / 10:.1f} % inclination")
        return _tilted(inclination_deci_pct)


def _tilted(inclination_deci_pct: int) -> Alarm:
    text = f"The deck is inclined by {inclination_deci_pct / 10:.1f} %: set it level on the console."
    return Alarm(Reason.INCLINED, text)


def _gravest(*signs: Sign | None) -> Sign | None:
    """The first alarm, else the first spike: each judge sees every report."""
    given = [sign for sign in signs if sign is not None]
    return next((sign for sign in given if isinstance(sign, Alarm)), given[0] if given else None)
