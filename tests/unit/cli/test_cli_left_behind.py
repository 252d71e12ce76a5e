"""Belts that were left behind: what each start of the program does and says."""

import io
import sys

import pytest

from eccentread.cli import left_behind
from eccentread.errors import Cause, MachineError
from eccentread.guardian import at_rest
from eccentread.record.latch import Hold, Holder, Machine, default_folder, latches

BELT = Machine("D0:11:22:33:44:55", "Horizon T101")


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return default_folder()


@pytest.fixture
def left(folder):
    """A belt that may be running, and nobody has in hand."""
    hold = Hold(BELT, folder)
    hold.take(Holder.SESSION)
    hold.belt_may_run("s")
    hold.release()
    return hold


@pytest.fixture
def rescue(monkeypatch):
    """What an attempt to stop the belt comes to."""
    outcomes = []

    async def bring_to_rest(machine, radio, why, **_):
        outcome = outcomes.pop(0)
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


@pytest.mark.parametrize("outcome", [False, KeyboardInterrupt()], ids=["in vain", "Ctrl-C"])
def test_whoever_sees_it_stand_may_say_so(left, rescue, terminal, outcome):
    rescue.append(outcome)
    terminal("y\n")
    left_behind.settle()

    assert not left.latched


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
    monkeypatch.setattr(left_behind.time, "sleep", lambda _: guardian.belt_stands())
    left_behind.mention()
    assert capsys.readouterr().err == ""
    left_behind.settle()
    guardian.release()

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
