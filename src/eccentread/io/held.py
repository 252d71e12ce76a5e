"""Fitness machines that this computer holds a link to, whoever asked for it.

BlueZ keeps the links of a program that was killed, and a machine that is held does not advertise.
"""

from bleak import BleakAdapter
from bleak.backends.adapter import BaseBleakAdapter
from bleak.backends.device import BLEDevice

from eccentread.io.adapter import adapter_errors
from eccentread.io.gatt import FITNESS_MACHINE_SERVICE


async def held(backend: type[BaseBleakAdapter] | None = None) -> list[BLEDevice]:
    """Those machines; none where the platform does not tell.

    Raises:
        AdapterError: this computer's Bluetooth cannot be used.
    """
    with adapter_errors():
        try:
            adapter = await BleakAdapter.get(backend=backend)
            return list(await adapter.get_connected_devices([FITNESS_MACHINE_SERVICE]))
        except NotImplementedError:
            return []
