"""What a machine's GATT table offers: its fitness machine service, its identity, values to read.

Machines leave out what the specification asks for and fail reads that it promises, so only what the program
cannot do without is demanded.
"""

import logging

from bleak import BleakClient
from bleak.backends.service import BleakGATTService
from bleak.uuids import normalize_uuid_16, normalize_uuid_str

from eccentread.errors import Cause, MachineError
from eccentread.events import Characteristic

_log = logging.getLogger(__name__)

FITNESS_MACHINE_SERVICE = normalize_uuid_16(0x1826)
DEVICE_INFORMATION_SERVICE = normalize_uuid_16(0x180A)

DEVICE_INFORMATION = {
    "manufacturer": "2a29",
    "model": "2a24",
    "serial": "2a25",
    "firmware": "2a26",
    "hardware": "2a27",
    "software": "2a28",
}
"""Strings of the Device Information Service (DIS 1.1 §3), by their names in `Connected.device`."""

_BASE = normalize_uuid_16(0)
_NEEDED = {
    Characteristic.TREADMILL_DATA: "it reports no treadmill data",
    Characteristic.CONTROL_POINT: "it has no control point, so that nothing could stop its belt",
}


def uuid16(uuid: str) -> str | None:
    """The four hex digits of a 16-bit UUID, lower case; `None` for a vendor's own."""
    short = uuid[4:8]
    return short if normalize_uuid_str(short) == uuid else None


def service_of(client: BleakClient, uuid: str) -> BleakGATTService | None:
    """The first service of that UUID; some machines list one twice."""
    return next((service for service in client.services if service.uuid == uuid), None)


def fitness_machine(client: BleakClient, name: str) -> BleakGATTService:
    """The fitness machine service of a treadmill that can be watched and stopped.

    Raises:
        MachineError: NOT_A_TREADMILL, when it is none of these.
    """
    service = service_of(client, FITNESS_MACHINE_SERVICE)
    if service is None:
        lack = "it offers no Fitness Machine Service"
    else:
        lack = next((why for uuid, why in _NEEDED.items() if service.get_characteristic(uuid) is None), None)
        if lack is None:
            return service
    raise MachineError(
        Cause.NOT_A_TREADMILL,
        f"{name} is no treadmill for this program: {lack}; choose another machine (eccentread scan).",
    )


async def read(client: BleakClient, service: BleakGATTService | None, uuid: str) -> bytes | None:
    """The value of a characteristic; `None` where there is none or it cannot be read."""
    characteristic = service.get_characteristic(uuid) if service else None
    if characteristic is None:
        return None
    try:
        return bytes(await client.read_gatt_char(characteristic))
    except Exception:  # noqa: BLE001 — radios refuse in more ways than bleak has names for
        _log.info("characteristic %s cannot be read", uuid, exc_info=True)
        return None


async def device_information(client: BleakClient) -> dict[str, str]:
    """What the machine says of itself; only what it offers."""
    service = service_of(client, DEVICE_INFORMATION_SERVICE)
    strings: dict[str, str] = {}
    for name, uuid in DEVICE_INFORMATION.items():
        value = await read(client, service, uuid)
        text = (value or b"").decode(errors="replace").strip("\0 \t\r\n")
        if text:
            strings[name] = text
    return strings
