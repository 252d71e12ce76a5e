"""Stops asked for in real time: a locked session on a simulated machine, asked again and again."""

import asyncio
import os
import pty
import random
import tempfile
import threading
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from amqtt.broker import Broker
from rich.console import Console

import eccentread_sim
from benchmarks._played import TEXT, machine, new_session
from eccentread.cli.bundled import DEFAULT_PROTOCOL
from eccentread.events import Command, CommandKind, Input, Output, StopAsked
from eccentread.io.link import Link
from eccentread.io.runner import Consumer, Runner
from eccentread.publish.mqtt import MqttPublisher
from eccentread.record.journal import Header, JournalWriter
from eccentread.ui.keyboard import Keyboard
from eccentread.ui.screen import Screen
from eccentread.ui.terminal import TerminalView

if TYPE_CHECKING:
    from eccentread.session import GuidedSession

STOP = bytes.fromhex("0801")
UNANSWERED = '[commands.{kind}]\nanswer = "nothing"\n'


class _Replayed:
    """A session that is, at the start of each trial, where `inputs` brought it; nothing in between."""

    ended = False

    def __init__(self, inputs: list[Input]) -> None:
        self._inputs = inputs
        self._session: GuidedSession | None = None
        self._ahead_s = 0.0

    def begin(self, now_s: float) -> None:
        session = new_session()
        for happened in self._inputs:
            session.feed(happened)
        self._session, self._ahead_s = session, self._inputs[-1].t_s - now_s

    def end(self) -> None:
        self._session = None

    def feed(self, happened: Input) -> list[Output]:
        if self._session is None:
            return []
        return self._session.feed(replace(happened, t_s=happened.t_s + self._ahead_s))


class _Desk:
    """A runner on a simulated machine in real time, and when its stops went out."""

    def __init__(self, session: _Replayed, journal: Callable[[Any], None], consumers: list[Consumer]) -> None:
        self.session = session
        self._journal, self._consumers = journal, consumers
        self.handed_s = self.taken_s = 0.0
        self.taken = asyncio.Event()

    @asynccontextmanager
    async def on(self, personality: str, hangs: bytes | None) -> AsyncGenerator["_Desk"]:
        """Connected to a machine; a write that begins with `hangs` never comes back."""
        desk, loop = self, asyncio.get_running_loop()
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write(personality)
            file.flush()
            simulator = eccentread_sim.Simulator(file.name, seed=1, origin_s=loop.time())
        async with simulator:

            class Stamping(simulator.client_backend):  # type: ignore[name-defined, misc]
                async def write_gatt_char(self, characteristic: Any, data: Any, response: bool) -> None:
                    if hangs and bytes(data).startswith(hangs):
                        await asyncio.Event().wait()
                    if bytes(data) == STOP and not desk.handed_s:
                        desk.handed_s = time.perf_counter()
                    await super().write_gatt_char(characteristic, data, response)
                    if bytes(data) == STOP and not desk.taken.is_set():
                        desk.taken_s = time.perf_counter()
                        desk.taken.set()

            def make(on_input: Callable[[Input], None]) -> Link:
                self.link = Link(
                    simulator.address, clock=loop.time, on_input=on_input, client_backend=Stamping
                )
                return self.link

            self.runner = Runner(
                self.session, make, clock=loop.time, journal=self._journal, consumers=self._consumers
            )
            running = asyncio.create_task(self.runner.run())
            await asyncio.sleep(4.0)  # connected, and reports come in
            try:
                yield self
            finally:
                running.cancel()
                with suppress(asyncio.CancelledError):
                    await running

    def stop(self) -> None:
        self.runner.submit(StopAsked(self.runner.now_s, "benchmark"))


type _Asking = Callable[[asyncio.AbstractEventLoop, _Desk], float]
"""Runs on a thread: asks for the stop, and says when."""


def _by_thread(loop: asyncio.AbstractEventLoop, desk: _Desk) -> float:
    asked_s = time.perf_counter()
    loop.call_soon_threadsafe(desk.stop)
    return asked_s


async def _stops(
    desk: _Desk, n: int, pending: Command | None, ask: _Asking = _by_thread
) -> list[tuple[float, float]]:
    """`n` times from a stop asked for to the radio, and to the machine, s."""
    loop, took = asyncio.get_running_loop(), list[tuple[float, float]]()
    for _ in range(n):
        desk.session.begin(loop.time())
        desk.taken.clear()
        desk.handed_s = 0.0
        if pending is not None:
            desk.link.send(pending)

        def at_some_moment() -> float:
            time.sleep(random.uniform(0.02, 0.2))
            return ask(loop, desk)

        asked_s = await asyncio.to_thread(at_some_moment)
        async with asyncio.timeout(10.0):
            await desk.taken.wait()
        took.append((desk.handed_s - asked_s, desk.taken_s - asked_s))
        desk.session.end()
        await asyncio.sleep(0.1)
    return took


def _quiet(_: object) -> None:
    pass


async def behind(inputs: list[Input], n: int, kind: str, octets: str, *, hangs: bool) -> Any:
    """Stops on an idle link, or behind a procedure that nobody ends."""
    personality = machine(0.25, jitter_s=0.03)
    if kind and not hangs:
        personality += UNANSWERED.format(kind=kind)
    data = bytes.fromhex(octets)
    pending = Command(0.0, 10_000, CommandKind.SET_SPEED, data) if kind else None
    async with _Desk(_Replayed(inputs), _quiet, []).on(personality, data if hangs else None) as desk:
        return await _stops(desk, n, pending)


async def by_key(inputs: list[Input], n: int) -> Any:
    """A key pressed in a terminal, by the program's own keyboard."""
    master, slave = pty.openpty()

    def press(_: asyncio.AbstractEventLoop, __: _Desk) -> float:
        asked_s = time.perf_counter()
        os.write(master, b" ")
        return asked_s

    async with _Desk(_Replayed(inputs), _quiet, []).on(machine(0.25, jitter_s=0.03), None) as desk:
        keyboard = Keyboard(lambda _: desk.stop(), lambda *_: None)
        with os.fdopen(slave) as stream, keyboard.attached(asyncio.get_running_loop(), stream):
            took = await _stops(desk, n, None, press)
    os.close(master)
    return took


async def in_company(inputs: list[Input], n: int) -> Any:
    """While a journal is written and synced, a terminal drawn and a broker published to."""
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory()))
        now = datetime.now(UTC)
        header = Header("bench", now, "bench", True, 1, "sim", DEFAULT_PROTOCOL, TEXT, "left")
        journal = closing.enter_context(JournalWriter.create(folder, header, _quiet))
        publisher = MqttPublisher(
            f"mqtt://127.0.0.1:{closing.enter_context(_broker())}", "bench", simulated=True
        )
        closing.callback(publisher.close, 3.0)
        master, slave = pty.openpty()
        threading.Thread(target=_drain, args=(master,), daemon=True).start()
        terminal = closing.enter_context(os.fdopen(slave, "w"))
        screen = Screen(True, "sim", "bench", 3, 15, 0.8)
        view = TerminalView(screen, Console(file=terminal, force_terminal=True, width=100, height=40))
        closing.callback(view.close, 3.0)
        desk = _Desk(_Replayed(inputs), journal.write, [view, publisher])
        async with desk.on(machine(0.02, jitter_s=0.002), None):
            return await _stops(desk, n, None)


def _drain(terminal: int) -> None:
    with suppress(OSError):
        while os.read(terminal, 65536):
            pass


class _broker:  # noqa: N801 — a context manager
    """An MQTT broker on a thread of its own; gives its port."""

    def __enter__(self) -> int:
        self._loop = asyncio.SelectorEventLoop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self._do(self._start())

    def __exit__(self, *_: object) -> None:
        self._do(self._broker.shutdown())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _do[T](self, what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(30.0)

    async def _start(self) -> int:
        anonymous = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
        listeners = {"default": {"type": "tcp", "bind": "127.0.0.1:0"}}
        self._broker = Broker({"listeners": listeners, "plugins": anonymous})
        await self._broker.start()
        [socket] = self._broker._servers["default"].instance.sockets  # noqa: SLF001 — it tells its port to nobody
        return socket.getsockname()[1]
