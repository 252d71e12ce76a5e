"""What the program has to say of its own troubles: a file beside the journal, off the terminal."""

import logging
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import override

NAME = "program.log"

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class _File(logging.FileHandler):
    """Made with its first line; a disk that cannot be written costs the line, never the session."""

    @override
    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError):  # of opening it
            super().emit(record)

    @override
    def handleError(self, record: logging.LogRecord) -> None:
        pass


@contextmanager
def program_log(folder: Path) -> Generator[None]:
    """While this lasts, what the program and its libraries log goes to `folder`/program.log.

    Not to the terminal: one that takes no more would hold up the loop that watches the belt.
    """
    root, logger = logging.getLogger(), logging.getLogger("eccentread")
    handler = _File(folder / NAME, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter(_FORMAT))
    before = logger.level
    root.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.removeHandler(handler)
        logger.setLevel(before)
        with suppress(OSError):  # what a full disk no longer took
            handler.close()
