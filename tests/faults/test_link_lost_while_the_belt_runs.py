"""The link is lost at any moment: the belt is stopped as soon as it is back, and nothing ever resumes."""

import asyncio
import json
from collections.abc import Callable

import pytest

from eccentread.cli.bundled import DEFAULT_PROTOCOL, bundled
from eccentread.cli.compose import Plan, clock, run_session
from eccentread.io.link import Link
from eccentread.io.scan import find
from eccentread_sim import Simulator, run

MOMENTS = {"countdown": 19.0, "locking": 23.0, "signal check": 60.0, "a push": 120.0, "rest": 220.0}
"""Session seconds at which the default machine with seed 1 is there."""

START, STOP = "07", "0801"


@pytest.fixture
def troubled(tmp_path):
    """Run a simulated session with a trouble at a moment; give the exit status and what really happened."""

    def go(at_s: float, trouble: Callable[[Simulator], None]):
        truth = tmp_path / "truth.jsonl"
        plan = Plan(
            machine="sim:default",
            protocol=bundled("protocols") / DEFAULT_PROTOCOL,
            side=None,
            out=tmp_path / "kept",
            summary=None,
            mqtt=None,
            plain=True,
            fast=True,
            pace=None,
            seed=1,
            truth=truth,
            yes=True,
        )

        async def main() -> int:
            origin_s = asyncio.get_running_loop().time()
            now = clock()
            async with Simulator("default", seed=1, origin_s=origin_s, truth=truth) as simulator:
                found = await find(simulator.address, scanner_backend=simulator.scanner_backend)

                def link(on_input) -> Link:
                    backend = simulator.client_backend
                    return Link(found.device, clock=now, on_input=on_input, client_backend=backend)

                session = asyncio.create_task(run_session(plan, link, now, simulator))
                await asyncio.sleep(at_s - now())
                trouble(simulator)
                return await session

        status = run(main(), pace=None)
        return status, [json.loads(line) for line in truth.read_text().splitlines()]

    return go


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_belt_stands_at_the_end_and_was_not_started_again(troubled, moment):
    at_s = MOMENTS[moment]
    status, truth = troubled(at_s, Simulator.drop_link)

    assert status == 3
    speeds = [line["speed_kmh"] for line in truth if line["what"] == "speed"]
    assert speeds[-5:] == [0.0] * 5
    after = [line["data"] for line in truth if line["what"] == "command" and line["t_s"] > at_s]
    assert STOP in after
    assert START not in after
    stopped_s = max(
        (line["t_s"] for line in truth if line["what"] == "speed" and line["speed_kmh"] > 0), default=0
    )
    assert stopped_s - at_s < 10.0
