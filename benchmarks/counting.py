"""How well sets are counted: archetype × reporting, on simulated machines and athletes.

Every recording is one machine and one athlete: a signal check and a set of 15. *Exact* is the part of the
sets not refused that are counted exactly, with its 95 % Wilson interval; *refused* the part of all in which
the signal check said that it cannot count; *F1* is of reps, matched one to one by overlap in time; *latency*
runs from the true release to the announcement, the console's own lateness included. d′ is the median of the
lesser of rep and gap. Cost is the detector's, per report.
"""

import argparse
import math
import random
import statistics
import time
from dataclasses import dataclass, field, replace

from eccentread.reps import RepDetector, Window, analyse
from eccentread_sim.archetypes import ARCHETYPES
from eccentread_sim.recordings import Recording, draw_set
from eccentread_sim.reporting import Reporting, Source

_LINK = Reporting(latency_s=0.15, jitter_s=0.04, drop_rate=0.002, duplicate_rate=0.002)
REPORTS = {
    "5Hz .01": replace(_LINK, interval_s=0.2),
    "4Hz .01": replace(_LINK, interval_s=0.25),
    "2Hz .01": replace(_LINK, interval_s=0.5),
    "1Hz .01": replace(_LINK, interval_s=1.0),
    "1Hz .01 inst": replace(_LINK, interval_s=1.0, boxed=False),
    "4Hz .1": replace(_LINK, interval_s=0.25, quantum_kmh=0.1),
    "1Hz .1": replace(_LINK, interval_s=1.0, quantum_kmh=0.1),
    "4Hz .01 EMA2": replace(_LINK, interval_s=0.25, smoothing_s=2.0),
    "1Hz .01 EMA2": replace(_LINK, interval_s=1.0, smoothing_s=2.0),
    "4Hz .01 Precor": replace(_LINK, interval_s=0.25, noise_kmh=0.0145),
    "echo": replace(_LINK, source=Source.SET_POINT),
}


@dataclass
class Cell:
    """One row of the table under way."""

    sets: int = 0
    refused: int = 0
    exact: int = 0
    true: int = 0
    counted: int = 0
    matched: int = 0
    latency_s: list[float] = field(default_factory=list)
    d_prime: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, recording: Recording, seed: int) -> None:
        windows = [Window(w.onset_s, w.duration_s, w.event.value) for w in recording.windows]
        result = analyse(recording.t_s.tolist(), recording.speed_kmh.tolist(), windows)
        self.sets += 1
        self.d_prime.append(min(result.calibration.d_prime_rep, result.calibration.d_prime_gap))
        if not result.countable:
            self.refused += 1
            return
        reps = list(result.sets[0].reps)
        self.true += len(recording.reps)
        self.counted += len(reps)
        if len(reps) == len(recording.reps):
            self.exact += 1
        else:
            self.wrong.append(f"{seed}:{len(reps)}/{len(recording.reps)}")
        free = reps
        for truth in recording.reps:
            overlaps = [(min(truth.release_s, r.release_s) - max(truth.onset_s, r.onset_s), r) for r in free]
            overlap, best = max(overlaps, key=lambda pair: pair[0], default=(0.0, None))
            if best is not None and overlap > 0.5:
                free = [r for r in free if r is not best]
                self.matched += 1
                self.latency_s.append(best.counted_s - truth.release_s)

    def row(self) -> str:
        judged = self.sets - self.refused
        low, high = wilson(self.exact, judged)
        f1 = 2 * self.matched / max(1, self.true + self.counted)
        latency = statistics.median(self.latency_s) if self.latency_s else math.nan
        exact = f"{self.exact / judged:5.2f} [{low:.2f} {high:.2f}]" if judged else "    –            "
        return (
            f"{exact}  refused {self.refused / self.sets:4.2f}  F1 {f1:.3f}  latency {latency:5.2f} s  "
            f"d′ {statistics.median(self.d_prime):5.1f}"
        )


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """95 % Wilson interval of a proportion."""
    if n == 0:
        return 0.0, 1.0
    p = hits / n
    middle = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def cost_us(recording: Recording) -> float:
    """Microseconds of the live detector per report."""
    windows = [Window(w.onset_s, w.duration_s, w.event.value) for w in recording.windows]
    samples = list(zip(recording.t_s.tolist(), recording.speed_kmh.tolist(), strict=True))
    calibration = analyse(*zip(*samples, strict=True), windows).calibration
    detector = RepDetector(calibration)
    detector.begin_set(0.0)
    began = time.perf_counter()
    for sample in samples:
        detector.feed(*sample)
    return 1e6 * (time.perf_counter() - began) / len(samples)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks counting", description=__doc__)
    parser.add_argument("--sets", type=int, default=20, help="sets per cell")
    parser.add_argument("--seed", type=int, default=0, help="first seed; seeds from 10000 on are held out")
    parser.add_argument("--archetypes", default="ABCDE")
    parser.add_argument("--reports", default=",".join(REPORTS), help="comma-separated")
    parser.add_argument("--centre", action="store_true", help="every machine is its archetype's centre")
    parser.add_argument("--wrong", action="store_true", help="name the seeds of wrong counts")
    options = parser.parse_args(arguments)
    for name in options.reports.split(","):
        reporting = REPORTS[name]
        for letter in options.archetypes:
            archetype, cell = ARCHETYPES[letter], Cell()
            for seed in range(options.seed, options.seed + options.sets):
                drive = archetype.centre if options.centre else archetype.draw(random.Random(f"{seed}:drive"))
                recording = draw_set(drive, reporting, seed)
                cell.add(recording, seed)
            row = f"{letter} {name:15s} {cell.row()}"
            print(f"{row}  {' '.join(cell.wrong)}" if options.wrong else row, flush=True)
    print(
        f"cost {cost_us(draw_set(ARCHETYPES['A'].centre, REPORTS['4Hz .01'], 1)):.0f} µs per report at 4 Hz"
    )
