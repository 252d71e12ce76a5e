"""A small recorded session, for the tests of what is made of one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from eccentread.events import (
    Answered,
    Connected,
    Cue,
    CueKind,
    FaultRaised,
    Noted,
    Notified,
    Outcome,
    Phase,
    PhaseChanged,
    Reason,
    Rep,
    RepCounted,
    SessionEnded,
    SetEnded,
    SignalChecked,
    TimePassed,
)
from eccentread.record.journal import Header, Journal

REP = Rep(
    onset_s=20.0,
    release_s=22.5,
    counted_s=23.0,
    baseline_kmh=0.8,
    speed_min_kmh=0.5,
    dip_peak_kmh=0.3,
    dip_mean_kmh=0.2,
    overshoot_kmh=0.01,
    dip_area_m=0.125,
    travel_m=0.5,
    load_rel_pct=104.0,
    confidence=0.9,
    n_samples=12,
)


def rep(onset_s, contact_s=2.5, **fields):
    return replace(
        REP, onset_s=onset_s, release_s=onset_s + contact_s, counted_s=onset_s + contact_s + 0.5, **fields
    )


def speed(t_s, centi_kmh):
    return Notified(t_s, "2acd", b"\x00\x00" + centi_kmh.to_bytes(2, "little"))


def reports(begin_s, end_s):
    return [speed(float(t_s), 80) for t_s in range(begin_s, end_s)]


@pytest.fixture
def session():
    """Signal check, a full set of two, a rest, and a set that a fault ends after one rep."""
    return Journal(
        Header(
            session="20261121T014512Z-3f9a",
            started_utc=datetime(2026, 11, 21, 1, 45, 12, 500_000, UTC),
            software="0.1.0",
            simulated=True,
            seed=7,
            machine="sim:nice",
            protocol="pht-eccentric-treadmill",
            protocol_text="schema = 1\n",
            side="left",
        ),
        (
            Connected(
                0.0,
                "TR, 1200",
                "aa:bb:cc:dd:ee:ff",
                device={"manufacturer": "Läufer", "model": "T-1", "firmware": "2.0"},
            ),
            PhaseChanged(0.0, Phase.CHECKLIST),
            Answered(1.0, "key-clipped", 1),
            PhaseChanged(2.0, Phase.SIGNAL_CHECK),
            Cue(2.0, CueKind.BELT_LOCKED, "…"),
            Cue(3.0, CueKind.STAND_CLEAR, "…"),
            *reports(3, 8),
            Cue(8.0, CueKind.PUSH_ONCE, "…"),
            speed(9.5, 55),
            Cue(12.0, CueKind.RIDE_ONCE, "…"),
            speed(13.0, 79),
            Cue(15.0, CueKind.SIGNAL_GOOD, "…"),
            SignalChecked(15.0, True, "clear dips", 9.5, 4.25, 0.8, 0.005, 0.01, 1.0),
            PhaseChanged(18.0, Phase.SET, 1),
            Cue(18.0, CueKind.SET_BEGINS, "…", 1),
            RepCounted(23.0, 1, 1, rep(20.0)),
            Cue(23.0, CueKind.COUNT, "…", 1),
            RepCounted(27.0, 1, 2, rep(24.0, 2.0, load_rel_pct=None)),
            SetEnded(27.0, 1, 2, 2),
            PhaseChanged(27.0, Phase.REST, 1, 87.0),
            Answered(30.0, "effort-1", 5),
            Answered(31.0, "pain-1", None),
            PhaseChanged(87.0, Phase.SET, 2),
            RepCounted(93.0, 2, 1, rep(90.0)),
            Noted(94.0, "a spike"),
            FaultRaised(95.0, Reason.SILENT, "The machine fell silent; step off."),
            SetEnded(95.0, 2, 2, 1),
            PhaseChanged(95.0, Phase.STOPPING),
            TimePassed(96.0),
            SessionEnded(97.0, Outcome.FAULT, Reason.SILENT),
        ),
    )


@pytest.fixture
def broken_off(session):
    """The same, but the program died within the second set."""
    return replace(session, events=session.events[: [event.t_s for event in session.events].index(94.0)])
