"""What takes over when nothing else is left that could stop a belt: stop, until it is seen to stand."""

from eccentread.events import (
    Answered,
    BeltAtPeace,
    BeltReported,
    Characteristic,
    CommandAnswered,
    CommandKind,
    Connected,
    Cue,
    CueKind,
    Disconnect,
    FaultRaised,
    HangUp,
    Input,
    LinkLost,
    Notified,
    Outcome,
    Output,
    Problem,
    Reason,
    ResultCode,
    SessionEnded,
    StopAsked,
    Told,
)
from eccentread.ftms import decode_treadmill_data
from eccentread.rescue import words
from eccentread.safety import (
    START_TIMEOUT_S,
    BeltGate,
    Limits,
    Liveness,
    Motion,
    Progress,
    Refusal,
    Stop,
    Stopping,
)
from eccentread.safety.gate import Ask
from eccentread.safety.stopping import MOVING_REPORTS
from eccentread.units import kmh_from_centi

PATIENCE_S = 600.0
"""After this it is given up: whoever could be told has been told for ten minutes."""
LOWEST_CENTI_KMH = 10
"""The lowest speed it asks for: it knows nothing of the machine's range."""


class StopOnly:
    """A session that only stops. It knows nothing of what was before: nothing of that can fail it again.

    `why` ends in the words told; after `patience_s` it gives up. Where the belt was never set in motion,
    or was seen to stand (`may_run`), it sends nothing and only watches for a while: a *stop* could start that
    belt, and an earlier one may do so yet.

    The way to a standing belt is that of every stop: `safety.Stopping`. A start that it knows nothing of may
    have been sent, so that rest proves nothing for a while unless motion was seen; and a belt at rest is
    watched on for as long as a *stop* may start it.
    """

    def __init__(self, t_s: float, why: str, *, may_run: bool = True, patience_s: float = PATIENCE_S) -> None:
        self._limits = Limits(LOWEST_CENTI_KMH)
        self._liveness = Liveness()
        self._gate = BeltGate(self._limits, self._liveness)
        self._motion = Motion()
        if may_run:
            self._motion.suspected(t_s)
        self._motion.may_start_until(t_s + START_TIMEOUT_S)
        self._watch_until_s = t_s + START_TIMEOUT_S
        self._stopping = self._stop(t_s)
        self._moving = self._speed = 0
        self._give_up_s = t_s + patience_s
        self._why: str | None = why
        self._may_run = may_run
        self._kinds: dict[int, CommandKind] = {}
        self._linked = True
        self._asked = False
        self._stands = not may_run
        self._hung_up = False
        self._out: list[Output] = []
        self.ended = False

    def feed(self, happened: Input) -> list[Output]:
        """Take in what happened; return what to do."""
        if self.ended:
            return []
        t_s = happened.t_s
        self._cry_out(t_s)
        self._take_in(happened)
        if self._stands:
            self._watch_on(t_s)
        elif t_s >= self._give_up_s:
            self._give_up(t_s)
        elif self._linked:
            self._go_on(t_s)
        out, self._out = self._out, []
        return out

    def _watch_on(self, t_s: float) -> None:
        """Leave a belt at rest once it is seen to be so when nothing that was sent can start it any more."""
        if t_s < self._watch_until_s or self._motion.restless(t_s):
            return
        if self._motion.at_peace:
            self._out.append(BeltAtPeace(t_s))
            self._end(t_s)
        elif t_s >= self._give_up_s:
            self._give_up(t_s)
        elif self._liveness.suspect(t_s):
            self._ask(t_s)

    def _cry_out(self, t_s: float) -> None:
        if self._why is None:
            return
        why, self._why = f"The program failed ({self._why}).", None
        if not self._may_run:
            text = f"{why} It had not set the belt in motion, or saw it stand: stay off it, and start again."
            self._out.append(FaultRaised(t_s, Reason.PROGRAM_FAILED, text))
            return
        text = f"{why} Feet on the side rails, pull the safety key."
        self._out.append(FaultRaised(t_s, Reason.PROGRAM_FAILED, text))
        self._out.append(Cue(t_s, CueKind.EMERGENCY, words.EMERGENCY))

    def _take_in(self, happened: Input) -> None:
        t_s = happened.t_s
        match happened:
            case Connected():
                self._linked = True
                self._liveness.restart(t_s)
                self._gate.relinked()
                if self._hung_up:
                    self._stopping.relinked(t_s)
                else:
                    self._stopping = self._stop(t_s)
                self._hung_up = False
            case LinkLost():
                self._linked = False
                self._kinds.clear()
                if not (self._hung_up or self._stands):
                    self._ask(t_s)
            case Notified(characteristic=Characteristic.TREADMILL_DATA, data=data):
                record = decode_treadmill_data(data)
                self._reported(t_s, record.speed_centi_kmh, record.distance_m)
            case CommandAnswered():
                self._answered(happened)
            case Answered(question=words.BELT_STANDS, value=value):
                self._asked = False
                self._told(t_s, stands=bool(value))
            case StopAsked() if self._stands and self._speed:
                self._runs_again(t_s)  # its reports say so, whatever a person saw
            case StopAsked():
                self._stopping.hurry(t_s)
            case _:
                pass

    def _reported(self, t_s: float, speed_centi_kmh: int | None, distance_m: int | None) -> None:
        if speed_centi_kmh is None:
            return
        self._liveness.reported(t_s)
        self._gate.reported(speed_centi_kmh)
        self._speed = speed_centi_kmh
        self._motion.reported(t_s, speed_centi_kmh)
        self._out.append(BeltReported(t_s, kmh_from_centi(speed_centi_kmh)))
        if not self._stands:
            self._stopping.reported(t_s, speed_centi_kmh, distance_m)
            if self._stopping.progress is Progress.STANDING:
                self._seen(t_s, "the belt is seen to stand")
            return
        self._moving = self._moving + 1 if speed_centi_kmh and self._motion.believed else 0
        if self._moving == MOVING_REPORTS:
            self._motion.restarted(t_s)
            self._runs_again(t_s)

    def _runs_again(self, t_s: float) -> None:
        self._out += self._motion.suspected(t_s)
        self._stands = False
        self._stopping = self._stop(t_s)

    def _answered(self, answer: CommandAnswered) -> None:
        kind = self._kinds.pop(answer.command_id, None)
        if kind is CommandKind.REQUEST_CONTROL:
            self._stopping.control_answered(answer.t_s)
        elif answer.problem is Problem.STUCK:
            self._hung_up = True
            self._out.append(HangUp(answer.t_s, 0.0))
        elif answer.result == ResultCode.NOT_PERMITTED:
            self._stopping.wait_for_control(answer.t_s)  # the permission ended with a link

    def _told(self, t_s: float, *, stands: bool) -> None:
        if stands and t_s >= self._motion.zeros_prove_from_s:
            self._seen(t_s, "a person saw the belt stand", 0 if self._liveness.suspect(t_s) else self._speed)
            return
        if stands:
            self._out.append(Told(t_s, words.LOOK_AGAIN))
        self._ask(t_s)

    def _go_on(self, t_s: float) -> None:
        if (wish := self._stopping.due(t_s)) is not None and not self._say(wish, t_s):
            self._say(Stop(), t_s)  # no turn passes without a word
        if self._stopping.progress is Progress.UNCONFIRMED:
            self._ask(t_s)

    def _say(self, wish: Ask, t_s: float) -> bool:
        command = self._gate.admit(wish, t_s)
        if isinstance(command, Refusal):
            return False
        self._kinds[command.id] = command.kind
        self._out += [*self._motion.commanded(command, 0.0), command]
        return True

    def _ask(self, t_s: float) -> None:
        if not self._asked:
            self._asked = True
            self._out.append(words.belt_stands(t_s))

    def _seen(self, t_s: float, why: str, overruled_centi_kmh: int = 0) -> None:
        self._stands, self._moving = True, 0
        self._out += self._motion.stands(t_s, why, overruled_centi_kmh)

    def _stop(self, t_s: float) -> Stopping:
        proves_s, repeat_s = self._motion.zeros_prove_from_s, self._motion.repeat_s
        return Stopping(self._limits, t_s, LOWEST_CENTI_KMH, 0.0, proves_s, repeat_s, self._liveness)

    def _give_up(self, t_s: float) -> None:
        self._out.append(Cue(t_s, CueKind.BELT_MAY_RUN, words.BELT_MAY_RUN))
        self._end(t_s)

    def _end(self, t_s: float) -> None:
        self.ended = True
        self._out += [Disconnect(t_s), SessionEnded(t_s, Outcome.FAULT, Reason.PROGRAM_FAILED)]
