"""What machines say of themselves before anybody connects."""

from itertools import product

import pytest

from eccentread_sim.advertising import LEGACY_OCTETS, advertisement, scan_response
from eccentread_sim.offer import Advertised, Machine, MachineType, ServiceData


@pytest.mark.parametrize(
    ("odd", "octets"),
    [
        ({}, "020106 0303 2618 0616 2618 01 0100"),
        ({"service_data": ServiceData.NONE}, "020106 0303 2618"),
        # As read from a TR1200.
        ({"service_data": ServiceData.SWAPPED}, "020106 0303 2618 0616 2618 01 0001"),
        ({"machine_type": MachineType.INDOOR_BIKE}, "020106 0303 2618 0616 2618 01 2000"),
        ({"machine_type": MachineType.ROWER}, "020106 0303 2618 0616 2618 01 1000"),
        # As a Horizon Omega Z lists them.
        (
            {
                "advertises": (Advertised.CYCLING_SPEED, Advertised.FITNESS_MACHINE),
                "service_data": ServiceData.NONE,
            },
            "020106 0503 1618 2618",
        ),
        ({"advertises": (), "service_data": ServiceData.NONE}, "020106"),
        ({"services_on_request": True}, "020106 0616 2618 01 0100"),
    ],
)
def test_an_advertisement_says_what_the_machine_says(odd, octets):
    assert advertisement(Machine("T1", **odd)).hex() == octets.replace(" ", "")


@pytest.mark.parametrize(
    ("odd", "octets"),
    [
        ({}, "0309 5431"),
        ({"advertises_name": False}, ""),
        ({"services_on_request": True}, "0303 2618 0309 5431"),
        ({"services_on_request": True, "advertises_name": False}, "0303 2618"),
    ],
)
def test_a_scan_response_says_the_name_and_at_times_the_services(odd, octets):
    assert scan_response(Machine("T1", **odd)).hex() == octets.replace(" ", "")


@pytest.mark.parametrize("name", ["T", "n" * 40, "ß" * 20])
@pytest.mark.parametrize(("on_request", "data"), list(product((True, False), ServiceData)))
def test_whatever_is_combined_fits_into_31_octets(name, on_request, data):
    everything = Machine(
        name, advertises=tuple(Advertised), services_on_request=on_request, service_data=data
    )
    assert len(advertisement(everything)) <= LEGACY_OCTETS
    response = scan_response(everything)
    assert len(response) <= LEGACY_OCTETS
    response.split(b"\x08" if name != "T" else b"\x09")[-1].decode()
