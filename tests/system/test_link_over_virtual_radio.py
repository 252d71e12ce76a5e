"""Scan and link against the simulated treadmill, over a virtual Bluetooth link, in virtual time."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from bleak.backends.device import BLEDevice

from eccentread.errors import Cause, MachineError
from eccentread.events import (
    Command,
    CommandAnswered,
    CommandKind,
    Connected,
    Input,
    LinkLost,
    Notified,
    Problem,
    ResultCode,
)
from eccentread.ftms.treadmill_data import decode_treadmill_data
from eccentread.io.link import Link
from eccentread.io.scan import find, scan
from eccentread_sim import Simulator, run

DATA = {
    CommandKind.REQUEST_CONTROL: b"\x00",
    CommandKind.START: b"\x07",
    CommandKind.SET_SPEED: b"\x02\x50\x00",
    CommandKind.STOP: b"\x08\x01",
}


class Bench:
    """A simulated treadmill that is switched on, and a link to it."""

    def __init__(self, simulator: Simulator, device: BLEDevice) -> None:
        self.simulator = simulator
        self.inputs: list[Input] = []
        self._answered = asyncio.Event()
        self.link = Link(
            device,
            clock=asyncio.get_running_loop().time,
            on_input=self._on_input,
            client_backend=simulator.client_backend,
        )

    def _on_input(self, happened: Input) -> None:
        self.inputs.append(happened)
        if isinstance(happened, CommandAnswered):
            self._answered.set()

    def send(self, kind: CommandKind) -> None:
        self.link.send(Command(0.0, list(DATA).index(kind), kind, DATA[kind]))

    async def do(self, *kinds: CommandKind) -> None:
        for kind in kinds:
            self._answered.clear()
            self.send(kind)
            await self._answered.wait()

    def of(self, kind: type) -> list[Any]:
        return [happened for happened in self.inputs if isinstance(happened, kind)]

    def speeds_kmh(self) -> list[float]:
        frames = [n.data for n in self.of(Notified) if n.characteristic == "2acd"]
        return [decode_treadmill_data(data).speed_centi_kmh / 100 for data in frames]

    async def belt_settles(self) -> None:
        await asyncio.sleep(10)


@asynccontextmanager
async def treadmill(personality: str = "default") -> AsyncGenerator[Bench]:
    async with Simulator(personality, seed=1, origin_s=asyncio.get_running_loop().time()) as simulator:
        found = await find(scanner_backend=simulator.scanner_backend)
        bench = Bench(simulator, found.device)
        await bench.link.connect()
        try:
            yield bench
        finally:
            await bench.link.close()


def play(scene: Callable[[Bench], Awaitable[None]], personality: str = "default") -> Bench:
    async def whole() -> Bench:
        async with treadmill(personality) as bench:
            await scene(bench)
            return bench

    return run(whole(), pace=None)


def test_the_treadmill_is_found_by_name_address_and_as_the_only_one() -> None:
    async def scene() -> None:
        async with Simulator("default", seed=1, origin_s=asyncio.get_running_loop().time()) as simulator:
            radio = simulator.scanner_backend
            [machine] = await scan(scanner_backend=radio)
            assert (machine.name, machine.is_treadmill) == (simulator.name, True)
            for wanted in (None, simulator.address, simulator.address.lower(), simulator.name, "simul"):
                found = await find(wanted, scanner_backend=radio)
                assert found.address == simulator.address
            with pytest.raises(MachineError) as raised:
                await find("Other", scanner_backend=radio)
            assert raised.value.cause is Cause.MACHINE_NOT_FOUND

    run(scene(), pace=None)


def test_connecting_tells_who_it_is_and_the_belt_reports() -> None:
    bench = play(lambda bench: bench.belt_settles())
    [connected] = bench.of(Connected)
    assert connected.device["model"] == "Inverter 4 Hz"
    assert {"2acc", "2acd", "2ad3", "2ad4", "2ad9", "2ada"} <= set(connected.characteristics)
    assert connected.speed_range is not None
    assert bench.inputs[0] is connected
    assert len(bench.speeds_kmh()) == pytest.approx(40, abs=3)
    assert set(bench.speeds_kmh()) == {0.0}


def test_the_belt_is_started_set_and_stopped() -> None:
    async def scene(bench: Bench) -> None:
        await bench.do(CommandKind.REQUEST_CONTROL, CommandKind.START)
        await bench.belt_settles()
        await bench.do(CommandKind.SET_SPEED)
        await bench.belt_settles()
        assert bench.speeds_kmh()[-1] == pytest.approx(0.8, abs=0.05)
        await bench.do(CommandKind.STOP)
        await bench.belt_settles()

    bench = play(scene)
    assert [a.result for a in bench.of(CommandAnswered)] == 4 * [ResultCode.SUCCESS]
    assert bench.speeds_kmh()[-1] == 0.0


def test_stop_overtakes_a_start_that_is_not_answered_yet() -> None:
    """The machine refuses a second procedure until the first is answered; stop gets in right after that."""

    async def scene(bench: Bench) -> None:
        await bench.do(CommandKind.REQUEST_CONTROL)
        await asyncio.sleep(1)
        bench.send(CommandKind.START)
        bench.send(CommandKind.SET_SPEED)
        await asyncio.sleep(0.02)
        began_s = asyncio.get_running_loop().time()
        bench.send(CommandKind.STOP)
        await bench.belt_settles()
        assert bench.of(CommandAnswered)[-1].t_s - began_s < 0.2

    bench = play(scene)
    assert [a.problem for a in bench.of(CommandAnswered)] == [None, *2 * [Problem.SUPERSEDED], None]
    assert max(bench.speeds_kmh()) == 0.0


def test_a_lost_link_comes_back_and_everything_arrives_once() -> None:
    async def scene(bench: Bench) -> None:
        await bench.do(CommandKind.REQUEST_CONTROL, CommandKind.START)
        await bench.belt_settles()
        bench.send(CommandKind.SET_SPEED)
        bench.simulator.drop_link()
        await asyncio.sleep(1)
        await bench.link.connect()
        before = len(bench.speeds_kmh())
        await asyncio.sleep(5)
        assert len(bench.speeds_kmh()) - before == pytest.approx(20, abs=2)
        assert bench.speeds_kmh()[-1] > 0.3  # the belt kept running
        await bench.do(CommandKind.STOP)

    bench = play(scene)
    assert len(bench.of(Connected)) == 2
    assert len(bench.of(LinkLost)) == 1
    assert [a.problem for a in bench.of(CommandAnswered)] == [None, None, Problem.LINK_LOST, None]


def test_a_treadmill_that_is_switched_off_cannot_be_reached() -> None:
    async def scene() -> None:
        clock = asyncio.get_running_loop().time
        async with Simulator("default", seed=1, origin_s=clock()) as simulator:
            link = Link(
                "00:00:00:00:00:00",
                clock=clock,
                on_input=lambda happened: None,
                client_backend=simulator.client_backend,
            )
            with pytest.raises(MachineError) as raised:
                await link.connect()
            assert raised.value.cause is Cause.MACHINE_UNREACHABLE

    run(scene(), pace=None)
