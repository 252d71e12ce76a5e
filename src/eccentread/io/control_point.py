"""Control point procedures over one connection: one at a time, *stop* ahead of everything (FTMS 1.0 §4.16).

A procedure is a write and the answer `80 op result` that the machine indicates. FTMS numbers no procedures:
an answer is known by its op code alone, and a late one to an earlier command of the same op passes for this
one's. That is why nothing here means that the belt has followed; only the machine's own reports say so.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from bleak.exc import BleakGATTProtocolError, BleakGATTProtocolErrorCode

from eccentread.events import Command, CommandAnswered, CommandKind, Problem
from eccentread.ftms.control_point import Response, decode_response

_log = logging.getLogger(__name__)

ANSWER_TIMEOUT_S = 3.0
"""From the write to the answer. The slowest machine known answers within 2 s; the 30 s that the specification
allows (an ATT transaction, FTMP 1.0 §4.4.14.3) would hold back what follows for far too long."""

REQUEST_CONTROL_TIMEOUT_S = 0.5
"""The same for Request Control, which some machines never answer: twice the slowest answer seen (260 ms)."""

GAP_S = 0.4
"""From a procedure's end to the next write: some machines drop what follows sooner. *Stop* does not wait."""

STOP_RETRY_S = 0.05
"""Between attempts to write *stop* while this computer's Bluetooth refuses it beside a write that hangs."""

STUCK_S = 3.0
"""How long a machine may refuse *stop* because of another procedure: the slowest known takes 2 s for one. The
specification ends a procedure that timed out with the link, and with nothing else (FTMP 1.0 §4.4.14.3)."""

STOP_PATIENCE_S = 0.5
"""How long a *stop* without an answer holds back what follows it: that is sent because stopping failed."""

STOP_GRACE_S = 1.0
"""How long closing waits for a *stop* on its way: ten times what a write and its answer usually take."""

type _Ending = int | Problem
"""The machine's result code, or why there is none."""


@dataclass(slots=True)
class _Pending:
    """The one answer that is waited for."""

    op: int
    result: int | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def ending(self, problem: Problem) -> _Ending:
        """An answer outweighs what the radio says: machines answer before the write is confirmed."""
        return problem if self.result is None else self.result


class ControlPoint:
    """Runs commands; each ends in exactly one `CommandAnswered`, never from inside `send`.

    `write` puts octets on the characteristic and raises what the radio raises. A command is a task, and what
    is told of it is told where that task is done: nothing can be left out or told twice.
    """

    def __init__(
        self,
        write: Callable[[bytes], Awaitable[None]],
        *,
        clock: Callable[[], float],
        on_answered: Callable[[CommandAnswered], None],
    ) -> None:
        self._write = write
        self._clock = clock
        self._on_answered = on_answered
        self._unfinished: dict[asyncio.Task[_Ending], Problem] = {}  # how each ends if it is cancelled
        self._last: asyncio.Task[_Ending] | None = None
        self._stop: asyncio.Task[_Ending] | None = None
        self._pending: _Pending | None = None
        self._quiet_until_s = 0.0
        self._busy_s: float | None = None  # since when stop is refused because of another procedure
        self._lost = False

    def send(self, command: Command) -> None:
        """Begin or queue `command` and return at once.

        *Stop* waits for nothing: whatever is pending or queued ends as superseded, an earlier stop too. What
        is sent after a stop waits until that has ended, for at most `STOP_PATIENCE_S`.
        """
        if command.kind is CommandKind.STOP:
            self._cancel(Problem.SUPERSEDED)
            task = self._stop = asyncio.create_task(self._stop_procedure(command))
        else:
            patience_s = STOP_PATIENCE_S if self._last is self._stop else None
            task = asyncio.create_task(self._procedure(command, self._last, patience_s))
        self._last = task
        self._unfinished[task] = Problem.LINK_LOST
        task.add_done_callback(partial(self._ended, command))
        if self._lost:
            task.cancel()

    def indicated(self, data: bytes) -> None:
        """Take what the machine indicated; anything but the pending command's first answer is ignored."""
        pending, response = self._pending, decode_response(data)
        if (
            pending
            and isinstance(response, Response)
            and response.op == pending.op
            and pending.result is None
        ):
            pending.result = response.result
            pending.arrived.set()

    def abandon(self) -> None:
        """The link is gone: whatever is unfinished, and whatever is sent from now on, ends as link lost."""
        self._lost = True
        self._cancel(Problem.LINK_LOST)

    async def close(self) -> None:
        """Let a *stop* on its way be answered, for at most `STOP_GRACE_S`; then end the rest as link lost."""
        if self._stop is not None and not self._stop.done():
            await asyncio.wait({self._stop}, timeout=STOP_GRACE_S)
        self.abandon()
        if self._unfinished:
            await asyncio.wait(set(self._unfinished), timeout=STOP_GRACE_S)

    async def _procedure(
        self, command: Command, after: asyncio.Task[_Ending] | None, patience_s: float | None
    ) -> _Ending:
        if after is not None:
            await asyncio.wait({after}, timeout=patience_s)
        await asyncio.sleep(self._quiet_until_s - asyncio.get_running_loop().time())
        pending = self._arm(command)
        problem = Problem.TIMED_OUT
        try:
            async with asyncio.timeout(_timeout_s(command.kind)):
                await self._write(command.data)
                await pending.arrived.wait()
        except TimeoutError:
            pass
        except Exception:  # noqa: BLE001 — radios refuse in more ways than bleak has names for
            _log.warning("%s could not be written", command.kind, exc_info=True)
            problem = Problem.WRITE_FAILED
        return pending.ending(problem)

    async def _stop_procedure(self, command: Command) -> _Ending:
        pending = self._arm(command)
        while True:
            try:
                await self._write(command.data)
                self._busy_s = None
                break
            except BleakGATTProtocolError as refusal:
                # The machine heard it and said no; only "procedure already in progress" passes by itself.
                if refusal.code is not BleakGATTProtocolErrorCode.PROCEDURE_ALREADY_IN_PROGRESS:
                    _log.warning("the machine refused stop", exc_info=True)
                    return pending.ending(Problem.WRITE_FAILED)
                now_s = asyncio.get_running_loop().time()
                self._busy_s = now_s if self._busy_s is None else self._busy_s
                if now_s - self._busy_s >= STUCK_S:
                    return pending.ending(Problem.STUCK)
            except Exception:  # noqa: BLE001 — as above, and stopping is never conditional
                _log.debug("stop could not be written yet", exc_info=True)
            await asyncio.sleep(STOP_RETRY_S)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                await pending.arrived.wait()
        return pending.ending(Problem.TIMED_OUT)

    def _arm(self, command: Command) -> _Pending:
        self._pending = _Pending(command.data[0])
        return self._pending

    def _cancel(self, why: Problem) -> None:
        for task in self._unfinished:
            if not task.cancelling():
                self._unfinished[task] = why
                task.cancel()

    def _ended(self, command: Command, task: asyncio.Task[_Ending]) -> None:
        if_cancelled = self._unfinished.pop(task)
        ending = if_cancelled if task.cancelled() else task.result()
        self._quiet_until_s = asyncio.get_running_loop().time() + GAP_S
        problem = ending if isinstance(ending, Problem) else None
        result = None if isinstance(ending, Problem) else ending
        self._on_answered(CommandAnswered(self._clock(), command.id, result, problem))


def _timeout_s(kind: CommandKind) -> float:
    return REQUEST_CONTROL_TIMEOUT_S if kind is CommandKind.REQUEST_CONTROL else ANSWER_TIMEOUT_S
