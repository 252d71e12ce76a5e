"""The journal of a session: what happened and what was done about it, one event a line, append-only.

The first line is the header. An input's line is with the operating system before anybody reads the input, so
that a crash of the program loses nothing and a replay sees what the session saw. The disk itself is asked to
keep up at each rep, command, fault and at the end, by a thread that only ever waits for the disk.
"""

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Self, cast, get_args

from eccentread.errors import Cause, InputError, OutputError
from eccentread.events import Command, FaultRaised, Input, Output, RepCounted, SessionEnded
from eccentread.record.codec import Event, decode, decode_if, encode, from_line, to_line
from eccentread.record.forms import Json, Scalar, record_from_json, record_to_json

JOURNAL_NAME = "journal.jsonl"
SCHEMA_VERSION = 1
"""Raised when an older program can no longer read what this one writes."""

TESTS = {"commission": "commissioning", "calibrate": "calibration"}
"""Tests with nobody on the belt, by the command that a header has instead of a protocol's name."""

_MUST_LAST = Command | RepCounted | FaultRaised | SessionEnded
_INPUTS = get_args(Input.__value__)


@dataclass(frozen=True, slots=True)
class Header:
    """What a replay needs besides the events."""

    session: str
    started_utc: datetime
    """The instant of t_s = 0, aware."""
    software: str
    """Version of the program that wrote the journal."""
    simulated: bool
    seed: int | None
    machine: str
    """The machine as asked for (`--machine`), with `auto` already resolved."""
    protocol: str
    """Name of the prescription."""
    protocol_text: str
    """The whole protocol file."""
    side: str
    options: Mapping[str, Scalar] = field(default_factory=dict[str, Scalar])
    profiles: Mapping[str, str] = field(default_factory=dict[str, str])
    """The whole files of the profiles that may be this machine's, by their keys."""
    timed: Mapping[str, str] = field(default_factory=dict[str, str])
    """Address and Device Information of the machine whose belt a person has timed before, if there is one."""

    @property
    def test(self) -> str | None:
        """The command of the test that this is the record of; `None` for that of a session."""
        return self.protocol if self.protocol in TESTS and not self.protocol_text else None


@dataclass(frozen=True, slots=True)
class Journal:
    """A session as it was recorded: inputs and outputs in the order in which they came."""

    header: Header
    events: tuple[Event, ...]

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What happened; feeding these again is the session."""
        return tuple(cast("Input", event) for event in self.events if isinstance(event, _INPUTS))

    @property
    def outputs(self) -> tuple[Output, ...]:
        """What the session did about it."""
        return tuple(cast("Output", event) for event in self.events if not isinstance(event, _INPUTS))


class JournalWriter:
    """Writes one journal; `write` and `close` belong to one thread.

    After an error the journal stays as it is, a true beginning of the session, and `on_error` is told once,
    perhaps from the thread that waits for the disk.
    """

    def __init__(
        self, file: FileIO, on_error: Callable[[OutputError], object], fsync: Callable[[int], None]
    ) -> None:
        self._file = file
        self._on_error = on_error
        self._fsync = fsync
        self._failure = threading.Lock()
        self._failed = False
        self._closing = False
        self._sync_asked = threading.Event()
        self._syncer = threading.Thread(target=self._sync, name="journal-sync", daemon=True)
        self._syncer.start()

    @classmethod
    def create(
        cls,
        folder: Path,
        header: Header,
        on_error: Callable[[OutputError], object],
        *,
        fsync: Callable[[int], None] = os.fsync,
    ) -> Self:
        """Begin the journal of a session in `folder`, making it if need be; an old journal is never touched.

        Raises:
            OutputError: the folder cannot be written, or holds a journal already.
        """
        path = folder / JOURNAL_NAME
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file = FileIO(path, "x")
        except OSError as error:
            raise _unwritable(path, error) from None
        try:
            _write_whole(file, to_line({"journal": SCHEMA_VERSION, **record_to_json(header)}))
        except OSError as error:
            file.close()
            raise _unwritable(path, error) from None
        return cls(file, on_error, fsync)

    def write(self, event: Event) -> None:
        """Append `event`: its line is with the operating system when this returns, if not yet on the disk."""
        if self._failed:
            return
        try:
            _write_whole(self._file, encode(event))
        except OSError as error:
            self._fail(error)
        if isinstance(event, _MUST_LAST):
            self._sync_asked.set()

    def close(self) -> None:
        """Wait until the disk has everything, and end the journal."""
        self._closing = True
        self._sync_asked.set()
        self._syncer.join()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _sync(self) -> None:
        last = False
        while not last:
            self._sync_asked.wait()
            self._sync_asked.clear()
            last = self._closing
            try:
                self._fsync(self._file.fileno())
            except OSError as error:
                self._fail(error)

    def _fail(self, error: OSError) -> None:
        with self._failure:
            first, self._failed = not self._failed, True
        if first:
            self._on_error(_unwritable(Path(os.fsdecode(self._file.name)), error))


def read_journal(path: Path, wanted: frozenset[type[Event]] | None = None) -> Journal:
    """The session recorded in the file at `path`; of its events those `wanted`, by default all.

    A last line that a crash tore off is left out: nobody had read that input yet. Of events that are not
    wanted, fields and values are not looked at.

    Raises:
        InputError: the file is missing, is no journal, has a damaged line or comes from a newer program.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            Cause.NOT_FOUND, f"{path} cannot be read ({error.strerror}); `history` lists what there is."
        ) from None
    *lines, _torn = content.split(b"\n")
    if not lines:
        raise InputError(Cause.RECORDING_INVALID, f"{path} has no whole first line, so it holds no session.")
    header = _read_header(path, lines[0])
    events: list[Event] = []
    for number, line in enumerate(lines[1:], start=2):
        try:
            event = decode(line) if wanted is None else decode_if(line, wanted)
        except InputError as error:
            raise _damaged(path, number, error) from None
        if event is not None:
            events.append(event)
    return Journal(header, tuple(events))


def _read_header(path: Path, line: bytes) -> Header:
    try:
        content = from_line(line)
    except InputError as error:
        raise _damaged(path, 1, error) from None
    fields = cast("dict[str, Json]", content) if isinstance(content, dict) else {}
    version = fields.pop("journal", None)
    if type(version) is not int:
        raise InputError(
            Cause.RECORDING_INVALID, f"{path} is not a journal of eccentread; `history` lists what there is."
        )
    if version > SCHEMA_VERSION:
        raise InputError(
            Cause.RECORDING_INVALID,
            f"{path} has journal version {version} where {SCHEMA_VERSION} can be read; upgrade eccentread.",
        )
    try:
        return record_from_json(Header, fields)
    except InputError as error:
        raise _damaged(path, 1, error) from None


def _damaged(path: Path, number: int, error: InputError) -> InputError:
    return InputError(error.cause, f"{path} line {number} {error.sentence}; restore the file from a copy.")


def _write_whole(file: FileIO, line: str) -> None:
    rest = memoryview(line.encode("ascii") + b"\n")
    while rest:  # a disk that is nearly full takes a part, and refuses the next
        rest = rest[file.write(rest) :]


def _unwritable(path: Path, error: OSError) -> OutputError:
    why = error.strerror or str(error)
    return OutputError(
        Cause.UNWRITABLE, f"{path} cannot be written ({why}); choose another folder with --out."
    )
