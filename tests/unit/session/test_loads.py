"""What a machine reports beside its speed is told, in the order of the wire, for every record that has it."""

import pytest

from eccentread.events import Connected, LoadReported, Notified, Source
from eccentread.session import GuidedSession


@pytest.mark.parametrize(
    ("octets", "loads"),
    [
        ("00005000", []),
        ("00105000a6ffeaff", [(Source.FORCE_ON_BELT, -90), (Source.POWER, -22)]),
        ("00105000ff7f2c01", [(Source.POWER, 300)]),
        ("00205000050100", [(Source.STEPS, 261)]),
        ("002050000501", [(Source.STEPS, 261)]),
        ("001000000000", [(Source.FORCE_ON_BELT, 0)]),
    ],
)
def test_loads_are_told(bundled, octets, loads):
    session = GuidedSession(bundled)
    session.feed(Connected(0.0, "Belt", "AA"))
    told = session.feed(Notified(1.0, "2acd", bytes.fromhex(octets)))
    assert [one for one in told if isinstance(one, LoadReported)] == [
        LoadReported(1.0, source, value) for source, value in loads
    ]
