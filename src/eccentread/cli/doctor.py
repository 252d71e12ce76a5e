"""`eccentread doctor`: is this computer fit for a session, and if not, what is the way out?"""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eccentread.cli.acquaintance import recall
from eccentread.cli.profiles import Shelf, own_folder, read_shelf
from eccentread.record.library import default_root
from eccentread.ui.words import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eccentread.io.doctor import Finding


@click.command()
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder to keep sessions in.")
def doctor(out: Path | None) -> int:
    """See whether this computer is fit for a session.

    Looks at Python, the packages, Bluetooth, who holds the treadmill, and the folders. Exit status: 0 all
    well, 4 something stands in the way.
    """
    from eccentread.io.doctor import diagnose

    last, flaws = recall()
    findings = asyncio.run(diagnose(out or default_root(), last))
    findings += [*profiles(read_shelf()), *memory(flaws)]
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    marks = {True: "✓", None: "–", False: "✗"} if unicode else {True: "ok", None: "--", False: "!!"}
    for finding in findings:
        click.echo(f"{marks[finding.ok]} {finding.what}: {printable(finding.detail)}")
        if finding.way_out:
            click.echo(f"    {printable(finding.way_out)}")
    return 4 if any(finding.ok is False for finding in findings) else 0


def profiles(shelf: Shelf) -> "Sequence[Finding]":
    """How many models are known, and which of the user's own files are not understood."""
    from eccentread.io.doctor import Finding

    count = Finding("profiles", ok=True, detail=f"{len(shelf.known)} models; your own go to {own_folder()}")
    way_out = "Mend or remove the file; a session goes on without it."
    return [count, *(Finding("profiles", ok=False, detail=flaw, way_out=way_out) for flaw in shelf.flaws)]


def memory(flaws: "Sequence[str]") -> "Sequence[Finding]":
    """Whether the treadmill of last time can be read."""
    from eccentread.io.doctor import Finding

    way_out = "eccentread scan --forget removes it; the next session remembers its treadmill anew."
    return [Finding("your treadmill", ok=False, detail=flaw, way_out=way_out) for flaw in flaws]
