"""From a connection to a machine that may be started: watch it stand, then ask for control.

Pure steps, as in `approach`. Nothing is written until the belt was watched for a while.
"""

from eccentread.events import CommandAnswered, CommandKind, Problem, Reason, ResultCode, Verdict
from eccentread.safety import Alarm, RequestControl
from eccentread.session.belt_state import (
    FIRST_REPORT_S,
    MOVING_REPORTS,
    OBSERVE_REPORTS,
    OBSERVE_S,
    BeltState,
)
from eccentread.session.effects import Effect, GiveUp, Ruling


class Observation:
    """Begins with the connection at `t_s`; `reports_standing`: whether it reports while its belt stands."""

    def __init__(self, t_s: float, *, reports_standing: bool) -> None:
        self._reports_standing = reports_standing
        self._since_s = t_s
        self._reports = 0
        self._moving = 0
        self.state = BeltState.OBSERVING

    def reported(self, t_s: float, speed_centi_kmh: int) -> list[Effect]:
        """A report came."""
        if self.state is not BeltState.OBSERVING:
            return []
        self._reports += 1
        if self._reports == 1:
            self._since_s = t_s  # it is observed from here
        self._moving = self._moving + 1 if speed_centi_kmh else 0
        if self._moving != MOVING_REPORTS:
            return []
        if self._moving == self._reports:  # it never stood: somebody may be on it
            text = "The belt is running already: stop it on the console, then start again."
            return [GiveUp(Reason.UNEXPECTED_MOTION, text)]
        return [Alarm(Reason.UNEXPECTED_MOTION, "The belt started by itself: it is being stopped.")]

    def passed(self, t_s: float) -> list[Effect]:
        """Time passed."""
        if self.state is not BeltState.OBSERVING:
            return []
        waited_s = t_s - self._since_s
        enough = self._reports >= OBSERVE_REPORTS or not self._reports_standing
        if enough and waited_s >= OBSERVE_S:
            self.state = BeltState.TAKING_CONTROL
            return [RequestControl()]
        if not enough and waited_s >= FIRST_REPORT_S:
            text = (
                "The treadmill does not report its belt while it stands: it cannot be watched. If it does "
                "while it runs, let the program get to know it (eccentread commission)."
            )
            return [GiveUp(Reason.SILENT, text)]
        return []

    def answered(self, answer: CommandAnswered, said: str) -> list[Effect]:
        """What became of the request for control."""
        kind, why = CommandKind.REQUEST_CONTROL, f"the machine answered: {said}"
        match answer.result, answer.problem:
            case ResultCode.NOT_PERMITTED | ResultCode.FAILED, _:
                text = (
                    "The treadmill does not let this program control it: close other apps that may hold it, "
                    "or allow remote control on its console."
                )
                return [Ruling(kind, Verdict.REJECTED, why), GiveUp(Reason.CONTROL_REFUSED, text)]
            case _, None | Problem.TIMED_OUT:
                self.state = BeltState.READY  # some machines never answer, and obey all the same
                granted = answer.result == ResultCode.SUCCESS
                return [Ruling(kind, Verdict.CONFIRMED if granted else Verdict.UNKNOWN, why)]
            case _:
                return [GiveUp(Reason.COMMAND_FAILED, "The treadmill could not be asked for control.")]
