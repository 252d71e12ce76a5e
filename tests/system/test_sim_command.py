"""The command that is a treadmill, driven by a central through a controller behind a socket, in real time."""

import asyncio
import json
import os
import pty
import re
import signal
import socket
import sys
from contextlib import asynccontextmanager, suppress

import pytest
from bleak import BleakClient, BleakScanner
from bumble.controller import Controller
from bumble.device import Device
from bumble.hci import Address
from bumble.host import Host
from bumble.link import LocalLink
from bumble.transport.common import AsyncPipeSink
from bumble.transport.tcp_server import open_tcp_server_transport_with_socket

from eccentread_sim.backend import client_backend, scanner_backend
from eccentread_sim.radio import Central

FTMS = "00001826-0000-1000-8000-00805f9b34fb"
REQUEST_CONTROL, START, SPEED_08, STOP = b"\x00", b"\x07", b"\x02\x50\x00", b"\x08\x01"
DEADLINE_S = 20.0
"""Far beyond what anything here takes; a session is over in about 5 s."""

PERSONALITY = """
description = "Starts at once, and stops soon"
[machine]
name = "Quick one"
address = "F0:0D:00:00:00:77"
[drive]
archetype = "E"
stop_ramp_mps2 = 1.0
[console]
countdown_s = 0.0
answer_delay_s = 0.02
[reporting]
interval_s = 0.1
"""


@pytest.fixture
def personality(tmp_path):
    path = tmp_path / "quick.toml"
    path.write_text(PERSONALITY)
    return path


class Air:
    """A controller behind a socket, in reach of a central of our own."""

    def __init__(self, transport, port, central):
        self.transport = f"tcp-client:127.0.0.1:{port}"
        self.scanner = scanner_backend(central)
        self.client = client_backend(central)
        self._sink = transport.sink

    async def find(self):
        device = await BleakScanner.find_device_by_filter(
            lambda _, said: FTMS in said.service_uuids, timeout=DEADLINE_S, backend=self.scanner
        )
        assert device is not None
        return device

    def unplug(self):
        self._sink.transport.abort()


@asynccontextmanager
async def on_the_air():
    listening = socket.create_server(("127.0.0.1", 0))
    transport = await open_tcp_server_transport_with_socket(listening)
    link = LocalLink()
    Controller("treadmill", transport.source, transport.sink, link=link)
    controller = Controller("central", link=link)
    device = Device(
        address=Address("C0:FF:EE:C0:FF:EE", Address.RANDOM_DEVICE_ADDRESS),
        host=Host(controller, AsyncPipeSink(controller)),
    )
    await device.power_on()
    try:
        yield Air(transport, listening.getsockname()[1], Central(device))
    finally:
        await device.power_off()
        transport.server.close()


@pytest.fixture
async def air():
    async with on_the_air() as air:
        yield air


@asynccontextmanager
async def treadmill(air, personality, *words, stdout=asyncio.subprocess.PIPE):
    """The command in a process of its own, on the air; killed if the test has not ended it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from eccentread.cli import main; main()",
        "sim", "--personality", personality, "--transport", air.transport, *words,
        stdout=stdout, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(DEADLINE_S):
            yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def ended(process):
    out, err = await process.communicate()
    return process.returncode, (out or b"").decode(), err.decode()


class Belt:
    """The speeds that a client hears, and a way to wait for one."""

    def __init__(self):
        self._speed_kmh = 0.0
        self._heard = asyncio.Event()

    def __call__(self, _, value):
        self._speed_kmh = int.from_bytes(value[2:4], "little") / 100
        self._heard.set()

    async def until(self, reached):
        while not reached(self._speed_kmh):
            self._heard.clear()
            await self._heard.wait()


async def command(client, data):
    answered = asyncio.get_running_loop().create_future()
    await client.start_notify("2ad9", lambda _, value: answered.set_result(bytes(value)))
    await client.write_gatt_char("2ad9", data, response=True)
    assert (await answered) == bytes([0x80, data[0], 0x01])
    await client.stop_notify("2ad9")


async def test_an_app_finds_it_drives_it_and_lets_go_and_a_polite_kill_ends_it(air, personality, tmp_path):
    truth, belt = tmp_path / "truth.jsonl", Belt()
    async with treadmill(air, personality, "--truth", truth) as process:
        async with BleakClient(await air.find(), backend=air.client) as client:
            assert len(await client.read_gatt_char("2acc")) == 8
            assert await client.read_gatt_char("2a00") == b"Quick one"
            await client.start_notify("2acd", belt)
            for asked in (REQUEST_CONTROL, START, SPEED_08):
                await command(client, asked)
            await belt.until(lambda speed_kmh: speed_kmh > 0.75)
            await command(client, STOP)
            await belt.until(lambda speed_kmh: speed_kmh == 0.0)
        await air.find()  # again
        process.send_signal(signal.SIGTERM)
        status, out, err = await ended(process)

    assert (status, err) == (0, "")
    simulated, described, *lines = out.splitlines()
    assert simulated.startswith("SIMULATED")
    assert described.startswith("Starts at once, and stops soon; seed ")
    assert all(re.match(r"00:\d\d ", line) for line in lines)
    said = [line[6:] for line in lines]
    assert said == [
        "belt idle",
        f"advertising as Quick one (F0:0D:00:00:00:77) on {air.transport}; Ctrl-C ends it",
        "connected: C0:FF:EE:C0:FF:EE",
        "asked for control",
        "asked to start",
        "belt running",
        "asked for 0.80 km/h",
        "asked to stop",
        "belt stopping",
        "belt idle",
        "disconnected",
    ]
    truths = [json.loads(line) for line in truth.read_text().splitlines()]
    assert [true["data"] for true in truths if true["what"] == "command"] == ["00", "07", "025000", "0801"]
    assert max(true["speed_kmh"] for true in truths if true["what"] == "speed") == pytest.approx(
        0.8, abs=0.05
    )


async def test_ctrl_c_closes_the_link_in_good_order(air, personality):
    gone = asyncio.Event()
    async with treadmill(air, personality) as process:
        client = BleakClient(await air.find(), lambda _: gone.set(), backend=air.client)
        await client.connect()
        process.send_signal(signal.SIGINT)
        status, out, err = await ended(process)
        await gone.wait()

    assert (status, err) == (0, "")
    assert out.splitlines()[-1].endswith("disconnected")


async def test_a_controller_that_is_unplugged_ends_it_with_a_sentence(air, personality):
    async with treadmill(air, personality) as process:
        await air.find()
        air.unplug()
        status, _, err = await ended(process)

    assert status == 4
    assert err == (
        f"eccentread: {air.transport} was lost while in use; see that it is still there, and start again.\n"
    )


async def test_on_a_terminal_a_line_below_the_others_says_how_the_belt_is_now(air, personality):
    ours, its = pty.openpty()
    loop, text, shown = asyncio.get_running_loop(), bytearray(), asyncio.Event()

    def read():
        text.extend(os.read(ours, 4096))
        if b"km/h" in text:
            shown.set()

    loop.add_reader(ours, read)
    try:
        async with treadmill(air, personality, stdout=its) as process:
            await shown.wait()
            process.send_signal(signal.SIGTERM)
            status, _, err = await ended(process)
    finally:
        loop.remove_reader(ours)
        os.close(its)
        os.close(ours)

    assert (status, err) == (0, "")
    assert re.search(rb"\r\x1b\[KSIMULATED 00:\d\d belt idle, 0\.00 km/h", text)


@pytest.fixture
def full_pipe():
    """The end to write to of a pipe that takes no more and that nobody reads."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, bytes(65536))
    os.set_blocking(writing, True)
    yield writing
    os.close(writing)
    os.close(reading)


async def test_a_terminal_that_is_blocked_does_not_delay_the_belt(air, personality, full_pipe):
    belt = Belt()
    async with treadmill(air, personality, stdout=full_pipe) as process:
        async with BleakClient(await air.find(), backend=air.client) as client:
            await client.start_notify("2acd", belt)
            for asked in (REQUEST_CONTROL, START):
                await command(client, asked)
            await belt.until(lambda speed_kmh: speed_kmh > 0.4)
        process.send_signal(signal.SIGTERM)
        status, _, err = await ended(process)

    assert (status, err) == (0, "")


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["--transport", "carrier-pigeon:0"], 4, "carrier-pigeon:0 names no Bluetooth controller"),
        (["--transport", "tcp-client:127.0.0.1:1"], 4, "nobody listens there"),
        (["--personality", "nonesuch"], 2, "nonesuch"),
        (["--truth", "/nonesuch/truth.jsonl"], 2, "truth.jsonl"),
        (["--seed", "-1"], 2, "--seed"),
    ],
)
def test_what_cannot_be_gets_one_sentence(eccentread, words, status, says):
    called = eccentread("sim", *words)

    assert called.status == status
    assert re.fullmatch(r"eccentread: [^\n]+\.\n", called.err)
    assert says in called.err


def test_the_list_names_and_describes_the_personalities(eccentread):
    called = eccentread("sim", "--list")

    assert (called.status, called.err) == (0, "")
    assert re.search(r"^default +A commercial treadmill", called.out, re.MULTILINE)
    assert re.search(r"^walking-pad +A walking pad", called.out, re.MULTILINE)
