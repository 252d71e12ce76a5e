"""`eccentread sim --transport vhci` as this computer's own Bluetooth sees it."""

import asyncio
import json
import signal
import subprocess

import pytest
from bleak import BleakClient, BleakScanner
from conftest import PROGRAM, wait_for

REQUEST_CONTROL = b"\x00"
EARS = "2f2cf782-c431-4219-a52b-e411e5edc27a"


@pytest.fixture
def simulator(bluez, tmp_path):
    """The command, a process of its own, and the file of what really happens."""
    truth = tmp_path / "truth.jsonl"
    words = ("sim", "--transport", "vhci", "--seed", "1", "--truth", truth)
    with subprocess.Popen([*PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            bluez.wait_until_on()
            yield process, truth
        finally:
            process.kill()


async def test_the_computer_finds_it_drives_it_and_speaks_to_the_athlete(simulator):
    process, truth = simulator
    device = await BleakScanner.find_device_by_name("Simulated treadmill", timeout=20)
    assert device is not None
    answers = asyncio.Queue()
    async with BleakClient(device) as client:
        assert len(await client.read_gatt_char("2acc")) == 8
        await client.start_notify("2ad9", lambda _, value: answers.put_nowait(value.hex()))
        await client.write_gatt_char("2ad9", REQUEST_CONTROL, response=True)
        assert await asyncio.wait_for(answers.get(), 10) == "800001"
        await client.write_gatt_char(EARS, b"hear push-once\n", response=False)
        await asyncio.sleep(1)
    await asyncio.sleep(1)
    process.send_signal(signal.SIGTERM)
    said = process.communicate(timeout=20)[0].decode()
    assert process.returncode == 0, said
    assert "athlete hears push-once" in said
    truths = [json.loads(line) for line in truth.read_text().splitlines()]
    assert [line["up"] for line in truths if line["what"] == "link"] == [True, False]
    wait_for("the controller to be gone with it", lambda: "No default controller" in _show(), 10)


def _show():
    done = subprocess.run(
        ["bluetoothctl", "--timeout", "5", "show"], capture_output=True, text=True, check=False
    )
    return done.stdout
