"""A machine and its radio for the edge's tests: hand-written bleak backends that do what a test says."""

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar

import looptime
import pytest
from bleak.backends.adapter import BaseBleakAdapter
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError
from bleak.uuids import normalize_uuid_str


def pytest_asyncio_loop_factories(
    config: Any, item: Any
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"virtual": looptime.new_event_loop}


ADDRESS = "C0:FF:EE:00:00:01"

TREADMILL = {
    "1826": {
        "2acc": ["read"],
        "2acd": ["notify"],
        "2ad3": ["read", "notify"],
        "2ad4": ["read"],
        "2ad9": ["write", "indicate"],
        "2ada": ["notify"],
    },
    "180a": {"2a29": ["read"], "2a24": ["read"], "2a26": ["read"]},
}

VALUES = {
    "2acc": bytes.fromhex("0854000003000000"),
    "2ad3": bytes.fromhex("0001"),
    "2ad4": bytes.fromhex("500058020a00"),
    "2a29": b"Maker\0",
    "2a24": b" T-1 ",
    "2a26": b"",
}


class FakeMachine:
    """A treadmill as its GATT server shows it. `step` runs at every await that a client makes."""

    def __init__(self) -> None:
        self.table = {service: dict(characteristics) for service, characteristics in TREADMILL.items()}
        self.values: dict[str, bytes | Exception] = dict(VALUES)
        self.refused: dict[str, Exception] = {}
        self.steps: list[str] = []
        self.writes: list[bytes] = []
        self.confirmed: list[bool] = []
        self.clients: list[FakeClient] = []
        self.step: Callable[[FakeClient, str], Any] = lambda client, step: None
        self.device = BLEDevice(ADDRESS, "Belt", None)

    @property
    def backend(self) -> type["FakeClient"]:
        return type("Backend", (FakeClient,), {"machine": self})

    def notify(self, uuid: str, data: bytes) -> None:
        """Report to every client that has not given its subscription back, alive or not, as BlueZ does."""
        for client in self.clients:
            if uuid in client.callbacks:
                client.callbacks[uuid](bytearray(data))

    def answer(self, op: int, result: int = 1) -> None:
        self.notify("2ad9", bytes([0x80, op, result]))


class FakeClient(BaseBleakClient):
    machine: ClassVar[FakeMachine]

    def __init__(self, address_or_ble_device: BLEDevice | str, **kwargs: Any) -> None:
        super().__init__(address_or_ble_device, **kwargs)
        self.device = address_or_ble_device
        self.callbacks: dict[str, Callable[[bytearray], None]] = {}
        self.connected = False
        self.disconnects = 0
        self.machine.clients.append(self)

    async def _step(self, step: str) -> None:
        self.machine.steps.append(step)
        await asyncio.sleep(0.01)
        done = self.machine.step(self, step)
        if asyncio.iscoroutine(done):
            await done

    def drop(self) -> None:
        """The peripheral ends the connection."""
        if self.connected:
            self.connected = False
            if self._disconnected_callback is not None:
                self._disconnected_callback()

    @property
    def name(self) -> str:
        raise BleakError("Not connected")

    @property
    def mtu_size(self) -> int:
        return 23

    @property
    def is_connected(self) -> bool:
        return self.connected

    async def connect(self, pair: bool, **kwargs: Any) -> None:
        self.connected = True
        await self._step("connect")
        self.services = BleakGATTServiceCollection()
        handle = 0
        for service_uuid, characteristics in self.machine.table.items():
            handle += 1
            service = BleakGATTService(None, handle, normalize_uuid_str(service_uuid))
            self.services.add_service(service)
            for uuid, properties in characteristics.items():
                handle += 1
                self.services.add_characteristic(
                    BleakGATTCharacteristic(
                        None, handle, normalize_uuid_str(uuid), properties, lambda: 20, service
                    )
                )

    async def disconnect(self) -> None:
        await self._step("disconnect")
        self.disconnects += 1
        self.callbacks.clear()
        self.drop()

    async def pair(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError

    async def unpair(self) -> None:
        raise NotImplementedError

    async def read_gatt_char(self, characteristic: BleakGATTCharacteristic, **kwargs: Any) -> bytearray:
        uuid = characteristic.uuid[4:8]
        await self._step(f"read {uuid}")
        value = self.machine.values.get(uuid, b"")
        if isinstance(value, Exception):
            raise value
        return bytearray(value)

    async def read_gatt_descriptor(self, descriptor: Any, **kwargs: Any) -> bytearray:
        raise NotImplementedError

    async def write_gatt_descriptor(self, descriptor: Any, data: Any) -> None:
        raise NotImplementedError

    async def write_gatt_char(
        self, characteristic: BleakGATTCharacteristic, data: bytes, response: bool
    ) -> None:
        if not self.connected:
            raise BleakError("Not connected")
        self.machine.writes.append(bytes(data))
        self.machine.confirmed.append(response)
        await self._step(f"write {bytes(data).hex()}")

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: Callable[[bytearray], None], **kwargs: Any
    ) -> None:
        uuid = characteristic.uuid[4:8]
        if uuid in self.machine.refused:
            raise self.machine.refused[uuid]
        self.callbacks[uuid] = callback
        await self._step(f"subscribe {uuid}")

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        raise NotImplementedError


class FakeAir:
    """What a scan hears: `(t_s, device, advertisement)`, or why it cannot be made."""

    def __init__(self) -> None:
        self.heard: list[tuple[float, BLEDevice, AdvertisementData]] = []
        self.error: Exception | None = None
        self.held: list[BLEDevice] | Exception = []
        self.scanning = 0

    @property
    def scanner(self) -> type["FakeScanner"]:
        return type("Scanner", (FakeScanner,), {"air": self})

    @property
    def adapter(self) -> type["FakeAdapter"]:
        return type("Adapter", (FakeAdapter,), {"air": self})

    def advertise(
        self,
        address: str,
        name: str | None = None,
        *,
        t_s: float = 0.1,
        rssi: int = -60,
        services: tuple[str, ...] = ("1826",),
        data: str | None = "010100",
    ) -> None:
        """`data`: the service data of 0x1826, hexadecimal (FTMS 1.0 §3.1)."""
        advertisement = AdvertisementData(
            local_name=name,
            manufacturer_data={},
            service_data={} if data is None else {normalize_uuid_str("1826"): bytes.fromhex(data)},
            service_uuids=[normalize_uuid_str(uuid) for uuid in services],
            tx_power=None,
            rssi=rssi,
            platform_data=(),
        )
        self.heard.append((t_s, BLEDevice(address, None, None), advertisement))


class FakeScanner(BaseBleakScanner):
    air: ClassVar[FakeAir]

    def __init__(self, detection_callback: Any, service_uuids: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(detection_callback, service_uuids)

    async def start(self) -> None:
        await asyncio.sleep(0)
        if self.air.error:
            raise self.air.error
        self.air.scanning += 1
        loop = asyncio.get_running_loop()
        for t_s, device, advertisement in self.air.heard:
            loop.call_later(t_s, self.call_detection_callbacks, device, advertisement)

    async def stop(self) -> None:
        self._ad_callbacks.clear()
        self.air.scanning -= 1


class FakeAdapter(BaseBleakAdapter):
    air: ClassVar[FakeAir]

    @classmethod
    async def get(cls, **kwargs: Any) -> "FakeAdapter":
        return cls()

    async def get_connected_devices(self, service_uuids: frozenset[str]) -> list[BLEDevice]:
        if isinstance(self.air.held, Exception):
            raise self.air.held
        return self.air.held


@pytest.fixture
def machine() -> FakeMachine:
    return FakeMachine()


@pytest.fixture
def air() -> FakeAir:
    return FakeAir()
