"""From a connected machine to a belt that is locked, and from any moment to a belt that stands.

Observe first, control later: nothing is written until the belt was seen to stand. What the belt does is what
the machine reports; an acknowledgement alone is never believed.
"""

from eccentread.events import (
    BeltReported,
    Command,
    CommandAnswered,
    CommandKind,
    Connected,
    Decided,
    FaultRaised,
    LinkLost,
    Noted,
    Notified,
    Output,
    Problem,
    Reason,
    ResultCode,
)
from eccentread.ftms import (
    ControlLost,
    MachineReset,
    MachineStatus,
    Malformed,
    PausedByUser,
    SpeedRange,
    StoppedBySafetyKey,
    StoppedByUser,
    TargetInclineChanged,
    TargetSpeedChanged,
    TreadmillData,
    decode_speed_range,
)
from eccentread.safety import (
    Alarm,
    BeltGate,
    Expected,
    Limits,
    Liveness,
    Progress,
    Refusal,
    RequestControl,
    SetSpeed,
    Sign,
    Start,
    Stop,
    Stopping,
    Watch,
)
from eccentread.safety.gate import Ask
from eccentread.session.belt_state import (
    CONSOLE_LEAD_S,
    EXPECTED,
    FIRST_REPORT_S,
    LOCK_REPORTS,
    LOCK_STEADY_S,
    LOCK_TIMEOUT_S,
    LOWEST_CENTI_KMH,
    OBSERVE_REPORTS,
    OBSERVE_S,
    OURS,
    SETTLE_S,
    START_TIMEOUT_S,
    BeltState,
)
from eccentread.session.reading import Reading
from eccentread.units import kmh_from_centi


class Belt:
    """The machine's belt as the session sees it. Times are session seconds.

    `state` says how far things have come; `reason` why they went wrong, if they did. After a fault the belt
    is stopped and disarmed; nothing here starts it again.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._liveness = Liveness()
        self._gate = BeltGate(limits, self._liveness)
        self._watch = Watch(limits, self._liveness)
        self._reading = Reading()
        self._stopping: Stopping | None = None
        self._pending: dict[int, CommandKind] = {}
        self._range: SpeedRange | None = None
        self._may_start_until_s = 0.0  # a start was sent, and no motion seen yet
        self._moved = False  # since the last standstill that was seen
        self._reports = 0
        self._since_s = 0.0
        self._steady_s: float | None = None
        self._steady = 0
        self._out: list[Output] = []
        self.state = BeltState.UNKNOWN
        self.reason: Reason | None = None
        self.speed_kmh: float | None = None

    # --- what the session may ask --------------------------------------------------------------------------

    def start(self, t_s: float) -> list[Output]:
        """A human permits it: set the belt in motion and bring it to the lock."""
        self._gate.arm(t_s)
        if self._ask(Start(), t_s, fatal=True):
            self._moved = True
            self._may_start_until_s = t_s + START_TIMEOUT_S
            self._enter(BeltState.STARTING, t_s)
        return self._take()

    def stop(self, t_s: float) -> list[Output]:
        """Bring the belt to a standstill, now. Does nothing to a belt that stands and was never started."""
        self._stop(t_s, hurry=True)
        return self._take()

    # --- what happens --------------------------------------------------------------------------------------

    def connected(self, happened: Connected) -> list[Output]:
        """The link is up, for the first time or again; on return only *stop* is sent (S8)."""
        t_s = happened.t_s
        self._reading.restart()
        self._liveness.restart(t_s)
        self._pending.clear()
        match self.state:
            case BeltState.UNKNOWN:
                self._enter(BeltState.OBSERVING, t_s)
                self._read_range(happened)
            case BeltState.STANDING | BeltState.REFUSED:
                self._out.append(Noted(t_s, "the link is back; nothing is wanted of the belt any more"))
            case _:
                self._gate.disarm()
                self.reason = self.reason or Reason.LINK_LOST
                self._out.append(Noted(t_s, "the link is back; the belt is being stopped"))
                self._begin_stopping(t_s)
        return self._take()

    def link_lost(self, happened: LinkLost) -> list[Output]:
        """The link is gone."""
        self._gate.disarm()
        self._pending.clear()
        self._stopping = None
        if self.state in (BeltState.STANDING, BeltState.REFUSED):
            self._out.append(Noted(happened.t_s, f"the link ended: {happened.why}"))
            return self._take()
        if self._may_run or self.state is BeltState.STOPPING:
            text = f"The link to the treadmill is lost while the belt may be running ({happened.why})."
            self._enter(BeltState.LINK_LOST, happened.t_s)
        else:
            text = f"The link to the treadmill is lost ({happened.why})."
            self._enter(BeltState.REFUSED, happened.t_s)
        self._fault(happened.t_s, Reason.LINK_LOST, text)
        return self._take()

    def notified(self, happened: Notified) -> list[Output]:
        """A notification or indication arrived."""
        found = self._reading.feed(happened)
        self._out += self._reading.notes
        match found:
            case TreadmillData():
                self._record(happened.t_s, found)
            case None:
                pass
            case _:
                self._status(happened.t_s, found)
        self._pass(happened.t_s)
        return self._take()

    def answered(self, happened: CommandAnswered) -> list[Output]:
        """A command's procedure ended."""
        kind = self._pending.pop(happened.command_id, None)
        t_s = happened.t_s
        said = happened.problem or _result(happened.result)
        self._out.append(
            Decided(t_s, f"{kind or 'command'} answered", happened.result == ResultCode.SUCCESS, said)
        )
        match kind:
            case CommandKind.REQUEST_CONTROL if self.state is BeltState.TAKING_CONTROL:
                if happened.result in (ResultCode.NOT_PERMITTED, ResultCode.FAILED):
                    self._give_up(
                        t_s,
                        Reason.CONTROL_REFUSED,
                        "The treadmill does not let this program control it: close other apps that may hold "
                        "it, or allow remote control on its console.",
                    )
                elif happened.problem in (None, Problem.TIMED_OUT):
                    self._enter(BeltState.READY, t_s)  # some machines never answer, and obey all the same
                else:
                    self._give_up(t_s, Reason.COMMAND_FAILED, "The treadmill could not be asked for control.")
            case CommandKind.REQUEST_CONTROL if self._stopping and self.state is BeltState.STOPPING:
                self._stopping.hurry(t_s)
                self._go_on_stopping(t_s)
            case CommandKind.STOP if (
                self._stopping
                and self.state is BeltState.STOPPING
                and happened.result == ResultCode.NOT_PERMITTED
            ):
                # The permission to control ends with the link, or is taken away on the console.
                self._stopping.wait_for_control(t_s)
                self._ask(RequestControl(), t_s)
            case CommandKind.START | CommandKind.SET_SPEED if self.state in OURS and _refused(happened):
                self._alarm(
                    t_s, Alarm(Reason.COMMAND_FAILED, f"The treadmill refused to {_verb(kind)}: {said}.")
                )
            case _:
                pass  # what the belt reports decides
        return self._take()

    def passed(self, t_s: float) -> list[Output]:
        """Time passed."""
        self._pass(t_s)
        return self._take()

    # --- time and reports ---------------------------------------------------------------------------------

    def _pass(self, t_s: float) -> None:
        if alarm := self._watch.passed(t_s):
            self._alarm(t_s, alarm)
        waited_s = t_s - self._since_s
        match self.state:
            case BeltState.OBSERVING if self._reports >= OBSERVE_REPORTS and waited_s >= OBSERVE_S:
                self._enter(BeltState.TAKING_CONTROL, t_s)
                self._ask(RequestControl(), t_s, fatal=True)
            case BeltState.OBSERVING if self._reports < OBSERVE_REPORTS and waited_s >= FIRST_REPORT_S:
                self._give_up(
                    t_s,
                    Reason.SILENT,
                    "The treadmill does not report its belt while it stands: it cannot be watched.",
                )
            case BeltState.STARTING if waited_s >= START_TIMEOUT_S:
                self._alarm(
                    t_s, Alarm(Reason.START_TIMED_OUT, "The belt did not start: look at the console.")
                )
            case BeltState.SETTLING if waited_s >= SETTLE_S and self.speed_kmh:  # single zeros occur
                self._set_speed(t_s)
            case BeltState.SETTLING | BeltState.LOCKING if waited_s >= LOCK_TIMEOUT_S:
                self._alarm(t_s, Alarm(Reason.LOCK_TIMED_OUT, self._not_locked()))
            case BeltState.STOPPING:
                self._go_on_stopping(t_s)
            case _:
                pass

    def _record(self, t_s: float, record: TreadmillData) -> None:
        speed = record.speed_centi_kmh
        if speed is None:
            return
        self._liveness.reported(t_s)
        self._gate.reported(speed)
        self._reports += 1
        self.speed_kmh = kmh_from_centi(speed)
        self._out.append(BeltReported(t_s, self.speed_kmh))
        self._judge(t_s, self._watch.reported(t_s, speed, record.inclination_deci_pct))
        match self.state:
            case BeltState.OBSERVING if speed:
                self._give_up(
                    t_s,
                    Reason.UNEXPECTED_MOTION,
                    "The belt is running already: stop it on the console, then start again.",
                )
            case BeltState.STARTING if speed:
                self._may_start_until_s = 0.0
                self._enter(BeltState.SETTLING, t_s)
            case BeltState.LOCKING:
                self._confirm_lock(t_s, speed)
            case BeltState.STOPPING if self._stopping:
                self._stopping.reported(t_s, speed)
            case _:
                pass

    def _status(self, t_s: float, status: MachineStatus) -> None:
        match status:
            case StoppedBySafetyKey():
                self._judge(t_s, self._watch.key_pulled(), lead_s=CONSOLE_LEAD_S)
            case StoppedByUser() | PausedByUser() | MachineReset():
                self._judge(t_s, self._watch.stopped_on_console(), lead_s=CONSOLE_LEAD_S)
            case TargetSpeedChanged(speed_centi_kmh):
                self._judge(t_s, self._watch.target_speed_changed(speed_centi_kmh))
            case TargetInclineChanged(inclination_deci_pct):
                self._judge(t_s, self._watch.target_inclination_changed(inclination_deci_pct))
            case ControlLost():
                self._judge(t_s, self._watch.control_lost())
            case _:
                pass

    def _read_range(self, connected: Connected) -> None:
        if connected.speed_range is None:
            return
        found = decode_speed_range(connected.speed_range)
        if isinstance(found, Malformed):
            self._out.append(Noted(connected.t_s, f"speed range {found.data.hex()}: {found.flaw.value}"))
            return
        self._range = found
        if not found.min_centi_kmh <= self._limits.lock_centi_kmh <= found.max_centi_kmh:
            low, high = kmh_from_centi(found.min_centi_kmh), kmh_from_centi(found.max_centi_kmh)
            lock = kmh_from_centi(self._limits.lock_centi_kmh)
            text = f"This treadmill runs at {low:g}–{high:g} km/h; the protocol needs {lock:g} km/h."
            self._give_up(connected.t_s, Reason.OUT_OF_RANGE, text)

    # --- on the way to the lock ----------------------------------------------------------------------------

    def _set_speed(self, t_s: float) -> None:
        centi = None if self.speed_kmh is None else round(self.speed_kmh * 100)
        lock = self._limits.lock_centi_kmh
        # A machine whose own start speed is the lock needs no command.
        if centi == lock or self._ask(SetSpeed(lock), t_s, fatal=True):
            self._enter(BeltState.LOCKING, t_s)

    def _confirm_lock(self, t_s: float, speed_centi_kmh: int) -> None:
        if not self._limits.confirms_lock(speed_centi_kmh):
            self._steady_s, self._steady = None, 0
            return
        if self._steady_s is None:
            self._steady_s = t_s
        self._steady += 1
        if self._steady >= LOCK_REPORTS and t_s - self._steady_s >= LOCK_STEADY_S:
            self._enter(BeltState.LOCKED, t_s)

    def _not_locked(self) -> str:
        lock = kmh_from_centi(self._limits.lock_centi_kmh)
        shown = "nothing" if self.speed_kmh is None else f"{self.speed_kmh:.2f} km/h"
        return f"The belt does not hold {lock:g} km/h: it reports {shown}."

    # --- on the way to a standstill ------------------------------------------------------------------------

    def _judge(self, t_s: float, sign: Sign | None, lead_s: float = 0.0) -> None:
        match sign:
            case None:
                pass
            case Alarm():
                self._alarm(t_s, sign, lead_s)
            case _:
                self._out.append(Noted(t_s, sign.text))

    def _alarm(self, t_s: float, alarm: Alarm, lead_s: float = 0.0) -> None:
        if self.state in (BeltState.TAKING_CONTROL, BeltState.READY) and not self.speed_kmh:
            self._give_up(t_s, alarm.reason, alarm.text)  # it stands: a stop could even start it
            return
        self._fault(t_s, alarm.reason, alarm.text)
        self._moved = True  # an alarm leaves nobody sure of a standstill
        self._stop(t_s, lead_s=lead_s)

    def _stop(self, t_s: float, lead_s: float = 0.0, *, hurry: bool = False) -> None:
        self._gate.disarm()
        if self.state is BeltState.STOPPING and self._stopping:
            if hurry:
                self._stopping.hurry(t_s)
                self._go_on_stopping(t_s)
        elif self._may_run and self.state is not BeltState.LINK_LOST:
            self._begin_stopping(t_s, lead_s)
        elif self.state is not BeltState.LINK_LOST:
            self._enter(BeltState.STANDING, t_s)

    @property
    def _may_run(self) -> bool:
        """Whether the belt was set in motion and not seen to stand since, or is seen to move."""
        return self._moved or bool(self.speed_kmh)

    def _begin_stopping(self, t_s: float, lead_s: float = 0.0) -> None:
        lowest = (self._range.min_centi_kmh if self._range else 0) or LOWEST_CENTI_KMH
        self._stopping = Stopping(self._limits, t_s, lowest, lead_s, self._may_start_until_s)
        self._enter(BeltState.STOPPING, t_s)
        self._go_on_stopping(t_s)

    def _go_on_stopping(self, t_s: float) -> None:
        assert self._stopping is not None  # made where the state is entered
        before = self._stopping.progress
        if (ask := self._stopping.due(t_s)) and self._ask(ask, t_s) is None:
            self._ask(Stop(), t_s)  # no turn passes without a word
        if self._stopping.progress is Progress.STANDING:
            self._moved = False
            self._enter(BeltState.STANDING, t_s)
        elif self._stopping.progress is Progress.UNCONFIRMED and before is not Progress.UNCONFIRMED:
            text = "The belt is not seen to stop. Feet on the side rails, pull the safety key."
            self._fault(t_s, Reason.STOP_UNCONFIRMED, text)

    def _give_up(self, t_s: float, reason: Reason, text: str) -> None:
        """Before anything moved: this machine will not do, and nothing is sent to it."""
        self._fault(t_s, reason, text)
        self._enter(BeltState.REFUSED, t_s)

    def _fault(self, t_s: float, reason: Reason, text: str) -> None:
        self.reason = self.reason or reason
        self._out.append(FaultRaised(t_s, reason, text))

    # --- small things --------------------------------------------------------------------------------------

    def _ask(self, ask: Ask, t_s: float, *, fatal: bool = False) -> Command | None:
        what = type(ask).__name__
        match self._gate.admit(ask, t_s):
            case Refusal(reason):
                self._out.append(Decided(t_s, what, allowed=False, reason=reason))
                if fatal:
                    self._alarm(t_s, Alarm(reason, f"{what} was not allowed: {reason}."))
                return None
            case command:
                self._pending[command.id] = command.kind
                self._out += [Decided(t_s, what, allowed=True, reason=self.state.name.lower()), command]
                return command

    def _enter(self, state: BeltState, t_s: float) -> None:
        self.state = state
        self._since_s = t_s
        self._steady_s, self._steady = None, 0
        self._watch.expect(EXPECTED.get(state, Expected.ANYTHING))

    def _take(self) -> list[Output]:
        out, self._out = self._out, []
        return out


def _refused(answer: CommandAnswered) -> bool:
    """Whether the machine said no, or never heard; without an answer the belt's reports decide."""
    if answer.result is not None:
        return answer.result != ResultCode.SUCCESS
    return answer.problem is Problem.WRITE_FAILED


def _result(code: int | None) -> str:
    return ResultCode(code).name.lower().replace("_", " ") if code in set(ResultCode) else f"result {code}"


def _verb(kind: CommandKind) -> str:
    return "start" if kind is CommandKind.START else "change its speed"
