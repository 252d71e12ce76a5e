"""The keyboard while a session runs: keys count at once, and the terminal is always put back."""

import asyncio
import codecs
import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator
from typing import TextIO

from eccentread.events import Ask
from eccentread.ui.keys import Keys, StopPressed

BY_KEY = "key"
BY_PAIN = "pain"
BY_TERMINAL = "terminal"


class Keyboard:
    """Calls `on_stop(by)`, `on_answer(question, value)` and `on_typed(digits)` on the loop's thread.

    `by` is `key`, `pain` for the key that says so, or `terminal` when the terminal itself is lost: whoever
    could press a key no longer can.
    `digits` are those of an answer that is half typed, each time they change.
    Where standard input is no terminal, nothing is read and nothing is called.
    """

    def __init__(
        self,
        on_stop: Callable[[str], None],
        on_answer: Callable[[str, int | None], None],
        on_typed: Callable[[str], None] | None = None,
    ) -> None:
        self._on_stop = on_stop
        self._on_answer = on_answer
        self._on_typed = on_typed
        self._keys = Keys()

    @property
    def typed(self) -> str:
        """The digits of a half-typed answer, to be echoed by a view."""
        return self._keys.typed

    def asked(self, ask: Ask | None) -> None:
        """Say which question is open, `None` for none; cheap enough to call after every output."""
        self._keys.asked(ask)

    @contextlib.contextmanager
    def attached(self, loop: asyncio.AbstractEventLoop, stream: TextIO | None = None) -> Generator[None]:
        """Hear the keys of `stream` (standard input) while inside; restore the terminal on every way out."""
        stream = stream or sys.stdin
        if stream is None or not stream.isatty():
            yield
        elif sys.platform == "win32":
            with _windows_keys(loop, self._heard):
                yield
        else:
            with _posix_keys(loop, stream.fileno(), self._heard, self._lost):
                yield

    def _heard(self, chars: str) -> None:
        before = self.typed
        heard = self._keys.feed(chars, time.monotonic())
        if self._on_typed and self.typed != before and not heard:
            self._on_typed(self.typed)
        for meant in heard:
            match meant:
                case StopPressed(pain=pain):
                    self._on_stop(BY_PAIN if pain else BY_KEY)
                case _:
                    self._on_answer(meant.question, meant.value)

    def _lost(self) -> None:
        self._on_stop(BY_TERMINAL)


if sys.platform == "win32":
    import msvcrt

    @contextlib.contextmanager
    def _windows_keys(loop: asyncio.AbstractEventLoop, heard: Callable[[str], None]) -> Generator[None]:
        done = threading.Event()

        def listen() -> None:
            while not done.wait(0.03):
                while msvcrt.kbhit() and not done.is_set():
                    char = msvcrt.getwch()
                    if char in "\0\xe0":
                        # A function key comes as two characters; a space is a stop all the same.
                        char = " " if msvcrt.getwch() == " " else ""
                    loop.call_soon_threadsafe(heard, char)

        thread = threading.Thread(target=listen, name="keyboard", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join(1.0)

else:
    import termios
    import tty

    @contextlib.contextmanager
    def _posix_keys(
        loop: asyncio.AbstractEventLoop, fd: int, heard: Callable[[str], None], lost: Callable[[], None]
    ) -> Generator[None]:
        terminal = _Terminal(loop, fd, heard, lost)
        try:
            with _never_suspended(loop, terminal.take):
                terminal.take()
                yield
        finally:
            terminal.give_back()

    @contextlib.contextmanager
    def _never_suspended(loop: asyncio.AbstractEventLoop, resumed: Callable[[], None]) -> Generator[None]:
        """Ignore SIGTSTP, for a suspended program watches no belt; call `resumed` after a SIGSTOP is over."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        loop.add_signal_handler(signal.SIGCONT, resumed)
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGCONT)
            signal.signal(signal.SIGTSTP, before)

    class _Terminal:
        """A POSIX terminal in cbreak mode, with Ctrl-Z as a character.

        A program in the background touches neither the modes nor the input: either would suspend it.
        """

        def __init__(
            self,
            loop: asyncio.AbstractEventLoop,
            fd: int,
            heard: Callable[[str], None],
            lost: Callable[[], None],
        ) -> None:
            self._loop = loop
            self._fd = fd
            self._heard = heard
            self._lost = lost
            self._before = None
            self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

        def take(self) -> None:
            """Set the modes and listen; once more after the program was suspended and continued."""
            if not self._in_foreground():
                return
            if self._before is None:
                self._before = termios.tcgetattr(self._fd)
            tty.setcbreak(self._fd, termios.TCSANOW)
            modes = termios.tcgetattr(self._fd)
            modes[6][termios.VSUSP] = os.fpathconf(self._fd, "PC_VDISABLE").to_bytes()
            termios.tcsetattr(self._fd, termios.TCSANOW, modes)
            self._loop.add_reader(self._fd, self._read)

        def give_back(self) -> None:
            """Restore the modes, discard unread keys: they are not for the shell. Harmless if all is gone."""
            self._loop.remove_reader(self._fd)
            if self._before is not None and self._in_foreground():
                with contextlib.suppress(termios.error):
                    termios.tcflush(self._fd, termios.TCIFLUSH)
                    # Not TCSADRAIN: a terminal held by Ctrl-S never drains.
                    termios.tcsetattr(self._fd, termios.TCSANOW, self._before)

        def _read(self) -> None:
            if not self._in_foreground():
                self._loop.remove_reader(self._fd)
                return
            try:
                data = os.read(self._fd, 1024)
            except OSError:
                data = b""
            if data:
                self._heard(self._decode(data))
            else:
                self._loop.remove_reader(self._fd)
                self._lost()

        def _in_foreground(self) -> bool:
            try:
                return os.tcgetpgrp(self._fd) == os.getpgrp()
            except OSError:  # not the controlling terminal, or gone: no job control either way
                return True
