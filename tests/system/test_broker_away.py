"""A session whose MQTT broker is away."""

import socket


def test_that_nothing_was_published_is_told_and_costs_nothing(session):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound, and not listening
        told = session("--mqtt", f"mqtt://127.0.0.1:{nobody.getsockname()[1]}")
    assert told.called.status == 0
    assert (
        told.called.err.count("eccentread: nothing was published to 127.0.0.1; see that a broker is there")
        == 1
    )
    assert "published" not in session().called.err
