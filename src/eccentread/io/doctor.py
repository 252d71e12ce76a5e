"""Is this computer fit for a session? Each finding says what was looked at and seen, and the way out."""

import asyncio
import os
import platform as this_system
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType

from bleak.backends.adapter import BaseBleakAdapter
from bleak.backends.scanner import BaseBleakScanner

from eccentread.errors import AdapterError, Cause
from eccentread.io.scan import FoundMachine, scan
from eccentread.record.latch import latches
from eccentread.record.remembered import Remembered

SCAN_S = 4.0
"""Long enough to know that the adapter scans and to hear a machine nearby."""

PACKAGES = ("eccentread", "bleak", "pyftms", "bumble")

_OLDEST, _TOO_NEW = (3, 12), (3, 14)  # what pyftms runs on
_OLDEST_BLUEZ = (5, 55)  # what bleak runs on
_DBUS_SOCKET = Path("/run/dbus/system_bus_socket")
_BLUETOOTHCTL_S = 5.0

_SEEN = MappingProxyType(
    {
        Cause.NO_BLUETOOTH: "there is no adapter for Bluetooth low energy",
        Cause.NO_BLUETOOTH_SERVICE: "the system's Bluetooth service does not run",
        Cause.BLUETOOTH_OFF: "it is switched off",
        Cause.BLUETOOTH_DENIED: "this program is not allowed to use it",
    }
)
"""What is wrong with Bluetooth, in words; the way out is the error's own sentence."""

_HELD = MappingProxyType(
    {
        "linux": "Close the other program; if there is none, end the connection "
        "(bluetoothctl disconnect {address}).",
        "darwin": "Quit the other app; if there is none, switch Bluetooth off and on in "
        "System Settings › Bluetooth.",
        "win32": "Close the other app; if there is none, disconnect the treadmill in "
        "Settings › Bluetooth & devices.",
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `ok` is `None` where nobody can tell, or where a session goes without it.

    `way_out` is a sentence where it is false, and where something can be done.
    """

    what: str
    ok: bool | None
    detail: str
    way_out: str | None = None


async def diagnose(
    data_dir: Path,
    last: Remembered | None = None,
    *,
    scanner_backend: type[BaseBleakScanner] | None = None,
    adapter_backend: type[BaseBleakAdapter] | None = None,
) -> list[Finding]:
    """Look at Python, the packages, the system's services, Bluetooth, who holds what, and the data folder.

    `last` is the treadmill of last time. Takes about `SCAN_S`. Nothing is written but a file in `data_dir`
    that is gone again.
    """
    findings = [system(), python(sys.version_info[:2]), *(package(name) for name in PACKAGES)]
    if sys.platform == "linux":
        findings += [message_bus(_DBUS_SOCKET), bluez(await bluetoothctl_version())]
    try:
        machines = await scan(SCAN_S, scanner_backend=scanner_backend, adapter_backend=adapter_backend)
    except AdapterError as error:
        findings.append(no_bluetooth(error))
    else:
        findings += [bluetooth(machines), *(held(one) for one in machines if one.held)]
        if last is not None:
            findings.append(treadmill(last, machines))
    findings.append(data_folder(data_dir))
    return findings


def system() -> Finding:
    """What this computer runs."""
    return Finding("system", ok=True, detail=this_system.platform(terse=True))


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
        detail=f"there is no {socket}",
        way_out="Install D-Bus and BlueZ and start them (sudo systemctl start dbus bluetooth).",
    )


async def bluetoothctl_version() -> str | None:
    """What BlueZ's own tool says of its version; `None` where it is missing or does not answer."""
    tool = shutil.which("bluetoothctl")
    if tool is None:
        return None
    process = await asyncio.create_subprocess_exec(
        tool, "--version", stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(_BLUETOOTHCTL_S):
            said, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return None
    return said.decode(errors="replace")


def bluez(said: str | None) -> Finding:
    """Whether BlueZ is new enough, by what its tool says of itself."""
    match = re.search(r"(\d+)\.(\d+)", said or "")
    if match is None:
        detail = "its version is not known, since bluetoothctl does not tell it"
        return Finding("BlueZ", ok=None, detail=detail)  # in a container it may be reached all the same
    fits = (int(match[1]), int(match[2])) >= _OLDEST_BLUEZ
    way_out = None if fits else "Update BlueZ to {}.{} or later.".format(*_OLDEST_BLUEZ)
    return Finding("BlueZ", fits, match[0], way_out)


def no_bluetooth(error: AdapterError) -> Finding:
    """Bluetooth that cannot be used, and why."""
    return Finding("Bluetooth", ok=False, detail=_SEEN.get(error.cause, "it fails"), way_out=error.sentence)


def bluetooth(machines: Sequence[FoundMachine]) -> Finding:
    """Bluetooth that works, and what it hears."""
    names = ", ".join(machine.name for machine in machines if not machine.held) or "none"
    return Finding("Bluetooth", ok=True, detail=f"it scans; fitness machines heard: {names}")


def held(machine: FoundMachine) -> Finding:
    """A machine that is connected to this computer, though not by this program."""
    ways_out = _HELD.get(sys.platform, _HELD["linux"])
    return Finding(
        "connection",
        ok=False,
        detail=f"{machine.name} is connected to this computer; another program may hold it",
        way_out=ways_out.format(address=machine.address),
    )


def treadmill(last: Remembered, machines: Sequence[FoundMachine]) -> Finding:
    """Whether the treadmill of last time is there."""
    if any(machine.address == last.address for machine in machines):
        return Finding("your treadmill", ok=True, detail=f"{last.called} is there")
    return Finding(
        "your treadmill",
        ok=False,
        detail=f"{last.called} is not heard",
        way_out="Switch it on and come closer; another app, on a phone perhaps, may be connected to it: "
        "close that.",
    )


def data_folder(folder: Path) -> Finding:
    """Whether sessions can be written to `folder`; it is made if it is missing."""
    way_out = "Make the folder writable, or choose another (--out DIR)."
    return _unwritable("data folder", folder, way_out) or Finding("data folder", ok=True, detail=str(folder))


def state_folder(folder: Path) -> Finding:
    """Whether it can be written down in `folder` that a belt may be running, and of which it is."""
    way_out = "Make the folder writable: no belt is moved that cannot be written down there first."
    if trouble := _unwritable("state folder", folder, way_out):
        return trouble
    left = ", ".join(latch.machine.called for latch in latches(folder))
    if not left:
        return Finding("state folder", ok=True, detail=f"{folder}; no belt is marked there as running")
    return Finding(
        "state folder",
        ok=None,
        detail=f"{folder}; marked there as perhaps running: the belt of {left}",
        way_out="Once you see it stand, eccentread run asks about it, unless a session is under way.",
    )


def _unwritable(what: str, folder: Path, way_out: str) -> Finding | None:
    """Why `folder` takes no file, if it takes none; it is made if it is missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding(what, ok=False, detail=f"{folder}: {error.strerror}", way_out=way_out)
    return None
