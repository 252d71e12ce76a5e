"""What a machine says of itself before anybody connects: advertisement and scan response, 31 octets each."""

from bumble.core import UUID, AdvertisingData

from eccentread_sim.offer import Advertised, Machine, MachineType, ServiceData

LEGACY_OCTETS = 31
"""What a legacy advertisement or scan response holds (Core Specification Vol 6, Part B §2.3)."""

GENERALLY_DISCOVERABLE = 0x06
"""LE General Discoverable, BR/EDR not supported (Core Specification Supplement, Part A §1.3)."""

MACHINE_AVAILABLE = 0x01
"""Flags of the service data: the fitness machine is available (FTMS 1.0 §3.1.1)."""

UUIDS = {
    Advertised.FITNESS_MACHINE: 0x1826,
    Advertised.RUNNING_SPEED: 0x1814,
    Advertised.CYCLING_SPEED: 0x1816,
    Advertised.HEART_RATE: 0x180D,
    Advertised.FFF0: 0xFFF0,
}

_Structure = tuple[AdvertisingData.Type, bytes]


def advertisement(machine: Machine) -> bytes:
    """Flags, the services, and what kind of fitness machine it is, as far as it says so."""
    said: list[_Structure] = [(AdvertisingData.Type.FLAGS, bytes([GENERALLY_DISCOVERABLE]))]
    if not machine.services_on_request:
        said += _services(machine)
    if machine.service_data is not ServiceData.NONE:
        swapped = machine.service_data is ServiceData.SWAPPED
        kind = (1 << list(MachineType).index(machine.machine_type)).to_bytes(
            2, "big" if swapped else "little"
        )
        uuid = UUID.from_16_bits(UUIDS[Advertised.FITNESS_MACHINE]).to_pdu_bytes()
        data = uuid + bytes([MACHINE_AVAILABLE]) + kind
        said.append((AdvertisingData.Type.SERVICE_DATA_16_BIT_UUID, data))
    return _octets(said)


def scan_response(machine: Machine) -> bytes:
    """The name, shortened between characters where it does not fit, and the services where they are here."""
    services = _services(machine) if machine.services_on_request else []
    if not machine.advertises_name:
        return _octets(services)
    octets = machine.name.encode()
    room = LEGACY_OCTETS - len(_octets(services)) - 2
    fitting = octets[:room].decode(errors="ignore").encode()
    complete = len(fitting) == len(octets)
    kind = AdvertisingData.Type.COMPLETE_LOCAL_NAME if complete else AdvertisingData.Type.SHORTENED_LOCAL_NAME
    return _octets([*services, (kind, fitting)])


def _services(machine: Machine) -> list[_Structure]:
    uuids = b"".join(
        UUID.from_16_bits(UUIDS[each]).to_pdu_bytes() for each in dict.fromkeys(machine.advertises)
    )
    return [(AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, uuids)] if uuids else []


def _octets(said: list[_Structure]) -> bytes:
    return bytes(AdvertisingData(said))
