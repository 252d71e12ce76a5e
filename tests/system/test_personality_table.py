"""Every simulated machine: is it found, controlled, locked or rightly refused, stopped, and how does it end?

`make personalities` prints the table. What is expected stands in docs/reference/personalities.md, for people.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from eccentread.events import CommandKind, Cue, CueKind, Judged
from eccentread.session.profile import Match, Profile, Unit
from eccentread.units import KMH_PER_MPH
from eccentread_sim.personality import known_personalities, load_personality

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "personalities.md"
COLUMNS = ("personality", "found", "controlled", "lock", "stopped", "ends", "the belt at the end")
ROW = re.compile(r"^\| `(?P<name>[^`]+)` \|(?P<rest>.*)\|$", re.MULTILINE)

KNOWN = {
    "horizon-mph + profile": Profile(
        "p", "P", unit_verified=True, command_unit=Unit.MPH, report_unit=Unit.KMH, min_centi_kmh=80
    ),
    "mph-lie + profile": Profile(
        "p", "P", unit_verified=True, command_unit=Unit.MPH, report_unit=Unit.MPH, min_centi_kmh=50
    ),
    "t318-mute + profile": Profile("p", "P", reports_standing=False),
    "watchdog-20s + profile": Profile("p", "P", keep_alive_s=15.0),
}
"""Machines of which something is known that they do not tell."""
ROWS = (*known_personalities(), *KNOWN)

CONTROL = {None: "–", "confirmed": "yes", "unknown": "does not answer", "rejected": "refused"}


def expected() -> dict[str, tuple[str, ...]]:
    text = DOCUMENT.read_text(encoding="utf-8")
    return {row["name"]: tuple(map(str.strip, row["rest"].split("|"))) for row in ROW.finditer(text)}


def seen(driven, row: str) -> tuple[str, ...]:
    """What came of a session with the machine, in the words of the table."""
    name = row.partition(" + ")[0]
    known = KNOWN.get(row)
    advertised = load_personality(name).machine.name
    profiles = [] if known is None else [profile_for(known, advertised)]
    run = driven(name, profiles=profiles)
    if run.error is not None or run.end is None:
        return ("no", "–", "–", "–", str(run.error), "stands" if run.stands else "runs")
    verdicts = {one.kind: one.verdict.value for one in run.of(Judged)}
    moved = any(speed > 0 for _, speed in run.speeds)
    said = {one.kind for one in run.of(Cue)}
    if run.locked_s is not None:
        before = [speed for t_s, speed in run.speeds if run.locked_s - 2 <= t_s <= run.locked_s]
        assert 0.8 / KMH_PER_MPH < sum(before) / len(before) < 0.8 * 1.3, "a lock that truth denies"
    return (
        "yes",
        CONTROL[verdicts.get(CommandKind.REQUEST_CONTROL)],
        "locked" if run.locked_s is not None else f"refused: {run.faults[0]}",
        "–" if not moved else "seen" if CueKind.BELT_STOPPED in said else "not seen, told",
        f"{run.end.outcome}: {run.end.reason}" if run.end.reason else str(run.end.outcome),
        "stands" if run.stands else "runs on",
    )


def profile_for(known: Profile, advertised: str) -> Profile:
    return replace(known, match=Match(names=(advertised,)))


@pytest.fixture(scope="module")
def table():
    """The rows as they come; printed at the end where output is shown."""
    rows: list[tuple[str, ...]] = []
    yield rows
    if rows:
        print("\n| " + " | ".join(COLUMNS) + " |")
        print("|" + "---|" * len(COLUMNS))
        for name, *cells in rows:
            print(f"| `{name}` | " + " | ".join(cells) + " |")


@pytest.mark.parametrize("row", ROWS)
def test_it_goes_with_each_machine_as_the_document_says(driven, table, row):
    cells = seen(driven, row)
    table.append((row, *cells))
    assert expected().get(row) == cells


def test_the_document_has_a_row_for_each_machine_and_no_other():
    assert set(expected()) == set(ROWS)
