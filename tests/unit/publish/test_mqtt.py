import json
import logging
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from eccentread.errors import UsageError
from eccentread.events import (
    BeltReported,
    FaultRaised,
    Outcome,
    Phase,
    PhaseChanged,
    Reason,
    Rep,
    RepCounted,
    SessionEnded,
    SetEnded,
)
from eccentread.publish.mqtt import MqttPublisher

# The broker leaves the stream of a client that was killed to the garbage collector, and paho the socket of a
# server whose certificate it refuses.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <StreamWriter:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning"),
]

DEADLINE_S = 30.0
REP = Rep(1.0, 3.5, 4.0, 0.8, 0.5, 0.3, 0.2, 0.01, 0.1, 0.6, None, 0.9, 12)
SESSION = (
    PhaseChanged(0.5, Phase.SET, 1),
    BeltReported(1.0, 0.8),
    RepCounted(4.0, 1, 1, REP),
    SetEnded(4.0, 1, 1, 1),
    FaultRaised(5.0, Reason.SILENT, "Step off."),
    SessionEnded(6.0, Outcome.FAULT, Reason.SILENT),
)


@pytest.fixture
def publish(request):
    """Makes publishers, and closes them in the end."""

    def make(port, **options):
        publisher = MqttPublisher(
            f"mqtt://127.0.0.1:{port}/lab",
            "S1",
            simulated=True,
            **{"first_retry_s": 0.02, "answer_within_s": 5.0} | options,
        )
        request.addfinalizer(lambda: publisher.close(DEADLINE_S))
        return publisher

    return make


def test_the_outputs_of_a_session_arrive_in_order_between_online_and_offline(broker, subscribe, publish):
    subscriber = subscribe()
    publisher = publish(broker.port)
    for output in SESSION:
        publisher.put(output)
    assert publisher.close(DEADLINE_S)
    arrived = subscriber.until("lab/status", "offline")
    assert [topic for topic, _, _ in arrived] == [
        "lab/status",
        "lab/session",
        "lab/phase",
        "lab/rep",
        "lab/set",
        "lab/fault",
        "lab/session",
        "lab/status",
    ]
    assert arrived[0][1] == "online"
    assert all(json.loads(payload)["simulated"] for _, payload, _ in arrived[1:-1])
    assert json.loads(arrived[3][1])["dip_peak_kmh"] == 0.3
    assert (publisher.published, publisher.dropped) == (6, 0)


def test_whoever_subscribes_late_learns_how_things_stand(broker, subscribe, publish):
    publisher = publish(broker.port)
    for output in SESSION:
        publisher.put(output)
    publisher.close(DEADLINE_S)
    late = subscribe()
    arrived = {late.next() for _ in range(3)}
    assert {(topic, retained) for topic, _, retained in arrived} == {
        ("lab/phase", True),
        ("lab/session", True),
        ("lab/status", True),
    }
    assert '"outcome": "fault"' in {topic: payload for topic, payload, _ in arrived}["lab/session"]


def test_a_program_that_is_killed_is_declared_offline_by_the_broker(broker, subscribe):
    subscriber = subscribe()
    program = (
        "import sys; from eccentread.publish.mqtt import MqttPublisher;"
        f"MqttPublisher('mqtt://127.0.0.1:{broker.port}/lab', 'S1', simulated=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE) as killed:
        subscriber.until("lab/status", "online")
        killed.kill()
    subscriber.until("lab/status", "offline")


def test_a_broker_that_comes_back_gets_what_happened_meanwhile(broker, subscribe, publish):
    publisher = publish(broker.port)
    before = subscribe()
    before.until("lab/session")
    before.close()
    broker.stop()
    publisher.put(SESSION[0])
    broker.start()
    subscriber = subscribe()
    subscriber.until("lab/phase")
    publisher.put(SESSION[2])
    subscriber.until("lab/rep")
    assert publisher.dropped == 0


def test_a_link_that_is_lost_in_silence_is_made_anew(broker, subscribe, publish):
    publish(broker.port)
    subscribe().until("lab/session")
    broker.stop()
    broker.start()
    subscribe().until("lab/status", "online")


def test_a_broker_that_is_not_there_yet_is_waited_for(broker, subscribe, publish):
    broker.stop()
    publisher = publish(broker.port)
    publisher.put(SESSION[0])
    broker.start()
    subscribe().until("lab/phase")
    assert publisher.close(DEADLINE_S)


@pytest.fixture
def mute():
    """A server that takes calls and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10.0)
        yield server


def test_the_line_to_a_broker_that_never_answers_is_hung_up(mute, publish):
    publish(mute.getsockname()[1], answer_within_s=0.1, first_retry_s=3600.0)
    line, _ = mute.accept()
    with line:
        line.settimeout(10.0)  # shorter than any keepalive
        while line.recv(4096):
            pass


def test_a_broker_that_never_answers_holds_up_nobody_and_costs_the_oldest_messages(mute, publish):
    publisher = publish(mute.getsockname()[1], capacity=10, answer_within_s=0.3)
    for _ in range(100):
        for output in SESSION:
            publisher.put(output)
    assert publisher.close(DEADLINE_S)
    assert publisher.dropped == 1 + 500 - 10


def test_close_waits_no_longer_than_it_was_told(mute, publish):
    publisher = publish(mute.getsockname()[1], answer_within_s=0.3)
    assert not publisher.close(0.0)


def test_closing_gives_up_on_a_broker_that_is_not_there(broker, publish):
    broker.stop()
    publisher = publish(broker.port, first_retry_s=3600.0)
    assert publisher.close(DEADLINE_S)
    publisher.put(SESSION[0])
    assert (publisher.published, publisher.dropped) == (0, 0)


def test_a_broker_that_is_away_is_mentioned_once_and_the_password_never(caplog):
    caplog.set_level(logging.DEBUG)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(DEADLINE_S)
        url = f"mqtt://anna:s3cr3t@127.0.0.1:{server.getsockname()[1]}/lab"
        publisher = MqttPublisher(url, "S1", simulated=True, first_retry_s=0.001, answer_within_s=0.1)
        for _ in range(4):
            server.accept()[0].close()
    assert publisher.close(DEADLINE_S)
    told = [record for record in caplog.records if record.name.startswith("eccentread")]
    assert [record.levelname for record in told] == ["WARNING"]
    assert "127.0.0.1" in told[0].getMessage()
    assert "s3cr3t" not in caplog.text


@pytest.fixture
def certificate(tmp_path):
    """A certificate and key for the loopback, in files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    loopback = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(loopback, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, pkcs8, bare = Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    (tmp_path / "cert.pem").write_bytes(built.public_bytes(pem))
    (tmp_path / "key.pem").write_bytes(key.private_bytes(pem, pkcs8, bare))
    return tmp_path / "cert.pem", tmp_path / "key.pem"


@pytest.mark.parametrize("trusted", [True, False])
def test_tls_needs_a_certificate_that_this_computer_trusts(broker, certificate, trusted, monkeypatch, caplog):
    certfile, keyfile = certificate
    broker.stop()
    broker.start(ssl=True, certfile=str(certfile), keyfile=str(keyfile))
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certfile))
    publisher = MqttPublisher(f"mqtts://127.0.0.1:{broker.port}/lab", "S1", simulated=True)
    assert publisher.close(DEADLINE_S)
    assert ("CERTIFICATE_VERIFY_FAILED" in caplog.text) is not trusted


def test_what_is_no_address_is_refused_at_once():
    with pytest.raises(UsageError):
        MqttPublisher("http://lab", "S1", simulated=False)
