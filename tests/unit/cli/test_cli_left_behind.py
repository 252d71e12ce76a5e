"""Belts that were left behind: what each start of the program does and says."""

import asyncio
import io
import os
import signal
import sys

import pytest

from eccentread.cli import left_behind
from eccentread.errors import Cause, MachineError, OutputError
from eccentread.guardian import at_rest
from eccentread.record.latch import Hold, Holder, Machine, default_folder, latches

BELT = Machine("D0:11:22:33:44:55", "Horizon T101")
OTHER = Machine("A0:11:22:33:44:55", "Sold last year")


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return default_folder()


@pytest.fixture
def left(folder):
    """A belt that may be running, and nobody has in hand."""
    return leave(BELT, folder)


def leave(machine, folder):
    hold = Hold(machine, folder)
    hold.take(Holder.SESSION)
    hold.belt_may_run("s")
    hold.release()
    return hold


@pytest.fixture(autouse=True)
def background(monkeypatch):
    """The processes that go on in the background: of which belts, and whether these were still latched."""
    begun = []

    class Process:
        def __init__(self, words, **_):
            address = next(word for word in words if word.startswith("--address=")).partition("=")[2]
            begun.append((address, len(latches(default_folder()))))

    monkeypatch.setattr(left_behind.subprocess, "Popen", Process)
    return begun


@pytest.fixture
def rescue(monkeypatch):
    """What an attempt to stop the belt comes to."""
    outcomes = []

    async def bring_to_rest(machine, radio, why, **_):
        outcome = outcomes.pop(0)
        if outcome == "SIGTERM":
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(60)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    monkeypatch.setattr(at_rest, "bring_to_rest", bring_to_rest)
    return outcomes


@pytest.fixture
def terminal(monkeypatch):
    """Somebody at a terminal, who will type this."""

    def types(text):
        keyboard = io.StringIO(text)
        keyboard.isatty = lambda: True
        monkeypatch.setattr(sys, "stdin", keyboard)

    return types


def test_nothing_is_said_where_no_belt_was_left(capsys):
    left_behind.settle()
    left_behind.mention()
    assert capsys.readouterr() == ("", "")


def test_a_belt_that_is_brought_to_a_standstill_is_told_of_and_forgotten(left, rescue, capsys):
    rescue.append(True)
    left_behind.settle()

    before, after = capsys.readouterr().err.splitlines()
    assert "The belt of Horizon T101 (D0:11:22:33:44:55) may be running, since" in before
    assert "Feet on the side rails" in before
    assert after == "eccentread: the belt of Horizon T101 (D0:11:22:33:44:55) stands."
    assert not left.latched


@pytest.mark.parametrize(
    "outcome", [False, KeyboardInterrupt(), "SIGTERM"], ids=["in vain", "Ctrl-C", "SIGTERM"]
)
def test_whoever_sees_it_stand_may_say_so_and_meanwhile_it_is_tried_on(
    left, rescue, terminal, background, outcome
):
    rescue.append(outcome)
    terminal("y\n")
    left_behind.settle()

    assert not left.latched
    assert background == [(BELT.address, 1)]


def test_a_belt_that_cannot_be_stopped_keeps_none_of_the_others_running(left, rescue, folder, background):
    leave(OTHER, folder)
    rescue += [False, True]
    with pytest.raises(
        MachineError, match=r"The belt of Sold last year \(A0:11:22:33:44:55\) may be running"
    ):
        left_behind.settle()

    assert not left.latched
    assert background == [(OTHER.address, 2)]


def test_a_belt_is_stopped_on_a_disk_that_takes_nothing(left, rescue, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "truncate", full)
    rescue.append(True)
    left_behind.settle()
    assert "stands." in capsys.readouterr().err


def test_a_belt_is_stopped_where_nobody_can_take_it_in_hand(left, rescue, monkeypatch, capsys):
    def shut(*_):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as here:
        here.setattr(os, "open", shut)
        rescue.append(True)
        left_behind.settle()
    assert "stands." in capsys.readouterr().err


def test_a_latch_that_cannot_be_taken_away_is_told_of_once_all_belts_stand(
    left, rescue, folder, monkeypatch, capsys
):
    leave(OTHER, folder)

    def read_only(path, missing_ok=False):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("pathlib.Path.unlink", read_only)
    rescue += [True, True]
    with pytest.raises(OutputError, match="remove it yourself"):
        left_behind.settle()
    assert capsys.readouterr().err.count(" stands.") == 2


def test_a_guardian_that_is_at_it_has_let_go_before_anything_else_begins(
    left, folder, terminal, monkeypatch, capsys
):
    monkeypatch.setattr(left_behind, "PATIENCE_S", 0.0)
    guardian = Hold(BELT, folder)
    guardian.take(Holder.GUARDIAN)
    slept = []

    def sleep(_):
        slept.append(guardian.cleared)
        if guardian.cleared:
            guardian.release()

    monkeypatch.setattr(left_behind.time, "sleep", sleep)
    terminal("y\n")
    left_behind.settle()

    assert any(slept)
    assert Hold(BELT, folder).take(Holder.SESSION)


def test_a_computer_that_starts_no_process_is_not_said_to_stop_it(left, monkeypatch, capsys):
    def none(*_, **__):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(left_behind.subprocess, "Popen", none)
    left_behind.mention()
    assert "It could not be stopped" in capsys.readouterr().err


def test_a_belt_that_nobody_sees_stand_ends_the_command(left, rescue, terminal):
    rescue.append(False)
    terminal("n\n")
    with pytest.raises(MachineError, match="pull its safety key") as refused:
        left_behind.settle()

    assert (refused.value.cause, refused.value.exit_status) == (Cause.BELT_LEFT, 4)
    assert left.latched
    assert [found.holder for found in latches(default_folder())] == [None]


def test_without_a_terminal_nobody_is_asked(left, rescue, monkeypatch):
    rescue.append(False)
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    with pytest.raises(MachineError):
        left_behind.settle()

    assert left.latched


def test_a_guardian_that_is_at_it_is_waited_for_and_no_second_one_begins(left, folder, monkeypatch, capsys):
    guardian = Hold(BELT, folder)
    guardian.take(Holder.GUARDIAN)

    def sleep(_):
        guardian.belt_stands()
        guardian.release()

    monkeypatch.setattr(left_behind.time, "sleep", sleep)
    left_behind.mention()
    assert capsys.readouterr().err == ""
    left_behind.settle()

    assert "stands." in capsys.readouterr().err


def test_a_damaged_latch_is_one_sentence_and_its_belt_is_stopped_all_the_same(left, rescue, folder, capsys):
    [file] = folder.glob("*.json")
    file.write_bytes(b"{")
    rescue.append(True)
    left_behind.settle()

    assert "D0:11:22:33:44:55 may be running, since when is not known" in capsys.readouterr().err
    assert not left.latched


def test_a_session_that_lives_is_only_spoken_of_where_its_machine_is_wanted(folder, capsys):
    living = Hold(BELT, folder)
    living.take(Holder.SESSION)
    living.belt_may_run("s")
    for other in ("sim", "Another T101"):
        left_behind.settle(other)
        assert capsys.readouterr().err == ""
    for same in ("auto", "Horizon T101", "D0:11:22:33:44:55"):
        left_behind.settle(same)
        assert "another session of this program has Horizon T101" in capsys.readouterr().err
    left_behind.mention()
    living.release()

    assert capsys.readouterr().err == ""
    assert living.latched
