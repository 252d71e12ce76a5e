"""Is this computer fit for a session? Each finding says what was looked at and seen, and the way out."""

import os
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bleak.backends.scanner import BaseBleakScanner

from eccentread.errors import AdapterError
from eccentread.io.scan import scan

SCAN_S = 2.0
"""Long enough to know that the adapter scans and to hear a machine nearby."""

PACKAGES = ("bleak", "pyftms", "bumble")

_OLDEST, _TOO_NEW = (3, 12), (3, 14)  # what pyftms runs on
_DBUS_SOCKET = Path("/run/dbus/system_bus_socket")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `way_out` is a sentence where it is not `ok`."""

    what: str
    ok: bool
    detail: str
    way_out: str | None = None


async def diagnose(data_dir: Path, *, scanner_backend: type[BaseBleakScanner] | None = None) -> list[Finding]:
    """Look at Python, the packages, the system's message bus (Linux), Bluetooth and the data folder.

    Takes about `SCAN_S`. Nothing is written but a file in `data_dir` that is gone again.
    """
    findings = [python(sys.version_info[:2]), *(package(name) for name in PACKAGES)]
    if sys.platform == "linux":
        findings.append(message_bus(_DBUS_SOCKET))
    findings.append(await bluetooth(scanner_backend))
    findings.append(data_folder(data_dir))
    return findings


def python(running: tuple[int, int]) -> Finding:
    """Whether this Python is one that the packages run on."""
    fits = _OLDEST <= running < _TOO_NEW
    way_out = None if fits else "Install Python 3.13 and set the program up anew."
    return Finding("Python", fits, "{}.{}".format(*running), way_out)


def package(name: str) -> Finding:
    """Whether a package is installed, and which version."""
    try:
        return Finding(name, ok=True, detail=version(name))
    except PackageNotFoundError:
        return Finding(name, ok=False, detail="not installed", way_out="Install the program anew.")


def message_bus(socket: Path) -> Finding:
    """Whether Linux's D-Bus, by which BlueZ is reached, is there."""
    address = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS")
    if address or socket.exists():
        return Finding("D-Bus", ok=True, detail=address or str(socket))
    return Finding(
        "D-Bus",
        ok=False,
        detail=f"no {socket}",
        way_out="Install D-Bus and BlueZ and start them (sudo systemctl start dbus bluetooth).",
    )


async def bluetooth(scanner_backend: type[BaseBleakScanner] | None = None) -> Finding:
    """Whether the adapter scans, and which fitness machines are heard."""
    try:
        machines = await scan(SCAN_S, scanner_backend=scanner_backend)
    except AdapterError as error:
        return Finding("Bluetooth", ok=False, detail=error.cause, way_out=error.sentence)
    names = ", ".join(machine.name for machine in machines) or "none"
    return Finding("Bluetooth", ok=True, detail=f"it scans; fitness machines heard: {names}")


def data_folder(folder: Path) -> Finding:
    """Whether sessions can be written to `folder`; it is made if it is missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding(
            "data folder",
            ok=False,
            detail=f"{folder}: {error.strerror}",
            way_out="Make the folder writable, or choose another (--out DIR).",
        )
    return Finding("data folder", ok=True, detail=str(folder))
