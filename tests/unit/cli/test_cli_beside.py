"""Whoever stands at the terminal while a machine is commissioned."""

import asyncio
import os
import pty
import sys
from typing import Any

import pytest

from eccentread.cli import beside
from eccentread.events import Ask, QuestionKind

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")


class Runner:
    """Hears what is submitted."""

    now_s = 7.0

    def __init__(self):
        self.heard = []

    def submit(self, happened):
        self.heard.append(happened)


class Belt:
    """Somebody who is never asked."""

    async def answer(self, question, text=""):
        raise AssertionError


@pytest.fixture
def person(monkeypatch):
    """A person at a terminal: the people, their runner, what they see, and where they type."""
    master, slave = pty.openpty()
    seen: list[str] = []
    with os.fdopen(slave, "r") as stream:
        monkeypatch.setattr(beside.sys, "stdin", stream)
        monkeypatch.setattr(beside, "fitting", lambda write: seen.append)
        people = beside.People("sim", Belt(), all_by_itself=False)
        runner: Any = Runner()
        people.speak_to(runner)
        yield people, runner, seen, master
        people.view.close(1.0)
    os.close(master)


async def until(happened):
    async with asyncio.timeout(10):
        while not happened():  # noqa: ASYNC110 — it happens in the kernel; there is no event to await
            await asyncio.sleep(0)


async def test_digits_are_shown_as_they_are_typed(person):
    people, runner, seen, master = person
    ask = Ask(6.0, "belt-length", QuestionKind.NUMBER, "How long?")
    people.view.put(ask)
    people.put(ask)
    with people.keyboard.attached(asyncio.get_running_loop()):
        for key, typed in ((b"3", "3"), (b"0", "30"), (b"\x7f", "3"), (b"1", "31")):
            os.write(master, key)
            await until(lambda typed=typed: people.keyboard.typed == typed)
        os.write(master, b"\r")
        await until(lambda: runner.heard)
    assert people.view.close(5.0)
    lines = "".join(seen).splitlines()
    assert [line.split("> ")[1] for line in lines if "> " in line] == ["3", "30", "3", "31"]
    assert runner.heard[0].value == 31


async def test_who_answers_for_a_simulated_machine_is_told_that_there_is_nothing_to_see(person):
    people, _, seen, _ = person
    people.view.put(Ask(6.0, "rails", QuestionKind.CONFIRM, "Rails?"))
    assert people.view.close(5.0)
    assert "--yes" in "".join(seen)
