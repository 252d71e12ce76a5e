"""The event loop in virtual time."""

import asyncio
import os
import signal
import socket
import threading
import time

import pytest

from eccentread_sim.clock import run


def test_time_starts_at_zero_and_jumps_exactly_to_each_timer():
    async def main():
        loop = asyncio.get_running_loop()
        times = [loop.time()]
        for delay_s in (0.25, 1000.0, 86_400.0 * 3):
            await asyncio.sleep(delay_s)
            times.append(loop.time())
        return times

    began = time.monotonic()
    assert run(main(), pace=None) == [0.0, 0.25, 1000.25, 260_200.25]
    assert time.monotonic() - began < 1.0


def test_work_between_waits_takes_no_virtual_time():
    async def main():
        loop = asyncio.get_running_loop()
        before = loop.time()
        for _ in range(1000):
            await asyncio.sleep(0)
        return loop.time() - before

    assert run(main(), pace=None) == 0.0


@pytest.mark.parametrize("pace", [None, 500.0])
def test_timers_fire_in_the_same_order_and_at_the_same_times_at_any_pace(pace):
    async def ticker(name, period_s, log):
        for _ in range(5):
            await asyncio.sleep(period_s)
            log.append((name, asyncio.get_running_loop().time()))

    async def main():
        log = []
        await asyncio.gather(ticker("a", 0.3, log), ticker("b", 0.7, log), ticker("c", 0.1, log))
        return log

    assert run(main(), pace=pace) == run(main(), pace=None)


def test_a_pace_sleeps_that_fraction_of_the_wait():
    async def main():
        for _ in range(10):
            await asyncio.sleep(1.0)
        return asyncio.get_running_loop().time()

    began = time.monotonic()
    assert run(main(), pace=100.0) == pytest.approx(10.0)
    assert 0.1 <= time.monotonic() - began < 1.0


def test_a_paced_loop_lets_a_long_stall_go_instead_of_racing_after_it():
    async def main():
        busy_until = time.monotonic() + 0.3
        while time.monotonic() < busy_until:
            pass
        began = time.monotonic()
        await asyncio.sleep(5.0)
        await asyncio.sleep(5.0)
        return time.monotonic() - began

    assert run(main(), pace=100.0) >= 0.05


@pytest.mark.parametrize("pace", [None, 50.0])
def test_a_thread_wakes_a_loop_that_has_nothing_scheduled(pace):
    async def main():
        loop = asyncio.get_running_loop()
        woken = loop.create_future()
        threading.Timer(0.05, loop.call_soon_threadsafe, [woken.set_result, "from outside"]).start()
        return await woken

    cpu_before = time.process_time()
    assert run(main(), pace=pace) == "from outside"
    assert time.process_time() - cpu_before < 0.04, "it spins while it waits"


def test_a_socket_is_served_while_timers_jump():
    async def main():
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=ours)
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                await asyncio.sleep(1.0)
                ticks += 1

        ticking = asyncio.create_task(tick())
        threading.Timer(0.02, theirs.sendall, [b"hello\n"]).start()
        line = await reader.readline()
        ticking.cancel()
        writer.close()
        theirs.close()
        return line, ticks

    line, ticks = run(main(), pace=None)
    assert line == b"hello\n"
    assert ticks > 0


def test_input_during_a_paced_wait_is_stamped_between_its_ends():
    async def main():
        loop = asyncio.get_running_loop()
        woken = loop.create_future()
        threading.Timer(
            0.05, lambda: loop.call_soon_threadsafe(lambda: woken.set_result(loop.time()))
        ).start()
        await asyncio.wait([woken], timeout=100.0)
        return await woken

    assert 1.0 < run(main(), pace=100.0) < 90.0


def test_work_in_threads_is_waited_for_at_the_end():
    async def main():
        finished = []
        asyncio.get_running_loop().run_in_executor(None, lambda: (time.sleep(0.05), finished.append(True)))
        return finished

    assert run(main(), pace=None) == [True]


def test_leftover_tasks_are_cancelled():
    ends = []

    async def leftover():
        try:
            await asyncio.sleep(1e6)
        except asyncio.CancelledError:
            ends.append("cancelled")
            raise

    async def main():
        task = asyncio.create_task(leftover())
        await asyncio.sleep(0)
        return task

    assert run(main(), pace=None).cancelled()
    assert ends == ["cancelled"]


def test_ctrl_c_ends_the_run():
    async def main():
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.get_running_loop().create_future()

    with pytest.raises(KeyboardInterrupt):
        run(main(), pace=None)


def test_an_error_leaves_the_run():
    async def main():
        await asyncio.sleep(1.0)
        raise ValueError("said so")

    with pytest.raises(ValueError, match="said so"):
        run(main(), pace=None)
