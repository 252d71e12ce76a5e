"""A treadmill on a real Bluetooth controller, or on one behind a socket: any FTMS app can find and drive it.

Nobody is on its belt: there are no cues here, so the athlete beside it never pushes.
"""

import asyncio
import logging
from contextlib import AsyncExitStack, suppress
from types import TracebackType
from typing import NoReturn, Self

from bumble.core import BaseBumbleError
from bumble.device import Device
from bumble.hci import Address
from bumble.host import Host
from bumble.transport import open_transport
from bumble.transport.common import Transport, TransportSource

from eccentread_sim.gatt import TreadmillServer
from eccentread_sim.personality import load_personality
from eccentread_sim.treadmill import Treadmill
from eccentread_sim.truth import Truth

READY_S = 10.0
"""How long a controller may take to be opened and reset; some load their firmware first."""
GOODBYE_S = 3.0
"""How long the controller is waited for at the end: to fall silent, to close the link."""

_WAYS_OUT = {
    "usb": "plug in a Bluetooth adapter that this user may open, or name another --transport",
    "hci-socket": "it takes Linux, an adapter that is switched off (hciconfig hci0 down) and CAP_NET_ADMIN",
    "serial": "name the port of an HCI controller, as serial:/dev/ttyACM0",
    "tcp-client": "start the controller that listens there, and name it as tcp-client:HOST:PORT",
}
_WAY_OUT = "name a controller, as usb:0, hci-socket:0, serial:/dev/ttyACM0 or tcp-client:HOST:PORT"

# Bumble logs what is told here as an error; without a handler of its own Python prints that on stderr.
logging.getLogger("bumble").addHandler(logging.NullHandler())


class TransportError(Exception):
    """A Bluetooth controller that cannot be used, or was lost; the message names it and the way out."""


class OnAir:
    """A simulated treadmill in real time, found and connected to while its context is entered.

    `personality` is a bundled name or the path of a TOML file; `transport` names a Bluetooth controller as
    bumble does. `tell` hears what really happens, as in `eccentread_sim.truth`; what it raises ends `lost`.

    Raises:
        PersonalityError: there is no such personality, or it is not valid.
    """

    def __init__(self, personality: str, *, transport: str, seed: int, tell: Truth) -> None:
        self._personality = load_personality(personality)
        self._transport = transport
        self._seed = seed
        self._tell = tell
        self._gone: asyncio.Future[None] | None = None
        self._serving: asyncio.Task[None] | None = None
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

    async def __aenter__(self) -> Self:
        """Switch it on; its time 0 is now, and it advertises from now on.

        Raises:
            TransportError: the controller cannot be opened, or does not answer.
        """
        async with AsyncExitStack() as stack:
            device, source = await self._power_on(stack)
            treadmill = Treadmill(self._personality, self._seed, self._tell)
            server = TreadmillServer(device, treadmill, asyncio.get_running_loop().time())
            self._gone = source.terminated
            self._serving = asyncio.create_task(server.serve())
            stack.push_async_callback(_switch_off, device, server, self._serving, self._gone)
            self._off = stack.pop_all()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Switch it off: no longer found, the link closed, the controller free for others."""
        await self._off.aclose()

    async def lost(self) -> NoReturn:
        """Wait until the controller is lost.

        Raises:
            TransportError: it is.
            RuntimeError: the treadmill is not switched on.
        """
        if self._gone is None or self._serving is None:
            raise RuntimeError("The treadmill is switched off; enter its context first.")
        ended, _ = await asyncio.wait((self._gone, self._serving), return_when=asyncio.FIRST_COMPLETED)
        # Some transports tell of their end; others fail where the treadmill next speaks.
        failures = [failure for each in ended if not each.cancelled() and (failure := each.exception())]
        for failure in failures:
            if not isinstance(failure, BaseBumbleError | OSError):
                raise failure
        raise TransportError(
            f"{self._transport} was lost while in use; see that it is still there, and start again"
        ) from next(iter(failures), None)

    async def _power_on(self, stack: AsyncExitStack) -> tuple[Device, TransportSource]:
        """A device on the controller, ready to serve; `stack` closes what was opened."""
        address = Address(self.address, Address.RANDOM_DEVICE_ADDRESS)
        try:
            async with asyncio.timeout(READY_S):
                transport: Transport = await open_transport(self._transport)
                stack.push_async_callback(transport.close)
                device = Device(self.name, address, host=Host(transport.source, transport.sink))
                await device.power_on()
        except Exception as error:  # each transport raises what the library below it raises
            raise TransportError(_sentence(self._transport, error)) from error
        return device, transport.source


async def _switch_off(
    device: Device, server: TreadmillServer, serving: asyncio.Task[None], gone: asyncio.Future[None]
) -> None:
    """End in good order, as far as the controller still takes part."""
    server.stop()
    if not gone.done():
        with suppress(TimeoutError, BaseBumbleError, OSError):
            async with asyncio.timeout(GOODBYE_S):
                await asyncio.wait({serving})
                await device.stop_advertising()
                for connection in list(device.connections.values()):
                    await connection.disconnect()
                await device.power_off()
    serving.cancel()
    await asyncio.wait({serving})


def _sentence(transport: str, error: Exception) -> str:
    """Why the controller cannot be used, and the way out, without a full stop."""
    way_out = _WAYS_OUT.get(transport.partition(":")[0], _WAY_OUT)
    match error:
        case TimeoutError():
            return f"{transport} does not answer as a Bluetooth controller; {way_out}"
        case AssertionError() | ValueError():  # what bumble makes of a name it cannot read
            return f"{transport} names no Bluetooth controller; {way_out}"
        case ConnectionRefusedError():
            return f"{transport} cannot be used (nobody listens there); {way_out}"
        case OSError(strerror=str(why)):
            return f"{transport} cannot be used ({why}); {way_out}"
        case _:
            return f"{transport} cannot be used ({error or type(error).__name__}); {way_out}"
