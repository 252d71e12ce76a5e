"""Whether the belt may be running, and whether what was sent may yet set it going."""

from math import inf

from eccentread.events import BeltAtPeace, BeltMayRun, BeltStands, Command, CommandKind, Output
from eccentread.safety.stopping import LONGEST_REPEAT_S, MOVING_REPORTS, REPEAT_S

RISE_CENTI_KMH = 5
"""Reports this much above what a person overruled are news; noise and quanta are smaller."""

START_TIMEOUT_S = 15.0
"""From what starts a belt to motion: countdowns take 3–6 s, sleepy machines longer."""


LONGEST_RESTART_S = 2 * START_TIMEOUT_S
"""A belt that stood and runs again may do so because of a *stop* this long ago: a long countdown, reported
late."""


class Motion:
    """What is known of one belt's motion. Times are session seconds.

    It may run from the first command that moves it, or the first report of motion, until it was seen to
    stand: by its reports, or by a person.
    """

    def __init__(self) -> None:
        self._reported = False  # moving, by its newest report
        self._moved = False  # since it was last seen to stand
        self._told = False
        self._guarded = False  # somebody stands guard over it
        self._overruled: int | None = None  # the speed it reported when a person said that it stands
        self._rising = 0
        self._moving_s = -inf  # when it was last reported to move, and believed
        self._witnessed_s = -inf  # when it was last seen at rest
        self._start_until_s = 0.0
        self._stop_sent_s = -inf
        self._restarts = 0

    @property
    def may_run(self) -> bool:
        """Whether the belt was set in motion and not seen to stand since, or is reported to move."""
        return self._moved or self._reported or self._overruled is not None

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

    @property
    def at_peace(self) -> bool:
        """Whether it was seen to stand, and to stay so."""
        return not self._moved and self.stays

    @property
    def stays(self) -> bool:
        """Whether it was seen at rest once nothing that was sent could start it any more."""
        return self._witnessed_s >= max(self._stop_sent_s + START_TIMEOUT_S, self._moving_s)

    @property
    def doubtful(self) -> bool:
        """Whether something may have set it in motion since it was last seen to stand."""
        return self._moved

    def reported(self, t_s: float, speed_centi_kmh: int) -> bool:
        """Take a report; say whether what a person overruled counts again: at zero, or as it rises."""
        self._reported = bool(speed_centi_kmh)
        if self._reported:
            self._start_until_s = 0.0
            self._moving_s = t_s if self.believed else self._moving_s
        else:
            self._witnessed_s = t_s
        if self._overruled is None:
            return False
        rises = speed_centi_kmh >= self._overruled + RISE_CENTI_KMH
        self._rising = self._rising + 1 if rises else 0
        if self._reported and self._rising < MOVING_REPORTS:
            return False
        self._overruled = None
        return True

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
            case CommandKind.TRY_STOP:
                self._stop_sent_s = command.t_s
                return self.suspected(command.t_s)
            case _:
                pass
        return []

    def suspected(self, t_s: float) -> list[Output]:
        """The belt may run from now on, whatever it reports; this is told once."""
        self._moved = self._guarded = True
        told, self._told = self._told, True
        return [] if told else [BeltMayRun(t_s)]

    def restarted(self, t_s: float) -> None:
        """A belt that stood runs again; if a *stop* at rest may have done it, there will be fewer."""
        self._restarts += t_s - self._stop_sent_s < LONGEST_RESTART_S

    def stands(self, t_s: float, why: str, overruled_centi_kmh: int = 0) -> list[Output]:
        """It was seen to stand, by a person perhaps whose word overrules what it just reports."""
        self._moved = False
        self._overruled, self._rising = overruled_centi_kmh or None, 0
        self._witnessed_s = t_s
        told, self._told = self._told, False
        return [BeltStands(t_s, why)] if told else []

    def peace(self, t_s: float) -> list[Output]:
        """Nobody need stand guard over it any more: this is told once."""
        if not (self._guarded and self.at_peace):
            return []
        self._guarded = False
        return [BeltAtPeace(t_s)]

    @property
    def believed(self) -> bool:
        """Whether its reports agree that it stands, where a person said so."""
        return self._overruled is None
