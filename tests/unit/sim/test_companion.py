"""Whoever stands beside the simulated treadmill sees what the belt does."""

import asyncio
from functools import partial

import pytest

from eccentread_sim.clock import VirtualTimeLoop
from eccentread_sim.companion import BELT_M, Companion
from eccentread_sim.console import Touch


def pytest_asyncio_loop_factories(config, item):
    return {"virtual": partial(VirtualTimeLoop, None)}


class Belt:
    """Runs at a speed until it is touched."""

    def __init__(self, speed_mps: float, *, obeys: bool = True) -> None:
        self.speed_mps = speed_mps
        self.obeys = obeys
        self.touched: list[tuple[Touch, float]] = []

    def look(self) -> tuple[float, float]:
        return self.speed_mps, self.speed_mps * asyncio.get_running_loop().time()

    def touch(self, touch: Touch, speed_kmh: float = 0.0) -> None:
        self.touched.append((touch, round(speed_kmh, 3)))
        if self.obeys:
            self.speed_mps = speed_kmh / 3.6


async def test_the_length_is_the_belts():
    assert await Companion(Belt(0.0), 1).answer("belt-length") == round(100 * BELT_M)


async def test_the_key_is_pressed_as_the_mark_passes():
    companion, loop = Companion(Belt(0.25), 1), asyncio.get_running_loop()
    times = []
    for _ in range(3):
        assert await companion.answer("mark") == 1
        times.append(loop.time())
    assert [time / (BELT_M / 0.25) for time in times] == pytest.approx([1, 2, 3], abs=0.02)


@pytest.mark.parametrize(("speed_mps", "runs"), [(0.2, 1), (0.0, 0)])
async def test_whether_the_belt_runs_is_seen(speed_mps, runs):
    companion = Companion(Belt(speed_mps), 1)
    assert await companion.answer("still-runs") == runs
    assert await companion.answer("belt-stands") == 1 - runs


@pytest.mark.parametrize("obeys", [True, False])
@pytest.mark.parametrize(
    ("question", "touch"),
    [
        ("console-stop", (Touch.STOP, 0.0)),
        ("safety-key", (Touch.SAFETY_KEY, 0.0)),
        ("console-speed", (Touch.SPEED, 0.5)),
    ],
)
async def test_what_is_pressed_is_pressed_and_seen(question, touch, obeys):
    belt = Belt(0.6 / 3.6, obeys=obeys)
    assert await Companion(belt, 1).answer(question, "a slower belt") == int(obeys)
    assert belt.touched == [touch]


async def test_a_belt_that_stopped_by_itself_was_not_stopped_by_them():
    assert await Companion(Belt(0.0), 1).answer("was-it-you") == 0
