"""What was found, for people: a few lines on the screen."""

from collections.abc import Iterator

from eccentread.session.commissioning.findings import Findings
from eccentread.session.commissioning.judgement import fitness, quirks
from eccentread.session.commissioning.profile_text import not_learned, tables, timed, title

_SUITABLE = {True: "yes", False: "no", None: "not known"}


def summary(findings: Findings, *, complete: bool) -> Iterator[str]:
    """The lines, without their ends."""
    fit = fitness(findings, complete=complete)
    yield title(findings)
    yield f"  fit for this exercise: {_SUITABLE[fit.suitable]}. {fit.why}"
    for name, table in tables(findings).items():
        if name == "match":
            continue
        sentences = [str(table[key]) for key in ("behaviour", "why") if key in table]
        pairs = ", ".join(f"{key} {_word(value)}" for key, value in table.items() if _fact(key, value))
        rest = [pairs] if pairs and "behaviour" not in table else []
        yield f"  {name}: {'. '.join([*rest, *sentences])}"
    if true := timed(findings):
        yield f"  belt: {true}"
    for quirk in quirks(findings):
        yield f"  quirk {quirk.id}: {quirk.what}"
    for gap in not_learned(findings):
        yield f"  not learned: {gap}"


def _fact(key: str, value: object) -> bool:
    """Whether it is neither a sentence nor a gap, which have lines of their own."""
    return key not in ("behaviour", "why") and value != "unknown"


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
