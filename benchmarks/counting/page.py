"""What was measured, as tables of Markdown, and where they go: between the markers of `docs/counting.md`."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.counting.cells import ECHO, SURPRISES, Cell
from benchmarks.counting.reports import REPORTS
from benchmarks.counting.running import DETECTOR, Outcome
from benchmarks.counting.strays import STRAYS
from benchmarks.counting.tally import Tally, by_d_prime, reliability

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "counting.md"
PICTURE = DOCS / "images" / "counting.png"
MARKED = re.compile(r"(<!-- measured: (?P<what>[\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)
COUNTERS = ("oracle", "peaks", "threshold")

type Tallies = Mapping[Cell, Tally]
type Rows = Sequence[Sequence[str]]


def write(tallies: Tallies, costs_us: Mapping[str, float], about: str) -> None:
    """Put the tables into the page; `about` says of what they are. Nothing else of it changes."""
    text = filled(PAGE.read_text(encoding="utf-8"), tables(tallies, costs_us, about))
    PAGE.write_text(text, encoding="utf-8")


def filled(text: str, made: Mapping[str, str]) -> str:
    """The page with everything between its markers made anew."""
    return MARKED.sub(lambda match: f"{match[1]}\n{made[match['what']]}\n\n{match[3]}", text)


def tables(tallies: Tallies, costs_us: Mapping[str, float], about: str) -> dict[str, str]:
    """Each by the name of its marker."""
    sets = {cell: tally for cell, tally in tallies.items() if cell.scenario in {"clean", "full"}}
    clean = {cell: tally for cell, tally in sets.items() if cell.scenario == "clean"}
    return {
        "about": about,
        "limits": table("sets with d′|sets|refused %|exact %|±1 %|oracle %", list(_limits(sets))),
        "clean": _cells(clean),
        "full": _cells({cell: tally for cell, tally in sets.items() if cell.scenario == "full"}),
        "refusals": table("machines|refused %", list(_refusals(sets))),
        "surprises": table(
            "surprise|sets|exact %|without it %|points lost|refused %", list(_surprises(tallies))
        ),
        "strays": table(
            "nobody pushes|reports|minutes|detector|threshold|peaks|at most", list(_strays(tallies))
        ),
        "times": table("reports|onset: bias, error s|release: bias, error s|latency s", list(_times(clean))),
        "confidence": table("confidence|reps|were reps %", list(_confidence(sets))),
        "mistakes": table("cell|of pushes and reps", list(_mistakes(sets))),
        "cost": table("reports|µs a report", [(name, f"{cost:.0f}") for name, cost in costs_us.items()]),
    }


def table(head: str, rows: Rows) -> str:
    """Of Markdown; what is in `head` is parted by `|`."""
    lines = [f"| {' | '.join(head.split('|'))} |", "|---" * len(head.split("|")) + "|"]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows])


def lines(tallies: Tallies, *, wrong: bool) -> Iterator[str]:
    """For a terminal, a line a cell; `wrong`: and which sets were counted wrongly."""
    for cell, tally in tallies.items():
        if cell.scenario in STRAYS:
            per_minute, minutes = tally.per_minute()
            yield f"{cell!s:30} {per_minute:.3f} false reps a minute in {minutes:.0f} min"
            continue
        bias, error = tally.errors("onset_s")
        rates = "  ".join(f"{name} {_percent(tally.exact(name).part)}" for name in COUNTERS)
        yield (
            f"{cell!s:30} d′ {tally.d_prime:5.1f}  refused {_percent(tally.refused.part)}  "
            f"exact {tally.exact()!s:13}  {rates}  F1 {tally.f1():.3f}  "
            f"onset {bias:+.2f} {error:.2f}  latency {tally.latency_s:.2f}"
        )
        if wrong:
            yield f"    {_told(tally)}  {' '.join(tally.wrong)}"
            yield f"    oracle {' '.join(tally.wrong_by('oracle'))}"


def _percent(part: float) -> str:
    return "–" if math.isnan(part) else f"{100 * part:.0f}"


def _number(value: float, form: str = ".2f") -> str:
    return "–" if math.isnan(value) else f"{value:{form}}"


def _outcomes(tallies: Tallies) -> list[Outcome]:
    return [outcome for tally in tallies.values() for outcome in tally.outcomes]


def _limits(sets: Tallies) -> Iterator[Sequence[str]]:
    for scenario in ("clean", "full"):
        some = [o for o in _outcomes(sets) if o.cell.scenario == scenario and o.cell.archetype != ECHO]
        for name, tally in by_d_prime(some):
            yield (
                f"{name}, {scenario}",
                str(len(tally.outcomes)),
                str(tally.refused),
                str(tally.exact()),
                str(tally.within(1)),
                str(tally.exact("oracle")),
            )


def _cells(tallies: Tallies) -> str:
    head = "cell|d′|refused %|exact %|±1 %|F1|oracle %|to the oracle|peaks %|threshold %"
    rows = [
        (
            f"{cell.archetype} {cell.report}",
            _number(tally.d_prime, ".0f"),
            _percent(tally.refused.part),
            str(tally.exact()),
            _percent(tally.within(1).part),
            _number(tally.f1(), ".3f"),
            _percent(tally.exact("oracle").part),
            _number(100 * (tally.exact().part - tally.exact("oracle").part), "+.0f"),
            _percent(tally.exact("peaks").part),
            _percent(tally.exact("threshold").part),
        )
        for cell, tally in tallies.items()
        if cell.archetype != ECHO
    ]
    return table(head, rows)


def _refusals(sets: Tallies) -> Iterator[Sequence[str]]:
    outcomes = _outcomes(sets)
    yield "a set-point echo", str(Tally(o for o in outcomes if o.cell.archetype == ECHO).refused)
    real = [o for o in outcomes if o.cell.archetype != ECHO]
    for name, tally in by_d_prime(real):
        yield f"d′ {name}", str(tally.refused)


def _surprises(tallies: Tallies) -> Iterator[Sequence[str]]:
    for surprise in SURPRISES:
        pairs = [
            (tally, tallies[Cell(cell.archetype, cell.report)])
            for cell, tally in tallies.items()
            if cell.scenario == surprise
            and cell.archetype != ECHO
            and Cell(cell.archetype, cell.report) in tallies
        ]
        if not pairs:
            continue
        with_it, without = (
            Tally(o for tally in side for o in tally.outcomes) for side in zip(*pairs, strict=True)
        )
        yield (
            surprise,
            str(len(with_it.outcomes)),
            str(with_it.exact()),
            str(without.exact()),
            f"{100 * (without.exact().part - with_it.exact().part):+.0f}",
            _percent(with_it.refused.part),
        )


def _strays(tallies: Tallies) -> Iterator[Sequence[str]]:
    for name, stray in STRAYS.items():
        for report in REPORTS:
            some = Tally(o for o in _outcomes(tallies) if (o.cell.scenario, o.cell.report) == (name, report))
            if some.judged:
                rates = [f"{some.per_minute(counter)[0]:.2f}" for counter in (DETECTOR, "threshold", "peaks")]
                yield name, report, f"{some.per_minute()[1]:.0f}", *rates, f"{stray.most_per_minute:g}"


def _times(clean: Tallies) -> Iterator[Sequence[str]]:
    for report in REPORTS:
        some = Tally(o for o in _outcomes(clean) if o.cell.report == report)
        if some.judged:
            edges = [some.errors("onset_s"), some.errors("release_s")]
            yield (
                report,
                *(f"{_number(bias, '+.2f')}, {_number(error)}" for bias, error in edges),
                _number(some.latency_s),
            )


def _confidence(sets: Tallies) -> Iterator[Sequence[str]]:
    for mean, rate in reliability(_outcomes(sets)):
        yield f"{mean:.3f}", str(rate.of), str(rate)


def _told(tally: Tally) -> str:
    return ", ".join(f"{what} {n}" for what, n in tally.mistakes.most_common())


def _mistakes(sets: Tallies) -> Iterator[Sequence[str]]:
    for cell, tally in sets.items():
        if tally.mistakes:
            yield str(cell), _told(tally)
