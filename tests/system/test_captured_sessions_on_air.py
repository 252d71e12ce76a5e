"""Sessions captured from real machines, served back over the virtual radio to the program's own link."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from eccentread.events import (
    Answered,
    Ask,
    Command,
    CommandAnswered,
    CommandKind,
    FaultRaised,
    Input,
    Notified,
    Outcome,
    Output,
    Reason,
    SessionEnded,
    TimePassed,
)
from eccentread.ftms import TreadmillData, decode_treadmill_data
from eccentread.io.link import Link
from eccentread.session import GuidedSession, parse_protocol
from eccentread_sim import run
from eccentread_sim.archetypes import ARCHETYPES
from eccentread_sim.gatt import TreadmillServer
from eccentread_sim.offer import Answers, Gatt, Machine, Offered
from eccentread_sim.personality import Personality
from eccentread_sim.radio import Radio
from eccentread_sim.recorded import Packet, RecordedTreadmill

PROTOCOL = Path(__file__).parents[2] / "protocols" / "pht-eccentric-treadmill.toml"

N3601 = Gatt(feature=bytes.fromhex("4412000001000000"), speed_range=bytes.fromhex("640058023200"))
CS_WP8 = Gatt(leaves_out=(Offered.FEATURE, Offered.SPEED_RANGE))
UREVO = replace(CS_WP8, control_point=Answers.NOTIFY)

CAPTURED = {
    "1_to_3_with_person": CS_WP8,
    "1_to_6_without_person": CS_WP8,
    "second.log": N3601,
    "third.log": N3601,
    "eq.log": N3601,
    "urevo-with-kinomap": UREVO,
    "urevo-with-urevo-mobile-app": UREVO,
    "urevo-with-treadspan": UREVO,
}
"""A part of each capture's source, and what its machine offers as far as that was captured."""
RUNNING = ("urevo-with-kinomap", "urevo-with-urevo-mobile-app", "urevo-with-treadspan")
"""Captures in which the belt moves from the first report on."""

BEGINS_S = 10.0
"""When a recording begins; the link is up by then."""
ONE_EVENT_S = 0.001
TICK_S = 0.2
AFTER_S = 30.0

LOCK_CENTI_KMH = 80


@pytest.fixture(scope="module")
def captures(real_data: Path) -> dict[str, list[Packet]]:
    found: dict[str, list[Packet]] = {}
    for line in (real_data / "captures.jsonl").read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        packet = Packet(
            one["t"], one["uuid"], bytes.fromhex(one["hex"]), written=one.get("direction") == "to_device"
        )
        found.setdefault(one["source"], []).append(packet)
    return found


def of(captures: dict[str, list[Packet]], part: str) -> list[Packet]:
    [packets] = [packets for source, packets in captures.items() if part in source]
    return packets


class Bench:
    """A recording on the air, and a link to it; what the link delivers goes to `reader`."""

    def __init__(self, treadmill: RecordedTreadmill, link: Link, inputs: list[Input]) -> None:
        self.treadmill = treadmill
        self.link = link
        self.inputs = inputs

    @property
    def frames(self) -> list[Notified]:
        return [happened for happened in self.inputs if isinstance(happened, Notified)]


@asynccontextmanager
async def on_air(
    packets: list[Packet], gatt: Gatt, reader: Callable[[Input], None] = lambda _: None
) -> AsyncGenerator[Bench]:
    personality = Personality(
        "recorded", "A recording", Machine("Recorded"), ARCHETYPES["D"].centre, gatt=gatt
    )
    treadmill = RecordedTreadmill(personality, packets, BEGINS_S)
    clock = asyncio.get_running_loop().time
    origin_s = clock()
    radio = Radio()
    server = TreadmillServer(radio.device(personality.machine.address), treadmill, origin_s)
    await radio.power_on()
    serving = asyncio.create_task(server.serve())
    inputs: list[Input] = []

    def take(happened: Input) -> None:
        inputs.append(happened)
        reader(happened)

    link = Link(
        personality.machine.address,
        clock=lambda: clock() - origin_s,
        on_input=take,
        client_backend=radio.client_backend,
    )
    await link.connect()
    try:
        yield Bench(treadmill, link, inputs)
    finally:
        await link.close()
        server.stop()
        await serving
        await radio.power_off()


def lasts_s(packets: list[Packet]) -> float:
    return BEGINS_S + packets[-1].t_s


def test_all_that_was_captured_is_played(captures: dict[str, list[Packet]]) -> None:
    assert len(captures) == len(CAPTURED)
    assert sum(len(of(captures, part)) for part in CAPTURED) == 1294


@pytest.mark.parametrize("part", CAPTURED)
def test_the_link_delivers_every_recorded_frame_in_its_order_at_its_time(
    captures: dict[str, list[Packet]], part: str
) -> None:
    packets = of(captures, part)

    async def scene() -> Bench:
        async with on_air(packets, CAPTURED[part]) as bench:
            await asyncio.sleep(lasts_s(packets))
            return bench

    bench = run(scene(), pace=None)

    said = [packet for packet in packets if not packet.written]
    assert [(frame.characteristic, frame.data) for frame in bench.frames] == [
        (packet.characteristic, packet.octets) for packet in said
    ]
    assert [frame.t_s - BEGINS_S for frame in bench.frames] == pytest.approx(
        [packet.t_s for packet in said], abs=ONE_EVENT_S
    )
    assert bench.treadmill.written == []


@pytest.mark.parametrize("part", ["second.log", "third.log", "eq.log", "urevo-with-kinomap"])
def test_a_recorded_command_is_answered_as_it_was_and_another_not_at_all(
    captures: dict[str, list[Packet]], part: str
) -> None:
    packets = of(captures, part)
    answers = [packet for packet in packets if packet.characteristic == "2ad9" and not packet.written]

    async def scene() -> Bench:
        # Nothing else is said, so that what comes is the answer.
        async with on_air(
            [each for each in packets if each.characteristic == "2ad9"], CAPTURED[part]
        ) as bench:
            bench.link.send(Command(0.0, 0, CommandKind.REQUEST_CONTROL, b"\x00"))
            await asyncio.sleep(1.0)
            bench.link.send(Command(0.0, 1, CommandKind.SET_SPEED, b"\x02\x50\x00"))
            await asyncio.sleep(lasts_s(packets))
            return bench

    bench = run(scene(), pace=None)

    asked_s, _ = bench.treadmill.written[0]
    first, *_ = bench.frames
    assert first.data == b"\x80\x00\x01"
    asked = next(packet for packet in packets if packet.octets == b"\x00" and packet.written)
    answered = next(p for p in answers if p.t_s > asked.t_s and p.octets[1] == 0)
    assert first.t_s - asked_s == pytest.approx(answered.t_s - asked.t_s, abs=ONE_EVENT_S)
    results = {one.command_id: one for one in bench.inputs if isinstance(one, CommandAnswered)}
    assert results[0].problem is None
    assert results[1].problem is not None


class Guided:
    """A guided session, and somebody who answers its questions with yes or not at all."""

    def __init__(self, *, willing: bool) -> None:
        self.session = GuidedSession(parse_protocol(PROTOCOL.read_text(encoding="utf-8"), str(PROTOCOL)))
        self.willing = willing
        self.outputs: list[Output] = []
        self.commands: list[tuple[float, Command]] = []
        self.speeds: list[tuple[float, int]] = []
        self.to_send: list[Command] = []
        self.asked: list[Ask] = []

    def feed(self, happened: Input) -> None:
        if isinstance(happened, Notified) and happened.characteristic == "2acd":
            data = decode_treadmill_data(happened.data)
            assert isinstance(data, TreadmillData)
            assert data.speed_centi_kmh is not None
            self.speeds.append((happened.t_s, data.speed_centi_kmh))
        for output in self.session.feed(happened):
            self.outputs.append(output)
            if isinstance(output, Command):
                self.commands.append((happened.t_s, output))
                self.to_send.append(output)
            elif isinstance(output, Ask) and self.willing:
                self.asked.append(output)

    def of[T](self, kind: type[T]) -> list[T]:
        return [output for output in self.outputs if isinstance(output, kind)]


def guided(packets: list[Packet], gatt: Gatt, *, willing: bool) -> Guided:
    """A session over the link to a recording."""
    athlete = Guided(willing=willing)

    async def scene() -> None:
        async with on_air(packets, gatt, athlete.feed) as bench:
            clock = asyncio.get_running_loop().time
            began_s = clock() - bench.inputs[0].t_s
            while clock() - began_s < lasts_s(packets) + AFTER_S:
                for command in athlete.to_send:
                    bench.link.send(command)
                athlete.to_send.clear()
                await asyncio.sleep(TICK_S)
                now_s = clock() - began_s
                if athlete.asked:
                    ask = athlete.asked.pop(0)
                    athlete.feed(Answered(now_s, ask.question, 0 if "pain" in ask.question else 1))
                athlete.feed(TimePassed(now_s))

    run(scene(), pace=None)
    return athlete


@pytest.mark.parametrize("willing", [False, True])
@pytest.mark.parametrize("part", CAPTURED)
def test_a_session_on_a_machine_that_goes_its_own_way_never_makes_it_faster(
    captures: dict[str, list[Packet]], part: str, willing: bool
) -> None:
    rangeless = replace(CAPTURED[part], leaves_out=(Offered.FEATURE, Offered.SPEED_RANGE))
    athlete = guided(of(captures, part), rangeless, willing=willing)

    assert len(athlete.speeds) == sum(p.characteristic == "2acd" for p in of(captures, part))
    for t_s, command in athlete.commands:
        speed = [speed for at_s, speed in athlete.speeds if at_s <= t_s][-1]
        if command.kind is CommandKind.START:
            assert willing
            assert speed == 0
        elif command.kind is CommandKind.SET_SPEED:
            asked = int.from_bytes(command.data[1:3], "little")
            assert asked <= LOCK_CENTI_KMH
            assert asked < speed
    assert athlete.of(FaultRaised)
    if part not in RUNNING:
        assert CommandKind.STOP in {command.kind for _, command in athlete.commands}


@pytest.mark.parametrize("part", RUNNING)
def test_a_belt_that_runs_from_the_first_report_on_is_refused(
    captures: dict[str, list[Packet]], part: str
) -> None:
    athlete = guided(of(captures, part), CAPTURED[part], willing=True)

    assert athlete.commands == []
    [fault] = athlete.of(FaultRaised)
    assert fault.reason is Reason.UNEXPECTED_MOTION
    [end] = athlete.of(SessionEnded)
    assert end.outcome is Outcome.FAULT


@pytest.mark.parametrize("part", [part for part, gatt in CAPTURED.items() if gatt is N3601])
def test_a_machine_whose_lowest_speed_is_above_the_lock_is_refused_before_it_has_said_anything(
    captures: dict[str, list[Packet]], part: str
) -> None:
    athlete = guided(of(captures, part), N3601, willing=True)

    assert athlete.commands == []
    assert [fault.reason for fault in athlete.of(FaultRaised)] == [Reason.OUT_OF_RANGE]
