"""A text stream straight to a file descriptor, for threads that may be left behind in a blocked write."""

import io
import os
import sys
import time
from typing import TextIO, cast, override


def direct(stream: TextIO | None) -> TextIO:
    """`stream` without its buffer. On Windows `stream` itself: its console takes text, not bytes."""
    if stream is None:  # closed before the program began
        return io.StringIO()
    stream.flush()
    return stream if sys.platform == "win32" else cast("TextIO", DirectText(stream))


class DirectText(io.TextIOBase):
    """Writes at once and without a buffer.

    A daemon thread stuck in `sys.stdout.write` holds the buffer's lock, and an interpreter that exits then
    aborts; a thread stuck in `os.write` holds nothing. Characters that the encoding lacks become `?`.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream  # kept, for its descriptor closes with it
        self._fd = stream.fileno()

    @property
    def encoding(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The encoding of the stream this one stands in for."""
        return self._stream.encoding or "utf-8"

    @override
    def isatty(self) -> bool:
        return os.isatty(self._fd)

    @override
    def write(self, s: str, /) -> int:
        """Block until all of `s` is out; `BrokenPipeError` or another `OSError` where nobody reads."""
        data = s.encode(self.encoding, "replace")
        while data:
            try:
                data = data[os.write(self._fd, data) :]
            except BlockingIOError:  # another program has made our shared terminal non-blocking
                time.sleep(0.02)
        return len(s)
