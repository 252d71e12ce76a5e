"""What happens on a locked belt: the signal check, the sets, the rests; cues out, reps out.

Belt speeds come in as they are told, by the machine and perhaps by a belt sensor. Reps are counted from the
source that the signal check found the best, and the athlete is watched by it. Times are session seconds.
"""

from collections.abc import Sequence
from enum import Enum, auto
from typing import assert_never

from eccentread.events import (
    CueKind,
    Noted,
    Output,
    Phase,
    PhaseChanged,
    Reason,
    Rep,
    RepCounted,
    SetEnded,
    Source,
)
from eccentread.reps import RepDetector
from eccentread.safety import Liveness
from eccentread.session import words
from eccentread.session.athlete_watch import AthleteWatch, EndSet, Say, Sign, StopBelt
from eccentread.session.checking import Checking
from eccentread.session.protocol import Protocol
from eccentread.units import mps_from_kmh

FIVE_LEFT = 5
REST_WARNINGS_S = (60, 30, 10)
_LAST_WORDS = {
    Reason.FADING: CueKind.ENOUGH,
    Reason.TOO_HARD: CueKind.LESS_HARD,
    Reason.WALKING: CueKind.NO_WALKING,
}
"""What is said where a set ends early and the session goes on."""

UNSTEADY_S = 30.0
"""A belt that comes and goes from its lock is waited for so long before somebody is asked onto it."""


class Stage(Enum):
    """How far the exercise has come."""

    WAITING = auto()
    CHECKING = auto()
    SET = auto()
    RESTING = auto()
    OVER = auto()


_FOLLOWED = frozenset({Stage.SET, Stage.RESTING})
"""Stages in which the detector follows the belt."""
_BELT_HELD = frozenset({Stage.CHECKING, *_FOLLOWED})


class Exercise:
    """Runs a protocol's exercise from the moment `begin` is called; `stage` is OVER when it is done.

    `reason` is set when it ended before its time.
    """

    def __init__(self, protocol: Protocol, words: words.Words) -> None:
        self._protocol = protocol
        self._words = words
        self._check = Checking(protocol.signal_check)
        self._watch = AthleteWatch(protocol.effort)
        self._source = Source.MACHINE_SPEED
        self._sensor = Liveness()
        self._count_s = 0.0
        self._detector: RepDetector | None = None
        self._until_s = 0.0
        self._set_index = 0
        self._count = 0
        self._warnings: list[int] = []
        self._out: list[Output] = []
        self.stage = Stage.WAITING
        self.reason: Reason | None = None

    def begin(self, t_s: float) -> list[Output]:
        """The belt is locked: check the signal, then do the sets."""
        self.stage = Stage.CHECKING
        self._out.append(PhaseChanged(t_s, Phase.SIGNAL_CHECK, until_s=t_s + self._check.lasts_s))
        self._next_step(t_s)
        return self._take()

    def speed(self, t_s: float, speed_kmh: float) -> list[Output]:
        """The machine reported a belt speed."""
        self._heard(Source.MACHINE_SPEED, t_s, ((t_s, speed_kmh),))
        return self._take()

    def sensed(self, t_s: float, samples: Sequence[tuple[float, float]], length_m: float) -> list[Output]:
        """The belt sensor told belt speeds, now: each with its own time, oldest first.

        `length_m`: the belt's travel from one of its counts to the next.
        """
        self._sensor.reported(t_s)
        self._count_s = length_m / mps_from_kmh(self._protocol.speed_kmh)
        self._heard(Source.BELT_SENSOR, t_s, samples)
        return self._take()

    def passed(self, t_s: float, *, held: bool) -> list[Output]:
        """Time passed; `held`: the belt is reported at its lock just now, else nobody is asked onto it."""
        counts = self.stage is Stage.SET or (self.stage is Stage.RESTING and t_s >= self._until_s)
        if counts and self._source is Source.BELT_SENSOR and self._sensor.dead(t_s):
            self._stop(t_s, Reason.SENSOR_SILENT)
            return self._take()
        waits = self.stage is Stage.RESTING or (self.stage is Stage.CHECKING and not self._check.somebody_on)
        if waits and not held and t_s >= self._until_s + UNSTEADY_S:
            self._stop(t_s, Reason.LOCK_TIMED_OUT)
            return self._take()
        match self.stage:
            case Stage.CHECKING if t_s >= self._until_s and (held or self._check.somebody_on):
                self._next_step(t_s)
            case Stage.SET:
                self._heed(t_s, self._watch.passed(t_s))
            case Stage.RESTING if t_s >= self._until_s:
                if held:
                    self._begin_set(t_s)
            case Stage.RESTING if self._warnings and t_s >= self._until_s - self._warnings[0]:
                self._cue(t_s, CueKind.REST_LEFT, self._warnings.pop(0))
            case _:
                pass
        return self._take()

    def end(self, t_s: float, reason: Reason | None = None) -> list[Output]:
        """Whatever happens next, it is not exercise: a set that is open is closed, for this `reason`."""
        if self.stage is Stage.SET:
            self._close_set(t_s, reason)
        self.stage = Stage.OVER
        return self._take()

    def _heard(self, source: Source, t_s: float, samples: Sequence[tuple[float, float]]) -> None:
        for at_s, speed_kmh in samples:
            if self.stage in _BELT_HELD:
                self._heed(t_s, self._watch.stalled(source, at_s, speed_kmh))
            if self.stage is Stage.CHECKING:
                self._check.feed(source, at_s, speed_kmh)
            elif self._detector is not None and self._source is source and self.stage in _FOLLOWED:
                rep = self._detector.feed(at_s, speed_kmh)
                if rep is not None and self.stage is Stage.SET:
                    self._counted(t_s, rep)
                if self.stage is Stage.SET:
                    self._heed(t_s, self._watch.reported(at_s, speed_kmh, self._detector.held))

    # --- signal check ---------------------------------------------------------------------------------------

    def _next_step(self, t_s: float) -> None:
        step = self._check.next(t_s)
        if step is None:
            self._judge_signal(t_s)
            return
        self._until_s = t_s + step.lasts_s
        self._cue(t_s, step.cue)

    def _judge_signal(self, t_s: float) -> None:
        verdict = self._check.verdict(sensor_alive=not self._sensor.dead(t_s), count_s=self._count_s)
        self._source = verdict.source
        self._out += [Noted(t_s, other) for other in verdict.others]
        self._out.append(verdict.checked(t_s))
        if verdict.found.countable:
            self._detector = RepDetector(verdict.found)
            self._out += [Noted(t_s, blind) for blind in self._watch.learn(verdict.found, verdict.cued)]
            self._cue(t_s, CueKind.SIGNAL_GOOD)
            self._begin_set(t_s)
        else:
            self.stage = Stage.OVER
            self.reason = Reason.CANNOT_COUNT

    # --- sets and rests -------------------------------------------------------------------------------------

    def _begin_set(self, t_s: float) -> None:
        assert self._detector is not None  # the signal check made it
        self._set_index += 1
        self._count = 0
        self.stage = Stage.SET
        self._detector.begin_set(t_s)
        self._watch.begin_set(t_s)
        self._out.append(PhaseChanged(t_s, Phase.SET, self._set_index))
        self._cue(t_s, CueKind.SET_BEGINS, self._set_index)

    def _counted(self, t_s: float, rep: Rep) -> None:
        self._count += 1
        self._out.append(RepCounted(t_s, self._set_index, self._count, rep))
        self._cue(t_s, CueKind.COUNT, self._count)
        left = self._protocol.reps - self._count
        if left == 0:
            self._close_set(t_s, None)
            self._rest_or_finish(t_s)
            return
        if left == FIVE_LEFT:
            self._cue(t_s, CueKind.FIVE_LEFT)
        elif left == 1:
            self._cue(t_s, CueKind.LAST_ONE)
        self._heed(t_s, self._watch.counted(t_s, rep))

    def _close_set(self, t_s: float, reason: Reason | None) -> None:
        assert self._detector is not None  # there is no set without one
        rep = self._detector.end_set(t_s)
        if rep is not None and self._count < self._protocol.reps:
            self._count += 1
            self._out.append(RepCounted(t_s, self._set_index, self._count, rep))
        self._out.append(SetEnded(t_s, self._set_index, self._protocol.reps, self._count, reason))

    def _rest_or_finish(self, t_s: float) -> None:
        self._cue(t_s, CueKind.SET_DONE, self._set_index)
        if self._set_index == self._protocol.sets:
            self.stage = Stage.OVER
            return
        rest_s = self._protocol.rest_s
        self.stage = Stage.RESTING
        self._until_s = t_s + rest_s
        self._warnings = [left for left in REST_WARNINGS_S if left < rest_s]
        self._out.append(PhaseChanged(t_s, Phase.REST, self._set_index, self._until_s))
        self._cue(t_s, CueKind.REST_BEGINS, round(rest_s))
        self._out.append(words.pain_in_rest(t_s, self._set_index))

    # --- the athlete ----------------------------------------------------------------------------------------

    def _heed(self, t_s: float, sign: Sign | None) -> None:
        match sign:
            case None:
                pass
            case Say(cue):
                self._cue(t_s, cue)
            case EndSet(reason):
                self._close_set(t_s, reason)
                self._cue(t_s, _LAST_WORDS[reason])
                self._rest_or_finish(t_s)
            case StopBelt(reason):
                self._stop(t_s, reason)
            case _:
                assert_never(sign)

    def _stop(self, t_s: float, reason: Reason) -> None:
        self.reason = reason
        self._out = self.end(t_s, reason)

    def _cue(self, t_s: float, kind: CueKind, number: int | None = None) -> None:
        self._out.append(self._words.cue(t_s, kind, number))

    def _take(self) -> list[Output]:
        out, self._out = self._out, []
        return out
