"""A treadmill for other programs: on a Bluetooth controller of its own, or on virtual ones that it serves.

Its athlete offers her ears on the same link, beside what the machine offers: who does not use them drives an
empty belt.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from types import TracebackType
from typing import NamedTuple, NoReturn, Self

from bumble.core import BaseBumbleError
from bumble.device import Connection, Device
from bumble.hci import Address
from bumble.host import Host
from bumble.transport import open_transport

from eccentread_sim import truth as true
from eccentread_sim.ears import Ears
from eccentread_sim.hosts import attach_kernel, serve_hosts
from eccentread_sim.radio import Radio
from eccentread_sim.simulated import Served, Simulated
from eccentread_sim.transports import TransportError, Where, unusable
from eccentread_sim.truth import Truth

READY_S = 10.0
"""How long a controller may take to be opened and reset; some load their firmware first."""
GOODBYE_S = 3.0
"""How long the controller is waited for at the end: to fall silent, to close the link."""


class _Station(NamedTuple):
    """Where a treadmill is on the air."""

    device: Device
    where: Where
    gone: asyncio.Future[None]
    """Done when its controller is lost."""
    lose_link: Callable[[float], None] | None = None
    """How the air loses the link after so many silent seconds, where it is a virtual one."""


class OnAir(Simulated):
    """A simulated treadmill in real time, found and connected to while its context is entered.

    `transport` names a Bluetooth controller as bumble does, or a place where other processes are served
    virtual ones: `tcp-server:[HOST:]PORT`, `unix-server:PATH`, `vhci[:PATH]`. `tell` hears what really
    happens, as in `eccentread_sim.truth`; what it raises ends `lost`.

    Raises:
        PersonalityError: there is no such personality, or it is not valid.
    """

    def __init__(self, personality: str, *, transport: str, seed: int, tell: Truth) -> None:
        super().__init__(personality, seed)
        self._transport = transport
        self._tell = tell
        self._station: _Station | None = None
        self._origin_s = 0.0
        self._off = AsyncExitStack()

    @property
    def where(self) -> Where:
        """Where it is, while switched on; with the port that was chosen where 0 was asked for."""
        return self._here.where

    async def __aenter__(self) -> Self:
        """Switch it on; its time 0 is now, and it advertises from now on.

        Raises:
            TransportError: the controller cannot be opened, or does not answer.
        """
        async with AsyncExitStack() as stack:
            loop = asyncio.get_running_loop()
            self._failed: asyncio.Future[None] = loop.create_future()
            self._origin_s = loop.time()
            try:
                async with asyncio.timeout(READY_S):
                    station = await self._take_station(stack)
            except Exception as error:  # each transport raises what the library below it raises
                raise unusable(self._transport, error) from error
            self._origin_s = loop.time()
            station.device.on(Device.EVENT_CONNECTION, self._on_connection)
            self._served = Served(
                self,
                station.device,
                truth=self._tell,
                origin_s=self._origin_s,
                lose_link=station.lose_link,
            )
            Ears(station.device, self)
            self._station = station
            stack.push_async_callback(_switch_off, station, self._served)
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

    def hear(self, cue: str, number: int | None = None) -> None:
        """Let the athlete hear a cue (a value of the program's `CueKind`) now."""
        self._announce(true.heard(self._now_s, cue, number))
        super().hear(cue, number)

    def ask(self, question: str, kind: str, answered: Callable[[int], None]) -> None:
        """Ask the athlete something; `answered` is called when she has made up her mind."""

        def answer(value: int) -> None:
            self._announce(true.asked(self._now_s, question, value))
            answered(value)

        super().ask(question, kind, answer)

    async def lost(self) -> NoReturn:
        """Wait until the controller is lost.

        Raises:
            TransportError: it is.
            RuntimeError: the treadmill is not switched on.
        """
        waiting = (self._here.gone, self._on.serving, self._failed)
        ended, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        # Some transports tell of their end; others fail where the treadmill next speaks.
        failures = [failure for each in ended if not each.cancelled() and (failure := each.exception())]
        for failure in failures:
            if not isinstance(failure, BaseBumbleError | OSError):
                raise failure
        raise TransportError(
            f"{self._transport} was lost while in use; see that it is still there, and start again"
        ) from next(iter(failures), None)

    async def _take_station(self, stack: AsyncExitStack) -> _Station:
        """A device that is ready to serve; `stack` closes what was opened."""
        kind = self._transport.partition(":")[0]
        if kind not in ("tcp-server", "unix-server", "vhci"):
            return await self._take_controller(stack)
        radio = Radio()
        device = radio.device(self.address, self.name)
        await radio.power_on()
        if kind == "vhci":
            where, gone = Where(self._transport), await attach_kernel(self._transport, radio.air, stack)
        else:
            where = await serve_hosts(self._transport, radio.air, self._on_host, stack)
            gone = asyncio.get_running_loop().create_future()
        return _Station(
            device, where, gone, lambda silent_s: radio.drop_link(self.address, silent_s=silent_s)
        )

    async def _take_controller(self, stack: AsyncExitStack) -> _Station:
        transport = await open_transport(self._transport)
        stack.push_async_callback(transport.close)
        address = Address(self.address, Address.RANDOM_DEVICE_ADDRESS)
        device = Device(self.name, address, host=Host(transport.source, transport.sink))
        await device.power_on()
        return _Station(device, Where(self._transport), transport.source.terminated)

    def _on_host(self, who: str, present: bool) -> None:
        self._announce(true.host(self._now_s, who, up=present))

    def _on_connection(self, connection: Connection) -> None:
        address = connection.peer_address.to_string(with_type_qualifier=False)
        self._announce(true.central(self._now_s, address))

    def _announce(self, happened: dict[str, object]) -> None:
        """Tell from where no exception may pass; `lost` raises it."""
        try:
            self._tell(happened)
        except Exception as error:  # noqa: BLE001 — whatever it is, it belongs to whoever waits in `lost`
            if not self._failed.done():
                self._failed.set_exception(error)

    @property
    def _now_s(self) -> float:
        return asyncio.get_running_loop().time() - self._origin_s

    @property
    def _here(self) -> _Station:
        if self._station is None:
            raise RuntimeError("The treadmill is switched off; enter its context first.")
        return self._station


async def _switch_off(station: _Station, served: Served) -> None:
    """End in good order, as far as the controller still takes part."""
    served.server.stop()
    if not station.gone.done():
        with suppress(TimeoutError, BaseBumbleError, OSError):
            async with asyncio.timeout(GOODBYE_S):
                await asyncio.wait({served.serving})
                await station.device.stop_advertising()
                for connection in list(station.device.connections.values()):
                    await connection.disconnect()
                await station.device.power_off()
    served.serving.cancel()
    await asyncio.wait({served.serving})
