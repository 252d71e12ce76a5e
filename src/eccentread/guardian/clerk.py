"""Keeps the latch of a belt that is being stopped, in a thread: a disk that hangs holds up no *stop*."""

import contextlib
import threading

from eccentread.errors import OutputError
from eccentread.record.latch import Hold, Holder

LOOK_S = 1.0
"""How often it is looked whether somebody else took the latch away."""


class Clerk:
    """Takes the belt in hand where that can be, and sees whether somebody else saw it stand."""

    def __init__(self, hold: Hold) -> None:
        self._hold = hold
        self._forgotten = threading.Event()
        self._over = threading.Event()
        self._stands = False
        self._thread = threading.Thread(target=self._keep, name="clerk", daemon=True)
        self._thread.start()

    @property
    def forgotten(self) -> bool:
        """Whether somebody took the latch away, which was there."""
        return self._forgotten.is_set()

    def close(self, *, stands: bool, patience_s: float = 2.0) -> None:
        """Let go of the belt; where it stands, without its latch."""
        self._stands = stands
        self._over.set()
        self._thread.join(patience_s)

    def _keep(self) -> None:
        with contextlib.suppress(OutputError):  # without a hand on it, the belt is stopped all the same
            self._hold.take(Holder.GUARDIAN)
        was_latched = self._hold.latched
        while not self._over.wait(LOOK_S):
            if was_latched and self._hold.cleared:
                self._forgotten.set()
        if self._stands:
            with contextlib.suppress(OutputError):
                self._hold.belt_stands()
        self._hold.release()
