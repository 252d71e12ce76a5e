"""Shared by all tests: where real data lies, and the skip that says so."""

import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from driving import Driven, drive

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell does to what it runs in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)

DATA = Path(__file__).parents[1] / ".." / "shared" / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real packets and recordings; it is not part of the project."""
    if not DATA.is_dir():
        pytest.skip("real recordings (../shared/data) are not on this machine")
    return DATA


@pytest.fixture
def driven(tmp_path) -> Callable[..., Driven]:
    """`driving.drive` in a folder of the test's own."""
    return partial(drive, tmp_path)
