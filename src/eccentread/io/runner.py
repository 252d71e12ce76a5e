"""Joins a session and a link: inputs in, outputs out, and time in between.

Every input is journalled before the session reads it, and the session's answer goes out in the same breath:
nothing waits in a queue between a notification and the command that it calls for.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from eccentread.events import (
    BeltAtPeace,
    BeltMayRun,
    BeltStands,
    Command,
    CommandAnswered,
    CommandKind,
    Disconnect,
    HangUp,
    Input,
    LinkLost,
    Output,
    Problem,
    SessionEnded,
    StopAsked,
    TimePassed,
)
from eccentread.io.link import Link
from eccentread.rescue import StopOnly

_log = logging.getLogger(__name__)

TICK_S = 0.2
"""How often the session is told that time passed."""

RECONNECT_S = 1.0
"""Between attempts to get a lost link back."""

MOTION = frozenset({CommandKind.START, CommandKind.SET_SPEED, CommandKind.TRY_STOP})
"""What is held back where the belt is not safeguarded. Whatever stops it never is."""


class Session(Protocol):
    """What is run: `GuidedSession`, or what takes over from it."""

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        ...

    def feed(self, happened: Input) -> list[Output]:
        """What to do about what happened."""
        ...


class Consumer(Protocol):
    """Somebody who is told what the session does. `put` returns at once and raises nothing."""

    def put(self, output: Output) -> object:
        """Take an output."""
        ...


class Safeguard(Protocol):
    """Who sees to it that a belt is stopped even if this program cannot."""

    def may_run(self) -> None:
        """The belt may run from here on; what is raised forbids that."""
        ...

    def stands(self) -> None:
        """The belt stands, and nothing can start it any more."""
        ...


class Runner:
    """Runs one session over one link.

    `clock` gives session seconds; `journal` takes every input and output; `consumers` every output;
    `safeguard` is told when the belt may run, before the command that moves it goes out.
    """

    def __init__(
        self,
        session: Session,
        make_link: Callable[[Callable[[Input], None]], Link],
        *,
        clock: Callable[[], float],
        journal: Callable[[Input | Output], None],
        consumers: Sequence[Consumer],
        safeguard: Safeguard | None = None,
    ) -> None:
        self._session = session
        self._safeguard = safeguard
        self._clock = clock
        self._journal = journal
        self._consumers = consumers
        self._link = make_link(self.submit)
        self._failed: list[Callable[..., object]] = []
        self._inbox: deque[Input] = deque()
        self._feeding = False
        self._belt_may_run = False
        self._lost = asyncio.Event()
        self._hanging_up: asyncio.Task[None] | None = None
        self._away_s = 0.0
        self._wanted_back = asyncio.Event()
        self._ended = asyncio.Event()
        self._end: SessionEnded | None = None

    @property
    def now_s(self) -> float:
        """Session time, seconds."""
        return self._clock()

    def submit(self, happened: Input) -> None:
        """Something happened: journal it, let the session read it, and do what it says, at once."""
        self._inbox.append(happened)
        if self._feeding:
            return  # said while an output is being carried out; it is next
        self._feeding = True
        try:
            while self._inbox:
                self._handle(self._inbox.popleft())
        finally:
            self._feeding = False

    async def run(self) -> SessionEnded:
        """Connect and run the session to its end.

        Raises:
            MachineError: the machine could not be reached to begin with.
        """
        ticking = asyncio.create_task(self._tick())
        try:
            await self._connect_first()
            reconnecting = asyncio.create_task(self._reconnect())
            try:
                await self._ended.wait()
            finally:
                reconnecting.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await reconnecting
        finally:
            ticking.cancel()
            if self._hanging_up is not None:
                await self._hanging_up
            await self._link.close()
        assert self._end is not None  # it is what ends a session
        return self._end

    def _handle(self, happened: Input) -> None:
        self._guarded(self._journal, happened)
        if isinstance(happened, LinkLost):
            self._lost.set()
        elif isinstance(happened, StopAsked):
            self._wanted_back.set()
        try:
            outputs = self._session.feed(happened)
        except Exception as error:  # noqa: BLE001 — whatever it is, the belt must not run on
            _log.exception("the session failed on %r", happened)
            why = f"{type(error).__name__}: {error}"
            self._session = StopOnly(happened.t_s, why, may_run=self._belt_may_run)
            outputs = self._session.feed(happened)
        moves = any(isinstance(output, Command) and output.kind in MOTION for output in outputs)
        allowed = self._may_run(outputs) if moves else True
        if not allowed and not self._belt_may_run:
            self._guarded(self._at_peace, happened)  # held back, so that nothing moves
        # First onto the air, whatever else there is to say; then into the record, then to whoever watches.
        for output in outputs:
            if isinstance(output, Command):
                self._send(output, allowed=allowed or output.kind not in MOTION)
        for output in outputs:
            match output:
                case BeltMayRun():
                    self._belt_may_run = True
                case BeltStands():
                    self._belt_may_run = False
                case BeltAtPeace():
                    self._guarded(self._at_peace, output)
                case _:
                    pass
            self._guarded(self._journal, output)
            for consumer in self._consumers:
                self._guarded(consumer.put, output)
            if isinstance(output, SessionEnded):
                self._end = output
                self._ended.set()
            elif isinstance(output, Disconnect):
                self._lost.clear()
            elif isinstance(output, HangUp):
                self._hanging_up = asyncio.create_task(self._hang_up(output.away_s))
        if not moves:
            self._may_run(outputs)  # a belt found running: stops do not wait for this

    def _may_run(self, outputs: Sequence[Output]) -> bool:
        """Let the safeguard know if the belt may run from now on; whether it may."""
        if self._safeguard is None or not any(isinstance(output, BeltMayRun) for output in outputs):
            return True
        try:
            self._safeguard.may_run()
        except Exception:  # noqa: BLE001 — whatever it is, the belt is not safeguarded
            _log.exception("nothing may move the belt")
            return False
        return True

    def _at_peace(self, _: Input | Output) -> None:
        if self._safeguard is not None:
            self._safeguard.stands()

    def _send(self, command: Command, *, allowed: bool) -> None:
        if allowed:
            try:
                self._link.send(command)
            except Exception:  # noqa: BLE001 — the session is told, and goes on
                _log.exception("%s was not sent", command.kind)
            else:
                return
        self._inbox.append(CommandAnswered(command.t_s, command.id, problem=Problem.WRITE_FAILED))

    def _guarded[E](self, tell: Callable[[E], object], event: E) -> None:
        """Whoever is told, their mistakes stay theirs: the belt is watched on."""
        try:
            tell(event)
        except Exception:  # noqa: BLE001 — as above
            if tell not in self._failed:
                self._failed.append(tell)
                _log.exception("%r was lost; later failures of this kind are not logged", event)

    async def _connect_first(self) -> None:
        """Connect, or until somebody ends the session."""
        connecting = asyncio.create_task(self._link.connect())
        ended = asyncio.create_task(self._ended.wait())
        try:
            await asyncio.wait({connecting, ended}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ended.cancel()
            if not connecting.done():
                connecting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await connecting

    async def _hang_up(self, away_s: float) -> None:
        """End the link; the session is told so as of any loss."""
        self._away_s = away_s
        await self._link.close()
        self.submit(LinkLost(self._clock(), "this program ended it"))

    async def _stay_away(self) -> None:
        """Leave a link that was ended on purpose for as long as was said, or until somebody wants out."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._away_s):
                await self._wanted_back.wait()
        self._away_s = 0.0

    async def _reconnect(self) -> None:
        """Get a lost link back as often as it takes; what is sent on it then, the session decides."""
        while True:
            await self._lost.wait()
            self._lost.clear()
            await self._stay_away()
            while not self._session.ended:
                try:
                    await self._link.connect()
                    break
                except Exception as error:  # noqa: BLE001 — whatever it is, the belt may be running
                    _log.info("not yet back: %s", error)
                    await asyncio.sleep(RECONNECT_S)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self.submit(TimePassed(self._clock()))
