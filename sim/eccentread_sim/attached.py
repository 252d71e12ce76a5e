"""A simulated treadmill in another process, reached through a virtual controller that it serves.

`eccentread sim --transport tcp-server:…` is such a process. Real time only: a socket knows no other.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from bleak.backends.client import BaseBleakClient
from bleak.backends.scanner import BaseBleakScanner
from bleak.exc import BleakError
from bumble.device import Advertisement, Connection, Device
from bumble.hci import Address
from bumble.host import Host
from bumble.transport import open_transport
from bumble.transport.common import Transport

from eccentread_sim.backend import client_backend, scanner_backend
from eccentread_sim.ears import Voice
from eccentread_sim.radio import Central
from eccentread_sim.tables import shown
from eccentread_sim.transports import TransportError
from eccentread_sim.treadmill import BELT_STANDS

READY_S = 5.0
"""How long the simulator may take to let us attach."""
GOODBYE_S = 1.0
"""How long it may take to say that we are disconnected."""
LOOK_S = 1.0
"""How long a look at where the belt was takes."""


class _Attachment(NamedTuple):
    """What exists while a simulator is there."""

    transport: Transport
    device: Device
    central: Central

    @property
    def lost(self) -> asyncio.Future[None]:
        """Done when it is not there any more."""
        return self.transport.source.terminated


def attach(address: str) -> "Attached":
    """The simulated treadmill whose simulator listens at `address`, to be entered as a context.

    `address` is `HOST:PORT`, the port alone on this computer, or the path of a Unix socket.

    Raises:
        TransportError: it names no such place.
    """
    host, _, port = address.rpartition(":")
    if port.isdecimal() and 0 < int(port) < 1 << 16:
        return Attached(address, f"tcp-client:{host or '127.0.0.1'}:{port}")
    if "/" in address or Path(address).is_socket():
        return Attached(address, f"unix-client:{address}")
    raise TransportError(
        f"{shown(address)} is no address of a simulator; give its PORT (1–65535), HOST:PORT or the path of "
        "its socket"
    )


class Attached:
    """A simulated treadmill in another process, and the ears of the athlete beside it.

    While its context is entered, `scanner_backend` and `client_backend` reach it. A simulator that is lost is
    sought again with every attempt to connect.
    """

    scanner_backend: type[BaseBleakScanner]
    client_backend: type[BaseBleakClient]

    def __init__(self, address: str, transport: str) -> None:
        self._address = address
        self._transport = transport
        self._identity = Address.generate_static_address()
        self._here: _Attachment | None = None
        self._voice = Voice()
        self.scanner_backend = scanner_backend(self)
        self.client_backend = client_backend(self)

    async def __aenter__(self) -> Self:
        """Attach.

        Raises:
            TransportError: nobody listens there, or it is no simulator.
        """
        await self._attachment()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Detach; a link that is still up ends with it."""
        if self._here is not None:
            if not self._here.lost.done():
                with suppress(TimeoutError):
                    async with asyncio.timeout(GOODBYE_S):
                        await self._here.device.power_off()
            await self._here.transport.close()

    def hear(self, cue: str, number: int | None = None) -> None:
        """Let the athlete hear a cue, as far as there is a link to her."""
        self._voice.hear(cue, number)

    def ask(self, question: str, kind: str, answered: Callable[[int], None]) -> None:
        """Ask the athlete something; `answered` is called when her answer comes.

        Where the simulator is gone, so is its belt: whether it stands is answered with yes, all else not.
        """
        self._voice.ask(question, kind, answered)
        if self._gone:
            self._look()

    async def listen(self, listener: Callable[[Advertisement], None]) -> None:
        """Call `listener` with each advertisement until `ignore`."""
        await (await self._attachment()).central.listen(listener)

    async def ignore(self, listener: Callable[[Advertisement], None]) -> None:
        """Stop calling `listener`."""
        if self._here is not None and not self._gone:
            await self._here.central.ignore(listener)

    async def connect(self, address: Address, timeout_s: float) -> Connection:
        """A connection to whoever advertises with `address`.

        Raises:
            TimeoutError: nobody did within `timeout_s`.
            BleakError: the simulator is gone.
        """
        try:
            here = await self._attachment()
        except TransportError as error:
            raise BleakError(str(error)) from error
        connecting = asyncio.create_task(here.central.connect(address, timeout_s))
        try:
            await asyncio.wait({connecting, here.lost}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            connecting.cancel()
            (outcome,) = await asyncio.gather(connecting, return_exceptions=True)
        if here.lost.done():
            raise BleakError(f"the simulator at {self._address} is gone")
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    async def opened(self, connection: Connection) -> None:
        """A client has connected: speak to the athlete over its connection."""
        await self._voice.use(connection)

    def _look(self) -> None:
        """The simulator is gone: its belt stands."""
        for answered in self._voice.unanswered(BELT_STANDS):
            asyncio.get_running_loop().call_later(LOOK_S, answered, 1)

    @property
    def _gone(self) -> bool:
        return self._here is None or self._here.lost.done()

    async def _attachment(self) -> _Attachment:
        """The simulator, attached to anew where it was lost.

        Raises:
            TransportError: nobody listens there, or it is no simulator.
        """
        if self._here is None or self._here.lost.done():
            self._here = await self._attach()
        return self._here

    async def _attach(self) -> _Attachment:
        transport: Transport | None = None
        try:
            async with asyncio.timeout(READY_S):
                transport = await open_transport(self._transport)
                device = Device(address=self._identity, host=Host(transport.source, transport.sink))
                await device.power_on()
        except BaseException as error:
            if transport is not None:
                await transport.close()
            if not isinstance(error, Exception):
                raise
            raise self._not_there(error) from error
        attachment = _Attachment(transport, device, Central(device))
        attachment.lost.add_done_callback(lambda _: self._look())
        return attachment

    def _not_there(self, error: Exception) -> TransportError:
        reached = isinstance(error, TimeoutError) or not isinstance(error, OSError)
        why = "Whoever listens at {} is no simulator" if reached else "No simulator listens at {}"
        return TransportError(
            f"{why.format(self._address)}; start one with eccentread sim --transport "
            "tcp-server:PORT (or unix-server:PATH), and name its PORT or PATH"
        )
