"""Virtual time for the tests that are coroutines; sessions put together as by the program; real disks."""

import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from composed import Composed, compose
from eccentread_sim.clock import VirtualTimeLoop


def pytest_asyncio_loop_factories(config, item):
    return {"virtual": partial(VirtualTimeLoop, None)}


@pytest.fixture
def composed(tmp_path) -> Callable[..., Composed]:
    """`composed.compose` in a folder of the test's own."""
    return partial(compose, tmp_path)


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory) -> Composed:
    """The session that nothing happens to: what disturbs nobody leaves the same writes at the same times."""
    return compose(tmp_path_factory.mktemp("undisturbed"))


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A file system of its own, of 128 KiB; takes root and Linux."""
    at = tmp_path / "disk"
    at.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(at)]
    try:
        mounted = subprocess.run(mount, check=False, capture_output=True).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("no file system can be mounted here")
    yield at
    subprocess.run(["umount", "-l", str(at)], check=True)
