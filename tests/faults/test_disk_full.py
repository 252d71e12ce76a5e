"""The disk fills up in the middle of a session: it goes on, stops as ever, and says what its record lacks."""

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from composed import Composed
from driving import MOMENTS, Running, Trouble
from eccentread.record import journal as journal_module
from eccentread.record.journal import JOURNAL_NAME, read_journal
from eccentread.session import GuidedSession, parse_protocol

STOP = "0801"
PAGE_S = 10.0
"""A disk gives space in pages of 4 KiB, and the last one lasts a few seconds."""


def fill(disk: Path):
    """Somebody else takes what is left of the disk, to the last octet."""

    def do(run: Running) -> None:
        with suppress(OSError), (disk / "ballast").open("wb", buffering=0) as ballast:
            while ballast.write(bytes(512)):
                pass
        assert shutil.disk_usage(disk).free == 0

    return do


def see_cut_and_told(run: Composed) -> None:
    """The record is a true beginning of the session: all that happened before, in order, and nothing else."""
    [befell_s] = run.befell_s
    assert run.status == 3
    assert run.told.count("the record is incomplete: ") == 1
    assert "No space left on device" in run.told
    kept = run.journal
    assert kept.events
    last_s = max(event.t_s for event in kept.inputs)
    assert befell_s - 0.3 <= last_s <= befell_s + PAGE_S


def replayed(run: Composed) -> bool:
    """Whether the inputs kept, fed again, give the outputs kept, as far as these go."""
    kept = run.journal
    session = GuidedSession(parse_protocol(kept.header.protocol_text, "kept"))
    outputs = [output for happened in kept.inputs for output in session.feed(happened)]
    return outputs[: len(kept.outputs)] == list(kept.outputs)


@pytest.mark.parametrize("moment", ["countdown", "mid-push", "stopping"])
def test_the_session_goes_on_as_if_nothing_were(composed, undisturbed, small_disk, moment):
    run = composed(kept=small_disk / "kept", troubles=[Trouble(MOMENTS[moment], fill(small_disk))])
    assert run.went_as(undisturbed)
    assert run.stands
    see_cut_and_told(run)
    assert replayed(run)


def test_a_stop_on_a_full_disk_is_a_stop(composed, small_disk):
    def stop(run: Running) -> None:
        os.kill(os.getpid(), 15)

    troubles = [
        Trouble(MOMENTS["signal check"], fill(small_disk)),
        Trouble(MOMENTS["mid-push"], stop),
    ]
    run = composed(kept=small_disk / "kept", troubles=troubles)
    _, asked_s = run.befell_s
    first_s, first = next((t_s, data) for t_s, data in run.writes if t_s >= asked_s)
    assert first == STOP
    assert first_s - asked_s <= 0.05
    assert run.stands
    assert "the record is incomplete: " in run.told


def test_space_that_comes_back_is_not_written_to(composed, small_disk):
    """A record with a hole in its middle would be a lie: it stays the beginning that it is."""
    freed = Trouble(MOMENTS["between pushes"], lambda run: (small_disk / "ballast").unlink(), after_s=5.0)
    run = composed(
        kept=small_disk / "kept", troubles=[Trouble(MOMENTS["signal check"], fill(small_disk)), freed]
    )
    assert run.status == 3
    assert run.journal.events[-1].t_s < run.befell_s[1]
    assert replayed(run)


def test_a_disk_full_from_the_start_is_one_sentence_and_nothing_moves(composed, small_disk):
    (small_disk / "kept").mkdir()
    fill(small_disk)(None)  # type: ignore[arg-type]
    run = composed(kept=small_disk / "kept")
    assert run.error is not None
    assert "cannot be written (No space left on device); choose another folder with --out" in str(run.error)
    assert run.writes == []


def test_a_disk_that_fails_at_a_write_is_a_disk_that_is_full(composed, undisturbed, monkeypatch):
    """An honest error at the call, where no disk can be filled."""
    write = journal_module._write_whole
    full: list[bool] = []

    def fails(file, line) -> None:
        if full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(file, line)

    monkeypatch.setattr(journal_module, "_write_whole", fails)
    run = composed(troubles=[Trouble(MOMENTS["mid-push"], lambda run: full.append(True))])
    assert run.went_as(undisturbed)
    see_cut_and_told(run)


def test_a_journal_torn_at_any_octet_can_be_read_and_is_a_beginning(undisturbed, tmp_path):
    """Every octet of the lines of one event of each kind, and some of the whole."""
    journal = undisturbed.folder / JOURNAL_NAME
    events = read_journal(journal).events
    header, *lines = journal.read_bytes().splitlines(keepends=True)
    kinds = {type(event): (event, line) for event, line in zip(events, lines, strict=True)}
    short = [event for event, _ in kinds.values()], b"".join(line for _, line in kinds.values())
    torn = tmp_path / JOURNAL_NAME
    for (whole, content), step in ((short, 1), ((list(events), b"".join(lines)), 9001)):
        for cut in range(0, len(content), step):
            torn.write_bytes(header + content[:cut])
            assert list(read_journal(torn).events) == whole[: content.count(b"\n", 0, cut)]
