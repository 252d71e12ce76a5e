"""A terminal as it was before a program took it: given back when that program cannot do so itself."""

import contextlib
import sys
from typing import Any, TextIO

if sys.platform == "win32":

    class Terminal:
        """Windows gives a console back by itself."""

        def __init__(self, stream: TextIO | None) -> None:
            del stream

        def give_back(self) -> None:
            """Nothing to do."""

else:
    import termios

    class Terminal:
        """The modes that `stream` has now, if it is a terminal."""

        def __init__(self, stream: TextIO | None) -> None:
            self._fd = -1
            self._modes: list[Any] | None = None
            with contextlib.suppress(termios.error, OSError, ValueError):
                if stream is not None:
                    self._fd = stream.fileno()
                    self._modes = termios.tcgetattr(self._fd)

        def give_back(self) -> None:
            """Set them again: line by line, with an echo, even where they were taken too late."""
            if self._modes is not None:
                self._modes[3] |= termios.ICANON | termios.ECHO | termios.ISIG
                with contextlib.suppress(termios.error, OSError):
                    termios.tcsetattr(self._fd, termios.TCSANOW, self._modes)
