"""Finding machines by what they advertise, in virtual time."""

import asyncio
from typing import Any

import pytest
from bleak.backends.device import BLEDevice
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakError

from eccentread.errors import AdapterError, Cause, MachineError
from eccentread.io.scan import NAME_SETTLE_S, SCAN_S, FoundMachine, choose, find, find_again, scan

A, B, C = "AA:00:00:00:00:01", "BB:00:00:00:00:02", "CC:00:00:00:00:03"


def now() -> float:
    return asyncio.get_running_loop().time()


# --- Scanning -----------------------------------------------------------------------------------------------


async def test_fitness_machines_are_listed_by_strength(air: Any) -> None:
    air.advertise(A, "far", rssi=-90)
    air.advertise(B, "near", rssi=-40)
    air.advertise(C, "headphones", rssi=-30, services=("110b",), data=None)
    found = await scan(scanner_backend=air.scanner)
    assert [(m.name, m.address, m.rssi_dbm) for m in found] == [("near", B, -40), ("far", A, -90)]
    assert now() == pytest.approx(SCAN_S)
    assert air.scanning == 0


@pytest.mark.parametrize(
    ("services", "data", "is_treadmill"),
    [
        (("1826",), "010100", True),
        (("1826",), "010001", True),  # octets of the type swapped
        (("1826",), "0101", True),  # one octet of type
        (("1826",), None, None),
        (("1816", "1826"), None, None),
        (("1826",), "000100", None),  # "not available"
        (("1826",), "01", None),
        (("1826",), "", None),
        (("1826",), "01010000", None),
        (("1826",), "01ffff", None),
        (("1826",), "012000", False),  # a bike
        (("1826",), "011000", False),  # a rower
        ((), "010100", True),
    ],
)
async def test_the_type_is_a_hint(
    air: Any, services: tuple[str, ...], data: str | None, is_treadmill: bool | None
) -> None:
    air.advertise(A, services=services, data=data)
    [found] = await scan(scanner_backend=air.scanner)
    assert found.is_treadmill is is_treadmill


async def test_a_machine_without_a_name_goes_by_its_address(air: Any) -> None:
    air.advertise(A)
    [found] = await scan(scanner_backend=air.scanner)
    assert found.name == A


async def test_what_one_advertisement_leaves_out_another_told(air: Any) -> None:
    air.advertise(A, "Belt", rssi=-50)
    air.advertise(A, None, t_s=0.5, rssi=-70, services=(), data=None)
    [found] = await scan(scanner_backend=air.scanner)
    assert (found.name, found.is_treadmill, found.rssi_dbm) == ("Belt", True, -70)


async def test_a_machine_that_this_computer_still_holds_is_found(air: Any) -> None:
    air.held = [BLEDevice(B, "Held", None)]
    air.advertise(A, "Belt", rssi=20)
    found = await scan(scanner_backend=air.scanner, adapter_backend=air.adapter)
    assert [(m.name, m.rssi_dbm) for m in found] == [("Held", None), ("Belt", 20)]


async def test_a_system_that_cannot_tell_what_it_holds_still_scans(air: Any) -> None:
    air.held = NotImplementedError()
    air.advertise(A, "Belt")
    assert len(await scan(scanner_backend=air.scanner, adapter_backend=air.adapter)) == 1


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (
            BleakBluetoothNotAvailableError("", BleakBluetoothNotAvailableReason.POWERED_OFF),
            Cause.BLUETOOTH_OFF,
        ),
        (BleakError("?"), Cause.BLUETOOTH_FAILED),
    ],
)
async def test_an_unusable_adapter_is_an_error(air: Any, error: Exception, cause: Cause) -> None:
    air.error = error
    with pytest.raises(AdapterError) as raised:
        await scan(scanner_backend=air.scanner)
    assert raised.value.cause is cause


async def test_a_cancelled_scan_stops_scanning(air: Any) -> None:
    scanning = asyncio.create_task(scan(scanner_backend=air.scanner))
    await asyncio.sleep(1)
    scanning.cancel()
    with pytest.raises(asyncio.CancelledError):
        await scanning
    assert air.scanning == 0


# --- Finding one --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "takes_s"),
    [(A, 0.5), (A.lower(), 0.5), ("Belt", 0.5 + NAME_SETTLE_S), ("bel", SCAN_S), (None, SCAN_S)],
)
async def test_finding_takes_as_long_as_it_must(air: Any, wanted: str | None, takes_s: float) -> None:
    air.advertise(A, "Belt", t_s=0.5)
    air.advertise(A, "Belt", t_s=0.9)
    found = await find(wanted, scanner_backend=air.scanner)
    assert found.address == A
    assert now() == pytest.approx(takes_s)


async def test_a_held_machine_is_found_at_once(air: Any) -> None:
    air.held = [BLEDevice(A, "Belt", None)]
    found = await find(A, scanner_backend=air.scanner, adapter_backend=air.adapter)
    assert found.device is air.held[0]
    assert now() == pytest.approx(0)


async def test_two_machines_of_one_name_are_not_mistaken(air: Any) -> None:
    air.advertise(A, "Belt", t_s=0.1)
    air.advertise(B, "Belt", t_s=1.2)
    with pytest.raises(MachineError, match=f"{A}.*{B}") as raised:
        await find("Belt", scanner_backend=air.scanner)
    assert raised.value.cause is Cause.MACHINE_AMBIGUOUS


async def test_a_machine_without_a_name_or_type_is_found_and_taken_by_its_address(air: Any) -> None:
    air.advertise(A, services=("1816", "1826"), data=None)
    [listed] = await scan(scanner_backend=air.scanner)
    assert not listed.named
    assert (await find(A, scanner_backend=air.scanner)).address == A
    assert (await find(scanner_backend=air.scanner)).address == A


# --- The machine of last time -------------------------------------------------------------------------------


async def test_the_machine_of_last_time_is_taken_as_soon_as_it_is_heard(air: Any) -> None:
    air.advertise(B, "Belt", t_s=0.2)  # a twin, heard first
    air.advertise(A, "Belt", t_s=0.5)
    found = await find_again(A.lower(), "Belt", scanner_backend=air.scanner)
    assert found.address == A
    assert now() == pytest.approx(0.5)


async def test_a_twin_is_never_taken_for_the_machine_of_last_time(air: Any) -> None:
    air.advertise(B, "Belt")
    air.advertise(C, None)
    with pytest.raises(MachineError) as raised:
        await find_again(A, "Belt", scanner_backend=air.scanner)
    assert raised.value.cause is Cause.MACHINE_ABSENT
    sentence = raised.value.sentence
    assert sentence.startswith(
        f"Your treadmill Belt ({A}) was not heard, though others were: Belt ({B}), one without a name ({C})."
    )
    assert "Another app may be connected to it" in sentence
    assert "--machine ADDRESS" in sentence


async def test_nothing_around_at_all_is_said_of_the_machine_of_last_time(air: Any) -> None:
    air.advertise(C, "headphones", services=("110b",), data=None)
    with pytest.raises(MachineError, match=f"Your treadmill {A} was not found") as raised:
        await find_again(A, "", scanner_backend=air.scanner)
    assert raised.value.cause is Cause.MACHINE_NOT_FOUND


async def test_the_machine_of_last_time_is_found_where_this_computer_holds_it(air: Any) -> None:
    air.held = [BLEDevice(A, "Belt", None)]
    found = await find_again(A, "Belt", scanner_backend=air.scanner, adapter_backend=air.adapter)
    assert found.held
    assert now() == pytest.approx(0)


async def test_nothing_around_is_not_found(air: Any) -> None:
    with pytest.raises(MachineError, match="No treadmill") as raised:
        await find(scanner_backend=air.scanner)
    assert raised.value.cause is Cause.MACHINE_NOT_FOUND


def machine(address: str, name: str, *, fitness: bool = True, treadmill: bool | None = True) -> FoundMachine:
    return FoundMachine(address, name, -60, fitness, treadmill, BLEDevice(address, name, None))


BELT, BELT_2, BELLA = machine(A, "Belt"), machine(B, "Belt 2"), machine(C, "Bella")
BIKE = machine(C, "Bike", treadmill=False)
SHY = machine(B, B, treadmill=None)
PHONE = machine(C, "Belinda's phone", fitness=False, treadmill=None)


@pytest.mark.parametrize(
    ("wanted", "seen", "chosen"),
    [
        (None, [BELT], BELT),
        (None, [BELT, BIKE], BELT),
        (None, [BELT, PHONE], BELT),
        (None, [SHY, BIKE], SHY),
        (None, [BIKE], Cause.MACHINE_NOT_FOUND),
        (None, [PHONE], Cause.MACHINE_NOT_FOUND),
        (None, [BELT, BELT_2], Cause.MACHINE_AMBIGUOUS),
        (None, [BELT, SHY], Cause.MACHINE_AMBIGUOUS),  # it may be a treadmill, too
        (A, [BELT, BELT_2], BELT),
        (C.lower(), [BELT, BIKE], BIKE),  # asked for by address, it is tried; the link knows better
        ("Belt", [BELT, BELT_2], BELT),
        ("belt", [BELT, BELT_2], BELT),
        ("belt 2", [BELT, BELT_2], BELT_2),
        ("bel", [BELT, BIKE], BELT),
        ("BELT ", [BELT, BELT_2], BELT_2),
        ("bel", [BELT, PHONE], BELT),
        ("bel", [BELT, BELLA], Cause.MACHINE_AMBIGUOUS),
        ("Belinda's phone", [BELT, PHONE], PHONE),
        ("elt", [BELT], Cause.MACHINE_NOT_FOUND),
        ("Runner", [BELT], Cause.MACHINE_NOT_FOUND),
    ],
)
def test_what_is_wanted_means_one_machine_or_an_error(
    wanted: str | None, seen: list[FoundMachine], chosen: FoundMachine | Cause
) -> None:
    if isinstance(chosen, FoundMachine):
        assert choose(wanted, seen) is chosen
        return
    with pytest.raises(MachineError) as raised:
        choose(wanted, seen)
    assert raised.value.cause is chosen
    if chosen is Cause.MACHINE_AMBIGUOUS:
        assert all(m.name in raised.value.sentence for m in seen)
