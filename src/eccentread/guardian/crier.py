"""Shouts at whoever is near the belt, again and again, from a thread that nothing can hold up."""

import contextlib
import os
import textwrap
import threading
from typing import TextIO

from eccentread.rescue.words import EMERGENCY
from eccentread.ui.direct import direct

REPEAT_S = 2.0
QUIET_REPEAT_S = 15.0
"""The same where nobody looks at a terminal: a log wants no more."""

_WIDTH = 60
_RED = "\x1b[1;97;41m"
_PLAIN = "\x1b[0m"
_BACK = "\x1b[?1049l\x1b[?25h\x1b[0m\r\n"
"""Leaves the alternate screen that a killed program drew on, and shows the cursor."""


class Crier:
    """Shouts `EMERGENCY` and the news on a text stream until it is hushed; one that is gone is no matter."""

    def __init__(self, stream: TextIO | None) -> None:
        self._asked = stream
        self._stream = direct(stream)
        self._terminal = self._stream.isatty()
        self._news = self._last = ""
        self._called = threading.Event()
        self._hushed = threading.Event()
        # Now, since a computer in distress may give no thread later.
        self._thread = threading.Thread(target=self._serve, name="crier", daemon=True)
        self._thread.start()

    def start(self, news: str) -> None:
        """Begin to shout."""
        self._news = news
        self._called.set()

    def tell(self, news: str) -> None:
        """Shout this from now on, behind `EMERGENCY`."""
        self._news = news

    def hush(self, last: str, patience_s: float = 1.0) -> None:
        """Say one thing more, and no more."""
        self._last = last
        self._hushed.set()
        self._called.set()
        self._thread.join(patience_s)

    def _serve(self) -> None:
        self._called.wait()
        if self._news:
            self._shout()
        self._say(f"eccentread: {self._last}\n")

    def _shout(self) -> None:
        if self._terminal:
            self._say(_BACK)
        while True:
            self._say(
                shout(self._news, _columns(self._asked)) if self._terminal else f"{EMERGENCY} {self._news}\n"
            )
            if self._hushed.wait(REPEAT_S if self._terminal else QUIET_REPEAT_S):
                return

    def _say(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # nobody reads there any more
            self._stream.write(text)


def _columns(stream: TextIO | None) -> int:
    try:
        assert stream is not None  # it is a terminal
        return os.get_terminal_size(stream.fileno()).columns or _WIDTH
    except OSError:
        return _WIDTH


def shout(news: str, columns: int) -> str:
    """A block as wide as the terminal, white on red, with the bell."""
    lines = ["", *textwrap.wrap(EMERGENCY.upper(), columns - 2), "", *textwrap.wrap(news, columns - 2), ""]
    block = "\r\n".join(f"{_RED}{line.center(columns)}{_PLAIN}" for line in lines)
    return f"\a{block}\r\n"
