"""The folder for sessions cannot be written: no session at the start, a session that goes on later."""

import errno
import os
import subprocess

import pytest

from driving import MOMENTS, Running, Trouble
from eccentread.record import journal as journal_module

STOP = "0801"


@pytest.fixture
def read_only(small_disk):
    """A file system that is mounted read-only."""
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    return small_disk


@pytest.fixture
def turns_read_only(monkeypatch):
    """What makes the journal's file refuse: a kernel that found an error on the disk does this."""
    write, since = journal_module._write_whole, list[bool]()

    def refuses(file, line) -> None:
        if since:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        write(file, line)

    monkeypatch.setattr(journal_module, "_write_whole", refuses)
    return lambda run: since.append(True)


def test_at_the_start_there_is_one_sentence_and_no_session(composed, read_only):
    run = composed(kept=read_only / "kept")
    assert run.error is not None
    sentence = run.error.sentence
    assert "Read-only file system" in sentence
    assert "--out" in sentence
    assert "\n" not in sentence
    assert run.writes == []
    assert max(speed for _, speed in run.speeds) == 0


@pytest.mark.parametrize("moment", ["countdown", "mid-push", "stopping"])
def test_later_the_session_goes_on_and_the_person_is_told(composed, undisturbed, turns_read_only, moment):
    run = composed(troubles=[Trouble(MOMENTS[moment], turns_read_only)])
    assert run.went_as(undisturbed)
    assert run.status == 3
    assert run.told.count("the record is incomplete: ") == 1
    assert "Read-only file system" in run.told
    [befell_s] = run.befell_s
    kept = run.journal
    assert befell_s - 0.5 <= max(event.t_s for event in kept.inputs) <= befell_s


def test_a_stop_is_a_stop_on_it(composed, turns_read_only):
    def stop(run: Running) -> None:
        turns_read_only(run)
        os.kill(os.getpid(), 2)

    run = composed(troubles=[Trouble(MOMENTS["mid-push"], stop)])
    [asked_s] = run.befell_s
    first_s, first = next((t_s, data) for t_s, data in run.writes if t_s >= asked_s)
    assert first == STOP
    assert first_s - asked_s <= 0.05
    assert run.stands
