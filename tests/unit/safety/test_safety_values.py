"""What safety decides upon and answers with are values: equal where they say the same, and never altered."""

from dataclasses import FrozenInstanceError, fields

import pytest

from eccentread.events import Reason
from eccentread.safety import (
    Alarm,
    Limits,
    Pause,
    Refusal,
    RequestControl,
    SetSpeed,
    SlowTo,
    Spike,
    Start,
    Stop,
    TryStop,
)

VALUES = [
    (RequestControl, ()),
    (Start, ()),
    (SetSpeed, (80,)),
    (SlowTo, (10,)),
    (Stop, ()),
    (Pause, ()),
    (TryStop, ()),
    (Refusal, (Reason.TOO_FAST,)),
    (Limits, (80,)),
    (Alarm, (Reason.SILENT, "silent")),
    (Spike, ("one report",)),
]


@pytest.mark.parametrize(("kind", "says"), VALUES)
def test_a_value_equals_its_like_and_cannot_be_altered(kind, says):
    value = kind(*says)
    assert value == kind(*says)
    for name in [*(field.name for field in fields(kind)), "another"]:
        with pytest.raises((FrozenInstanceError, TypeError)):
            setattr(value, name, 1)
    assert not hasattr(value, "__dict__")
