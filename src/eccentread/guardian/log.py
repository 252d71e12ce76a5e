"""What the guardian writes down of itself; a disk that takes nothing costs the line, nothing else."""

import logging
from contextlib import suppress
from pathlib import Path
from typing import override

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class _File(logging.FileHandler):
    @override
    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError):  # of opening it
            super().emit(record)

    @override
    def handleError(self, record: logging.LogRecord) -> None:
        pass


def log_to(path: Path | None) -> None:
    """Log to the file, made with its first line, or nowhere."""
    handler = _File(path, encoding="utf-8", delay=True) if path else logging.NullHandler()
    handler.setFormatter(logging.Formatter(_FORMAT))
    logger = logging.getLogger("eccentread")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
