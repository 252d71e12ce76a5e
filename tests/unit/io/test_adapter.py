"""bleak's errors as this computer's troubles, each with the way out for its system."""

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)

from eccentread.errors import AdapterError, Cause, MachineError
from eccentread.io.adapter import adapter_error, adapter_errors

OFF, DENIED, NONE = Cause.BLUETOOTH_OFF, Cause.BLUETOOTH_DENIED, Cause.NO_BLUETOOTH
NO_SERVICE = Cause.NO_BLUETOOTH_SERVICE


def unavailable(reason: str) -> BleakBluetoothNotAvailableError:
    return BleakBluetoothNotAvailableError("…", BleakBluetoothNotAvailableReason[reason])


def dbus(name: str) -> BleakDBusError:
    return BleakDBusError(name, ["…"])


def not_ready() -> OSError:
    """What WinRT raises while the radio is off: `winerror` exists on Windows alone."""
    error = OSError("The device is not ready for use.")
    error.winerror = -2147020577  # pyright: ignore[reportAttributeAccessIssue]
    return error


@pytest.mark.parametrize(
    ("error", "platform", "cause", "way_out"),
    [
        (unavailable("NO_BLUETOOTH"), "linux", NONE, "plug one in"),
        (unavailable("NO_BLE_CENTRAL_ROLE"), "win32", NONE, "plug one in"),
        (unavailable("POWERED_OFF"), "linux", OFF, "rfkill unblock bluetooth"),
        (unavailable("POWERED_OFF"), "darwin", OFF, "System Settings"),
        (unavailable("POWERED_OFF"), "win32", OFF, "Bluetooth & devices"),
        (unavailable("DENIED_BY_SYSTEM"), "linux", DENIED, "group bluetooth"),
        (unavailable("DENIED_BY_USER"), "darwin", DENIED, "Privacy & Security"),
        (unavailable("DENIED_BY_UNKNOWN"), "win32", DENIED, "Privacy & security"),
        (unavailable("UNKNOWN"), "darwin", Cause.BLUETOOTH_FAILED, "switch it off and on"),
        (dbus("org.bluez.Error.NotReady"), "linux", OFF, "rfkill unblock bluetooth"),
        (dbus("org.freedesktop.DBus.Error.AccessDenied"), "linux", DENIED, "group bluetooth"),
        (dbus("org.freedesktop.DBus.Error.ServiceUnknown"), "linux", NO_SERVICE, "install BlueZ"),
        (dbus("org.freedesktop.DBus.Error.NameHasNoOwner"), "linux", NO_SERVICE, "start bluetooth"),
        (dbus("org.freedesktop.DBus.Error.Spawn.ExecFailed"), "linux", NO_SERVICE, "start bluetooth"),
        (FileNotFoundError(2, "no socket"), "linux", NO_SERVICE, "install BlueZ"),
        (ConnectionRefusedError(), "linux", NO_SERVICE, "install BlueZ"),
        (not_ready(), "win32", OFF, "Bluetooth & devices"),
        (PermissionError(), "linux", DENIED, "group bluetooth"),
    ],
)
def test_a_trouble_has_a_cause_and_a_way_out(
    error: Exception, platform: str, cause: Cause, way_out: str
) -> None:
    said = adapter_error(error, platform)
    assert said is not None
    assert said.cause is cause
    assert way_out in said.sentence
    assert said.sentence.endswith(".")


@pytest.mark.parametrize("error", [unavailable("NO_BLUETOOTH"), FileNotFoundError(2, "no socket")])
def test_the_simulator_is_offered_by_a_call_that_any_command_may_name(error: Exception) -> None:
    said = adapter_error(error, "linux")
    assert said is not None
    assert "try the simulator (eccentread run --machine sim)." in said.sentence


@pytest.mark.parametrize(
    ("error", "platform"),
    [
        (TimeoutError(), "linux"),
        (BleakError("Not connected"), "linux"),
        (BleakDeviceNotFoundError("C0:…"), "linux"),
        (BleakGATTProtocolError(0xFE), "linux"),
        (dbus("org.bluez.Error.Failed"), "linux"),
        (dbus("org.freedesktop.DBus.Error.UnknownObject"), "linux"),
        (OSError("WinRT"), "win32"),
        (PermissionError(), "win32"),
    ],
)
def test_what_may_be_the_machines_fault_is_not_the_computers(error: Exception, platform: str) -> None:
    assert adapter_error(error, platform) is None


def test_any_other_failure_of_the_radio_is_named() -> None:
    with pytest.raises(AdapterError, match=r"ValueError: odd") as raised, adapter_errors():
        raise ValueError("odd")
    assert raised.value.cause is Cause.BLUETOOTH_FAILED


def test_our_own_errors_pass() -> None:
    own = MachineError(Cause.MACHINE_NOT_FOUND, "…")
    with pytest.raises(MachineError) as raised, adapter_errors():
        raise own
    assert raised.value is own
