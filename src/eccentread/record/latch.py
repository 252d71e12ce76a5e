"""Belts that may be running, written down so that no end of this program forgets one.

For each machine there may be two files in one folder, both named by how it is reached and its address, so
that even one whose content is lost says which machine it means:

- `….json`, the latch: there from before the first motion command until the belt was seen to stand.
- `….lock`, always empty of meaning by itself: an OS lock on it is held by whoever has that belt in hand, and
  ends with that process, however it ends.
"""

import json
import os
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, unquote

import platformdirs

from eccentread.errors import Cause, OutputError

SCHEMA_VERSION = 1

BLUETOOTH = "bluetooth"
"""How a real machine is reached; a simulated one in another process is reached by `sim@ADDRESS`."""

_TRIES = 5
_TRY_S = 0.02
"""Whoever looks who holds a lock takes it for a moment."""


class Holder(StrEnum):
    """Who has a belt in hand."""

    SESSION = "session"
    GUARDIAN = "guardian"


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine that can be found again."""

    address: str
    name: str
    """"" where it has none."""
    reached: str = BLUETOOTH

    @property
    def called(self) -> str:
        """For people."""
        where = self.address if self.reached == BLUETOOTH else self.reached
        return f"{self.name} ({where})" if self.name else where

    @property
    def stem(self) -> str:
        """A file name that says which it is, and nothing else."""
        return quote(f"{self.reached} {self.address}", safe="")


@dataclass(frozen=True, slots=True)
class Latch:
    """What is known of a belt that may be running."""

    machine: Machine
    since_utc: datetime | None
    """`None` where the file cannot be read."""
    session: str
    holder: Holder | None
    """Who has it in hand; `None`: nobody, it was left behind."""


def default_folder() -> Path:
    """Where latches are kept."""
    return platformdirs.user_state_path("eccentread") / "belts"


def latches(folder: Path) -> list[Latch]:
    """All belts that may be running, by file name. A damaged file counts: its name says which machine.

    One whose name no latch has, such as a copy, means none; nothing here would ever take it away.
    """
    found = [(path, _read(path)) for path in sorted(folder.glob("[!.]*.json"))]
    return [latch for path, latch in found if latch.machine.stem == path.stem]


class Hold:
    """One process's hand on a machine's latch."""

    def __init__(self, machine: Machine, folder: Path) -> None:
        self._machine = machine
        self._latch = folder / f"{machine.stem}.json"
        self._lock = self._latch.with_suffix(".lock")
        self._held: int | None = None

    @property
    def latched(self) -> bool:
        """Whether the belt may be running, as far as is written down; where that cannot be seen, it may."""
        return not _missing(self._latch)

    @property
    def cleared(self) -> bool:
        """Whether somebody took the latch away, and not the whole folder."""
        return _missing(self._latch) and self._latch.parent.is_dir()

    def take(self, holder: Holder) -> bool:
        """Take the belt in hand, unless another process has it; whether that was so.

        A session writes down that it has it; a guardian, whose belt must be stopped on a full or read-only
        disk, too, does so where it can.

        Raises:
            OutputError: the folder cannot be written.
        """
        if self._held is not None:
            return True
        try:
            self._lock.parent.mkdir(parents=True, exist_ok=True)
            for _ in range(_TRIES):
                if (held := _lock(self._lock, to_write=holder is Holder.SESSION)) is not None:
                    self._held = held
                    self._sign(held, holder)
                    return True
                time.sleep(_TRY_S)
        except OSError as error:
            self.release()
            raise self._unwritable(error) from None
        return False

    def belt_may_run(self, session: str) -> None:
        """Write it down; it is on the disk when this returns.

        Raises:
            OutputError: it cannot be written.
        """
        content = {"latch": SCHEMA_VERSION, **asdict(self._machine), "session": session}
        content["since_utc"] = datetime.now(UTC).isoformat(timespec="seconds")
        new = None
        try:
            with tempfile.NamedTemporaryFile(
                "w", dir=self._latch.parent, delete=False, encoding="ascii"
            ) as file:
                new = Path(file.name)
                file.write(json.dumps(content) + "\n")
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._latch)
            _sync_folder(self._latch.parent)
        except OSError as error:
            if new is not None:
                with suppress(OSError):
                    new.unlink()
            raise self._unwritable(error) from None

    def belt_stands(self) -> None:
        """Take the latch away.

        Raises:
            OutputError: it cannot be removed.
        """
        try:
            self._latch.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(
                Cause.UNWRITABLE,
                f"{self._latch} cannot be removed ({error.strerror}); the belt of {self._machine.called} "
                "stands, so remove it yourself.",
            ) from None

    def release(self) -> None:
        """Let go of the belt. The latch stays as it is."""
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def _sign(self, held: int, holder: Holder) -> None:
        try:
            os.truncate(held, 0)
            os.write(held, holder.encode())
        except OSError:
            if holder is Holder.SESSION:
                raise

    def _unwritable(self, error: OSError) -> OutputError:
        return OutputError(
            Cause.UNWRITABLE,
            f"that the belt may run cannot be written down in {self._latch.parent} ({error.strerror}), and "
            "without that nothing moves it; make room there, or make it yours.",
        )


def _read(path: Path) -> Latch:
    reached, _, address = unquote(path.stem).rpartition(" ")
    name, session, since_utc = "", "", None
    with suppress(OSError, ValueError, RecursionError, KeyError, TypeError):
        content = cast("dict[str, Any]", json.loads(path.read_bytes()))
        since_utc = datetime.fromisoformat(content["since_utc"])
        name, session = str(content["name"]), str(content["session"])
    return Latch(Machine(address, name, reached), since_utc, session, _holder(path.with_suffix(".lock")))


def _missing(path: Path) -> bool:
    """Whether there certainly is no such file: a disk that fails, or a folder that is shut, tells nothing."""
    try:
        path.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def _holder(path: Path) -> Holder | None:
    try:
        held = _lock(path, to_write=False)
        if held is not None:
            os.close(held)
            return None
        said = path.read_bytes().decode(errors="replace")
    except OSError:
        return None  # whoever cannot look takes the belt for left behind
    return Holder(said) if said in set(Holder) else Holder.SESSION


def _sync_folder(folder: Path) -> None:
    """See that a file's new name outlives a power cut, where folders can be opened."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 30
    """A locked octet cannot be read by others on Windows: one beyond the end is locked."""

    def _try(descriptor: int) -> None:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(error.errno, error.strerror) from None
        os.lseek(descriptor, 0, os.SEEK_SET)

else:
    import fcntl

    def _try(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _lock(path: Path, *, to_write: bool) -> int | None:
    """A descriptor that holds the lock; `None` where another process does.

    A file that cannot be written is locked all the same, unless it is to be written.

    Raises:
        OSError: the file cannot be opened, or such a disk knows no locks.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)  # other users may see who has the belt
    except OSError:
        if to_write:
            raise
        descriptor = os.open(path, os.O_RDONLY)
    try:
        _try(descriptor)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
