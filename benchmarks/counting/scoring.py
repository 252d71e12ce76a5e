"""Counted reps against the truth: matching, kinds of mistakes, and intervals of proportions."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from eccentread_sim.pushes import Contact

WEAK = 0.75
"""A push below this part of the set's median peak force is a weak one."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A rep as a counter tells of it, seconds. What it does not tell is not a number."""

    onset_s: float
    release_s: float
    announced_s: float = math.nan
    confidence: float = math.nan


def matched(
    pushes: Sequence[Contact], reps: Sequence[Counted], tolerance_s: float
) -> list[tuple[Contact, Counted]]:
    """Pairs, one to one, nearest first: the middle of a rep lies in its push, give or take the tolerance."""
    near: list[tuple[float, int, int]] = []
    for i, push in enumerate(pushes):
        for j, rep in enumerate(reps):
            at_s = (rep.onset_s + rep.release_s) / 2.0
            if push.onset_s - tolerance_s <= at_s <= push.release_s + tolerance_s:
                near.append((abs(at_s - (push.onset_s + push.release_s) / 2.0), i, j))
    pairs: list[tuple[Contact, Counted]] = []
    taken_pushes: set[int] = set()
    taken_reps: set[int] = set()
    for _, i, j in sorted(near):
        if i not in taken_pushes and j not in taken_reps:
            taken_pushes.add(i)
            taken_reps.add(j)
            pairs.append((pushes[i], reps[j]))
    return pairs


def mistakes(contacts: Sequence[Contact], reps: Sequence[Counted], tolerance_s: float) -> Counter[str]:
    """What went wrong in a set: `contacts` are all of it, counting or not.

    Of pushes: `merged` into a neighbour's rep, `weak missed`, `missed`. Of reps: `split` off a push, a
    contact that should not count (`touch counted` …), or a `phantom` where no foot was.
    """
    pushes = [c for c in contacts if c.counts]
    pairs = matched(pushes, reps, tolerance_s)
    found: Counter[str] = Counter()
    usual_n = median([p.peak_force_n for p in pushes]) if pushes else 0.0
    got = [push for push, _ in pairs]
    for push in pushes:
        if push in got:
            continue
        if any(_overlap_s(push, rep) > 0.5 * (push.release_s - push.onset_s) for rep in reps):
            found["merged"] += 1
        elif push.peak_force_n < WEAK * usual_n:
            found["weak missed"] += 1
        else:
            found["missed"] += 1
    used = [rep for _, rep in pairs]
    for rep in reps:
        if any(rep is one for one in used):
            continue
        under = max(contacts, key=lambda c: _overlap_s(c, rep), default=None)
        if under is None or _overlap_s(under, rep) <= -tolerance_s:
            found["phantom"] += 1
        elif under.counts:
            found["split"] += 1
        else:
            found[f"{under.label.value} counted"] += 1
    return found


def _overlap_s(contact: Contact, rep: Counted) -> float:
    """How long both last; below 0, how far they are apart."""
    return min(contact.release_s, rep.release_s) - max(contact.onset_s, rep.onset_s)


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """95 % Wilson interval of a proportion."""
    if n == 0:
        return 0.0, 1.0
    p = hits / n
    middle = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, (middle - half) / (1 + z * z / n)), min(1.0, (middle + half) / (1 + z * z / n))
