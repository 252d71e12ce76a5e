import json

import pytest

from eccentread.events import (
    BeltReported,
    Command,
    CommandKind,
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
from eccentread.publish.messages import Message, Messages

MESSAGES = Messages("S1", simulated=True)
WHOSE = {"session": "S1", "simulated": True}


@pytest.mark.parametrize(
    ("output", "topic", "fields", "retain"),
    [
        (
            PhaseChanged(27.0, Phase.REST, 1, 87.0),
            "phase",
            {"t_s": 27.0, "phase": "rest", "set_index": 1, "until_s": 87.0},
            True,
        ),
        (
            RepCounted(4.0, 1, 2, Rep(1.0, 3.5, 4.0, 0.8, 0.5, 0.3, 0.2, 0.01, 0.1, 0.6, None, 0.9, 12)),
            "rep",
            {
                "t_s": 4.0, "set_index": 1, "rep_index": 2,
                "onset_s": 1.0, "release_s": 3.5, "counted_s": 4.0, "baseline_kmh": 0.8, "speed_min_kmh": 0.5,
                "dip_peak_kmh": 0.3, "dip_mean_kmh": 0.2, "overshoot_kmh": 0.01, "dip_area_m": 0.1,
                "travel_m": 0.6, "load_rel_pct": None, "confidence": 0.9, "n_samples": 12,
            },
            False,
        ),
        (
            SetEnded(27.0, 1, 15, 14),
            "set",
            {"t_s": 27.0, "set_index": 1, "target": 15, "count": 14, "reason": None},
            False,
        ),
        (
            FaultRaised(5.0, Reason.SILENT, "Step off."),
            "fault",
            {"t_s": 5.0, "reason": "silent", "text": "Step off."},
            False,
        ),
        (
            SessionEnded(9.0, Outcome.STOPPED, Reason.STOP_ASKED),
            "session",
            {"t_s": 9.0, "outcome": "stopped", "reason": "stop-asked"},
            True,
        ),
    ],
)  # fmt: skip
def test_an_output_becomes_an_object_of_numbers_with_units(output, topic, fields, retain):
    message = MESSAGES.of(output)
    assert (message.topic, json.loads(message.payload), message.retain) == (topic, WHOSE | fields, retain)


def test_a_session_that_runs_has_the_shape_of_one_that_ended():
    begun, ended = MESSAGES.begun(), MESSAGES.of(SessionEnded(9.0, Outcome.FINISHED, None))
    assert (begun.topic, begun.retain) == (ended.topic, ended.retain)
    assert json.loads(begun.payload) == WHOSE | {"t_s": 0.0, "outcome": None, "reason": None}
    assert json.loads(begun.payload).keys() == json.loads(ended.payload).keys()


@pytest.mark.parametrize(
    "output", [BeltReported(1.0, 0.8), Command(1.0, 1, CommandKind.STOP, b"")], ids=["belt", "command"]
)
def test_what_moves_the_belt_and_every_speed_report_stay_unpublished(output):
    assert MESSAGES.of(output) is None


def test_a_message_is_plain_data():
    assert MESSAGES.of(SetEnded(1.0, 1, 2, 2)) == Message(
        "set",
        '{"session": "S1", "simulated": true, "t_s": 1.0, "set_index": 1, "target": 2, "count": 2, '
        '"reason": null}',
        False,
    )
