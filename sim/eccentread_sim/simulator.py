"""All that the program sees of the simulator: a treadmill that is switched on, found and connected to.

The program reaches it over Bluetooth, by the two bleak backends; beside that it only lets the simulated
athlete hear the cues and answer the questions that a real one would.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from eccentread_sim.personality import known_personalities, load_personality
from eccentread_sim.treadmill import Treadmill
from eccentread_sim.truth import lines_to

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from bleak.backends.client import BaseBleakClient
    from bleak.backends.scanner import BaseBleakScanner

    from eccentread_sim.console import Touch
    from eccentread_sim.gatt import TreadmillServer
    from eccentread_sim.radio import Radio


def personalities() -> dict[str, str]:
    """Names and one-line descriptions of the personalities that come with the simulator."""
    return {name: load_personality(name).description for name in known_personalities()}


@dataclass(frozen=True, slots=True)
class _Powered:
    """What exists while the treadmill is switched on."""

    treadmill: Treadmill
    radio: Radio
    server: TreadmillServer


class Simulator:
    """A simulated treadmill with an athlete beside it; switched on while its context is entered.

    `personality` is a bundled name or the path of a TOML file. Equal personality, seed and doings give the
    same session. `origin_s` is the loop's time at the session's time 0. `truth`: where to write what really
    happened, one JSON object a line.

    Raises:
        PersonalityError: there is no such personality, or it is not valid.
    """

    def __init__(self, personality: str, *, seed: int, origin_s: float, truth: Path | None = None) -> None:
        self._personality = load_personality(personality)
        self._seed = seed
        self._origin_s = origin_s
        self._truth = truth
        self._powered: _Powered | None = None
        self._off = AsyncExitStack()

    @property
    def name(self) -> str:
        """The name it advertises."""
        return self._personality.machine.name

    @property
    def address(self) -> str:
        """Its Bluetooth address."""
        return self._personality.machine.address

    @property
    def description(self) -> str:
        """What it is, in one line."""
        return self._personality.description

    @property
    def scanner_backend(self) -> type[BaseBleakScanner]:
        """For `BleakScanner(backend=…)`, while switched on."""
        return self._on.radio.scanner_backend

    @property
    def client_backend(self) -> type[BaseBleakClient]:
        """For `BleakClient(…, backend=…)`, while switched on."""
        return self._on.radio.client_backend

    async def __aenter__(self) -> Self:
        """Switch it on; it advertises from now on."""
        # The Bluetooth stack takes most of a second to import: only who simulates waits for it.
        from eccentread_sim.gatt import TreadmillServer
        from eccentread_sim.radio import Radio

        async with AsyncExitStack() as stack:
            truth = None
            if self._truth is not None:
                # Opening blocks for a moment before anything runs that could mind.
                truth = lines_to(stack.enter_context(self._truth.open("w", encoding="utf-8")).write)
            treadmill = Treadmill(self._personality, self._seed, truth)
            radio = Radio()
            device = radio.device(self.address)
            await radio.power_on()
            stack.push_async_callback(radio.power_off)
            server = TreadmillServer(device, treadmill, self._origin_s)
            stack.push_async_callback(_stop, server, asyncio.create_task(server.serve()))
            self._powered = _Powered(treadmill, radio, server)
            self._off = stack.pop_all()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Switch it off: the link is closed, the truth is complete."""
        self._powered = None
        await self._off.aclose()

    def hear(self, cue: str, number: int | None = None) -> None:
        """Let the athlete hear a cue (a value of the program's `CueKind`) now."""
        self._on.treadmill.hear(self._on.server.now_s, cue, number)
        self._on.server.wake()

    def answer(self, question: str, kind: str) -> tuple[float, int]:
        """The athlete's answer to a question: after how many seconds, and what."""
        return self._on.treadmill.answer(question, kind)

    def touch(self, touch: Touch, speed_kmh: float = 0.0) -> None:
        """Let somebody act at the console now: a key, the safety key, another app that takes control."""
        self._on.treadmill.touch(self._on.server.now_s, touch, speed_kmh)
        self._on.server.wake()

    def drop_link(self) -> None:
        """Lose the Bluetooth link as by supervision time-out; the belt keeps doing what it does."""
        self._on.radio.drop_link()

    @property
    def _on(self) -> _Powered:
        if self._powered is None:
            raise RuntimeError("The simulated treadmill is switched off; enter its context first.")
        return self._powered


async def _stop(server: TreadmillServer, serving: asyncio.Task[None]) -> None:
    server.stop()
    await serving
