"""pyftms's own client against the simulated treadmill."""

import asyncio

import pyftms
import pytest
from pyftms import MachineType, ResultCode


async def test_a_session_from_discovery_to_standing_belt(simulator, platform):
    speeds = []

    def on_event(event):
        if event.event_id == "update" and "speed_instant" in event.event_data:
            speeds.append(event.event_data["speed_instant"])

    found = [each async for each in pyftms.discover_ftms_devices(2.0)]
    ((device, machine_type),) = found
    assert (device.name, machine_type) == (simulator.name, MachineType.TREADMILL)
    async with pyftms.get_client(device, machine_type, on_ftms_event=on_event) as treadmill:
        assert treadmill.device_info["manufacturer"] == "eccentread"
        assert "target_speed" in treadmill.supported_settings
        speed_range = treadmill.supported_ranges["target_speed"]
        assert speed_range.min_value <= 0.8 <= speed_range.max_value
        assert await treadmill.start_resume() == ResultCode.SUCCESS
        await asyncio.sleep(8.0)
        assert await treadmill.set_target_speed(0.8) == ResultCode.SUCCESS
        await asyncio.sleep(5.0)
        assert treadmill.speed_instant == pytest.approx(0.8, abs=0.05)
        assert await treadmill.stop() == ResultCode.SUCCESS
        await asyncio.sleep(10.0)
    # It drops records that are all zero, so the last speed it tells of is one of the way down.
    assert speeds[-1] < 0.5
    assert not treadmill.is_connected
