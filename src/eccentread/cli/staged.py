"""A test with nobody on the belt, whichever it is: machine, link, journal, guardian, who stands beside it."""

import asyncio
import contextlib
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from eccentread import __version__
from eccentread.cli import signals
from eccentread.cli.attached import PREFIX
from eccentread.cli.beside import Companion, People
from eccentread.cli.compose import CLOSE_S, clock, exit_status
from eccentread.cli.guarded import guarded
from eccentread.cli.machine import personality_of
from eccentread.cli.profiles import read_shelf
from eccentread.errors import Cause, InputError, OutputError, UsageError
from eccentread.events import Input, Outcome, Reason, SessionEnded
from eccentread.io.runner import Runner
from eccentread.record.journal import Header, Journal, JournalWriter, read_journal
from eccentread.record.latch import Machine
from eccentread.record.library import default_root, find, list_sessions, new_session
from eccentread.record.program_log import program_log
from eccentread.session.commissioning.session import Conduct

if TYPE_CHECKING:
    from eccentread.io.link import Link


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of test."""

    command: str
    """Also what its journals have instead of a protocol's name."""
    title: str
    noun: str
    """As in "no commissioning"."""
    kept: str
    """The folder of its journals, in the user's data folder."""
    knows_profiles: bool = False
    """Whether what is known of models matters to it."""

    def root(self, out: Path | None) -> Path:
        """Where its journals are kept."""
        return out or default_root().parent / self.kept


@dataclass(frozen=True, slots=True)
class Bench:
    """On what, and how, a test is run: what every such command is told."""

    machine: str
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

    def check(self, kind: Kind) -> None:
        """See before anything moves that the options fit together.

        Raises:
            UsageError: they exclude each other.
        """
        if self.machine.startswith(PREFIX):
            raise UsageError(
                Cause.USAGE,
                f"{self.machine} is a simulator in another process, which `{kind.command}` cannot test; "
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


@dataclass(frozen=True, slots=True)
class Test[S: Conduct]:
    """A test to be run: its kind, how its session is made of profiles' texts, and what is made of its end."""

    kind: Kind
    session: Callable[[Mapping[str, str]], S]
    conclude: Callable[[S, Header, SessionEnded], None]


def run_test[S: Conduct](test: Test[S], bench: Bench) -> int:
    """Run it to its end; return the exit status.

    Raises:
        EccentreadError: a folder or the machine is unusable.
    """
    if bench.personality is not None:
        return _simulated(test, bench)
    return asyncio.run(_on_machine(test, bench))


def conclude_again[S: Conduct](test: Test[S], bench: Bench, source: str) -> int:
    """What is made of a test that was recorded: feeding its inputs again gives its findings.

    Raises:
        InputError: `source` names no journal of that kind.
    """
    journal = read_journal(_recorded(test.kind, source, test.kind.root(bench.out)))
    if journal.header.test != test.kind.command:
        raise InputError(
            Cause.RECORDING_INVALID, f"{source} is no {test.kind.noun}; `replay` reads a session."
        )
    session = test.session(journal.header.profiles)
    for happened in journal.inputs:
        session.feed(happened)
    end = _ending(journal)
    test.conclude(session, journal.header, end)
    return exit_status(end)


async def _on_machine[S: Conduct](test: Test[S], bench: Bench) -> int:
    from eccentread.io.elapsed import elapsed_s
    from eccentread.io.link import Link
    from eccentread.io.scan import find as find_machine

    found = await find_machine(None if bench.machine == "auto" else bench.machine)
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
    profiles: Mapping[str, str] = {}
    if test.kind.knows_profiles:
        profiles = read_shelf().fitting(found.name, found.device.name or "")
    return await _run(
        test, replace(bench, machine=f"{found.name} ({found.address})"), link, now, None, place, profiles
    )


def _simulated[S: Conduct](test: Test[S], bench: Bench) -> int:
    import eccentread_sim

    seed = secrets.randbelow(2**31) if bench.seed is None else bench.seed
    return eccentread_sim.run(
        _on_simulator(test, replace(bench, seed=seed), seed), pace=None if bench.fast else bench.pace or 1.0
    )


async def _on_simulator[S: Conduct](test: Test[S], bench: Bench, seed: int) -> int:
    import eccentread_sim
    from eccentread.io.link import Link
    from eccentread.io.scan import find as find_machine

    assert bench.personality is not None  # else it would be a real machine
    now = clock()
    try:
        simulator = eccentread_sim.Simulator(
            bench.personality, seed=seed, origin_s=asyncio.get_running_loop().time(), truth=bench.truth
        )
    except eccentread_sim.PersonalityError as error:
        raise InputError(Cause.PERSONALITY_INVALID, f"{error}.") from error
    async with simulator:
        found = await find_machine(simulator.address, scanner_backend=simulator.scanner_backend)

        def link(on_input: Callable[[Input], None]) -> Link:
            return Link(found.device, clock=now, on_input=on_input, client_backend=simulator.client_backend)

        return await _run(test, bench, link, now, eccentread_sim.Companion(simulator, seed))


async def _run[S: Conduct](
    test: Test[S],
    bench: Bench,
    make_link: Callable[[Callable[[Input], None]], "Link"],
    now: Callable[[], float],
    companion: Companion | None,
    outlives: Machine | None = None,
    profiles: Mapping[str, str] = MappingProxyType({}),
) -> int:
    """Run the test; `outlives` as for `run_session`."""
    started = datetime.now(UTC)
    folder = new_session(test.kind.root(bench.out), started)
    header = Header(
        session=folder.name,
        started_utc=started,
        software=__version__,
        simulated=companion is not None,
        seed=bench.seed,
        machine=bench.machine,
        protocol=test.kind.command,
        protocol_text="",
        side="",
        profiles=profiles,
    )
    session = test.session(profiles)
    troubles: list[OutputError] = []
    with contextlib.ExitStack() as closing:
        journal = closing.enter_context(JournalWriter.create(folder, header, troubles.append))
        closing.enter_context(program_log(folder))
        people = People(bench.machine, companion, all_by_itself=bench.yes, title=test.kind.title)
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
    test.conclude(session, header, end)
    click.echo(f"Record: {folder}", err=True)
    for trouble in troubles[:1]:
        click.echo(f"eccentread: the record is incomplete: {trouble.sentence}", err=True)
    return exit_status(end) or (3 if troubles else 0)


def _recorded(kind: Kind, source: str, root: Path) -> Path:
    """The journal that `source` means, among those of the kind in `root`."""
    try:
        return find(source, root)
    except InputError as error:
        kept = [folder.name for folder in list_sessions(root)]
        if source and any(name.startswith(source) for name in kept):
            raise  # it fits several, and says so
        there = (
            f"there are {', '.join(kept[-5:])}" if kept else "there is none yet; --out names another folder"
        )
        raise InputError(error.cause, f"no {kind.noun} {source!r} in {root}; {there}.") from None


def _ending(journal: Journal) -> SessionEnded:
    ends = [one for one in journal.outputs if isinstance(one, SessionEnded)]
    return ends[-1] if ends else SessionEnded(0.0, Outcome.FAULT, Reason.PROGRAM_FAILED)
