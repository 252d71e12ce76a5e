"""A way out of the loop that watches the belt, for consumers that may be slow or gone."""

import logging
import threading
from collections import deque
from collections.abc import Callable

from eccentread import events

_log = logging.getLogger(__name__)


class Outlet:
    """Hands outputs to `handle` on a daemon thread of its own; `put` never waits for it.

    At most `capacity` outputs wait. When `handle` falls further behind, the oldest give way to the newest and
    `dropped` counts them. An exception of `handle` loses that one output; only the first is logged.
    """

    def __init__(self, name: str, handle: Callable[[events.Output], object], *, capacity: int = 4096) -> None:
        self._name = name
        self._handle = handle
        self._waiting: deque[events.Output] = deque()
        self._capacity = capacity
        self._dropped = 0
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._serve, name=f"outlet-{name}", daemon=True)
        self._thread.start()

    @property
    def dropped(self) -> int:
        """Number of outputs that were never handed over."""
        return self._dropped

    def put(self, output: events.Output) -> None:
        """Queue `output` and return at once. After `close` it counts as dropped."""
        with self._changed:
            if self._closing:
                self._dropped += 1
                return
            if len(self._waiting) == self._capacity:
                self._waiting.popleft()
                self._dropped += 1
            self._waiting.append(output)
            self._changed.notify()

    def close(self, timeout_s: float) -> bool:
        """Hand over what still waits, for at most `timeout_s`; say whether all of it went.

        What is left after that is dropped. A handler that never returns keeps only its daemon thread.
        """
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout_s)
        with self._changed:
            self._dropped += len(self._waiting)
            self._waiting.clear()
        return not self._thread.is_alive()

    def _serve(self) -> None:
        complained = False
        while (output := self._next()) is not None:
            try:
                self._handle(output)
            except Exception:  # noqa: BLE001 — a consumer's mistake stays the consumer's
                if not complained:
                    _log.exception("outlet %s: an output was lost; later failures are not logged", self._name)
                complained = True

    def _next(self) -> events.Output | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            return self._waiting.popleft() if self._waiting else None
