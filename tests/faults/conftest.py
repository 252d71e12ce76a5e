"""Virtual time for the tests that are coroutines."""

from functools import partial

from eccentread_sim.clock import VirtualTimeLoop


def pytest_asyncio_loop_factories(config, item):
    return {"virtual": partial(VirtualTimeLoop, None)}
