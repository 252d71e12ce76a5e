"""Belts that an earlier session left behind: before anything else, they are stopped."""

import asyncio
import contextlib
import subprocess
import sys
import time

import click

from eccentread.cli import signals
from eccentread.cli.acquaintance import AUTO
from eccentread.errors import Cause, MachineError, OutputError
from eccentread.record.latch import Hold, Holder, Latch, default_folder, latches
from eccentread.ui.words import printable

PATIENCE_S = 40.0
"""How long a command at a belt waits until a person is asked: a connection, and a belt that has to prove that
it does not merely count down."""

GONE_S = 15.0
"""How long a process in the background may take to give the machine back."""


def settle(wanted: str = "") -> None:
    """Stop each belt that was left behind, in the foreground; where that fails, a person says that it stands.

    Meanwhile, and if nobody says so, it is tried on in the background. A belt that a living session has in
    hand is none of these; that is only told, if it is the one `wanted`.

    Raises:
        MachineError: a belt may be running, and nobody sees it stand (BELT_LEFT).
        OutputError: one that stands cannot be struck off.
    """
    running: list[str] = []
    troubles: list[OutputError] = []
    for latch in latches(default_folder()):
        called = printable(latch.machine.called)
        if latch.holder is Holder.SESSION:
            if wanted in (AUTO, latch.machine.address, latch.machine.name, latch.machine.reached):
                _tell(f"another session of this program has {called} in hand; end that one first.")
        elif (hold := _settled(latch, called)) is None:
            running.append(called)
        else:
            _tell(f"the belt of {called} stands.")
            try:
                hold.belt_stands()
                _let_go(hold)
            except OutputError as error:
                troubles.append(error)
    if running:
        raise MachineError(
            Cause.BELT_LEFT,
            f"The belt of {' and of '.join(running)} may be running: pull its safety key, or switch it off "
            "at the wall. Once you see it stand, start this again in a terminal and say so.",
        )
    for trouble in troubles[:1]:
        raise trouble


def mention() -> None:
    """Say which belts were left behind, and have a process stop each: nobody has to wait."""
    for latch in latches(default_folder()):
        if latch.holder is None:
            how = "is being stopped in the background" if in_background(latch) else "could not be stopped"
            _tell(f"{_what(latch)} It {how}; once you see it stand, `eccentread run` asks about it.")


def in_background(latch: Latch) -> bool:
    """Have a process go on stopping the belt, whatever becomes of this one; whether there can be one."""
    from eccentread.cli.guarded import via
    from eccentread.guardian.guard import command

    with contextlib.suppress(OSError):
        subprocess.Popen(  # noqa: S603 — this program itself
            command(latch.machine, default_folder(), via(latch.machine)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=None if sys.stderr.isatty() else subprocess.DEVNULL,  # a pipe would stay open
            start_new_session=True,
        )
        return True
    return False


def _settled(latch: Latch, called: str) -> Hold | None:
    """The latch of a belt that was brought to a standstill, or was seen to stand."""
    from eccentread.rescue.words import EMERGENCY

    _tell(f"{_what(latch)} It is being stopped, which takes up to {PATIENCE_S:g} s. {EMERGENCY}")
    hold = Hold(latch.machine, default_folder())
    try:
        if _at_rest(latch, hold):
            return hold
    finally:
        hold.release()
    in_background(latch)
    return hold if _seen(called) else None


def _let_go(hold: Hold) -> None:
    """Wait until whoever was at that belt, too, has given the machine back."""
    until_s = time.monotonic() + GONE_S
    with contextlib.suppress(OutputError):  # nobody can take it in hand
        while not hold.take(Holder.GUARDIAN) and time.monotonic() < until_s:
            time.sleep(0.1)
    hold.release()


def _what(latch: Latch) -> str:
    if latch.since_utc is None:
        since = "since when is not known, for its latch is damaged"
    else:
        since = f"since {latch.since_utc.astimezone():%d %B %H:%M}"
    return f"The belt of {printable(latch.machine.called)} may be running, {since}: nothing saw it stand."


def _at_rest(latch: Latch, hold: Hold) -> bool:
    """Whether the belt is brought to a standstill, by this process or by the guardian that is at it."""
    try:
        if not hold.take(Holder.GUARDIAN):
            return _cleared(hold)
    except OutputError:
        pass  # nobody can take it in hand; it is stopped all the same
    except KeyboardInterrupt:
        return False
    try:
        return asyncio.run(_stopped(latch, hold))
    except KeyboardInterrupt:
        return False


async def _stopped(latch: Latch, hold: Hold) -> bool:
    """Whether it is stopped; not if whoever is there does not want to wait, or is gone with the terminal."""
    from eccentread.cli.guarded import via
    from eccentread.guardian.at_rest import Radio, bring_to_rest

    task = asyncio.current_task()
    assert task is not None  # this is a coroutine
    with signals.heard(asyncio.get_running_loop(), task.cancel), contextlib.suppress(asyncio.CancelledError):
        return await bring_to_rest(
            latch.machine,
            Radio.of(via(latch.machine)),
            "it left the belt behind",
            patience_s=PATIENCE_S,
            forgotten=lambda: hold.cleared,
            tell=_tell,
        )
    return False


def _cleared(hold: Hold) -> bool:
    """Whether the guardian that is at it, or somebody else, sees the belt stand in time."""
    until_s = time.monotonic() + PATIENCE_S
    while not hold.cleared and time.monotonic() < until_s:
        time.sleep(0.2)
    return hold.cleared


def _seen(called: str) -> bool:
    return sys.stdin.isatty() and click.confirm(f"Do you see the belt of {called} stand still?", err=True)


def _tell(sentence: str) -> None:
    click.echo(f"eccentread: {sentence}", err=True)
