"""The program and its simulated treadmill as processes of their own, in real time.

For what only processes can show: one that is killed, stopped, cut off, or left alone at a terminal.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAIN = (sys.executable, "-c", "from eccentread.cli import main; main()")

DEADLINE_S = 60.0
"""Longer than anything here takes, on a slow computer."""

PERSONALITY = """
description = "Starts at once, and stops soon"
[machine]
name = "Quick one"
[drive]
archetype = "D"
stop_ramp_mps2 = 1.0
[console]
countdown_s = 0.0
"""

STOP, START = "0801", "07"


def until[T](look: Callable[[], T], within_s: float = DEADLINE_S) -> T:
    """What `look` sees, once it sees something."""
    began_s = time.monotonic()
    while not (seen := look()):
        assert time.monotonic() - began_s < within_s, "it never happened"
        time.sleep(0.01)
    return seen


@dataclass
class Treadmill:
    """A simulated treadmill in its own process."""

    process: subprocess.Popen[bytes]
    at: str
    truth: Path

    def lines(self, what: str) -> list[dict[str, Any]]:
        """What happened, of one kind."""
        whole = self.truth.read_text().rpartition("\n")[0].splitlines()
        return [line for line in map(json.loads, whole) if line["what"] == what]

    @property
    def commands(self) -> list[str]:
        """What it was told."""
        return [line["data"] for line in self.lines("command")]

    @property
    def speed_kmh(self) -> float:
        """Of its belt, now."""
        speeds = self.lines("speed")
        return speeds[-1]["speed_kmh"] if speeds else 0.0

    def runs(self) -> bool:
        """Whether the belt is held at its speed."""
        return self.speed_kmh > 0.7

    def stands(self) -> bool:
        """Whether it is still."""
        return self.speed_kmh == 0.0

    def stop_after(self, before: int) -> float | None:
        """When it was told to stop, of the commands from the `before`th on; its own seconds."""
        told = self.lines("command")[before:]
        return next((line["t_s"] for line in told if line["data"] == STOP), None)


@contextmanager
def treadmill(folder: Path) -> Generator[Treadmill]:
    """A treadmill that serves on a free port of this computer."""
    personality, truth = folder / "quick.toml", folder / "truth.jsonl"
    personality.write_text(PERSONALITY)
    words = ("--personality", personality, "--transport", "tcp-server:0", "--truth", truth, "--seed", "1")
    process = subprocess.Popen([*MAIN, "sim", *words], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        while "attach with" not in (line := process.stdout.readline().decode()):
            assert line, "it did not start"
        yield Treadmill(process, line.split()[-1], truth)
    finally:
        process.kill()
        process.communicate()


class Program:
    """The program, in a process group of its own, with folders of its own."""

    def __init__(self, folder: Path, *words: str | Path, main: Sequence[str] = MAIN, **how: Any) -> None:
        self.state = folder / "state"
        self.said = folder / f"said-{time.monotonic_ns()}.txt"
        homes = {"XDG_STATE_HOME": self.state, "XDG_DATA_HOME": folder / "data"}
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                [*main, *words],
                env={**os.environ, **{name: str(home) for name, home in homes.items()}},
                stdin=how.pop("stdin", subprocess.DEVNULL),
                stdout=how.pop("stdout", said),
                stderr=how.pop("stderr", said),
                start_new_session=True,
                **how,
            )

    @property
    def text(self) -> str:
        """All that it, and its guardian, said."""
        return self.said.read_text(errors="replace")

    @property
    def latches(self) -> list[Path]:
        """The belts that may be running."""
        return list((self.state / "eccentread" / "belts").glob("*.json"))

    @property
    def guardians(self) -> list[int]:
        """The processes that guard it, or what is left of it: those that keep its folder in their words."""
        found: list[int] = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                words = (process / "cmdline").read_bytes()
                if b"eccentread.guardian" in words and str(self.state).encode() in words:
                    found.append(int(process.name))
        return found

    def signal(self, number: int) -> None:
        """Send it a signal, alone."""
        self.process.send_signal(number)

    def signal_all(self, number: int) -> None:
        """Send a signal to its whole process group, as a terminal does."""
        os.killpg(self.process.pid, number)

    def end(self) -> None:
        """Let nothing of it live on."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()
        for guardian in self.guardians:
            with suppress(ProcessLookupError):
                os.kill(guardian, signal.SIGKILL)


@contextmanager
def program(folder: Path, *words: str | Path, **how: Any) -> Generator[Program]:
    """The program, called with these words."""
    called = Program(folder, *words, **how)
    try:
        yield called
    finally:
        called.end()


@contextmanager
def moving(folder: Path, machine: Treadmill, **how: Any) -> Generator[Program]:
    """A program, quicker than a session, whose belt has begun to move: `moving.py`."""
    script = (sys.executable, str(Path(__file__).with_name("moving.py")))
    with program(folder, machine.at, folder, main=script, **how) as running:
        until(lambda: not machine.stands() or running.process.poll() is not None)
        assert running.process.poll() is None, running.text
        yield running
