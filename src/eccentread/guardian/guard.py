"""The program's side of its guardian: starts it, feeds it, replaces it, and keeps the latch.

No guardian that is ready, or no latch on the disk: no motion (`may_run` raises). A guardian that is lost
while the belt runs is replaced at once; the session goes on meanwhile, since the program has the belt in
hand and stopping a belt under somebody who pushes is no gift. Where no other comes up, the belt is stopped.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from eccentread.errors import Cause, EccentreadError, MachineError, OutputError
from eccentread.guardian.sentry import Sentry
from eccentread.guardian.watching import BEAT_S, MAY_RUN, STANDS
from eccentread.record.latch import Hold, Holder, Machine

_log = logging.getLogger(__name__)

READY_S = 10.0
"""How long a guardian may take to be ready; half a second is usual."""

SILENT_S = 3.0
"""A guardian that says nothing for so long hangs, and is replaced."""

RETRY_S = 1.0
"""Between attempts to have another one."""

LEAVE_S = 2.0
"""How long the end of a session waits for it to be gone."""


class Guard:
    """Guards one session on one machine while its context is entered; the runner's `Safeguard`.

    `via` is the dotted name of another radio than this computer's own, `log` a file for what the guardian
    does. `tell` is given sentences for whoever is at the screen, `unguarded` is called when the belt may run
    and no guardian comes up.
    """

    def __init__(
        self,
        machine: Machine,
        folder: Path,
        session: str,
        *,
        via: str | None,
        log: Path,
        tell: Callable[[str], object],
        unguarded: Callable[[], object],
    ) -> None:
        self._machine = machine
        self._session = session
        self._hold = Hold(machine, folder)
        self._words = _words(machine, folder, via, log)
        self._tell = tell
        self._unguarded = unguarded
        self._sentry: Sentry
        self._ready = False
        self._may_run = False
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        """Take the machine's belt in hand, and have a guardian that is ready.

        Raises:
            MachineError: another session has the belt in hand (MACHINE_HELD), or no guardian comes up
                (UNGUARDED).
            OutputError: there is no place for the latch.
        """
        if not self._hold.take(Holder.SESSION):
            raise MachineError(
                Cause.MACHINE_HELD,
                f"Another session of this program has {self._machine.called} in hand; end that one first.",
            )
        try:
            await self._start()
        except BaseException:
            self._hold.release()
            raise
        self._tasks = [asyncio.create_task(self._beat()), asyncio.create_task(self._keep())]
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let go. A belt that was not seen to stand is the guardian's from here on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._leave()

    def may_run(self) -> None:
        """The belt may run from here on: tell the guardian, and write it down.

        The guardian, or the next one, is told in any case: what is forbidden may have been done already.

        Raises:
            OutputError: it cannot be written down.
            MachineError: no guardian is ready (UNGUARDED).
        """
        self._may_run = True
        self._say()
        try:
            if not self._ready:
                raise _no_guardian(self._machine)
            self._hold.belt_may_run(self._session)
        except EccentreadError as error:
            self._tell(error.sentence)
            raise

    def stands(self) -> None:
        """The belt stands, and nothing can start it any more."""
        self._may_run = False
        self._say()
        try:
            self._hold.belt_stands()
        except OutputError as error:
            self._tell(error.sentence)

    def _say(self) -> None:
        """One octet; whatever was said before is out of date."""
        self._sentry.say(MAY_RUN if self._may_run else STANDS)

    async def _beat(self) -> None:
        """From the event loop itself: when that hangs, the guardian hears nothing."""
        while True:
            await asyncio.sleep(BEAT_S)
            self._say()
            if self._ready and self._sentry.beats * BEAT_S >= SILENT_S:
                self._sentry.kill()

    async def _keep(self) -> None:
        """Have a guardian, as often as it takes."""
        while True:
            await self._sentry.ended.wait()
            self._ready = False
            self._tell("The guardian was lost; another one is started.")
            while not self._ready:
                try:
                    await self._start()
                except MachineError as error:
                    self._tell(error.sentence)
                    if self._may_run:
                        self._unguarded()
                    await asyncio.sleep(RETRY_S)
            self._tell("Another guardian is ready.")

    async def _start(self) -> None:
        try:
            self._sentry = Sentry(self._words)
        except OSError as error:
            _log.warning("no guardian: %s", error)
            raise _no_guardian(self._machine) from None
        self._say()  # it waits in the pipe, should this program die before that one is ready
        hopes = {asyncio.create_task(event.wait()) for event in (self._sentry.ready, self._sentry.ended)}
        try:
            await asyncio.wait(hopes, timeout=READY_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for hope in hopes:
                hope.cancel()
        self._ready = self._sentry.ready.is_set() and not self._sentry.ended.is_set()
        if not self._ready:
            self._sentry.kill()
            raise _no_guardian(self._machine)

    async def _leave(self) -> None:
        self._hold.release()
        self._sentry.leave()
        if not self._may_run:
            try:
                async with asyncio.timeout(LEAVE_S):
                    await self._sentry.ended.wait()
            except TimeoutError:
                self._sentry.kill()


def _words(machine: Machine, folder: Path, via: str | None, log: Path) -> list[str]:
    return command(machine, folder, via, "--log", str(log), "--main", str(os.getpid()))


def command(machine: Machine, folder: Path, via: str | None, *more: str) -> list[str]:
    """How the guardian's process is started. `-P`: no module is imported from wherever one happens to be."""
    words = [sys.executable, "-P", "-m", "eccentread.guardian", f"--folder={folder}"]
    name = "".join(char if char.isprintable() else " " for char in machine.name)  # it comes off the air
    words += [f"--address={machine.address}", f"--name={name}", f"--reached={machine.reached}"]
    return [*words, *([f"--via={via}"] if via else []), *more]


def _no_guardian(machine: Machine) -> MachineError:
    return MachineError(
        Cause.UNGUARDED,
        f"The guardian, which stops the belt of {machine.called} if this program cannot, does not start, and "
        "without it nothing moves the belt; start the program again, or the computer.",
    )
