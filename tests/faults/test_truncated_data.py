"""Packets that end too soon: what is whole in them is read, what is not is missed, nothing is made up."""

import pytest

from bounds_of_safety import (
    ROUNDING_S,
    SLOWING_S,
    asked_to_stop_s,
    claims_hold,
    ended,
    heard_s,
    noted,
    nothing_resumes,
    shrugged_off,
    silence_s,
    stands_within,
    stopped_s,
    told_body_first,
)
from driving import MOMENTS, WITH_REST, Trouble
from eccentread.events import BeltMayRun, CueKind, Outcome, Reason
from mishaps import delivers, machine

INTERVAL_S = 0.25
SHORT = "[gatt]\nfields = []"
"""Records of flags and speed alone: half of one says nothing of the belt."""


def test_halves_at_every_moment_are_noted_and_read_as_far_as_they_go(driven):
    halves = [Trouble(when, delivers(2.0, halved_rate=1.0)) for when in MOMENTS.values()]
    session = driven("default", protocol=WITH_REST, troubles=halves)
    shrugged_off(session, sets=2)
    claims_hold(session)
    assert noted(session, "treadmill data: truncated")


@pytest.mark.parametrize("rate", [0.5, 1.0])
def test_halves_from_the_first_packet_to_the_last(rate, driven):
    session = driven(machine(f"[gatt.delivery]\nhalved_rate = {rate}"))
    shrugged_off(session)
    assert noted(session, "treadmill data: truncated")


@pytest.mark.parametrize("octets", [4, 6, 13])
def test_records_that_end_behind_the_speed_are_as_good_as_whole_ones(octets, driven):
    session = driven(machine(f"[gatt.wire]\ncut_to_octets = {octets}"))
    shrugged_off(session)
    assert noted(session, "treadmill data: truncated")


@pytest.mark.parametrize("octets", [1, 2, 3])
def test_a_machine_whose_records_end_before_the_speed_is_never_started(octets, driven):
    session = driven(machine(f"[gatt.wire]\ncut_to_octets = {octets}"))
    assert session.writes == []
    assert not session.of(BeltMayRun)
    ended(session, Outcome.FAULT, Reason.SILENT)


@pytest.mark.parametrize("moment", ["countdown", "signal check", "mid-push", "rest"])
def test_halves_without_a_speed_are_a_silence(moment, driven):
    troubles = [Trouble(MOMENTS[moment], delivers(60.0, halved_rate=1.0))]
    session = driven(machine(SHORT), protocol=WITH_REST, troubles=troubles)
    asked_s = asked_to_stop_s(session)
    assert asked_s - heard_s(session, asked_s) <= silence_s(INTERVAL_S)
    assert stopped_s(session) - asked_s <= ROUNDING_S
    told_body_first(session, CueKind.EMERGENCY, asked_s)
    nothing_resumes(session, asked_s)
    stands_within(session, SLOWING_S, asked_s)
    claims_hold(session)
    ended(session, Outcome.FAULT, Reason.SILENT)


def test_single_halves_without_a_speed_stop_nobody(driven):
    session = driven(machine(f"{SHORT}\n[gatt.delivery]\nhalved_rate = 0.1"))
    shrugged_off(session)
    claims_hold(session)
    assert noted(session, "treadmill data: truncated")
