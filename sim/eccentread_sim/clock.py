"""An event loop in virtual time: it jumps to the next timer, or sleeps a fraction of the wait.

Everything that runs between two waits takes no virtual time, so a session gives the same times at any pace
and on any computer, as long as nothing comes in from outside. What does come in (sockets, signals, threads)
wakes the loop at once. All of the loop's time is virtual: a time-out around real I/O is over early.
"""

import asyncio
import selectors
import time
from collections.abc import Coroutine
from functools import partial
from typing import Any

MAX_LAG_S = 0.1
"""Real seconds that the loop makes up for when work took longer than it should; the rest is let go."""


class _VirtualSelector(selectors.DefaultSelector):
    """Keeps the virtual time; its waits take `1 / pace` of what is asked for, or nothing at all."""

    def __init__(self, pace: float | None) -> None:
        super().__init__()
        self.now_s = 0.0
        self._pace = pace
        self._began_s = time.monotonic()

    def _behind_s(self, at_s: float) -> float:
        """Real seconds by which the wall clock is past the virtual time `at_s`; 0 without a pace."""
        if self._pace is None:
            return 0.0
        behind_s = time.monotonic() - self._began_s - at_s / self._pace
        if behind_s > MAX_LAG_S:
            self._began_s += behind_s
            return 0.0
        return behind_s

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for real I/O until the virtual `timeout` (s) is over; `None` waits for I/O alone."""
        if timeout is None:
            return super().select(None)
        until_s = self.now_s + max(0.0, timeout)
        ready = super().select(max(0.0, -self._behind_s(until_s)))
        if not ready:
            self.now_s = until_s
        elif self._pace is not None:
            self.now_s = min(until_s, max(self.now_s, until_s + self._behind_s(until_s) * self._pace))
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An asyncio event loop whose clock starts at 0.0 and jumps.

    `pace` is how many virtual seconds pass in one real second (> 0); `None` is as fast as the computer goes.
    With nothing scheduled and nothing ready it blocks on real I/O like any other loop, and its clock stands.
    """

    def __init__(self, pace: float | None) -> None:
        self._virtual = _VirtualSelector(pace)
        super().__init__(self._virtual)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._virtual.now_s

    def block(self, for_s: float) -> None:
        """Let `for_s` pass within the callback that runs, as one does that holds the loop up."""
        self._virtual.now_s += for_s

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Wait for the executor's threads without a limit: a virtual one would be over before they are."""
        del timeout
        await super().shutdown_default_executor(None)


def run[T](main: Coroutine[Any, Any, T], *, pace: float | None) -> T:
    """What `main` returns, run in virtual time as `asyncio.run` would: leftovers cancelled, Ctrl-C heeded.

    `pace` as for `VirtualTimeLoop`.
    """
    with asyncio.Runner(loop_factory=partial(VirtualTimeLoop, pace)) as runner:
        return runner.run(main)
