"""`eccentread commission`: the staged test of a new machine, and the profile that comes of it."""

import asyncio
import contextlib
import os
import re
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eccentread import __version__
from eccentread.cli import signals
from eccentread.cli.attached import PREFIX
from eccentread.cli.beside import Companion, People
from eccentread.cli.compose import CLOSE_S, clock, exit_status
from eccentread.cli.guarded import guarded
from eccentread.cli.left_behind import mention, settle
from eccentread.cli.machine import personality_of
from eccentread.cli.wrap import fitted
from eccentread.errors import Cause, InputError, OutputError, UsageError
from eccentread.events import Input, Outcome, Reason, SessionEnded
from eccentread.io.runner import Runner
from eccentread.record.journal import COMMISSIONING, Header, Journal, JournalWriter, read_journal
from eccentread.record.latch import Machine
from eccentread.record.library import default_root, find, list_sessions, new_session
from eccentread.record.program_log import program_log
from eccentread.session.commissioning import (
    Colophon,
    CommissionSession,
    Findings,
    profile_text,
    summary,
    title,
)
from eccentread.ui.words import SIMULATED

if TYPE_CHECKING:
    from eccentread.io.link import Link

_PATH = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the command line asked for."""

    machine: str
    to: Path | None
    force: bool
    by: str
    out: Path | None
    fast: bool
    pace: float | None
    seed: int | None
    truth: Path | None
    yes: bool

    @property
    def personality(self) -> str | None:
        """The simulated machine's; `None` for a real one."""
        return personality_of(self.machine)

    def check(self) -> None:
        """See before anything moves that the plan can be carried out.

        Raises:
            UsageError: options exclude each other, or the profile cannot be written where it is to go.
        """
        if self.machine.startswith(PREFIX):
            raise UsageError(
                Cause.USAGE,
                f"{self.machine} is a simulator in another process, which `commission` cannot test; "
                "take --machine sim:PERSONALITY.",
            )
        if self.fast and self.pace is not None:
            raise UsageError(Cause.USAGE, "--fast and --pace exclude each other; choose one.")
        simulated = {"--fast": self.fast, "--pace": self.pace, "--truth": self.truth, "--yes": self.yes}
        for option, value in simulated.items():
            if value and self.personality is None:
                raise UsageError(
                    Cause.USAGE, f"{option} is for simulated machines; add --machine sim or leave it out."
                )
        self._check_place()

    def _check_place(self) -> None:
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
    plan = Plan(machine, to, force, by, out, fast, pace, seed, truth, yes)
    plan.check()
    if source is not None:
        mention()
        return _again(plan, source)
    settle(machine)
    if plan.personality is not None:
        return _simulated(plan)
    return asyncio.run(_on_machine(plan))


async def _on_machine(plan: Plan) -> int:
    from eccentread.io.elapsed import elapsed_s
    from eccentread.io.link import Link
    from eccentread.io.scan import find as find_machine

    found = await find_machine(None if plan.machine == "auto" else plan.machine)
    if not sys.stdin.isatty():
        raise UsageError(
            Cause.USAGE,
            f"{found.name} is a real treadmill: a person at a terminal must stand beside it; "
            "run this in a terminal, or take --machine sim.",
        )
    now = clock(elapsed_s)

    def link(on_input: Callable[[Input], None]) -> Link:
        return Link(found.device, clock=now, on_input=on_input)

    place = Machine(found.address, found.name if found.named else "")
    return await _run(replace(plan, machine=f"{found.name} ({found.address})"), link, now, None, place)


def _simulated(plan: Plan) -> int:
    import eccentread_sim

    seed = secrets.randbelow(2**31) if plan.seed is None else plan.seed
    return eccentread_sim.run(
        _on_simulator(replace(plan, seed=seed), seed), pace=None if plan.fast else plan.pace or 1.0
    )


async def _on_simulator(plan: Plan, seed: int) -> int:
    import eccentread_sim
    from eccentread.io.link import Link
    from eccentread.io.scan import find as find_machine

    assert plan.personality is not None  # else it would be a real machine
    now = clock()
    try:
        simulator = eccentread_sim.Simulator(
            plan.personality, seed=seed, origin_s=asyncio.get_running_loop().time(), truth=plan.truth
        )
    except eccentread_sim.PersonalityError as error:
        raise InputError(Cause.PERSONALITY_INVALID, f"{error}.") from error
    async with simulator:
        found = await find_machine(simulator.address, scanner_backend=simulator.scanner_backend)

        def link(on_input: Callable[[Input], None]) -> Link:
            return Link(found.device, clock=now, on_input=on_input, client_backend=simulator.client_backend)

        return await _run(plan, link, now, eccentread_sim.Companion(simulator, seed))


async def _run(
    plan: Plan,
    make_link: Callable[[Callable[[Input], None]], "Link"],
    now: Callable[[], float],
    companion: Companion | None,
    outlives: Machine | None = None,
) -> int:
    """Run the test; `outlives` as for `run_session`."""
    started = datetime.now(UTC)
    folder = new_session(plan.out or default_root().parent / "commissions", started)
    header = Header(
        session=folder.name,
        started_utc=started,
        software=__version__,
        simulated=companion is not None,
        seed=plan.seed,
        machine=plan.machine,
        protocol=COMMISSIONING,
        protocol_text="",
        side="",
    )
    session = CommissionSession()
    troubles: list[OutputError] = []
    with contextlib.ExitStack() as closing:
        journal = closing.enter_context(JournalWriter.create(folder, header, troubles.append))
        closing.enter_context(program_log(folder))
        people = People(plan.machine, companion, all_by_itself=plan.yes)
        closing.callback(people.view.close, CLOSE_S)
        closing.callback(people.leave)
        guard = guarded(outlives, folder, people.note, partial(people.stop, "guardian"))
        runner = Runner(
            session,
            make_link,
            clock=now,
            journal=journal.write,
            consumers=[people.view, people],
            safeguard=guard,
        )
        people.speak_to(runner)
        loop = asyncio.get_running_loop()
        async with guard or contextlib.nullcontext():
            with people.keyboard.attached(loop), signals.heard(loop, partial(people.stop, "signal")):
                end = await runner.run()
    _conclude(plan, session.findings, header, end)
    click.echo(f"Record: {folder}", err=True)
    for trouble in troubles[:1]:
        click.echo(f"eccentread: the record is incomplete: {trouble.sentence}", err=True)
    return exit_status(end) or (3 if troubles else 0)


def _again(plan: Plan, source: str) -> int:
    """The profile of a recorded test: feeding its inputs again gives its findings."""
    root = plan.out or default_root().parent / "commissions"
    journal = read_journal(_recorded(source, root))
    if not journal.header.of_commissioning:
        raise InputError(Cause.RECORDING_INVALID, f"{source} is no commissioning; `replay` reads a session.")
    session = CommissionSession()
    for happened in journal.inputs:
        session.feed(happened)
    end = _ending(journal)
    _conclude(plan, session.findings, journal.header, end)
    return exit_status(end)


def _recorded(source: str, root: Path) -> Path:
    """The journal that `source` means, among the commissionings in `root`."""
    try:
        return find(source, root)
    except InputError as error:
        kept = [folder.name for folder in list_sessions(root)]
        if source and any(name.startswith(source) for name in kept):
            raise  # it fits several, and says so
        there = (
            f"there are {', '.join(kept[-5:])}" if kept else "there is none yet; --out names another folder"
        )
        raise InputError(error.cause, f"no commissioning {source!r} in {root}; {there}.") from None


def _ending(journal: Journal) -> SessionEnded:
    ends = [one for one in journal.outputs if isinstance(one, SessionEnded)]
    return ends[-1] if ends else SessionEnded(0.0, Outcome.FAULT, Reason.PROGRAM_FAILED)


def _conclude(plan: Plan, findings: Findings, header: Header, end: SessionEnded) -> None:
    """Say what was found, and write the profile."""
    if not findings.name:
        return  # it was never met
    complete = end.outcome is Outcome.FINISHED
    colophon = Colophon(
        by=plan.by,
        on=header.started_utc.date().isoformat(),
        software=f"eccentread {header.software}",
        session=header.session,
        simulated=header.simulated,
        complete=complete,
    )
    for line in summary(findings, complete=complete):
        click.echo(fitted(line))
    path = _path(plan, findings, complete=complete)
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


def _path(plan: Plan, findings: Findings, *, complete: bool) -> Path:
    """Where the profile goes; never over another one, unless that is wanted."""
    slug = re.sub(r"[^a-z0-9]+", "-", title(findings).lower()).strip("-") or "treadmill"
    wanted = plan.to or Path(f"{slug}.toml")
    if not complete:
        wanted = wanted.with_suffix(f".partial{wanted.suffix}")
    path, number = wanted, 1
    while path.exists() and not plan.force:
        number += 1
        path = wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
    return path
