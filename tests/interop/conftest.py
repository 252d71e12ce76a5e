"""Virtual time, and the real treadmill on a virtual radio in place of the platform's."""

import asyncio
from functools import partial

import bleak
import pytest

from eccentread_sim import Simulator
from eccentread_sim.clock import VirtualTimeLoop


def pytest_asyncio_loop_factories(config, item):
    return {"virtual": partial(VirtualTimeLoop, None)}


@pytest.fixture(params=["default", "split-records"])
async def simulator(request):
    origin_s = asyncio.get_running_loop().time()
    async with Simulator(request.param, seed=3, origin_s=origin_s) as simulator:
        yield simulator


@pytest.fixture
def platform(simulator, monkeypatch):
    """This computer's Bluetooth, for programs that cannot be given a backend."""
    monkeypatch.setattr(
        bleak, "get_platform_scanner_backend_type", lambda: (simulator.scanner_backend, "virtual")
    )
    monkeypatch.setattr(
        bleak, "get_platform_client_backend_type", lambda: (simulator.client_backend, "virtual")
    )
