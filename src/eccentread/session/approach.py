"""From a human's permission to a locked belt: start once, settle, set once, see it held and prove its unit.

Pure steps: what happens goes in, effects come out, and `state` says how far it has come.
"""

from eccentread.events import CommandAnswered, CommandKind, Problem, Reason, ResultCode, Verdict
from eccentread.safety import ARM_LASTS_S, START_TIMEOUT_S, Alarm, Limits, RequestControl, SetSpeed, Start
from eccentread.session.belt_state import SETTLE_S, START_MARGIN_S, BeltState
from eccentread.session.effects import Effect, Ruling
from eccentread.session.lock import Lock, LockProgress
from eccentread.session.profile import Profile
from eccentread.units import centi_from_kmh, kmh_from_centi

THERE_CENTI_KMH = 2
"""How near its lock a belt needs no command: the noise of a report."""


class Approach:
    """One way to the lock, from the start at `t_s`. Times are session seconds."""

    def __init__(self, limits: Limits, profile: Profile, t_s: float) -> None:
        self._limits = limits
        self._profile = profile
        self._lock: Lock | None = None
        self._since_s = t_s
        self._repeated_s = t_s
        self._speed_kmh = 0.0
        self._refused: set[CommandKind] = set()
        self.state = BeltState.STARTING

    @property
    def start_timeout_s(self) -> float:
        """From the start command to motion."""
        return max(START_TIMEOUT_S, (self._profile.start_after_s or 0.0) + START_MARGIN_S)

    def passed(self, t_s: float, *, fresh: bool) -> list[Effect]:
        """Time passed; `fresh`: the machine's reports are new enough to act upon."""
        waited_s = t_s - self._since_s
        match self.state:
            case BeltState.STARTING if waited_s >= self.start_timeout_s:
                return [
                    Ruling(CommandKind.START, Verdict.UNKNOWN, "the belt was not seen to move"),
                    Alarm(Reason.START_TIMED_OUT, "The belt did not start: look at the console."),
                ]
            case BeltState.SETTLING if waited_s >= self._settle_s and self._speed_kmh and fresh:
                return self._set_speed(t_s)
            case BeltState.SETTLING if waited_s >= START_TIMEOUT_S:
                return [self._not_held()]
            case BeltState.UNPROVEN if waited_s >= ARM_LASTS_S:
                return [self._unproven()]
            case BeltState.LOCKING | BeltState.UNPROVEN:
                return (self._keep_alive(t_s) if fresh else []) + self._progress(t_s)
            case BeltState.LOCKED if fresh:
                return self._keep_alive(t_s)
            case _:
                return []

    def reported(self, t_s: float, speed_centi_kmh: int, distance_m: int | None) -> list[Effect]:
        """A report came."""
        self._speed_kmh = kmh_from_centi(speed_centi_kmh)
        if self.state is BeltState.STARTING and speed_centi_kmh:
            self._enter(BeltState.SETTLING, t_s)
            return [Ruling(CommandKind.START, Verdict.CONFIRMED, "the belt is seen to move")]
        if self._lock is None:
            return []
        self._lock.reported(t_s, speed_centi_kmh, distance_m)
        if self.state is BeltState.LOCKED:
            return [self._too_fast()] if self._lock.runs_faster else []
        return self._progress(t_s)

    def answered(self, t_s: float, kind: CommandKind, answer: CommandAnswered, said: str) -> list[Effect]:
        """A command's procedure ended; what is not refused, the belt's reports decide."""
        if kind is CommandKind.REQUEST_CONTROL:
            again = self.state is BeltState.STARTING and CommandKind.START in self._refused
            return [Start()] if again and not self._speed_kmh else []
        if not _refused(answer):
            return []
        ruling = Ruling(kind, Verdict.REJECTED, f"the machine answered: {said}")
        if kind not in self._refused and (again := self._once_more(t_s, kind, answer.result)):
            return [ruling, *again]
        verb = "start" if kind is CommandKind.START else "change its speed"
        return [ruling, Alarm(Reason.COMMAND_FAILED, f"The treadmill refused to {verb}: {said}.")]

    def timed(self, t_s: float, *, holds: bool) -> list[Effect]:
        """A human has timed the unproven belt; `holds`: it runs at its lock."""
        if self.state is not BeltState.UNPROVEN:
            return []
        if holds and self._lock is not None:
            self._lock.prove()
            self._enter(BeltState.LOCKING, t_s)  # it may have left its lock meanwhile
            return self._progress(t_s)
        return [self._unproven()]

    # --- steps ---------------------------------------------------------------------------------------------

    def _once_more(self, t_s: float, kind: CommandKind, result: int | None) -> list[Effect]:
        """A refusal moved nothing, so that it may be asked again, once: some machines forget who has control,
        some refuse a speed that comes too early.
        """
        lacks_control = result == ResultCode.NOT_PERMITTED
        match kind, self.state:
            case CommandKind.START, BeltState.STARTING if lacks_control:
                self._enter(BeltState.STARTING, t_s)
            case CommandKind.SET_SPEED, BeltState.LOCKING if lacks_control or result == ResultCode.FAILED:
                self._lock = None
                self._enter(BeltState.SETTLING, t_s)
            case _:
                return []
        self._refused.add(kind)
        return [RequestControl()]

    def _set_speed(self, t_s: float) -> list[Effect]:
        lock = self._limits.lock_centi_kmh
        self._lock = Lock(self._limits, t_s, unit_verified=self._profile.unit_verified)
        self._repeated_s = t_s
        self._enter(BeltState.LOCKING, t_s)
        # A machine whose own start speed is the lock needs no command, and some would misread it.
        there = abs(centi_from_kmh(self._speed_kmh) - lock) <= THERE_CENTI_KMH
        return [] if there else [SetSpeed(lock)]

    def _progress(self, t_s: float) -> list[Effect]:
        assert self._lock is not None  # made where the state is entered
        match self._lock.progress(t_s):
            case LockProgress.HELD:
                return self._held(t_s)
            case LockProgress.UNPROVEN:
                if self.state is not BeltState.UNPROVEN:
                    self._enter(BeltState.UNPROVEN, t_s)  # a human is asked
                return []
            case LockProgress.TOO_FAST:
                return [self._too_fast()]
            case LockProgress.NOT_HELD:
                return [self._not_held()]
            case LockProgress.WAITING:
                return []

    def _held(self, t_s: float) -> list[Effect]:
        self._enter(BeltState.LOCKED, t_s)
        return [
            Ruling(CommandKind.SET_SPEED, Verdict.CONFIRMED, "the belt holds its lock, and its unit is known")
        ]

    def _too_fast(self) -> Alarm:
        text = (
            f"The belt covers more ground than the {self._lock_kmh:g} km/h it reports: "
            "this treadmill may take the number for miles an hour."
        )
        return Alarm(Reason.UNIT_MIXED_UP, text)

    def _unproven(self) -> Alarm:
        text = (
            f"The belt does not run at {self._lock_kmh:g} km/h, or nobody could tell: it is being stopped. "
            "Find out what this treadmill does with nobody on it (eccentread commission)."
        )
        return Alarm(Reason.UNIT_UNPROVEN, text)

    def _not_held(self) -> Alarm:
        text = f"The belt does not hold {self._lock_kmh:g} km/h: it reports {self._speed_kmh:.2f} km/h."
        return Alarm(Reason.LOCK_TIMED_OUT, text)

    def _keep_alive(self, t_s: float) -> list[Effect]:
        every_s = self._profile.keep_alive_s
        if every_s is None or t_s - self._repeated_s < every_s:
            return []
        if not self._limits.confirms_lock(centi_from_kmh(self._speed_kmh)):
            return []  # a push, or somebody at the console, who is never fought
        self._repeated_s = t_s
        return [SetSpeed(self._limits.lock_centi_kmh)]

    @property
    def _settle_s(self) -> float:
        return max(SETTLE_S, self._profile.settle_s)

    @property
    def _lock_kmh(self) -> float:
        return kmh_from_centi(self._limits.lock_centi_kmh)

    def _enter(self, state: BeltState, t_s: float) -> None:
        self.state = state
        self._since_s = t_s


def _refused(answer: CommandAnswered) -> bool:
    """Whether the machine said no, or never heard; without an answer the belt's reports decide."""
    if answer.result is not None:
        return answer.result != ResultCode.SUCCESS
    return answer.problem is Problem.WRITE_FAILED
