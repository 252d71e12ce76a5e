"""The treadmill's GATT server: Fitness Machine Service (FTMS 1.0) and Device Information Service.

The treadmill says what to send and when; this module gives it time, carries what is written to its control
point, and puts its emissions on the link in the order in which they fall due.
"""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

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

FITNESS_MACHINE = UUID.from_16_bits(0x1826)
DEVICE_INFORMATION = UUID.from_16_bits(0x180A)

INDICATED = "2ad9"
"""The control point answers by indication; every other characteristic notifies (FTMS 1.0 §4)."""

ADVERTISING_FLAGS = 0x06
"""LE General Discoverable, BR/EDR not supported (Core Specification Supplement, Part A §1.3)."""

TREADMILL_AVAILABLE = bytes.fromhex("010100")
"""Flags: fitness machine available; type: treadmill supported (FTMS 1.0 §3.1)."""

ADVERTISING_OCTETS = 31
"""What one legacy advertisement holds."""

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


class Emission(Protocol):
    """Something the treadmill says."""

    @property
    def characteristic(self) -> str:
        """Where: a 16-bit UUID in lower case."""
        ...

    @property
    def value(self) -> bytes | TreadmillRecord:
        """What: octets that go out as they are, or a record that is split to fit the link."""
        ...


class Personality(Protocol):
    """What the server needs to know of a machine's character."""

    @property
    def name(self) -> str:
        """The name it advertises."""
        ...


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


def advertising_data(name: str) -> bytes:
    """Flags, the service, its service data and the name, shortened where it does not fit into 31 octets."""
    structures: list[tuple[int, bytes]] = [
        (AdvertisingData.Type.FLAGS, bytes([ADVERTISING_FLAGS])),
        (AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, FITNESS_MACHINE.to_pdu_bytes()),
        (AdvertisingData.Type.SERVICE_DATA_16_BIT_UUID, FITNESS_MACHINE.to_pdu_bytes() + TREADMILL_AVAILABLE),
    ]
    room = ADVERTISING_OCTETS - len(bytes(AdvertisingData(structures))) - 2
    octets = name.encode()
    if len(octets) <= room:
        structures.append((AdvertisingData.Type.COMPLETE_LOCAL_NAME, octets))
    else:
        shortened = octets[:room].decode(errors="ignore").encode()
        structures.append((AdvertisingData.Type.SHORTENED_LOCAL_NAME, shortened))
    return bytes(AdvertisingData(structures))


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
        self._woken = asyncio.Event()
        self._indications: set[asyncio.Task[None]] = set()
        self._characteristics = self._fitness_machine_characteristics()
        device.add_service(Service(FITNESS_MACHINE, list(self._characteristics.values())))
        device.add_service(Service(DEVICE_INFORMATION, self._device_information_characteristics()))
        device.on(Device.EVENT_CONNECTION, self._on_connection)

    async def serve(self) -> None:
        """Be found while nobody is connected, give the treadmill its time, send what it says; for ever."""
        while True:
            if self._connection is None and not self._device.is_advertising:
                await self._advertise()
            self._woken.clear()
            due_s = self._treadmill.next_s
            try:
                async with asyncio.timeout_at(self._origin_s + due_s):
                    await self._woken.wait()
            except TimeoutError:
                # A timer may fire a rounding error early; the treadmill is due all the same.
                await self._send_due(max(due_s, self._now_s()))

    def wake(self) -> None:
        """The treadmill's `next_s` may have come nearer."""
        self._woken.set()

    async def _advertise(self) -> None:
        await self._device.start_advertising(
            advertising_data=advertising_data(self._treadmill.personality.name),
            advertising_interval_min=ADVERTISING_INTERVAL_MS,
            advertising_interval_max=ADVERTISING_INTERVAL_MS,
        )

    def _now_s(self) -> float:
        self._latest_s = max(self._latest_s, asyncio.get_running_loop().time() - self._origin_s)
        return self._latest_s

    def _fitness_machine_characteristics(self) -> dict[str, Characteristic[bytes]]:
        properties = Characteristic.Properties
        readable, unreadable = Attribute.Permissions.READABLE, Attribute.Permissions(0)
        treadmill = self._treadmill
        offered: dict[str, Characteristic[bytes]] = {
            "2acc": Characteristic("2ACC", properties.READ, readable, treadmill.feature),
            "2acd": Characteristic("2ACD", properties.NOTIFY, unreadable),
            "2ad3": Characteristic(
                "2AD3",
                properties.READ | properties.NOTIFY,
                readable,
                CharacteristicValue(read=lambda _: treadmill.training_status),
            ),
            INDICATED: Characteristic(
                "2AD9",
                properties.WRITE | properties.INDICATE,
                Attribute.Permissions.WRITEABLE,
                CharacteristicValue(write=self._on_control_point),
            ),
            "2ada": Characteristic("2ADA", properties.NOTIFY, unreadable),
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
        self._treadmill.connected(self._now_s())
        self.wake()

    def _on_disconnection(self, _reason: int) -> None:
        self._connection = None
        self._procedure_pending = False
        for indication in self._indications:
            indication.cancel()
        self._treadmill.disconnected(self._now_s())
        self.wake()

    async def _on_control_point(self, connection: Connection, data: bytes) -> None:
        subscription = self._device.gatt_server.read_cccd(connection, self._characteristics[INDICATED])
        if not subscription[0] & ClientCharacteristicConfigurationBits.INDICATION:
            raise ATT_Error(ErrorCode.CCCD_IMPROPERLY_CONFIGURED)
        if self._procedure_pending:
            raise ATT_Error(ErrorCode.PROCEDURE_ALREADY_IN_PROGRESS)
        self._procedure_pending = True
        now_s = self._now_s()
        self._treadmill.write_control_point(now_s, data)
        self.wake()
        if self._treadmill.next_s <= now_s:
            await self._send_due(now_s)  # ahead of the write's own response

    async def _send_due(self, t_s: float) -> None:
        self._latest_s = t_s
        for emission in self._treadmill.advance(t_s):
            await self._send(emission)

    async def _send(self, emission: Emission) -> None:
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

    def _indicate(self, sending: Coroutine[Any, Any, None]) -> None:
        """Send an indication at once, or once the one before it is confirmed; notifications do not wait."""

        async def indicate() -> None:
            with suppress(TimeoutError):  # never confirmed in 30 s: this link has no more use for indications
                await sending

        task = asyncio.Task(indicate(), loop=asyncio.get_running_loop(), eager_start=True)
        if not task.done():
            self._indications.add(task)
            task.add_done_callback(self._indications.discard)
