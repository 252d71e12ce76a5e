"""One virtual Bluetooth link in this process: the treadmill at one end, a central at the other."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import override

from bleak.backends.client import BaseBleakClient
from bleak.backends.scanner import BaseBleakScanner
from bumble.controller import Controller
from bumble.device import Advertisement, Connection, Device
from bumble.hci import Address, HCI_ErrorCode
from bumble.host import Host
from bumble.link import LocalLink
from bumble.ll import AdvertisingPdu, AdvExtInd
from bumble.transport.common import AsyncPipeSink
from bumble.utils import EventEmitter

from eccentread_sim.backend import client_backend, scanner_backend

CENTRAL_ADDRESS = "C0:FF:EE:C0:FF:EE"

# Bumble warns of things that are everyday life here (a packet for a link that is gone); without a handler of
# its own Python prints them on stderr. Whoever configures logging still gets them.
logging.getLogger("bumble").addHandler(logging.NullHandler())


def _next_event(emitter: EventEmitter, event: str) -> asyncio.Future[object]:
    happened: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    emitter.once(event, happened.set_result)
    return happened


class _Link(LocalLink):
    """A link on which scanning is active: an advertisement is heard together with its scan response."""

    @override
    def send_advertising_pdu(self, sender_controller: Controller, packet: AdvertisingPdu) -> None:
        if isinstance(packet, AdvExtInd):
            for advertiser in sender_controller.advertising_sets.values():
                packet = replace(packet, data=packet.data + advertiser.scan_response_data)
        super().send_advertising_pdu(sender_controller, packet)


class Central:
    """The central's end of the link: what a scanner and a client need of a radio."""

    def __init__(self, device: Device, controller: Controller) -> None:
        self._device = device
        self._controller = controller
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
            # The controller's own cancel command forgets to forget; an advertisement would still connect.
            self._controller.pending_le_connection = None
            raise


class Radio:
    """Two powered Bluetooth devices in reach of one another.

    `treadmill` is the device for the treadmill's server, reached at `address`; `scanner_backend` and
    `client_backend` are what the other end gives to `BleakScanner(backend=…)` and `BleakClient(backend=…)`.
    Needs a running event loop.
    """

    scanner_backend: type[BaseBleakScanner]
    client_backend: type[BaseBleakClient]

    def __init__(self, address: str) -> None:
        link = _Link()
        self._controllers = [Controller(name, link=link) for name in ("treadmill", "central")]
        self.treadmill, self._central = (
            Device(
                address=Address(at, Address.RANDOM_DEVICE_ADDRESS),
                host=Host(controller, AsyncPipeSink(controller)),
            )
            for controller, at in zip(self._controllers, (address, CENTRAL_ADDRESS), strict=True)
        )
        central = Central(self._central, self._controllers[1])
        self.scanner_backend = scanner_backend(central)
        self.client_backend = client_backend(central)

    async def power_on(self) -> None:
        """Both devices ready; nobody advertises yet."""
        await self.treadmill.power_on()
        await self._central.power_on()

    async def power_off(self) -> None:
        """Close what is open, as a machine does that is switched off in good order."""
        await self.treadmill.stop_advertising()
        ended = [
            _next_event(connection, Connection.EVENT_DISCONNECTION)
            for device in (self.treadmill, self._central)
            for connection in device.connections.values()
        ]
        for connection in list(self.treadmill.connections.values()):
            await connection.disconnect()
        await asyncio.gather(*ended)
        await self.treadmill.power_off()
        await self._central.power_off()

    def drop_link(self) -> None:
        """Lose the link as by supervision time-out: both ends notice, neither says goodbye."""
        for controller in self._controllers:
            for connection in list(controller.le_connections.values()):
                controller.on_le_disconnected(connection, HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)
