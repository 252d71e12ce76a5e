"""What takes over when the session itself fails: stop, again and again, until the belt is seen to stand."""

from eccentread.events import (
    BeltStands,
    Characteristic,
    Command,
    CommandAnswered,
    Cue,
    CueKind,
    Disconnect,
    FaultRaised,
    Input,
    Notified,
    Outcome,
    Output,
    Reason,
    ResultCode,
    SessionEnded,
)
from eccentread.ftms import decode_treadmill_data
from eccentread.safety import BeltGate, Limits, Liveness, Progress, RequestControl, Stop, Stopping

PATIENCE_S = 60.0
"""After this the program gives up and leaves the belt to the human, who was told at once."""


class StopOnly:
    """A session that only stops. It knows nothing of what was before: nothing of it can fail again.

    `why` ends in the words told; after `patience_s` it gives up. `BeltStands` is told only of a belt that was
    seen to stand.
    """

    def __init__(self, t_s: float, why: str, patience_s: float = PATIENCE_S) -> None:
        limits = Limits(1)
        self._gate = BeltGate(limits, Liveness())
        self._stopping = Stopping(limits, t_s, lowest_centi_kmh=1)
        self._give_up_s = t_s + patience_s
        self._why: str | None = why
        self.ended = False

    def feed(self, happened: Input) -> list[Output]:
        """Take in what happened; return what to do."""
        if self.ended:
            return []
        t_s = happened.t_s
        out: list[Output] = []
        if self._why is not None:
            text = f"The program failed ({self._why}). Feet on the side rails, pull the safety key."
            out += [
                FaultRaised(t_s, Reason.PROGRAM_FAILED, text),
                Cue(t_s, CueKind.EMERGENCY, "Feet on the side rails! Hold on. Pull the safety key."),
            ]
            self._why = None
        if isinstance(happened, Notified) and happened.characteristic == Characteristic.TREADMILL_DATA:
            speed = decode_treadmill_data(happened.data).speed_centi_kmh
            if speed is not None:
                self._stopping.reported(t_s, speed)
        stands = self._stopping.progress is Progress.STANDING
        if stands or t_s >= self._give_up_s:
            self.ended = True
            if stands:
                out.append(BeltStands(t_s, "the belt is seen to stand"))
            return [*out, Disconnect(t_s), SessionEnded(t_s, Outcome.FAULT, Reason.PROGRAM_FAILED)]
        if isinstance(happened, CommandAnswered) and happened.result == ResultCode.NOT_PERMITTED:
            self._stopping.wait_for_control(t_s)  # the permission ended with a link
            out.append(self._command(RequestControl(), t_s))
        elif self._stopping.due(t_s) is not None:
            out.append(self._command(Stop(), t_s))
        return out

    def _command(self, ask: RequestControl | Stop, t_s: float) -> Command:
        command = self._gate.admit(ask, t_s)
        assert isinstance(command, Command)  # neither is ever refused
        return command
