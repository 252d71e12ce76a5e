"""Sessions on a simulated machine, in virtual time and from their inputs."""

import asyncio
import tempfile
from collections.abc import Callable
from contextlib import suppress

import eccentread_sim
from eccentread.cli.bundled import DEFAULT_PROTOCOL, bundled
from eccentread.events import Answered, Ask, Command, CommandKind, Cue, Input, Output
from eccentread.io.link import Link
from eccentread.io.runner import Runner
from eccentread.session import GuidedSession, parse_protocol

TEXT = (bundled("protocols") / DEFAULT_PROTOCOL).read_text(encoding="utf-8")
_MACHINE = """
description = "A machine for measurements"
[machine]
name = "SIM Bench"
[drive]
archetype = "C"
[reporting]
interval_s = {interval_s}
jitter_s = {jitter_s}
latency_s = {latency_s}
"""


def machine(interval_s: float, *, jitter_s: float = 0.0, latency_s: float = 0.1) -> str:
    """One that reports so often, so unevenly, and so late."""
    return _MACHINE.format(interval_s=interval_s, jitter_s=jitter_s, latency_s=latency_s)


def new_session() -> GuidedSession:
    return GuidedSession(parse_protocol(TEXT, DEFAULT_PROTOCOL))


class Athlete:
    """Answers, hears, and keeps what was said."""

    def __init__(self, simulator: eccentread_sim.Simulator, now: Callable[[], float]) -> None:
        self.simulator, self.now = simulator, now
        self.submit: Callable[[Input], object] = lambda _: None
        self.outputs: list[Output] = []

    def put(self, output: Output) -> None:
        self.outputs.append(output)
        match output:
            case Cue(kind=kind, number=number):
                self.simulator.hear(kind.value, number)
            case Ask(question=question, kind=kind):
                self.simulator.ask(
                    question, kind.value, lambda value: self.submit(Answered(self.now(), question, value))
                )
            case _:
                pass


def play(personality: str, over: Callable[[Output], bool]) -> tuple[list[Input], list[Output]]:
    """Inputs and outputs of a session in virtual time, up to the first output for which `over` is true."""
    inputs: list[Input] = []

    async def session() -> list[Output]:
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        done = asyncio.Event()
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write(personality)
            file.flush()
            simulator = eccentread_sim.Simulator(file.name, seed=1, origin_s=began_s)
        async with simulator:
            athlete = Athlete(simulator, lambda: loop.time() - began_s)

            def record(event: Input | Output) -> None:
                if isinstance(event, Input.__value__):
                    if not done.is_set():
                        inputs.append(event)
                elif over(event):
                    done.set()

            runner = Runner(
                new_session(),
                lambda on_input: Link(
                    simulator.address,
                    clock=athlete.now,
                    on_input=on_input,
                    client_backend=simulator.client_backend,
                ),
                clock=athlete.now,
                journal=record,
                consumers=[athlete],
            )
            athlete.submit = runner.submit
            running = asyncio.create_task(runner.run())
            await done.wait()
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            return athlete.outputs

    return inputs, eccentread_sim.run(session(), pace=None)


def is_stop(output: Output) -> bool:
    return isinstance(output, Command) and output.kind is CommandKind.STOP
