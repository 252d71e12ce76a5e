"""Is the belt at its lock, and does the machine mean by it what we do? From the speed command to *locked*."""

from enum import Enum, auto

from eccentread.safety import SUSPECT_AGE_S, Limits, Odometer, Pace

STEADY_S = 2.0
STEADY_REPORTS = 3
"""Reports must agree with the lock this often in a row, over this long."""
REACH_S = 15.0
"""How long the belt may take to report the lock, or to come back to it."""
PROVE_S = 25.0
"""How long a steady belt is given to prove its unit by its distance: six metres at 0.8 km/h."""
GIVE_UP_S = 60.0
"""No lock is waited for longer than this, however often it comes and goes."""


class LockProgress(Enum):
    """How far the lock has come."""

    WAITING = auto()
    HELD = auto()
    UNPROVEN = auto()
    """The belt reports the lock steadily, its distance does not deny it, and only a person can tell that both
    are not miles."""
    TOO_FAST = auto()
    """Its distance says that the belt runs faster than it reports."""
    NOT_HELD = auto()


class Lock:
    """One approach to the lock, begun at `t_s`. `unit_verified`: somebody has timed this belt or its like."""

    def __init__(self, limits: Limits, t_s: float, *, unit_verified: bool) -> None:
        self._limits = limits
        self._unit_verified = unit_verified
        self._odometer = Odometer(limits.lock_centi_kmh)
        self._began_s = self._last_s = self._agreed_s = t_s
        self._steady_s = t_s
        self._agreeing = 0

    def prove(self) -> None:
        """Somebody has timed this belt: it runs at its lock."""
        self._unit_verified = True

    @property
    def runs_faster(self) -> bool:
        """Whether a locked belt's distance says, over a long stretch, that it runs faster than its lock."""
        return self._odometer.long_pace is Pace.FASTER

    def reported(self, t_s: float, speed_centi_kmh: int, distance_m: int | None) -> None:
        """Take a report."""
        self._last_s = t_s
        self._odometer.reported(t_s, distance_m)
        if not self._limits.confirms_lock(speed_centi_kmh):
            self._agreeing = 0
            return
        if not self._agreeing:
            self._steady_s = t_s
        self._agreed_s = t_s
        self._agreeing += 1

    def progress(self, t_s: float) -> LockProgress:
        """Where things stand at `t_s`."""
        pace = self._odometer.pace
        if pace is Pace.FASTER:
            return LockProgress.TOO_FAST
        if not self._steady or t_s - self._last_s > SUSPECT_AGE_S:
            over = t_s - self._agreed_s >= REACH_S or t_s - self._began_s >= GIVE_UP_S
            return LockProgress.NOT_HELD if over else LockProgress.WAITING
        if self._unit_verified:
            return LockProgress.HELD
        if pace is Pace.AGREES or not self._odometer.told:
            return LockProgress.UNPROVEN
        if t_s - self._steady_s < PROVE_S:
            return LockProgress.WAITING
        return LockProgress.UNPROVEN if pace is Pace.OPEN else LockProgress.NOT_HELD

    @property
    def _steady(self) -> bool:
        return self._agreeing >= STEADY_REPORTS and self._last_s - self._steady_s >= STEADY_S
