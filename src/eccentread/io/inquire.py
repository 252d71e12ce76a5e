"""What a machine says of itself, read without asking for anything: nothing here can move a belt."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from bleak import BleakClient
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice

from eccentread.errors import Cause, MachineError
from eccentread.events import Characteristic
from eccentread.io import gatt
from eccentread.io.adapter import adapter_error, adapter_errors

INQUIRE_TIMEOUT_S = 20.0
"""Connecting and a few reads; a machine that is awake takes 2–3 s."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a machine said."""

    device: Mapping[str, str]
    """Its Device Information, as in `Connected.device`."""
    speed_range: bytes | None
    """Supported Speed Range, `None` where it offers none."""


async def inquire(
    device: BLEDevice | str,
    timeout_s: float = INQUIRE_TIMEOUT_S,
    *,
    client_backend: type[BaseBleakClient] | None = None,
) -> Told:
    """Connect, read the speed range and the Device Information, and let go again; nothing is written.

    Raises:
        AdapterError: this computer's Bluetooth cannot be used.
        MachineError: no answer (MACHINE_UNREACHABLE).
    """
    with adapter_errors():
        client = BleakClient(device, timeout=timeout_s, backend=client_backend)
    name = (device.name if isinstance(device, BLEDevice) else None) or client.address
    try:
        async with asyncio.timeout(timeout_s), client:
            service = gatt.service_of(client, gatt.FITNESS_MACHINE_SERVICE)
            speed_range = await gatt.read(client, service, Characteristic.SPEED_RANGE)
            return Told(await gatt.device_information(client), speed_range)
    except Exception as error:
        raise adapter_error(error) or MachineError(
            Cause.MACHINE_UNREACHABLE,
            f"{name} did not let itself be asked ({str(error) or type(error).__name__}); another app may be "
            "connected to it.",
        ) from error
