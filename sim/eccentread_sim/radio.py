"""A virtual radio in this process: any number of devices on one air, and a central that reaches them."""

import asyncio
from collections.abc import Callable

from bleak.backends.client import BaseBleakClient
from bleak.backends.scanner import BaseBleakScanner
from bumble.device import Advertisement, Connection, Device
from bumble.hci import Address, HCI_Error, HCI_LE_Create_Connection_Cancel_Command
from bumble.host import Host
from bumble.transport.common import AsyncPipeSink
from bumble.utils import EventEmitter

from eccentread_sim.air import Air, VirtualController
from eccentread_sim.backend import client_backend, scanner_backend

CENTRAL_ADDRESS = "C0:FF:EE:C0:FF:EE"

GIVE_UP_S = 1.0
"""How long a controller may take to give up connecting; one that is gone never answers."""


def _next_event(emitter: EventEmitter, event: str) -> asyncio.Future[object]:
    happened: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    emitter.once(event, happened.set_result)
    return happened


class Central:
    """The central's end of the link: what a scanner and a client need of a radio."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._listeners: list[Callable[[Advertisement], None]] = []
        device.on(Device.EVENT_ADVERTISEMENT, self._on_advertisement)

    def _on_advertisement(self, advertisement: Advertisement) -> None:
        for listener in list(self._listeners):
            listener(advertisement)

    async def listen(self, listener: Callable[[Advertisement], None]) -> None:
        """Call `listener` with each advertisement until `ignore`; scans while anyone listens."""
        self._listeners.append(listener)
        if len(self._listeners) == 1:
            await self._device.start_scanning()

    async def ignore(self, listener: Callable[[Advertisement], None]) -> None:
        """Stop calling `listener`; no harm if it was not being called."""
        if listener not in self._listeners:
            return
        self._listeners.remove(listener)
        if not self._listeners:
            await self._device.stop_scanning()

    async def connect(self, address: Address, timeout_s: float) -> Connection:
        """A connection to whoever advertises with `address`.

        Raises:
            TimeoutError: nobody did within `timeout_s`.
            bumble.core.BaseBumbleError: another connection is under way.
        """
        try:
            async with asyncio.timeout(timeout_s):
                return await self._device.connect(address, timeout=None)
        except (TimeoutError, asyncio.CancelledError):
            await self._give_up(address)
            raise

    async def opened(self, connection: Connection) -> None:
        """A client has connected; nobody here minds."""

    async def _give_up(self, address: Address) -> None:
        """Nobody waits for a connection to `address` any more."""
        try:
            async with asyncio.timeout(GIVE_UP_S):
                await self._device.send_sync_command(HCI_LE_Create_Connection_Cancel_Command())
        except HCI_Error:
            # Too late: it was made in the meantime.
            for connection in list(self._device.connections.values()):
                if connection.peer_address == address:
                    await connection.disconnect()
        except TimeoutError:
            pass


class Radio:
    """Bluetooth devices in reach of one another: peripherals, and a central that scans and connects.

    `scanner_backend` and `client_backend` are what the central gives to `BleakScanner(backend=…)` and
    `BleakClient(backend=…)`. `air` is where further controllers may join. Needs a running event loop.
    """

    scanner_backend: type[BaseBleakScanner]
    client_backend: type[BaseBleakClient]

    def __init__(self) -> None:
        self.air = Air()
        self._devices: list[Device] = []
        central = Central(self.device(CENTRAL_ADDRESS))
        self.scanner_backend = scanner_backend(central)
        self.client_backend = client_backend(central)

    def device(self, address: str, name: str = "") -> Device:
        """A further device, reached at `address`; it takes part from the next `power_on`."""
        controller = VirtualController(address, self.air)
        device = Device(
            name,
            address=Address(address, Address.RANDOM_DEVICE_ADDRESS),
            host=Host(controller, AsyncPipeSink(controller)),
        )
        self._devices.append(device)
        return device

    async def another_central(self, address: str) -> type[BaseBleakClient]:
        """Somebody else's central, switched on: for `BleakClient(…, backend=…)`."""
        central = Central(self.device(address))
        await self.power_on()
        return client_backend(central)

    async def power_on(self) -> None:
        """All devices ready, those already on left as they are; nobody advertises yet."""
        for device in self._devices:
            if not device.powered_on:
                await device.power_on()

    async def power_off(self) -> None:
        """Close what is open, as machines do that are switched off in good order."""
        ended = []
        for device in self._devices:
            await device.stop_advertising()
            connections = list(device.connections.values())
            ended += [_next_event(each, Connection.EVENT_DISCONNECTION) for each in connections]
        for device in self._devices[1:]:
            for connection in list(device.connections.values()):
                await connection.disconnect()
        await asyncio.gather(*ended)
        for device in self._devices:
            await device.power_off()

    def drop_link(self, address: str | None = None, *, silent_s: float = 0.0) -> None:
        """Lose the links of the device at `address`, or all, as by supervision time-out.

        Both ends notice, neither says goodbye; for `silent_s` before that nothing is delivered in either
        direction, and nobody knows.
        """
        at = None if address is None else Address(address, Address.RANDOM_DEVICE_ADDRESS)
        self.air.lose(at, silent_s)
