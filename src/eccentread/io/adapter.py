"""This computer's Bluetooth when it does not work: bleak's many errors as one kind, with the way out.

bleak says what is wrong by an exception's type, an enum or the name of a D-Bus error; no message is parsed.
What it leaves to the layers below it (no D-Bus socket, a failure of WinRT) arrives as `OSError`.
"""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from types import MappingProxyType

from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakDBusError

from eccentread.errors import AdapterError, Cause, EccentreadError

_CAUSES = MappingProxyType(
    {
        BleakBluetoothNotAvailableReason.NO_BLUETOOTH: Cause.NO_BLUETOOTH,
        BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: Cause.NO_BLUETOOTH,
        BleakBluetoothNotAvailableReason.POWERED_OFF: Cause.BLUETOOTH_OFF,
        BleakBluetoothNotAvailableReason.DENIED_BY_USER: Cause.BLUETOOTH_DENIED,
        BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: Cause.BLUETOOTH_DENIED,
        BleakBluetoothNotAvailableReason.DENIED_BY_UNKNOWN: Cause.BLUETOOTH_DENIED,
    }
)

_NO_ADAPTER = (
    "This computer has no adapter for Bluetooth low energy; plug one in (4.0 or later), "
    "or try the simulator (eccentread run --machine sim)."
)

_NO_SERVICE = (
    "The Bluetooth service of this computer is not running; install BlueZ and start it "
    "(sudo systemctl start bluetooth), or try the simulator (eccentread run --machine sim)."
)

_NOT_THERE = ("ServiceUnknown", "NameHasNoOwner", "Spawn.", "Disconnected")
"""D-Bus errors, below org.freedesktop.DBus.Error, where nobody answers for BlueZ."""

_WINDOWS_NOT_READY = -2147020577
"""ERROR_DEVICE_NOT_AVAILABLE as WinRT hands it on: the radio is off."""

_WAYS_OUT = MappingProxyType(
    {
        ("linux", Cause.BLUETOOTH_OFF): (
            "Bluetooth is off; switch it on (rfkill unblock bluetooth; bluetoothctl power on) and try again."
        ),
        ("darwin", Cause.BLUETOOTH_OFF): (
            "Bluetooth is off; switch it on in System Settings › Bluetooth and try again."
        ),
        ("win32", Cause.BLUETOOTH_OFF): (
            "Bluetooth is off; switch it on in Settings › Bluetooth & devices and try again."
        ),
        ("linux", Cause.BLUETOOTH_DENIED): (
            "This user may not use Bluetooth; join the group bluetooth (sudo usermod -aG bluetooth $USER) "
            "and log in again."
        ),
        ("darwin", Cause.BLUETOOTH_DENIED): (
            "This program may not use Bluetooth; allow your terminal in System Settings › "
            "Privacy & Security › Bluetooth and open it anew."
        ),
        ("win32", Cause.BLUETOOTH_DENIED): (
            "This program may not use Bluetooth; let desktop apps control radios in Settings › "
            "Privacy & security › Radios."
        ),
    }
)


def adapter_error(error: Exception, platform: str | None = None) -> AdapterError | None:
    """What `error`, raised by bleak, says of this computer's Bluetooth; `None` where that is not to blame.

    `platform` is one of `sys.platform`'s words, by default that one.
    """
    platform = platform or sys.platform
    match error:
        case BleakBluetoothNotAvailableError():
            return _said(_CAUSES.get(error.reason, Cause.BLUETOOTH_FAILED), error, platform)
        case BleakDBusError(dbus_error="org.bluez.Error.NotReady"):
            return _said(Cause.BLUETOOTH_OFF, error, platform)
        case BleakDBusError(dbus_error="org.freedesktop.DBus.Error.AccessDenied"):
            return _said(Cause.BLUETOOTH_DENIED, error, platform)
        case BleakDBusError(dbus_error=name) if name.partition("DBus.Error.")[2].startswith(_NOT_THERE):
            return AdapterError(Cause.NO_BLUETOOTH_SERVICE, _NO_SERVICE)
        case TimeoutError():  # an OSError by birth
            return None
        case PermissionError() if platform == "linux":
            return _said(Cause.BLUETOOTH_DENIED, error, platform)
        case OSError() if platform == "linux":  # the system's D-Bus has no socket, or nobody answers there
            return AdapterError(Cause.NO_BLUETOOTH_SERVICE, _NO_SERVICE)
        case OSError() if platform == "win32" and getattr(error, "winerror", None) == _WINDOWS_NOT_READY:
            return _said(Cause.BLUETOOTH_OFF, error, platform)
        case _:
            return None


@contextmanager
def adapter_errors() -> Generator[None]:
    """Whatever bleak raises within is raised as `AdapterError`."""
    try:
        yield
    except EccentreadError:
        raise
    except Exception as error:
        raise adapter_error(error) or _said(Cause.BLUETOOTH_FAILED, error, sys.platform) from error


def _said(cause: Cause, error: Exception, platform: str) -> AdapterError:
    if cause is Cause.NO_BLUETOOTH:
        return AdapterError(cause, _NO_ADAPTER)
    failed = f"Bluetooth failed ({type(error).__name__}: {error}); switch it off and on and try again."
    return AdapterError(cause, _WAYS_OUT.get((platform, cause), failed))
