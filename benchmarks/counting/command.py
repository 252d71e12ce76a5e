"""The command line: which cells, how many sets, and where the results go."""

import argparse
import os
from collections import defaultdict
from collections.abc import Sequence

from benchmarks.counting.cells import LETTERS, SCENARIOS, Cell, draw, there_is
from benchmarks.counting.counters import cost_us
from benchmarks.counting.page import PICTURE, lines, write
from benchmarks.counting.reports import REPORTS
from benchmarks.counting.running import Job, Outcome, run
from benchmarks.counting.tally import Tally

HELD_OUT = 10_000
"""Seeds from here on are not looked at while anything is being built."""
ALL = "all"
COSTED = ("1Hz .01", "4Hz .01", "50Hz .01")


def main(arguments: list[str]) -> None:
    """Play the cells that are asked for, print a line each, and write the page if wanted."""
    parser = argparse.ArgumentParser(prog="benchmarks counting", description=__doc__)
    parser.add_argument("--sets", type=int, default=4, help="sets a cell")
    parser.add_argument(
        "--seed", type=int, default=0, help=f"first seed; from {HELD_OUT} on they are held out"
    )
    parser.add_argument("--archetypes", default="".join(LETTERS), help="letters; F is a set-point echo")
    parser.add_argument("--reports", default="4Hz .01,1Hz .01", help=_choice(list(REPORTS)))
    parser.add_argument("--scenarios", default="clean,full", help=_choice(SCENARIOS))
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--centre", action="store_true", help="every machine is its archetype's centre")
    parser.add_argument("--no-oracle", action="store_true", help="without it a set takes a tenth of the time")
    parser.add_argument(
        "--wrong", action="store_true", help="name the seeds of wrong counts, and their mistakes"
    )
    parser.add_argument("--page", action="store_true", help="write docs/counting.md and its picture")
    options = parser.parse_args(arguments)
    scenarios = _chosen(parser, options.scenarios, SCENARIOS)
    reports = _chosen(parser, options.reports, list(REPORTS))
    archetypes = _chosen(parser, ",".join(options.archetypes), LETTERS)
    cells = [Cell(a, r, s) for s in scenarios for r in reports for a in archetypes]
    cells = [cell for cell in cells if there_is(cell)]
    seeds = range(options.seed, options.seed + options.sets)
    # Seeds first: a run that is broken off has something of every cell.
    jobs = [Job(cell, seed, options.centre, not options.no_oracle) for seed in seeds for cell in cells]
    found: dict[Cell, list[Outcome]] = defaultdict(list)
    for outcome in run(jobs, options.processes):
        if outcome.cell.scenario == "full" or not outcome.spoilt:
            found[outcome.cell].append(outcome)
    tallies = {cell: Tally(found[cell]) for cell in cells}
    costs_us = {name: cost_us(draw(Cell("A", name), 1).recording) for name in COSTED}
    for line in lines(tallies, wrong=options.wrong):
        print(line)
    print("cost, µs a report:", ", ".join(f"{name} {cost:.0f}" for name, cost in costs_us.items()))
    if options.page:
        about = f"At most {options.sets} sets a cell, seeds {seeds[0]}–{seeds[-1]}."
        write(tallies, costs_us, about)
        from benchmarks.counting import picture

        picture.draw(tallies, PICTURE)


def _choice(names: Sequence[str]) -> str:
    return f"comma-separated, or {ALL}: {', '.join(names)}"


def _chosen(parser: argparse.ArgumentParser, given: str, known: Sequence[str]) -> list[str]:
    chosen = list(known) if given == ALL else given.split(",")
    for name in chosen:
        if name not in known:
            parser.error(f"there is no {name!r}; there are: {', '.join(known)}")
    return chosen
