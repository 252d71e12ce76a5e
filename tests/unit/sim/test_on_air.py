"""A treadmill on a controller behind a socket, in real time; nothing here waits for more than packets."""

import asyncio
import socket
from contextlib import asynccontextmanager

import pytest
from bumble.controller import Controller
from bumble.link import LocalLink
from bumble.transport.tcp_server import open_tcp_server_transport_with_socket

from eccentread_sim import OnAir, PersonalityError, TransportError, on_air


def nothing(_true):
    pass


@asynccontextmanager
async def listening():
    """A transport that takes a controller's packets from a socket, and the name to reach it by."""
    at = socket.create_server(("127.0.0.1", 0))
    transport = await open_tcp_server_transport_with_socket(at)
    try:
        yield transport, f"tcp-client:127.0.0.1:{at.getsockname()[1]}"
    finally:
        transport.server.close()
        if transport.sink.transport is not None:
            transport.sink.transport.abort()


def run(test):
    """Real time: in virtual time a time-out is over before a socket has spoken.

    The deadline is below the 10 s for which the stack waits for the answer to a command.
    """
    asyncio.run(asyncio.wait_for(test, 8.0))


async def switch_on(transport, tell=nothing):
    async with OnAir("default", transport=transport, seed=1, tell=tell):
        pass


async def until(holds):
    while not holds():  # noqa: ASYNC110 — neither the controller nor the socket's far end tells
        await asyncio.sleep(0)


def advertises(controller):
    return any(each.enabled for each in controller.advertising_sets.values())


def test_it_is_found_while_it_is_on_and_leaves_the_controller_behind_in_good_order():
    async def test():
        async with listening() as (transport, name):
            controller = Controller("c", transport.source, transport.sink, link=LocalLink())
            async with OnAir("default", transport=name, seed=1, tell=nothing) as machine:
                await until(lambda: advertises(controller))
                assert str(controller.random_address).startswith(machine.address)
            assert not advertises(controller)
            await until(lambda: transport.sink.transport is None)  # it has hung up

    run(test())


def test_what_happens_is_told():
    async def test():
        told = asyncio.Queue()
        async with listening() as (transport, name):
            Controller("c", transport.source, transport.sink, link=LocalLink())
            async with OnAir("default", transport=name, seed=1, tell=told.put_nowait):
                assert await told.get() == {"t_s": 0.0, "what": "belt", "state": "idle"}
                assert await told.get() == {"t_s": 0.1, "what": "speed", "speed_kmh": 0.0}

    run(test())


@pytest.mark.parametrize(
    ("transport", "says"),
    [
        ("carrier-pigeon:0", "names no Bluetooth controller; name a controller, as usb:0"),
        ("usb", "names no Bluetooth controller; plug in a Bluetooth adapter"),
        ("tcp-client", "names no Bluetooth controller; start the controller"),
        ("tcp-client:somewhere", "names no Bluetooth controller; start the controller"),
        ("tcp-client:127.0.0.1:1", "cannot be used (nobody listens there); start the controller"),
        ("serial:/dev/nonesuch", "/dev/nonesuch'); name the port of an HCI controller"),
        ("unix:/nonesuch", "cannot be used (No such file or directory); name a controller, as usb:0"),
    ],
)
def test_a_controller_that_cannot_be_used_is_named_with_the_way_out(transport, says):
    with pytest.raises(TransportError) as refused:
        run(switch_on(transport))
    assert str(refused.value).startswith(f"{transport} ")
    assert says in str(refused.value)


def test_a_controller_that_does_not_answer_is_given_up(monkeypatch):
    monkeypatch.setattr(on_air, "READY_S", 0.1)

    async def test():
        async with listening() as (transport, name):
            with pytest.raises(TransportError, match="does not answer as a Bluetooth controller"):
                await switch_on(name)
            await until(lambda: transport.sink.transport is None)

    run(test())


def test_a_controller_that_is_lost_while_in_use_is_told_of_and_not_waited_for(monkeypatch):
    monkeypatch.setattr(on_air, "GOODBYE_S", float("inf"))

    async def test():
        async with listening() as (transport, name):
            controller = Controller("c", transport.source, transport.sink, link=LocalLink())
            async with OnAir("default", transport=name, seed=1, tell=nothing) as machine:
                await until(lambda: advertises(controller))
                transport.sink.transport.abort()
                with pytest.raises(TransportError, match=f"^{name} was lost while in use"):
                    await machine.lost()

    run(test())


def test_a_listener_that_fails_ends_it_with_its_own_error():
    def fail_later(true):
        if true["what"] == "speed":
            raise LookupError("mine")

    async def test():
        async with listening() as (transport, name):
            Controller("c", transport.source, transport.sink, link=LocalLink())
            async with OnAir("default", transport=name, seed=1, tell=fail_later) as machine:
                with pytest.raises(LookupError, match="mine"):
                    await machine.lost()

    run(test())


def test_an_unknown_personality_is_an_error_before_anything_is_opened():
    with pytest.raises(PersonalityError, match="eccentread sim --list"):
        OnAir("no such machine", transport="carrier-pigeon:0", seed=1, tell=nothing)
