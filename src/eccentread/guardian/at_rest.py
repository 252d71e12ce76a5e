"""Brings a belt that nobody has in hand to a standstill: connects as often as it takes, and says *stop*."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from bleak.backends.client import BaseBleakClient, get_platform_client_backend_type
from bleak.backends.device import BLEDevice

from eccentread.events import (
    BeltAtPeace,
    BeltMayRun,
    Connected,
    FaultRaised,
    Input,
    LinkLost,
    Noted,
    Output,
    TimePassed,
)
from eccentread.io.held import held
from eccentread.io.link import Link
from eccentread.io.runner import RECONNECT_S, Runner
from eccentread.record.latch import BLUETOOTH, Machine
from eccentread.rescue import StopOnly

_log = logging.getLogger(__name__)

HELD_S = 5.0
"""How long this computer's Bluetooth may take to tell which links it holds."""


class NoBeltError(Exception):
    """The process that simulated the belt is gone, and the belt with it."""


class Reached(Protocol):
    """A radio that is not this computer's own."""

    client_backend: type[BaseBleakClient]


type Via = Callable[[str], AbstractAsyncContextManager[Reached]]
"""How such a radio is entered: with the place it is at."""


@dataclass(frozen=True, slots=True)
class Radio:
    """Which radio a machine is reached by, and everything that reaching it will need, imported already."""

    via: Via | None

    @classmethod
    def of(cls, via: str | None) -> "Radio":
        """The radio of that dotted name (`package.module:function`); `None` is this computer's own."""
        if via is None:
            get_platform_client_backend_type()
            return cls(None)
        module, _, name = via.partition(":")
        return cls(getattr(import_module(module), name))

    @asynccontextmanager
    async def reach(
        self, machine: Machine
    ) -> AsyncGenerator[tuple[BLEDevice | str, type[BaseBleakClient] | None]]:
        """The machine as something to connect to, and the backend for it.

        Raises:
            NoBeltError: it was a simulated one, and is no more.
        """
        if machine.reached == BLUETOOTH or self.via is None:
            yield await _held(machine) or machine.address, None
        else:
            async with AsyncExitStack() as stack:
                try:
                    reached = await stack.enter_async_context(self.via(machine.reached.partition("@")[2]))
                except Exception as error:
                    if isinstance(error.__cause__, ConnectionRefusedError | FileNotFoundError):
                        raise NoBeltError from error
                    raise
                yield machine.address, reached.client_backend


async def _held(machine: Machine) -> BLEDevice | None:
    """The machine, if this computer holds a link to it and says so in time."""
    with suppress(TimeoutError):
        async with asyncio.timeout(HELD_S):
            return next((device for device in await held() if device.address == machine.address), None)
    return None


class _Follower:
    """Says in words how it goes, and keeps whether the belt was seen to stand."""

    def __init__(self, tell: Callable[[str], object]) -> None:
        self._tell = tell
        self.stands = False

    def see(self, event: Input | Output) -> None:
        """Follow what happens."""
        match event:
            case Connected():
                self._tell("Connected; it is told to stop.")
            case LinkLost():
                self._tell("The link is lost; connecting again.")
            case FaultRaised(text=text) | Noted(text=text):
                _log.info("%s", text)
            case BeltMayRun():
                self.stands = False
            case BeltAtPeace():
                self.stands = True
            case _:
                pass

    def put(self, output: Output) -> None:
        """Outputs come through `see`, as inputs do."""


async def bring_to_rest(
    machine: Machine,
    radio: Radio,
    why: str,
    *,
    patience_s: float,
    forgotten: Callable[[], bool],
    tell: Callable[[str], object],
) -> bool:
    """Whether the belt was brought to a standstill, or somebody else saw it stand, within `patience_s`.

    `forgotten` tells whether somebody else did. Nothing is raised: whatever fails is tried again.
    """
    stopping = asyncio.create_task(_stop(machine, radio, StopOnly(0.0, why, patience_s=patience_s), tell))
    while not stopping.done() and not forgotten():
        await asyncio.wait({stopping}, timeout=RECONNECT_S)
    if stopping.done():
        return stopping.result()
    stopping.cancel()
    await asyncio.wait({stopping})
    return True


async def _stop(machine: Machine, radio: Radio, session: StopOnly, tell: Callable[[str], object]) -> bool:
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    follower = _Follower(tell)

    def now() -> float:
        return loop.time() - began_s

    while not session.ended:
        try:
            async with radio.reach(machine) as (device, backend):

                def link(
                    on_input: Callable[[Input], None],
                    device: BLEDevice | str = device,
                    backend: type[BaseBleakClient] | None = backend,
                ) -> Link:
                    return Link(device, clock=now, on_input=on_input, client_backend=backend)

                await Runner(session, link, clock=now, journal=follower.see, consumers=[]).run()
        except NoBeltError:
            return True
        except Exception as error:  # noqa: BLE001 — whatever it is, the belt may be running
            _log.info("not yet: %s", error)
            await asyncio.sleep(RECONNECT_S)
            session.feed(TimePassed(now()))
    return follower.stands
