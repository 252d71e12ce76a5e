"""The commissioning session: what happened goes in, what to do comes out. No clock, no input or output.

Its script is a generator that reads like the checklist it is; each input is seen by the belt first, then by
the script. Feeding the same inputs again gives the same outputs, bit for bit.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace

from eccentread.events import (
    Answered,
    Ask,
    Command,
    CommandAnswered,
    Connected,
    Cue,
    CueKind,
    Decided,
    Disconnect,
    FaultRaised,
    HangUp,
    Input,
    Judged,
    LinkLost,
    Notified,
    Outcome,
    Output,
    QuestionKind,
    Reason,
    SessionEnded,
    StopAsked,
    TimePassed,
    Told,
)
from eccentread.rescue.words import BELT_MAY_RUN, LOOK_AGAIN
from eccentread.safety import Limits
from eccentread.session.belt import Belt, BeltState
from eccentread.session.belt_state import ALARMING, OURS
from eccentread.session.commissioning import words
from eccentread.session.commissioning.findings import Done, Findings, Run, learn
from eccentread.session.commissioning.script import Over, Script
from eccentread.session.commissioning.trace import Trace
from eccentread.session.profile import Profile

GIVE_UP_S = 600.0
"""How long a belt that is not seen to stand, or a lost link, is kept up without a human's word."""

SETTLE_S = 6.0
"""How long its own start speed is left alone, to be seen: at 0.05 m/s² a belt reaches 1.0 km/h in it."""

JUST_NOW_S = 2.5

_IDS_APART = 10_000
"""Each belt numbers its commands from 1; in the record each number is there once."""

AT_REST = frozenset({BeltState.UNKNOWN, BeltState.OBSERVING, BeltState.STANDING, BeltState.REFUSED})
"""Nothing has to be done about a belt of which this is known."""


class Conduct:
    """Holds belt, people and record together for a script; knows nothing of stages.

    `play` makes the script. One belt at a time is in charge, also while it only stands.
    """

    def __init__(self, play: Callable[["Conduct"], Script[None]]) -> None:
        self.t_s = 0.0
        self.done = Done()
        self.trace = Trace()
        self.profile = Profile(key="commissioning", name="the machine under test", settle_s=SETTLE_S)
        """What is known by now, for the next belt."""
        self.belt: Belt | None = None
        self.run: Run | None = None
        """The run under way."""
        self.linked = False
        self.ended = False
        self.timed = True
        """Whether a lock may rest on reports alone: here because it is timed in the course of this."""
        self._first_id = 0
        self._asked: Ask | None = None
        self._answer: Answered | None = None
        self._tolerated: frozenset[Reason] = frozenset()
        self._unconfirmed = False
        self._hung_up = False
        """The link is down because this program wanted it so."""
        self._over: Over | None = None
        self._out: list[Output] = []
        self._script = self._whole(play)
        next(self._script)

    @property
    def findings(self) -> Findings:
        """What has been learned so far."""
        return learn(self.done, self.trace, self.t_s)

    def feed(self, happened: Input) -> list[Output]:
        """Take in what happened, in the order it happened; return what to do, in the order to do it."""
        if self.ended:
            return []
        self.t_s = happened.t_s
        over = self._first_the_belt(happened)
        if over is not None and self._over is not None and self._over.outcome is Outcome.FINISHED:
            self._over = over  # at the very end, and no less true
        if over is not None and self._over is None:
            self._over = over
            self._asked = None
            self._script.throw(over)
        else:
            self._script.send(happened)
        out, self._out = self._out, []
        return out

    # --- what a script may do -------------------------------------------------------------------------------

    def tell(self, text: str) -> None:
        """Say a sentence."""
        self._out.append(Told(self.t_s, text))

    def put(self, output: Output) -> None:
        """Let the shell do something that is no command."""
        self._out.append(output)
        self._hung_up = self._hung_up or isinstance(output, HangUp)

    def until(self, holds: Callable[[], bool], within_s: float) -> Script[bool]:
        """Wait until something holds; say whether it does."""
        end_s = self.t_s + within_s
        while not holds():
            if self.t_s >= end_s:
                return False
            yield
        return True

    def wait(self, seconds: float) -> Script[None]:
        """Let time pass."""
        yield from self.until(lambda: False, seconds)

    def ask(
        self,
        question: words.Question,
        kind: QuestionKind = QuestionKind.CONFIRM,
        unless: Callable[[], bool] = lambda: False,
    ) -> Script[Answered | None]:
        """The answer to a question; `None` where `unless` came to hold first.

        Raises:
            Over: nobody answers for `GIVE_UP_S`.
        """
        asked_s = self.t_s
        self._asked, self._answer = Ask(asked_s, question.name, kind, question.text), None
        self._out.append(self._asked)
        while self._answer is None:
            if unless():
                self._asked = None
                return None
            if self.t_s - asked_s >= GIVE_UP_S:
                self._asked = None
                raise Over(Outcome.STOPPED, Reason.DECLINED)
            yield
        return self._answer

    def confirmed(self, question: words.Question) -> Script[bool]:
        """Whether the answer is yes."""
        answer = yield from self.ask(question)
        return answer is not None and bool(answer.value)

    @contextmanager
    def tolerating(self, *reasons: Reason) -> Generator[None]:
        """While inside, these faults end a run, not the session."""
        before, self._tolerated = self._tolerated, self._tolerated | set(reasons)
        try:
            yield
        finally:
            self._tolerated = before

    def take_belt(self, lock_centi_kmh: int) -> Belt:
        """A new belt, from standstill, with what is known by now."""
        assert self.done.connected is not None  # nobody asks before
        self.belt = Belt(Limits(lock_centi_kmh))
        self._unconfirmed = False
        self._first_id += _IDS_APART
        self.carry_out(
            self.belt.connected(replace(self.done.connected, t_s=self.t_s), self.profile, timed=self.timed)
        )
        return self.belt

    @property
    def may_start(self) -> bool:
        """Whether the belt in charge stands and is ready to be started."""
        return self.belt is not None and self.belt.state is BeltState.READY

    def begin(self, run: Run) -> None:
        """Set the belt in motion: a human has just permitted it."""
        assert self.belt is not None  # one is in charge long before
        self.run = run
        self.done.runs.append(run)
        self.carry_out(self.belt.start(self.t_s))
        if self.may_start:  # its reports are late just now
            raise Over(Outcome.FAULT, Reason.STALE_DATA)

    @property
    def reported_now(self) -> list[float]:
        """What fresh reports say, hundredths of a km/h, the latest last."""
        fresh = self.trace.reports_between(self.t_s - JUST_NOW_S, self.t_s)
        return [one.centi * self.profile.report_unit.kmh for one in fresh]

    def stop(self) -> None:
        """Bring the belt to a standstill."""
        if self.belt is not None:
            self._leave()
            self.follow(self.belt.stop(self.t_s))

    def carry_out(self, outputs: list[Output]) -> None:
        """Pass on what the belt wants.

        Raises:
            Over: it is a fault that ends the session.
        """
        if over := self.follow(outputs):
            raise over

    def follow(self, outputs: list[Output]) -> Over | None:
        """Pass on what the belt wants; say whether it means the end."""
        over = None
        for output in outputs:
            match output:
                case Command(id=id):
                    numbered = replace(output, id=self._first_id + id)
                    self.trace.sent(numbered)
                    self._out.append(numbered)
                case Judged(command_id=id):
                    self._out.append(replace(output, command_id=self._first_id + id))
                case FaultRaised(reason=reason, text=text) if reason in self._tolerated:
                    self._leave(reason)
                    self.tell(text)
                    if reason is Reason.LINK_LOST and not self._hung_up:
                        self._cry_out(reason)
                case FaultRaised(reason=reason):
                    if reason is Reason.STOP_UNCONFIRMED:
                        self._unconfirmed = True
                        if self.run is not None:
                            self.run.unconfirmed_s = self.t_s
                    self._leave(reason)
                    self._out.append(output)
                    self._cry_out(reason)
                    over = over or Over(Outcome.FAULT, reason)
                case _:
                    self._out.append(output)
        if self.run and self.belt and self.belt.state in AT_REST and self.run.ended_s is None:
            self.run.ended_s = self.t_s
        return over

    # --- inputs ---------------------------------------------------------------------------------------------

    def _first_the_belt(self, happened: Input) -> Over | None:
        belt = self.belt
        match happened:
            case Connected():
                return self._connected(happened)
            case LinkLost():
                self.linked = False
                lost = None if belt is None else self.follow(belt.link_lost(happened))
                if Reason.LINK_LOST in self._tolerated:
                    return None
                return lost or Over(Outcome.FAULT, Reason.LINK_LOST)
            case Notified():
                self.trace.notified(happened)
                return None if belt is None else self.follow(belt.notified(happened))
            case CommandAnswered():
                self.trace.answered(happened)
                number = happened.command_id - self._first_id
                if belt is None or not 0 < number < _IDS_APART:
                    return None  # an earlier belt's, or that of a stop on its own
                return self.follow(belt.answered(replace(happened, command_id=number)))
            case Answered():
                if self._asked is not None and happened.question == self._asked.question:
                    self._asked, self._answer = None, happened
                return None
            case StopAsked(by=by):
                self._out.append(Decided(self.t_s, f"stop, asked by {by}", allowed=True, reason="stop-asked"))
                self.stop()
                return Over(Outcome.STOPPED, Reason.STOP_ASKED)
            case TimePassed():
                return None if belt is None else self.follow(belt.passed(self.t_s))
            case _:
                return None  # sensors have no part in this

    def _connected(self, happened: Connected) -> Over | None:
        self.linked = True
        self._hung_up = False
        self.trace.relinked()
        if self.done.connected is None:
            self.done.connected = happened
        return (
            None
            if self.belt is None
            else self.follow(self.belt.connected(happened, self.profile, timed=self.timed))
        )

    def cry_out(self) -> None:
        """The belt may be running, and only a human is sure to stop it."""
        self._out.append(Cue(self.t_s, CueKind.EMERGENCY, words.EMERGENCY))

    def _cry_out(self, reason: Reason) -> None:
        at_large = self.belt is not None and self.belt.state in (BeltState.STOPPING, BeltState.LINK_LOST)
        if reason is Reason.STOP_UNCONFIRMED or (at_large and reason in ALARMING):
            self.cry_out()

    def _leave(self, reason: Reason | None = None) -> None:
        if self.run is not None and self.run.leaving_s is None:
            self.run.leaving_s = self.t_s
            self.run.reason = reason

    # --- the script and its end -----------------------------------------------------------------------------

    def _whole(self, play: Callable[["Conduct"], Script[None]]) -> Script[None]:
        try:
            yield
            yield from play(self)
            self._over = Over(Outcome.FINISHED, None)
        except Over as early:
            self._over = early
        if self.belt is not None and self.belt.state is not BeltState.REFUSED:  # that one was never ours
            self.stop()
        try:
            yield from self.come_to_rest()
        except Over as late:
            self._over = late if self._over.outcome is Outcome.FINISHED else self._over
        self.ended = True
        if self.belt is not None and (
            self.belt.state in (*OURS, BeltState.STOPPING, BeltState.LINK_LOST)
            or not self.belt.at_peace
            or self.belt.says_it_moves(self.t_s)
        ):
            self._out.append(Cue(self.t_s, CueKind.BELT_MAY_RUN, BELT_MAY_RUN))
        self._out += [Disconnect(self.t_s), SessionEnded(self.t_s, self._over.outcome, self._over.reason)]
        yield

    def come_to_rest(self) -> Script[None]:
        """Wait until the belt stands, by its own reports or by what a human sees, and will not start again.

        Raises:
            Over: it was not seen to within `GIVE_UP_S`.
        """
        belt = self.belt
        if belt is None:
            return

        def at_rest() -> bool:
            return belt.state in AT_REST and belt.at_peace

        def only_a_human_can_tell() -> bool:
            if belt.state is BeltState.STANDING:
                return not at_rest() and belt.unheard(self.t_s) and not belt.restless(self.t_s)
            lost = belt.state is BeltState.LINK_LOST or self._unconfirmed
            return not at_rest() and (lost or belt.needs_eyes(self.t_s))

        question, end_s = words.STANDS, self.t_s + GIVE_UP_S
        while not at_rest() and self.t_s < end_s:
            if not only_a_human_can_tell():
                yield
                continue
            answer = yield from self.ask(
                question, unless=lambda: self.t_s >= end_s or not only_a_human_can_tell()
            )
            if answer is None:
                continue
            if not answer.value:
                self.follow(belt.seen_moving(self.t_s))
                self.tell(words.PULL_KEY)
                continue
            if question is words.STANDS and not belt.unheard(self.t_s):  # its reports may come a little later
                yield from self.until(lambda: not any(self.reported_now[-1:]), JUST_NOW_S)
                if any(reported := self.reported_now[-1:]):
                    question = words.STILL_REPORTS.filled(speed=words.shown_kmh(reported[0]))
                    continue
            self.follow(belt.seen_standing(self.t_s))
            if belt.state is not BeltState.STANDING:
                self.tell(LOOK_AGAIN)
        if not at_rest():
            raise Over(Outcome.FAULT, belt.reason or Reason.STOP_UNCONFIRMED)
        if self.run is not None and self.run.ended_s is None:
            self.run.ended_s = self.t_s
