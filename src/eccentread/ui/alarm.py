"""When the athlete must not wait for the program: from an emergency until the belt stands."""

from dataclasses import dataclass, replace
from typing import Protocol

from eccentread.events import BeltMayRun, BeltStands, Command, CommandKind, Cue, CueKind, Output, SessionEnded

ALARMS = frozenset({CueKind.EMERGENCY, CueKind.BELT_MAY_RUN})

LAST_WORDS_S = 30.0
"""How long the alarm goes on after a session that ended with a belt that may run: whoever has heard it for so
long is there, or is not; a key ends it sooner."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """The alarm as the outputs so far leave it. Pure.

    `words` say what to do with the body, `None` while there is no alarm. `may_run`: the belt may run because
    of this program; `stops` counts the stops sent since then.
    """

    words: str | None = None
    stops: int = 0
    may_run: bool = False

    def after(self, output: Output) -> "Alarm":
        """The alarm once `output` is known."""
        match output:
            case Cue(kind=kind, text=text) if kind in ALARMS:
                return replace(self, words=text)
            case BeltMayRun():
                return replace(self, may_run=True)
            case BeltStands():
                return Alarm()
            case Command(kind=CommandKind.STOP) if self.may_run:
                return replace(self, stops=self.stops + 1)
            case SessionEnded() if not self.may_run:
                return Alarm()
            case _:
                return self


class Sounds(Protocol):
    """What makes the noise; all of it returns at once."""

    def start(self, words: str) -> None:
        """Sound and say `words`, or from now on these words."""
        ...

    def stop(self) -> None:
        """Be silent."""
        ...


class AlarmSounds:
    """Lets a siren sound while there is an alarm. It outlasts the session where the belt may run on."""

    def __init__(self, siren: Sounds) -> None:
        self._siren = siren
        self._alarm = Alarm()

    @property
    def on(self) -> bool:
        """Whether there is an alarm."""
        return self._alarm.words is not None

    def put(self, output: Output) -> None:
        """Sound or be silent, as `output` demands."""
        before, self._alarm = self._alarm.words, self._alarm.after(output)
        words = self._alarm.words
        if words == before:
            return
        if words is None:
            self._siren.stop()
        else:
            self._siren.start(words)
