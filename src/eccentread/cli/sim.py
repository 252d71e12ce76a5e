"""`eccentread sim`: a simulated treadmill for any FTMS app, on a real radio or for other processes."""

import asyncio
import contextlib
import secrets
import sys
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from shutil import get_terminal_size
from textwrap import wrap

import click

from eccentread.cli import signals
from eccentread.cli.sim_view import SimView
from eccentread.errors import AdapterError, Cause, InputError, OutputError
from eccentread.ui.words import SIMULATED, clock, printable


@click.command()
@click.option(
    "--personality",
    "-p",
    default="default",
    show_default=True,
    metavar="P",
    help="A name that --list tells, or a file.",
)
@click.option(
    "--transport",
    "-t",
    default="usb:0",
    show_default=True,
    metavar="T",
    help="A controller to take: usb:0, hci-socket:0, serial:PORT, tcp-client:HOST:PORT. Or virtual ones to "
    "serve to others: tcp-server:[HOST:]PORT, unix-server:PATH, vhci.",
)
@click.option("--seed", type=click.IntRange(0), help="Equal seeds give equal treadmills.")
@click.option(
    "--truth",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write what really happens, as JSON lines.",
)
@click.option("--list", "listing", is_flag=True, help="List the personalities and end.")
def sim(personality: str, transport: str, seed: int | None, truth: Path | None, listing: bool) -> int:
    """Be a treadmill for any FTMS app, until Ctrl-C.

    On a Bluetooth controller, which is taken away from this computer's own Bluetooth while this runs. Or on
    virtual ones without a radio: tcp-server and unix-server give one to each process that connects, such as
    eccentread run --machine sim@PORT; vhci gives one to this Linux itself, as a further hciN.

    The athlete beside the treadmill pushes when she is told to, over a Bluetooth service of our own that run
    --machine sim@PORT speaks; for all other apps the belt stays empty. Exit status: 0 ended by a person, 2
    bad usage or input, 4 controller not usable or lost.
    """
    import eccentread_sim

    if listing:
        columns = get_terminal_size().columns if sys.stdout.isatty() else None
        click.echo("\n".join(listed(eccentread_sim.personalities(), columns)))
        return 0
    seed = secrets.randbelow(2**31) if seed is None else seed
    view = SimView(sys.stdout)
    try:
        with _recorder(truth) as record:
            asyncio.run(_be_a_treadmill(personality, transport, seed, view, record))
    except eccentread_sim.PersonalityError as error:
        raise InputError(Cause.PERSONALITY_INVALID, f"{error}.") from error
    except eccentread_sim.TransportError as error:
        raise AdapterError(Cause.BLUETOOTH_FAILED, f"{error}.") from error
    finally:
        view.close()
    return 0


def listed(personalities: Mapping[str, str], columns: int | None = None) -> list[str]:
    """Lines that tell each personality's name and description, wrapped where columns are limited."""
    width = max(map(len, personalities)) + 2
    lines: list[str] = []
    for name, description in personalities.items():
        room = max(columns - width, 20) if columns else len(description)
        first, *rest = wrap(description, room)
        lines += [f"{name:{width}}{first}", *(" " * width + line for line in rest)]
    return lines


async def _be_a_treadmill(
    personality: str, transport: str, seed: int, view: SimView, record: Callable[[dict[str, object]], None]
) -> None:
    """Until a signal asks to end it."""
    import eccentread_sim

    def tell(true: dict[str, object]) -> None:
        record(true)
        view.tell(true)

    machine = eccentread_sim.OnAir(personality, transport=transport, seed=seed, tell=tell)
    view.line(f"{SIMULATED}\n{machine.description}; seed {seed}")
    task = asyncio.current_task()
    assert task is not None  # this is a coroutine
    with signals.heard(asyncio.get_running_loop(), task.cancel), contextlib.suppress(asyncio.CancelledError):
        async with machine:
            name, at = printable(machine.name), machine.where
            view.line(
                f"{clock(0)} advertising as {name} ({machine.address}) on {at.transport}; Ctrl-C ends it"
            )
            if at.attach:
                view.line(f"{clock(0)} attach with eccentread run --machine sim@{at.attach}")
            if at.exposed:
                view.line(
                    f"{clock(0)} WARNING: other computers can attach too; nobody is asked for a password"
                )
            await machine.lost()


@contextlib.contextmanager
def _recorder(path: Path | None) -> Generator[Callable[[dict[str, object]], None]]:
    """Where the truth is recorded: a file, or nowhere.

    Raises:
        OutputError: the file cannot be written, now or later.
    """
    import eccentread_sim

    if path is None:
        yield lambda _: None
        return
    with _writing(path), path.open("w", buffering=1, encoding="utf-8") as file:
        write = eccentread_sim.lines_to(file.write)

        def record(true: dict[str, object]) -> None:
            with _writing(path):
                write(true)

        yield record


@contextlib.contextmanager
def _writing(path: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            Cause.UNWRITABLE, f"{path} cannot be written; name a file in a folder of yours."
        ) from error
