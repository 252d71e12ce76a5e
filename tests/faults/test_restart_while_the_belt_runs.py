"""Program and guardian are both gone and the belt runs on: the next start of the program stops it first."""

import os
import signal
import time
from contextlib import contextmanager

from processes import STOP, moving, program, treadmill, until

NOWHERE = ("run", "--machine", "sim:there-is-no-such-personality")
"""A run that ends as soon as it gets to its own business."""


@contextmanager
def left_running(folder):
    """A treadmill whose belt runs, and nobody there who knows of it."""
    with treadmill(folder) as machine, moving(folder, machine) as running:
        [guardian] = running.guardians
        os.kill(guardian, signal.SIGSTOP)  # so that it does not see the program die
        running.signal(signal.SIGKILL)
        os.kill(guardian, signal.SIGKILL)
        until(lambda: not running.guardians)
        assert running.latches
        assert not machine.stands()
        yield machine


def test_a_run_stops_the_belt_before_anything_else(tmp_path):
    with left_running(tmp_path) as machine, program(tmp_path, *NOWHERE) as second:
        before = len(machine.commands)
        assert second.process.wait(60) == 2
        assert machine.stop_after(before)
        assert machine.stands()
        assert set(machine.commands[before:]) <= {STOP, "00"}
        assert second.latches == []
        assert "The belt of Quick one" in second.text
        assert second.text.index("stands.") < second.text.index("there-is-no-such-personality")


def test_an_offline_command_is_not_held_up_and_the_belt_is_stopped_meanwhile(tmp_path):
    with left_running(tmp_path) as machine, program(tmp_path, "history", "--help") as helped:
        assert helped.process.wait(30) == 0
        assert "belt" not in helped.text.partition("Usage")[0]
        assert not helped.guardians
        before = len(machine.commands)
        with program(tmp_path, "history") as second:
            began_s = time.monotonic()
            second.process.wait(30)
            assert time.monotonic() - began_s < 5.0
            assert second.text.count("It is being stopped in the background") == 1
            until(lambda: machine.stop_after(before))
            until(machine.stands)


def test_a_run_that_is_ended_while_it_cannot_reach_the_belt_leaves_somebody_at_it(tmp_path):
    with left_running(tmp_path) as machine:
        machine.process.send_signal(signal.SIGSTOP)
        with program(tmp_path, *NOWHERE) as second:
            until(lambda: "It is being stopped" in second.text)
            time.sleep(2.0)
            second.signal(signal.SIGHUP)
            assert second.process.wait(30) == 4
            until(lambda: second.guardians)
            before = len(machine.commands)
            machine.process.send_signal(signal.SIGCONT)
            until(lambda: machine.stop_after(before))
            until(machine.stands)
            until(lambda: not second.latches and not second.guardians)


def test_a_simulated_treadmill_that_is_gone_has_no_belt(tmp_path):
    with left_running(tmp_path) as machine:
        machine.process.kill()
        machine.process.wait()
        with program(tmp_path, *NOWHERE) as second:
            assert second.process.wait(30) == 2
            assert second.latches == []


def test_a_belt_that_a_living_session_has_in_hand_is_left_alone(tmp_path):
    with treadmill(tmp_path) as machine, moving(tmp_path, machine) as running:
        before = len(machine.commands)
        with program(tmp_path, "run", "--machine", machine.at, "--out", tmp_path / "kept") as second:
            assert second.process.wait(30) == 4
            assert "another session of this program has Quick one" in second.text
        assert machine.commands[before:] == []
        assert running.process.poll() is None
