"""MQTT brokers that misbehave, on a socket of this computer and a thread of their own."""

import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

CONNACK = bytes.fromhex("20020000")
"""MQTT 3.1.1 §3.2: welcome, no session kept."""
SPAM = b"\x31\x06\x00\x01xhey"
"""A retained message under `x`, to which nobody subscribed (§3.3)."""


class Broker:
    """Takes every call and does the same with each; `met` once somebody has said hello."""

    def __init__(self, does: Callable[["Broker", socket.socket], None]) -> None:
        self._does = does
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._calls: list[socket.socket] = []
        self.met = threading.Event()
        self.gone = threading.Event()
        self.url = f"mqtt://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def vanish(self) -> None:
        """Its computer is switched off."""
        self.gone.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for call in self._calls:
            call.close()

    def _serve(self) -> None:
        while True:
            try:
                call, _ = self._listening.accept()
            except OSError:
                return
            self._calls.append(call)
            threading.Thread(target=self._talk, args=(call,), daemon=True).start()

    def _talk(self, call: socket.socket) -> None:
        with suppress(OSError):
            call.recv(4096)
            self.met.set()
            self._does(self, call)


def mute(broker: Broker, call: socket.socket) -> None:
    """Never even says hello."""
    broker.gone.wait()


def deaf(broker: Broker, call: socket.socket) -> None:
    """Says hello and reads nothing more."""
    call.sendall(CONNACK)
    broker.gone.wait()


def thankless(broker: Broker, call: socket.socket) -> None:
    """Reads everything and acknowledges nothing."""
    call.sendall(CONNACK)
    while call.recv(4096):
        pass


def spamming(broker: Broker, call: socket.socket) -> None:
    """Sends twenty thousand messages as fast as they go. (For ever, and virtual time would hardly pass.)"""
    call.sendall(CONNACK + SPAM * 20_000)
    broker.gone.wait()


def babbling(broker: Broker, call: socket.socket) -> None:
    """Speaks something else than MQTT."""
    call.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 50)


@contextmanager
def broker(does: Callable[[Broker, socket.socket], None]) -> Generator[Broker]:
    """One that does this to everybody."""
    there = Broker(does)
    try:
        yield there
    finally:
        there.vanish()
