"""A session as plain lines, for pipes, logs and `--plain`."""

from collections.abc import Callable, Iterable, Iterator

from eccentread.events import (
    Ask,
    Cue,
    CueKind,
    FaultRaised,
    LockChosen,
    Noted,
    Output,
    Phase,
    PhaseChanged,
    QuestionKind,
    Reason,
    RepCounted,
    SessionEnded,
    SetEnded,
    SignalChecked,
    Told,
)
from eccentread.outlet import Outlet
from eccentread.ui.alarm import ALARMS
from eccentread.ui.screen import Screen
from eccentread.ui.words import OUTCOMES, REASONS, SIMULATED, clock, phase_words, printable, shown

_SAID_OTHERWISE = {CueKind.COUNT, CueKind.SET_DONE, CueKind.SET_BEGINS, CueKind.REST_BEGINS}
"""Cues whose news has a line of its own: the rep, the set's result, the phase."""

_HOW = {
    QuestionKind.CONFIRM: "y = yes, n = no",
    QuestionKind.SCALE: "0–10 then Enter, s = skip",
    QuestionKind.NUMBER: "a number then Enter, s = skip",
}


def opening(screen: Screen) -> Iterator[str]:
    """The lines before anything has happened."""
    if screen.simulated:
        yield SIMULATED
    side = f", {screen.side} leg" if screen.side else ""
    yield (
        f"{printable(screen.protocol)}: {screen.sets} × {screen.reps_per_set} "
        f"at {screen.lock_kmh:g} km/h{printable(side)}, on {printable(screen.machine)}"
    )


def tell(screen: Screen, output: Output) -> Iterator[str]:
    """The lines worth telling of `output`, mostly one or none, each opened by its session time mm:ss."""
    at = clock(output.t_s)
    match output:
        case PhaseChanged(phase=phase, set_index=set_index, until_s=until_s) if phase is not Phase.ENDED:
            lasts = "" if until_s is None else f", {max(0.0, until_s - output.t_s):.0f} s"
            yield f"{at} {phase_words(phase, set_index, screen.sets)}{lasts}"
        case RepCounted(set_index=set_index, rep_index=rep_index):
            yield f"{at} set {set_index} rep {rep_index}/{screen.reps_per_set}"
        case Cue(kind=kind, text=text) if kind in ALARMS:
            words = printable(text).upper()
            yield from (f"{at} {line}" for line in ("!" * len(words), words, "!" * len(words)))
        case Cue(kind=kind, text=text) if kind not in _SAID_OTHERWISE:
            yield f"{at} » {printable(text)}"
        case Ask(text=text, kind=kind):
            yield f"{at} ? {printable(text)} [{_HOW[kind]}]"
        case Told(text=text):
            yield f"{at} {printable(text)}"
        case FaultRaised(text=text):
            yield f"{at} FAULT: {printable(text)}"
        case LockChosen(speed_kmh=speed_kmh):
            yield f"{at} the belt will be held at {speed_kmh:g} km/h"
        case Noted(text=text):
            yield f"{at} ({printable(text)})"
        case SignalChecked(countable=True):
            yield f"{at} signal check: {shown(output)}"
        case SignalChecked(reason=reason):
            yield f"{at} signal check: cannot count. {printable(reason)}"
        case SetEnded(set_index=set_index, count=count, target=target, reason=None):
            yield f"{at} set {set_index} done: {count} of {target}"
        case SetEnded(set_index=set_index, count=count, target=target, reason=Reason() as reason):
            yield f"{at} set {set_index} ended at {count} of {target}: {REASONS[reason]}"
        case SessionEnded(outcome=outcome, reason=reason):
            why = f": {REASONS[reason]}" if reason else ""
            yield f"{at} {OUTCOMES[outcome]}{why}"
            if screen.simulated:
                yield SIMULATED
        case _:
            pass


class PlainView:
    """Hands a session's lines to `write` from a thread of its own; `before` them the opening, or another.

    A pipe that is blocked delays nobody; one that nobody reads any more swallows the rest in silence. `write`
    should be unbuffered (`direct`), so that the thread holds no lock when the program ends without it.
    """

    def __init__(
        self, screen: Screen, write: Callable[[str], object], before: Iterable[str] | None = None
    ) -> None:
        self._screen = screen
        self._write = write
        self._untold = list(opening(screen) if before is None else before)
        self._broken = False
        self._outlet = Outlet("plain", self._tell)

    @property
    def screen(self) -> Screen:
        """The latest snapshot."""
        return self._screen

    def put(self, output: Output) -> None:
        """Tell `output`, soon."""
        self._screen = self._screen.after(output)
        if any(tell(self._screen, output)):  # reports of the belt never crowd out what is worth telling
            self._outlet.put(output)

    def answered(self, question: str) -> None:
        """Close `question`, whoever answered it."""
        self._screen = self._screen.answered(question)

    def close(self, timeout_s: float) -> bool:
        """Write what still waits, for at most `timeout_s`; say whether all of it went."""
        return self._outlet.close(timeout_s)

    def _tell(self, output: Output) -> None:
        lines = [*self._untold, *tell(self._screen, output)]
        self._untold = []
        if self._broken:
            return
        try:
            self._write("".join(f"{line}\n" for line in lines))
        except OSError:
            self._broken = True  # nobody reads: the session goes on, and its record is elsewhere
