"""The belt sensor's link: behind the treadmill's, sought for as long as it takes, told in sentences."""

import asyncio

import pytest
from bleak.exc import BleakError

from eccentread.errors import Cause, MachineError
from eccentread.events import (
    Connected,
    LinkLost,
    SensorConnected,
    SensorKind,
    SensorLost,
    SensorNotified,
    TimePassed,
)
from eccentread.io.belt_sensor import RETRY_S, BeltSensor, FoundSensor, find_sensor

CSC = {"1816": {"2a5b": ["notify"], "2a5c": ["read"], "2a5d": ["read"]}, "180a": {"2a29": ["read"]}}
REVOLUTION = bytes.fromhex("01010000000000")
UP = Connected(0.0, "Belt", "AA")
DOWN = LinkLost(0.0, "out of reach")


class Kept:
    """A sensor kept connected, and what came of it."""

    def __init__(self, machine, length_m=0.16):
        self.machine = machine
        machine.table = CSC
        machine.values |= {"2a5c": b"\x01\x00", "2a5d": b"\x0c"}
        self.told = []
        loop = asyncio.get_running_loop()
        self.sensor = BeltSensor(
            FoundSensor("Wheel", counts_revolutions=True, device=machine.device),
            length_m=length_m,
            clock=loop.time,
            on_input=self.told.append,
            client_backend=machine.backend,
        )

    @property
    def kinds(self):
        return [type(one) for one in self.told]


@pytest.fixture
async def kept(machine):
    kept = Kept(machine)
    async with kept.sensor:
        yield kept


async def test_nothing_is_connected_before_the_treadmill_is(kept):
    kept.sensor.heed(TimePassed(1.0))
    await asyncio.sleep(60.0)
    assert kept.machine.steps == kept.told == []


async def test_it_is_read_told_and_followed(kept):
    kept.sensor.heed(UP)
    await asyncio.sleep(1.0)
    kept.machine.notify("2a5b", REVOLUTION)
    [connected, notified] = kept.told
    assert connected == SensorConnected(
        connected.t_s,
        "Wheel",
        kept.machine.device.address,
        SensorKind.CSC,
        facts=b"\x01\x00",
        location=b"\x0c",
        length_m=0.16,
        device={"manufacturer": "Maker"},
    )
    assert notified == SensorNotified(notified.t_s, REVOLUTION)
    assert kept.machine.writes == []


async def test_what_arrives_while_it_is_being_connected_comes_after_the_connection_is_told(kept):
    kept.machine.step = lambda client, step: (
        client.callbacks["2a5b"](bytearray(REVOLUTION)) if step == "subscribe 2a5b" else None
    )
    kept.sensor.heed(UP)
    await asyncio.sleep(1.0)
    assert kept.kinds == [SensorConnected, SensorNotified]


async def test_a_lost_sensor_is_told_once_and_sought_until_it_is_back(kept):
    kept.sensor.heed(UP)
    await asyncio.sleep(1.0)
    refuse = BleakError("not there")

    def step(client, step):
        if step == "connect":
            raise refuse

    kept.machine.step = step
    kept.machine.clients[-1].drop()
    await asyncio.sleep(30.0)
    assert kept.kinds == [SensorConnected, SensorLost, SensorLost]  # that it went, and why it is not back
    assert "not there" in kept.told[-1].why
    kept.machine.step = lambda client, step: None
    await asyncio.sleep(RETRY_S + 1.0)
    assert kept.kinds[3:] == [SensorConnected]


async def test_an_old_connection_delivers_nothing_more(kept):
    kept.sensor.heed(UP)
    await asyncio.sleep(1.0)
    late = kept.machine.clients[-1].callbacks["2a5b"]
    kept.machine.clients[-1].drop()
    await asyncio.sleep(1.0)
    before = len(kept.told)
    late(bytearray(REVOLUTION))
    assert len(kept.told) == before


async def test_connecting_is_broken_off_at_once_when_the_treadmill_needs_the_radio(kept):
    async def hang():
        await asyncio.sleep(1000.0)

    kept.machine.step = lambda client, step: hang() if step == "connect" else None
    kept.sensor.heed(UP)
    await asyncio.sleep(1.0)
    kept.sensor.heed(DOWN)
    await asyncio.sleep(0.1)
    assert kept.machine.clients[-1].disconnects == 1, "the radio is free again"
    attempts = len(kept.machine.clients)
    await asyncio.sleep(30.0)
    assert len(kept.machine.clients) == attempts
    assert kept.told == []
    kept.machine.step = lambda client, step: None
    kept.sensor.heed(UP)
    await asyncio.sleep(RETRY_S + 1.0)
    assert kept.kinds == [SensorConnected]


async def test_a_sensor_that_is_connected_stays_so_when_the_treadmill_is_lost(kept):
    kept.sensor.heed(UP)
    await asyncio.sleep(1.0)
    kept.sensor.heed(DOWN)
    await asyncio.sleep(10.0)
    assert kept.kinds == [SensorConnected]


async def test_one_that_never_answers_or_is_no_sensor_is_told_once(kept):
    kept.machine.table = {"180f": {"2a19": ["read"]}}
    kept.sensor.heed(UP)
    await asyncio.sleep(60.0)
    [lost] = kept.told
    assert "neither wheel revolutions" in lost.why


async def test_silence_while_connecting_is_told_in_a_sentence(kept):
    async def hang():
        await asyncio.sleep(1000.0)

    kept.machine.step = lambda client, step: hang() if step == "connect" else None
    kept.sensor.heed(UP)
    await asyncio.sleep(40.0)
    [lost] = kept.told
    assert lost.why == "Wheel does not answer"


async def test_leaving_gives_the_connection_back_and_tells_nothing(machine):
    kept = Kept(machine)
    async with kept.sensor:
        kept.sensor.heed(UP)
        await asyncio.sleep(1.0)
    assert machine.clients[-1].disconnects == 1
    assert kept.kinds == [SensorConnected]


@pytest.mark.parametrize("wanted", ["wheel", "C0:FF:EE:00:00:09", "c0:ff:ee:00:00:09"])
async def test_a_sensor_is_found_by_its_name_or_address(air, wanted):
    air.advertise("C0:FF:EE:00:00:01", "Belt")
    air.advertise("C0:FF:EE:00:00:09", "Wheel", services=("1816",), data=None)
    found = await find_sensor(wanted, scanner_backend=air.scanner)
    assert (found.name, found.counts_revolutions) == ("Wheel", True)
    assert air.scanning == 0


async def test_a_sensor_that_is_not_heard_is_told_with_the_way_out(air):
    with pytest.raises(MachineError) as raised:
        await find_sensor("Wheel", scanner_backend=air.scanner)
    assert raised.value.cause is Cause.SENSOR_NOT_FOUND
    assert "--sensor" in raised.value.sentence
