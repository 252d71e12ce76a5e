"""A whole session between two processes, over a socket.

It takes wall time, as nothing else here does: two processes share no virtual clock. A protocol of one set of
two reps and a treadmill that starts at once keep it to a minute and a half, nearly all of it waiting; what
needs no whole session is tested in tests/unit/sim.
"""

import asyncio
import json
import re
import signal
import sys
from contextlib import asynccontextmanager

import pytest
from bleak import BleakClient, BleakScanner

from eccentread_sim import attach

DEADLINE_S = 150.0
"""Beyond what a session here takes, on a slow computer."""

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

PROTOCOL = """
schema = 1
title = "Short"
speed_kmh = 0.8
sets = 1
reps = 2
rest_s = 5
side = "left"
[effort]
low = 4
high = 6
[pain]
limit = 5
[signal_check]
idle_s = 5
pushes = 2
rides = 1
window_s = 5
pause_s = 2
[review]
after_days = 28
"""

MAIN = (sys.executable, "-c", "from eccentread.cli import main; main()")
PIPES = {
    "stdin": asyncio.subprocess.DEVNULL,
    "stdout": asyncio.subprocess.PIPE,
    "stderr": asyncio.subprocess.PIPE,
}


class Simulator:
    """The simulator's process, and what it has said so far."""

    def __init__(self, process, at):
        self.process = process
        self.at = at
        self.lines = []

    async def until(self, says):
        """Read on until a line contains `says`."""
        while not self.lines or says not in self.lines[-1]:
            line = await self.process.stdout.readline()
            assert line, f"{says!r} was never said"
            self.lines.append(line.decode().rstrip())

    async def ended(self):
        out, err = await self.process.communicate()
        self.lines += out.decode().splitlines()
        return self.process.returncode, err.decode()


@pytest.fixture
def simulator(tmp_path):
    """Start a simulator that serves at a place of the given kind."""

    @asynccontextmanager
    async def start(kind):
        personality = tmp_path / "quick.toml"
        personality.write_text(PERSONALITY)
        at = f"unix-server:{tmp_path / 'hci'}" if kind == "unix" else "tcp-server:0"
        words = ("--personality", personality, "--transport", at, "--truth", tmp_path / "truth.jsonl")
        process = await asyncio.create_subprocess_exec(*MAIN, "sim", "--seed", "1", *words, **PIPES)
        simulator = Simulator(process, "")
        try:
            await simulator.until("attach with")
            simulator.at = simulator.lines[-1].split()[-1]
            async with asyncio.timeout(DEADLINE_S):
                yield simulator
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()

    return start


@pytest.fixture
def session(tmp_path):
    """Run a session on a machine in a process of its own: status, what it says, its summary."""

    async def run(machine, *words):
        protocol, summary = tmp_path / "short.toml", tmp_path / "summary.json"
        protocol.write_text(PROTOCOL)
        process = await asyncio.create_subprocess_exec(
            *MAIN, "run", "--machine", machine, "--protocol", protocol, "--summary", summary,
            "--out", tmp_path / "kept", *words, **PIPES,
        )  # fmt: skip
        try:
            out, err = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()
        result = json.loads(summary.read_text()) if summary.exists() else None
        return process.returncode, out.decode(), err.decode(), result

    return run


async def test_a_session_is_run_on_a_simulator_in_another_process(simulator, session, tmp_path):
    async with simulator("tcp") as machine:
        assert machine.at.startswith("sim@127.0.0.1:")
        status, out, err, summary = await session(machine.at)
        machine.process.send_signal(signal.SIGTERM)
        assert await machine.ended() == (0, "")

    assert (status, summary["outcome"], summary["simulated"]) == (0, "finished", True)
    assert summary["machine"] == machine.at
    assert [one["count"] for one in summary["sets"]] == [2]
    assert out.startswith("SIMULATED")
    assert re.fullmatch(r"Record: [^\n]+\n", err)

    truth = [json.loads(line) for line in (tmp_path / "truth.jsonl").read_text().splitlines()]
    begun_s = next(line["t_s"] for line in truth if line.get("cue") == "set-begins")
    pushes = [line for line in truth if line["what"] == "contact" and line["onset_s"] > begun_s]
    assert len([push for push in pushes if push["counts"]]) >= 2
    assert [line["data"] for line in truth if line["what"] == "command"][:3] == ["00", "07", "025000"]
    said = "\n".join(machine.lines)
    for one in (
        "attached",
        "connected: ",
        "asked to start",
        "athlete hears set-begins",
        "athlete answers rails",
    ):
        assert one in said
    assert "athlete: push, " in said


async def test_a_simulator_that_is_killed_is_a_lost_link(simulator, session):
    async with simulator("unix") as machine:
        running = asyncio.create_task(session(machine.at))
        await machine.until("belt running")
        machine.process.kill()
        status, out, err, summary = await running

    assert (status, summary["outcome"]) == (3, "fault")
    assert "The link to the treadmill is lost while the belt may be running" in out
    assert re.fullmatch(r"Record: [^\n]+\n", err)


async def test_nobody_there_is_one_sentence(session):
    status, out, err, summary = await session("sim@127.0.0.1:1")

    assert (status, out, summary) == (4, "", None)
    assert re.fullmatch(r"eccentread: No simulator listens at 127\.0\.0\.1:1; start one with [^\n]+\.\n", err)


async def test_a_treadmill_that_another_holds_is_not_found(simulator, session):
    async with simulator("tcp") as machine, attach(machine.at.removeprefix("sim@")) as other:
        device = await BleakScanner.find_device_by_name("Quick one", backend=other.scanner_backend)
        async with BleakClient(device, backend=other.client_backend):
            status, _, err, _ = await session(machine.at)

    assert status == 4
    assert re.fullmatch(r"eccentread: No treadmill was found; [^\n]+\.\n", err)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--fast"], "--fast is for a simulator in this process"),
        (["--pace", "2"], "--pace is for"),
        (["--seed", "1"], "--seed is for"),
        (["--truth", "truth.jsonl"], "--truth is for"),
        (["--sensor", "sim"], "--sensor is for"),
    ],
)
def test_what_belongs_to_the_simulators_process_is_refused(eccentread, monkeypatch, tmp_path, words, says):
    monkeypatch.chdir(tmp_path)
    called = eccentread("run", "--machine", "sim@9544", *words)

    assert called.status == 2
    assert re.fullmatch(r"eccentread: [^\n]+\.\n", called.err)
    assert says in called.err
