"""The signal check as it is carried out: what is asked of the athlete, and which source of speed counts.

Every source is judged in the same windows. Times are session seconds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from eccentread.events import CueKind, SignalChecked, Source
from eccentread.reps import Calibration, SignalCheck, WindowKind
from eccentread.reps.signal_check import refusal
from eccentread.session.protocol import SignalCheckPlan

_SPEEDS = (Source.MACHINE_SPEED, Source.BELT_SENSOR)
"""Where belt speeds come from; of equals the first is taken."""

LONGEST_COUNT_S = 1.0
"""A gap between pushes lasts 0.8–2.5 s. In simulation a sensor that counts every 0.9 s misses none; at 1.1 s
some reps are wrong, and at 1.35 s many are, though its noise is next to nothing and d′ is high."""


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of the signal check: what is said at its start, and what its window is for, if it is one."""

    cue: CueKind
    lasts_s: float
    window: WindowKind | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check found: the source to count from, and why not from the others."""

    source: Source
    found: Calibration
    others: tuple[str, ...]
    cued: tuple[tuple[tuple[float, float], ...], ...]
    """The reports of that source (seconds, km/h) while each cued contact was under way."""

    def checked(self, t_s: float) -> SignalChecked:
        """The verdict as an event."""
        found = self.found
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
            source=self.source,
        )


class Checking:
    """One signal check. `next` moves on to its next step; after the last there is a verdict."""

    def __init__(self, plan: SignalCheckPlan) -> None:
        self._checks = {source: SignalCheck(source) for source in _SPEEDS}
        self._steps = _steps(plan)
        self._step: Step | None = None
        self._cued: dict[Source, list[list[tuple[float, float]]]] = {source: [] for source in _SPEEDS}
        self.lasts_s = sum(step.lasts_s for step in _steps(plan))

    @property
    def somebody_on(self) -> bool:
        """Whether the athlete is on the belt in this step; if not, the next one asks her on."""
        return self._step is not None and self._step.window not in (None, WindowKind.IDLE)

    def next(self, t_s: float) -> Step | None:
        """The step that begins now; `None` when all are done."""
        if self._step is not None and self._step.window is not None:
            for check in self._checks.values():
                check.close(t_s)
        self._step = next(self._steps, None)
        if self._step is not None and self._step.window is not None:
            for check in self._checks.values():
                check.open(self._step.window, t_s)
            for windows in self._cued.values():
                windows.append([])
        return self._step

    def feed(self, source: Source, t_s: float, speed_kmh: float) -> None:
        """A source told a belt speed."""
        self._checks[source].feed(t_s, speed_kmh)
        if self.somebody_on:
            self._cued[source][-1].append((t_s, speed_kmh))

    def verdict(self, *, sensor_alive: bool, count_s: float) -> Verdict:
        """The better source. `count_s`: from one count of the belt sensor to the next at this speed."""
        verdicts = {Source.MACHINE_SPEED: self._checks[Source.MACHINE_SPEED].result()}
        if sensor_alive:
            verdicts[Source.BELT_SENSOR] = self._sensor_verdict(count_s)
        source = max(verdicts, key=lambda source: _standing(verdicts[source]))
        found = verdicts.pop(source)
        notes: list[str] = []
        for other, why in verdicts.items():
            if found.countable:
                notes.append(f"{other}, not counted from: {why.reason}")
            else:
                found = replace(found, reason=f"{found.reason} {why.reason}")
        cued = tuple(tuple(reports) for reports in self._cued[source])
        return Verdict(source, found, tuple(notes), cued)

    def _sensor_verdict(self, count_s: float) -> Calibration:
        if count_s <= LONGEST_COUNT_S:
            return self._checks[Source.BELT_SENSOR].result()
        return refusal(
            f"The belt sensor counts once in {count_s:.1f} s at this speed, too seldom to tell a push "
            f"from the next ({LONGEST_COUNT_S:g} s at most): use a smaller wheel or more magnets."
        )


def _steps(plan: SignalCheckPlan) -> Iterator[Step]:
    yield Step(CueKind.STAND_CLEAR, plan.idle_s, WindowKind.IDLE)
    for cue, window, times in (
        (CueKind.PUSH_ONCE, WindowKind.PUSH, plan.pushes),
        (CueKind.RIDE_ONCE, WindowKind.RIDE, plan.rides),
    ):
        for _ in range(times):
            yield Step(cue, plan.window_s, window)
            yield Step(CueKind.OFF_BELT, plan.pause_s, None)


def _standing(found: Calibration) -> tuple[bool, float]:
    """What makes one source better than another."""
    return found.countable, min(found.d_prime_rep, found.d_prime_gap)
