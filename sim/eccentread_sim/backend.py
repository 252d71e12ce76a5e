"""A bleak backend over the virtual radio: `BleakScanner` and `BleakClient` work as they do on a real one.

Where backends differ, this one does what bleak's BlueZ backend does: the disconnected callback comes once at
every end of a connection, whoever wanted it; an error of the other side's GATT server is a
`BleakGATTProtocolError`; a device that stops advertising between scan and connect is a `TimeoutError`.
"""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast, override

from bleak import BleakScanner
from bleak.assigned_numbers import gatt_char_props_to_strs
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakDeviceNotFoundError, BleakError, BleakGATTProtocolError
from bumble.att import ATT_Error
from bumble.core import UUID, AdvertisingData, BaseBumbleError
from bumble.device import Advertisement, Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bleak.args import SizedBuffer
    from bleak.backends.scanner import AdvertisementDataCallback
    from bumble.gatt_client import CharacteristicProxy
    from bumble.hci import Address

ATT_MTU_ASKED = 517
"""What BlueZ asks for, too; the server may want less."""


class Central(Protocol):
    """What a scanner and a client need of a radio."""

    async def listen(self, listener: Callable[[Advertisement], None]) -> None:
        """Call `listener` with each advertisement until `ignore`."""
        ...

    async def ignore(self, listener: Callable[[Advertisement], None]) -> None:
        """Stop calling `listener`."""
        ...

    async def connect(self, address: Address, timeout_s: float) -> Connection:
        """A connection to whoever advertises with `address`; a `TimeoutError` if nobody does."""
        ...

    async def opened(self, connection: Connection) -> None:
        """A client has connected, and knows what the other side offers."""
        ...


def scanner_backend(central: Central) -> type[BaseBleakScanner]:
    """A scanner type for `BleakScanner(backend=…)`, bound to `central`."""
    return type("VirtualScanner", (_Scanner,), {"central": central})


def client_backend(central: Central) -> type[BaseBleakClient]:
    """A client type for `BleakClient(…, backend=…)`, bound to `central`."""
    return type("VirtualClient", (_Client,), {"central": central, "scanner": scanner_backend(central)})


def _uuid(of: UUID) -> str:
    return str(uuid.UUID(bytes=of.to_bytes(force_128=True)[::-1]))


class _Scanner(BaseBleakScanner):
    central: ClassVar[Central]

    def __init__(
        self,
        detection_callback: AdvertisementDataCallback | None,
        service_uuids: list[str] | None,
        scanning_mode: str,
        **_platform: object,
    ) -> None:
        del scanning_mode  # the virtual treadmill's advertisement holds all it has to say
        super().__init__(detection_callback, service_uuids)

    @override
    async def start(self) -> None:
        self.seen_devices = {}
        await self.central.listen(self._on_advertisement)

    @override
    async def stop(self) -> None:
        await self.central.ignore(self._on_advertisement)

    def _on_advertisement(self, advertisement: Advertisement) -> None:
        data, kinds = advertisement.data, AdvertisingData.Type
        name = data.get(kinds.COMPLETE_LOCAL_NAME) or data.get(kinds.SHORTENED_LOCAL_NAME)
        lists = (
            kinds.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
            kinds.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
        )
        uuids = [each for one in lists for each in data.get(one) or []]
        service_data = data.get(kinds.SERVICE_DATA_16_BIT_UUID)
        seen = AdvertisementData(
            local_name=name,
            manufacturer_data={},
            service_data={_uuid(service_data[0]): service_data[1]} if service_data else {},
            service_uuids=[_uuid(each) for each in uuids],
            tx_power=None,
            rssi=advertisement.rssi,
            platform_data=(advertisement,),
        )
        if self.is_allowed_uuid(seen.service_uuids):
            address = advertisement.address.to_string(with_type_qualifier=False)
            device = self.create_or_update_device(address, address, name, advertisement.address, seen)
            self.call_detection_callbacks(device, seen)


class _Client(BaseBleakClient):
    central: ClassVar[Central]
    scanner: ClassVar[type[BaseBleakScanner]]

    def __init__(
        self,
        address_or_ble_device: BLEDevice | str,
        *,
        disconnected_callback: Callable[[], None] | None,
        timeout: float,
        services: set[str] | None = None,
        **_platform: object,
    ) -> None:
        super().__init__(address_or_ble_device, disconnected_callback=disconnected_callback, timeout=timeout)
        self._device = address_or_ble_device if isinstance(address_or_ble_device, BLEDevice) else None
        self._wanted = services
        self._connection: Connection | None = None
        self._gone = asyncio.Event()
        self._subscribers: dict[int, Callable[[bytes], None]] = {}

    @property
    @override
    def name(self) -> str:
        return (self._device and self._device.name) or self.address.replace(":", "-")

    @property
    @override
    def mtu_size(self) -> int:
        return self._link.att_mtu

    @property
    @override
    def is_connected(self) -> bool:
        return self._connection is not None

    @property
    def _link(self) -> Connection:
        if self._connection is None:
            raise BleakError("Not connected")
        return self._connection

    @override
    async def connect(self, pair: bool, **kwargs: Any) -> None:
        """Connect, agree on an ATT_MTU and discover what the other side offers.

        Raises:
            BleakDeviceNotFoundError: nobody advertises with the address given instead of a device.
            TimeoutError: the device no longer advertises.
            BleakError: already connected, or the link was lost on the way.
        """
        if self.is_connected:
            raise BleakError("Client is already connected")
        timeout_s: float = kwargs.get("timeout", self._timeout)
        self._device = self._device or await self._find(timeout_s)
        try:
            connection = await self.central.connect(cast("Address", self._device.details), timeout_s)
        except BaseBumbleError as error:
            raise BleakError(f"Connection failed: {error}") from error
        self._gone.clear()
        self._connection = connection
        connection.once(Connection.EVENT_DISCONNECTION, self._on_disconnection)
        try:
            await self._request(connection.gatt_client.request_mtu(ATT_MTU_ASKED))
            self.services = await self._request(self._discover(connection))
            await self._request(self.central.opened(connection))
        except BaseException:
            await self.disconnect()
            raise

    async def _find(self, timeout_s: float) -> BLEDevice:
        device = await BleakScanner.find_device_by_address(
            self.address, timeout=timeout_s, backend=self.scanner
        )
        if device is None:
            raise BleakDeviceNotFoundError(self.address, f"Device with address {self.address} was not found.")
        return device

    async def _discover(self, connection: Connection) -> BleakGATTServiceCollection:
        client, found = connection.gatt_client, BleakGATTServiceCollection()
        for service_proxy in await client.discover_services():
            service = BleakGATTService(service_proxy, service_proxy.handle, _uuid(service_proxy.uuid))
            if self._wanted and service.uuid not in self._wanted:
                continue
            found.add_service(service)
            for proxy in await client.discover_characteristics([], service_proxy):
                characteristic = BleakGATTCharacteristic(
                    proxy,
                    proxy.handle,
                    _uuid(proxy.uuid),
                    sorted(gatt_char_props_to_strs(proxy.properties)),
                    lambda: connection.att_mtu - 3,
                    service,
                )
                found.add_characteristic(characteristic)
                for descriptor in await client.discover_descriptors(proxy):
                    found.add_descriptor(
                        BleakGATTDescriptor(
                            descriptor, descriptor.handle, _uuid(descriptor.type), characteristic
                        )
                    )
        return found

    def _on_disconnection(self, _reason: int) -> None:
        self._connection = None
        self.services = None
        self._subscribers.clear()
        self._gone.set()
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    @override
    async def disconnect(self) -> None:
        if self._connection is not None:
            await self._connection.disconnect()

    @override
    async def pair(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError("The virtual radio does not pair; FTMS needs none.")

    @override
    async def unpair(self) -> None:
        raise NotImplementedError("The virtual radio does not pair; FTMS needs none.")

    async def _request[T](self, asking: Coroutine[Any, Any, T]) -> T:
        """The answer to a GATT request, or a `BleakError` as soon as the link is gone.

        Left alone, a request on a lost link is cancelled as if its caller were, or waits out its 30 s.
        """
        request, gone = asyncio.ensure_future(asking), asyncio.ensure_future(self._gone.wait())
        try:
            await asyncio.wait((request, gone), return_when=asyncio.FIRST_COMPLETED)
            if not request.done() or request.cancelled():
                raise BleakError("Disconnected before the answer came")
            return request.result()
        except ATT_Error as error:
            raise BleakGATTProtocolError(error.error_code) from error
        except BaseBumbleError as error:
            raise BleakError(f"Request failed: {error}") from error
        finally:
            request.cancel()
            gone.cancel()

    @override
    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, *, use_cached: bool = False, **kwargs: Any
    ) -> bytearray:
        return bytearray(await self._request(self._link.gatt_client.read_value(characteristic.handle)))

    @override
    async def read_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, *, use_cached: bool = False, **kwargs: Any
    ) -> bytearray:
        return bytearray(await self._request(self._link.gatt_client.read_value(descriptor.handle)))

    @override
    async def write_gatt_char(
        self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool
    ) -> None:
        writing = self._link.gatt_client.write_value(
            characteristic.handle, bytes(data), with_response=response
        )
        await self._request(writing)

    @override
    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: SizedBuffer) -> None:
        writing = self._link.gatt_client.write_value(descriptor.handle, bytes(data), with_response=True)
        await self._request(writing)

    @override
    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **kwargs: Any
    ) -> None:
        if characteristic.handle in self._subscribers:
            raise BleakError("Characteristic notifications already started")

        def deliver(value: bytes) -> None:
            try:
                callback(bytearray(value))
            except Exception as error:  # noqa: BLE001  # an indication is confirmed whatever its reader does
                context = {"message": "Exception in a notification callback", "exception": error}
                asyncio.get_running_loop().call_exception_handler(context)

        self._subscribers[characteristic.handle] = deliver
        proxy: CharacteristicProxy[bytes] = characteristic.obj
        await self._request(self._link.gatt_client.subscribe(proxy, deliver))

    @override
    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        deliver = self._subscribers.pop(characteristic.handle, None)
        await self._request(self._link.gatt_client.unsubscribe(characteristic.obj, deliver))
