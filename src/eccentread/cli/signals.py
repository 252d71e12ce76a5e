"""Ctrl-C, a polite kill and a lost terminal: one way to hear them all."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Generator
from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")  # each system has most of them


@contextlib.contextmanager
def heard(loop: asyncio.AbstractEventLoop, tell: Callable[[], object]) -> Generator[None]:
    """While inside, call `tell` in `loop` when somebody wants the program to end."""

    def hear(number: int, frame: FrameType | None) -> None:
        del number, frame
        loop.call_soon_threadsafe(tell)

    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    before = {number: signal.signal(number, hear) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
