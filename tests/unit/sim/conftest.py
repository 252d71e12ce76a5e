"""Virtual time for the simulator's tests, and a treadmill that says what the test tells it to."""

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace

import pytest
from bleak import BleakClient, BleakScanner
from bumble.device import Device

from eccentread_sim import OnAir
from eccentread_sim.clock import VirtualTimeLoop
from eccentread_sim.gatt import TreadmillServer
from eccentread_sim.offer import Gatt, Machine
from eccentread_sim.radio import Radio
from eccentread_sim.treadmill import Emission

ADDRESS = "E8:CC:E2:7A:EA:D0"


def pytest_asyncio_loop_factories(config, item):
    return {"virtual": partial(VirtualTimeLoop, None)}


@dataclass
class ScriptedTreadmill:
    """Says its script; answers every write with success `answer_after_s` later, or never."""

    script: list[Emission] = field(default_factory=list)
    answer_after_s: float | None = 0.05
    written: list[tuple[float, bytes]] = field(default_factory=list)
    links: list[tuple[float, str]] = field(default_factory=list)
    on_connected: Callable[[], None] = lambda: None
    seed: int = 1
    gatt: Gatt = field(default_factory=Gatt)
    machine: Machine = field(default_factory=lambda: Machine("Scripted"))
    feature = bytes.fromhex("0d00000001000000")
    speed_range = bytes.fromhex("5000b0040a00")
    training_status = bytes.fromhex("0001")
    device_information = {"manufacturer": "Nobody", "model": "T1"}  # noqa: RUF012

    @property
    def personality(self):
        return SimpleNamespace(machine=self.machine, gatt=self.gatt)

    def say(self, t_s, characteristic, value):
        self.script.append(Emission(t_s, characteristic, value))
        self.script.sort(key=lambda said: said.t_s)

    @property
    def next_s(self):
        return self.script[0].t_s if self.script else 1e6

    def advance(self, t_s):
        due = [said for said in self.script if said.t_s <= t_s]
        del self.script[: len(due)]
        return due

    def write_control_point(self, t_s, data, central=""):
        self.written.append((t_s, data))
        if self.answer_after_s is not None:
            self.say(t_s + self.answer_after_s, "2ad9", bytes([0x80, data[0], 0x01]))

    def refused(self, t_s, data, central=""):
        pass

    def connected(self, t_s, central=""):
        self.links.append((t_s, "connected"))
        self.on_connected()

    def disconnected(self, t_s, central=""):
        self.links.append((t_s, "disconnected"))


@dataclass
class Served:
    """A scripted treadmill on a virtual radio."""

    treadmill: ScriptedTreadmill
    radio: Radio
    device: Device
    server: TreadmillServer

    async def find(self, **options):
        device = await BleakScanner.find_device_by_name(
            "Scripted", backend=self.radio.scanner_backend, **options
        )
        assert device is not None
        return device

    def client(self, device, **options):
        return BleakClient(device, backend=self.radio.client_backend, **options)

    async def connect(self, **options):
        client = self.client(await self.find(), **options)
        await client.connect()
        return client


@asynccontextmanager
async def serving(
    treadmill, make=lambda device, treadmill, origin_s, _: TreadmillServer(device, treadmill, origin_s)
):
    radio = Radio()
    device = radio.device(ADDRESS)
    server = make(device, treadmill, asyncio.get_running_loop().time(), radio)
    await radio.power_on()
    task = asyncio.create_task(server.serve())
    try:
        yield Served(treadmill, radio, device, server)
    finally:
        server.stop()
        await task
        await radio.power_off()


@pytest.fixture
async def served():
    async with serving(ScriptedTreadmill()) as served:
        yield served


@pytest.fixture
def serve():
    """Serve a treadmill of the test's own making."""
    return serving


@pytest.fixture
def scripted():
    return ScriptedTreadmill


QUICK = """
description = "Starts at once, and stops soon"
[machine]
name = "Quick one"
[drive]
archetype = "E"
[console]
countdown_s = 0.0
answer_delay_s = 0.02
[reporting]
interval_s = 0.1
"""


class Told:
    """What a treadmill on the air tells, and a way to wait for it."""

    def __init__(self):
        self.lines = []
        self._news = asyncio.Event()

    def __call__(self, true):
        self.lines.append(true)
        self._news.set()

    def of(self, what):
        return [line for line in self.lines if line["what"] == what]

    async def until(self, holds):
        while not holds(self):
            self._news.clear()
            await self._news.wait()


@pytest.fixture
def on_air(tmp_path):
    """Switch on a treadmill that is quick, in real time, and that other processes may attach to."""
    personality = tmp_path / "quick.toml"
    personality.write_text(QUICK)

    @asynccontextmanager
    async def switched_on(transport="tcp-server:0"):
        told = Told()
        async with OnAir(str(personality), transport=transport, seed=1, tell=told) as machine:
            machine.told = told
            yield machine

    return switched_on


@pytest.fixture
def real_time():
    """Run a test in real time: in virtual time a time-out is over before a socket has spoken."""
    return lambda test: asyncio.run(asyncio.wait_for(test, 8.0))
