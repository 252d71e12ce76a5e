"""What came of a case, in words."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from chaos.book import Book
from chaos.case import Case
from chaos.drawing import case_of
from chaos.performance import perform
from chaos.rules import judge

UNPERFORMED = "it_can_be_performed"
"""The rule that a case breaks which raises."""


@dataclass(frozen=True)
class Judged:
    """What came of a case."""

    seed: int
    outcome: str
    complaints: dict[str, str]
    """The first complaint under each rule that it breaks."""


def judged(case: Case) -> Judged:
    """Perform a case and judge it."""
    with tempfile.TemporaryDirectory() as folder:
        performed = perform(case, Path(folder))
    driven = performed.driven
    outcome = "it has no end"
    if driven.error is not None:
        outcome = f"no session: {driven.error.cause}"
    elif driven.end is not None:
        outcome = f"{driven.end.outcome}: {driven.end.reason or 'all done'}"
    return Judged(case.seed, outcome, judge(Book(performed)))


def judged_seed(seed: int) -> Judged:
    """The case of a seed; what raises is a complaint."""
    try:
        return judged(case_of(seed))
    except Exception as error:  # noqa: BLE001 — the other seeds go on
        return Judged(seed, "it could not be performed", {UNPERFORMED: repr(error)})
