import json
import os
import resource
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from eccentread.errors import InputError, OutputError
from eccentread.events import (
    Command,
    CommandKind,
    FaultRaised,
    Notified,
    Outcome,
    Phase,
    PhaseChanged,
    Reason,
    Rep,
    RepCounted,
    SessionEnded,
    TimePassed,
)
from eccentread.record.journal import JOURNAL_NAME, Header, JournalWriter, read_journal

DEADLINE_S = 20.0
HEADER = Header(
    session="20261121T014512Z-3f9a",
    started_utc=datetime(2026, 11, 21, 1, 45, 12, 345678, UTC),
    software="0.1.0",
    simulated=True,
    seed=7,
    machine="sim:nice",
    protocol="pht-eccentric-treadmill",
    protocol_text='schema = 1\nname = "…"\n',
    side="left",
    options={"pace_s": 14.5, "sensor": None, "yes": True, "port": 8080},
    profiles={"mine": 'schema = 1\nname = "…"\n'},
)
REP = Rep(1.0, 3.5, 4.0, 0.8, 0.5, 0.3, 0.2, 0.01, 0.1, 0.6, None, 0.9, 12)
EVENTS = (
    Notified(0.5, "2acd", b"\x00\x00\x50\x00"),
    PhaseChanged(0.5, Phase.SET, 1),
    TimePassed(1.5),
    RepCounted(4.0, 1, 1, REP),
)


def refuse(error):
    raise AssertionError(error)


def write(folder, events=EVENTS, header=HEADER):
    with JournalWriter.create(folder, header, refuse) as journal:
        for event in events:
            journal.write(event)
    return folder / JOURNAL_NAME


def test_a_journal_gives_back_the_header_and_every_event_in_order(tmp_path):
    journal = read_journal(write(tmp_path / "new" / "session"))
    assert journal.header == HEADER
    assert journal.events == EVENTS
    assert journal.inputs == (EVENTS[0], EVENTS[2])
    assert journal.outputs == (EVENTS[1], EVENTS[3])


def test_the_anchor_keeps_its_instant_whatever_its_zone(tmp_path):
    header = replace(HEADER, started_utc=HEADER.started_utc.astimezone(timezone(timedelta(hours=9))))
    assert read_journal(write(tmp_path, (), header)).header.started_utc == HEADER.started_utc


def test_a_line_can_be_read_as_soon_as_write_returns(tmp_path):
    writer = JournalWriter.create(tmp_path, HEADER, refuse)
    for seen, event in enumerate(EVENTS):
        assert len(read_journal(tmp_path / JOURNAL_NAME).events) == seen
        writer.write(event)
    assert read_journal(tmp_path / JOURNAL_NAME).events == EVENTS
    writer.close()


@pytest.mark.parametrize(
    "event",
    [
        Command(1.0, 1, CommandKind.STOP, b"\x08\x01"),
        RepCounted(4.0, 1, 1, REP),
        FaultRaised(1.0, Reason.SILENT, "…"),
        SessionEnded(1.0, Outcome.FINISHED, None),
    ],
    ids=lambda event: type(event).__name__,
)
def test_the_disk_is_asked_to_keep_up_at_what_must_last(tmp_path, event):
    synced = threading.Semaphore(0)
    writer = JournalWriter.create(tmp_path, HEADER, refuse, fsync=lambda _: synced.release())
    for _ in range(3):
        writer.write(TimePassed(0.5))
        assert not synced.acquire(blocking=False)
        writer.write(event)
        assert synced.acquire(timeout=DEADLINE_S)
    writer.close()


def test_a_disk_that_hangs_delays_no_line_and_close_waits_for_it(tmp_path):
    hanging, released, synced_sizes = threading.Event(), threading.Event(), []

    def fsync(descriptor):
        hanging.set()
        assert released.wait(DEADLINE_S)
        synced_sizes.append(os.fstat(descriptor).st_size)

    writer = JournalWriter.create(tmp_path, HEADER, refuse, fsync=fsync)
    writer.write(EVENTS[3])
    assert hanging.wait(DEADLINE_S)
    for event in EVENTS:
        writer.write(event)
    path = tmp_path / JOURNAL_NAME
    assert read_journal(path).events == (EVENTS[3], *EVENTS)
    released.set()
    writer.close()
    assert synced_sizes[-1] == path.stat().st_size


def test_an_existing_journal_is_never_overwritten(tmp_path):
    path = write(tmp_path)
    before = path.read_bytes()
    with pytest.raises(OutputError, match=r"File exists.*--out"):
        JournalWriter.create(tmp_path, HEADER, refuse)
    assert path.read_bytes() == before


def test_a_place_that_cannot_be_written_is_said_at_creation(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"file.*journal\.jsonl cannot be written .*--out"):
        JournalWriter.create(tmp_path / "file" / "session", HEADER, refuse)


@pytest.fixture
def full_disk():
    """Files cannot grow beyond a size, as if the disk were full there."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_full_at_creation_is_said_at_creation(tmp_path, full_disk):
    full_disk(10)
    with pytest.raises(OutputError, match="cannot be written"):
        JournalWriter.create(tmp_path, HEADER, refuse)


def test_a_disk_that_fills_up_is_told_once_and_leaves_a_true_beginning(tmp_path, full_disk):
    told = []
    writer = JournalWriter.create(tmp_path, HEADER, told.append)
    path = tmp_path / JOURNAL_NAME
    writer.write(EVENTS[0])
    full_disk(path.stat().st_size + 5)
    writer.write(EVENTS[1])
    assert len(told) == 1
    assert isinstance(told[0], OutputError)
    assert str(path) in told[0].sentence
    full_disk(2**40)  # room again: what came meanwhile is lost, so that the journal must not go on
    writer.write(EVENTS[2])
    writer.close()
    assert len(told) == 1
    assert read_journal(path).events == EVENTS[:1]


def test_a_disk_that_fails_to_keep_is_told_once(tmp_path):
    told, first_told = [], threading.Event()

    def fsync(_):
        raise OSError(5, "Input/output error")

    def tell(error):
        told.append(error)
        first_told.set()

    writer = JournalWriter.create(tmp_path, HEADER, tell, fsync=fsync)
    writer.write(EVENTS[3])
    assert first_told.wait(DEADLINE_S)
    writer.close()  # fails to keep the end, too
    assert [type(error) for error in told] == [OutputError]


def test_whatever_a_crash_tears_off_the_lines_before_are_read(tmp_path):
    path = write(tmp_path)
    whole = path.read_bytes()
    ends = [place + 1 for place, byte in enumerate(whole) if byte == ord("\n")]
    for size in range(ends[0], len(whole)):
        path.write_bytes(whole[:size])
        assert read_journal(path).events == EVENTS[: sum(end <= size for end in ends) - 1]


def test_zeros_that_a_power_cut_leaves_at_the_end_are_no_line(tmp_path):
    path = write(tmp_path)
    path.write_bytes(path.read_bytes() + bytes(4096))
    assert read_journal(path).events == EVENTS


def header_with(**fields):
    return lambda lines: [json.dumps(json.loads(lines[0]) | fields).encode(), *lines[1:]]


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda lines: [lines[0], b'{"in":"tim', *lines[2:]], "line 2 is not JSON; restore the file"),
        (lambda lines: [lines[0], b"\xff\xfe", *lines[2:]], "line 2 is not JSON; restore the file"),
        (
            lambda lines: [*lines[:3], b'{"in":"time-passed"}', lines[4]],
            "line 4 lacks the field 't_s'; restore",
        ),
        (lambda lines: [lines[0], b"", *lines[1:]], "line 2 is not JSON; restore the file"),
        (lambda lines: lines[1:], r"is not a journal of eccentread; `history`"),
        (lambda lines: [b"[]", *lines[1:]], r"is not a journal of eccentread; `history`"),
        (header_with(side=5), "line 1 cannot have 5 as 'side'; restore the file"),
        (header_with(options={"a": []}), "line 1 cannot have what it says as 'options'; restore the file"),
        (header_with(started_utc="soon"), "line 1 cannot have 'soon' as 'started_utc'; restore the file"),
        (header_with(journal=99), "has journal version 99 where 1 can be read; upgrade eccentread"),
        (lambda lines: [], "no whole first line"),
    ],
)
def test_a_damaged_journal_is_refused_with_the_line_and_a_way_out(tmp_path, damage, complaint):
    path = write(tmp_path)
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"".join(line + b"\n" for line in damage(lines)))
    with pytest.raises(InputError, match=complaint) as refused:
        read_journal(path)
    assert str(path) in refused.value.sentence


def test_a_missing_journal_is_said(tmp_path):
    with pytest.raises(InputError, match=r"No such file.*`history`"):
        read_journal(tmp_path / "none.jsonl")


def test_only_what_is_wanted_is_read(tmp_path):
    path = write(tmp_path)
    assert read_journal(path, frozenset({Notified, RepCounted})).events == (EVENTS[0], EVENTS[3])
    assert read_journal(path, frozenset()).header == HEADER


def test_a_damaged_line_that_nobody_wants_is_still_refused(tmp_path):
    path = write(tmp_path)
    path.write_bytes(path.read_bytes().replace(b'"time-passed"', b'"time-pa'))
    with pytest.raises(InputError, match=r"line 4 is not JSON; restore the file from a copy"):
        read_journal(path, frozenset({Notified}))
