"""Whether the belt may be running, and whether what was sent may yet set it going."""

from math import inf

from eccentread.events import BeltMayRun, BeltStands, Command, CommandKind, Output
from eccentread.safety.stopping import REPEAT_S

START_TIMEOUT_S = 15.0
"""From what starts a belt to motion: countdowns take 3–6 s, sleepy machines longer."""
LONGEST_REPEAT_S = 8.0
"""Between one *stop* and the next on a machine that takes one at rest for a start: by then its belt and its
reports have come to rest."""


class Motion:
    """What is known of one belt's motion. Times are session seconds.

    It may run from the first command that moves it, or the first report of motion, until it was seen to
    stand: by its reports, or by a person.
    """

    def __init__(self) -> None:
        self._reported = False  # moving, by its newest report
        self._moved = False  # since it was last seen to stand
        self._told = False
        self._believed = True  # False: a person says that it stands, and its reports do not yet
        self._start_until_s = 0.0
        self._stop_sent_s = -inf
        self._restarts = 0

    @property
    def may_run(self) -> bool:
        """Whether the belt was set in motion and not seen to stand since, or is reported to move."""
        return self._moved or self._reported

    @property
    def zeros_prove_from_s(self) -> float:
        """Until when a belt at rest proves nothing, since a start was sent and no motion seen yet."""
        return self._start_until_s

    @property
    def repeat_s(self) -> float:
        """How often to say *stop*: seldom to a machine that took one at rest for a start."""
        return min(REPEAT_S * 4**self._restarts, LONGEST_REPEAT_S)

    def restless(self, t_s: float) -> bool:
        """Whether the belt may yet start, though it stands: a few machines take a *stop* at rest for one."""
        return t_s - self._stop_sent_s < START_TIMEOUT_S

    def reported(self, speed_centi_kmh: int) -> bool:
        """Take a report; say whether it is the zero that a person's word was ahead of."""
        self._reported = bool(speed_centi_kmh)
        if self._reported:
            self._start_until_s = 0.0
        believed, self._believed = self._believed, self._believed or not self._reported
        return self._believed and not believed

    def may_start_until(self, t_s: float) -> None:
        """What was sent, or may have been, shows by then."""
        self._start_until_s = t_s

    def commanded(self, command: Command, start_within_s: float) -> list[Output]:
        """A command goes out; a start shows within `start_within_s`. Say what must be known first."""
        match command.kind:
            case CommandKind.STOP | CommandKind.PAUSE:
                self._stop_sent_s = command.t_s
            case CommandKind.START:
                self.may_start_until(command.t_s + start_within_s)
                return self.suspected(command.t_s)
            case _:
                pass
        return []

    def suspected(self, t_s: float) -> list[Output]:
        """The belt may run from now on, whatever it reports; this is told once."""
        self._moved = True
        told, self._told = self._told, True
        return [] if told else [BeltMayRun(t_s)]

    def restarted(self, t_s: float) -> None:
        """A belt that stood runs again; if a *stop* at rest may have done it, there will be fewer."""
        self._restarts += self.restless(t_s)

    def stands(self, t_s: float, why: str) -> list[Output]:
        """It was seen to stand."""
        self._moved = False
        self._believed = not self._reported
        told, self._told = self._told, False
        return [BeltStands(t_s, why)] if told else []

    @property
    def believed(self) -> bool:
        """Whether its reports agree that it stands, where a person said so."""
        return self._believed
