"""Four ways to count a recording; the detector alone may refuse to."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.counting.baselines import PEAKS, THRESHOLD, count
from benchmarks.counting.cells import Case
from benchmarks.counting.oracle import Oracle
from benchmarks.counting.scoring import Counted
from eccentread.reps import RepDetector, Window, analyse
from eccentread.reps.calibration import Calibration
from eccentread_sim.recordings import Recording


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the detector says of a recording; `reps` is `None` where it refuses to count."""

    reps: list[Counted] | None
    reason: str
    d_prime: float


def detect(case: Case) -> Verdict:
    """The live detector, after its own signal check."""
    recording = case.recording
    result = analyse(recording.t_s.tolist(), recording.speed_kmh.tolist(), _windows(recording))
    d_prime = min(result.calibration.d_prime_rep, result.calibration.d_prime_gap)
    reps = [Counted(r.onset_s, r.release_s, r.counted_s, r.confidence) for r in result.sets[0].reps]
    return Verdict(reps if result.countable else None, result.reason, d_prime)


OTHERS: Mapping[str, Callable[[Case], list[Counted]]] = {
    "threshold": lambda case: count(case, THRESHOLD),
    "peaks": lambda case: count(case, PEAKS),
    "oracle": lambda case: Oracle(case).pushes(),
}


def cost_us(recording: Recording) -> float:
    """Microseconds of the live detector per report, the median of five runs."""
    samples = list(zip(recording.t_s.tolist(), recording.speed_kmh.tolist(), strict=True))
    calibration = analyse(*zip(*samples, strict=True), _windows(recording)).calibration
    return sorted(_run_us(samples, calibration) for _ in range(5))[2]


def _run_us(samples: list[tuple[float, float]], calibration: Calibration) -> float:
    detector = RepDetector(calibration)
    detector.begin_set(0.0)
    began = time.perf_counter()
    for sample in samples:
        detector.feed(*sample)
    return 1e6 * (time.perf_counter() - began) / len(samples)


def _windows(recording: Recording) -> list[Window]:
    return [Window(w.onset_s, w.duration_s, w.event.value) for w in recording.windows]
