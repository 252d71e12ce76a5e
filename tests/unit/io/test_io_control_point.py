"""Procedures on the control point, in virtual time."""

import asyncio
from collections.abc import Awaitable, Callable

import looptime
import pytest
from bleak.exc import BleakError, BleakGATTProtocolError
from hypothesis import given, settings
from hypothesis import strategies as st

from eccentread.events import Command, CommandAnswered, CommandKind, Problem
from eccentread.io.control_point import (
    ANSWER_TIMEOUT_S,
    GAP_S,
    REQUEST_CONTROL_TIMEOUT_S,
    STOP_GRACE_S,
    STOP_PATIENCE_S,
    STOP_RETRY_S,
    ControlPoint,
)

DATA = {
    CommandKind.REQUEST_CONTROL: b"\x00",
    CommandKind.START: b"\x07",
    CommandKind.SET_SPEED: b"\x02\x50\x00",
    CommandKind.STOP: b"\x08\x01",
    CommandKind.PAUSE: b"\x08\x02",
    CommandKind.TRY_STOP: b"\x08\x01",
}
START, SPEED, STOP, PAUSE = (
    CommandKind.START,
    CommandKind.SET_SPEED,
    CommandKind.STOP,
    CommandKind.PAUSE,
)
IN_PROGRESS = BleakGATTProtocolError(0xFE)


class Bench:
    """A control point on a radio that does what `on_write` says; `log` tells what happened when."""

    def __init__(self) -> None:
        self.log: list[tuple[float, str]] = []
        self.answered: list[CommandAnswered] = []
        self.on_write: Callable[[bytes], Awaitable[None] | None] = lambda data: None
        self.control = ControlPoint(self._write, clock=self.now, on_answered=self._on_answered)
        self._ids = 0

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def _on_answered(self, answered: CommandAnswered) -> None:
        self.log.append((round(self.now(), 3), f"ended {answered.command_id}"))
        self.answered.append(answered)

    async def _write(self, data: bytes) -> None:
        self.log.append((round(self.now(), 3), f"write {data.hex()}"))
        done = self.on_write(data)
        if done is not None:
            await done

    def send(self, kind: CommandKind) -> int:
        self._ids += 1
        self.control.send(Command(self.now(), self._ids, kind, DATA[kind]))
        return self._ids

    def answer(self, op: int, result: int = 1) -> None:
        self.control.indicated(bytes([0x80, op, result]))

    def writes(self) -> list[tuple[float, str]]:
        return [(t_s, what.removeprefix("write ")) for t_s, what in self.log if what.startswith("write")]

    def endings(self) -> list[tuple[int, int | Problem | None]]:
        return [(a.command_id, a.result if a.problem is None else a.problem) for a in self.answered]


async def hang(data: bytes = b"") -> None:
    await asyncio.Event().wait()


def first_fails(error: Exception, times: int = 1) -> Callable[[bytes], None]:
    left = [error] * times

    def on_write(data: bytes) -> None:
        if left:
            raise left.pop()

    return on_write


# --- One procedure ------------------------------------------------------------------------------------------


async def test_an_answer_inside_the_write_counts() -> None:
    bench = Bench()

    async def indicate_then_confirm(data: bytes) -> None:
        bench.answer(data[0])
        await asyncio.sleep(0.03)

    bench.on_write = indicate_then_confirm
    bench.send(START)
    await asyncio.sleep(0.1)
    assert bench.endings() == [(1, 1)]


@pytest.mark.parametrize("result", [1, 2, 3, 4, 5, 0x42])
async def test_the_result_is_the_machines(result: int) -> None:
    bench = Bench()
    bench.send(START)
    await asyncio.sleep(0.1)
    bench.answer(0x07, result)
    await asyncio.sleep(0.1)
    assert bench.endings() == [(1, result)]


async def test_a_second_answer_is_ignored() -> None:
    bench = Bench()
    bench.send(START)
    await asyncio.sleep(0.1)
    bench.answer(0x07, 1)
    bench.answer(0x07, 4)
    await asyncio.sleep(1)
    assert bench.endings() == [(1, 1)]


@pytest.mark.parametrize(
    "data", [b"", b"\x80", b"\x80\x07", b"\x80\x02\x01", b"\x80\x00\x01", b"\x07\x07\x01", bytes(512)]
)
async def test_what_does_not_answer_the_pending_command_is_ignored(data: bytes) -> None:
    bench = Bench()
    bench.send(START)
    await asyncio.sleep(0.1)
    bench.control.indicated(data)
    await asyncio.sleep(0.1)
    assert bench.endings() == []


async def test_an_answer_to_nothing_is_ignored() -> None:
    bench = Bench()
    bench.answer(0x07)
    bench.send(START)
    await asyncio.sleep(1)
    assert bench.endings() == []


async def test_a_late_answer_does_not_answer_the_next_command() -> None:
    bench = Bench()
    bench.send(START)
    await asyncio.sleep(ANSWER_TIMEOUT_S + GAP_S)
    bench.send(SPEED)
    await asyncio.sleep(0.1)
    bench.answer(0x07, 4)
    bench.answer(0x02, 1)
    await asyncio.sleep(0.1)
    assert bench.endings() == [(1, Problem.TIMED_OUT), (2, 1)]


@pytest.mark.parametrize(
    ("kind", "timeout_s"),
    [(kind, ANSWER_TIMEOUT_S) for kind in (START, SPEED, STOP, PAUSE)]
    + [(CommandKind.REQUEST_CONTROL, REQUEST_CONTROL_TIMEOUT_S)],
)
async def test_no_answer_ends_at_the_time_out(kind: CommandKind, timeout_s: float) -> None:
    bench = Bench()
    bench.send(kind)
    await asyncio.sleep(timeout_s + 0.01)
    assert bench.endings() == [(1, Problem.TIMED_OUT)]
    assert bench.answered[0].t_s == pytest.approx(timeout_s)


async def test_a_hung_write_ends_at_the_time_out() -> None:
    bench = Bench()
    bench.on_write = hang
    bench.send(START)
    await asyncio.sleep(ANSWER_TIMEOUT_S + 0.01)
    assert bench.endings() == [(1, Problem.TIMED_OUT)]


@pytest.mark.parametrize(
    "error", [BleakError("Not connected"), IN_PROGRESS, OSError("WinRT"), EOFError(), AssertionError()]
)
async def test_a_refused_write_ends_the_command(error: Exception) -> None:
    bench = Bench()
    bench.on_write = first_fails(error)
    bench.send(START)
    await asyncio.sleep(0.1)
    assert bench.endings() == [(1, Problem.WRITE_FAILED)]


async def test_an_answer_outweighs_a_write_that_is_never_confirmed() -> None:
    bench = Bench()

    async def indicate_and_fail(data: bytes) -> None:
        bench.answer(data[0], 4)
        await asyncio.sleep(0)
        raise BleakError("lost the response")

    bench.on_write = indicate_and_fail
    bench.send(START)
    await asyncio.sleep(0.1)
    assert bench.endings() == [(1, 4)]


# --- One at a time ------------------------------------------------------------------------------------------


async def test_commands_run_in_turn_with_a_gap() -> None:
    bench = Bench()
    bench.send(CommandKind.REQUEST_CONTROL)
    bench.send(START)
    bench.send(SPEED)
    await asyncio.sleep(0.1)
    bench.answer(0x00)
    await asyncio.sleep(1.0)
    bench.answer(0x07)
    await asyncio.sleep(1.0)
    assert bench.writes() == [(0.0, "00"), (0.1 + GAP_S, "07"), (1.1 + GAP_S, "025000")]


async def test_no_gap_is_left_to_wait_after_a_pause() -> None:
    bench = Bench()
    bench.send(CommandKind.REQUEST_CONTROL)
    await asyncio.sleep(10)
    bench.send(START)
    await asyncio.sleep(0.1)
    assert bench.writes()[-1] == (10.0, "07")


async def test_a_failed_command_does_not_keep_the_next_from_running() -> None:
    bench = Bench()
    bench.on_write = first_fails(BleakError("no"))
    bench.send(START)
    bench.send(SPEED)
    await asyncio.sleep(1)
    bench.answer(0x02)
    await asyncio.sleep(0.1)
    assert bench.endings() == [(1, Problem.WRITE_FAILED), (2, 1)]


# --- Stop goes ahead ----------------------------------------------------------------------------------------


async def test_stop_goes_ahead_of_what_is_pending_and_queued() -> None:
    bench = Bench()
    bench.send(START)
    bench.send(SPEED)
    await asyncio.sleep(0.1)
    bench.send(STOP)
    await asyncio.sleep(0.01)
    assert bench.writes() == [(0.0, "07"), (0.1, "0801")]
    assert bench.endings() == [(1, Problem.SUPERSEDED), (2, Problem.SUPERSEDED)]
    bench.answer(0x08)
    await asyncio.sleep(5)
    assert bench.endings()[-1] == (3, 1)
    assert bench.writes() == [(0.0, "07"), (0.1, "0801")]


async def test_stop_does_not_wait_for_a_hung_write() -> None:
    bench = Bench()
    bench.on_write = lambda data: hang() if data[0] == 0x07 else None
    bench.send(START)
    await asyncio.sleep(0.2)
    bench.send(STOP)
    await asyncio.sleep(0.01)
    assert bench.writes() == [(0.0, "07"), (0.2, "0801")]
    assert bench.endings() == [(1, Problem.SUPERSEDED)]


async def test_what_stop_supersedes_is_never_written_later() -> None:
    """bleak on BlueZ tries by itself until a write is taken: that must end with the command."""
    bench = Bench()
    tries: list[bytes] = []

    async def try_again_and_again(data: bytes) -> None:
        while data[0] == 0x07:
            tries.append(data)
            await asyncio.sleep(0.01)

    bench.on_write = try_again_and_again
    bench.send(START)
    await asyncio.sleep(0.105)
    bench.send(STOP)
    await asyncio.sleep(0)
    so_far = len(tries)
    await asyncio.sleep(1)
    assert len(tries) == so_far


async def test_the_superseded_write_unwinds_before_stop_is_written() -> None:
    """Core Bluetooth keeps one waiter a characteristic, which the older write takes away when it unwinds."""
    bench = Bench()

    async def unwind(data: bytes) -> None:
        try:
            await hang()
        finally:
            bench.log.append((round(bench.now(), 3), f"unwound {data.hex()}"))

    bench.on_write = lambda data: unwind(data) if data[0] == 0x07 else None
    bench.send(START)
    await asyncio.sleep(0.1)
    bench.send(STOP)
    await asyncio.sleep(0.01)
    assert [what for _, what in bench.log if "ended" not in what] == ["write 07", "unwound 07", "write 0801"]


async def test_commands_of_one_instant_end_before_they_begin_when_stop_follows() -> None:
    bench = Bench()
    bench.send(START)
    bench.send(STOP)
    await asyncio.sleep(0.01)
    assert bench.writes() == [(0.0, "0801")]
    assert bench.endings() == [(1, Problem.SUPERSEDED)]


async def test_stop_does_not_wait_for_the_gap() -> None:
    bench = Bench()
    bench.send(START)
    await asyncio.sleep(0.1)
    bench.answer(0x07)
    await asyncio.sleep(0.01)
    bench.send(STOP)
    await asyncio.sleep(0.01)
    assert bench.writes()[-1] == (0.11, "0801")


async def test_a_newer_stop_supersedes_an_older_one() -> None:
    bench = Bench()
    bench.send(STOP)
    await asyncio.sleep(0.5)
    bench.send(STOP)
    await asyncio.sleep(0.1)
    bench.answer(0x08)
    await asyncio.sleep(0.1)
    assert bench.writes() == [(0.0, "0801"), (0.5, "0801")]
    assert bench.endings() == [(1, Problem.SUPERSEDED), (2, 1)]


async def test_a_command_after_stop_waits_a_moment_for_the_answer_to_stop() -> None:
    bench = Bench()
    bench.send(STOP)
    bench.send(PAUSE)
    await asyncio.sleep(ANSWER_TIMEOUT_S + GAP_S + 0.01)
    assert bench.writes() == [(0.0, "0801"), (STOP_PATIENCE_S, "0802")]


@pytest.mark.parametrize(
    ("error", "times"),
    [(BleakError("In Progress"), 100), (IN_PROGRESS, 50), (OSError("busy"), 100), (TimeoutError(), 100)],
)
async def test_stop_is_tried_until_it_is_written(error: Exception, times: int) -> None:
    bench = Bench()
    bench.on_write = first_fails(error, times=times)
    bench.send(STOP)
    await asyncio.sleep((times + 0.5) * STOP_RETRY_S)
    assert [t_s for t_s, _ in bench.writes()] == pytest.approx([n * STOP_RETRY_S for n in range(times + 1)])
    bench.answer(0x08)
    await asyncio.sleep(0.01)
    assert bench.endings() == [(1, 1)]


async def test_a_machine_that_stays_busy_for_three_seconds_is_stuck_whatever_stop_asks() -> None:
    bench = Bench()
    bench.on_write = first_fails(IN_PROGRESS, times=10**6)
    for _ in range(8):
        bench.send(STOP)
        await asyncio.sleep(0.5)
    assert bench.endings()[:5] == [(n, Problem.SUPERSEDED) for n in range(1, 6)]
    assert bench.endings()[-1][1] is Problem.STUCK


async def test_a_newer_stop_takes_over_the_trying() -> None:
    bench = Bench()
    bench.on_write = first_fails(BleakError("In Progress"), times=10)
    bench.send(STOP)
    await asyncio.sleep(2.5 * STOP_RETRY_S)
    bench.send(STOP)
    await asyncio.sleep(1)
    assert bench.endings() == [(1, Problem.SUPERSEDED)]
    assert len(bench.writes()) == 11


async def test_a_stop_that_the_machine_refuses_has_failed() -> None:
    """So that the next step of the escalation is not held back by a stop that will never be taken."""
    bench = Bench()
    bench.on_write = first_fails(BleakGATTProtocolError(0xFD), times=1)
    bench.send(STOP)
    bench.send(PAUSE)
    await asyncio.sleep(1)
    assert bench.endings() == [(1, Problem.WRITE_FAILED)]
    assert bench.writes() == [(0.0, "0801"), (GAP_S, "0802")]


# --- The end ------------------------------------------------------------------------------------------------


async def test_a_lost_link_ends_everything() -> None:
    bench = Bench()
    bench.on_write = hang
    bench.send(START)
    bench.send(SPEED)
    await asyncio.sleep(0.1)
    bench.control.abandon()
    bench.send(STOP)
    await asyncio.sleep(0.1)
    assert sorted(bench.endings()) == [(n, Problem.LINK_LOST) for n in (1, 2, 3)]
    assert bench.writes() == [(0.0, "07")]


async def test_send_never_answers_by_itself() -> None:
    bench = Bench()
    bench.send(START)
    bench.send(STOP)
    bench.control.abandon()
    bench.send(STOP)
    assert bench.answered == []
    await asyncio.sleep(0.1)
    assert len(bench.answered) == 3


async def test_closing_lets_a_stop_out() -> None:
    bench = Bench()
    bench.send(STOP)
    closing = asyncio.create_task(bench.control.close())
    await asyncio.sleep(0.1)
    bench.answer(0x08)
    await closing
    assert bench.writes() == [(0.0, "0801")]
    assert bench.endings() == [(1, 1)]


async def test_closing_does_not_wait_for_long() -> None:
    bench = Bench()
    bench.on_write = hang
    bench.send(STOP)
    bench.send(PAUSE)
    await bench.control.close()
    assert bench.now() == pytest.approx(STOP_GRACE_S)
    assert sorted(bench.endings()) == [(1, Problem.LINK_LOST), (2, Problem.LINK_LOST)]


async def test_closing_waits_for_nothing_but_stop() -> None:
    bench = Bench()
    bench.send(START)
    await asyncio.sleep(0.1)
    await bench.control.close()
    assert bench.now() == pytest.approx(0.1)
    assert bench.endings() == [(1, Problem.LINK_LOST)]


# --- Any sequence -------------------------------------------------------------------------------------------

actions = st.one_of(
    st.tuples(st.just("send"), st.sampled_from(list(CommandKind))),
    st.tuples(st.just("answer"), st.sampled_from([0x00, 0x02, 0x07, 0x08])),
    st.tuples(st.just("radio"), st.sampled_from(["works", "hangs", "fails", "slow"])),
    st.tuples(st.just("wait"), st.sampled_from([0.0, 0.01, 0.3, 1.0, 4.0])),
    st.tuples(st.just("lose"), st.just(None)),
)


@settings(deadline=None)
@given(st.lists(actions, max_size=25))
def test_every_command_ends_exactly_once_and_stop_is_never_overtaken(
    sequence: list[tuple[str, object]],
) -> None:
    async def play() -> None:
        bench, radio, lost = Bench(), "works", False
        kinds: dict[int, CommandKind] = {}

        async def on_write(data: bytes) -> None:
            if radio == "fails":
                raise BleakError("In Progress")
            await asyncio.sleep({"works": 0.0, "slow": 0.2, "hangs": 1e9}[radio])

        bench.on_write = on_write
        for action, value in sequence:
            match action, value:
                case "send", CommandKind() as kind:
                    before = len(bench.writes())
                    kinds[bench.send(kind)] = kind
                    if kind is STOP and not lost:
                        await asyncio.sleep(0)
                        await asyncio.sleep(0)
                        assert [what for _, what in bench.writes()[before:]] == ["0801"]
                        assert bench.writes()[-1][0] == pytest.approx(bench.now(), abs=1e-3)
                case "answer", int(op):
                    bench.answer(op)
                case "radio", str(mood):
                    radio = mood
                case "wait", float(wait_s):
                    await asyncio.sleep(wait_s)
                case _:
                    lost = True
                    bench.control.abandon()
        bench.control.abandon()
        await asyncio.sleep(0.1)
        assert sorted(a.command_id for a in bench.answered) == sorted(kinds)
        assert all((a.result is None) != (a.problem is None) for a in bench.answered)

    with asyncio.Runner(loop_factory=looptime.new_event_loop) as runner:
        runner.run(play())
