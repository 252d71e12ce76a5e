"""The control point's other end: hears commands, has the console carry them out, and answers."""

import random

from eccentread_sim.console import Console
from eccentread_sim.manners import (
    REFUSALS,
    Answer,
    Commands,
    Control,
    ControlPoint,
    Early,
    Manner,
    StopParameter,
)
from eccentread_sim.procedures import (
    PAUSE_PARAMETER,
    REQUEST_CONTROL,
    RESET,
    RESPONSE,
    SET_SPEED,
    START,
    STOP_OR_PAUSE,
    STOP_PARAMETER,
    Procedure,
    Result,
)
from eccentread_sim.sayings import Deed

ASK_AGAIN_S = 0.5
"""A second request for control counts as one this long after the first."""
REPEAT_S = 0.05
"""Between one answer to a command and the next to the same."""

_KINDS = {
    REQUEST_CONTROL: Procedure.REQUEST_CONTROL,
    RESET: Procedure.RESET,
    SET_SPEED: Procedure.SPEED,
    START: Procedure.START,
}
_STOPS = {
    StopParameter.SPEC: {STOP_PARAMETER: Procedure.STOP, PAUSE_PARAMETER: Procedure.PAUSE},
    StopParameter.NONE: {b"": Procedure.STOP},
}


class Reception:
    """Takes what is written to the control point. Its answers are among the console's sayings.

    Whoever asks for control has it, until another asks, or until its link is lost.

    Equal `seed` and commands give equal answers.
    """

    def __init__(
        self,
        control_point: ControlPoint,
        commands: Commands,
        console: Console,
        answer_delay_s: float,
        seed: int | str,
    ) -> None:
        self._control_point = control_point
        self._commands = commands
        self._console = console
        self._answer_delay_s = answer_delay_s
        self._rng = random.Random(f"{seed}:reception")
        self._holder: str | None = None
        self._asked_s: float | None = None
        self._heard_s: float | None = None
        self._taken: dict[Procedure, int] = {}
        self._came = 0
        self._instead = 0.0, commands
        self.locked = control_point.locked
        """Hears nothing, and the machine notifies nothing."""

    def take(self, until_s: float, commands: Commands) -> None:
        """Take commands in this way until then."""
        self._instead = until_s, commands
        self._taken.clear()

    def connected(self) -> None:
        """A central connected."""
        self._taken.clear()
        self._came = 0

    def disconnected(self, central: str) -> None:
        """The central is gone, and its permission with it."""
        if self._holder in (None, central):
            self.lose_control()

    def lose_control(self) -> None:
        """Control has to be asked for anew."""
        self._holder = None
        self._asked_s = None

    def write(self, t_s: float, data: bytes, central: str) -> None:
        """Take a command of that central; its answer is a saying, due after the machine's answer delay."""
        if not data:
            return
        if not self._hears(t_s):
            self._console.say(t_s, "2ad9", Deed.LEAVE_UNANSWERED)
            return
        procedure = self._procedure(data)
        early = procedure is Procedure.SPEED and self._comes_early(t_s)
        if early and self._control_point.early_speed is Early.HANGS_UP:
            self._console.say(t_s, "2ad9", Deed.HANG_UP)
            return
        until_s, instead = self._instead
        manner = (instead if t_s < until_s else self._commands).manner(procedure)
        if early and self._control_point.early_speed is Early.NOT_PERMITTED:
            result = Result.NOT_PERMITTED
        else:
            result = self._result(t_s, procedure, manner, data[1:], central)
        self._answer(t_s, manner, bytes([RESPONSE, data[0], result]))

    def _hears(self, t_s: float) -> bool:
        if self.locked:
            return False
        self._came += 1
        soon = self._heard_s is not None and t_s - self._heard_s < self._control_point.min_gap_s
        if soon or self._came <= self._control_point.deaf_first:
            return False
        self._heard_s = t_s
        return True

    def _procedure(self, data: bytes) -> Procedure:
        if data[0] != STOP_OR_PAUSE:
            return _KINDS.get(data[0], Procedure.OTHER)
        if self._control_point.stop_parameter is StopParameter.IGNORED:
            return Procedure.STOP
        return _STOPS[self._control_point.stop_parameter].get(data[1:], Procedure.UNCLEAR)

    def _comes_early(self, t_s: float) -> bool:
        return t_s - self._console.moves_s < self._control_point.settle_s or not self._console.runs

    def _result(
        self, t_s: float, procedure: Procedure, manner: Manner, parameter: bytes, central: str
    ) -> Result:
        """What the answer says; unless it is a lie, the command has been carried out."""
        if manner.answer in REFUSALS:
            return REFUSALS[manner.answer]
        if procedure is Procedure.REQUEST_CONTROL:
            return self._request_control(t_s, central)
        needed = self._control_point.control is not Control.NOT_NEEDED
        if procedure is not Procedure.OTHER and needed and self._holder != central:
            return Result.NOT_PERMITTED
        if self._lies(procedure, manner):
            return Result.SUCCESS
        return self._carry_out(t_s, procedure, parameter)

    def _request_control(self, t_s: float, central: str) -> Result:
        control = self._control_point.control
        if control is Control.NEVER:
            return Result.NOT_PERMITTED
        again = self._asked_s is not None and t_s - self._asked_s >= ASK_AGAIN_S
        if control is not Control.TWICE or again:
            self._holder = central
        self._asked_s = t_s if self._asked_s is None else self._asked_s
        return Result.SUCCESS

    def _lies(self, procedure: Procedure, manner: Manner) -> bool:
        taken = self._taken[procedure] = self._taken.get(procedure, 0) + 1
        return taken <= manner.lie_first or (manner.lie_rate > 0.0 and self._rng.random() < manner.lie_rate)

    def _carry_out(self, t_s: float, procedure: Procedure, parameter: bytes) -> Result:
        console = self._console
        match procedure:
            case Procedure.RESET:
                console.reset(t_s)
                self.lose_control()
                return Result.SUCCESS
            case Procedure.SPEED:
                done = console.set_speed(t_s, parameter)
                return Result.INVALID_PARAMETER if done is None else _done(done)
            case Procedure.START:
                return _done(console.start(t_s))
            case Procedure.STOP:
                return _done(console.stop(t_s))
            case Procedure.PAUSE:
                return _done(console.pause(t_s))
            case Procedure.UNCLEAR:
                return Result.INVALID_PARAMETER
            case _:
                return Result.NOT_SUPPORTED

    def _answer(self, t_s: float, manner: Manner, response: bytes) -> None:
        if manner.answer is Answer.STUCK:
            return
        over_s = t_s + self._answer_delay_s + manner.extra_delay_s
        if manner.answer is Answer.NOTHING:
            self._console.say(over_s, "2ad9", Deed.LEAVE_UNANSWERED)
            return
        if manner.late_s:
            self._console.say(over_s, "2ad9", Deed.LEAVE_UNANSWERED)
        for time in range(manner.answers):
            self._console.say(over_s + manner.late_s + time * REPEAT_S, "2ad9", response)


def _done(done: bool) -> Result:
    return Result.SUCCESS if done else Result.FAILED
