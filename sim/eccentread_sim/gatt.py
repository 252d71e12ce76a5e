"""The treadmill's GATT server: Fitness Machine Service (FTMS 1.0) and Device Information Service.

The treadmill says what to send and when; this module gives it time, carries what is written to its control
point, and puts its emissions on the link in the order in which they fall due.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from bumble.att import ATT_Error, Attribute, ErrorCode
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device
from bumble.gatt import (
    Characteristic,
    CharacteristicValue,
    ClientCharacteristicConfigurationBits,
    Service,
)

from eccentread_sim.records import TreadmillRecord, encode_treadmill_data
from eccentread_sim.treadmill import Deed

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence

    from eccentread_sim.personality import Personality
    from eccentread_sim.treadmill import Emission

FITNESS_MACHINE = UUID.from_16_bits(0x1826)
DEVICE_INFORMATION = UUID.from_16_bits(0x180A)

INDICATED = "2ad9"
"""The control point answers by indication; every other characteristic notifies (FTMS 1.0 §4)."""

ADVERTISING_FLAGS = 0x06
"""LE General Discoverable, BR/EDR not supported (Core Specification Supplement, Part A §1.3)."""

TREADMILL_AVAILABLE = bytes.fromhex("010100")
"""Flags: fitness machine available; type: treadmill supported (FTMS 1.0 §3.1)."""

NAME_OCTETS = 29
"""What a legacy scan response of 31 octets leaves to the name."""

ADVERTISING_INTERVAL_MS = 250

DEVICE_STRINGS = {
    "manufacturer": 0x2A29,
    "model": 0x2A24,
    "serial": 0x2A25,
    "firmware": 0x2A26,
    "hardware": 0x2A27,
    "software": 0x2A28,
}
"""Device Information strings by the name a treadmill knows them by (DIS 1.1 §3)."""


class Treadmill(Protocol):
    """A machine without a radio. Times are seconds since its own beginning and never run backward."""

    @property
    def personality(self) -> Personality:
        """Its character."""
        ...

    @property
    def next_s(self) -> float:
        """When it wants to be advanced next."""
        ...

    @property
    def feature(self) -> bytes:
        """Fitness Machine Feature (FTMS 1.0 §4.3)."""
        ...

    @property
    def speed_range(self) -> bytes | None:
        """Supported Speed Range (FTMS 1.0 §4.11), where it has one."""
        ...

    @property
    def training_status(self) -> bytes:
        """Training Status now (FTMS 1.0 §4.10)."""
        ...

    @property
    def device_information(self) -> Mapping[str, str]:
        """Device Information strings by the names of `DEVICE_STRINGS`."""
        ...

    def advance(self, t_s: float) -> Sequence[Emission]:
        """What it says up to `t_s`, in order."""
        ...

    def write_control_point(self, t_s: float, data: bytes) -> None:
        """Take a write. Its answer is an emission; one due at `t_s` goes out before the write's response."""
        ...

    def connected(self, t_s: float) -> None:
        """A central connected."""
        ...

    def disconnected(self, t_s: float) -> None:
        """The central is gone."""
        ...


ADVERTISING_DATA = bytes(
    AdvertisingData(
        [
            (AdvertisingData.Type.FLAGS, bytes([ADVERTISING_FLAGS])),
            (
                AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
                FITNESS_MACHINE.to_pdu_bytes(),
            ),
            (
                AdvertisingData.Type.SERVICE_DATA_16_BIT_UUID,
                FITNESS_MACHINE.to_pdu_bytes() + TREADMILL_AVAILABLE,
            ),
        ]
    )
)


def scan_response(name: str) -> bytes:
    """The name, shortened between characters where it does not fit into 31 octets."""
    octets = name.encode()
    fitting = octets[:NAME_OCTETS].decode(errors="ignore").encode()
    complete = len(fitting) == len(octets)
    kind = AdvertisingData.Type.COMPLETE_LOCAL_NAME if complete else AdvertisingData.Type.SHORTENED_LOCAL_NAME
    return bytes(AdvertisingData([(kind, fitting)]))


def _refuse(_: Connection) -> NoReturn:
    # The stack hands out an empty value whatever the permissions say.
    raise ATT_Error(ErrorCode.READ_NOT_PERMITTED)


class TreadmillServer:
    """Serves one treadmill on one Bluetooth device, to one central at a time.

    `origin_s` is the loop's time at the treadmill's time 0.
    """

    def __init__(self, device: Device, treadmill: Treadmill, origin_s: float) -> None:
        self._device = device
        self._treadmill = treadmill
        self._origin_s = origin_s
        self._latest_s = 0.0
        self._connection: Connection | None = None
        self._procedure_pending = False
        self._stopped = False
        self._woken = asyncio.Event()
        self._indications: set[asyncio.Task[None]] = set()
        self._characteristics = self._fitness_machine_characteristics()
        device.gatt_server.max_mtu = treadmill.personality.gatt.max_mtu
        device.add_service(Service(FITNESS_MACHINE, list(self._characteristics.values())))
        device.add_service(Service(DEVICE_INFORMATION, self._device_information_characteristics()))
        device.on(Device.EVENT_CONNECTION, self._on_connection)

    async def serve(self) -> None:
        """Be found while nobody is connected, give the treadmill its time, send what it says: till `stop`."""
        while not self._stopped:
            self._woken.clear()
            if self._connection is None and not self._device.is_advertising:
                await self._advertise()
            due_s = self._treadmill.next_s
            try:
                async with asyncio.timeout_at(self._origin_s + due_s):
                    await self._woken.wait()
            except TimeoutError:
                # A timer may fire a rounding error early; the treadmill is due all the same.
                await self._send_due(max(due_s, self.now_s))

    def stop(self) -> None:
        """Let `serve` return. Cancelling it instead may leave the device amid a command."""
        self._stopped = True
        self._woken.set()

    def wake(self) -> None:
        """The treadmill's `next_s` may have come nearer."""
        self._woken.set()

    async def _advertise(self) -> None:
        await self._device.start_advertising(
            advertising_data=ADVERTISING_DATA,
            scan_response_data=scan_response(self._treadmill.personality.name),
            advertising_interval_min=ADVERTISING_INTERVAL_MS,
            advertising_interval_max=ADVERTISING_INTERVAL_MS,
        )

    @property
    def now_s(self) -> float:
        """The treadmill's time."""
        self._latest_s = max(self._latest_s, asyncio.get_running_loop().time() - self._origin_s)
        return self._latest_s

    def _fitness_machine_characteristics(self) -> dict[str, Characteristic[bytes]]:
        properties, permissions = Characteristic.Properties, Attribute.Permissions
        readable, unreadable = permissions.READABLE, permissions(0)
        treadmill = self._treadmill
        offered: dict[str, Characteristic[bytes]] = {
            "2acc": Characteristic("2ACC", properties.READ, readable, treadmill.feature),
            "2acd": Characteristic("2ACD", properties.NOTIFY, unreadable, CharacteristicValue(read=_refuse)),
            "2ad3": Characteristic(
                "2AD3",
                properties.READ | properties.NOTIFY,
                readable,
                CharacteristicValue(read=lambda _: treadmill.training_status),
            ),
            INDICATED: Characteristic(
                "2AD9",
                properties.WRITE | properties.INDICATE,
                permissions.WRITEABLE,
                CharacteristicValue(read=_refuse, write=self._on_control_point),
            ),
            "2ada": Characteristic("2ADA", properties.NOTIFY, unreadable, CharacteristicValue(read=_refuse)),
        }
        if treadmill.speed_range is not None:
            offered["2ad4"] = Characteristic("2AD4", properties.READ, readable, treadmill.speed_range)
        return offered

    def _device_information_characteristics(self) -> list[Characteristic[bytes]]:
        return [
            Characteristic(
                UUID.from_16_bits(DEVICE_STRINGS[key]),
                Characteristic.Properties.READ,
                Attribute.Permissions.READABLE,
                text.encode(),
            )
            for key, text in self._treadmill.device_information.items()
        ]

    def _on_connection(self, connection: Connection) -> None:
        self._connection = connection
        connection.on(Connection.EVENT_DISCONNECTION, self._on_disconnection)
        self._treadmill.connected(self.now_s)
        self.wake()

    def _on_disconnection(self, _reason: int) -> None:
        self._connection = None
        self._procedure_pending = False
        for indication in self._indications:
            indication.cancel()
        self._treadmill.disconnected(self.now_s)
        self.wake()

    async def _on_control_point(self, connection: Connection, data: bytes) -> None:
        subscription = self._device.gatt_server.read_cccd(connection, self._characteristics[INDICATED])
        if not subscription[0] & ClientCharacteristicConfigurationBits.INDICATION:
            raise ATT_Error(ErrorCode.CCCD_IMPROPERLY_CONFIGURED)
        if self._procedure_pending:
            raise ATT_Error(ErrorCode.PROCEDURE_ALREADY_IN_PROGRESS)
        if not data:
            raise ATT_Error(ErrorCode.INVALID_ATTRIBUTE_LENGTH)
        self._procedure_pending = True
        now_s = self.now_s
        self._treadmill.write_control_point(now_s, data)
        self.wake()
        if self._treadmill.next_s <= now_s:
            await self._send_due(now_s)  # ahead of the write's own response

    async def _send_due(self, t_s: float) -> None:
        self._latest_s = t_s
        for emission in self._treadmill.advance(t_s):
            await self._send(emission)

    async def _send(self, emission: Emission) -> None:
        if isinstance(emission.value, Deed):
            await self._do(emission.value)
            return
        connection = self._connection
        characteristic = self._characteristics.get(emission.characteristic)
        if connection is None or characteristic is None:
            return
        server, value = self._device.gatt_server, emission.value
        records = isinstance(value, TreadmillRecord)
        octets = encode_treadmill_data(value, connection.att_mtu - 3) if records else [value]
        if emission.characteristic == INDICATED:
            self._procedure_pending = False
            self._indicate(server.indicate_subscriber(connection, characteristic, octets[0]))
            return
        for notification in octets:
            await server.notify_subscriber(connection, characteristic, notification)

    async def _do(self, deed: Deed) -> None:
        self._procedure_pending = False
        if deed is not Deed.LEAVE_UNANSWERED and self._connection is not None:
            await self._connection.disconnect()

    def _indicate(self, sending: Coroutine[Any, Any, None]) -> None:
        """Send an indication at once, or once the one before it is confirmed; notifications do not wait."""

        async def indicate() -> None:
            with suppress(TimeoutError):  # never confirmed in 30 s: this link has no more use for indications
                await sending

        task = asyncio.Task(indicate(), loop=asyncio.get_running_loop(), eager_start=True)
        if not task.done():
            self._indications.add(task)
            task.add_done_callback(self._indications.discard)
