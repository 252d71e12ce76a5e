"""What the doctor says of a computer."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from bleak.backends.device import BLEDevice
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakDBusError

from eccentread.io import doctor
from eccentread.record.latch import Hold, Holder, Machine
from eccentread.record.remembered import Remembered

BELT, OTHER = "AA:00:00:00:00:01", "BB:00:00:00:00:02"


@pytest.mark.parametrize(
    ("running", "ok"), [((3, 11), False), ((3, 12), True), ((3, 13), True), ((3, 14), False)]
)
def test_python_must_be_one_that_the_packages_run_on(running: tuple[int, int], ok: bool) -> None:
    finding = doctor.python(running)
    assert finding.ok is ok
    assert (finding.way_out is None) is ok


def test_a_missing_package_is_told() -> None:
    assert doctor.package("bleak").ok
    missing = doctor.package("no-such-package")
    assert (missing.ok, missing.detail) == (False, "not installed")


def test_a_missing_message_bus_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SYSTEM_BUS_ADDRESS", raising=False)
    assert "start dbus" in str(doctor.message_bus(tmp_path / "socket").way_out)
    assert doctor.message_bus(tmp_path).ok
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=elsewhere")
    assert doctor.message_bus(tmp_path / "socket").detail == "unix:path=elsewhere"


@pytest.mark.parametrize(
    ("said", "ok", "detail"),
    [
        ("bluetoothctl: 5.66", True, "5.66"),
        ("5.55\n", True, "5.55"),
        ("bluetoothctl: 5.54", False, "5.54"),
        (None, None, "not known"),
        ("?", None, "not known"),
    ],
)
def test_bluez_must_be_one_that_the_packages_run_on(said: str | None, ok: bool | None, detail: str) -> None:
    finding = doctor.bluez(said)
    assert finding.ok is ok
    assert detail in finding.detail
    assert (finding.way_out is None) is (ok is not False)


@pytest.mark.parametrize(
    ("script", "said"), [("echo bluetoothctl: 5.66", "bluetoothctl: 5.66\n"), ("exit 1", ""), (None, None)]
)
def test_bluez_tells_its_version(
    script: str | None, said: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if script is not None:
        tool = tmp_path / "bluetoothctl"
        tool.write_text(f"#!/bin/sh\n{script}\n")
        tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert asyncio.run(doctor.bluetoothctl_version()) == said


async def diagnosed(air: Any, tmp_path: Path, last: Remembered | None = None) -> dict[str, doctor.Finding]:
    findings = await doctor.diagnose(tmp_path, last, scanner_backend=air.scanner, adapter_backend=air.adapter)
    return {finding.what: finding for finding in findings}


async def test_bluetooth_says_what_it_hears(air: Any, tmp_path: Path) -> None:
    air.advertise(BELT, "Belt")
    finding = (await diagnosed(air, tmp_path))["Bluetooth"]
    assert finding.ok
    assert "Belt" in finding.detail


def unavailable(reason: str) -> BleakBluetoothNotAvailableError:
    return BleakBluetoothNotAvailableError("…", BleakBluetoothNotAvailableReason[reason])


OFF, DENIED, NONE = "it is switched off", "not allowed", "no adapter"


@pytest.mark.parametrize(
    ("system", "error", "detail", "way_out"),
    [
        ("linux", unavailable("POWERED_OFF"), OFF, "rfkill unblock bluetooth"),
        ("linux", BleakDBusError("org.bluez.Error.NotReady", []), OFF, "bluetoothctl power on"),
        ("linux", unavailable("DENIED_BY_SYSTEM"), DENIED, "usermod -aG bluetooth"),
        ("linux", BleakDBusError("org.freedesktop.DBus.Error.AccessDenied", []), DENIED, "group bluetooth"),
        ("linux", unavailable("NO_BLUETOOTH"), NONE, "plug one in"),
        (
            "linux",
            BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", []),
            "service does not run",
            "start bluetooth",
        ),
        ("linux", FileNotFoundError(2, "no socket"), "service does not run", "install BlueZ"),
        ("darwin", unavailable("POWERED_OFF"), OFF, "System Settings › Bluetooth"),
        ("darwin", unavailable("DENIED_BY_USER"), DENIED, "Privacy & Security › Bluetooth"),
        ("darwin", unavailable("NO_BLUETOOTH"), NONE, "plug one in"),
        ("win32", unavailable("POWERED_OFF"), OFF, "Settings › Bluetooth & devices"),
        ("win32", unavailable("DENIED_BY_UNKNOWN"), DENIED, "Privacy & security › Radios"),
        ("win32", unavailable("NO_BLE_CENTRAL_ROLE"), NONE, "plug one in"),
        ("win32", OSError("?"), "it fails", "switch it off and on"),
    ],
)
async def test_bluetooth_that_cannot_be_used_is_told_in_words_with_the_systems_way_out(
    air: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    system: str,
    error: Exception,
    detail: str,
    way_out: str,
) -> None:
    air.error = error
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setenv("PATH", str(tmp_path))
    finding = (await diagnosed(air, tmp_path))["Bluetooth"]
    assert not finding.ok
    assert detail in finding.detail
    assert way_out in str(finding.way_out)
    assert "-bluetooth" not in finding.detail


@pytest.mark.parametrize(
    ("system", "way_out"),
    [
        ("linux", f"bluetoothctl disconnect {BELT}"),
        ("darwin", "Quit the other app"),
        ("win32", "Settings › Bluetooth & devices"),
    ],
)
async def test_a_machine_that_another_program_holds_is_told(
    air: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, way_out: str
) -> None:
    air.held = [BLEDevice(BELT, "Belt", None)]
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setenv("PATH", str(tmp_path))
    finding = (await diagnosed(air, tmp_path))["connection"]
    assert not finding.ok
    assert "Belt is connected to this computer; another program may hold it" in finding.detail
    assert way_out in str(finding.way_out)


async def test_the_treadmill_of_last_time_is_looked_for(air: Any, tmp_path: Path) -> None:
    air.advertise(BELT, "Belt")
    assert (await diagnosed(air, tmp_path, Remembered(BELT, "Belt")))["your treadmill"].ok
    missing = (await diagnosed(air, tmp_path, Remembered(OTHER, "Twin")))["your treadmill"]
    assert (missing.ok, missing.detail) == (False, f"Twin ({OTHER}) is not heard")
    assert "another app" in str(missing.way_out)
    assert "your treadmill" not in await diagnosed(air, tmp_path)


def test_a_data_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    assert doctor.data_folder(tmp_path / "new" / "data").ok
    assert list((tmp_path / "new" / "data").iterdir()) == []


def test_a_data_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    finding = doctor.data_folder(tmp_path / "file" / "data")
    assert not finding.ok
    assert "--out DIR" in str(finding.way_out)


def test_a_state_folder_tells_of_belts_that_may_be_running(tmp_path: Path) -> None:
    assert doctor.state_folder(tmp_path / "belts").ok
    machine = Machine(BELT, "Belt")
    hold = Hold(machine, tmp_path / "belts")
    hold.take(Holder.SESSION)
    hold.belt_may_run("a session")
    finding = doctor.state_folder(tmp_path / "belts")
    hold.release()
    assert finding.ok is None
    assert machine.called in finding.detail
    assert finding.way_out


def test_a_state_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    finding = doctor.state_folder(tmp_path / "file" / "belts")
    assert not finding.ok
    assert "no belt is moved" in str(finding.way_out)


async def test_the_whole_diagnosis_names_everything_it_looked_at(
    air: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert list(await diagnosed(air, tmp_path)) == [
        "system",
        "Python",
        "eccentread",
        "bleak",
        "pyftms",
        "bumble",
        "D-Bus",
        "BlueZ",
        "Bluetooth",
        "data folder",
    ]
