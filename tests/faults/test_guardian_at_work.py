"""What the guardian does once it has taken over, on the virtual link in virtual time."""

import asyncio
import json
from contextlib import asynccontextmanager
from functools import partial

import pytest
from bleak import BleakClient

from eccentread.guardian import at_rest
from eccentread.guardian.at_rest import Radio, bring_to_rest
from eccentread.record.latch import Machine
from eccentread_sim import Simulator

CONTROL_POINT = "00002ad9-0000-1000-8000-00805f9b34fb"
STOP = "0801"
NO_DEVICE = OSError("no such device")


async def test_a_bluetooth_service_that_does_not_answer_is_not_waited_for(monkeypatch):
    async def never():
        await asyncio.Event().wait()

    monkeypatch.setattr(at_rest, "held", never)
    monkeypatch.setattr(at_rest, "HELD_S", 0.01)
    async with asyncio.timeout(5), Radio(None).reach(Machine("AA:00:00:00:00:01", "Belt")) as (device, _):
        assert device == "AA:00:00:00:00:01"


class Rescue:
    """A belt that somebody set in motion and left, and what becomes of it."""

    def __init__(self, fails):
        self.fails = list(fails)
        self.attempts = 0
        self.forgotten = False
        self.said = []

    @asynccontextmanager
    async def via(self, simulator, place):
        self.attempts += 1
        if self.fails:
            raise self.fails.pop(0)
        yield simulator

    async def run(self, folder, personality, patience_s, forgotten_s):
        loop = asyncio.get_running_loop()
        truth = folder / "truth.jsonl"
        simulator = Simulator(personality, seed=1, origin_s=loop.time(), truth=truth)
        async with simulator:
            async with BleakClient(simulator.address, backend=simulator.client_backend) as client:
                await client.start_notify(CONTROL_POINT, lambda *_: None)
                for data in (b"\x00", b"\x07"):
                    await client.write_gatt_char(CONTROL_POINT, data, response=True)
                    await asyncio.sleep(1.0)
                await asyncio.sleep(10.0)
            began_s = loop.time()
            if forgotten_s is not None:
                loop.call_later(forgotten_s, setattr, self, "forgotten", True)
            self.stands = await bring_to_rest(
                Machine(simulator.address, "Belt", "sim@here"),
                Radio(partial(self.via, simulator)),
                "it has ended",
                patience_s=patience_s,
                forgotten=lambda: self.forgotten,
                tell=self.said.append,
            )
            self.took_s = loop.time() - began_s
            await asyncio.sleep(1.0)
        happened = [json.loads(line) for line in truth.read_text().splitlines()]
        speeds = [(one["t_s"], one["speed_kmh"]) for one in happened if one["what"] == "speed"]
        assert max(speed for t_s, speed in speeds if t_s < began_s) > 0.3
        self.speed_kmh = speeds[-1][1]
        self.commands = [one["data"] for one in happened if one["what"] == "command"][2:]


@pytest.fixture
def rescued(tmp_path):
    async def rescue(personality="default", *, fails=(), patience_s=600.0, forgotten_s=None):
        done = Rescue(fails)
        await done.run(tmp_path, personality, patience_s, forgotten_s)
        return done

    return rescue


async def test_the_belt_is_stopped_and_nothing_else_is_asked_of_it(rescued):
    done = await rescued()

    assert done.stands
    assert done.speed_kmh == 0
    assert done.commands[0] == STOP
    assert set(done.commands) <= {STOP, "00"}
    assert done.said[0].startswith("Connected")


async def test_a_machine_that_cannot_be_reached_is_tried_again(rescued):
    done = await rescued(fails=[NO_DEVICE, RuntimeError("whatever"), TimeoutError()])

    assert done.stands
    assert done.speed_kmh == 0
    assert done.attempts == 4


async def test_it_is_given_up_in_the_end_and_the_belt_is_not_said_to_stand(rescued):
    done = await rescued(fails=[NO_DEVICE] * 1000, patience_s=60.0)

    assert not done.stands
    assert done.took_s == pytest.approx(60.0, abs=2.0)


async def test_a_machine_that_ignores_every_stop_is_never_said_to_stand(rescued):
    done = await rescued("stop-ignored", patience_s=60.0)

    assert not done.stands
    assert done.speed_kmh > 0
    assert done.commands.count(STOP) > 10


async def test_somebody_elses_word_ends_it(rescued):
    done = await rescued(fails=[NO_DEVICE] * 1000, forgotten_s=5.0)

    assert done.stands
    assert done.took_s < 8.0
    assert done.commands == []


async def test_a_simulator_that_is_gone_took_its_belt_along(rescued):
    gone = RuntimeError("nobody listens there")
    gone.__cause__ = ConnectionRefusedError()
    done = await rescued(fails=[NO_DEVICE, gone])

    assert done.stands
    assert done.attempts == 2
    assert done.commands == []
