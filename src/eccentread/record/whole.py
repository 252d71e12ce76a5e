"""A small file that is written whole or not at all: a power cut leaves the new one or the one before it."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def write_whole(line: str, path: Path) -> None:
    """Write the line of ASCII and its end to `path`; the folder is made where it is missing.

    Raises:
        OSError: it cannot be written; what was there before is there still.
    """
    new = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="ascii") as file:
            new = Path(file.name)
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError:
        if new is not None:
            with suppress(OSError):
                new.unlink()
        raise
