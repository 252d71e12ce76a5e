"""A computer with Bluetooth, a simulated treadmill in its reach, and a companion who runs the program."""

import contextlib
import itertools
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

POLL_S = 0.1


def wait_for[T](what: str, look: Callable[[], T | None], within_s: float) -> T:
    """What `look` finds, as soon as it finds something."""
    until_s = time.monotonic() + within_s
    while time.monotonic() < until_s:
        if found := look():
            return found
        time.sleep(POLL_S)
    pytest.fail(f"waited {within_s:g} s in vain for {what}")


class Followed:
    """The JSON objects in a file that is still being written, a line each."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._objects: list[dict[str, Any]] = []

    def so_far(self) -> list[dict[str, Any]]:
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._offset)
                whole, end, _torn = file.read().rpartition(b"\n")
            self._offset += len(whole + end)
            self._objects += map(json.loads, whole.splitlines())
        return self._objects


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

    def __init__(self, folder: Path, personality: str, stack: contextlib.ExitStack) -> None:
        self._truth = Followed(folder / "truth.jsonl")
        self._sent = Followed(folder / "sent.jsonl")
        self._folder = folder
        log = stack.enter_context((folder / "log").open("wb"))
        words = [sys.executable, HERE / "treadmill.py", personality, folder]
        self._process = stack.enter_context(subprocess.Popen(words, stdout=log, stderr=log))
        stack.callback(self._process.kill)
        self._socket = stack.enter_context(socket.socket(socket.AF_UNIX))
        wait_for("the treadmill", self._reached, 60)
        self._answers = stack.enter_context(self._socket.makefile("r"))

    def _reached(self) -> bool:
        with contextlib.suppress(OSError):
            self._socket.connect(str(self._folder / "ask"))
            return True
        assert self._process.poll() is None, (self._folder / "log").read_text()
        return False

    def do(self, what: str, **how: object) -> Any:
        self._socket.sendall(json.dumps({"what": what, **how}).encode() + b"\n")
        return json.loads(self._answers.readline())

    def truth(self, what: str) -> list[dict[str, Any]]:
        return [line for line in self._truth.so_far() if line["what"] == what]

    @property
    def commands(self) -> list[str]:
        return [line["data"] for line in self.truth("command")]

    @property
    def sent(self) -> list[dict[str, Any]]:
        return self._sent.so_far()

    def stop_after(self, before: int, within_s: float) -> float:
        """When it is told to stop, of the commands from the `before`th on; its own seconds."""

        def told() -> float | None:
            stops = [line["t_s"] for line in self.truth("command")[before:] if line["data"] == "0801"]
            return stops[0] if stops else None

        return wait_for("a stop", told, within_s)

    def until_it_stands(self, within_s: float) -> None:
        wait_for("a belt that stands", self.stands, within_s)

    def stands(self) -> bool:
        """Whether the belt stood still for the last half second."""
        return all(line["speed_kmh"] == 0 for line in self.truth("speed")[-5:])


class Companion:
    """Runs `eccentread run` at a terminal: answers what it asks, and lets the athlete hear its cues."""

    def __init__(self, treadmill: Treadmill, folder: Path, stack: contextlib.ExitStack) -> None:
        self._treadmill = treadmill
        self._folder = folder
        self._journal: Followed | None = None
        self._taken_part_in = 0
        self._keyboard, terminal = pty.openpty()
        call = [*PROGRAM, "run", "--machine", treadmill.name, "--protocol", PROTOCOL, "--plain"]
        stack.callback(os.close, self._keyboard)
        said = stack.enter_context((folder / "said").open("wb"))
        self._program = stack.enter_context(
            subprocess.Popen(
                [*call, "--out", folder / "kept", "--summary", folder / "summary.json"],
                stdin=terminal,
                stdout=said,
                stderr=said,
            )
        )
        stack.callback(self._program.kill)
        os.close(terminal)

    @property
    def said(self) -> str:
        """What the terminal shows."""
        return (self._folder / "said").read_text()

    def until_said(self, words: str, within_s: float) -> None:
        wait_for(words, lambda: words in self.said, within_s)

    @property
    def journal(self) -> list[dict[str, Any]]:
        if self._journal is None:
            found = (self._folder / "kept").glob("*/journal.jsonl")
            self._journal = next(map(Followed, found), None)
        return self._journal.so_far() if self._journal else []

    @property
    def summary(self) -> dict[str, Any]:
        return json.loads((self._folder / "summary.json").read_text())

    def of(self, kind: str) -> list[dict[str, Any]]:
        """What the journal holds of an input or output."""
        return [line for line in self.journal if kind in (line.get("in"), line.get("out"))]

    def until(self, kind: str, within_s: float = 120, **how: object) -> dict[str, Any]:
        """Take part until the next event of that kind, with these values."""

        def happened() -> dict[str, Any] | None:
            for event in self.journal[self._taken_part_in :]:
                self._taken_part_in += 1
                self._take_part(event)
                if kind in (event.get("in"), event.get("out")) and how.items() <= event.items():
                    return event
            return None

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
                self.press(keys)
            case _:
                pass

    def kill(self) -> None:
        """End the program without a word."""
        self._program.kill()
        self._program.wait()

    def press(self, key: str) -> None:
        os.write(self._keyboard, key.encode())

    def end(self, within_s: float = 60) -> int:
        """The exit status, once the session is over."""
        self.until("session-ended", within_s)
        return self._program.wait(15)


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
    with contextlib.ExitStack() as stack:
        machine = Treadmill(folder, "default", stack)
        bluez.wait_until_on()
        yield machine


@pytest.fixture
def session(treadmill, tmp_path) -> Iterator[Callable[..., Companion]]:
    """Begin a session on the treadmill."""
    numbers = itertools.count(1)
    with contextlib.ExitStack() as stack:

        def begin() -> Companion:
            folder = tmp_path / f"session-{next(numbers)}"
            folder.mkdir()
            return Companion(treadmill, folder, stack)

        yield begin


@pytest.fixture
def eccentread() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Call the program."""

    def call(*words: str | Path, within_s: float = 90) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*PROGRAM, *words], capture_output=True, text=True, check=False, timeout=within_s
        )

    return call
