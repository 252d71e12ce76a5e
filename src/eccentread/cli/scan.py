"""`eccentread scan`: which machines are there, and what is known of them."""

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING

import click

from eccentread.cli.acquaintance import recall
from eccentread.cli.left_behind import mention, settle
from eccentread.cli.listing import Listed
from eccentread.cli.profiles import read_shelf
from eccentread.errors import Cause, MachineError, OutputError
from eccentread.record import remembered as memory
from eccentread.record.latch import Hold, Holder, Machine, default_folder
from eccentread.ui.words import printable

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from bleak.backends.client import BaseBleakClient

    from eccentread.io.scan import FoundMachine
    from eccentread.record.remembered import Remembered
    from eccentread.session import Profile


@click.command()
@click.option(
    "--time", "time_s", type=click.FloatRange(1, 120), default=8.0, show_default=True, help="Seconds to look."
)
@click.option("--connect", is_flag=True, help="Ask each free treadmill what it is; nothing is commanded.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a machine.")
@click.option("--forget", is_flag=True, help="Forget the treadmill of last time, and end.")
def scan(time_s: float, connect: bool, as_json: bool, forget: bool) -> int:
    """List the fitness machines in reach, and what is known of them.

    Exit status: 0 some, 4 none or no Bluetooth.
    """
    from eccentread.io.scan import scan as look

    (settle if connect else mention)()
    last, flaws = recall()
    if forget:
        return _forget(last)
    shelf = read_shelf()
    for sentence in (*shelf.flaws, *flaws):
        _tell(sentence)
    machines = asyncio.run(look(time_s))
    if connect:
        listed = asyncio.run(ask_each(machines, shelf.profiles, last))
    else:
        listed = [list_one(machine, shelf.profiles, last) for machine in machines]
    show(listed, as_json=as_json)
    if last is not None and not any(one.remembered for one in listed):
        _tell(
            f"Your treadmill {last.called} was not heard; switch it on, and close other apps that may be "
            "connected to it."
        )
    elif not listed:
        _tell(
            "No fitness machine was found; switch it on, close other apps that may be connected to it, "
            "or try the simulator (eccentread run --machine sim)."
        )
    return 0 if listed else 4


def list_one(machine: "FoundMachine", profiles: "Sequence[Profile]", last: "Remembered | None") -> Listed:
    """A machine as it was heard."""
    return Listed(machine, profiles, remembered=last is not None and last.address == machine.address)


async def ask_each(
    machines: "Sequence[FoundMachine]",
    profiles: "Sequence[Profile]",
    last: "Remembered | None",
    *,
    client_backend: "type[BaseBleakClient] | None" = None,
) -> list[Listed]:
    """The machines, with what each free treadmill says of itself, asked one after another."""
    from dataclasses import replace

    from eccentread.io.inquire import inquire

    listed: list[Listed] = []
    for machine in machines:
        one = list_one(machine, profiles, last)
        if not machine.held and machine.is_treadmill is not False:
            try:
                with _in_hand(machine):
                    _tell(f"asking {machine.name} what it is; nothing is commanded.")
                    one = replace(one, told=await inquire(machine.device, client_backend=client_backend))
            except MachineError as error:
                one = replace(one, trouble=error.sentence)
        listed.append(one)
    return listed


@contextlib.contextmanager
def _in_hand(machine: "FoundMachine") -> "Generator[None]":
    """No session begins meanwhile: BlueZ would give it this link, and end it for both.

    Raises:
        MachineError: one has begun since it was heard (MACHINE_HELD).
    """
    hold = Hold(Machine(machine.address, machine.name if machine.named else ""), default_folder())
    with contextlib.suppress(OutputError):  # where nothing can be written, no session moves a belt
        if not hold.take(Holder.SESSION):
            raise MachineError(
                Cause.MACHINE_HELD, f"Another session of this program has {machine.name} in hand."
            )
    try:
        yield
    finally:
        hold.release()


def show(listed: "Sequence[Listed]", *, as_json: bool) -> None:
    """Print them."""
    for number, one in enumerate(listed):
        if as_json:
            click.echo(json.dumps(one.to_json()))
        else:
            click.echo("\n".join([*([""] if number else []), *one.lines()]))


def _forget(last: "Remembered | None") -> int:
    forgotten = memory.forget(memory.default_path())
    if last is not None:
        click.echo(f"{last.called} is forgotten.")
    else:
        click.echo("The damaged file is removed." if forgotten else "No treadmill was remembered.")
    return 0


def _tell(sentence: str) -> None:
    click.echo(f"eccentread: {printable(sentence)}", err=True)
