"""What happens on a locked belt: the signal check, the sets, the rests; cues out, reps out.

Belt speeds come in as they are told, by the machine and perhaps by a belt sensor. The signal check judges
each source in the same windows, and reps are counted from the best. Times are session seconds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

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
    SignalChecked,
    Source,
)
from eccentread.reps import Calibration, RepDetector, SignalCheck, WindowKind
from eccentread.reps.signal_check import refusal
from eccentread.safety import Liveness
from eccentread.session.protocol import Protocol, SignalCheckPlan
from eccentread.session.words import Words
from eccentread.units import mps_from_kmh

FIVE_LEFT = 5
REST_WARNINGS_S = (60, 30, 10)
STILL_THERE_S = 30.0
NO_PUSHES_S = 60.0
"""Without a push for this long in a set, nobody is exercising; half of it, and the athlete is asked."""


_SPEEDS = (Source.MACHINE_SPEED, Source.BELT_SENSOR)
"""Where belt speeds come from; of equals the first is taken."""


LONGEST_COUNT_S = 1.0
"""A gap between pushes lasts 0.8–2.5 s. In simulation a sensor that counts every 0.9 s misses none; at 1.1 s
some reps are wrong, and at 1.35 s many are, though its noise is next to nothing and d′ is high."""


class Stage(Enum):
    """How far the exercise has come."""

    WAITING = auto()
    CHECKING = auto()
    SET = auto()
    RESTING = auto()
    OVER = auto()


_FOLLOWED = frozenset({Stage.SET, Stage.RESTING})
"""Stages in which the detector follows the belt."""


@dataclass(frozen=True, slots=True)
class _Step:
    """A stretch of the signal check: what is said at its start, and what its window is for, if it is one."""

    cue: CueKind
    lasts_s: float
    window: WindowKind | None


class Exercise:
    """Runs a protocol's exercise from the moment `begin` is called; `stage` is OVER when it is done.

    `reason` is set when it ended before its time.
    """

    def __init__(self, protocol: Protocol, words: Words) -> None:
        self._protocol = protocol
        self._words = words
        self._checks = {source: SignalCheck(source) for source in _SPEEDS}
        self._source = Source.MACHINE_SPEED
        self._sensor = Liveness()
        self._count_s = 0.0
        self._steps: Iterator[_Step] = iter(())
        self._step: _Step | None = None
        self._detector: RepDetector | None = None
        self._until_s = 0.0
        self._set_index = 0
        self._count = 0
        self._last_push_s = 0.0
        self._asked = False
        self._warnings: list[int] = []
        self._out: list[Output] = []
        self.stage = Stage.WAITING
        self.reason: Reason | None = None

    def begin(self, t_s: float) -> list[Output]:
        """The belt is locked: check the signal, then do the sets."""
        self.stage = Stage.CHECKING
        plan = self._protocol.signal_check
        self._steps = _steps(plan)
        self._out.append(PhaseChanged(t_s, Phase.SIGNAL_CHECK, until_s=t_s + _duration_s(plan)))
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

    def passed(self, t_s: float) -> list[Output]:
        """Time passed."""
        counts = self.stage is Stage.SET or (self.stage is Stage.RESTING and t_s >= self._until_s)
        if counts and self._source is Source.BELT_SENSOR and self._sensor.dead(t_s):
            self.reason = Reason.SENSOR_SILENT
            return self.end(t_s)
        match self.stage:
            case Stage.CHECKING if t_s >= self._until_s:
                self._next_step(t_s)
            case Stage.SET:
                self._mind_the_athlete(t_s)
            case Stage.RESTING if t_s >= self._until_s:
                self._begin_set(t_s)
            case Stage.RESTING if self._warnings and t_s >= self._until_s - self._warnings[0]:
                self._cue(t_s, CueKind.REST_LEFT, self._warnings.pop(0))
            case _:
                pass
        return self._take()

    def end(self, t_s: float) -> list[Output]:
        """Whatever happens next, it is not exercise: close a set that is open."""
        if self.stage is Stage.SET:
            assert self._detector is not None  # there is no set without one
            if (rep := self._detector.end_set(t_s)) is not None:
                self._count += 1
                self._out.append(RepCounted(t_s, self._set_index, self._count, rep))
            self._close_set(t_s)
        self.stage = Stage.OVER
        return self._take()

    def _heard(self, source: Source, t_s: float, samples: Sequence[tuple[float, float]]) -> None:
        for at_s, speed_kmh in samples:
            if self.stage is Stage.CHECKING:
                self._checks[source].feed(at_s, speed_kmh)
            elif self._detector is not None and self._source is source and self.stage in _FOLLOWED:
                rep = self._detector.feed(at_s, speed_kmh)
                if rep is not None and self.stage is Stage.SET:
                    self._counted(t_s, rep)

    # --- signal check ---------------------------------------------------------------------------------------

    def _next_step(self, t_s: float) -> None:
        if self._step is not None and self._step.window is not None:
            for check in self._checks.values():
                check.close(t_s)
        self._step = next(self._steps, None)
        if self._step is None:
            self._judge_signal(t_s)
            return
        self._until_s = t_s + self._step.lasts_s
        self._cue(t_s, self._step.cue)
        if self._step.window is not None:
            for check in self._checks.values():
                check.open(self._step.window, t_s)

    def _judge_signal(self, t_s: float) -> None:
        verdicts = {Source.MACHINE_SPEED: self._checks[Source.MACHINE_SPEED].result()}
        if not self._sensor.dead(t_s):
            verdicts[Source.BELT_SENSOR] = self._sensor_verdict()
        self._source = max(verdicts, key=lambda source: _standing(verdicts[source]))
        found = verdicts.pop(self._source)
        for source, other in verdicts.items():
            if found.countable:
                self._out.append(Noted(t_s, f"{source}, not counted from: {other.reason}"))
            else:
                found = replace(found, reason=f"{found.reason} {other.reason}")
        self._out.append(_checked(t_s, found, self._source))
        if found.countable:
            self._detector = RepDetector(found)
            self._cue(t_s, CueKind.SIGNAL_GOOD)
            self._begin_set(t_s)
        else:
            self.stage = Stage.OVER
            self.reason = Reason.CANNOT_COUNT

    def _sensor_verdict(self) -> Calibration:
        if self._count_s <= LONGEST_COUNT_S:
            return self._checks[Source.BELT_SENSOR].result()
        return refusal(
            f"The belt sensor counts once in {self._count_s:.1f} s at this speed, too seldom to tell a push "
            f"from the next ({LONGEST_COUNT_S:g} s at most): use a smaller wheel or more magnets."
        )

    # --- sets and rests -------------------------------------------------------------------------------------

    def _begin_set(self, t_s: float) -> None:
        assert self._detector is not None  # the signal check made it
        self._set_index += 1
        self._count = 0
        self._last_push_s, self._asked = t_s, False
        self.stage = Stage.SET
        self._detector.begin_set(t_s)
        self._out.append(PhaseChanged(t_s, Phase.SET, self._set_index))
        self._cue(t_s, CueKind.SET_BEGINS, self._set_index)

    def _counted(self, t_s: float, rep: Rep) -> None:
        self._count += 1
        self._last_push_s, self._asked = t_s, False
        self._out.append(RepCounted(t_s, self._set_index, self._count, rep))
        self._cue(t_s, CueKind.COUNT, self._count)
        left = self._protocol.reps - self._count
        if left == 0:
            assert self._detector is not None  # it counted
            self._detector.end_set(t_s)
            self._close_set(t_s)
            self._rest_or_finish(t_s)
        elif left == FIVE_LEFT:
            self._cue(t_s, CueKind.FIVE_LEFT)
        elif left == 1:
            self._cue(t_s, CueKind.LAST_ONE)

    def _close_set(self, t_s: float) -> None:
        self._out.append(SetEnded(t_s, self._set_index, self._protocol.reps, self._count))

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

    def _mind_the_athlete(self, t_s: float) -> None:
        quiet_s = t_s - self._last_push_s
        if quiet_s >= NO_PUSHES_S:
            self.reason = Reason.NO_PUSHES
            self._out = self.end(t_s)
        elif quiet_s >= STILL_THERE_S and not self._asked:
            self._asked = True
            self._cue(t_s, CueKind.STILL_THERE)

    def _cue(self, t_s: float, kind: CueKind, number: int | None = None) -> None:
        self._out.append(self._words.cue(t_s, kind, number))

    def _take(self) -> list[Output]:
        out, self._out = self._out, []
        return out


def _steps(plan: SignalCheckPlan) -> Iterator[_Step]:
    yield _Step(CueKind.STAND_CLEAR, plan.idle_s, WindowKind.IDLE)
    for cue, window, times in (
        (CueKind.PUSH_ONCE, WindowKind.PUSH, plan.pushes),
        (CueKind.RIDE_ONCE, WindowKind.RIDE, plan.rides),
    ):
        for _ in range(times):
            yield _Step(cue, plan.window_s, window)
            yield _Step(CueKind.OFF_BELT, plan.pause_s, None)


def _duration_s(plan: SignalCheckPlan) -> float:
    return sum(step.lasts_s for step in _steps(plan))


def _standing(found: Calibration) -> tuple[bool, float]:
    """What makes one source better than another."""
    return found.countable, min(found.d_prime_rep, found.d_prime_gap)


def _checked(t_s: float, found: Calibration, source: Source) -> SignalChecked:
    return SignalChecked(
        t_s,
        countable=found.countable,
        reason=found.reason,
        d_prime_rep=found.d_prime_rep,
        d_prime_gap=found.d_prime_gap,
        baseline_kmh=found.baseline_kmh,
        noise_kmh=found.noise_kmh,
        quantum_kmh=found.quantum_kmh,
        interval_s=found.interval_s,
        source=source,
    )
