"""Writes initial file systems for Linux: cpio archives in the `newc` form, without cpio(1).

The kernel unpacks several archives that follow one another as one (Documentation/driver-api/early-userspace/
buffer-format.rst), so that what never changes is packed once.
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

_MAGIC = "070701"
_FOLDER = stat.S_IFDIR | 0o755
_PAD = 4


class Archive:
    """An archive that is being written to `file`; complete once its context is left.

    Files keep their modes and times, by which Python knows its compiled modules to be fresh, and belong to
    root. Sockets and devices are left out. What is added twice is written once.
    """

    def __init__(self, file: BinaryIO, skip: Callable[[Path], bool] = lambda _: False) -> None:
        self._file = file
        self._skip = skip
        self.places = {Path("/")}
        """What is in it so far, by where it lies in the guest."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._entry("TRAILER!!!", 0, 0)

    def add(self, source: Path, place: Path | None = None) -> None:
        """Add a file, a link or a whole folder, as `place` in the guest; default: where it is here."""
        place = place or source
        if self._skip(place):
            return
        status = source.lstat()
        if place not in self.places:
            self._parents(place)
            self.places.add(place)
            if stat.S_ISLNK(status.st_mode):
                self._entry(place, status.st_mode, status.st_mtime, os.fsencode(source.readlink()))
            elif stat.S_ISREG(status.st_mode):
                self._entry(place, status.st_mode, status.st_mtime, source.read_bytes())
            elif stat.S_ISDIR(status.st_mode):
                self._entry(place, status.st_mode, status.st_mtime)
        if stat.S_ISDIR(status.st_mode):
            for child in sorted(source.iterdir()):
                self.add(child, place / child.name)

    def add_device(self, place: Path, major: int, minor: int) -> None:
        """Add a character device that only root may open."""
        self._parents(place)
        self._entry(place, stat.S_IFCHR | 0o600, 0, device=(major, minor))

    def _parents(self, place: Path) -> None:
        for parent in reversed(place.parents):
            if parent not in self.places:
                self.places.add(parent)
                self._entry(parent, _FOLDER, 0)

    def _entry(
        self,
        place: Path | str,
        mode: int,
        mtime_s: float,
        content: bytes = b"",
        device: tuple[int, int] = (0, 0),
    ) -> None:
        name = os.fsencode(str(place).lstrip("/")) + b"\0"
        # inode, mode, uid, gid, links, time, size, its device (2), the device it is (2), name's size, check
        numbers = (0, mode, 0, 0, 1, int(mtime_s), len(content), 0, 0, *device, len(name), 0)
        head = _MAGIC.encode() + b"".join(b"%08X" % number for number in numbers) + name
        for part in (head, content):
            self._file.write(part + b"\0" * (-len(part) % _PAD))
