"""What the doctor says of a computer."""

from pathlib import Path
from typing import Any

import pytest
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason

from eccentread.io import doctor


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


async def test_bluetooth_says_what_it_hears(air: Any) -> None:
    air.advertise("AA:00:00:00:00:01", "Belt")
    finding = await doctor.bluetooth(air.scanner)
    assert finding.ok
    assert "Belt" in finding.detail


async def test_bluetooth_that_is_off_has_a_way_out(air: Any) -> None:
    air.error = BleakBluetoothNotAvailableError("", BleakBluetoothNotAvailableReason.POWERED_OFF)
    finding = await doctor.bluetooth(air.scanner)
    assert (finding.ok, finding.detail) == (False, "bluetooth-off")
    assert "switch it on" in str(finding.way_out)


def test_a_data_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    assert doctor.data_folder(tmp_path / "new" / "data").ok
    assert list((tmp_path / "new" / "data").iterdir()) == []


def test_a_data_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    finding = doctor.data_folder(tmp_path / "file" / "data")
    assert not finding.ok
    assert "--out DIR" in str(finding.way_out)


async def test_the_whole_diagnosis_names_everything_it_looked_at(air: Any, tmp_path: Path) -> None:
    looked_at = [f.what for f in await doctor.diagnose(tmp_path, scanner_backend=air.scanner)]
    assert looked_at[:4] == ["Python", "bleak", "pyftms", "bumble"]
    assert looked_at[-2:] == ["Bluetooth", "data folder"]
