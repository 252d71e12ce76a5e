"""Whole sessions, through the command line or without it, judged by what the simulation really did."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from eccentread.cli import main


@dataclass(frozen=True)
class Called:
    """What a call of the command line left behind."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Session:
    """A simulated session: what the program says, and what happened."""

    called: Called
    folder: Path
    summary: dict[str, Any]
    truth: list[dict[str, Any]]

    @property
    def reps(self) -> list[dict[str, Any]]:
        return [rep for one in self.summary["sets"] for rep in one["reps"]]

    def happened(self, what: str) -> list[dict[str, Any]]:
        return [line for line in self.truth if line["what"] == what]

    @property
    def pushes(self) -> list[dict[str, Any]]:
        """The contacts that ought to count, those of the signal check included."""
        return [contact for contact in self.happened("contact") if contact["counts"]]

    @property
    def speeds(self) -> list[tuple[float, float]]:
        return [(line["t_s"], line["speed_kmh"]) for line in self.happened("speed")]

    @property
    def commands(self) -> list[str]:
        return [line["data"] for line in self.happened("command")]

    @property
    def stands(self) -> bool:
        """Whether the belt stood still for the last half second."""
        return all(speed == 0 for _, speed in self.speeds[-5:])


@pytest.fixture
def eccentread(monkeypatch, capfd) -> Callable[..., Called]:
    """Call the command line in this process, as if without a terminal."""

    def call(*words: str | Path) -> Called:
        monkeypatch.setattr(sys, "argv", ["eccentread", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        return Called(int(ended.value.code or 0), out, err)

    return call


@pytest.fixture
def session(eccentread, tmp_path) -> Callable[..., Session]:
    """Run a simulated session in virtual time."""
    number = 0

    def run(*words: str, machine: str = "sim", seed: int = 1) -> Session:
        nonlocal number
        number += 1
        at = tmp_path / str(number)
        at.mkdir()
        summary, truth, kept = at / "summary.json", at / "truth.jsonl", at / "kept"
        called = eccentread(
            "run", "--machine", machine, "--fast", "--seed", str(seed), "--yes",
            "--summary", summary, "--truth", truth, "--out", kept, *words,
        )  # fmt: skip
        return Session(
            called,
            next(kept.iterdir()),
            json.loads(summary.read_text()),
            [json.loads(line) for line in truth.read_text().splitlines()],
        )

    return run
