"""Virtual Bluetooth controllers for hosts outside this process: behind a socket, or the kernel's own hciN.

Every connection to the socket gets a controller of its own on the one air. It speaks H4: an octet for the
kind of packet, and the packet (Core Specification Vol 4, Part A §2).
"""

import asyncio
import errno
import os
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from ipaddress import ip_address
from itertools import count
from pathlib import Path
from typing import override

from bumble.core import InvalidPacketError
from bumble.hci import LeFeatureMask
from bumble.transport import open_transport
from bumble.transport.common import PacketParser

from eccentread_sim.air import Air, VirtualController
from eccentread_sim.transports import Where

LOOPBACK = "127.0.0.1"
_EVERY = "0.0.0.0"  # noqa: S104 — asked for by name, and told of
UNREAD_OCTETS = 1 << 18
"""A host that leaves so much unread is let go: a controller has no more room for it."""
GOODBYE_S = 1.0
"""How long a host that reads slowly is waited for at the end."""

_CLAIMED_TOO_MUCH = LeFeatureMask.LL_PRIVACY | LeFeatureMask.LE_EXTENDED_ADVERTISING
"""With either, Linux waits for LE Enhanced Connection Complete (Core Specification Vol 4, Part E §7.7.65.10),
which this controller never sends: each connection would take 20 s."""

type Tell = Callable[[str, bool], None]
"""Told who attaches (true) and who detaches (false)."""


def _public_address(number: int) -> str:
    """An address for a host that has none of its own, locally administered."""
    high, low = divmod(number % 0x10000, 0x100)
    return f"02:EC:CE:7D:{high:02X}:{low:02X}"


class _Host(asyncio.Protocol):
    """One host on a socket, and the controller that it drives."""

    def __init__(self, controller: VirtualController, present: set["_Host"], tell: Tell) -> None:
        self._present = present
        self._tell = tell
        self._controller = controller
        self._parser = PacketParser(self._controller)
        self._who = ""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # it is a stream
        self._transport = transport
        peer = transport.get_extra_info("peername")
        self._who = f"{peer[0]}:{peer[1]}" if isinstance(peer, tuple) else "a process"
        self._controller.host = self
        self._present.add(self)
        self._tell(self._who, True)

    @override
    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except InvalidPacketError:
            self._transport.abort()  # what is no packet leaves no way to tell where the next one begins

    def on_packet(self, packet: bytes) -> None:
        """Carry a packet of the controller to its host."""
        if self._transport.is_closing():
            return
        self._transport.write(packet)
        if self._transport.get_write_buffer_size() > UNREAD_OCTETS:
            self._transport.abort()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._controller.unplug()
        self._present.discard(self)
        self._tell(self._who, False)

    def close(self) -> None:
        """Hang up, once what is written is on its way."""
        self._transport.close()

    def abort(self) -> None:
        """Hang up at once."""
        self._transport.abort()


async def serve_hosts(transport: str, air: Air, tell: Tell, stack: AsyncExitStack) -> Where:
    """Give every process that connects a controller on the `air`, until `stack` is closed; say where.

    `transport` is `tcp-server:[HOST:]PORT` (`_` is every interface; none is this computer alone, and port 0
    any free one) or `unix-server:PATH`.

    Raises:
        OSError: that place is taken, or not this user's.
        ValueError: it names no place.
    """
    kind, _, place = transport.partition(":")
    loop = asyncio.get_running_loop()
    present: set[_Host] = set()
    numbers = count(1)

    def attach() -> _Host:
        controller = VirtualController("host", air, _public_address(next(numbers)))
        return _Host(controller, present, tell)

    if kind == "unix-server":
        if not place:
            raise ValueError("no path")
        _see_free(place)
        server = await loop.create_unix_server(attach, place)
        stack.callback(Path(place).unlink, missing_ok=True)
        where = Where(transport, place)
    else:
        host, _, port = place.rpartition(":")
        server = await loop.create_server(attach, _EVERY if host == "_" else host or LOOPBACK, int(port))
        where = _where(kind, server.sockets[0].getsockname())

    async def close() -> None:
        server.close()
        for each in list(present):
            each.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                await server.wait_closed()
        for each in list(present):
            each.abort()

    stack.push_async_callback(close)
    return where


def _where(kind: str, bound: tuple[str, int]) -> Where:
    host, port = bound[:2]
    near = LOOPBACK if ip_address(host).is_unspecified else host
    return Where(f"{kind}:{host}:{port}", f"{near}:{port}", exposed=not ip_address(host).is_loopback)


def _see_free(path: str) -> None:
    """See that nobody listens at `path`; asyncio removes a socket that is there, whosever it is.

    Raises:
        OSError: somebody does.
    """
    with socket.socket(socket.AF_UNIX) as probe, suppress(FileNotFoundError, ConnectionRefusedError):
        probe.connect(path)
        raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))


async def attach_kernel(transport: str, air: Air, stack: AsyncExitStack) -> asyncio.Future[None]:
    """Give the kernel of this Linux a controller on the `air`; the result is done when that is lost.

    `transport` is `vhci[:PATH]`, by default of /dev/vhci.

    Raises:
        OSError: there is no such device, or it is not this user's.
    """
    vhci = await open_transport(transport)
    stack.push_async_callback(vhci.close)
    controller = VirtualController("kernel", air, _public_address(0))
    controller.le_features &= ~_CLAIMED_TOO_MUCH
    stack.callback(controller.unplug)
    vhci.source.set_packet_sink(controller)
    controller.host = vhci.sink
    return vhci.source.terminated
