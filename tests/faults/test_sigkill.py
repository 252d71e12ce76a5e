"""The program dies while its belt runs: the guardian stops it. Real processes, in real time."""

import os
import signal
import time

from processes import START, STOP, moving, program, treadmill, until

WITHIN_S = 3.0
"""From the kill to a stop that the treadmill received."""


def test_a_killed_programs_belt_is_stopped_and_whoever_stands_there_is_told(tmp_path):
    with treadmill(tmp_path) as machine, moving(tmp_path, machine) as running:
        assert running.latches
        before = len(machine.commands)
        killed_s = time.monotonic()
        running.signal(signal.SIGKILL)
        until(lambda: machine.stop_after(before))
        assert time.monotonic() - killed_s <= WITHIN_S
        until(machine.stands)
        until(lambda: not running.latches and not running.guardians)

        assert set(machine.commands[before:]) <= {STOP, "00"}
        said = running.text
        assert said.index("Feet on the side rails") < said.index("of Quick one")
        assert said.rstrip().endswith("stands. The session is over; its record is kept.")
        log = (tmp_path / "session" / "guardian.log").read_text()
        assert log.rstrip().endswith("stands. The session is over; its record is kept.")


def test_a_disk_that_hangs_keeps_no_guardian_from_the_belt(tmp_path):
    with treadmill(tmp_path) as machine, moving(tmp_path, machine) as running:
        log = tmp_path / "session" / "guardian.log"
        os.mkfifo(log)  # opening it waits for ever, as on a disk that hangs
        before = len(machine.commands)
        running.signal(signal.SIGKILL)
        until(lambda: machine.stop_after(before))
        until(machine.stands)
        until(lambda: not running.latches and not running.guardians)
        assert "Feet on the side rails" in running.text


def test_a_latch_that_cannot_be_looked_at_is_none_that_was_taken_away(tmp_path):
    with treadmill(tmp_path) as machine, moving(tmp_path, machine) as running:
        [latch] = running.latches
        before = len(machine.commands)
        machine.process.send_signal(signal.SIGSTOP)  # no link for longer than it takes to look
        running.signal(signal.SIGKILL)
        until(lambda: "It is being stopped" in running.text)
        time.sleep(0.5)
        loop = latch.with_name("loop")
        loop.symlink_to(latch)
        loop.rename(latch)  # no look at it succeeds, as on a disk that fails
        time.sleep(3.0)
        machine.process.send_signal(signal.SIGCONT)
        until(lambda: machine.stop_after(before))
        until(machine.stands)


def test_ctrl_c_and_a_closed_terminal_do_not_end_the_guardian(tmp_path):
    with treadmill(tmp_path) as machine, moving(tmp_path, machine) as running:
        [guardian] = running.guardians
        before = len(machine.commands)
        running.signal_all(signal.SIGINT)
        running.signal_all(signal.SIGHUP)
        until(lambda: machine.stop_after(before))
        assert running.guardians == [guardian]


def test_no_belt_is_started_that_nobody_could_write_down(tmp_path):
    folder = tmp_path / "state" / "eccentread"
    folder.mkdir(parents=True)
    (folder / "belts").write_text("a file where the folder should be")
    with treadmill(tmp_path) as machine:
        with program(tmp_path, "run", "--machine", machine.at, "--out", tmp_path / "kept") as running:
            assert running.process.wait(30) == 2
            assert "cannot be written down" in running.text
        assert START not in machine.commands
