"""Whoever is told of a session raises, hangs, or has nobody at the other end: the belt is watched as ever."""

import os
import sys
import threading
from contextlib import suppress
from typing import TextIO

import pytest

from driving import MOMENTS, Running, Trouble
from eccentread.events import Outcome
from eccentread.outlet import Outlet

STOP = "0801"


class Raises:
    """A consumer with a mistake in it."""

    def put(self, output) -> None:
        raise RuntimeError("a mistake of the consumer's")


def writes(run) -> list[str]:
    return list(dict.fromkeys(data for _, data in run.writes))


def test_one_that_raises_each_time(driven):
    run = driven("default", consumers=[Raises()])
    assert (run.end.outcome, run.faults) == (Outcome.FINISHED, [])
    assert writes(run) == writes(driven("default"))
    assert run.stands


def test_one_whose_outlet_never_comes_back(driven):
    """It hangs on the first output that it gets; the queue behind it is bounded."""
    released = threading.Event()
    outlet = Outlet("hanging", lambda output: released.wait(60.0), capacity=16)
    run = driven("default", consumers=[outlet])
    released.set()
    outlet.close(10.0)
    assert (run.end.outcome, run.faults) == (Outcome.FINISHED, [])
    assert run.stands
    assert outlet.dropped > 100


def test_a_stop_behind_one_that_raises(driven):
    run = driven("default", consumers=[Raises()], troubles=[Trouble(MOMENTS["mid-push"], Running.stop)])
    [asked_s] = run.befell_s
    assert next(data for t_s, data in run.writes if t_s >= asked_s) == STOP
    assert run.stands


@pytest.fixture
def pipe(monkeypatch):
    """Lets standard output be a pipe, from now on; gives its two ends."""
    monkeypatch.setattr("eccentread.cli.compose.CLOSE_S", 0.2)
    opened: list[tuple[int, TextIO]] = []

    def open_() -> tuple[int, int]:
        read, write = os.pipe()
        opened.append((read, os.fdopen(write, "w")))
        monkeypatch.setattr(sys, "stdout", opened[-1][1])
        return read, write

    yield open_
    for read, stream in opened:
        with suppress(OSError):
            os.close(read)
        stream.close()


@pytest.mark.parametrize("moment", ["observing", "countdown", "mid-push"])
def test_a_view_whose_pipe_is_closed(composed, undisturbed, pipe, moment):
    read, _ = pipe()
    run = composed(troubles=[Trouble(MOMENTS[moment], lambda run: os.close(read))])
    assert run.went_as(undisturbed)
    assert run.status == 0


def test_a_view_whose_pipe_nobody_empties(composed, undisturbed, pipe):
    """It is full from the start: the view hangs in its first write."""
    read, write = pipe()
    os.set_blocking(write, False)
    with suppress(BlockingIOError):
        for _ in range(1000):
            os.write(write, bytes(65536))
    os.set_blocking(write, True)
    run = composed()
    os.close(read)  # lets the view's thread go
    assert run.went_as(undisturbed)
    assert run.status == 0
