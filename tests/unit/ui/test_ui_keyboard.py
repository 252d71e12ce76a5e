import asyncio
import io
import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TextIO

import pytest

from eccentread.events import Ask, QuestionKind
from eccentread.ui.keyboard import Keyboard

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
CONFIRM = Ask(0.0, "arm", QuestionKind.CONFIRM, "May the belt start?")
COOKED = termios.ICANON | termios.ECHO


@dataclass
class Terminal:
    """A pseudo-terminal: `master` is where the person types, `stream` what the program reads."""

    master: int
    stream: TextIO
    heard: list = field(default_factory=list)

    def keyboard(self) -> Keyboard:
        return Keyboard(self.heard.append, lambda question, value: self.heard.append((question, value)))

    def type(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def modes(self) -> list:
        return termios.tcgetattr(self.stream.fileno())

    def is_cooked(self) -> bool:
        return self.modes()[3] & COOKED == COOKED


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    master, slave = pty.openpty()
    with os.fdopen(slave, "r") as stream:
        terminal = Terminal(master, stream)
        yield terminal
        if terminal.master >= 0:
            os.close(terminal.master)


async def until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not happened():  # noqa: ASYNC110 — what happens is in the kernel; there is no event to await
            await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("key", "heard"),
    [(b" ", "key"), (b"p", "pain"), (b"\x1a", "key"), (b"y", ("arm", 1)), (b"n", ("arm", 0))],
)
async def test_a_key_counts_at_once(terminal, key, heard) -> None:
    keyboard = terminal.keyboard()
    keyboard.asked(CONFIRM)
    with keyboard.attached(asyncio.get_running_loop(), terminal.stream):
        terminal.type(key)
        await until(lambda: terminal.heard)
    assert terminal.heard == [heard]


async def test_the_terminal_is_silent_inside_and_restored_behind(terminal) -> None:
    before = terminal.modes()
    with terminal.keyboard().attached(asyncio.get_running_loop(), terminal.stream):
        assert terminal.modes()[3] & COOKED == 0
    assert terminal.modes() == before


async def test_the_terminal_is_restored_when_the_session_fails(terminal) -> None:
    before = terminal.modes()
    with (
        pytest.raises(RuntimeError),
        terminal.keyboard().attached(asyncio.get_running_loop(), terminal.stream),
    ):
        raise RuntimeError
    assert terminal.modes() == before


async def test_keys_are_not_left_for_the_shell(terminal) -> None:
    with terminal.keyboard().attached(asyncio.get_running_loop(), terminal.stream):
        terminal.type(b"rm -r y\n")
    os.set_blocking(terminal.stream.fileno(), False)
    with pytest.raises(BlockingIOError):
        os.read(terminal.stream.fileno(), 100)


async def test_a_lost_terminal_asks_for_a_stop_once(terminal) -> None:
    with terminal.keyboard().attached(asyncio.get_running_loop(), terminal.stream):
        os.close(terminal.master)
        terminal.master = -1
        await until(lambda: terminal.heard)
        await asyncio.sleep(0)
    assert terminal.heard == ["terminal"]


async def test_a_suspend_is_ignored_inside_and_works_again_behind(terminal) -> None:
    before = signal.getsignal(signal.SIGTSTP)
    with terminal.keyboard().attached(asyncio.get_running_loop(), terminal.stream):
        assert signal.getsignal(signal.SIGTSTP) is signal.SIG_IGN
    assert signal.getsignal(signal.SIGTSTP) == before


async def test_keys_work_again_after_the_program_was_stopped_and_continued(terminal) -> None:
    cooked = terminal.modes()
    with terminal.keyboard().attached(asyncio.get_running_loop(), terminal.stream):
        termios.tcsetattr(terminal.stream.fileno(), termios.TCSANOW, cooked)
        os.kill(os.getpid(), signal.SIGCONT)
        await until(lambda: not terminal.is_cooked())
        terminal.type(b" ")
        await until(lambda: terminal.heard)
    assert terminal.modes() == cooked


async def test_a_character_may_arrive_in_pieces(terminal) -> None:
    with terminal.keyboard().attached(asyncio.get_running_loop(), terminal.stream):
        for piece in (b"\xe3", b"\x80", b"\x80"):  # U+3000, the space of a Japanese keyboard
            terminal.type(piece)
            await asyncio.sleep(0)
        await until(lambda: terminal.heard)
    assert terminal.heard == ["key"]


async def test_where_there_is_no_terminal_nothing_is_read() -> None:
    heard: list = []
    keyboard = Keyboard(heard.append, lambda *answer: heard.append(answer))
    piped = io.StringIO(" y q")
    with keyboard.attached(asyncio.get_running_loop(), piped):
        await asyncio.sleep(0)
    assert heard == []
    assert piped.read() == " y q"


def test_half_typed_digits_can_be_echoed() -> None:
    keyboard = Keyboard(lambda by: None, lambda question, value: None)
    keyboard.asked(CONFIRM)
    assert keyboard.typed == ""


SHELL = """
import fcntl, os, subprocess, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
job = subprocess.Popen([sys.executable, "-c", sys.argv[1]], process_group=0)
_, status = os.waitpid(job.pid, os.WUNTRACED)
if os.WIFSTOPPED(status):
    job.kill()
sys.exit(os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 70)
"""

JOB_IN_THE_BACKGROUND = """
import asyncio, termios
from eccentread.ui.keyboard import Keyboard

async def session():
    before = termios.tcgetattr(0)
    with Keyboard(print, print).attached(asyncio.get_running_loop()):
        inside = termios.tcgetattr(0)
    assert inside == before

asyncio.run(session())
"""


def test_a_program_in_the_background_is_not_suspended_and_leaves_the_terminal_alone(terminal) -> None:
    shell = subprocess.run(
        [sys.executable, "-c", SHELL, JOB_IN_THE_BACKGROUND],
        stdin=terminal.stream,
        start_new_session=True,
        timeout=30,
        check=False,
    )
    assert shell.returncode == 0
