"""Every way to ask for a stop, each on a real terminal or by a real signal, reaches the treadmill.

The program runs in a process of its own, the simulated treadmill with it, many times faster than life.
"""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals and signals are POSIX")

DEADLINE_S = 60.0
PACE = 80
STOP = "0801"
AT_SPEED = "Bringing the belt to its speed"

MAIN = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from eccentread.cli import main
main()
"""


class Program:
    """A session at a terminal; the terminal is ours."""

    def __init__(self, folder, *words, machine="sim"):
        self.folder = folder
        self.terminal, inner = pty.openpty()
        self.text = ""
        self.process = subprocess.Popen(
            [
                sys.executable, "-c", MAIN, "run", "--machine", machine, "--pace", str(PACE), "--seed", "1",
                "--plain", "--out", folder / "kept", "--truth", folder / "truth.jsonl", *words,
            ],
            stdin=inner, stdout=inner, stderr=inner, start_new_session=True,
        )  # fmt: skip
        os.close(inner)

    def until(self, says):
        """Read on until the terminal shows it."""
        give_up_s = time.monotonic() + DEADLINE_S
        while says not in self.text:
            assert select.select([self.terminal], [], [], give_up_s - time.monotonic())[0], self.text
            self.text += os.read(self.terminal, 4096).decode()

    def press(self, keys):
        os.write(self.terminal, keys)

    def hang_up(self):
        os.close(self.terminal)
        self.terminal = -1

    def ended(self):
        """The exit status."""
        if self.terminal >= 0:
            self.until("Record: ")
        return self.process.wait(DEADLINE_S)

    @property
    def journal(self):
        [journal] = (self.folder / "kept").glob("*/journal.jsonl")
        return [json.loads(line) for line in journal.read_text().splitlines()[1:]]

    @property
    def asked_by(self):
        return [line["by"] for line in self.journal if line.get("in") == "stop-asked"]

    def truth(self, what):
        lines = (self.folder / "truth.jsonl").read_text().rpartition("\n")[0].splitlines()
        return [line for line in map(json.loads, lines) if line["what"] == what]

    @property
    def stops(self):
        return [line["data"] for line in self.truth("command")].count(STOP)

    @property
    def speed_kmh(self):
        return self.truth("speed")[-1]["speed_kmh"]


@pytest.fixture
def program(tmp_path):
    made = []

    def make(*words, **how):
        made.append(Program(tmp_path, *words, **how))
        return made[-1]

    yield make
    for one in made:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()
        if one.terminal >= 0:
            os.close(one.terminal)


def key(char):
    return lambda program: program.press(char)


def sent(number):
    return lambda program: program.process.send_signal(number)


WAYS = {
    "space": (key(b" "), "key"),
    "Ctrl-Z": (key(b"\x1a"), "key"),
    "p": (key(b"p"), "pain"),
    "Ctrl-C": (key(b"\x03"), "signal"),
    "Ctrl-backslash": (key(b"\x1c"), "signal"),
    "SIGTERM": (sent(signal.SIGTERM), "signal"),
    "SIGHUP": (sent(signal.SIGHUP), "signal"),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_stops_the_belt_and_ends_the_session(program, way):
    ask, by = WAYS[way]
    running = program("--yes")
    running.until(AT_SPEED)
    assert running.stops == 0
    ask(running)
    assert running.ended() == 1
    assert running.asked_by == [by]
    assert running.stops >= 1
    assert running.speed_kmh == 0


def test_a_closed_terminal_is_a_stop(program):
    running = program("--yes")
    running.until(AT_SPEED)
    running.hang_up()
    assert running.ended() == 1
    assert set(running.asked_by) <= {"signal", "terminal"}
    assert running.asked_by
    assert running.stops >= 1
    assert running.speed_kmh == 0


def test_a_stop_ends_the_session_while_a_question_is_open(program):
    running = program()
    running.until("Is the safety key clipped to you")
    running.press(b" ")
    assert running.ended() == 1
    assert running.asked_by == ["key"]
    assert running.speed_kmh == 0


@pytest.mark.parametrize("again", [(b"\x03", b"\x03"), (b" ", b"p")], ids=repr)
def test_who_asks_again_does_not_end_the_program_while_the_belt_runs(program, again):
    running = program("--yes", machine="sim:stop-ignored")
    running.until(AT_SPEED)
    for number, keys in enumerate(again, 1):
        running.press(keys)
        until(lambda number=number: len(running.asked_by) == number)
    running.process.send_signal(signal.SIGTERM)
    until(lambda: len(running.asked_by) == len(again) + 1)
    running.until("HOLD ON. PULL THE SAFETY KEY.")
    stops = running.stops
    until(lambda: running.stops > stops + 3)
    assert running.process.poll() is None
    assert running.speed_kmh > 0
    running.until("Does the belt stand still?")
    running.press(b"y")
    assert running.ended() == 3


def test_a_suspend_from_outside_is_not_heard(program):
    running = program("--yes")
    running.until(AT_SPEED)
    running.process.send_signal(signal.SIGTSTP)
    running.until("Signal check")
    running.press(b" ")
    assert running.ended() == 1


def test_the_terminal_is_the_shells_again(program):
    running = program("--yes")
    echoes = termios.tcgetattr(running.terminal)[3] & termios.ECHO
    running.until(AT_SPEED)
    assert not termios.tcgetattr(running.terminal)[3] & termios.ECHO
    running.press(b"\x03")
    running.ended()
    assert termios.tcgetattr(running.terminal)[3] & termios.ECHO == echoes


def until(happened):
    give_up_s = time.monotonic() + DEADLINE_S
    while not happened():
        assert time.monotonic() < give_up_s
        time.sleep(0.01)  # what happens is another process's
