"""Virtual controllers for other processes, in real time; nothing here waits for more than packets."""

import asyncio
import socket
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import pytest
from bleak import BleakClient, BleakScanner
from bumble.hci import HCI_LE_Set_Scan_Enable_Command, HCI_Reset_Command

from eccentread_sim import TransportError, attach, hosts

REQUEST_CONTROL, START = b"\x00", b"\x07"


@asynccontextmanager
async def connected(machine, **options):
    async with attach(machine.where.attach) as simulator:
        device = await find(machine, simulator)
        async with BleakClient(device, backend=simulator.client_backend, **options) as client:
            yield client


async def find(machine, simulator, timeout_s=5.0):
    return await BleakScanner.find_device_by_address(
        machine.address, timeout_s, backend=simulator.scanner_backend
    )


async def command(client, data):
    answers = asyncio.Queue()
    await client.start_notify("2ad9", lambda _, value: answers.put_nowait(value.hex()))
    await client.write_gatt_char("2ad9", data, response=True)
    assert await answers.get() == f"80{data.hex()}01"
    await client.stop_notify("2ad9")


async def no_controllers_left(machine):
    """Until the air holds the treadmill and the radio's own central alone."""
    air = machine._here.device.host.hci_sink.sink.link
    while len(air.controllers) > 2:  # noqa: ASYNC110 — a socket's end is told to nobody here
        await asyncio.sleep(0)


@pytest.fixture
def socket_path(tmp_path):
    return tmp_path / "treadmill.hci"


# --- attached -----------------------------------------------------------------------------------------------


def test_one_drives_it_and_another_finds_nothing_until_that_one_is_done(on_air, real_time):
    async def test():
        async with on_air() as machine, attach(machine.where.attach) as other:
            async with connected(machine) as client:
                assert len(await client.read_gatt_char("2acc")) == 8
                await command(client, REQUEST_CONTROL)
                assert await find(machine, other, 0.6) is None
            assert (await find(machine, other)).name == machine.name

    real_time(test())


@pytest.mark.parametrize("leave", ["say goodbye", "vanish"])
def test_who_leaves_drops_the_connection_and_leaves_the_belt_running(on_air, real_time, leave):
    async def test():
        async with on_air() as machine:
            stack = AsyncExitStack()
            simulator = await stack.enter_async_context(attach(machine.where.attach))
            client = BleakClient(await find(machine, simulator), backend=simulator.client_backend)
            await client.connect()
            await command(client, REQUEST_CONTROL)
            await command(client, START)
            if leave == "vanish":
                simulator._here.transport.sink.transport.abort()
            else:
                await client.disconnect()
            await machine.told.until(lambda told: [line["up"] for line in told.of("link")] == [True, False])
            assert not client.is_connected
            await stack.aclose()
            await machine.told.until(lambda told: "running" in [line["state"] for line in told.of("belt")])
            async with connected(machine) as again:
                assert await again.read_gatt_char("2ad3") == b"\x00\x0d"
            await no_controllers_left(machine)

    real_time(test())


def test_a_unix_socket_serves_as_well_and_is_removed_at_the_end(on_air, real_time, socket_path):
    async def test():
        async with on_air(f"unix-server:{socket_path}") as machine, connected(machine) as client:
            assert client.is_connected
        assert not socket_path.exists()

    real_time(test())


def test_it_is_switched_off_in_good_order(on_air, real_time):
    async def test():
        gone = asyncio.Event()
        stack = AsyncExitStack()
        machine = await stack.enter_async_context(on_air())
        async with attach(machine.where.attach) as simulator:
            client = BleakClient(
                await find(machine, simulator), lambda _: gone.set(), backend=simulator.client_backend
            )
            await client.connect()
            attached = simulator._here
            reasons = []
            (link,) = attached.device.connections.values()
            link.on("disconnection", reasons.append)
            await stack.aclose()
            await gone.wait()
            assert reasons[0] == 0x13  # "remote user terminated connection": told before the socket ended
            await attached.lost

    real_time(test())


# --- places -------------------------------------------------------------------------------------------------


def test_a_bare_port_is_for_this_computer_alone(on_air, real_time):
    async def test():
        async with on_air() as machine:
            where = machine.where
            assert where.attach.startswith("127.0.0.1:")
            assert where.transport == f"tcp-server:{where.attach}"
            assert not where.exposed

    real_time(test())


@pytest.mark.parametrize("host", ["0.0.0.0", "_"])
def test_a_place_that_other_computers_reach_is_told_to_be_one(on_air, real_time, host):
    async def test():
        async with on_air(f"tcp-server:{host}:0") as machine:
            assert machine.where.exposed
            async with connected(machine):
                pass

    real_time(test())


def test_a_place_that_is_taken_is_refused(on_air, real_time, socket_path):
    async def test():
        async with on_air() as machine:
            with pytest.raises(TransportError, match="in use"):
                async with on_air(machine.where.transport):
                    pass
        async with on_air(f"unix-server:{socket_path}"):
            with pytest.raises(TransportError, match="in use"):
                async with on_air(f"unix-server:{socket_path}"):
                    pass
            async with attach(str(socket_path)):
                pass

    real_time(test())


def test_what_a_dead_simulator_left_is_no_obstacle(on_air, real_time, socket_path):
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(socket_path))

    async def test():
        async with on_air(f"unix-server:{socket_path}") as machine, connected(machine):
            pass

    real_time(test())


def test_a_file_is_not_taken_for_a_socket_that_was_left(on_air, real_time, socket_path):
    socket_path.write_text("precious")

    async def test():
        with pytest.raises(TransportError, match="in use"):
            async with on_air(f"unix-server:{socket_path}"):
                pass

    real_time(test())
    assert socket_path.read_text() == "precious"


@pytest.mark.parametrize(
    ("transport", "says"),
    [
        ("tcp-server", "names no Bluetooth controller; name a free port"),
        ("tcp-server:seven", "names no Bluetooth controller; name a free port"),
        ("tcp-server:65536", "names no Bluetooth controller; name a free port"),
        ("unix-server", "names no Bluetooth controller; name a socket"),
        ("unix-server:/nonesuch/treadmill.hci", "cannot be used (No such file or directory); name a socket"),
        ("vhci:/nonesuch", "cannot be used (No such file or directory); it takes Linux"),
    ],
)
def test_a_place_that_cannot_be_used_is_named_with_the_way_out(on_air, real_time, transport, says):
    async def test():
        with pytest.raises(TransportError) as refused:
            async with on_air(transport):
                pass
        assert str(refused.value).startswith(f"{transport} ")
        assert says in str(refused.value)

    real_time(test())


# --- hosts that misbehave -----------------------------------------------------------------------------------


async def garbage(reader, writer):
    writer.write(b"GET / HTTP/1.1\r\nHost: treadmill\r\n\r\n")
    assert await reader.read() == b""  # hung up on


async def half_a_packet(reader, writer):
    writer.write(bytes(HCI_Reset_Command())[:3])
    await writer.drain()


async def nothing_at_all(reader, writer):
    pass


async def packets_without_sense(reader, writer):
    for packet in (
        "01ffff00",
        "0100fc03010203",
        "0203000400ffffffff",
        "040e0401030c00",
        "01050c0102",
        "010320020101",
    ):
        writer.write(bytes.fromhex(packet))
    writer.write(bytes(HCI_Reset_Command()))
    assert await reader.readuntil(bytes.fromhex("030c00"))  # the reset is answered all the same


async def scanning_without_reading(reader, writer):
    writer.write(bytes(HCI_Reset_Command()))
    writer.write(bytes(HCI_LE_Set_Scan_Enable_Command(le_scan_enable=1, filter_duplicates=0)))
    await writer.drain()


@pytest.mark.parametrize(
    "host", [garbage, half_a_packet, nothing_at_all, packets_without_sense, scanning_without_reading]
)
def test_a_host_that_misbehaves_disturbs_nobody_and_leaves_nothing_behind(on_air, real_time, host, recwarn):
    troubles = []

    async def test():
        asyncio.get_running_loop().set_exception_handler(lambda _, context: troubles.append(context))
        async with on_air() as machine:
            at, port = machine.where.attach.split(":")
            reader, writer = await asyncio.open_connection(at, int(port))
            async with connected(machine) as client:
                await host(reader, writer)
                await command(client, REQUEST_CONTROL)
                writer.close()
            await no_controllers_left(machine)

    real_time(test())
    assert troubles == []


def test_many_that_come_and_go_leave_nothing_behind(on_air, real_time):
    async def test():
        async with on_air() as machine:
            at, port = machine.where.attach.split(":")

            async def come_and_go():
                _, writer = await asyncio.open_connection(at, int(port))
                writer.write(bytes(HCI_Reset_Command()))
                writer.transport.abort()

            await asyncio.gather(*(come_and_go() for _ in range(50)))
            await machine.told.until(lambda told: len(told.of("host")) == 100)
            await no_controllers_left(machine)
            async with connected(machine) as client:
                await command(client, REQUEST_CONTROL)

    real_time(test())


def test_a_host_that_does_not_read_is_let_go(on_air, real_time, monkeypatch, socket_path):
    monkeypatch.setattr(hosts, "UNREAD_OCTETS", 1000)

    async def test():
        async with on_air(f"unix-server:{socket_path}") as machine:
            with socket.socket(socket.AF_UNIX) as host:
                host.connect(str(socket_path))
                host.setblocking(False)
                while not [line for line in machine.told.of("host") if not line["up"]]:
                    with suppress(BlockingIOError, ConnectionError):
                        host.send(bytes(HCI_Reset_Command()) * 1000)
                    await asyncio.sleep(0)

    real_time(test())
