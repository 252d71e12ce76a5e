"""The belt sensor's GATT server: Cycling Speed and Cadence, or the service of PROTOCOL.md."""

import asyncio

from bumble.att import Attribute
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device
from bumble.gatt import Characteristic, Service

from eccentread_sim.belt_sensor import REAR_WHEEL, BeltSensor, SensorKind
from eccentread_sim.treadmill import Treadmill

CSC = UUID.from_16_bits(0x1816)
BELT_SENSOR = UUID("d2c10001-9726-4119-af70-bdd94e2b8aa1")
SAMPLES = UUID("d2c10002-9726-4119-af70-bdd94e2b8aa1")
FACTS = UUID("d2c10003-9726-4119-af70-bdd94e2b8aa1")

ADVERTISING_INTERVAL_MS = 250
MAX_MTU = 247
ATT_HEADER_OCTETS = 3


class SensorServer:
    """Serves one belt sensor on one Bluetooth device, from now on.

    `origin_s` is the loop's time at the treadmill's 0.
    """

    def __init__(self, device: Device, sensor: BeltSensor, treadmill: Treadmill, origin_s: float) -> None:
        self._device = device
        self._sensor = sensor
        self._treadmill = treadmill
        self._origin_s = origin_s
        self._connection: Connection | None = None
        self._stopped = False
        self._woken = asyncio.Event()
        self._notified = self._add_service()
        treadmill.followed_by(sensor.step)
        device.gatt_server.max_mtu = MAX_MTU
        device.on(Device.EVENT_CONNECTION, self._on_connection)
        self._serving = asyncio.create_task(self._serve())

    async def stop(self) -> None:
        """Stop serving, between two commands to the device."""
        self._stopped = True
        self._woken.set()
        await self._serving

    async def _serve(self) -> None:
        """Be found while nobody is connected, and send what the sensor says, till it dies."""
        dies_s = self._sensor.sensor.dies_at_s or float("inf")
        while not self._stopped:
            self._woken.clear()
            if self._connection is None and not self._device.is_advertising:
                await self._advertise()
            due_s = min(self._sensor.next_s, dies_s)
            try:
                async with asyncio.timeout_at(self._origin_s + due_s):
                    await self._woken.wait()
            except TimeoutError:
                if due_s >= dies_s:
                    await self._die()
                    return
                await self._send_due(due_s)

    async def _send_due(self, t_s: float) -> None:
        self._treadmill.settle(t_s)
        octets = self._sensor.take(t_s)
        if self._connection is None:
            self._sensor.forget()
            return
        for notification in octets:
            await self._device.gatt_server.notify_subscriber(self._connection, self._notified, notification)

    async def _die(self) -> None:
        await self._device.stop_advertising()
        if self._connection is not None:
            await self._connection.disconnect()

    def _add_service(self) -> Characteristic[bytes]:
        properties, permissions = Characteristic.Properties, Attribute.Permissions
        if self._sensor.sensor.kind is SensorKind.CSC:
            service, notified, read = CSC, UUID.from_16_bits(0x2A5B), UUID.from_16_bits(0x2A5C)
        else:
            service, notified, read = BELT_SENSOR, SAMPLES, FACTS
        offered = [
            Characteristic(notified, properties.NOTIFY, permissions(0), b""),
            Characteristic(read, properties.READ, permissions.READABLE, self._sensor.facts),
        ]
        if service == CSC:
            location = UUID.from_16_bits(0x2A5D)
            offered.append(Characteristic(location, properties.READ, permissions.READABLE, REAR_WHEEL))
        self._device.add_service(Service(service, offered))
        return offered[0]

    async def _advertise(self) -> None:
        kinds = AdvertisingData.Type
        if self._sensor.sensor.kind is SensorKind.CSC:
            service = (kinds.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, CSC.to_pdu_bytes())
        else:
            service = (kinds.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS, BELT_SENSOR.to_pdu_bytes())
        name = self._sensor.sensor.name.encode()
        await self._device.start_advertising(
            advertising_data=bytes(AdvertisingData([(kinds.FLAGS, b"\x06"), service])),
            scan_response_data=bytes(AdvertisingData([(kinds.COMPLETE_LOCAL_NAME, name)])),
            advertising_interval_min=ADVERTISING_INTERVAL_MS,
            advertising_interval_max=ADVERTISING_INTERVAL_MS,
        )

    def _on_connection(self, connection: Connection) -> None:
        self._connection = connection
        connection.on(Connection.EVENT_DISCONNECTION, self._on_disconnection)
        connection.on(Connection.EVENT_CONNECTION_ATT_MTU_UPDATE, self._on_mtu)
        self._on_mtu()
        self._woken.set()

    def _on_mtu(self) -> None:
        if self._connection is not None:
            self._sensor.room = self._connection.att_mtu - ATT_HEADER_OCTETS

    def _on_disconnection(self, _reason: int) -> None:
        self._connection = None
        self._sensor.forget()
        self._woken.set()
