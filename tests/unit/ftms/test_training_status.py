"""Training status: states, states nobody specified, and the machine's own words."""

import pytest

from eccentread.ftms import Flaw, Malformed, TrainingCode, TrainingStatus, decode_training_status


@pytest.mark.parametrize(
    ("notified", "status"),
    [
        ("0001", TrainingStatus(TrainingCode.IDLE)),
        ("000d", TrainingStatus(TrainingCode.MANUAL_MODE)),
        ("000e", TrainingStatus(TrainingCode.PRE_WORKOUT)),
        ("000f", TrainingStatus(TrainingCode.POST_WORKOUT)),
        ("0010", TrainingStatus(0x10)),
        ("0011", TrainingStatus(0x11)),
        ("0101", TrainingStatus(TrainingCode.IDLE)),  # a text is announced, none is there
        ("030e33", TrainingStatus(TrainingCode.PRE_WORKOUT, "3")),
        ("010d" + "Läuft".encode().hex(), TrainingStatus(TrainingCode.MANUAL_MODE, "Läuft")),
        ("020d52756e", TrainingStatus(TrainingCode.MANUAL_MODE, "Run")),
        ("010dff41", TrainingStatus(TrainingCode.MANUAL_MODE, "\ufffdA")),
        ("000d52756e", TrainingStatus(TrainingCode.MANUAL_MODE)),  # octets no flag announces
        ("fc01", TrainingStatus(TrainingCode.IDLE)),
    ],
)
def test_a_status_reads_as_state_and_text(notified: str, status: TrainingStatus):
    assert decode_training_status(bytes.fromhex(notified)) == status


@pytest.mark.parametrize(("notified", "flaw"), [("", Flaw.EMPTY), ("01", Flaw.TOO_SHORT)])
def test_a_status_without_a_state_is_malformed(notified: str, flaw: Flaw):
    data = bytes.fromhex(notified)
    assert decode_training_status(data) == Malformed(data, flaw)
