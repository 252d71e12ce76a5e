"""The guided session: what happened goes in, what to do comes out. No clock, no input or output, no asyncio.

Feeding the same inputs again gives the same outputs, bit for bit: a journal of inputs is the session.
"""

from collections.abc import Mapping, Sequence
from statistics import fmean
from types import MappingProxyType

from eccentread.events import (
    Answered,
    Ask,
    BeltReported,
    BeltSensed,
    CommandAnswered,
    Connected,
    CueKind,
    Decided,
    Disconnect,
    FaultRaised,
    Input,
    LinkLost,
    LockChosen,
    Noted,
    Notified,
    Outcome,
    Output,
    Phase,
    PhaseChanged,
    Reason,
    SensorConnected,
    SensorLost,
    SensorNotified,
    SessionEnded,
    StopAsked,
    TimePassed,
    Told,
)
from eccentread.rescue import PATIENCE_S
from eccentread.rescue.words import BELT_STANDS, LOOK_AGAIN, STANDS_STILL, belt_stands
from eccentread.safety import ARM_LASTS_S, Alarm, Limits, Spike
from eccentread.session import words
from eccentread.session.belt import Belt
from eccentread.session.belt_state import ALARMING, OURS, BeltState
from eccentread.session.exercise import Exercise, Stage
from eccentread.session.profile import UNKNOWN, Profile, matching, remarks
from eccentread.session.protocol import Protocol
from eccentread.session.second_opinion import SecondOpinion
from eccentread.session.sensing import Sensing
from eccentread.units import KMH_PER_MPS, centi_from_kmh

PAIN = "pain"
"""Who asks for a stop by this name stops because it hurts."""

_EXERCISE = Phase.SIGNAL_CHECK
"""The session's phase while the exercise runs; the exercise tells its own phases."""

_UNDONE = {
    Reason.CANNOT_COUNT: "Pushes cannot be counted on this treadmill, so none are.",
    Reason.LOCK_TIMED_OUT: "The belt does not keep its {lock:g} km/h: nobody is asked onto it.",
    Reason.SENSOR_SILENT: "The belt sensor has gone silent, and the pushes were counted from it.",
}
"""Why the exercise cannot go on, where that is nobody's wish: a fault."""


class GuidedSession:
    """One session of one athlete on one machine.

    `profiles`: what is known of models that it may be. `timed`: the address and the Device Information of one
    whose belt a person has timed before.
    """

    def __init__(
        self,
        protocol: Protocol,
        profiles: Sequence[Profile] = (),
        timed: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._protocol = protocol
        self._profiles = profiles
        self._timed = timed
        self._words = words.Words(protocol)
        self._belt = Belt(Limits(protocol.lock_centi_kmh), protocol.max_centi_kmh)
        self._exercise = Exercise(protocol, self._words)
        self._sensing = Sensing()
        self._opinion = SecondOpinion()
        self._phase = Phase.CONNECTING
        self._since_s = 0.0
        self._item = 0
        self._checks: list[tuple[str, str]] = []
        self._asked: Ask | None = None
        self._outcome = Outcome.FINISHED
        self._reason: Reason | None = None
        self._concluded = False
        self._wants_out = self._doubted = False
        self._parting = False
        self._broken_s: float | None = None
        self._out: list[Output] = []

    @property
    def ended(self) -> bool:
        """Whether the session is over."""
        return self._phase is Phase.ENDED

    def feed(self, happened: Input) -> list[Output]:
        """Take in what happened, in the order it happened; return what to do, in the order to do it."""
        if self.ended:
            return []
        t_s = happened.t_s
        match happened:
            case Connected():
                self._connected(happened)
            case LinkLost():
                self._follow_belt(t_s, self._belt.link_lost(happened))
            case Notified():
                self._follow_belt(t_s, self._belt.notified(happened))
            case CommandAnswered():
                self._follow_belt(t_s, self._belt.answered(happened))
            case SensorConnected() | SensorNotified() | SensorLost():
                self._follow_sensor(happened)
            case Answered():
                self._answered(happened)
            case StopAsked():
                self._stop_asked(happened)
            case TimePassed():
                self._follow_belt(t_s, self._belt.passed(t_s))
                self._follow_exercise(t_s, self._exercise.passed(t_s, held=self._belt.held))
                self._mind_the_wait(t_s)
        out, self._out = self._out, []
        return out

    # --- people ---------------------------------------------------------------------------------------------

    def _answered(self, answer: Answered) -> None:
        if self._asked is None or answer.question != self._asked.question:
            if answer.question.startswith(words.PAIN_IN_REST) and self._phase is _EXERCISE:
                self._hurts(answer.t_s, answer.value)  # however late it is said
            return
        self._asked = None
        t_s, yes = answer.t_s, bool(answer.value)
        match self._phase:
            case Phase.CHECKLIST if answer.question == words.PAIN_BEFORE:
                self._weigh_pain(t_s, answer.value)
            case Phase.CHECKLIST if not yes and answer.question == BELT_STANDS:
                self._follow_belt(t_s, self._belt.seen_moving(t_s))
            case Phase.CHECKLIST | Phase.ARMING if not yes:
                self._wind_up(t_s, Outcome.STOPPED, Reason.DECLINED)
            case Phase.CHECKLIST:
                if answer.question == BELT_STANDS:
                    self._follow_belt(t_s, self._belt.seen_standing(t_s))
                elif answer.question == words.OTHER_SPEED:
                    self._out.append(LockChosen(t_s, self._belt.lock_kmh))
                self._item += 1
                self._next_check(t_s)
            case Phase.ARMING:
                self._out.append(Decided(t_s, "arm", allowed=True, reason="a person permits it"))
                self._start(t_s)
            case Phase.LOCKING:
                self._follow_belt(t_s, self._belt.timed(t_s, holds=yes))
            case phase if phase is _EXERCISE:
                self._hurts(t_s, answer.value)
            case _ if answer.question == BELT_STANDS:
                self._looked(t_s, stands=yes)
            case _:
                self._item += 1
                self._next_question(t_s)

    def _start(self, t_s: float) -> None:
        outputs = self._belt.start(t_s)
        if self._belt.state is BeltState.READY:
            self._follow_belt(t_s, outputs)
            self._put(words.arm(t_s, self._belt.lock_kmh))
            return
        self._enter(t_s, Phase.STARTING)
        self._say(t_s, CueKind.BELT_STARTING)
        self._follow_belt(t_s, outputs)

    def _looked(self, t_s: float, *, stands: bool) -> None:
        """A human has looked at the belt, where the program cannot see it, or is not sure."""
        if not stands:
            self._doubted = False
            self._put(belt_stands(t_s))
            self._follow_belt(t_s, self._belt.seen_moving(t_s))
            return
        if self._belt.says_it_moves(t_s) and not self._doubted:
            self._doubted = True
            self._put(words.really_stands(t_s, self._belt.speed_kmh or 0.0))
            return
        self._follow_belt(t_s, self._belt.seen_standing(t_s))
        if self._belt.state is not BeltState.STANDING:
            self._out.append(Told(t_s, LOOK_AGAIN))
            self._put(belt_stands(t_s))
        elif self._parting or self._phase is Phase.LINK_LOST:
            self._part(t_s)

    def _stop_asked(self, stop: StopAsked) -> None:
        t_s = stop.t_s
        self._wants_out = True
        self._out.append(Decided(t_s, f"stop, asked by {stop.by}", allowed=True, reason=Reason.STOP_ASKED))
        match self._phase:
            case Phase.QUESTIONS if not self._belt.speed_kmh:
                self._part(t_s)
            case Phase.LINK_LOST:
                self._say(t_s, CueKind.EMERGENCY)
            case _:
                self._wind_up(t_s, Outcome.STOPPED, Reason.PAIN if stop.by == PAIN else Reason.STOP_ASKED)

    def _begin_checks(self, t_s: float) -> None:
        offered = [(words.OTHER_SPEED, self._belt.offer)] if self._belt.offer else []
        eyes = [STANDS_STILL] if self._belt.needs_eyes(t_s) else []
        self._checks = [*offered, *words.CHECKLIST, *eyes]
        self._item = 0
        self._next_check(t_s)

    def _next_check(self, t_s: float) -> None:
        if self._item < len(self._checks):
            self._put(words.check(t_s, self._checks[self._item]))
        else:
            self._put(words.pain_before(t_s))

    def _weigh_pain(self, t_s: float, pain: int | None) -> None:
        if self._hurts(t_s, pain):
            return
        self._enter(t_s, Phase.ARMING)
        self._say(t_s, CueKind.FEET_ON_RAILS)
        self._put(words.arm(t_s, self._belt.lock_kmh))

    def _hurts(self, t_s: float, pain: int | None) -> bool:
        """Whether the pain is above the protocol's limit, which ends the session."""
        limit = self._protocol.pain_limit
        if pain is None or pain <= limit:
            return False
        text = f"Pain of {pain} is above the limit of your protocol, {limit}: leave it for today."
        self._out.append(FaultRaised(t_s, Reason.PAIN, text))
        self._wind_up(t_s, Outcome.STOPPED, Reason.PAIN)
        return True

    def _next_question(self, t_s: float) -> None:
        if self._item < len(words.QUESTIONS):
            self._put(words.question(t_s, self._item))
        else:
            self._part(t_s)

    # --- machine --------------------------------------------------------------------------------------------

    def _connected(self, happened: Connected) -> None:
        t_s, name, device = happened.t_s, happened.name, happened.device
        self._out += [Noted(t_s, remark) for remark in remarks(self._profiles, name, device)]
        profile = matching(self._profiles, name, device) or UNKNOWN
        if profile.key:
            self._out.append(Noted(t_s, f"this is known as {profile.name} (profile {profile.key})"))
        told = {"address": happened.address, **device}
        timed = bool(self._timed) and all(told.get(key, "") == text for key, text in self._timed.items())
        self._follow_belt(t_s, self._belt.connected(happened, profile, timed=timed))

    # --- belt and exercise ----------------------------------------------------------------------------------

    def _follow_belt(self, t_s: float, outputs: list[Output]) -> None:
        was_stopping = self._phase is Phase.STOPPING and not self._parting
        faults = [one.reason for one in outputs if isinstance(one, FaultRaised)]
        worst = next((reason for reason in faults if reason in ALARMING), self._belt.reason)
        self._out += outputs
        match self._belt.state:
            case BeltState.OBSERVING if self._phase is Phase.CONNECTING:
                self._enter(t_s, Phase.OBSERVING)
            case BeltState.READY if self._phase is Phase.OBSERVING:
                self._enter(t_s, Phase.CHECKLIST)
                self._begin_checks(t_s)
            case BeltState.SETTLING | BeltState.LOCKING if self._phase is Phase.STARTING:
                self._enter(t_s, Phase.LOCKING)
            case BeltState.UNPROVEN if self._asked is None:
                self._put(words.belt_creeps(t_s, self._belt.lock_kmh))
            case BeltState.LOCKED if self._phase is Phase.LOCKING:
                self._phase = _EXERCISE
                self._asked = None
                self._say(t_s, CueKind.BELT_LOCKED)
                self._follow_exercise(t_s, self._exercise.begin(t_s))
            case BeltState.LOCKED:
                for one in outputs:
                    if isinstance(one, BeltReported):
                        self._opinion.reported(t_s, one.speed_kmh)
                        self._follow_exercise(t_s, self._exercise.speed(t_s, one.speed_kmh))
            case BeltState.STOPPING if self._phase is not Phase.STOPPING:
                self._leave_belt(t_s, Outcome.FAULT, worst)
            case BeltState.LINK_LOST if self._phase is not Phase.LINK_LOST:
                self._conclude(Outcome.FAULT, Reason.LINK_LOST)
                self._out += self._exercise.end(t_s, Reason.LINK_LOST)
                self._enter(t_s, Phase.LINK_LOST)
                self._say(t_s, CueKind.EMERGENCY)
                self._put(belt_stands(t_s))
            case BeltState.STOPPING if self._parting:  # it took a stop for a start
                self._parting = False
                self._leave_belt(t_s, Outcome.FAULT, worst)
            case BeltState.STOPPING if self._asked is None and self._belt.needs_eyes(t_s):
                self._put(belt_stands(t_s))
            case BeltState.STANDING if self._parting:
                self._part(t_s)
            case BeltState.STANDING if self._phase is Phase.STOPPING:
                self._stands(t_s)
            case BeltState.REFUSED:
                self._conclude(Outcome.FAULT, self._belt.reason)
                self._end(t_s)
            case _:
                pass
        if was_stopping and worst in ALARMING and worst in faults:
            self._conclude(Outcome.FAULT, worst)
            self._say(t_s, CueKind.EMERGENCY)
        if Reason.STOP_UNCONFIRMED in faults:
            self._conclude(Outcome.FAULT, Reason.STOP_UNCONFIRMED)
            self._say(t_s, CueKind.EMERGENCY)
            self._put(belt_stands(t_s))

    def _follow_sensor(self, happened: SensorConnected | SensorNotified | SensorLost) -> None:
        t_s = happened.t_s
        samples = self._sensing.feed(happened)
        self._out += self._sensing.notes
        if not samples:
            return
        speeds = [(sample.t_s, sample.speed_mps * KMH_PER_MPS) for sample in samples]
        self._out.append(BeltSensed(t_s, fmean(speed for _, speed in speeds)))
        limits = Limits(centi_from_kmh(self._belt.lock_kmh))
        state = self._belt.state
        match self._opinion.sensed(samples, limits, ours=state in OURS, locked=state is BeltState.LOCKED):
            case Alarm(reason, text):
                self._out.append(FaultRaised(t_s, reason, text))
                self._wind_up(t_s, Outcome.FAULT, reason)
            case Spike(text):
                self._out.append(Noted(t_s, text))
            case None:
                pass
        self._follow_exercise(t_s, self._exercise.sensed(t_s, speeds, self._sensing.length_m))

    def _follow_exercise(self, t_s: float, outputs: list[Output]) -> None:
        self._out += outputs
        for one in outputs:
            match one:
                case Ask():
                    self._asked = one
                case PhaseChanged(phase=Phase.SET) if self._asked is not None:
                    self._out.append(Noted(t_s, f"{self._asked.question} was not answered"))
                    self._asked = None
                case _:
                    pass
        if self._phase is not _EXERCISE or self._exercise.stage is not Stage.OVER:
            return
        match self._exercise.reason:
            case None:
                self._wind_up(t_s, Outcome.FINISHED, None)
            case reason if reason in _UNDONE:
                text = _UNDONE[reason].format(lock=self._belt.lock_kmh)
                self._out.append(FaultRaised(t_s, reason, text))
                self._wind_up(t_s, Outcome.FAULT, reason)
            case reason:
                self._wind_up(t_s, Outcome.STOPPED, reason)

    def _wind_up(self, t_s: float, outcome: Outcome, reason: Reason | None) -> None:
        """Bring the belt to a standstill, whatever the phase."""
        stops = self._belt.stop(t_s)
        self._leave_belt(t_s, outcome, reason)
        self._follow_belt(t_s, stops)

    def _leave_belt(self, t_s: float, outcome: Outcome, reason: Reason | None) -> None:
        """Off a belt that is being stopped; whatever was under way is over."""
        self._conclude(outcome, reason)
        self._out += self._exercise.end(t_s, reason)
        if self._belt.state is BeltState.STOPPING:
            alarming = {reason, self._reason} & ALARMING
            self._say(t_s, CueKind.EMERGENCY if alarming else CueKind.STEP_OFF)
        if self._phase is not Phase.STOPPING:  # where it is, the question whether the belt stands stays open
            self._asked = None
            self._enter(t_s, Phase.STOPPING)

    def _stands(self, t_s: float) -> None:
        if self._belt.speed_kmh is not None:  # else nobody ever saw it
            self._say(t_s, CueKind.BELT_STOPPED)
        if self._outcome is Outcome.FINISHED and not self._wants_out:
            self._item = 0
            self._enter(t_s, Phase.QUESTIONS)
            self._next_question(t_s)
        else:
            self._part(t_s)

    def _part(self, t_s: float) -> None:
        """Leave a standing belt, once it was seen to stay so; where nothing is heard of it, by a person."""
        if not self._parting:
            self._asked = None
        self._parting = not self._belt.at_peace
        if not self._parting:
            self._end(t_s, CueKind.BELT_MAY_RUN if self._belt.says_it_moves(t_s) else CueKind.SESSION_DONE)
        elif self._asked is None and self._belt.unheard(t_s) and not self._belt.restless(t_s):
            self._broken_s = t_s if self._broken_s is None else self._broken_s
            if not self._belt.needs_eyes(t_s):
                self._say(t_s, CueKind.BELT_MAY_RUN)
            self._put(belt_stands(t_s))

    def _mind_the_wait(self, t_s: float) -> None:
        waited_s = t_s - self._since_s
        watched = self._belt.state is BeltState.STANDING and not self._belt.unheard(t_s)
        if not watched and self._broken_s is not None and t_s - self._broken_s >= PATIENCE_S:
            self._end(t_s, CueKind.BELT_MAY_RUN)
        elif self._phase is Phase.ARMING and waited_s >= ARM_LASTS_S:
            self._item = self._checks.index(words.CHECKLIST[-1])  # who knows where the feet are by now
            self._enter(t_s, Phase.CHECKLIST)
            self._next_check(t_s)
        elif self._asked is not None and t_s - self._asked.t_s >= PATIENCE_S:
            self._leave_unanswered(t_s)

    def _leave_unanswered(self, t_s: float) -> None:
        """Nobody seems to be there any more, and the belt stands."""
        match self._phase:
            case Phase.CHECKLIST:
                self._out.append(Noted(t_s, f"nobody answered for {PATIENCE_S:g} s"))
                self._wind_up(t_s, Outcome.STOPPED, Reason.DECLINED)
            case Phase.QUESTIONS:
                self._out.append(Noted(t_s, f"nobody answered for {PATIENCE_S:g} s: the rest is not asked"))
                self._part(t_s)
            case _:
                pass

    # --- small things ---------------------------------------------------------------------------------------

    def _conclude(self, outcome: Outcome, reason: Reason | None) -> None:
        """The first reason to end stands, but a fault outweighs the rest."""
        worse = outcome is Outcome.FAULT and self._outcome is not Outcome.FAULT
        if worse or not self._concluded:
            self._outcome, self._reason = outcome, reason
        self._concluded = True

    def _end(self, t_s: float, last_words: CueKind = CueKind.SESSION_DONE) -> None:
        self._say(t_s, last_words)
        self._enter(t_s, Phase.ENDED)
        self._out += [Disconnect(t_s), SessionEnded(t_s, self._outcome, self._reason)]

    def _enter(self, t_s: float, phase: Phase) -> None:
        self._phase, self._since_s = phase, t_s
        self._doubted = False
        if phase not in (Phase.LINK_LOST, Phase.STOPPING):
            self._broken_s = None
        elif self._broken_s is None:  # a link that comes and goes begins nothing anew
            self._broken_s = t_s
        self._out.append(PhaseChanged(t_s, phase))

    def _say(self, t_s: float, kind: CueKind) -> None:
        self._out.append(self._words.cue(t_s, kind))

    def _put(self, ask: Ask) -> None:
        self._asked = ask
        self._out.append(ask)
