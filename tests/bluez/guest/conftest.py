"""A computer with Bluetooth, a simulated treadmill in its reach, and a companion who runs the program."""

import contextlib
import json
import os
import pty
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PROTOCOL = HERE / "short.toml"
PROGRAM = (sys.executable, "-c", "from eccentread.cli import main; main()")
BLUETOOTHD = "/usr/libexec/bluetooth/bluetoothd"

POLL_S = 0.05


def wait_for[T](what: str, look: Callable[[], T | None], within_s: float) -> T:
    """What `look` finds, as soon as it finds something."""
    until_s = time.monotonic() + within_s
    while time.monotonic() < until_s:
        if found := look():
            return found
        time.sleep(POLL_S)
    pytest.fail(f"waited {within_s:g} s in vain for {what}")


def lines(path: Path) -> list[dict[str, Any]]:
    """The JSON objects in a file that may still be written."""
    *whole, _unfinished = path.read_text().split("\n") if path.exists() else [""]
    return [json.loads(line) for line in whole]


class Bluez:
    """This computer's Bluetooth service."""

    def __init__(self) -> None:
        self._service: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self._service is None:
            self._service = subprocess.Popen([BLUETOOTHD, "--nodetach"], stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        if self._service is not None:
            self._service.kill()
            self._service.wait()
            self._service = None

    def power(self, state: str) -> None:
        """Switch the adapter `on` or `off`."""
        wait_for(f"power {state}", lambda: "succeeded" in self._ctl("power", state), 20)

    def wait_until_on(self) -> None:
        wait_for("an adapter that is on", lambda: "Powered: yes" in self._ctl("show"), 20)

    def forget(self, address: str) -> None:
        self._ctl("remove", address)

    def _ctl(self, *words: str) -> str:
        done = subprocess.run(
            ["bluetoothctl", "--timeout", "5", *words], capture_output=True, text=True, check=False
        )
        return done.stdout


class Treadmill:
    """The simulated treadmill, a process of its own."""

    name = "Simulated treadmill"

    def __init__(self, folder: Path, personality: str) -> None:
        self.folder = folder
        self._log = (folder / "log").open("wb")
        words = [sys.executable, HERE / "treadmill.py", personality, folder]
        self._process = subprocess.Popen(words, stdout=self._log, stderr=self._log)
        self._socket = socket.socket(socket.AF_UNIX)
        wait_for("the treadmill", self._reached, 60)
        self._answers = self._socket.makefile("r")

    def _reached(self) -> bool:
        with contextlib.suppress(OSError):
            self._socket.connect(str(self.folder / "ask"))
            return True
        assert self._process.poll() is None, (self.folder / "log").read_text()
        return False

    def do(self, what: str, **how: object) -> Any:
        self._socket.sendall(json.dumps({"what": what, **how}).encode() + b"\n")
        return json.loads(self._answers.readline())

    def truth(self, what: str) -> list[dict[str, Any]]:
        return [line for line in lines(self.folder / "truth.jsonl") if line["what"] == what]

    @property
    def commands(self) -> list[str]:
        return [line["data"] for line in self.truth("command")]

    @property
    def sent(self) -> list[dict[str, Any]]:
        return lines(self.folder / "sent.jsonl")

    def stands(self) -> bool:
        """Whether the belt stood still for the last half second."""
        return all(line["speed_kmh"] == 0 for line in self.truth("speed")[-5:])

    def switch_off(self) -> None:
        self._process.kill()
        self._process.wait()
        self._answers.close()
        self._socket.close()
        self._log.close()


class Companion:
    """Runs `eccentread run` at a terminal: answers what it asks, and lets the athlete hear its cues."""

    def __init__(self, treadmill: Treadmill, folder: Path, *words: str) -> None:
        self._treadmill = treadmill
        self._folder = folder
        self._read = 0
        self._keyboard, terminal = pty.openpty()
        call = [*PROGRAM, "run", "--machine", treadmill.name, "--protocol", PROTOCOL, "--plain"]
        self._files = [(folder / name).open("wb") for name in ("said", "errors")]
        self._program = subprocess.Popen(
            [*call, "--out", folder / "kept", "--summary", folder / "summary.json", *words],
            stdin=terminal,
            stdout=self._files[0],
            stderr=self._files[1],
        )
        os.close(terminal)

    @property
    def said(self) -> str:
        return (self._folder / "said").read_text() + (self._folder / "errors").read_text()

    @property
    def journal(self) -> list[dict[str, Any]]:
        return [line for path in (self._folder / "kept").glob("*/journal.jsonl") for line in lines(path)]

    @property
    def summary(self) -> dict[str, Any]:
        return json.loads((self._folder / "summary.json").read_text())

    def of(self, kind: str) -> list[dict[str, Any]]:
        """What the journal holds of an input or output."""
        return [line for line in self.journal if kind in (line.get("in"), line.get("out"))]

    def until(self, kind: str, within_s: float = 120, **how: object) -> dict[str, Any]:
        """Take part until the journal has an event of that kind, with these values."""

        def happened() -> dict[str, Any] | None:
            fresh = self.journal[self._read :]
            self._read += len(fresh)
            for event in fresh:
                self._take_part(event)
            wanted = [e for e in self.of(kind) if all(e.get(key) == how[key] for key in how)]
            return wanted[-1] if wanted else None

        try:
            return wait_for(f"{kind} {how}", happened, within_s)
        except BaseException:
            print(self.said)
            raise

    def _take_part(self, event: dict[str, Any]) -> None:
        match event:
            case {"out": "cue", "kind": cue, "number": number}:
                self._treadmill.do("hear", cue=cue, number=number)
            case {"out": "ask", "question": question, "kind": kind}:
                after_s, value = self._treadmill.do("answer", question=question, kind=kind)
                time.sleep(after_s)
                keys = "ny"[value] if kind == "confirm" else f"{value}\n"
                for key in keys:
                    os.write(self._keyboard, key.encode())
            case _:
                pass

    def end(self, within_s: float = 60) -> int:
        """The exit status, once the session is over."""
        self.until("session-ended", within_s)
        return self._program.wait(15)

    def leave(self) -> None:
        self._program.kill()
        self._program.wait()
        os.close(self._keyboard)
        for file in self._files:
            file.close()


@pytest.fixture(scope="session")
def service() -> Iterator[Bluez]:
    bluez = Bluez()
    yield bluez
    bluez.kill()


@pytest.fixture
def bluez(service) -> Bluez:
    """The Bluetooth service, running."""
    service.start()
    return service


@pytest.fixture
def treadmill(bluez, tmp_path) -> Iterator[Treadmill]:
    """A treadmill that advertises, on an adapter that is on."""
    folder = tmp_path / "treadmill"
    folder.mkdir()
    machine = Treadmill(folder, "default")
    try:
        bluez.wait_until_on()
        yield machine
    finally:
        machine.switch_off()


@pytest.fixture
def session(treadmill, tmp_path) -> Iterator[Callable[..., Companion]]:
    """Begin a session on the treadmill."""
    companions: list[Companion] = []

    def begin(*words: str) -> Companion:
        folder = tmp_path / f"session-{len(companions)}"
        folder.mkdir()
        companions.append(Companion(treadmill, folder, *words))
        return companions[-1]

    yield begin
    for companion in companions:
        companion.leave()


@pytest.fixture
def eccentread() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Call the program."""

    def call(*words: str | Path, within_s: float = 90) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*PROGRAM, *words], capture_output=True, text=True, check=False, timeout=within_s
        )

    return call
