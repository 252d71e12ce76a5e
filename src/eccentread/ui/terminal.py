"""The live view on a terminal: draws the latest `Screen` from a thread of its own."""

import sys
import threading
from collections.abc import Callable
from math import floor
from typing import TextIO

from rich.console import Console
from rich.live import Live

from eccentread.events import Output
from eccentread.ui.direct import direct
from eccentread.ui.frame import Frame, farewell
from eccentread.ui.screen import Screen

FRAMES_PER_S = 8


def terminal_console(stream: TextIO | None = None) -> Console:
    """A console on `stream` (standard output) that no blocked thread can hold up. `NO_COLOR` is respected."""
    return Console(file=direct(stream or sys.stdout), highlight=False)


def can_draw(console: Console) -> bool:
    """Whether the live view works here: a terminal that can move its cursor."""
    return console.is_terminal and not console.is_dumb_terminal


class TerminalView:
    """Shows a session on the terminal's alternate screen, and leaves its result on the normal one.

    `put` and `answered` replace the snapshot and return; only the view's thread writes, so that a blocked
    terminal (Ctrl-S, a sleeping ssh) delays nobody. A terminal that is gone ends the thread quietly.
    `typed` tells the digits of a half-typed answer, `now` the session's seconds: the clock and the age of
    what is shown go on when nothing happens.
    """

    def __init__(
        self,
        screen: Screen,
        console: Console,
        typed: Callable[[], str] = str,
        now: Callable[[], float] = float,
    ) -> None:
        self._screen = screen
        self._console = console
        self._typed = typed
        self._now = now
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._draw, name="terminal-view", daemon=True)
        self._thread.start()

    @property
    def screen(self) -> Screen:
        """The latest snapshot."""
        return self._screen

    def put(self, output: Output) -> None:
        """Show what `output` changes, with the next frame."""
        self._screen = self._screen.after(output)

    def answered(self, question: str) -> None:
        """Close `question`, whoever answered it."""
        self._screen = self._screen.answered(question)

    def close(self, timeout_s: float) -> bool:
        """Restore the terminal and print the result; say whether that took less than `timeout_s`."""
        self._closing.set()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _frame(self) -> Frame:
        # Whole seconds: a picture is drawn anew when it differs.
        return Frame(self._screen.at(floor(self._now())), self._typed())

    def _draw(self) -> None:
        try:
            live = Live(
                get_renderable=self._frame,
                console=self._console,
                screen=True,
                auto_refresh=False,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            with live:
                drawn = None
                while not self._closing.wait(1 / FRAMES_PER_S):
                    look = (self._frame(), self._console.size)
                    if look != drawn:
                        live.refresh()
                        drawn = look
            self._console.print(farewell(self._screen, self._console))
        except OSError:
            return  # the terminal is gone; the session goes on without a picture
