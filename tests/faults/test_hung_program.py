"""The program hangs while its belt runs, or its guardian does. Real processes, in real time."""

import os
import pty
import signal
import termios
import time

from processes import STOP, moving, treadmill, until

WITHIN_S = 5.0
"""From the hang to a stop that the treadmill received: 2 s until it is noticed, and as after a kill."""


def test_a_program_whose_event_loop_hangs_is_ended_and_its_belt_is_stopped(tmp_path):
    with treadmill(tmp_path) as machine, moving(tmp_path, machine) as running:
        before = len(machine.commands)
        hung_s = time.monotonic()
        running.signal(signal.SIGUSR1)
        until(lambda: machine.stop_after(before))
        assert time.monotonic() - hung_s <= WITHIN_S
        assert running.process.wait(1) == -signal.SIGKILL
        until(machine.stands)
        assert set(machine.commands[before:]) <= {STOP, "00"}
        assert "The program hung and was ended" in running.text


def test_a_stopped_programs_terminal_is_put_back_in_order_and_shouted_at(tmp_path):
    ours, theirs = pty.openpty()
    with treadmill(tmp_path) as machine, moving(tmp_path, machine, stdout=theirs, stderr=theirs) as running:
        before = len(machine.commands)
        modes = termios.tcgetattr(theirs)
        modes[3] &= ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(theirs, termios.TCSANOW, modes)
        running.signal(signal.SIGSTOP)
        until(lambda: machine.stop_after(before))

        assert termios.tcgetattr(theirs)[3] & termios.ECHO
        assert termios.tcgetattr(theirs)[3] & termios.ICANON
        said = os.read(ours, 65536).decode()
        assert "FEET ON THE SIDE RAILS" in said
        assert "\a" in said
    os.close(theirs)
    os.close(ours)


def test_what_freezes_both_is_no_hang(tmp_path):
    with treadmill(tmp_path) as machine, moving(tmp_path, machine) as running:
        [guardian] = running.guardians
        before = len(machine.commands)
        running.signal(signal.SIGSTOP)
        os.kill(guardian, signal.SIGSTOP)
        time.sleep(2.2)  # longer than a program may be silent
        os.kill(guardian, signal.SIGCONT)
        running.signal(signal.SIGCONT)
        time.sleep(0.5)

        assert machine.commands[before:] == []
        assert running.process.poll() is None
        assert running.guardians == [guardian]


def test_a_lost_guardian_is_told_of_and_replaced_and_the_belt_runs_on(tmp_path):
    with treadmill(tmp_path) as machine, moving(tmp_path, machine) as running:
        [first] = running.guardians
        before = len(machine.commands)
        os.kill(first, signal.SIGSTOP)  # a hung one is a lost one
        until(lambda: "note: Another guardian is ready." in running.text)
        assert "note: The guardian was lost" in running.text
        [second] = running.guardians
        assert second != first
        assert machine.commands[before:] == []

        running.signal(signal.SIGKILL)
        until(lambda: machine.stop_after(before))
