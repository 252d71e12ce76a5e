"""The link to a belt sensor: what it sends comes in as inputs, raw and stamped where it arrives.

A sensor moves nothing, so a lost one is sought and connected again for as long as it takes. The treadmill
goes first: connecting happens only while the treadmill's link is up, and is broken off when that is lost.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from bleak import BleakClient, BleakScanner
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.uuids import normalize_uuid_16

from eccentread.errors import Cause, MachineError
from eccentread.events import (
    Connected,
    Input,
    LinkLost,
    Output,
    SensorConnected,
    SensorKind,
    SensorLost,
    SensorNotified,
)
from eccentread.io import gatt
from eccentread.io.adapter import adapter_errors
from eccentread.sensors import FACTS, SAMPLES, SERVICE

_log = logging.getLogger(__name__)

SCAN_S = 8.0
"""Sensors advertise once a second or so, some only while they move."""
CONNECT_TIMEOUT_S = 15.0
DISCONNECT_TIMEOUT_S = 10.0
RETRY_S = 2.0
"""Between attempts to get a sensor back."""

CSC_SERVICE = normalize_uuid_16(0x1816)
_CSC_MEASUREMENT, _CSC_FEATURE, _SENSOR_LOCATION = "2a5b", "2a5c", "2a5d"


@dataclass(frozen=True, slots=True)
class FoundSensor:
    """A belt sensor as it advertises itself."""

    name: str
    """Its address where it advertises none."""
    counts_revolutions: bool
    """Whether it advertises Cycling Speed and Cadence: somebody has to know how much belt a revolution is."""
    device: BLEDevice


async def find_sensor(
    wanted: str, timeout_s: float = SCAN_S, *, scanner_backend: type[BaseBleakScanner] | None = None
) -> FoundSensor:
    """The device of that address or name, in any case of letters, as soon as it is heard.

    Raises:
        AdapterError: this computer's Bluetooth cannot be used.
        MachineError: it was not heard (SENSOR_NOT_FOUND).
    """
    found: list[FoundSensor] = []
    enough = asyncio.Event()
    folded = wanted.casefold()

    def heard(device: BLEDevice, advertisement: AdvertisementData) -> None:
        name = advertisement.local_name or device.name or device.address
        if folded in (device.address.casefold(), name.casefold()):
            found.append(FoundSensor(name, CSC_SERVICE in advertisement.service_uuids, device))
            enough.set()

    with adapter_errors():
        async with BleakScanner(heard, backend=scanner_backend):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(enough.wait(), timeout_s)
    if not found:
        raise MachineError(
            Cause.SENSOR_NOT_FOUND,
            f"No belt sensor called {wanted} was heard; wake it by moving the belt by hand, close other apps "
            "that may be connected to it, or leave out --sensor.",
        )
    return found[0]


class BeltSensor:
    """Keeps a belt sensor connected while its context is entered and `heed` says that it may.

    `length_m` is the belt's travel per revolution, for sensors that count revolutions. `on_input` gets, for
    each connection, `SensorConnected`, its notifications and one `SensorLost`; beside these, a `SensorLost`
    tells why there is no connection, once for each reason. It runs in the event loop and must not block.
    """

    def __init__(
        self,
        found: FoundSensor,
        *,
        length_m: float | None,
        clock: Callable[[], float],
        on_input: Callable[[Input], None],
        client_backend: type[BaseBleakClient] | None = None,
    ) -> None:
        self._found = found
        self._length_m = length_m
        self._clock = clock
        self._on_input = on_input
        self._client_backend = client_backend
        self._may_connect = asyncio.Event()
        self._opening: asyncio.Timeout | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._told: str | None = None

    async def __aenter__(self) -> Self:
        """Begin to keep the sensor connected."""
        self._keeping = asyncio.create_task(self._keep())
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let go of the sensor; nothing is told of it any more."""
        assert self._keeping is not None  # the context was entered
        self._keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._keeping

    def heed(self, event: Input | Output) -> None:
        """Let the treadmill's link go first."""
        match event:
            case Connected():
                self._may_connect.set()
            case LinkLost():
                self._may_connect.clear()
                if self._opening is not None and not self._opening.expired():
                    self._opening.reschedule(asyncio.get_running_loop().time())
            case _:
                pass

    async def _keep(self) -> None:
        while True:
            await self._may_connect.wait()
            if not await self._connection():
                await asyncio.sleep(RETRY_S)

    async def _connection(self) -> bool:
        """One connection from its beginning to its end; whether there was one."""
        connection = _Connection(self._found, self._clock, self._on_input, self._client_backend)
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S) as self._opening:
                await connection.open(self._length_m)
            self._opening = self._told = None
            await connection.gone.wait()
            why = f"{self._found.name} ended the connection or went out of reach"
            self._on_input(SensorLost(self._clock(), why))
        except Exception as error:  # noqa: BLE001 — whatever it is, the session goes on without
            self._opening = None
            self._tell_why(error)
            return False
        else:
            return True
        finally:
            await connection.close()

    def _tell_why(self, error: Exception) -> None:
        match error:
            case MachineError():
                why = error.sentence
            case TimeoutError() if not self._may_connect.is_set():
                return  # the treadmill goes first
            case TimeoutError():
                why = f"{self._found.name} does not answer"
            case _:
                why = f"{self._found.name} cannot be reached ({type(error).__name__}: {error})"
        if why != self._told:
            self._told = why
            self._on_input(SensorLost(self._clock(), why))


class _Connection:
    """One connection: what arrives late reaches no other."""

    def __init__(
        self,
        found: FoundSensor,
        clock: Callable[[], float],
        on_input: Callable[[Input], None],
        client_backend: type[BaseBleakClient] | None,
    ) -> None:
        self._found = found
        self._clock = clock
        self._on_input = on_input
        self._early: list[bytes] | None = []  # what arrives before `SensorConnected` is said
        self.gone = asyncio.Event()
        self._client = BleakClient(
            found.device, lambda _: self.gone.set(), timeout=CONNECT_TIMEOUT_S, backend=client_backend
        )

    async def open(self, length_m: float | None) -> None:
        client, name = self._client, self._found.name
        await client.connect()
        kind, service = SensorKind.HIGH_RATE, gatt.service_of(client, SERVICE)
        reports, facts = SAMPLES, FACTS
        if service is None:
            kind, service = SensorKind.CSC, gatt.service_of(client, CSC_SERVICE)
            reports, facts = _CSC_MEASUREMENT, _CSC_FEATURE
        characteristic = service.get_characteristic(reports) if service else None
        if characteristic is None:
            raise MachineError(
                Cause.NOT_A_SENSOR,
                f"{name} offers neither wheel revolutions nor the service of a belt sensor; name another",
            )
        read = await gatt.read(client, service, facts)
        where = await gatt.read(client, service, _SENSOR_LOCATION)
        device = await gatt.device_information(client)
        await client.start_notify(characteristic, self._received)
        self._on_input(
            SensorConnected(
                self._clock(), name, client.address, kind, read, where, length_m=length_m, device=device
            )
        )
        early, self._early = self._early or [], None
        for data in early:
            self._on_input(SensorNotified(self._clock(), data))

    def _received(self, _: BleakGATTCharacteristic, data: bytearray) -> None:
        if self.gone.is_set():
            return
        if self._early is not None:
            self._early.append(bytes(data))
        else:
            self._on_input(SensorNotified(self._clock(), bytes(data)))

    async def close(self) -> None:
        self.gone.set()
        try:
            async with asyncio.timeout(DISCONNECT_TIMEOUT_S):
                await self._client.disconnect()
        except Exception:  # noqa: BLE001 — nothing more can be done about it
            _log.warning("the connection to %s did not end well", self._found.name, exc_info=True)
