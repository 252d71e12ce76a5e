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
    """While this lasts, what the program logs goes to `folder`/program.log, and nowhere else."""
    logger = logging.getLogger("eccentread")
    handler = _File(folder / NAME, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter(_FORMAT))
    before = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.level, logger.propagate = before
        with suppress(OSError):  # what a full disk no longer took
            handler.close()
