"""A whole session as the command line puts it together: journal, view, broker, signals; in virtual time."""

import asyncio
import contextlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from driving import LONGEST_S, QUICK, Running, Trouble, befall
from eccentread.cli.compose import Plan, clock, run_session
from eccentread.errors import EccentreadError
from eccentread.events import Input, PhaseChanged
from eccentread.io.link import Link
from eccentread.io.scan import find
from eccentread.record.journal import JOURNAL_NAME, Journal, read_journal
from eccentread_sim import Simulator
from eccentread_sim import run as run_virtually


@dataclass(frozen=True)
class Composed:
    """What a session left behind, and what really happened."""

    status: int | None
    """The exit status; `None` where there was no session."""
    error: EccentreadError | None
    told: str
    """What was said on standard error."""
    kept: Path
    truth: list[dict[str, Any]]
    befell_s: list[float]

    @property
    def folder(self) -> Path:
        """The session's own."""
        [folder] = self.kept.iterdir()
        return folder

    @property
    def journal(self) -> Journal:
        return read_journal(self.folder / JOURNAL_NAME)

    @property
    def writes(self) -> list[tuple[float, str]]:
        """What was written to the control point, as the machine took it."""
        return [(line["t_s"], line["data"]) for line in self.truth if line["what"] == "command"]

    @property
    def speeds(self) -> list[tuple[float, float]]:
        """The belt's true speed, km/h, ten times a second."""
        return [(line["t_s"], line["speed_kmh"]) for line in self.truth if line["what"] == "speed"]

    def went_as(self, other: "Composed") -> bool:
        """Whether the same was asked of the belt in the same order, and the athlete did the same on it."""
        return self._course == other._course

    @property
    def _course(self) -> tuple[list[str], list[str], bool]:
        contacts = [line["label"] for line in self.truth if line["what"] == "contact"]
        return list(dict.fromkeys(data for _, data in self.writes)), contacts, self.stands

    @property
    def stands(self) -> bool:
        return all(speed == 0 for _, speed in self.speeds[-5:])


def compose(
    folder: Path,
    *,
    kept: Path | None = None,
    personality: str = "default",
    protocol: str = QUICK,
    troubles: Sequence[Trouble] = (),
    options: Mapping[str, Any] | None = None,
) -> Composed:
    """Run one; `kept` is the folder for sessions, `options` what a `Plan` takes besides."""
    folder.mkdir(exist_ok=True)
    prescription, truth = folder / "quick.toml", folder / "truth.jsonl"
    prescription.write_text(protocol, encoding="utf-8")
    kept = kept or folder / "kept"
    fixed = {"side": None, "summary": None, "mqtt": None, "plain": True, "fast": True, "pace": None}
    plan = Plan(
        **fixed
        | {"machine": f"sim:{personality}", "protocol": prescription, "out": kept}
        | {"seed": 1, "truth": truth, "yes": True}
        | dict(options or {})
    )
    befell_s: list[float] = []

    async def session() -> int:
        began_s = asyncio.get_running_loop().time()
        now = clock()
        async with Simulator(personality, seed=1, origin_s=began_s, truth=truth) as simulator:
            run = Running(simulator, began_s)

            def witness(event: object) -> None:
                if isinstance(event, Input.__value__):
                    return
                run.outputs.append(event)  # type: ignore[arg-type]
                if isinstance(event, PhaseChanged):
                    run.phase, run.set_index = event.phase, event.set_index

            befalling = [asyncio.create_task(befall(run, trouble, befell_s)) for trouble in troubles]
            found = await find(simulator.address, scanner_backend=simulator.scanner_backend)

            def link(on_input) -> Link:
                backend = simulator.client_backend
                return Link(found.device, clock=now, on_input=on_input, client_backend=backend)

            try:
                async with asyncio.timeout(LONGEST_S):
                    return await run_session(plan, link, now, simulator, witness=witness)
            finally:
                await asyncio.sleep(3.0)  # what the belt does when nobody is there any more
                for task in befalling:
                    if task.done():
                        task.result()  # a mistake of the test's own is told
                    task.cancel()

    status, error, told = None, None, io.StringIO()
    with contextlib.redirect_stderr(told):
        try:
            status = run_virtually(session(), pace=None)
        except EccentreadError as caught:
            error = caught
    lines = [json.loads(line) for line in truth.read_text(encoding="utf-8").splitlines()]
    return Composed(status, error, told.getvalue(), kept, lines, befell_s)
