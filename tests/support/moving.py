"""A program that moves a belt at once, with latch, guardian and runner as in a session.

`moving.py AT FOLDER`.

A whole session takes half a minute to get there. SIGUSR1 hangs its event loop, SIGUSR2 ends it politely with
the belt running; it prints a line when the belt is asked to start, and `note: …` for what it is told.
"""

import asyncio
import signal
import sys
import time
from pathlib import Path

from eccentread.cli.guarded import guarded
from eccentread.events import (
    BeltMayRun,
    Command,
    CommandAnswered,
    CommandKind,
    Connected,
    Input,
    Outcome,
    Output,
    Problem,
    SessionEnded,
    StopAsked,
)
from eccentread.io.link import Link
from eccentread.io.runner import Runner
from eccentread.io.scan import find
from eccentread.record.latch import Machine
from eccentread_sim import attach

CONTROL, START = 1, 2


class Moving:
    """Starts the belt as soon as it may, and ends when asked; it never stops it."""

    ended = False

    def feed(self, happened: Input) -> list[Output]:
        """What to do about what happened."""
        t_s = happened.t_s
        match happened:
            case Connected():
                return [Command(t_s, CONTROL, CommandKind.REQUEST_CONTROL, b"\x00")]
            case CommandAnswered(command_id=1):
                return [BeltMayRun(t_s), Command(t_s, START, CommandKind.START, b"\x07")]
            case CommandAnswered(problem=Problem.WRITE_FAILED):
                print("refused", flush=True)
            case CommandAnswered():
                print("started", flush=True)
            case StopAsked():
                self.ended = True
                return [SessionEnded(t_s, Outcome.STOPPED, None)]
            case _:
                pass
        return []


async def main(at: str, folder: Path) -> None:
    """Until the session ends."""
    loop = asyncio.get_running_loop()
    session = folder / "session"
    session.mkdir(exist_ok=True)

    def note(sentence: str) -> None:
        print(f"note: {sentence}", flush=True)

    async with attach(at.removeprefix("sim@")) as there:
        found = await find(scanner_backend=there.scanner_backend, timeout_s=1.0)
        machine = Machine(found.address, found.name, at)

        def end() -> None:
            runner.submit(StopAsked(loop.time(), "test"))

        guard = guarded(machine, session, note, end)
        runner = Runner(
            Moving(),
            lambda on_input: Link(
                found.device, clock=loop.time, on_input=on_input, client_backend=there.client_backend
            ),
            clock=loop.time,
            journal=lambda _: None,
            consumers=[],
            safeguard=guard,
        )
        signal.signal(signal.SIGUSR1, lambda *_: time.sleep(3600))
        loop.add_signal_handler(signal.SIGUSR2, end)
        assert guard is not None
        async with guard:
            await runner.run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
