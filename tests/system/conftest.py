"""Whole sessions, through the command line or without it, judged by what the simulation really did."""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from eccentread.cli import main
from eccentread.errors import EccentreadError
from eccentread.events import (
    Answered,
    Ask,
    Cue,
    CueKind,
    FaultRaised,
    Input,
    Output,
    Reason,
    SessionEnded,
    StopAsked,
)
from eccentread.io.link import Link
from eccentread.io.runner import Runner
from eccentread.io.scan import find
from eccentread.session import GuidedSession, parse_protocol
from eccentread.session.profile import Profile
from eccentread_sim import Simulator
from eccentread_sim import run as run_virtually


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


# --- whole sessions against a simulated machine ------------------------------------------------------------

QUICK = """
schema = 1
title = "Quick"
speed_kmh = 0.8
sets = 1
reps = 2
rest_s = 5
side = "left"
effort = { low = 4, high = 6 }
pain = { limit = 10 }
review = { after_days = 28 }
signal_check = { idle_s = 6, pushes = 2, rides = 1, window_s = 8, pause_s = 2 }
"""
"""As short as a session can be that has everything."""
LONGEST_S = 1500.0
"""No session goes on for longer, whatever the machine does."""


@dataclass(frozen=True)
class Driven:
    """What the program saw and did with a machine, and what really happened."""

    error: EccentreadError | None
    """Why there was no session."""
    inputs: list[Input]
    outputs: list[Output]
    truth: list[dict[str, Any]]

    def of[T](self, kind: type[T]) -> list[T]:
        return [one for one in self.outputs if isinstance(one, kind)]

    @property
    def end(self) -> SessionEnded | None:
        return next(iter(self.of(SessionEnded)), None)

    @property
    def faults(self) -> list[Reason]:
        return [one.reason for one in self.of(FaultRaised)]

    @property
    def locked_s(self) -> float | None:
        return next((cue.t_s for cue in self.of(Cue) if cue.kind is CueKind.BELT_LOCKED), None)

    def happened(self, what: str) -> list[dict[str, Any]]:
        return [line for line in self.truth if line["what"] == what]

    @property
    def writes(self) -> list[tuple[float, str]]:
        """What was written to the control point, as the machine took it."""
        return [(line["t_s"], line["data"]) for line in self.happened("command")]

    @property
    def speeds(self) -> list[tuple[float, float]]:
        """The belt's true speed, km/h, ten times a second."""
        return [(line["t_s"], line["speed_kmh"]) for line in self.happened("speed")]

    @property
    def stands(self) -> bool:
        """Whether the belt really stood at the end."""
        return all(speed == 0 for _, speed in self.speeds[-5:])


class Companion:
    """Whoever answers: the simulated athlete; and asks for a stop when `leave` says so."""

    def __init__(self, simulator: Simulator, leave: Callable[[Output], bool]) -> None:
        self.simulator = simulator
        self.leave = leave
        self.left = False
        self.runner: Runner | None = None

    def put(self, output: Output) -> None:
        assert self.runner is not None
        runner, loop = self.runner, asyncio.get_running_loop()
        match output:
            case Cue(kind=kind, number=number):
                self.simulator.hear(kind.value, number)
            case Ask(question=question, kind=kind):
                self.simulator.ask(
                    question, kind.value, lambda value: runner.submit(Answered(runner.now_s, question, value))
                )
            case _:
                pass
        if not self.left and self.leave(output):
            self.left = True
            loop.call_soon(lambda: runner.submit(StopAsked(runner.now_s, "test")))


@pytest.fixture
def driven(tmp_path) -> Callable[..., Driven]:
    """Run one session with a personality (name or TOML), in virtual time, over the virtual radio.

    `leave`: at which output somebody asks for a stop. `troubles`: session seconds, and what is done then.
    """

    def drive(
        personality: str,
        *,
        seed: int = 1,
        profiles: Sequence[Profile] = (),
        timed: Mapping[str, str] | None = None,
        protocol: str = QUICK,
        leave: Callable[[Output], bool] = lambda _: False,
        troubles: Sequence[tuple[float, Callable[[Simulator], object]]] = (),
        linger_s: float = 3.0,
    ) -> Driven:
        if "\n" in personality:
            path = tmp_path / "personality.toml"
            path.write_text(personality, encoding="utf-8")
            personality = str(path)
        truth_path = tmp_path / "truth.jsonl"
        inputs: list[Input] = []
        outputs: list[Output] = []

        def record(event: Input | Output) -> None:
            (inputs if isinstance(event, Input.__value__) else outputs).append(event)

        async def session() -> EccentreadError | None:
            loop = asyncio.get_running_loop()
            began_s = loop.time()
            async with Simulator(personality, seed=seed, origin_s=began_s, truth=truth_path) as simulator:
                companion = Companion(simulator, leave)
                for at_s, trouble in troubles:
                    loop.call_at(began_s + at_s, trouble, simulator)
                try:
                    found = await find(simulator.address, scanner_backend=simulator.scanner_backend)
                    runner = companion.runner = Runner(
                        GuidedSession(parse_protocol(protocol, "quick.toml"), profiles, timed or {}),
                        lambda on_input: Link(
                            found.device,
                            clock=lambda: loop.time() - began_s,
                            on_input=on_input,
                            client_backend=simulator.client_backend,
                        ),
                        clock=lambda: loop.time() - began_s,
                        journal=record,
                        consumers=[companion],
                    )
                    async with asyncio.timeout(LONGEST_S):
                        await runner.run()
                except EccentreadError as error:
                    return error
                finally:
                    await asyncio.sleep(linger_s)  # what the belt does when nobody is there any more
                return None

        error = run_virtually(session(), pace=None)
        truth = [json.loads(line) for line in truth_path.read_text(encoding="utf-8").splitlines()]
        return Driven(error, inputs, outputs, truth)

    return drive
