"""`eccentread replay`, `export` and `history`: work with what was recorded."""

from pathlib import Path

import click

from eccentread.errors import Cause, InputError
from eccentread.events import Output, RepCounted, SessionEnded
from eccentread.record.codec import encode
from eccentread.record.export import FORMATS
from eccentread.record.export import export as write_tables
from eccentread.record.journal import TESTS, Journal, read_journal
from eccentread.record.library import default_root, find, list_sessions
from eccentread.record.summary import summarise
from eccentread.session import GuidedSession, parse_profile, parse_protocol

_OUT = click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder that sessions are kept in."
)


@click.command()
@click.argument("session")
@_OUT
def replay(session: str, out: Path | None) -> int:
    """Count the reps of a recorded SESSION again, and compare.

    Feeds it through the program and prints its reps, one JSON object a line.

    SESSION is an id, the beginning of one, a folder or a journal. Exit status: 0 the reps are those of the
    record, 3 they differ (another version of the program counts differently), 2 no such session.
    """
    journal = read_journal(find(session, out or default_root()))
    if (test := journal.header.test) is not None:
        raise InputError(
            Cause.RECORDING_INVALID,
            f"{session} is the record of a {TESTS[test]} and has no reps; "
            f"`eccentread {test} --from {session}` reads it.",
        )
    again = [encode(output) for output in replayed(journal) if isinstance(output, RepCounted)]
    recorded = [encode(output) for output in journal.outputs if isinstance(output, RepCounted)]
    for row in again:
        click.echo(row)
    whole = any(isinstance(output, SessionEnded) for output in journal.outputs)
    same = again == recorded if whole else again[: len(recorded)] == recorded
    verdict = "the same as in the record" if same else f"not the same as the {len(recorded)} in the record"
    torn = "" if whole else ", which breaks off"
    click.echo(f"{len(again)} reps, {verdict}{torn}.", err=True)
    return 0 if same else 3


def replayed(journal: Journal) -> list[Output]:
    """What the program does today with the inputs of `journal`.

    Raises:
        InputError: the protocol or a profile in it is not valid any more.
    """
    header = journal.header
    profiles = [parse_profile(text, key) for key, text in header.profiles.items()]
    prescription = parse_protocol(header.protocol_text, header.protocol)
    session = GuidedSession(prescription, profiles, header.timed)
    return [output for happened in journal.inputs for output in session.feed(happened)]


@click.command()
@click.argument("sessions", nargs=-1, required=True, metavar="SESSION...")
@click.option(
    "--format",
    "file_format",
    type=click.Choice(FORMATS),
    default=FORMATS[0],
    show_default=True,
    help="Format.",
)
@click.option(
    "--to", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Folder to write to."
)
@_OUT
def export(sessions: tuple[str, ...], file_format: str, to: Path, out: Path | None) -> int:
    """Write recorded SESSIONs as tables.

    One row a rep, a set, an answer, a session; docs/reference/export-csv.md describes the columns.
    """
    journals = [read_journal(find(session, out or default_root())) for session in sessions]
    for path in write_tables(journals, to, file_format):
        click.echo(str(path))
    return 0


@click.command()
@_OUT
def history(out: Path | None) -> int:
    """List the recorded sessions, oldest first."""
    root = out or default_root()
    folders = list_sessions(root)
    if not folders:
        raise InputError(
            Cause.NOT_FOUND,
            f"no sessions in {root} yet; `eccentread run` makes one, --out names another folder.",
        )
    for folder in folders:
        click.echo(_line(folder))
    return 0


def _line(folder: Path) -> str:
    try:
        journal = read_journal(find(str(folder), folder.parent))
    except InputError as error:
        return f"{folder.name}  unreadable: {error.sentence}"
    counts: dict[int, int] = {}
    for output in journal.outputs:
        if isinstance(output, RepCounted):
            counts[output.set_index] = output.rep_index
    reps = " + ".join(str(count) for count in counts.values()) or "no reps"
    outcome = summarise(journal)["outcome"] or "not ended"
    simulated = "  SIMULATED" if journal.header.simulated else ""
    return (
        f"{folder.name}  {outcome:9}  {reps:14}  {journal.header.side:5}  {journal.header.machine}{simulated}"
    )
