"""Belts that may be running, and who has them in hand."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from stat import S_ISDIR

import pytest

from eccentread.errors import OutputError
from eccentread.record import latch as module
from eccentread.record.latch import Hold, Holder, Machine, default_folder, latches

BELT = Machine("D0:11:22:33:44:55", "Horizon T101")
SIMULATED = Machine("F0:0D:00:00:00:01", "Sim", "sim@/tmp/a socket")


@pytest.fixture
def hold(tmp_path):
    held = Hold(BELT, tmp_path / "belts")
    assert held.take(Holder.SESSION)
    yield held
    held.release()


def test_a_belt_that_may_run_is_found_until_it_stands(hold, tmp_path):
    before = datetime.now(UTC).replace(microsecond=0)
    hold.belt_may_run("20261121T014512Z-3f9a")

    [found] = latches(tmp_path / "belts")
    assert (found.machine, found.session, found.holder) == (BELT, "20261121T014512Z-3f9a", Holder.SESSION)
    assert before <= found.since_utc <= datetime.now(UTC)
    assert hold.latched
    assert not hold.cleared

    hold.belt_stands()
    assert latches(tmp_path / "belts") == []
    assert hold.cleared


@pytest.mark.parametrize("machine", [BELT, SIMULATED, Machine("B1C2-UUID", "")])
def test_it_says_where_the_machine_is_found_again(tmp_path, machine):
    Hold(machine, tmp_path).belt_may_run("s")

    assert [found.machine for found in latches(tmp_path)] == [machine]


def test_it_is_left_behind_once_nobody_holds_it(hold, tmp_path):
    hold.belt_may_run("s")
    hold.release()

    assert [found.holder for found in latches(tmp_path / "belts")] == [None]


def test_one_process_at_a_time_has_a_belt_in_hand(hold, tmp_path):
    second = Hold(BELT, tmp_path / "belts")
    assert not second.take(Holder.GUARDIAN)
    hold.release()
    assert second.take(Holder.GUARDIAN)
    second.belt_may_run("s")
    assert [found.holder for found in latches(tmp_path / "belts")] == [Holder.GUARDIAN]
    second.release()


def test_a_killed_process_lets_go(tmp_path):
    script = f"""
import os, signal
from pathlib import Path
from eccentread.record.latch import Hold, Holder, Machine
hold = Hold(Machine("D0:11:22:33:44:55", "Horizon T101"), Path({str(tmp_path)!r}))
hold.take(Holder.SESSION)
hold.belt_may_run("s")
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", script], check=False)

    assert [(found.machine, found.holder) for found in latches(tmp_path)] == [(BELT, None)]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"[]", b"{}", b"null", b'{"since_utc": 5}', b"[" * 99999]
)
def test_a_damaged_latch_hides_no_belt(hold, tmp_path, content):
    hold.belt_may_run("s")
    [file] = (tmp_path / "belts").glob("*.json")
    file.write_bytes(content)

    [found] = latches(tmp_path / "belts")
    assert (found.machine.address, found.machine.reached) == (BELT.address, BELT.reached)
    assert found.since_utc is None


def test_it_is_on_the_disk_before_the_belt_may_move(hold, tmp_path, monkeypatch):
    synced: list[bytes] = []
    real = module.os.fsync

    def fsync(descriptor):
        real(descriptor)
        synced.append(b"folder" if S_ISDIR(module.os.fstat(descriptor).st_mode) else b"file")

    monkeypatch.setattr(module.os, "fsync", fsync)
    hold.belt_may_run("s")

    assert synced == [b"file", b"folder"]


def test_a_disk_that_takes_nothing_is_one_sentence_and_leaves_no_scrap(hold, tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", full)
    with pytest.raises(
        OutputError, match=r"cannot be written down in .* \(No space left on device\)"
    ) as refused:
        hold.belt_may_run("s")

    assert refused.value.sentence.count("\n") == 0
    assert [path.suffix for path in (tmp_path / "belts").iterdir()] == [".lock"]


def test_a_folder_that_cannot_be_is_one_sentence(tmp_path):
    (tmp_path / "belts").write_text("")
    with pytest.raises(OutputError, match="cannot be written down"):
        Hold(BELT, tmp_path / "belts").take(Holder.SESSION)


def test_no_folder_holds_no_belt(tmp_path):
    assert latches(tmp_path / "nowhere") == []
    assert not Hold(BELT, tmp_path / "nowhere").cleared


def test_the_place_is_the_users_state_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "eccentread" / "belts"


def test_the_file_is_for_people_too(hold, tmp_path):
    hold.belt_may_run("s")
    [file] = (tmp_path / "belts").glob("*.json")

    assert json.loads(file.read_text())["name"] == "Horizon T101"


def test_a_full_disk_keeps_no_guardian_from_a_belt(hold, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    hold.release()
    monkeypatch.setattr(module.os, "truncate", full)
    with pytest.raises(OutputError, match="No space left"):
        hold.take(Holder.SESSION)
    assert hold.take(Holder.GUARDIAN)


def test_a_lock_that_may_only_be_read_is_a_lock(hold, tmp_path, monkeypatch):
    hold.belt_may_run("s")
    real = module.os.open

    def read_only(path, flags, mode=0o777):
        if flags & module.os.O_RDWR:
            raise OSError(30, "Read-only file system")
        return real(path, flags, mode)

    monkeypatch.setattr(module.os, "open", read_only)
    other = Hold(BELT, tmp_path / "belts")
    assert [found.holder for found in latches(tmp_path / "belts")] == [Holder.SESSION]
    assert not other.take(Holder.GUARDIAN)
    hold.release()
    assert other.take(Holder.GUARDIAN)
    other.release()
    with pytest.raises(OutputError, match="Read-only"):
        other.take(Holder.SESSION)


def test_a_disk_without_locks_is_not_another_session(tmp_path, monkeypatch):
    def none(_):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(module, "_try", none)
    with pytest.raises(OutputError, match="No locks available"):
        Hold(BELT, tmp_path).take(Holder.SESSION)


@pytest.mark.parametrize(
    "error", [PermissionError(13, "Permission denied"), OSError(5, "Input/output error")]
)
def test_a_disk_that_tells_nothing_has_not_seen_the_belt_stand(hold, monkeypatch, error):
    hold.belt_may_run("s")
    real = module.Path.stat

    def fails(path, **how):
        if path.suffix == ".json":
            raise error
        return real(path, **how)

    monkeypatch.setattr(module.Path, "stat", fails)
    assert hold.latched
    assert not hold.cleared


@pytest.mark.parametrize(
    "name", ["a copy.json", "._bluetooth%20AA.json", "x.json", "bluetooth%20AA (1).json"]
)
def test_a_file_that_nobody_would_ever_take_away_is_no_latch(tmp_path, name):
    (tmp_path / name).write_text("{}")
    assert latches(tmp_path) == []
