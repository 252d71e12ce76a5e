"""One guardian process, seen from the program that it watches.

Plain pipes and a thread, not asyncio's subprocesses: those kill their child when they are garbage, and this
child is meant to outlive a program that ends in whatever way.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence

_READ_OCTETS = 64


class Sentry:
    """Started where it is made. It is alive as long as it answers.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._loop = asyncio.get_running_loop()
        self._process = subprocess.Popen(  # noqa: S603 — this program itself
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            stderr=_terminal(),
            start_new_session=True,  # Ctrl-C and a closed terminal are not for it
        )
        assert self._process.stdin is not None  # it is asked for
        self._words = self._process.stdin
        os.set_blocking(self._words.fileno(), False)
        self.ready = asyncio.Event()
        """It has spoken for the first time: everything that it needs is loaded."""
        self.ended = asyncio.Event()
        self.beats = 0
        """How many words it was told since it last answered."""
        try:
            threading.Thread(target=self._listen, name="sentry", daemon=True).start()
        except RuntimeError as error:  # the computer gives no more of them
            with self._process:
                self._process.kill()
            raise OSError(str(error)) from None

    def say(self, word: bytes) -> None:
        """Tell it a word, at once or not at all: the next one makes good for it."""
        self.beats += 1
        with contextlib.suppress(OSError, ValueError):  # full, broken or closed
            os.write(self._words.fileno(), word)

    def kill(self) -> None:
        """End it; `ended` follows."""
        self._process.kill()

    def leave(self) -> None:
        """Say nothing more: it ends, or takes over."""
        with contextlib.suppress(OSError):
            self._words.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None  # it is asked for
        with self._process.stdout as out:
            while os.read(out.fileno(), _READ_OCTETS):
                self._tell(self._answered)
        self._process.kill()  # one that closes its ears and lives is none
        self._process.wait()
        self._tell(self._over)

    def _answered(self) -> None:
        self.beats = 0
        self.ready.set()

    def _over(self) -> None:
        self.leave()
        self.ended.set()

    def _tell(self, what: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody wants to know
            self._loop.call_soon_threadsafe(what)


def _terminal() -> int | None:
    """Where its words go: standard error, unless only standard output is a terminal."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        if sys.stdout.isatty() and not sys.stderr.isatty():
            return sys.stdout.fileno()
    return None
