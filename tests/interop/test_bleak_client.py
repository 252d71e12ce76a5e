"""A plain bleak program against the simulated treadmill."""

import asyncio

import pytest
from bleak import BleakClient, BleakScanner

REQUEST_CONTROL, START, SPEED_08, STOP = b"\x00", b"\x07", b"\x02\x50\x00", b"\x08\x01"
SPEED_ABSENT = 0x01


class Belt:
    """The newest speed, and the answers of the control point."""

    def __init__(self):
        self.speed_kmh = None
        self.fragments = 0
        self.answers = []

    def data(self, _, value):
        if value[0] & SPEED_ABSENT:
            self.fragments += 1
        else:
            self.speed_kmh = int.from_bytes(value[2:4], "little") / 100

    def answer(self, _, value):
        self.answers.append(value.hex())


async def test_a_session_from_scan_to_standing_belt(simulator):
    device = await BleakScanner.find_device_by_filter(
        lambda _, advertisement: "00001826-0000-1000-8000-00805f9b34fb" in advertisement.service_data,
        backend=simulator.scanner_backend,
    )
    assert device is not None
    belt = Belt()
    async with BleakClient(device, backend=simulator.client_backend) as client:
        feature = await client.read_gatt_char("2acc")
        speed_range = await client.read_gatt_char("2ad4")
        assert len(feature) == 8
        assert feature[4] & 0x01, "the speed cannot be set"
        lowest, highest, step = (int.from_bytes(speed_range[i : i + 2], "little") for i in (0, 2, 4))
        assert lowest <= 80 <= highest
        assert step > 0
        await client.start_notify("2acd", belt.data)
        await client.start_notify("2ad9", belt.answer)
        await asyncio.sleep(3.0)
        assert belt.speed_kmh == 0.0
        for write, wait_s in ((REQUEST_CONTROL, 1.0), (START, 8.0), (SPEED_08, 5.0)):
            await client.write_gatt_char("2ad9", write, response=True)
            await asyncio.sleep(wait_s)
        assert belt.speed_kmh == pytest.approx(0.8, abs=0.05)
        await client.write_gatt_char("2ad9", STOP, response=True)
        await asyncio.sleep(10.0)
        assert belt.speed_kmh == 0.0
        assert belt.answers == ["800001", "800701", "800201", "800801"]
        assert (belt.fragments > 0) == (client.mtu_size == 23)
