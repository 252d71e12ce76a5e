"""The simulator as the program sees it."""

import asyncio
import json
import logging
import subprocess
import sys

import pytest
from bleak import BleakClient, BleakScanner

import eccentread_sim
from eccentread_sim import PersonalityError, Simulator, personalities, run
from eccentread_sim.console import Touch
from eccentread_sim.offer import Delivery
from eccentread_sim.script import Happening, What

REQUEST_CONTROL, START, SPEED_08, STOP = b"\x00", b"\x07", b"\x02\x50\x00", b"\x08\x01"


def now():
    return asyncio.get_running_loop().time()


async def connect(simulator, **options):
    device = await BleakScanner.find_device_by_name(simulator.name, backend=simulator.scanner_backend)
    client = BleakClient(device, backend=simulator.client_backend, **options)
    await client.connect()
    return client


async def command(client, *writes):
    for write in writes:
        await client.write_gatt_char("2ad9", write, response=True)
        await asyncio.sleep(0.5)


def speed_kmh(notification):
    return int.from_bytes(notification[2:4], "little") / 100


def test_the_public_names_are_all_there():
    assert sorted(eccentread_sim.__all__) == [
        "Attached",
        "Companion",
        "OnAir",
        "PersonalityError",
        "Simulator",
        "TransportError",
        "attach",
        "lines_to",
        "personalities",
        "run",
    ]
    for name in eccentread_sim.__all__:
        assert getattr(eccentread_sim, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'treadmil'"):
        _ = eccentread_sim.treadmil


def test_importing_it_does_not_import_the_bluetooth_stack():
    script = """
import sys, eccentread_sim
assert "asyncio" not in sys.modules and "numpy" not in sys.modules
eccentread_sim.Simulator("default", seed=1, origin_s=0.0)
assert "bumble" not in sys.modules and "bleak" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_personalities_are_named_and_described():
    known = personalities()
    assert "default" in known
    assert all(known.values())


def test_an_unknown_personality_is_an_error_before_anything_is_switched_on():
    with pytest.raises(PersonalityError, match="eccentread sim --list"):
        Simulator("no such machine", seed=1, origin_s=0.0)


@pytest.mark.parametrize("personality", sorted(personalities()))
async def test_every_personality_is_found_by_its_name_and_address(personality):
    async with Simulator(personality, seed=1, origin_s=now()) as simulator:
        found = await BleakScanner.discover(1.0, backend=simulator.scanner_backend)
        name = simulator.name if simulator.personality.machine.advertises_name else None
        assert [(device.name, device.address) for device in found] == [(name, simulator.address)]
        assert simulator.description == personalities()[personality]


async def test_nothing_works_while_it_is_switched_off():
    simulator = Simulator("default", seed=1, origin_s=now())
    for use in (
        lambda: simulator.scanner_backend,
        lambda: simulator.hear("push-once"),
        lambda: simulator.ask("effort", "scale", print),
    ):
        with pytest.raises(RuntimeError, match="switched off"):
            use()


async def test_switching_off_ends_the_link_in_good_order_and_it_is_not_found_any_more(caplog, request):
    losses = []
    stack = logging.getLogger("bumble")
    stack.addHandler(caplog.handler)
    request.addfinalizer(lambda: stack.removeHandler(caplog.handler))
    async with Simulator("default", seed=1, origin_s=now()) as simulator:
        client = await connect(simulator, disconnected_callback=losses.append)
        scanner = simulator.scanner_backend
    assert (losses, client.is_connected) == ([client], False)
    assert await BleakScanner.discover(1.0, backend=scanner) == []
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_what_the_bluetooth_stack_warns_of_is_not_printed():
    script = """
import logging
import eccentread_sim.air
logging.debug("bumble does this, and so gives the root logger a handler")
logging.getLogger("bumble.controller").warning("no connection for handle 1")
"""
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stderr == ""


async def test_an_error_inside_switches_it_off_too():
    losses = []

    async def fail():
        async with Simulator("default", seed=1, origin_s=now()) as simulator:
            await connect(simulator, disconnected_callback=losses.append)
            raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        await fail()
    assert len(losses) == 1


async def test_a_lost_link_leaves_the_belt_running():
    losses, heard = [], []
    async with Simulator("default", seed=1, origin_s=now()) as simulator:
        client = await connect(simulator, disconnected_callback=losses.append)
        await client.start_notify("2ad9", lambda *_: None)
        await command(client, REQUEST_CONTROL, START)
        await asyncio.sleep(6.0)
        await command(client, SPEED_08)
        simulator.drop_link()
        await asyncio.sleep(1.0)
        assert (losses, client.is_connected) == ([client], False)
        await asyncio.sleep(10.0)
        again = await connect(simulator)
        await again.start_notify("2acd", lambda _, value: heard.append(speed_kmh(value)))
        await asyncio.sleep(1.0)
    assert heard
    assert heard[0] == pytest.approx(0.8, abs=0.05)
    assert losses == [client]


async def test_a_touch_at_the_console_is_reported():
    statuses = []
    async with Simulator("default", seed=1, origin_s=now()) as simulator:
        client = await connect(simulator)
        await client.start_notify("2ada", lambda _, value: statuses.append(value.hex()))
        simulator.touch(Touch.SAFETY_KEY)
        await asyncio.sleep(0.5)
    assert statuses == ["03"]


async def test_the_athlete_answers_when_she_has_made_up_her_mind():
    answers = asyncio.Queue()
    async with Simulator("default", seed=1, origin_s=now()) as simulator:
        began_s = now()
        simulator.ask("effort", "scale", answers.put_nowait)
        assert await answers.get() in (4, 5, 6)
        assert 1.5 <= now() - began_s <= 4.0


async def test_a_link_may_be_silent_before_it_is_lost():
    losses, heard = [], []
    async with Simulator("default", seed=1, origin_s=now()) as simulator:
        client = await connect(simulator, disconnected_callback=lambda _: losses.append(now()))
        await client.start_notify("2acd", lambda *_: heard.append(now()))
        await asyncio.sleep(1.0)
        began_s = now()
        simulator.drop_link(silent_s=4.0)
        await asyncio.sleep(10.0)
    assert losses == [began_s + 4.0]
    assert 0.0 < max(heard) <= began_s


async def session(truth=None):
    """A short session with pushes: everything heard, with its times."""
    heard = []
    async with Simulator("default", seed=7, origin_s=now(), truth=truth) as simulator:
        client = await connect(simulator)
        for name in ("2acd", "2ad3", "2ad9", "2ada"):
            await client.start_notify(
                name, lambda sender, value: heard.append((now(), sender.uuid, value.hex()))
            )
        await command(client, REQUEST_CONTROL, START)
        await asyncio.sleep(6.0)
        await command(client, SPEED_08)
        await asyncio.sleep(5.0)
        for _ in range(3):
            simulator.hear("push-once")
            await asyncio.sleep(6.0)
        await command(client, STOP)
        await asyncio.sleep(3.0)
    return heard


def test_equal_seeds_and_doings_give_equal_sessions():
    first, second = run(session(), pace=None), run(session(), pace=None)
    assert first == second
    assert len(first) > 100


def test_a_cued_push_is_heard_by_the_athlete_and_seen_on_the_belt(tmp_path):
    heard = run(session(tmp_path / "truth.jsonl"), pace=None)
    speeds = [speed_kmh(bytes.fromhex(value)) for t_s, uuid, value in heard if uuid[4:8] == "2acd"]
    contacts = [
        true
        for true in map(json.loads, (tmp_path / "truth.jsonl").read_text().splitlines())
        if true["what"] == "contact"
    ]
    assert len(contacts) == 3
    assert min(speed for speed in speeds if speed > 0.45) < 0.75


async def test_anything_may_happen_at_any_moment():
    statuses, reports = [], []
    async with Simulator("default", seed=1, origin_s=now()) as simulator:
        client = await connect(simulator)
        await client.start_notify("2ada", lambda _, value: statuses.append(value.hex()))
        await client.start_notify("2acd", lambda _, value: reports.append(value))
        simulator.happen(Happening(What.INCLINE, incline_pct=1.0))
        simulator.happen(Happening(What.DELIVERY, delivery=Delivery(lost_rate=1.0), lasts_s=2.0))
        await asyncio.sleep(1.9)
        assert (statuses, reports) == (["060a00"], [])
        await asyncio.sleep(2.0)
        assert len(reports) > 3


async def test_two_machines_of_one_name_are_told_apart_by_their_addresses(tmp_path):
    twin = tmp_path / "twin.toml"
    async with Simulator("default", seed=1, origin_s=now()) as simulator:
        twin.write_text(
            f'description = "Twin"\ndrive.archetype = "E"\n'
            f'machine = {{ name = "{simulator.name}", address = "F0:0D:00:00:00:77" }}'
        )
        async with Simulator(str(twin), seed=2, origin_s=now(), beside=simulator) as other:
            found = await BleakScanner.discover(1.0, backend=simulator.scanner_backend)
            assert {(one.name, one.address) for one in found} == {
                (simulator.name, simulator.address),
                (simulator.name, other.address),
            }
            client = BleakClient(other.address, backend=simulator.client_backend)
            await client.connect()
            await client.start_notify("2ad9", lambda *_: None)
            await command(client, REQUEST_CONTROL, START)
            await asyncio.sleep(6.0)
            assert (simulator.look()[0], other.look()[0] > 0.1) == (0.0, True)
            await client.disconnect()
        found = await BleakScanner.discover(1.0, backend=simulator.scanner_backend)
        assert [one.address for one in found] == [simulator.address]
