"""Work on many items in processes of their own; the results come in the order of the items."""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import Any

WORTH_S = 0.5
"""About what it takes to start processes; work that is done sooner is done without."""

_spawn = multiprocessing.get_context("spawn")


def processors() -> int:
    """How many processes this one may run at once."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_order[T, R](
    work: Callable[[T], R],
    items: Sequence[T],
    crashed: Callable[[T], R],
    *,
    processes: int,
    worth_s: float,
) -> Iterator[R]:
    """`work` of each item, in order, each as soon as it and all before it are done.

    The first `worth_s` seconds, and whatever no second process could help with, are worked in this process;
    the rest in up to `processes` others. One that dies gives `crashed` of the item it had in hand. `work`
    must not raise, and is sent to the others by its name. Those end with the iterator, whatever ends it.
    """
    began_s, at = time.perf_counter(), 0
    while at < len(items):
        left = min(processes, len(items) - at)
        if left > 1 and time.perf_counter() - began_s >= worth_s:
            break
        yield work(items[at])
        at += 1
    yield from _elsewhere(work, items[at:], crashed, processes)


class _Worker:
    """A process that works on one item at a time.

    A pool of `concurrent.futures` breaks as a whole where one of its processes dies, and does not say over
    what.
    """

    def __init__(self, work: Callable[[Any], object]) -> None:
        self.at = -1
        self.line: Connection
        self.line, theirs = _spawn.Pipe()
        self._process = _spawn.Process(target=_serve, args=(theirs, work), daemon=True)
        with _interrupts_held():
            self._process.start()
        theirs.close()

    def give(self, at: int, item: object) -> None:
        """Let it work on item number `at`; that it is dead already will be seen on its line."""
        self.at = at
        with suppress(OSError):
            self.line.send(item)

    def end(self) -> None:
        """End it at once."""
        self.line.close()
        self._process.kill()
        self._process.join()


def _elsewhere[T, R](
    work: Callable[[T], R], items: Sequence[T], crashed: Callable[[T], R], processes: int
) -> Iterator[R]:
    ahead = iter(enumerate(items))
    workers: list[_Worker] = []
    done: dict[int, R] = {}
    due = 0
    try:
        for upcoming in islice(ahead, processes):
            workers.append(_Worker(work))
            workers[-1].give(*upcoming)
        while workers:
            told = wait([worker.line for worker in workers])
            for worker in [worker for worker in workers if worker.line in told]:
                upcoming, after = next(ahead, None), worker
                try:
                    done[worker.at] = worker.line.recv()
                except (EOFError, OSError):
                    done[worker.at], after = crashed(items[worker.at]), None
                if upcoming is None or after is None:
                    workers.remove(worker)
                    worker.end()
                if upcoming is not None:
                    if after is None:
                        workers.append(after := _Worker(work))
                    after.give(*upcoming)
            while due in done:
                yield done.pop(due)
                due += 1
    finally:
        for worker in workers:
            worker.end()


def _serve[T, R](line: Connection, work: Callable[[T], R]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that ends this one
    with suppress(EOFError, OSError):  # nobody is there any more
        while True:
            line.send(work(line.recv()))


@contextmanager
def _interrupts_held() -> Generator[None]:
    """A Ctrl-C comes after the block, and not at all to a process that is started in it.

    To be blocked is inherited by that process, but here it does not suffice: another thread may take the
    signal.
    """
    came: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        with _blocked_for_children():
            yield
    finally:
        signal.signal(signal.SIGINT, handler)
    if came:
        raise KeyboardInterrupt


@contextmanager
def _blocked_for_children() -> Generator[None]:
    if sys.platform == "win32":
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # started later, it would let interrupts through
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
