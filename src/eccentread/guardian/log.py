"""What the guardian writes down of itself; a disk that hangs, or takes nothing, costs the line alone."""

import logging
import queue
import threading
from contextlib import suppress
from pathlib import Path
from typing import override

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

_LAST_S = 1.0
"""How long the end of the process waits for the disk."""


class _File(logging.Handler):
    """Made with its first line. What hung the program may be the disk; here it hangs a thread of its own."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._lines = queue.SimpleQueue[str | None]()
        self._thread = threading.Thread(target=self._serve, name="log", daemon=True)
        self._thread.start()

    @override
    def emit(self, record: logging.LogRecord) -> None:
        with suppress(Exception):  # a line that cannot be made is none
            self._lines.put(f"{self.format(record)}\n")

    @override
    def close(self) -> None:
        self._lines.put(None)
        self._thread.join(_LAST_S)
        super().close()

    def _serve(self) -> None:
        while (line := self._lines.get()) is not None:
            with suppress(OSError), self._path.open("a", encoding="utf-8") as file:
                file.write(line)


def log_to(path: Path | None) -> None:
    """Log to the file, or nowhere: what libraries have to say never waits for a terminal."""
    handler = _File(path) if path else logging.NullHandler()
    handler.setFormatter(logging.Formatter(_FORMAT))
    logging.getLogger().addHandler(handler)
    logging.getLogger("eccentread").setLevel(logging.INFO)
