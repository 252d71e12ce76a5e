"""Machine status: what happened at the machine, told with more or fewer octets than specified."""

import pytest

from eccentread.ftms import (
    ControlLost,
    Flaw,
    MachineReset,
    Malformed,
    OtherStatus,
    PausedByUser,
    StartedByUser,
    StoppedBySafetyKey,
    StoppedByUser,
    TargetInclineChanged,
    TargetSpeedChanged,
    decode_machine_status,
)


@pytest.mark.parametrize(
    ("notified", "status"),
    [
        ("01", MachineReset()),
        ("0100", MachineReset()),
        ("0201", StoppedByUser(1)),
        ("020100", StoppedByUser(1)),
        ("02", StoppedByUser(None)),
        ("0200", StoppedByUser(0)),
        ("0203", StoppedByUser(3)),
        ("0202", PausedByUser()),
        ("020200", PausedByUser()),
        ("03", StoppedBySafetyKey()),
        ("0300", StoppedBySafetyKey()),
        ("04", StartedByUser()),
        ("040000", StartedByUser()),
        ("055000", TargetSpeedChanged(80)),
        ("050000", TargetSpeedChanged(0)),
        ("05500000", TargetSpeedChanged(80)),
        ("06f1ff", TargetInclineChanged(-15)),
        ("06190000", TargetInclineChanged(25)),
        ("ff", ControlLost()),
        ("ff00", ControlLost()),
        ("0e3c00", OtherStatus(0x0E, b"\x3c\x00")),
        ("00", OtherStatus(0x00, b"")),
        ("fe01", OtherStatus(0xFE, b"\x01")),
    ],
)
def test_a_status_reads_as_what_happened(notified: str, status):
    assert decode_machine_status(bytes.fromhex(notified)) == status


@pytest.mark.parametrize(
    ("notified", "flaw"),
    [
        ("", Flaw.EMPTY),
        ("05", Flaw.TOO_SHORT),
        ("0550", Flaw.TOO_SHORT),
        ("06", Flaw.TOO_SHORT),
        ("0619", Flaw.TOO_SHORT),
    ],
)
def test_a_status_without_the_value_it_speaks_of_is_malformed(notified: str, flaw: Flaw):
    data = bytes.fromhex(notified)
    assert decode_machine_status(data) == Malformed(data, flaw)
