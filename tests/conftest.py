"""Shared by all tests: where real data lies, and the skip that says so."""

from pathlib import Path

import pytest

DATA = Path(__file__).parents[1] / ".." / "shared" / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real packets and recordings; it is not part of the project."""
    if not DATA.is_dir():
        pytest.skip("real recordings (../shared/data) are not on this machine")
    return DATA
