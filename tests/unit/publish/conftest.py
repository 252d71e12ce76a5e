"""A broker that speaks real MQTT, and a subscriber to it."""

import asyncio
import gc
import queue
import threading

import aiomqtt
import pytest
from amqtt.broker import Broker

DEADLINE_S = 30.0


class LoopThread:
    """An event loop on a thread of its own."""

    def __init__(self):
        self.loop = asyncio.SelectorEventLoop()
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()

    def start(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def run(self, coroutine):
        return self.start(coroutine).result(DEADLINE_S)

    async def _wind_down(self):
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self.loop.shutdown_default_executor()  # also gives closing sockets the turns they need to close

    def close(self):
        self.run(self._wind_down())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(DEADLINE_S)
        self.loop.close()


class LocalBroker:
    """A broker on a free port of the loopback; the port stays its own when it stops and starts again."""

    def __init__(self, thread):
        self._thread = thread
        self._broker = None
        self.port = 0

    def start(self, **listener):
        self._thread.run(self._start(listener))

    def stop(self):
        if self._broker is not None:
            self._thread.run(self._broker.shutdown())
            self._broker = None

    async def _start(self, listener):
        anonymous = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
        bound = {"type": "tcp", "bind": f"127.0.0.1:{self.port}"}
        self._broker = Broker({"listeners": {"default": bound | listener}, "plugins": anonymous})
        await self._broker.start()
        self.port = self._broker._servers["default"].instance.sockets[0].getsockname()[1]


class Subscriber:
    """What arrives under `#`, from the moment this is made."""

    def __init__(self, thread, port):
        self._arrived = queue.Queue()
        subscribed = threading.Event()
        self._task = thread.start(self._listen(port, subscribed))
        assert subscribed.wait(DEADLINE_S)

    async def _listen(self, port, subscribed):
        async with aiomqtt.Client("127.0.0.1", port) as client:
            await client.subscribe("#", qos=1)
            subscribed.set()
            async for message in client.messages:
                self._arrived.put((str(message.topic), message.payload.decode(), message.retain))

    def next(self):
        """The next (topic, payload, retained)."""
        return self._arrived.get(timeout=DEADLINE_S)

    def until(self, topic, holding=""):
        """All that arrives, up to the first under `topic` whose payload has `holding` in it."""
        seen = []
        while not seen or seen[-1][0] != topic or holding not in seen[-1][1]:
            seen.append(self.next())
        return seen

    def close(self):
        self._task.cancel()


@pytest.fixture
def thread():
    loop_thread = LoopThread()
    yield loop_thread
    loop_thread.close()
    gc.collect()  # what the broker or paho left open is complained about here, not in another file's test


@pytest.fixture
def broker(thread):
    local = LocalBroker(thread)
    local.start()
    yield local
    local.stop()


@pytest.fixture
def subscribe(thread, broker):
    """Makes subscribers to the broker."""
    made = []

    def make():
        made.append(Subscriber(thread, broker.port))
        return made[-1]

    yield make
    for subscriber in made:
        subscriber.close()


@pytest.fixture
def send(thread, broker):
    """Publishes to the broker, so many times."""

    async def publish(topic, payload, retain, times):
        async with aiomqtt.Client("127.0.0.1", broker.port) as client:
            for _ in range(times):
                await client.publish(topic, payload, qos=1, retain=retain)

    def make(topic, payload="PRESS", *, retain=False, times=1):
        thread.run(publish(topic, payload, retain, times))

    return make
