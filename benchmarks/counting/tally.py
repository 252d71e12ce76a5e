"""Outcomes summed up: rates with their intervals, medians of errors, bins of d′ and of confidence."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from benchmarks.counting.running import DETECTOR, Outcome
from benchmarks.counting.scoring import wilson

D_PRIME = (0.0, 4.0, 8.0, math.inf)
CONFIDENCE = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)


@dataclass(frozen=True, slots=True)
class Rate:
    """Hits among so many."""

    hits: int
    of: int

    @property
    def part(self) -> float:
        """Not a number where there were none."""
        return self.hits / self.of if self.of else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """95 %, by Wilson."""
        return wilson(self.hits, self.of)

    def __str__(self) -> str:
        if not self.of:
            return "–"
        low, high = self.interval
        return f"{100 * self.part:.0f} ({100 * low:.0f}–{100 * high:.0f})"


class Tally:
    """Some outcomes, one cell's or many's."""

    def __init__(self, outcomes: Iterable[Outcome]) -> None:
        self.outcomes = sorted(outcomes, key=lambda o: (str(o.cell), o.seed))
        self.judged = [o for o in self.outcomes if not o.refused]

    @property
    def refused(self) -> Rate:
        return Rate(len(self.outcomes) - len(self.judged), len(self.outcomes))

    def exact(self, counter: str = DETECTOR, *, every: bool = False) -> Rate:
        """Sets counted exactly, of those not refused; `every`: of all."""
        return self.within(0, counter, every=every)

    def within(self, most: int, counter: str = DETECTOR, *, every: bool = False) -> Rate:
        """Sets counted at most so many too high or low."""
        told = [o for o in (self.outcomes if every else self.judged) if counter in o.scores]
        return Rate(sum(abs(o.scores[counter].counted - o.pushes) <= most for o in told), len(told))

    def f1(self, counter: str = DETECTOR) -> float:
        """Of reps, matched one to one."""
        told = [o for o in self.judged if counter in o.scores]
        there = sum(o.pushes + o.scores[counter].counted for o in told)
        return 2 * sum(o.scores[counter].matched for o in told) / there if there else math.nan

    @property
    def d_prime(self) -> float:
        return middle([o.d_prime for o in self.outcomes])

    def errors(self, of: str) -> tuple[float, float]:
        """Median bias and median absolute error, s, of `onset_s` or `release_s`."""
        found: list[float] = [e for o in self.judged for e in getattr(o, of)]
        return middle(found), middle([abs(e) for e in found])

    @property
    def latency_s(self) -> float:
        return middle([e for o in self.judged for e in o.latency_s])

    def per_minute(self, counter: str = DETECTOR) -> tuple[float, float]:
        """False reps a minute, of sets in which nobody pushes; and the minutes."""
        told = [o for o in self.judged if counter in o.scores]
        minutes = sum(o.lasts_s for o in told) / 60.0
        return (sum(o.scores[counter].counted for o in told) / minutes if minutes else math.nan), minutes

    @property
    def mistakes(self) -> Counter[str]:
        return sum((o.mistakes for o in self.judged), Counter[str]())

    @property
    def wrong(self) -> list[str]:
        """Seeds of sets counted wrongly, as SEED:COUNTED/TRUE."""
        return self.wrong_by(DETECTOR)

    def wrong_by(self, counter: str) -> list[str]:
        """The same of any counter."""
        told = [o for o in self.outcomes if counter in o.scores]
        return [f"{o.seed}:{o.scores[counter].counted}/{o.pushes}" for o in told if not o.exact(counter)]


def by_d_prime(outcomes: Sequence[Outcome]) -> list[tuple[str, Tally]]:
    """Below 4, 4 to 8, and from 8 on."""
    names = ("below 4", "4–8", "8 and more")
    return [
        (name, Tally(o for o in outcomes if low <= o.d_prime < high))
        for name, (low, high) in zip(names, pairwise(D_PRIME), strict=True)
    ]


def reliability(outcomes: Iterable[Outcome]) -> list[tuple[float, Rate]]:
    """Per bin of confidence: its mean, and how many reps of it were reps."""
    told = [pair for o in outcomes for pair in o.confidence]
    bins: list[tuple[float, Rate]] = []
    for low, high in pairwise(CONFIDENCE):
        inside = [(c, hit) for c, hit in told if low < c <= high]
        if inside:
            mean = sum(c for c, _ in inside) / len(inside)
            bins.append((mean, Rate(sum(hit for _, hit in inside), len(inside))))
    return bins


def middle(values: Sequence[float]) -> float:
    """The median; not a number of nothing."""
    return median(values) if values else math.nan
