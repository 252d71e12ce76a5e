"""The program's side of its guardian, with real processes that stand in for it."""

import asyncio
import os
import signal
import sys

import pytest

from eccentread.errors import Cause, MachineError, OutputError
from eccentread.guardian import guard as module
from eccentread.guardian.guard import Guard
from eccentread.record.latch import Hold, Holder, Machine, latches

BELT = Machine("D0:11:22:33:44:55", "Horizon T101")

ECHO = """
import os, pathlib, sys
os.write(1, b".")
heard = pathlib.Path(sys.argv[1])
while words := os.read(0, 4096):
    with heard.open("ab") as file:
        file.write(words)
    os.write(1, b".")
"""
"""A guardian that writes down what it hears and lives as long as it is spoken to."""


class Post:
    """A guard, and what it says and does."""

    def __init__(self, folder, monkeypatch):
        self.folder = folder
        self.heard = folder / "heard"
        self.told = []
        self.unguarded = asyncio.Event()
        self.file = folder / "guardian.py"
        self.script(ECHO)
        words = [sys.executable, "-S", str(self.file), str(self.heard)]
        monkeypatch.setattr(module, "command", lambda *_: words)

    def script(self, text):
        """What the next guardian does."""
        self.file.write_text(text)

    def guard(self):
        return Guard(
            BELT,
            self.folder,
            "session",
            via=None,
            log=self.folder / "log",
            tell=self.told.append,
            unguarded=self.unguarded.set,
        )

    async def hears(self, words):
        await until(lambda: self.heard.exists() and self.heard.read_bytes().endswith(words))


async def until(seen):
    async with asyncio.timeout(20):
        while not seen():  # noqa: ASYNC110 — of another process
            await asyncio.sleep(0.01)


@pytest.fixture
def post(tmp_path, monkeypatch):
    return Post(tmp_path, monkeypatch)


async def test_it_says_at_each_beat_whether_the_belt_may_run_and_keeps_the_latch(post):
    guard = post.guard()
    async with guard:
        await post.hears(b"ss")
        guard.may_run()
        assert [found.session for found in latches(post.folder)] == ["session"]
        await post.hears(b"rr")
        guard.stands()
        assert latches(post.folder) == []
        await post.hears(b"ss")

    assert post.told == []
    assert Hold(BELT, post.folder).take(Holder.SESSION)


async def test_without_a_guardian_there_is_no_session(post):
    post.script("raise SystemExit(1)")
    guard = post.guard()
    with pytest.raises(
        MachineError, match="does not start, and without it nothing moves the belt"
    ) as refused:
        async with guard:
            pass

    assert refused.value.cause is Cause.UNGUARDED
    assert Hold(BELT, post.folder).take(Holder.SESSION)


async def test_a_guardian_that_was_lost_and_not_replaced_lets_nothing_move(post):
    guard = post.guard()
    async with guard:
        post.script("raise SystemExit(1)")
        os.kill(guard._sentry._process.pid, signal.SIGKILL)
        await until(lambda: len(post.told) == 2)
        with pytest.raises(MachineError):
            guard.may_run()
        assert latches(post.folder) == []
        assert not post.unguarded.is_set()

    assert post.told[0] == "The guardian was lost; another one is started."
    assert "does not start" in post.told[1]


async def test_a_belt_that_may_run_is_stopped_where_no_guardian_comes_up(post):
    guard = post.guard()
    async with guard:
        guard.may_run()
        post.script("raise SystemExit(1)")
        os.kill(guard._sentry._process.pid, signal.SIGKILL)
        async with asyncio.timeout(20):
            await post.unguarded.wait()


async def test_another_guardian_hears_at_once_that_the_belt_may_run(post):
    guard = post.guard()
    async with guard:
        guard.may_run()
        await post.hears(b"r")
        post.heard.unlink()
        os.kill(guard._sentry._process.pid, signal.SIGKILL)
        await post.hears(b"r")
        guard.stands()

    assert post.told == ["The guardian was lost; another one is started.", "Another guardian is ready."]


async def test_another_guardian_is_told_before_it_is_ready_in_case_the_program_dies_meanwhile(
    post, monkeypatch
):
    monkeypatch.setattr(module, "BEAT_S", 60.0)
    guard = post.guard()
    async with guard:
        guard.may_run()
        await post.hears(b"r")
        post.heard.unlink()
        post.script(ECHO.replace('os.write(1, b".")\nheard', "heard", 1).replace('os.write(1, b".")', "pass"))
        os.kill(guard._sentry._process.pid, signal.SIGKILL)
        await post.hears(b"r")
        assert "Another guardian is ready." not in post.told
        guard.stands()


async def test_a_computer_that_gives_no_threads_gives_no_guardian(post, monkeypatch):
    def none(_):
        raise RuntimeError("can't start new thread")

    guard = post.guard()
    with monkeypatch.context() as here:
        here.setattr("threading.Thread.start", none)
        with pytest.raises(MachineError, match="does not start"):
            async with guard:
                pass


def test_whatever_a_machine_is_called_its_guardian_can_be_started(tmp_path):
    for name in ("-T101", "T\0 101", "\x1b[2J", "\ud800"):
        words = module.command(Machine("-1", name), tmp_path, "-via")
        assert all(word.encode().isascii() and word.isprintable() for word in words)
        assert [word for word in words if word.startswith("-")] == [
            word for word in words if word.startswith("--") or word in ("-P", "-m")
        ]


async def test_a_belt_that_cannot_be_written_down_may_not_run(post, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    guard = post.guard()
    async with guard:
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OutputError):
            guard.may_run()
        await post.hears(b"r")  # a belt found running may be what it is about
        guard.stands()  # here it was not: the command was held back

    assert ["No space left on device" in sentence for sentence in post.told] == [True]


async def test_a_belt_that_another_session_has_in_hand_is_not_taken(post):
    other = Hold(BELT, post.folder)
    other.take(Holder.SESSION)
    with pytest.raises(MachineError, match="Another session of this program has Horizon T101") as refused:
        async with post.guard():
            pass
    other.release()

    assert refused.value.cause is Cause.MACHINE_HELD


async def test_a_guardian_that_does_not_leave_is_ended(post, monkeypatch):
    monkeypatch.setattr(module, "LEAVE_S", 0.1)
    post.script("import os, time; os.write(1, b'.'); time.sleep(60)")
    guard = post.guard()
    async with guard:
        pass
    async with asyncio.timeout(10):
        await guard._sentry.ended.wait()
