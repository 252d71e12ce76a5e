"""The link to one treadmill: what it reports comes in as inputs, commands go out.

It observes first: connecting reads and subscribes, and never writes to the control point. What arrives is
handed on where it arrives, raw and stamped, before anything here looks at it. Nothing reconnects by itself.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.service import BleakGATTService
from bleak.exc import BleakDBusError

from eccentread.errors import Cause, MachineError
from eccentread.events import (
    Characteristic,
    Command,
    CommandAnswered,
    Connected,
    Input,
    LinkLost,
    Notified,
    Problem,
)
from eccentread.io import gatt
from eccentread.io.adapter import adapter_error, adapter_errors
from eccentread.io.control_point import ControlPoint

_log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 20.0
"""Connecting, reading and subscribing together; a machine that is awake takes 3–4 s."""

WELCOME_TIMEOUT_S = 5.0
"""How long each subscription may take that the program can do without."""

SUBSCRIBE_GAP_S = 0.2
"""Between subscriptions: some machines drop those that follow sooner."""

CANCEL_TIMEOUT_S = 2.0
"""How long the radio may take to give up connecting; then it is left to itself, for a belt may be waiting."""

DISCONNECT_TIMEOUT_S = 10.0
"""How long the radio may take to give a connection back."""

_BUS_ERROR = "org.freedesktop.DBus.Error."
"""What D-Bus itself answers, rather than BlueZ, once BlueZ or what it knew of a connection is gone."""

_NEEDED = (Characteristic.CONTROL_POINT, Characteristic.TREADMILL_DATA)
"""What must report before anything can be done; a belt that runs may be waiting for its *stop*."""
_WELCOME = (Characteristic.MACHINE_STATUS, Characteristic.TRAINING_STATUS)
"""What the program can do without."""


class Link:
    """A link to one machine; after a loss it may be connected again.

    `device` is what a scan found, or an address. `clock` stamps inputs, in seconds. `accept` is shown the
    Device Information of each connection and raises `MachineError` where that is not the machine meant: the
    connection is given back before anything is asked of it. `on_input` gets, for each connection,
    `Connected`, then what happens, and at most one `LinkLost`, after which the commands under way end. It
    runs in the event loop, must not block, and is never called from within `send`.
    """

    def __init__(
        self,
        device: BLEDevice | str,
        *,
        clock: Callable[[], float],
        on_input: Callable[[Input], None],
        accept: Callable[[Mapping[str, str]], object] | None = None,
        client_backend: type[BaseBleakClient] | None = None,
    ) -> None:
        self._device = device
        self._name = (device.name if isinstance(device, BLEDevice) else None) or _address(device)
        self._accept = accept
        self._clock = clock
        self._on_input = on_input
        self._client_backend = client_backend
        self._connection: _Connection | None = None

    async def connect(self, timeout_s: float = CONNECT_TIMEOUT_S) -> None:
        """Connect, read what the machine is, subscribe to what it reports, and emit `Connected`.

        What the program can do without is subscribed to after that.

        No link is left open when it fails.

        Raises:
            AdapterError: this computer's Bluetooth cannot be used.
            MachineError: no answer (MACHINE_UNREACHABLE), nothing that can be watched and stopped
                (NOT_A_TREADMILL), or what `accept` raises.
            RuntimeError: the link is connected already.
        """
        if self._connection is not None:
            if not self._connection.gone:
                raise RuntimeError("the link is connected already")
            await self._connection.release()
        with adapter_errors():
            connection = _Connection(
                self._device, self._name, self._clock, self._deliver, self._accept, self._client_backend
            )
        self._connection = connection
        opening = asyncio.create_task(connection.open(timeout_s))
        try:
            await asyncio.wait({opening}, timeout=timeout_s + CANCEL_TIMEOUT_S)
            if opening.done():
                opening.result()
                return
        except BaseException:
            await self._give_up(connection, opening)
            raise
        await self._give_up(connection, opening)
        raise connection.unreachable(TimeoutError(), timeout_s)

    def send(self, command: Command) -> None:
        """Begin or queue `command`; it ends in one `CommandAnswered`. *Stop* goes ahead of everything.

        Without a link it ends as link lost.
        """
        control = self._connection.control if self._connection else None
        if control is not None:
            control.send(command)
        else:
            answered = CommandAnswered(self._clock(), command.id, problem=Problem.LINK_LOST)
            asyncio.get_running_loop().call_soon(self._deliver, answered)

    async def close(self) -> None:
        """Give the link back; a *stop* on its way has a moment to be answered. No `LinkLost` follows."""
        if self._connection is not None:
            await self._connection.close()

    async def _give_up(self, connection: "_Connection", opening: asyncio.Task[None]) -> None:
        # BlueZ forgets what a scan found, at the latest when it starts anew; an address stays true.
        self._device = _address(self._device)
        if not opening.done():
            opening.cancel()
            await asyncio.wait({opening}, timeout=CANCEL_TIMEOUT_S)
        if not opening.done():
            _log.warning("connecting to %s does not end; it is left to itself", self._name)
            opening.add_done_callback(connection.abandoned)
        await connection.close()

    def _deliver(self, happened: Input) -> None:
        try:
            self._on_input(happened)
        except Exception:  # noqa: BLE001 — told here, since backends differ in what they make of it
            _log.exception("an input was lost: %r", happened)


class _Connection:
    """One connection from its first octet to its last: what arrives late reaches no other."""

    def __init__(
        self,
        device: BLEDevice | str,
        name: str,
        clock: Callable[[], float],
        deliver: Callable[[Input], None],
        accept: Callable[[Mapping[str, str]], object] | None,
        client_backend: type[BaseBleakClient] | None,
    ) -> None:
        self._name = name
        self._clock = clock
        self._deliver = deliver
        self._accept = accept
        self._client = BleakClient(
            device,
            lambda _: self._ended(f"{name} ended the connection or went out of reach"),
            timeout=CONNECT_TIMEOUT_S,
            backend=client_backend,
        )
        self._opening: asyncio.Timeout | None = None
        self._gap_s = 0.0
        self._welcoming: asyncio.Task[None] | None = None
        self._early: list[tuple[str, bytes]] = []  # what arrives before `Connected` is said
        self._releasing: asyncio.Task[None] | None = None
        self.control: ControlPoint | None = None  # once the link is up
        self.gone = False
        self._hung_up = False

    async def open(self, timeout_s: float) -> None:
        try:
            async with asyncio.timeout(timeout_s) as self._opening:
                await self._client.connect()
                service = gatt.fitness_machine(self._client, self._name)
                feature = await gatt.read(self._client, service, Characteristic.FEATURE)
                speed_range = await gatt.read(self._client, service, Characteristic.SPEED_RANGE)
                training_status = await gatt.read(self._client, service, Characteristic.TRAINING_STATUS)
                device = await gatt.device_information(self._client)
                if self._accept is not None:
                    self._accept(device)
                for uuid in _NEEDED:
                    await self._subscribe(service, uuid)
        except MachineError:
            raise
        except Exception as error:
            raise self.unreachable(error, timeout_s) from error
        finally:
            self._opening = None
        if self.gone:
            self._hung_up = True
            raise self.unreachable(None, timeout_s)
        self.control = ControlPoint(self._writer(service), clock=self._clock, on_answered=self._deliver)
        self._deliver(
            Connected(
                self._clock(),
                self._name,
                self._client.address,
                feature=feature,
                speed_range=speed_range,
                training_status=training_status,
                characteristics=tuple(u for c in service.characteristics if (u := gatt.uuid16(c.uuid))),
                device=device,
            )
        )
        for uuid, data in self._early:
            self._notified(uuid, data)
        self._welcoming = asyncio.create_task(self._subscribe_to_the_rest(service))

    async def close(self) -> None:
        """Give the connection back; nothing is told of its end."""
        if self.control is not None:
            await self.control.close()
        self.gone = True
        self._give_up_opening()
        await self.release()

    def abandoned(self, opening: asyncio.Task[None]) -> None:
        """The opening that was left to itself has ended after all; nothing of it is wanted any more."""
        if not opening.cancelled():
            opening.exception()
        self._releasing = asyncio.create_task(self._disconnect())

    async def release(self) -> None:
        """Disconnect, a dead connection too: on BlueZ its subscriptions live on otherwise."""
        if self._releasing is None:
            self._releasing = asyncio.create_task(self._disconnect())
        await asyncio.shield(self._releasing)

    async def _disconnect(self) -> None:
        if self._welcoming is not None:
            self._welcoming.cancel()
        try:
            async with asyncio.timeout(DISCONNECT_TIMEOUT_S):
                await self._client.disconnect()
        except Exception:  # noqa: BLE001 — nothing more can be done about it
            _log.warning("the connection to %s did not end well", self._name, exc_info=True)

    def _ended(self, why: str) -> None:
        if self.gone:
            return
        self.gone = True
        if self.control is None:
            # What follows from giving up on a machine that does not answer is not its doing.
            self._hung_up = self._opening is None or not self._opening.expired()
            self._give_up_opening()
            return
        self.control.abandon()
        self._deliver(LinkLost(self._clock(), why))
        self._releasing = asyncio.create_task(self._disconnect())

    def _give_up_opening(self) -> None:
        if self._opening is not None and not self._opening.expired():
            self._opening.reschedule(asyncio.get_running_loop().time())

    async def _subscribe(self, service: BleakGATTService, uuid: str) -> None:
        characteristic = service.get_characteristic(uuid)
        if characteristic is not None:
            await asyncio.sleep(self._gap_s)
            self._gap_s = SUBSCRIBE_GAP_S
            await self._client.start_notify(characteristic, self._received)

    async def _subscribe_to_the_rest(self, service: BleakGATTService) -> None:
        for uuid in _WELCOME:
            try:
                async with asyncio.timeout(WELCOME_TIMEOUT_S):
                    await self._subscribe(service, uuid)
            except Exception:  # noqa: BLE001 — the link is up, and its end would be told
                _log.info("%s does not report %s", self._name, uuid, exc_info=True)

    def _received(self, characteristic: BleakGATTCharacteristic, data: bytearray) -> None:
        uuid = gatt.uuid16(characteristic.uuid)
        if self.gone or uuid is None:
            return
        if self.control is None:
            self._early.append((uuid, bytes(data)))
        else:
            self._notified(uuid, bytes(data))

    def _notified(self, uuid: str, data: bytes) -> None:
        self._deliver(Notified(self._clock(), uuid, data))
        if self.control is not None and uuid == Characteristic.CONTROL_POINT:
            self.control.indicated(data)

    def _writer(self, service: BleakGATTService) -> Callable[[bytes], Awaitable[None]]:
        characteristic = service.get_characteristic(Characteristic.CONTROL_POINT)
        assert characteristic is not None  # a fitness machine without one is refused
        confirmed = "write" in characteristic.properties

        async def write(data: bytes) -> None:
            try:
                await self._client.write_gatt_char(characteristic, data, response=confirmed)
            except BleakDBusError as error:
                if error.dbus_error.startswith(_BUS_ERROR):
                    # bleak tells nobody: to it, a connection lasts until BlueZ says that it is over.
                    self._ended("this computer's Bluetooth service has lost it")
                raise

        return write

    def unreachable(self, error: Exception | None, timeout_s: float) -> MachineError:
        """Why no connection came about, in words."""
        if self._hung_up:
            why = "it ended the connection while that was made"
        elif isinstance(error, TimeoutError):
            why = f"no answer within {timeout_s:g} s"
        elif error is not None and (refused := adapter_error(error)):
            return refused
        else:
            why = f"{type(error).__name__}: {error}"
        return MachineError(
            Cause.MACHINE_UNREACHABLE,
            f"{self._name} cannot be reached ({why}); switch it off and on, come closer, "
            "and close other apps that may hold it.",
        )


def _address(device: BLEDevice | str) -> str:
    return device.address if isinstance(device, BLEDevice) else device
