"""A stop that comes over MQTT."""

import json
import subprocess
import sys
import threading
import time

import pytest

from eccentread.events import Phase, PhaseChanged
from eccentread.publish.mqtt import STOPS_APART_S, MqttPublisher

# The broker leaves streams to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <StreamWriter:ResourceWarning")

DEADLINE_S = 30.0


class Stops:
    """What was asked for, and a way to wait for it."""

    def __init__(self):
        self.count = 0
        self._asked = threading.Condition()

    def __call__(self):
        with self._asked:
            self.count += 1
            self._asked.notify_all()

    def wait_for(self, count):
        with self._asked:
            return self._asked.wait_for(lambda: self.count >= count, DEADLINE_S)


@pytest.fixture
def stops():
    return Stops()


@pytest.fixture
def publish(broker, request):
    """Makes publishers that hand stops on, and closes them in the end."""

    def make(on_stop):
        url = f"mqtt://127.0.0.1:{broker.port}/lab"
        publisher = MqttPublisher(url, "S1", simulated=True, on_stop=on_stop, first_retry_s=0.02)
        request.addfinalizer(lambda: publisher.close(DEADLINE_S))
        return publisher

    return make


@pytest.mark.parametrize("payload", ["PRESS", "", "no", b"\x00\xff", "x" * 100_000])
def test_any_message_is_a_stop(subscribe, publish, send, stops, payload):
    publish(stops)
    subscribe().until("lab/status", "online")
    send("lab/stop", payload)
    assert stops.wait_for(1)


def test_other_topics_stop_nothing(subscribe, publish, send, stops):
    publish(stops)
    subscribe().until("lab/status", "online")
    for topic in ("lab/stopped", "lab/stop/now", "stop", "lab/rep"):
        send(topic)
    send("lab/stop")
    assert stops.wait_for(1)
    assert stops.count == 1


def test_a_stop_of_long_ago_stops_nothing_and_a_new_one_does(subscribe, publish, send, stops):
    send("lab/stop", retain=True)
    publisher = publish(stops)
    subscriber = subscribe()
    subscriber.until("lab/status", "online")
    publisher.put(PhaseChanged(1.0, Phase.SET, 1))
    subscriber.until("lab/phase")  # well after what the broker kept
    assert stops.count == 0
    send("lab/stop", retain=True)
    assert stops.wait_for(1)


def test_a_broker_that_comes_back_hears_stops_again(broker, subscribe, publish, send, stops):
    publish(stops)
    before = subscribe()
    before.until("lab/status", "online")
    before.close()
    broker.stop()
    broker.start()
    subscribe().until("lab/status", "online")
    send("lab/stop")
    assert stops.wait_for(1)


def test_many_stops_at_once_are_few(subscribe, publish, send, stops):
    publish(stops)
    subscribe().until("lab/status", "online")
    began_s = time.monotonic()
    send("lab/stop", times=300)
    assert stops.wait_for(1)
    assert stops.count <= 1 + (time.monotonic() - began_s) / STOPS_APART_S


def test_a_session_that_is_gone_costs_the_link_nothing(subscribe, publish, send, caplog):
    def gone():
        raise RuntimeError("Event loop is closed")

    publisher = publish(gone)
    subscriber = subscribe()
    subscriber.until("lab/status", "online")
    send("lab/stop")
    publisher.put(PhaseChanged(1.0, Phase.SET, 1))
    subscriber.until("lab/phase")
    assert publisher.close(DEADLINE_S)
    assert "a stop over MQTT was not handed on" in caplog.text


def test_a_broker_that_denies_it_is_mentioned_and_gets_the_rest(publish, monkeypatch, caplog):
    async def denied(self, topic, qos):
        return (0x80,)

    monkeypatch.setattr("aiomqtt.Client.subscribe", denied)
    publisher = publish(lambda: None)
    assert publisher.close(DEADLINE_S)
    assert publisher.published == 1
    assert "lets nobody stop the belt" in caplog.text


def test_it_stops_a_session(broker, subscribe, send, tmp_path):
    subscriber = subscribe()
    words = ("run", "--machine", "sim", "--pace", "80", "--yes", "--plain", "--seed", "1", "--out", tmp_path)
    program = subprocess.Popen(
        [
            sys.executable, "-c", "from eccentread.cli import main; main()", *words,
            "--mqtt", f"mqtt://127.0.0.1:{broker.port}/lab",
        ],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        subscriber.until("lab/phase", "locking")
        send("lab/stop")
        assert program.wait(DEADLINE_S) == 1
    finally:
        program.kill()
        program.wait()
    [journal] = tmp_path.glob("*/journal.jsonl")
    lines = [json.loads(line) for line in journal.read_text().splitlines()[1:]]
    assert [line["by"] for line in lines if line.get("in") == "stop-asked"] == ["mqtt"]
