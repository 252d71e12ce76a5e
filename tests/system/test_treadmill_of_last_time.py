"""The treadmill of last time, over the virtual radio, in virtual time: found fast, held to what it told."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from eccentread.cli.acquaintance import AUTO, Acquaintance, meet
from eccentread.cli.bundled import DEFAULT_PROTOCOL, bundled
from eccentread.cli.compose import Plan, clock, run_session
from eccentread.cli.listing import Listed
from eccentread.cli.scan import ask_each
from eccentread.errors import Cause, MachineError
from eccentread.events import Ask, Connected, Cue, CueKind, Input, LinkLost, Noted
from eccentread.io.link import Link
from eccentread.io.scan import scan
from eccentread.record import remembered as memory
from eccentread.record.journal import JOURNAL_NAME, read_journal
from eccentread.record.remembered import Remembered
from eccentread_sim import Simulator, run


def with_treadmill[T](scene: Callable[[Simulator], Coroutine[Any, Any, T]]) -> T:
    async def whole() -> T:
        async with Simulator("default", seed=1, origin_s=asyncio.get_running_loop().time()) as simulator:
            return await scene(simulator)

    return run(whole(), pace=None)


async def connected(simulator: Simulator, machine: Acquaintance) -> Connected:
    """Connect to the machine that was met, and let go again."""
    inputs: list[Input] = []
    link = Link(
        machine.found.device,
        clock=asyncio.get_running_loop().time,
        on_input=inputs.append,
        accept=machine.accept,
        client_backend=simulator.client_backend,
    )
    await link.connect()
    await link.close()
    for happened in inputs:
        machine.see(happened)
    [first] = [happened for happened in inputs if isinstance(happened, Connected)]
    return first


async def learnt(simulator: Simulator) -> Remembered:
    """What there is to remember of the simulated treadmill."""
    machine = await meet(AUTO, scanner_backend=simulator.scanner_backend)
    first = await connected(simulator, machine)
    return memory.of(first.address, machine.found.name, first.device)


def test_the_link_is_up_within_two_seconds(tmp_path) -> None:
    path = tmp_path / "machine.json"

    async def scene(simulator: Simulator) -> tuple[float, float]:
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        machine = await meet(AUTO, scanner_backend=simulator.scanner_backend)
        await connected(simulator, machine)
        machine.see(Cue(1.0, CueKind.BELT_LOCKED, "…"))
        machine.remember(path)
        first_s = loop.time() - began_s
        began_s = loop.time()
        again = await meet(AUTO, memory.recall(path), scanner_backend=simulator.scanner_backend)
        await connected(simulator, again)
        assert again.notes == []
        return first_s, loop.time() - began_s

    first_s, again_s = with_treadmill(scene)
    assert again_s < 2.0
    assert first_s > 5.0  # the whole scan, since another treadmill might be around


@pytest.mark.parametrize("wanted", [AUTO, "Simulated treadmill"])
@pytest.mark.parametrize("key", ["manufacturer", "model", "serial"])
def test_another_machine_at_the_address_is_refused_before_anything_is_asked_of_it(
    key: str, wanted: str
) -> None:
    async def scene(simulator: Simulator) -> None:
        last = replace(await learnt(simulator), **{key: "another"})
        machine = await meet(wanted, last, scanner_backend=simulator.scanner_backend)
        with pytest.raises(MachineError, match="another treadmill than last time") as raised:
            await connected(simulator, machine)
        assert raised.value.cause is Cause.MACHINE_MISTAKEN
        named = await meet(simulator.address, scanner_backend=simulator.scanner_backend)
        await connected(simulator, named)  # the way out that the sentence names

    with_treadmill(scene)


def test_new_firmware_is_noted_and_no_obstacle() -> None:
    async def scene(simulator: Simulator) -> list[str]:
        last = replace(await learnt(simulator), firmware="0")
        machine = await meet(AUTO, last, scanner_backend=simulator.scanner_backend)
        await connected(simulator, machine)
        return machine.notes

    [note] = with_treadmill(scene)
    assert "firmware" in note


def test_a_twin_is_not_taken_for_the_treadmill_of_last_time() -> None:
    async def scene(simulator: Simulator) -> None:
        last = replace(await learnt(simulator), address="AA:00:00:00:00:01")
        with pytest.raises(MachineError, match="Another app may be connected") as raised:
            await meet(AUTO, last, scanner_backend=simulator.scanner_backend)
        assert raised.value.cause is Cause.MACHINE_ABSENT
        with pytest.raises(MachineError, match="and is another one") as raised:
            await meet(simulator.name, last, scanner_backend=simulator.scanner_backend)
        assert raised.value.cause is Cause.MACHINE_MISTAKEN
        named = await meet(simulator.address, last, scanner_backend=simulator.scanner_backend)
        await connected(simulator, named)  # the way out that the sentence names

    with_treadmill(scene)


def test_asking_a_treadmill_what_it_is_writes_nothing_to_its_control_point(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    truth = tmp_path / "truth.jsonl"

    async def scene() -> list[Listed]:
        clock = asyncio.get_running_loop().time
        async with Simulator("default", seed=1, origin_s=clock(), truth=truth) as simulator:
            machines = await scan(scanner_backend=simulator.scanner_backend)
            return await ask_each(machines, [], None, client_backend=simulator.client_backend)

    [listed] = run(scene(), pace=None)
    assert listed.trouble is None
    assert listed.told is not None
    assert listed.told.device["model"] == "Inverter 4 Hz"
    assert listed.speeds is not None
    assert listed.speeds.source == "the machine"
    assert '"command"' not in truth.read_text()


PROFILE = """\
schema = 1
name = "machine of the simulator"
kind = "treadmill"
suitable = "unknown"
why = "It is simulated."
[match]
names = ["Simulated*"]
model = "Inverter*"
from = ["us"]
[reports]
source = "measured"
why = "It is simulated."
from = ["us"]
[[evidence]]
id = "us"
kind = "own-test"
where = "here"
checked = "nothing"
"""


def test_a_session_is_held_to_the_machine_of_last_time_and_remembers_it_across_a_lost_link(tmp_path) -> None:
    kept, path = tmp_path / "kept", tmp_path / "machine.json"
    plan = Plan(
        machine="sim:default",
        protocol=bundled("protocols") / DEFAULT_PROTOCOL,
        side=None,
        out=kept,
        summary=None,
        mqtt=None,
        plain=True,
        fast=True,
        pace=None,
        seed=1,
        truth=None,
        yes=True,
    )

    async def scene(simulator: Simulator) -> Remembered:
        last = await learnt(simulator)
        machine = await meet(AUTO, last, scanner_backend=simulator.scanner_backend)
        now = clock()

        def link(on_input: Callable[[Input], None]) -> Link:
            return Link(
                machine.found.device,
                clock=now,
                on_input=on_input,
                accept=machine.accept,
                client_backend=simulator.client_backend,
            )

        session = asyncio.create_task(
            run_session(plan, link, now, simulator, profiles={"mine": PROFILE}, witness=machine.see)
        )
        await asyncio.sleep(60.0)
        simulator.drop_link()
        await session
        machine.remember(path)
        return last

    last = with_treadmill(scene)
    assert memory.recall(path) == last
    [folder] = kept.iterdir()
    journal = read_journal(folder / JOURNAL_NAME)
    assert journal.header.profiles == {"mine": PROFILE}
    assert [type(happened) for happened in journal.inputs if isinstance(happened, Connected | LinkLost)] == [
        Connected,
        LinkLost,
        Connected,
    ]
    assert any(isinstance(out, Noted) and "machine of the simulator" in out.text for out in journal.outputs)


def test_its_belt_is_timed_by_a_person_once(driven):
    """The first session asks; with what that one kept the next does not; after new firmware it does again."""
    locked = driven("default")
    assert "belt-creeps" in {one.question for one in locked.of(Ask)}
    [first] = [one for one in locked.inputs if isinstance(one, Connected)]
    kept = memory.of(first.address, first.name, first.device)
    again = driven("default", timed=kept.told)
    assert "belt-creeps" not in {one.question for one in again.of(Ask)}
    assert again.locked_s is not None
    renewed = driven("default", timed=replace(kept, firmware="9.9").told)
    assert "belt-creeps" in {one.question for one in renewed.of(Ask)}
