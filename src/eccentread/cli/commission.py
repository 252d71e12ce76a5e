"""`eccentread commission`: the staged test of a new machine, and the profile that comes of it."""

import os
import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from eccentread.cli.left_behind import mention, settle
from eccentread.cli.staged import Bench, Kind, Test, conclude_again, run_test
from eccentread.cli.wrap import fitted
from eccentread.errors import Cause, OutputError
from eccentread.events import Outcome, SessionEnded
from eccentread.record.journal import TESTS, Header
from eccentread.session.commissioning import (
    Colophon,
    CommissionSession,
    Findings,
    profile_text,
    summary,
    title,
)
from eccentread.ui.words import SIMULATED

_PATH = click.Path(path_type=Path)


COMMISSION = Kind("commission", title="Commissioning", noun=TESTS["commission"], kept="commissions")


@dataclass(frozen=True, slots=True)
class Target:
    """Where the profile goes, and who tests."""

    to: Path | None
    force: bool
    by: str

    def check(self) -> None:
        """See before anything moves that the profile can be written.

        Raises:
            OutputError: it cannot.
        """
        folder = self.to.parent if self.to else Path()
        if self.to is not None and self.to.is_dir():
            trouble = f"{self.to} is a folder; --to names the file to write, such as {self.to / 'NAME.toml'}."
        elif not folder.is_dir():
            trouble = f"there is no folder {folder}; make it, or let --to name a file elsewhere."
        elif not os.access(folder, os.W_OK):
            trouble = f"nothing can be written in {folder.resolve()}; --to names a file elsewhere."
        elif self.to is not None and self.to.exists() and not self.force:
            trouble = f"{self.to} is there already; --force writes over it, --to names another."
        else:
            return
        raise OutputError(Cause.UNWRITABLE, trouble)


@click.command()
@click.option(
    "--machine",
    "-m",
    default="auto",
    metavar="M",
    help="auto, an address, a name, sim or sim:PERSONALITY; not sim@ADDRESS.",
)
@click.option("--to", type=_PATH, metavar="FILE", help="Profile to write; default: the machine's name.")
@click.option("--force", is_flag=True, help="Write over a profile that is there.")
@click.option("--by", default="not named", metavar="NAME", help="Who tests, for the profile.")
@click.option(
    "--out", type=_PATH, metavar="DIR", help="Folder for the journal; default: the user's data folder."
)
@click.option("--from", "source", metavar="JOURNAL", help="Write the profile of a test that was recorded.")
@click.option("--fast", is_flag=True, help="Simulated: in virtual time, as fast as this computer goes.")
@click.option("--pace", type=click.FloatRange(1, 100), help="Simulated: so many times faster than life.")
@click.option("--seed", type=click.IntRange(0), help="Simulated: equal seeds give equal tests.")
@click.option(
    "--truth", type=_PATH, metavar="FILE", help="Simulated: write what really happened, as JSON lines."
)
@click.option("--yes", "-y", is_flag=True, help="Simulated: somebody beside the machine answers and acts.")
def commission(
    machine: str,
    to: Path | None,
    force: bool,
    by: str,
    out: Path | None,
    source: str | None,
    fast: bool,
    pace: float | None,
    seed: int | None,
    truth: Path | None,
    yes: bool,
) -> int:
    """Test a new treadmill, NOBODY ON THE BELT; write its profile.

    In stages, about fifteen minutes beside the machine: stop before start, slow before fast, a look at the
    link and the keys. SPACE stops the belt at any time; the safety key is the emergency stop. Exit status: 0
    finished, 1 ended early by a person, 2 bad usage or input, 3 fault, 4 machine or adapter not usable.
    """
    bench, target = Bench(machine, out, fast, pace, seed, truth, yes), Target(to, force, by)
    bench.check(COMMISSION)
    target.check()
    test = Test(COMMISSION, lambda _: CommissionSession(), partial(_conclude, target))
    if source is not None:
        mention()
        return conclude_again(test, bench, source)
    settle(machine)
    return run_test(test, bench)


def _conclude(target: Target, session: CommissionSession, header: Header, end: SessionEnded) -> None:
    """Say what was found, and write the profile."""
    findings = session.findings
    if not findings.name:
        return  # it was never met
    complete = end.outcome is Outcome.FINISHED
    colophon = Colophon(
        by=target.by,
        on=header.started_utc.date().isoformat(),
        software=f"eccentread {header.software}",
        session=header.session,
        simulated=header.simulated,
        complete=complete,
    )
    for line in summary(findings, complete=complete):
        click.echo(fitted(line))
    path = _path(target, findings, complete=complete)
    try:
        path.write_text(profile_text(findings, colophon), encoding="utf-8")
    except OSError as error:
        raise OutputError(
            Cause.UNWRITABLE,
            f"{path} cannot be written ({error.strerror}); nothing is lost: "
            f"`eccentread commission --from {header.session} --to FILE` writes it elsewhere.",
        ) from None
    click.echo(f"Profile: {path}")
    if header.simulated:
        click.echo(f"{SIMULATED}: this profile is no contribution.")
    elif complete:
        click.echo(
            fitted(
                "Please contribute it: a pull request that adds the file to hardware/treadmills and a line "
                "to the table there. Look at it first; it names no address. The journal does: keep that one."
            )
        )
    else:
        click.echo(
            fitted("It is partial. Contribute a whole one if you can; a partial one is better than none.")
        )


def _path(target: Target, findings: Findings, *, complete: bool) -> Path:
    """Where the profile goes; never over another one, unless that is wanted."""
    slug = re.sub(r"[^a-z0-9]+", "-", title(findings).lower()).strip("-") or "treadmill"
    wanted = target.to or Path(f"{slug}.toml")
    if not complete:
        wanted = wanted.with_suffix(f".partial{wanted.suffix}")
    path, number = wanted, 1
    while path.exists() and not target.force:
        number += 1
        path = wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
    return path
