"""The treadmill's GATT services: Fitness Machine (FTMS 1.0) and Device Information (DIS 1.1)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import NoReturn

from bumble.att import ATT_Error, Attribute, ErrorCode
from bumble.core import UUID
from bumble.device import Connection
from bumble.gatt import Characteristic, CharacteristicValue, Service

from eccentread_sim.contract import Treadmill
from eccentread_sim.offer import UUIDS, Answers, Gatt, Offered

FITNESS_MACHINE = UUID.from_16_bits(0x1826)
DEVICE_INFORMATION = UUID.from_16_bits(0x180A)
CONTROL_POINT = UUIDS[Offered.CONTROL_POINT]

_ANSWERS = {
    Answers.INDICATE: Characteristic.Properties.INDICATE,
    Answers.NOTIFY: Characteristic.Properties.NOTIFY,
    Answers.BOTH: Characteristic.Properties.INDICATE | Characteristic.Properties.NOTIFY,
}

DEVICE_STRINGS = {
    "manufacturer": 0x2A29,
    "model": 0x2A24,
    "serial": 0x2A25,
    "firmware": 0x2A26,
    "hardware": 0x2A27,
    "software": 0x2A28,
}
"""Device Information strings by the name a treadmill knows them by (DIS 1.1 §3)."""

type Write = Callable[[Connection, bytes], Awaitable[None]]


def _refuse(_: Connection) -> NoReturn:
    # The stack hands out an empty value whatever the permissions say.
    raise ATT_Error(ErrorCode.READ_NOT_PERMITTED)


def fitness_machine(machine: Treadmill, gatt: Gatt, on_write: Write) -> dict[str, Characteristic[bytes]]:
    """The characteristics that the service offers; `on_write` gets what is written to the control point."""
    properties, permissions = Characteristic.Properties, Attribute.Permissions

    def read(what: Offered, now: Callable[[], bytes]) -> CharacteristicValue[bytes]:
        return CharacteristicValue(read=lambda _: b"" if what in gatt.reads_empty else now())

    silent = CharacteristicValue[bytes](read=_refuse)
    values: dict[Offered, tuple[Characteristic.Properties, CharacteristicValue[bytes]]] = {
        Offered.FEATURE: (properties.READ, read(Offered.FEATURE, lambda: gatt.feature or machine.feature)),
        Offered.TREADMILL_DATA: (properties.NOTIFY, silent),
        Offered.TRAINING_STATUS: (
            properties.READ | properties.NOTIFY,
            read(Offered.TRAINING_STATUS, lambda: machine.training_status),
        ),
        Offered.CONTROL_POINT: (
            properties.WRITE | _ANSWERS[gatt.control_point],
            CharacteristicValue(read=_refuse, write=on_write),
        ),
        Offered.MACHINE_STATUS: (properties.NOTIFY, silent),
        Offered.SPEED_RANGE: (
            properties.READ,
            read(Offered.SPEED_RANGE, lambda: gatt.speed_range or machine.speed_range),
        ),
    }
    return {
        UUIDS[what]: Characteristic(
            UUIDS[what].upper(),
            allowed,
            (permissions.READABLE if allowed & properties.READ else permissions(0))
            | (permissions.WRITEABLE if allowed & properties.WRITE else permissions(0)),
            value,
        )
        for what, (allowed, value) in values.items()
        if what not in gatt.leaves_out
    }


def device_information(strings: Mapping[str, str]) -> Service:
    """The service that holds these of the `DEVICE_STRINGS`."""
    return Service(
        DEVICE_INFORMATION,
        [
            Characteristic(
                UUID.from_16_bits(DEVICE_STRINGS[key]),
                Characteristic.Properties.READ,
                Attribute.Permissions.READABLE,
                text.encode(),
            )
            for key, text in strings.items()
        ],
    )
