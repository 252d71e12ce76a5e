"""`python -m chaos`: many seeds on all cores, a tally, and the smallest case of each rule that is broken."""

import argparse
import logging
import os
import sys
import tempfile
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from chaos.case import Case, read
from chaos.drawing import case_of
from chaos.shrinking import shrunk
from chaos.verdict import UNPERFORMED, Judged, judged, judged_seed

LARGEST_CHUNK = 20
"""Seeds that a process takes at a time, at most."""
LINES = 20
"""How often it is said how far the run has come."""
SHRUNK_EACH = 1
"""How many cases of each broken rule are shrunk."""


def _quiet() -> None:
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("error")


def many(seeds: range, jobs: int) -> Iterator[Judged]:
    """All of them, in order, as they come: what a process takes at a time is told of at once."""
    chunk = max(1, min(LARGEST_CHUNK, len(seeds) // (LINES * jobs)))
    with ProcessPoolExecutor(jobs, initializer=_quiet, max_tasks_per_child=None) as pool:
        yield from pool.map(judged_seed, seeds, chunksize=chunk)


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
    every = max(len(seeds) // LINES, 1)
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
    if not one.complaints:
        print("no rule is broken")
    for rule, complaint in one.complaints.items():
        print(f"{rule}: {complaint}")
        if shrink:
            tell_smallest(case, rule)
    return len(one.complaints)


def at_least(lowest: int) -> Callable[[str], int]:
    """A whole number from a command line."""

    def number(text: str) -> int:
        if not text.isdecimal() or int(text) < lowest:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {lowest} up")
        return int(text)

    return number


def case_in(path: str) -> Case:
    """The case that a file holds."""
    try:
        return read(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise argparse.ArgumentTypeError(
            f"{path} holds no case as a run of many writes it: {error}"
        ) from error


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 1 where a rule is broken."""
    parser = argparse.ArgumentParser("chaos", description=__doc__)
    number, some = at_least(0), at_least(1)
    parser.add_argument("--seeds", type=some, default=10_000, metavar="N", help="how many; %(default)s")
    parser.add_argument(
        "--first", type=number, default=0, metavar="SEED", help="the first of them; %(default)s"
    )
    parser.add_argument(
        "--jobs", type=some, default=os.cpu_count() or 1, metavar="N", help="processes; %(default)s here"
    )
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--seed", type=number, help="this one alone, replayed")
    one.add_argument("--case", type=case_in, metavar="FILE", help="the case in this file, replayed")
    parser.add_argument("--no-shrink", action="store_true", help="leave the cases as they are")
    given = parser.parse_args(arguments)
    _quiet()
    shrink = not given.no_shrink
    if given.case is not None:
        return int(bool(replay(given.case, shrink=shrink)))
    if given.seed is not None:
        return int(bool(replay(case_of(given.seed), shrink=shrink)))
    return int(bool(run(range(given.first, given.first + given.seeds), given.jobs, shrink=shrink)))


if __name__ == "__main__":
    sys.exit(main())
