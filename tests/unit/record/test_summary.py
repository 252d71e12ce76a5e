import json
from dataclasses import asdict, replace

import pytest

from eccentread.errors import OutputError
from eccentread.events import RepCounted, SignalChecked
from eccentread.record.summary import Summary, summarise, write_summary


def reps_of(session, set_index):
    return [
        asdict(event.rep)
        for event in session.events
        if isinstance(event, RepCounted) and event.set_index == set_index
    ]


def test_the_summary_says_what_the_contract_promises(session):
    assert summarise(session) == {
        "session": "20261121T014512Z-3f9a",
        "simulated": True,
        "machine": "sim:nice",
        "protocol": "pht-eccentric-treadmill",
        "side": "left",
        "outcome": "fault",
        "reason": "silent",
        "sets": [
            {"target": 2, "count": 2, "reason": None, "reps": reps_of(session, 1)},
            {"target": 2, "count": 1, "reason": None, "reps": reps_of(session, 2)},
        ],
        "faults": [{"t_s": 95.0, "reason": "silent", "text": "The machine fell silent; step off."}],
        "questions": {"key-clipped": 1, "effort-1": 5, "pain-1": None},
    }


def test_a_session_that_broke_off_has_no_outcome_and_the_reps_it_had(broken_off):
    summary = summarise(broken_off)
    assert summary["outcome"] is None
    assert summary["sets"][1] == {"target": None, "count": 1, "reason": None, "reps": reps_of(broken_off, 2)}


def test_a_set_without_a_rep_is_a_set(broken_off):
    begun = broken_off.events[:-1]
    assert summarise(replace(broken_off, events=begun))["sets"][1] == {
        "target": None,
        "count": 0,
        "reason": None,
        "reps": [],
    }


def test_a_session_that_cannot_count_has_no_sets(session):
    events = [
        replace(event, countable=False) if isinstance(event, SignalChecked) else event
        for event in session.events
        if not isinstance(event, RepCounted)
    ]
    assert summarise(replace(session, events=tuple(events)))["sets"] == []


def test_what_a_summary_said_before_does_not_change_with_the_session(session):
    summary = Summary(session.header)
    before = summary.to_json()
    for event in session.events:
        summary.add(event)
    assert before["questions"] == {}
    assert before["sets"] == []


def test_a_written_summary_is_json(session, tmp_path):
    write_summary(summarise(session), tmp_path / "summary.json")
    assert json.loads((tmp_path / "summary.json").read_text()) == summarise(session)


def test_a_summary_that_cannot_be_written_is_said(session, tmp_path):
    with pytest.raises(OutputError, match=r"No such file.*name another file"):
        write_summary(summarise(session), tmp_path / "none" / "summary.json")
