"""From a connected machine to a belt that is locked, and from any moment to a belt that stands.

Observe first, control later: nothing is written until the belt was seen to stand. What the belt does is what
the machine reports; an acknowledgement alone is never believed.
"""

from dataclasses import replace

from eccentread.events import (
    BeltReported,
    Command,
    CommandAnswered,
    CommandKind,
    Connected,
    Decided,
    FaultRaised,
    HangUp,
    LinkLost,
    Noted,
    Notified,
    Output,
    Problem,
    Reason,
    ResultCode,
    Told,
    Verdict,
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
    STANDING_S,
    Alarm,
    BeltGate,
    Expected,
    Limits,
    Liveness,
    Motion,
    Progress,
    Refusal,
    Sign,
    Start,
    Stop,
    Stopping,
    Travel,
    TryStop,
    Watch,
)
from eccentread.safety.gate import Ask
from eccentread.session.approach import Approach
from eccentread.session.belt_state import (
    BEFORE,
    CONSOLE_LEAD_S,
    EXPECTED,
    HELD_REPORTS,
    LOWEST_CENTI_KMH,
    MUTE_EXPECTED,
    OURS,
    BeltState,
)
from eccentread.session.effects import Effect, GiveUp, Ruling
from eccentread.session.observation import Observation
from eccentread.session.profile import UNKNOWN, Profile
from eccentread.session.reading import Reading
from eccentread.session.speeds import choose_lock, lowest_centi_kmh
from eccentread.session.verdicts import Verdicts
from eccentread.units import centi_from_kmh, kmh_from_centi


class Belt:
    """The machine's belt as the session sees it. Times are session seconds.

    `state` says how far things have come; `reason` why they went wrong, if they did. After a fault the belt
    is stopped and disarmed; nothing here starts it again. Each command gets a verdict (`Judged`).

    `fastest_centi_kmh`: the fastest lock allowed on a machine that cannot hold that of `limits`. `offer` is
    the question to a human where another lock was taken; unless it is answered by yes, nothing may start.
    """

    def __init__(self, limits: Limits, fastest_centi_kmh: int = 0) -> None:
        self._limits = limits
        self._fastest = max(fastest_centi_kmh, limits.lock_centi_kmh)
        self._profile = UNKNOWN
        self._liveness = Liveness()
        self._gate = BeltGate(limits, self._liveness)
        self._watch = Watch(limits, self._liveness)
        self._reading = Reading()
        self._verdicts = Verdicts()
        self._observation = Observation(0.0, reports_standing=True)
        self._approach: Approach | None = None
        self._stopping: Stopping | None = None
        self._lost_s = 0.0
        self._faults: set[Reason] = set()
        self._agreeing = 0  # reports in a row with its lock
        self._hung_up = False  # to go on stopping on a new link
        self._pending: dict[int, CommandKind] = {}
        self._range: SpeedRange | None = None
        self._motion = Motion()
        self._linked = False
        self._travel = Travel()
        self._out: list[Output] = []
        self.state = BeltState.UNKNOWN
        self.reason: Reason | None = None
        self.speed_kmh: float | None = None
        self.offer: str | None = None

    @property
    def lock_kmh(self) -> float:
        """The speed at which the belt is, or would be, locked."""
        return kmh_from_centi(self._limits.lock_centi_kmh)

    @property
    def held(self) -> bool:
        """Whether its newest reports agree with its lock."""
        return self._agreeing >= HELD_REPORTS

    def needs_eyes(self, t_s: float) -> bool:
        """Whether only a human can see the belt stand: known to go mute when it does, and mute now."""
        return self._linked and not self._profile.reports_standing and self._liveness.suspect(t_s)

    def restless(self, t_s: float) -> bool:
        """Whether the belt may yet start, though it stands: a few machines take a *stop* at rest for one."""
        return self._motion.restless(t_s)

    @property
    def at_peace(self) -> bool:
        """Whether it stands, and was seen to once nothing that was sent could start it any more."""
        return self.state is not BeltState.STANDING or self._motion.at_peace

    def unheard(self, t_s: float) -> bool:
        """Whether nothing fresh is known of it, or only what a person has overruled."""
        return self._liveness.suspect(t_s) or not self._motion.believed

    def says_it_moves(self, t_s: float) -> bool:
        """Whether its fresh reports are of motion."""
        return bool(self.speed_kmh) and not self._liveness.suspect(t_s)

    # --- what the session may ask --------------------------------------------------------------------------

    def seen_standing(self, t_s: float) -> list[Output]:
        """A human sees the belt stand. What it reports counts again once that is zero.

        Like a zero it proves nothing while a countdown may be running, nor in the moment the link is lost:
        a belt takes its time.
        """
        self._gate.seen_standing(t_s)
        just_lost = self.state is BeltState.LINK_LOST and t_s - self._lost_s < STANDING_S
        if just_lost or t_s < self._motion.zeros_prove_from_s:
            return self._take()
        # One that reports only while it runs says so by reporting at all.
        told = self._profile.reports_standing and self.says_it_moves(t_s)
        overruled = centi_from_kmh(self.speed_kmh or 0.0) if told else 0
        if self.state is BeltState.STANDING:
            self._out += self._motion.stands(t_s, "a person sees it stand", overruled)
        elif self.state in (BeltState.STOPPING, BeltState.LINK_LOST):
            self._stands(t_s, "a person saw the belt stand", overruled)
            if not self._motion.believed:
                self._watch.expect(Expected.ANYTHING)
        self._out += self._motion.peace(t_s)
        return self._take()

    def seen_moving(self, t_s: float) -> list[Output]:
        """A human sees the belt run that was thought to stand: it is stopped, whoever started it."""
        if self.state in (BeltState.READY, BeltState.STANDING):
            self._fault(t_s, Reason.UNEXPECTED_MOTION, "Somebody sees the belt run, which should stand.")
            self._begin_stopping(t_s)
        return self._take()

    def timed(self, t_s: float, *, holds: bool) -> list[Output]:
        """A human has timed the belt, where it is `UNPROVEN`; `holds`: it runs at its lock."""
        if self._approach is not None and self.state in OURS:
            self._advance(t_s, self._approach.timed(t_s, holds=holds))
        return self._take()

    def start(self, t_s: float) -> list[Output]:
        """A human permits it: set the belt in motion and bring it to the lock.

        Where the gate refuses, the permission is gone, the state is as before, and what was told says why.
        """
        self._gate.arm(t_s)
        self._approach = Approach(self._limits, self._profile, t_s)
        if self._ask(Start(), t_s):
            self._enter(BeltState.STARTING)
        else:
            self._gate.disarm()
            text = "The treadmill's reports are late, or not of a belt at rest: nothing was started."
            self._out.append(Told(t_s, text))
        return self._take()

    def try_stop(self, t_s: float) -> list[Output]:
        """See what the machine makes of one *stop* while its belt stands, from `READY`.

        A few take it for a start: the belt may run until it was seen to stay at rest. Where it starts, that
        is a fault, and it is brought to a standstill.
        """
        self._gate.arm(t_s)
        if self._ask(TryStop(), t_s, fatal=True):
            self._enter(BeltState.STANDING)
        self._gate.disarm()
        return self._take()

    def stop(self, t_s: float) -> list[Output]:
        """Bring the belt to a standstill, now. Does nothing to a belt that stands and was never started."""
        self._stop(t_s, hurry=True)
        return self._take()

    # --- what happens --------------------------------------------------------------------------------------

    def connected(
        self, happened: Connected, profile: Profile = UNKNOWN, *, timed: bool = False
    ) -> list[Output]:
        """The link is up, for the first time or again; on return only *stop* is sent (S8).

        `profile` is what is known of the model; `timed`: a person has timed this machine's belt before.
        """
        t_s = happened.t_s
        self._linked = True
        self._reading.restart(profile.report_unit)
        self._liveness.restart(t_s)
        self._gate.relinked()
        self._pending.clear()
        match self.state:
            case BeltState.UNKNOWN:
                self._profile = replace(profile, unit_verified=profile.unit_verified or timed)
                self._observation = Observation(t_s, reports_standing=profile.reports_standing)
                self._enter(BeltState.OBSERVING)
                self._meet(happened)
            case BeltState.OBSERVING | BeltState.TAKING_CONTROL | BeltState.READY:
                text = "The treadmill's link was made anew before the belt was started: start again."
                self._give_up(t_s, Reason.LINK_LOST, text)
            case BeltState.STANDING | BeltState.REFUSED:
                self._out.append(Noted(t_s, "the link is back; nothing is wanted of the belt any more"))
            case _:
                self._gate.disarm()
                self.reason = self.reason or Reason.LINK_LOST
                self._out.append(Noted(t_s, "the link is back; the belt is being stopped"))
                if self._hung_up and self._stopping:
                    self._hung_up = False
                    self._stopping.relinked(t_s)
                    self._enter(BeltState.STOPPING)
                    self._go_on_stopping(t_s)
                else:
                    self._begin_stopping(t_s)
        return self._take()

    def link_lost(self, happened: LinkLost) -> list[Output]:
        """The link is gone."""
        self._linked = False
        self._gate.disarm()
        self._pending.clear()
        self._lost_s = happened.t_s
        at_rest = self.state is BeltState.STANDING and not self._motion.doubtful
        if at_rest or self.state is BeltState.REFUSED:
            self._out.append(Noted(happened.t_s, f"the link ended: {happened.why}"))
            return self._take()
        if self._motion.may_run or self.state is BeltState.STOPPING:
            text = f"The link to the treadmill is lost while the belt may be running ({happened.why})."
            self._enter(BeltState.LINK_LOST)
            self._out += self._motion.suspected(happened.t_s)
        else:
            text = f"The link to the treadmill is lost ({happened.why})."
            self._enter(BeltState.REFUSED)
        self._fault(happened.t_s, Reason.LINK_LOST, text)
        return self._take()

    def notified(self, happened: Notified) -> list[Output]:
        """A notification or indication arrived. Silence that it ends is silence all the same."""
        self._hear_silence(happened.t_s)
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
                self._advance(t_s, self._observation.answered(happened, said))
            case CommandKind.REQUEST_CONTROL if self._stopping and self.state is BeltState.STOPPING:
                self._stopping.control_answered(t_s)
                self._go_on_stopping(t_s)
            case CommandKind.STOP if self.state is BeltState.STOPPING and happened.problem is Problem.STUCK:
                text = "the treadmill takes no more commands on this link: a new one is made"
                self._hung_up = True
                self._out += [Noted(t_s, text), HangUp(t_s, 0.0)]
            case CommandKind.STOP | CommandKind.SET_SPEED | CommandKind.PAUSE if (
                self._stopping
                and self.state is BeltState.STOPPING
                and happened.result == ResultCode.NOT_PERMITTED
            ):
                # The permission to control ends with the link, or is taken away on the console.
                self._stopping.wait_for_control(t_s)
                self._go_on_stopping(t_s)
            case CommandKind.TRY_STOP if happened.problem is Problem.WRITE_FAILED:
                self._fault(t_s, Reason.COMMAND_FAILED, "The stop could not be sent: nothing was tried.")
            case CommandKind() if self._approach and self.state in OURS:
                if happened.result == ResultCode.NOT_PERMITTED and kind is CommandKind.START:
                    self._gate.start_refused()
                self._advance(t_s, self._approach.answered(t_s, kind, happened, said))
            case _:
                pass  # what the belt reports decides
        return self._take()

    def passed(self, t_s: float) -> list[Output]:
        """Time passed."""
        self._pass(t_s)
        return self._take()

    # --- time and reports ---------------------------------------------------------------------------------

    def _hear_silence(self, t_s: float) -> None:
        if alarm := self._watch.passed(t_s):
            self._alarm(t_s, alarm)

    def _pass(self, t_s: float) -> None:
        self._hear_silence(t_s)
        match self.state:
            case BeltState.OBSERVING:
                self._advance(t_s, self._observation.passed(t_s))
            case BeltState.STOPPING:
                if self._stopping and self._liveness.dead(t_s):
                    self._stopping.fell_silent(t_s)
                self._go_on_stopping(t_s)
            case BeltState.STANDING if self._motion.doubtful and self._motion.stays:
                self._judged(t_s, CommandKind.TRY_STOP, Verdict.CONFIRMED, "the belt stays at rest")
                self._stands(t_s, "the belt stays at rest")
            case _ if self._approach and self.state in OURS:
                fresh = not self._liveness.suspect(t_s)
                self._advance(t_s, self._approach.passed(t_s, fresh=fresh))
            case _:
                pass
        self._out += self._motion.peace(t_s)

    def _record(self, t_s: float, record: TreadmillData) -> None:
        speed = record.speed_centi_kmh
        if speed is None:
            return
        self._liveness.reported(t_s)
        self._gate.reported(speed)
        self.speed_kmh = kmh_from_centi(speed)
        self._agreeing = self._agreeing + 1 if self._limits.confirms_lock(speed) else 0
        if self._motion.reported(t_s, speed) and self.state is BeltState.STANDING:
            self._enter(BeltState.STANDING)
        if self._travel.reported(speed, record.distance_m) and self.state is BeltState.STANDING:
            self._judge(t_s, self._watch.travelled(self._travel.steps))
        self._out.append(BeltReported(t_s, self.speed_kmh))
        self._judge(t_s, self._watch.reported(t_s, speed, record.inclination_deci_pct))
        match self.state:
            case BeltState.OBSERVING:
                self._advance(t_s, self._observation.reported(t_s, speed))
            case BeltState.STOPPING if self._stopping:
                self._stopping.reported(t_s, speed, record.distance_m)
            case _ if self._approach and self.state in OURS:
                self._advance(t_s, self._approach.reported(t_s, speed, record.distance_m))
            case _:
                pass

    def _status(self, t_s: float, status: MachineStatus) -> None:
        match status:
            case StoppedBySafetyKey():
                self._judge(t_s, self._watch.key_pulled(), lead_s=CONSOLE_LEAD_S)
            case StoppedByUser() | PausedByUser() | MachineReset():
                self._judge(t_s, self._watch.stopped_on_console(), lead_s=CONSOLE_LEAD_S)
            case TargetSpeedChanged(number):
                self._judge(t_s, self._watch.target_speed_changed(self._target_centi_kmh(number)))
            case TargetInclineChanged(inclination_deci_pct):
                self._judge(t_s, self._watch.target_inclination_changed(inclination_deci_pct))
            case ControlLost():
                self._judge(t_s, self._watch.control_lost())
            case _:
                pass

    def _target_centi_kmh(self, number: int) -> int:
        """A target that the console tells, in the unit of reports or of commands: nobody says in which."""
        meant = {round(number * unit.kmh) for unit in (self._profile.report_unit, self._profile.command_unit)}
        return min(meant, key=lambda speed: abs(speed - self._limits.lock_centi_kmh))

    # --- before it moves -----------------------------------------------------------------------------------

    def _meet(self, connected: Connected) -> None:
        """See whether the machine can do it, and take its units and limits."""
        t_s = connected.t_s
        self._read_range(connected)
        choice = choose_lock(self._limits.lock_centi_kmh, self._fastest, self._range, self._profile)
        if choice.lock_centi_kmh is None:
            self._give_up(t_s, Reason.OUT_OF_RANGE, choice.text)
            return
        self.offer = choice.text or None
        self._limits = Limits(choice.lock_centi_kmh)
        self._gate = BeltGate(self._limits, self._liveness, self._profile.command_unit.kmh)
        self._watch = Watch(self._limits, self._liveness)

    def _read_range(self, connected: Connected) -> None:
        if connected.speed_range is None:
            return
        found = decode_speed_range(connected.speed_range)
        if isinstance(found, Malformed):
            self._out.append(Noted(connected.t_s, f"speed range {found.data.hex()}: {found.flaw.value}"))
        else:
            self._range = found

    # --- on the way to the lock ----------------------------------------------------------------------------

    def _advance(self, t_s: float, effects: list[Effect]) -> None:
        """Do what a step on the way calls for, and follow it."""
        for effect in effects:
            match effect:
                case Alarm():
                    self._alarm(t_s, effect)
                case Ruling(kind, verdict, why):
                    self._judged(t_s, kind, verdict, why)
                case GiveUp(reason, text):
                    self._give_up(t_s, reason, text)
                case _:
                    self._ask(effect, t_s, fatal=True)
        way = self._observation if self.state in BEFORE else self._approach if self.state in OURS else None
        if way is not None and way.state is not self.state:
            self._enter(way.state)

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
        if self.state is BeltState.STOPPING and alarm.reason in self._faults:
            return  # it is known, and being stopped for it
        self._fault(t_s, alarm.reason, alarm.text)
        self._out += self._motion.suspected(t_s)  # an alarm leaves nobody sure of a standstill
        self._stop(t_s, lead_s, hurry=self.state is BeltState.STOPPING)

    def _stop(self, t_s: float, lead_s: float = 0.0, *, hurry: bool = False) -> None:
        self._gate.disarm()
        self._out += self._verdicts.overtaken(t_s, "the belt is being stopped")
        if self.state is BeltState.STOPPING and self._stopping:
            if hurry:
                self._stopping.hurry(t_s)
                self._go_on_stopping(t_s)
        elif self._motion.may_run and self.state is not BeltState.LINK_LOST:
            self._begin_stopping(t_s, lead_s)
        elif self.state is not BeltState.LINK_LOST:
            self._enter(BeltState.STANDING)

    def _begin_stopping(self, t_s: float, lead_s: float = 0.0) -> None:
        lowest = max(lowest_centi_kmh(self._range, self._profile) or 0, LOWEST_CENTI_KMH)
        if self.state is BeltState.STANDING:
            self._motion.restarted(t_s)
        self._out += self._motion.suspected(t_s)
        before_s = self._stopping.repeat_s if self._stopping else 0.0
        proves_s, repeat_s = self._motion.zeros_prove_from_s, max(self._motion.repeat_s, before_s)
        self._stopping = Stopping(self._limits, t_s, lowest, lead_s, proves_s, repeat_s, self._liveness)
        self._enter(BeltState.STOPPING)
        self._go_on_stopping(t_s)

    def _go_on_stopping(self, t_s: float) -> None:
        assert self._stopping is not None  # made where the state is entered
        before = self._stopping.progress
        if (ask := self._stopping.due(t_s)) and self._ask(ask, t_s) is None:
            self._ask(Stop(), t_s)  # no turn passes without a word
        if self._stopping.progress is Progress.STANDING:
            self._stands(t_s, "the belt is seen to stand")
        elif self._stopping.progress is Progress.UNCONFIRMED and before is not Progress.UNCONFIRMED:
            self._judged(t_s, CommandKind.STOP, Verdict.UNKNOWN, "the belt is not seen to stand")
            text = "The belt is not seen to stop. Feet on the side rails, pull the safety key."
            self._fault(t_s, Reason.STOP_UNCONFIRMED, text)

    def _stands(self, t_s: float, why: str, overruled_centi_kmh: int = 0) -> None:
        self._judged(t_s, CommandKind.STOP, Verdict.CONFIRMED, why)
        self._out += self._motion.stands(t_s, why, overruled_centi_kmh)
        self._travel = Travel()
        self._enter(BeltState.STANDING)

    def _give_up(self, t_s: float, reason: Reason, text: str) -> None:
        """Before anything moved: this machine will not do, and nothing is sent to it."""
        self._fault(t_s, reason, text)
        self._enter(BeltState.REFUSED)

    def _fault(self, t_s: float, reason: Reason, text: str) -> None:
        self.reason = self.reason or reason
        self._faults.add(reason)
        self._out.append(FaultRaised(t_s, reason, text))

    # --- small things --------------------------------------------------------------------------------------

    def _ask(self, ask: Ask, t_s: float, *, fatal: bool = False) -> Command | None:
        what = type(ask).__name__
        match self._gate.admit(ask, t_s):
            case Refusal(reason):
                self._out.append(Decided(t_s, what, allowed=False, reason=reason))
                if fatal:
                    text = f"The program refuses itself a command ({what}: {reason})."
                    self._alarm(t_s, Alarm(reason, text))
                return None
            case command:
                self._pending[command.id] = command.kind
                self._verdicts.sent(command)
                within_s = self._approach.start_timeout_s if self._approach else 0.0
                self._out += self._motion.commanded(command, within_s)
                self._out += [Decided(t_s, what, allowed=True, reason=self.state.name.lower()), command]
                return command

    def _enter(self, state: BeltState) -> None:
        self.state = state
        expected = EXPECTED.get(state, Expected.ANYTHING)
        if not self._profile.reports_standing:
            expected = MUTE_EXPECTED.get(state, expected)
        self._watch.expect(expected)

    def _judged(self, t_s: float, kind: CommandKind, verdict: Verdict, why: str) -> None:
        self._out += self._verdicts.judge(t_s, kind, verdict, why)

    def _take(self) -> list[Output]:
        out, self._out = self._out, []
        return out


def _result(code: int | None) -> str:
    return ResultCode(code).name.lower().replace("_", " ") if code in set(ResultCode) else f"result {code}"
