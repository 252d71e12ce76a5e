"""Somebody else's phone: on machines that take one central at a time, and on those that take more."""

import asyncio
import json

import pytest
from bleak import BleakClient, BleakScanner
from bleak.exc import BleakGATTProtocolError

from eccentread_sim import Simulator
from eccentread_sim.manners import Commands, Manner
from eccentread_sim.script import Happening, What

REQUEST_CONTROL, START, SPEED_2, STOP = b"\x00", b"\x07", b"\x02\xc8\x00", b"\x08\x01"
NOT_PERMITTED = 5
TWO_LINKS = """
description = "Takes two"
machine.name = "Two"
drive.archetype = "E"
gatt.links = 2
console.countdown_s = 0.0
"""


def now():
    return asyncio.get_running_loop().time()


@pytest.fixture
def toml(tmp_path):
    path = tmp_path / "two.toml"
    path.write_text(TWO_LINKS)
    return str(path)


@pytest.fixture
async def two(toml):
    """A machine that takes two centrals."""
    async with Simulator(toml, seed=1, origin_s=now()) as simulator:
        yield simulator


class Hand:
    """A client that writes, and what it was answered and told."""

    def __init__(self, client):
        self.client = client
        self.heard = {"2acd": [], "2ad9": []}

    @classmethod
    async def of(cls, simulator, backend):
        found = await BleakScanner.find_device_by_address(
            simulator.address, backend=simulator.scanner_backend
        )
        assert found
        hand = cls(BleakClient(found, backend=backend))
        await hand.client.connect()
        for which, heard in hand.heard.items():
            await hand.client.start_notify(which, lambda _, value, heard=heard: heard.append(bytes(value)))
        return hand

    async def write(self, *writes):
        """The results that they are answered with."""
        for data in writes:
            await self.client.write_gatt_char("2ad9", data, response=True)
            await asyncio.sleep(0.5)
        return [answer[2] for answer in self.heard["2ad9"][-len(writes) :]]


async def test_a_machine_that_takes_one_is_not_found_while_it_has_one():
    async with Simulator("default", seed=1, origin_s=now()) as simulator:
        other = await simulator.another_central()
        mine = await Hand.of(simulator, simulator.client_backend)
        assert await BleakScanner.discover(2.0, backend=simulator.scanner_backend) == []
        await mine.client.disconnect()
        theirs = BleakClient(simulator.address, backend=other)
        await theirs.connect()
        with pytest.raises(TimeoutError):
            await mine.client.connect(timeout=3.0)


async def test_both_are_told_each_gets_its_own_answers_and_control_passes_to_who_asks(two):
    mine = await Hand.of(two, two.client_backend)
    theirs = await Hand.of(two, await two.another_central())
    assert await mine.write(REQUEST_CONTROL, START) == [1, 1]
    assert theirs.heard["2ad9"] == []
    assert await theirs.write(SPEED_2) == [NOT_PERMITTED]
    assert await theirs.write(REQUEST_CONTROL, SPEED_2) == [1, 1]
    assert await mine.write(STOP) == [NOT_PERMITTED]
    assert len(mine.heard["2ad9"]) == 3
    await asyncio.sleep(10.0)
    assert two.look()[0] * 3.6 == pytest.approx(2.0, abs=0.05)
    assert mine.heard["2acd"][-3:] == theirs.heard["2acd"][-3:]


async def test_one_that_goes_takes_only_its_own_control_with_it(two):
    mine = await Hand.of(two, two.client_backend)
    theirs = await Hand.of(two, await two.another_central())
    await mine.write(REQUEST_CONTROL)
    await theirs.client.disconnect()
    assert await mine.write(START) == [1]
    again = await Hand.of(two, await two.another_central("C0:FF:EE:00:00:03"))
    await again.write(REQUEST_CONTROL)
    await again.client.disconnect()
    await asyncio.sleep(0.5)
    assert await mine.write(STOP) == [NOT_PERMITTED]
    assert await mine.write(REQUEST_CONTROL, STOP) == [1, 1]


async def test_truth_tells_them_apart(toml, tmp_path):
    truth = tmp_path / "truth.jsonl"
    async with Simulator(toml, seed=1, origin_s=now(), truth=truth) as two:
        mine = await Hand.of(two, two.client_backend)
        theirs = await Hand.of(two, await two.another_central())
        await mine.write(REQUEST_CONTROL)
        await theirs.write(REQUEST_CONTROL)
        await theirs.client.disconnect()
        await asyncio.sleep(0.5)
    lines = [json.loads(line) for line in truth.read_text().splitlines()]
    told = [(line["what"], line.get("up"), line["central"][-2:]) for line in lines if "central" in line]
    assert told == [
        ("link", True, "EE"),
        ("link", True, "02"),
        ("command", None, "EE"),
        ("command", None, "02"),
        ("link", False, "02"),
        ("link", False, "EE"),
    ]


async def test_truth_tells_of_writes_that_are_turned_down(toml, tmp_path):
    truth = tmp_path / "truth.jsonl"
    busy = Happening(What.COMMANDS, commands=Commands(start=Manner(extra_delay_s=2.0)))
    async with Simulator(toml, seed=1, origin_s=now(), truth=truth) as two:
        mine = await Hand.of(two, two.client_backend)
        await mine.write(REQUEST_CONTROL)
        two.happen(busy)
        await mine.write(START)
        with pytest.raises(BleakGATTProtocolError):
            await mine.write(STOP)
    lines = [json.loads(line) for line in truth.read_text().splitlines()]
    assert [(line["what"], line["data"]) for line in lines if "data" in line] == [
        ("command", "00"),
        ("command", "07"),
        ("refused", "0801"),
    ]
