"""A simulator in another place, attached to over a socket, in real time."""

import asyncio
import socket
import threading
from contextlib import AsyncExitStack

import pytest
from bleak import BleakClient, BleakScanner
from bleak.exc import BleakError

from eccentread_sim import TransportError, attach, attached


@pytest.fixture(autouse=True)
def look_at_once(monkeypatch):
    monkeypatch.setattr(attached, "LOOK_S", 0.0)


async def client_of(simulator, **options):
    device = await BleakScanner.find_device_by_name("Quick one", 5.0, backend=simulator.scanner_backend)
    return BleakClient(device, backend=simulator.client_backend, **options)


def test_the_athlete_hears_and_answers_across(on_air, real_time):
    async def test():
        answers = asyncio.Queue()
        async with on_air() as machine, attach(machine.where.attach) as simulator:
            async with await client_of(simulator):
                simulator.hear("push-once")
                simulator.hear("count", 3)
                simulator.ask("effort", "scale", answers.put_nowait)
                assert await answers.get() in (4, 5, 6)
            await machine.told.until(lambda told: len(told.of("heard")) == 3)
            assert [(line["cue"], line["number"]) for line in machine.told.of("heard")] == [
                ("push-once", None),
                ("count", 3),
                ("feet-on-rails", None),
            ]
            assert [line["question"] for line in machine.told.of("asked")] == ["effort"]

    real_time(test())


def test_a_simulator_that_is_gone_has_no_belt_that_runs(on_air, real_time):
    async def test():
        answers = asyncio.Queue()
        async with AsyncExitStack() as stack:
            machine = await stack.enter_async_context(on_air())
            async with attach(machine.where.attach) as simulator:
                client = await client_of(simulator)
                await client.connect()
                simulator.ask("pain", "scale", lambda _: answers.put_nowait("an answer from nobody"))
                simulator._here.transport.sink.transport.abort()
                simulator.ask("belt-stands", "confirm", answers.put_nowait)
                assert await answers.get() == 1
                simulator.ask("belt-stands", "confirm", answers.put_nowait)  # by now it is known to be gone
                assert await answers.get() == 1
                assert not client.is_connected

    real_time(test())


def test_a_simulator_that_is_gone_cannot_be_connected_to_until_it_is_back(on_air, real_time, tmp_path):
    async def test():
        at = tmp_path / "treadmill.hci"
        losses = []
        async with AsyncExitStack() as stack:
            async with on_air(f"unix-server:{at}"):
                simulator = await stack.enter_async_context(attach(str(at)))
                client = await client_of(simulator, disconnected_callback=losses.append)
                await client.connect()
            await simulator._here.lost
            assert not client.is_connected
            with pytest.raises(BleakError, match="No simulator listens at"):
                await client.connect()
            async with on_air(f"unix-server:{at}") as machine:
                await client.connect()
                assert len(await client.read_gatt_char("2acc")) == 8
                simulator.hear("push-once")
                await machine.told.until(lambda told: told.of("heard"))
            assert losses[0] is client

    real_time(test())


def test_a_simulator_that_is_lost_while_connecting_fails_the_connect(on_air, real_time):
    async def test():
        async with on_air() as machine, attach(machine.where.attach) as simulator:
            client = await client_of(simulator)
            async with attach(machine.where.attach) as other, await client_of(other):
                connecting = asyncio.create_task(client.connect())  # while another holds the treadmill
                await asyncio.sleep(0.1)
                simulator._here.transport.sink.transport.abort()
                with pytest.raises(BleakError, match="is gone"):
                    await connecting

    real_time(test())


@pytest.mark.parametrize("address", ["", "nonsense", "localhost:", "localhost:99999", "0", ":x"])
def test_a_place_that_is_none_is_refused(address):
    with pytest.raises(TransportError, match="is no address of a simulator; give its PORT"):
        attach(address)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "1", "/nonesuch/treadmill.hci"])
def test_nobody_there_is_said_with_the_way_out(address, real_time):
    async def test():
        with pytest.raises(TransportError) as refused:
            async with attach(address):
                pass
        assert str(refused.value).startswith(
            f"No simulator listens at {address}; start one with eccentread sim"
        )

    real_time(test())


@pytest.mark.parametrize("says", [b"", b"SSH-2.0-OpenSSH_9.6\r\n"])
def test_somebody_else_there_is_told_from_a_simulator(says, real_time, monkeypatch):
    monkeypatch.setattr(attached, "READY_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def answer():
            with server.accept()[0] as connection:
                connection.sendall(says)
                connection.recv(100)
                connection.recv(100)

        threading.Thread(target=answer, daemon=True).start()

        async def test():
            with pytest.raises(TransportError, match=f"Whoever listens at {port} is no simulator"):
                async with attach(str(port)):
                    pass

        real_time(test())
