"""Names of Bluetooth controllers, and what is said of those that cannot be used."""

from typing import NamedTuple

_WAYS_OUT = {
    "usb": "plug in a Bluetooth adapter that this user may open, or name another --transport",
    "hci-socket": "it takes Linux, an adapter that is switched off (hciconfig hci0 down) and CAP_NET_ADMIN",
    "serial": "name the port of an HCI controller, as serial:/dev/ttyACM0",
    "tcp-client": "start the controller that listens there, and name it as tcp-client:HOST:PORT",
    "tcp-server": "name a free port, as tcp-server:9544",
    "unix-server": "name a socket in a folder of yours, as unix-server:/tmp/treadmill.hci",
    "vhci": "it takes Linux, its module hci_vhci (modprobe hci_vhci) and the right to open /dev/vhci",
}
_WAY_OUT = (
    "name a controller, as usb:0, hci-socket:0, serial:/dev/ttyACM0 or tcp-client:HOST:PORT, or a place for "
    "virtual ones, as tcp-server:PORT, unix-server:PATH or vhci"
)


class Where(NamedTuple):
    """Where a treadmill is on the air."""

    transport: str
    """The transport's name, complete."""
    attach: str = ""
    """Where processes attach to it, as `eccentread_sim.attach` takes it."""
    exposed: bool = False
    """Whether processes of other computers can."""


class TransportError(Exception):
    """A Bluetooth controller that cannot be used, or was lost; the message names it and the way out."""


def unusable(transport: str, error: Exception) -> TransportError:
    """Why `transport` cannot be used, and the way out, without a full stop."""
    way_out = _WAYS_OUT.get(transport.partition(":")[0], _WAY_OUT)
    match error:
        case TimeoutError():
            why = "does not answer as a Bluetooth controller"
        case AssertionError() | ValueError() | OverflowError():  # what becomes of a name that cannot be read
            why = "names no Bluetooth controller"
        case ConnectionRefusedError():
            why = "cannot be used (nobody listens there)"
        case OSError(strerror=str(reason)):
            why = f"cannot be used ({reason})"
        case _:
            why = f"cannot be used ({error or type(error).__name__})"
    return TransportError(f"{transport} {why}; {way_out}")
