"""Sets counted on every core, in any order, each told by its cell and seed."""

import multiprocessing
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from benchmarks.counting.cells import SURPRISES, Case, Cell, draw
from benchmarks.counting.counters import OTHERS, detect
from benchmarks.counting.limits import true_d_prime
from benchmarks.counting.scoring import Counted, matched, mistakes
from benchmarks.counting.strays import STRAYS
from eccentread_sim.pushes import Label
from eccentread_sim.reporting import Source


class Score(NamedTuple):
    """How one counter did in one set."""

    counted: int
    matched: int


class Job(NamedTuple):
    """One set to be drawn and counted."""

    cell: Cell
    seed: int
    centre: bool
    oracle: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """One set, counted in every way."""

    cell: Cell
    seed: int
    pushes: int
    spoilt: bool
    """Whether a push ended too early on a belt that stood still: such a set is not clean."""
    lasts_s: float
    d_prime: float
    """The lesser of rep and gap, by the machine's equations."""
    refused: bool
    reason: str
    scores: dict[str, Score]
    """By counter; the detector's is not there where it refused."""
    mistakes: Counter[str] = field(default_factory=Counter[str])
    onset_s: list[float] = field(default_factory=list[float])
    """Told less true, of each matched rep of the detector."""
    release_s: list[float] = field(default_factory=list[float])
    latency_s: list[float] = field(default_factory=list[float])
    confidence: list[tuple[float, bool]] = field(default_factory=list[tuple[float, bool]])
    """Of each rep of the detector, and whether it was one."""

    def exact(self, counter: str) -> bool:
        """Whether it counted as many as there were."""
        return self.scores[counter].counted == self.pushes


DETECTOR = "detector"


def play(job: Job) -> Outcome:
    """Draw one set and count it."""
    case = draw(job.cell, job.seed, centre=job.centre)
    recording = case.recording
    pushes = recording.reps
    begins_s, ends_s = case.set_s
    inside = [c for c in recording.contacts if begins_s <= c.onset_s < ends_s]
    scenario = job.cell.scenario
    knows_all = (
        job.oracle
        and scenario not in SURPRISES
        and scenario not in STRAYS
        and case.setup.reporting.source is Source.MEASURED
    )
    scores = {
        name: _score(case, counter(case)) for name, counter in OTHERS.items() if name != "oracle" or knows_all
    }
    verdict = detect(case)
    outcome = Outcome(
        cell=job.cell,
        seed=job.seed,
        pushes=len(pushes),
        spoilt=any(contact.label is Label.ABORTED for contact in inside),
        lasts_s=recording.windows[-1].duration_s,
        d_prime=min(true_d_prime(case.setup)),
        refused=verdict.reps is None,
        reason=verdict.reason,
        scores=scores,
    )
    if verdict.reps is None:
        return outcome
    scores[DETECTOR] = _score(case, verdict.reps)
    pairs = matched(pushes, verdict.reps, job.cell.tolerance_s)
    outcome.mistakes.update(mistakes(inside, verdict.reps, job.cell.tolerance_s))
    for push, rep in pairs:
        outcome.onset_s.append(rep.onset_s - push.onset_s)
        outcome.release_s.append(rep.release_s - push.release_s)
        outcome.latency_s.append(rep.announced_s - push.release_s)
    right = [rep for _, rep in pairs]
    outcome.confidence.extend((rep.confidence, any(rep is one for one in right)) for rep in verdict.reps)
    return outcome


def _score(case: Case, reps: Sequence[Counted]) -> Score:
    return Score(len(reps), len(matched(case.recording.reps, reps, case.cell.tolerance_s)))


def run(jobs: Sequence[Job], processes: int) -> Iterator[Outcome]:
    """All outcomes as they come; how far it is goes to stderr."""
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for done, outcome in enumerate(pool.imap_unordered(play, jobs, chunksize=2), start=1):
            if done % 10 == 0 or done == len(jobs):
                ends = "\n" if done == len(jobs) else "\r"
                print(f"{done} of {len(jobs)} sets", end=ends, file=sys.stderr, flush=True)
            yield outcome
