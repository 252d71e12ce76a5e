"""Live publishing over MQTT, and a stop from there, on a thread and an event loop of its own.

Neither a slow broker nor a missing one can hold up the loop that watches the belt, and virtual time there
does not hurry the network here.
"""

import asyncio
import logging
import ssl
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Self, cast

from aiomqtt import Client, MqttError, Will

from eccentread.events import Output
from eccentread.publish.address import parse_address
from eccentread.publish.messages import Message, Messages

_log = logging.getLogger(__name__)

_KEEPALIVE_S = 15
"""A program that dies without closing its socket shows as "offline" after one and a half times this."""
_LONGEST_RETRY_S = 30.0
_DENIED = 0x80
"""In the answer to a subscription (MQTT 3.1.1 §3.9.3)."""

STOP_TOPIC = "stop"
"""Below the prefix: any message there is a stop."""
STOPS_APART_S = 0.5
"""Stops that come faster are one: nobody floods the belt's loop, which repeats its *stop* as often itself."""


class MqttPublisher:
    """Publishes a session's outputs below the prefix in `url`, at least once each, in order (QoS 1).

    `<prefix>/status` is a retained "online" or "offline", set to "offline" by the broker if the program dies;
    the rest are the JSON objects of `Messages`. At most `capacity` messages wait for a broker that is away;
    then the oldest give way and `dropped` counts them. Waits between attempts double from `first_retry_s`.

    Any message to `<prefix>/stop` calls `on_stop`, on this object's own thread. Retained ones are left alone:
    a broker repeats them to every session, long after they were meant. "online" is said once stops are heard.

    Raises:
        UsageError: `url` is no address of a broker.
    """

    def __init__(
        self,
        url: str,
        session_id: str,
        *,
        simulated: bool,
        on_stop: Callable[[], object] | None = None,
        capacity: int = 512,
        first_retry_s: float = 1.0,
        answer_within_s: float = 5.0,
    ) -> None:
        self._address = parse_address(url)
        self._session_id = session_id
        self._messages = Messages(session_id, simulated)
        self._on_stop = on_stop
        self._deaf_until_s = 0.0
        self._capacity = capacity
        self._first_retry_s = first_retry_s
        self._answer_within_s = answer_within_s
        self._waiting = deque([self._messages.begun()])
        self._dropped = 0
        self._published = 0
        self._changed = asyncio.Event()
        self._closing = asyncio.Event()
        self._closed = False
        # The selector loop: aiomqtt watches sockets, which the default loop of Windows cannot.
        self._loop = asyncio.SelectorEventLoop()
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)
        self._thread.start()

    @property
    def host(self) -> str:
        """The broker's."""
        return self._address.host

    @property
    def published(self) -> int:
        """Number of messages that the broker has taken; "online" and "offline" do not count."""
        return self._published

    @property
    def dropped(self) -> int:
        """Number of messages that gave way while the broker was away."""
        return self._dropped

    def put(self, output: Output) -> None:
        """Publish `output` if it is of interest; return at once. One thread calls this and `close`."""
        message = self._messages.of(output)
        if message is not None and not self._closed:
            self._loop.call_soon_threadsafe(self._accept, message)

    def close(self, timeout_s: float) -> bool:
        """Publish what still waits and "offline", for at most `timeout_s`; say whether that ended in time.

        A broker that is away is not waited for.
        """
        if not self._closed:
            self._closed = True
            self._loop.call_soon_threadsafe(self._finish)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _accept(self, message: Message) -> None:
        if len(self._waiting) == self._capacity:
            self._waiting.popleft()
            self._dropped += 1
        self._waiting.append(message)
        self._changed.set()

    def _finish(self) -> None:
        self._closing.set()
        self._changed.set()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        retry_s = self._first_retry_s
        told = False
        while True:
            try:
                async with self._client() as client:
                    retry_s, told = self._first_retry_s, False
                    await self._serve_link(client)
            except Exception as error:  # noqa: BLE001 — whatever happens to a link, there is the next
                if not told:
                    _log.warning("MQTT broker %s is away (%s); trying on", self._address.host, _why(error))
                told = True
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), retry_s)
            if self._closing.is_set():
                return
            retry_s = min(2 * retry_s, _LONGEST_RETRY_S)

    def _client(self) -> Client:
        address = self._address
        return _Link(
            address.host,
            address.port,
            username=address.username,
            password=address.password,
            tls_context=ssl.create_default_context() if address.tls else None,
            # Taking over under the same name ends a half-dead link at once, so that its will cannot come late
            # and say "offline" of a program that is back.
            identifier=self._session_id,
            will=Will(self._topic("status"), "offline", qos=1, retain=True),
            keepalive=_KEEPALIVE_S,
            timeout=self._answer_within_s,
        )

    async def _serve_link(self, client: Client) -> None:
        async with asyncio.TaskGroup() as tasks:
            watch = tasks.create_task(self._heed(client))
            if self._on_stop is not None:
                await self._ask_for_stops(client)
            await client.publish(self._topic("status"), "online", qos=1, retain=True)
            while self._waiting or not self._closing.is_set():
                if self._waiting:
                    await self._publish_first(client)
                else:
                    self._changed.clear()
                    await self._changed.wait()
            await client.publish(self._topic("status"), "offline", qos=1, retain=True)
            watch.cancel()

    async def _ask_for_stops(self, client: Client) -> None:
        if _DENIED in await client.subscribe(self._topic(STOP_TOPIC), qos=1):
            _log.warning("MQTT broker %s lets nobody stop the belt by %s", self._address.host, STOP_TOPIC)

    async def _heed(self, client: Client) -> None:
        """Hand on stops until the link is lost."""
        async for message in client.messages:
            if not message.retain and self._loop.time() >= self._deaf_until_s:
                self._deaf_until_s = self._loop.time() + STOPS_APART_S
                self._stop()

    def _stop(self) -> None:
        assert self._on_stop is not None  # else nothing is subscribed
        try:
            self._on_stop()
        except Exception:  # noqa: BLE001 — a session that is over has no loop any more
            _log.exception("a stop over MQTT was not handed on")

    async def _publish_first(self, client: Client) -> None:
        message = self._waiting[0]
        await client.publish(self._topic(message.topic), message.payload, qos=1, retain=message.retain)
        self._published += 1
        if self._waiting[0] is message:  # it may have given way meanwhile
            self._waiting.popleft()

    def _topic(self, name: str) -> str:
        return f"{self._address.prefix}/{name}"


class _Link(Client):
    """aiomqtt's client, except that it closes the socket of a broker that takes the call and says nothing."""

    async def __aenter__(self) -> Self:
        try:
            return await super().__aenter__()
        except MqttError:
            self._client.disconnect()
            raise


def _why(error: Exception) -> str:
    while isinstance(error, ExceptionGroup):
        error = cast("ExceptionGroup[Exception]", error).exceptions[0]
    return str(error)
