"""How many recorded sessions `analyse` gets through in a second, by the number of processes.

A session is six minutes at four reports a second, as CSV with its events: a signal check and one long set.
"""

import argparse
import random
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from eccentread.cli.analyse import Job, analysed, crashed
from eccentread.cli.workers import in_order, processors
from eccentread.record.recordings import read_recording
from eccentread_sim.archetypes import ARCHETYPES
from eccentread_sim.recordings import Recording, draw_set
from eccentread_sim.reporting import Reporting

BUDGET_PER_S = 50.0
"""A thousand sessions in 20 s on two cores."""
SECONDS = 360.0
REPS = 90
"""Enough to fill the six minutes; what is more is cut off."""
MADE = 5
"""Sessions that differ; the others are copies."""


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks analysing", description=__doc__)
    parser.add_argument("--sessions", type=int, default=40, help="sessions for each number of processes")
    parser.add_argument("--blind", action="store_true", help="without their events")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        files = _sessions(Path(folder), options.sessions, options.blind)
        reading_ms = statistics.median(_reading_ms(file) for file in files)
        print(f"{len(files)} sessions of 6 min at 4 Hz; reading one takes {reading_ms:.1f} ms")
        jobs = [Job(str(file), jsonl=True, picture=None) for file in files]
        alone = 0.0
        for processes in range(1, processors() + 1):
            began_s = time.perf_counter()
            told = list(in_order(analysed, jobs, crashed, processes=processes, worth_s=0.0))
            per_s = len(told) / (time.perf_counter() - began_s)
            alone = alone or per_s
            assert not any(one.bad for one in told)
            print(
                f"  processes: {processes}  sessions a second: {per_s:5.1f}  "
                f"against one process: {per_s / alone:.2f}  against the budget: {per_s / BUDGET_PER_S:.2f}"
            )


def _sessions(folder: Path, number: int, blind: bool) -> list[Path]:
    made = [_made(seed) for seed in range(min(number, MADE))]
    files = [folder / f"{k}.csv" for k in range(number)]
    for k, file in enumerate(files):
        take = made[k % MADE]
        kept = take.t_s <= SECONDS
        rows = zip(take.t_s[kept].tolist(), take.speed_kmh[kept].tolist(), strict=True)
        file.write_text("time_s,speed_kmh\n" + "".join(f"{t_s:.3f},{kmh:.2f}\n" for t_s, kmh in rows))
        if not blind:
            windows = "".join(f"{w.onset_s:.3f},{w.duration_s:.3f},{w.event}\n" for w in take.windows)
            file.with_suffix(".events.csv").write_text(f"onset_s,duration_s,event\n{windows}")
    return files


def _made(seed: int) -> Recording:
    archetype = ARCHETYPES["ABCDE"[seed % 5]]
    reporting = replace(Reporting(), interval_s=0.25, latency_s=0.15, jitter_s=0.04)
    return draw_set(archetype.draw(random.Random(f"{seed}:drive")), reporting, seed, reps=REPS)


def _reading_ms(file: Path) -> float:
    began_s = time.perf_counter()
    read_recording(file)
    return 1e3 * (time.perf_counter() - began_s)
