"""`eccentread sim`: a simulated treadmill on a real radio, for any FTMS app."""

import asyncio
import contextlib
import queue
import secrets
import sys
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TextIO

import click

from eccentread.cli import signals
from eccentread.errors import AdapterError, Cause, InputError, OutputError
from eccentread.ftms import (
    OpCode,
    OtherRequest,
    RequestControl,
    ResetMachine,
    SetTargetInclination,
    SetTargetSpeed,
    StartOrResume,
    StopAction,
    StopOrPause,
    decode_request,
)
from eccentread.ui.direct import direct
from eccentread.ui.words import SIMULATED, clock, printable

FRAME_S = 0.25
"""How often the status below the lines is drawn anew."""
LINES_WAITING = 1000
"""How far a terminal may fall behind before it misses lines."""
CLOSE_S = 1.0
"""How long a slow terminal is waited for at the end."""
CLEAR = "\r\x1b[K"
"""Back to the beginning of the line, and erase it (ECMA-48 EL)."""


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
    help="Bluetooth controller, as bumble names it: usb:0, hci-socket:0, serial:PORT, tcp-client:HOST:PORT.",
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
    """Be a treadmill for any FTMS app, on a real radio, until Ctrl-C.

    The belt runs empty: nobody stands on it, so nobody pushes. For a simulated athlete, take eccentread run
    --machine sim. The controller is taken away from this computer's own Bluetooth while this runs. Exit
    status: 0 ended by a person, 2 bad usage or input, 4 controller not usable or lost.
    """
    import eccentread_sim

    if listing:
        known = eccentread_sim.personalities()
        width = max(map(len, known))
        for name, description in known.items():
            click.echo(f"{name:{width}}  {description}")
        return 0
    seed = secrets.randbelow(2**31) if seed is None else seed
    view = _View(sys.stdout)
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


async def _be_a_treadmill(
    personality: str, transport: str, seed: int, view: "_View", record: Callable[[dict[str, object]], None]
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
            view.line(
                f"{clock(0)} advertising as {printable(machine.name)} ({machine.address}) on {transport}; "
                "Ctrl-C ends it"
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
    with _writing(path), path.open("w", encoding="utf-8") as file:
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


class _View:
    """Lines, and on a terminal one more below them that says how the belt is now.

    Only its thread writes, so that a terminal that is blocked (Ctrl-S, a sleeping ssh) delays no treadmill;
    one that is gone swallows the rest in silence.
    """

    def __init__(self, stream: TextIO) -> None:
        self._out = direct(stream)
        self._live = stream.isatty()
        self._lines: queue.Queue[str | None] = queue.Queue(LINES_WAITING)
        self._state = ""
        self._status = ""
        self._thread = threading.Thread(target=self._write, name="sim-view", daemon=True)
        self._thread.start()

    def tell(self, true: dict[str, object]) -> None:
        """Show a truth of the simulator, soon."""
        match true:
            case {"what": "speed", "t_s": float(t_s), "speed_kmh": float(speed_kmh)}:
                self._status = f"SIMULATED {clock(t_s)} belt {self._state}, {speed_kmh:.2f} km/h"
            case {"what": "belt", "t_s": float(t_s), "state": str(state)}:
                self._state = state
                self.line(f"{clock(t_s)} belt {state}")
            case {"what": "link", "t_s": float(t_s), "up": bool(up)}:
                self.line(f"{clock(t_s)} {'connected' if up else 'disconnected'}")
            case {"what": "command", "t_s": float(t_s), "data": str(data)}:
                self.line(f"{clock(t_s)} asked {_in_words(bytes.fromhex(data))}")
            case _:
                pass

    def line(self, text: str) -> None:
        """Show a line, soon."""
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(text)

    def close(self) -> None:
        """Write what still waits, for at most `CLOSE_S`."""
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(None)
        self._thread.join(CLOSE_S)

    def _next(self) -> str | None:
        """The next line; an empty one when it is time for a new frame, `None` at the end."""
        try:
            return self._lines.get(timeout=FRAME_S if self._live else None)
        except queue.Empty:
            return ""

    def _write(self) -> None:
        clear = CLEAR if self._live else ""
        with contextlib.suppress(OSError):
            while (line := self._next()) is not None:
                if line:
                    self._out.write(f"{clear}{line}\n")
                if self._live:
                    self._out.write(f"{clear}{self._status}")
            self._out.write(clear)


def _in_words(data: bytes) -> str:
    """What a write to the control point asks for."""
    match decode_request(data):
        case RequestControl():
            return "for control"
        case ResetMachine():
            return "for a reset"
        case SetTargetSpeed(speed_centi_kmh=speed):
            return f"for {speed / 100:.2f} km/h"
        case SetTargetInclination(inclination_deci_pct=inclination):
            return f"for an inclination of {inclination / 10:.1f} %"
        case StartOrResume():
            return "to start"
        case StopOrPause(action=StopAction.STOP):
            return "to stop"
        case StopOrPause(action=StopAction.PAUSE):
            return "to pause"
        case OtherRequest(op=OpCode() as op):
            return f"to {op.name.lower().replace('_', ' ')} ({data.hex(' ')})"
        case _:
            return f"something that FTMS does not know ({data.hex(' ')})"
