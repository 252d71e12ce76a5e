"""One session over the virtual radio in virtual time, the troubles that befall it, and what came of it."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eccentread.errors import EccentreadError
from eccentread.events import (
    Answered,
    Ask,
    BeltReported,
    Cue,
    CueKind,
    FaultRaised,
    Input,
    Output,
    Phase,
    PhaseChanged,
    Reason,
    SessionEnded,
    StopAsked,
)
from eccentread.io.link import Link
from eccentread.io.runner import Consumer, Runner
from eccentread.io.scan import find
from eccentread.session import GuidedSession, parse_protocol
from eccentread.session.profile import Profile
from eccentread_sim import Simulator
from eccentread_sim import run as run_virtually

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
"""As short as a session can be that has everything but a rest."""
WITH_REST = QUICK.replace("sets = 1", "sets = 2")
"""The same with a rest between two sets."""
LONGEST_S = 1500.0
"""No session goes on for longer, whatever the machine does."""
CANCELS_S = 5.0
"""A connect that is cancelled may go on to wait for its own end: then it is cancelled again."""
LOOK_S = 0.05
"""How often it is looked whether the moment of a trouble has come."""
PUSHED_KMH = 0.7
"""A belt locked at 0.8 km/h and truly slower than this is being pushed."""


@dataclass
class Running:
    """A session that runs, as a trouble meets it."""

    simulator: Simulator
    began_s: float
    outputs: list[Output] = field(default_factory=list[Output])
    phase: Phase = Phase.CONNECTING
    set_index: int | None = None
    link: Link | None = None
    runner: Runner | None = None
    journal_breaks: bool = False
    """Whether the journal raises, on everything that it is given."""
    meddling: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    """What goes on beside the session, and ends with it."""

    @property
    def now_s(self) -> float:
        """Session time."""
        return asyncio.get_running_loop().time() - self.began_s

    @property
    def speed_kmh(self) -> float:
        """The belt's true speed."""
        return self.simulator.look()[0] * 3.6

    def submit(self, happened: Input) -> None:
        """Let the session know of something."""
        assert self.runner is not None
        self.runner.submit(happened)

    def stop(self, by: str = "test") -> None:
        """Somebody wants the belt to stop."""
        self.submit(StopAsked(self.now_s, by))


type When = float | Callable[[Running], bool]
"""Session seconds, or what must be so: then it happens at the first look that finds it so."""


@dataclass(frozen=True)
class Trouble:
    """What is done once, and when; `after_s` later than that."""

    when: When
    do: Callable[[Running], object]
    after_s: float = 0.0


def in_phase(phase: Phase, set_index: int | None = None) -> Callable[[Running], bool]:
    """While the session is in this phase."""
    return lambda run: run.phase is phase and set_index in (None, run.set_index)


def mid_push(run: Running) -> bool:
    """While the athlete pushes in a set."""
    return run.phase is Phase.SET and run.speed_kmh < PUSHED_KMH


def between_pushes(run: Running) -> bool:
    """In a set, nobody pushing."""
    return run.phase is Phase.SET and run.speed_kmh >= PUSHED_KMH


def belt_starts(run: Running) -> bool:
    """The belt has begun to move on the way to its lock."""
    return run.phase is Phase.STARTING and run.speed_kmh > 0


MOMENTS: Mapping[str, Callable[[Running], bool]] = {
    "observing": in_phase(Phase.OBSERVING),
    "checklist": in_phase(Phase.CHECKLIST),
    "countdown": in_phase(Phase.STARTING),
    "locking": in_phase(Phase.LOCKING),
    "signal check": in_phase(Phase.SIGNAL_CHECK),
    "mid-push": mid_push,
    "between pushes": between_pushes,
    "rest": in_phase(Phase.REST),
    "stopping": in_phase(Phase.STOPPING),
    "questions": in_phase(Phase.QUESTIONS),
}
"""The moments of a session (`WITH_REST` has them all) that a trouble can be timed to."""


@dataclass(frozen=True)
class Driven:
    """What the program saw and did with a machine, and what really happened."""

    error: EccentreadError | None
    """Why there was no session."""
    inputs: list[Input]
    outputs: list[Output]
    truth: list[dict[str, Any]]
    befell_s: list[float]
    """When the troubles happened, in the order they happened."""
    complaints: list[str] = field(default_factory=list[str])
    """What the event loop complained of: tasks and callbacks that failed and nobody asked why."""

    def of[T](self, kind: type[T]) -> list[T]:
        return [one for one in self.outputs if isinstance(one, kind)]

    @property
    def end(self) -> SessionEnded | None:
        return next(iter(self.of(SessionEnded)), None)

    @property
    def faults(self) -> list[Reason]:
        return [one.reason for one in self.of(FaultRaised)]

    @property
    def cues(self) -> list[CueKind]:
        return [one.kind for one in self.of(Cue)]

    def said_s(self, kind: CueKind) -> float | None:
        """When this was said first."""
        return next((cue.t_s for cue in self.of(Cue) if cue.kind is kind), None)

    @property
    def locked_s(self) -> float | None:
        return self.said_s(CueKind.BELT_LOCKED)

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

    @property
    def stood_s(self) -> float:
        """Since when the belt really stands for good; infinite where it still ran at the end."""
        if not self.stands:
            return float("inf")
        return max((t_s for t_s, speed in self.speeds if speed > 0), default=0.0)


type Person = Callable[[Running, Ask], bool]
"""Somebody who may take it on to answer a question, or not to; whether it is taken on."""


class Companion:
    """Whoever answers: `person`, or else the simulated athlete; and asks for a stop when `leave` says so."""

    def __init__(self, running: Running, leave: Callable[[Output], bool], person: Person) -> None:
        self.running = running
        self.leave = leave
        self.person = person
        self.left = False

    def put(self, output: Output) -> None:
        run, loop = self.running, asyncio.get_running_loop()
        run.outputs.append(output)
        match output:
            case Cue(kind=kind, number=number):
                run.simulator.hear(kind.value, number)
            case Ask() if self.person(run, output):
                pass
            case Ask(question=question, kind=kind):
                run.simulator.ask(
                    question, kind.value, lambda value: run.submit(Answered(run.now_s, question, value))
                )
            case PhaseChanged(phase=phase, set_index=set_index):
                run.phase, run.set_index = phase, set_index
            case _:
                pass
        if not self.left and self.leave(output):
            self.left = True
            loop.call_soon(run.stop)


async def befall(run: Running, trouble: Trouble, befell_s: list[float]) -> None:
    """Wait for the trouble's moment, note when that was, and let it happen."""
    if isinstance(trouble.when, float | int):
        await asyncio.sleep(trouble.when - run.now_s)
    else:
        while not trouble.when(run):  # noqa: ASYNC110 — the belt tells nobody
            await asyncio.sleep(LOOK_S)
    await asyncio.sleep(trouble.after_s)
    befell_s.append(run.now_s)
    trouble.do(run)


def drive(
    folder: Path,
    personality: str,
    *,
    seed: int = 1,
    profiles: Sequence[Profile] = (),
    timed: Mapping[str, str] | None = None,
    protocol: str = QUICK,
    leave: Callable[[Output], bool] = lambda _: False,
    troubles: Sequence[Trouble] = (),
    consumers: Sequence[Consumer] = (),
    person: Person = lambda _, __: False,
    linger_s: float = 3.0,
) -> Driven:
    """Run one session with a personality (name or TOML), in virtual time, over the virtual radio.

    `folder` takes the files this needs. `leave`: at which output somebody asks for a stop. `consumers` are
    told before the athlete is. `person` answers in her place. `linger_s`: how long the machine is watched on
    when the program is done.
    """
    if "\n" in personality:
        path = folder / "personality.toml"
        path.write_text(personality, encoding="utf-8")
        personality = str(path)
    truth_path = folder / "truth.jsonl"
    inputs: list[Input] = []
    outputs: list[Output] = []
    befell_s: list[float] = []
    complaints: list[str] = []

    async def session() -> EccentreadError | None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(
            lambda _, told: complaints.append(f"{told['message']}: {told.get('exception')!r}")
        )
        began_s = loop.time()
        async with Simulator(personality, seed=seed, origin_s=began_s, truth=truth_path) as simulator:
            run = Running(simulator, began_s)

            def record(event: Input | Output) -> None:
                (inputs if isinstance(event, Input.__value__) else outputs).append(event)
                if run.journal_breaks:
                    raise OSError("the disk is full")

            befalling = [asyncio.create_task(befall(run, trouble, befell_s)) for trouble in troubles]
            try:
                found = await find(simulator.address, scanner_backend=simulator.scanner_backend)

                def link(on_input: Callable[[Input], None]) -> Link:
                    run.link = Link(
                        found.device,
                        clock=lambda: run.now_s,
                        on_input=on_input,
                        client_backend=simulator.client_backend,
                    )
                    return run.link

                run.runner = Runner(
                    GuidedSession(parse_protocol(protocol, "quick.toml"), profiles, timed or {}),
                    link,
                    clock=lambda: run.now_s,
                    journal=record,
                    consumers=[*consumers, Companion(run, leave, person)],
                )
                async with asyncio.timeout(LONGEST_S):
                    await run.runner.run()
            except EccentreadError as error:
                return error
            except TimeoutError:
                pass  # it has no end, then
            finally:
                await asyncio.sleep(linger_s)  # what the belt does when nobody is there any more
                for task in befalling:
                    if task.done():
                        task.result()  # a mistake of the test's own is told
                    task.cancel()
                while going_on := [task for task in run.meddling if not task.done()]:
                    for task in going_on:
                        task.cancel()
                    await asyncio.wait(going_on, timeout=CANCELS_S)
                await asyncio.gather(*run.meddling, return_exceptions=True)
            return None

    error = run_virtually(session(), pace=None)
    truth = [json.loads(line) for line in truth_path.read_text(encoding="utf-8").splitlines()]
    return Driven(error, inputs, outputs, truth, befell_s, complaints)


def seconds_locked(stay_s: float) -> Callable[[Output], bool]:
    """For `leave`: so long after the belt was locked."""
    locked_s: list[float] = []

    def leave(output: Output) -> bool:
        if getattr(output, "kind", None) is CueKind.BELT_LOCKED:
            locked_s.append(output.t_s)
        return bool(locked_s) and isinstance(output, BeltReported) and output.t_s > locked_s[0] + stay_s

    return leave
