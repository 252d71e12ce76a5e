"""`python -m chaos`: many seeds on all cores, a tally, and the smallest case of each rule that is broken."""

import argparse
import logging
import os
import sys
import tempfile
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from chaos.case import Case, read
from chaos.drawing import case_of
from chaos.shrinking import shrunk
from chaos.verdict import UNPERFORMED, Judged, judged, judged_seed

CHUNK = 20
"""Seeds that a process takes at a time."""
SHRUNK_EACH = 1
"""How many cases of each broken rule are shrunk."""


def _quiet() -> None:
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("error")


def many(seeds: range, jobs: int) -> Iterator[Judged]:
    """All of them, in order."""
    with ProcessPoolExecutor(jobs, initializer=_quiet, max_tasks_per_child=None) as pool:
        yield from pool.map(judged_seed, seeds, chunksize=CHUNK)


def breaks(rule: str, case: Case) -> bool:
    """Whether the case breaks this rule."""
    try:
        return rule in judged(case).complaints
    except Exception:  # noqa: BLE001 — a case that cannot be performed is none
        return False


def run(seeds: range, jobs: int, *, shrink: bool) -> int:
    """Judge the seeds; how many break a rule."""
    began_s = time.monotonic()
    tally, broken = Counter[str](), defaultdict[str, list[Judged]](list)
    every = max(len(seeds) // 20, 1)
    for done, one in enumerate(many(seeds, jobs), start=1):
        tally[one.outcome] += 1
        for rule, complaint in one.complaints.items():
            broken[rule].append(one)
            print(f"seed {one.seed}: {rule}: {complaint}", flush=True)
        if done % every == 0:
            print(f"{done} of {len(seeds)} seeds, {time.monotonic() - began_s:.0f} s", flush=True)
    print("\n" + "\n".join(f"{count:6} {outcome}" for outcome, count in tally.most_common()))
    for rule, cases in broken.items():
        print(f"\n{rule}: {len(cases)} of {len(seeds)} seeds: {[one.seed for one in cases[:20]]}")
        if shrink and rule != UNPERFORMED:
            for one in cases[:SHRUNK_EACH]:
                tell_smallest(case_of(one.seed), rule)
    failing = len({one.seed for cases in broken.values() for one in cases})
    print(f"\n{len(seeds)} seeds, {failing} break a rule, {time.monotonic() - began_s:.0f} s")
    return failing


def tell_smallest(case: Case, rule: str) -> None:
    """Shrink a case and say how to see it again."""
    smallest = shrunk(case, lambda one: breaks(rule, one))
    path = Path(tempfile.gettempdir()) / f"chaos-{case.seed}-{rule}.json"
    path.write_text(smallest.written() + "\n", encoding="utf-8")
    print(f"smallest of seed {case.seed}: {smallest.written()}")
    print(f"  {judged(smallest).complaints[rule]}")
    print(f"  make chaos SEED={case.seed}    make chaos CASE={path}")


def replay(case: Case, *, shrink: bool) -> int:
    """One case, with all that is wrong with it."""
    one = judged(case)
    print(f"{case.written()}\n{one.outcome}")
    for rule, complaint in one.complaints.items():
        print(f"{rule}: {complaint}")
        if shrink:
            tell_smallest(case, rule)
    return len(one.complaints)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser("chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10_000, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--seed", type=int, help="this one alone")
    parser.add_argument("--case", type=Path, help="the case in this file")
    parser.add_argument("--no-shrink", action="store_true", help="leave the cases as they are")
    given = parser.parse_args()
    _quiet()
    shrink = not given.no_shrink
    if given.case is not None:
        return int(bool(replay(read(given.case.read_text(encoding="utf-8")), shrink=shrink)))
    if given.seed is not None:
        return int(bool(replay(case_of(given.seed), shrink=shrink)))
    return int(bool(run(range(given.first, given.first + given.seeds), given.jobs, shrink=shrink)))


if __name__ == "__main__":
    sys.exit(main())
