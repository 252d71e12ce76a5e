"""Machines as a scan hears them."""

from collections.abc import Callable

import pytest
from bleak.backends.device import BLEDevice

from eccentread.io.scan import FoundMachine


@pytest.fixture
def heard() -> Callable[..., FoundMachine]:
    """A machine that was heard; `rssi_dbm=None` is one that this computer is connected to."""

    def machine(
        name: str = "",
        address: str = "AA:00:00:00:00:01",
        *,
        rssi_dbm: int | None = -58,
        treadmill: bool | None = True,
    ) -> FoundMachine:
        device = BLEDevice(address, name or None, None)
        return FoundMachine(address, name or address, rssi_dbm, True, treadmill, device)

    return machine
