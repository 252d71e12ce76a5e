"""Somebody else's phone beside us: it changes, stops or takes what we drive; never fought (S6)."""

import pytest

from bounds_of_safety import START, faulted_s
from chaos.faults import OTHERS, another_phone
from claims import (
    LOCK_KMH,
    commanded_kmh,
    departures_s,
    fastest_kmh,
    machine,
    speed_at,
    told_feet_first,
)
from driving import MOMENTS, WITH_REST, Trouble
from eccentread.events import CueKind, Outcome, Reason
from eccentread_sim.script import What
from mishaps import happens

TWO_LINKS = "[gatt]\nlinks = 2"
CONNECTS_S = 1.5
"""From the phone's first packet to its first command, and each command after that."""


def meddles(moment, *writes, stays_s=5.0):
    return Trouble(MOMENTS[moment], lambda run: another_phone(run, list(writes), stays_s), after_s=0.3)


def ours(run, since_s=0.0):
    """What the machine took from us, and when."""
    taken = [one for one in run.happened("command") if OTHERS not in one["central"]]
    return [(one["t_s"], one["data"]) for one in taken if one["t_s"] >= since_s]


def theirs_s(run, data):
    """When the machine took that from the phone."""
    return next(d["t_s"] for d in run.happened("command") if OTHERS in d["central"] and d["data"] == data)


def not_fought(run, since_s):
    """From then on nothing of ours starts the belt or makes it faster."""
    for t_s, data in ours(run, since_s):
        assert data != START
        assert (commanded_kmh(data) or 0.0) <= speed_at(run, t_s)


@pytest.mark.parametrize("moment", ["signal check", "mid-push", "rest"])
@pytest.mark.parametrize("number", ["02c800", "023200"], ids=["2.0 km/h", "0.5 km/h"])
def test_a_speed_that_another_sets_is_told_and_the_belt_stopped(driven, moment, number):
    run = driven(machine(TWO_LINKS), protocol=WITH_REST, troubles=[meddles(moment, "00", number)])
    at_s = theirs_s(run, number)
    assert run.end is not None
    assert (run.end.outcome, run.faults[0]) == (Outcome.FAULT, Reason.CHANGED_ON_CONSOLE)
    assert faulted_s(run, Reason.CHANGED_ON_CONSOLE) - at_s <= 0.1
    told_feet_first(run, at_s)
    assert fastest_kmh(run, at_s) < 1.2
    assert run.stood_s - at_s <= 3.0  # control has to be asked for again
    not_fought(run, at_s)


@pytest.mark.parametrize("moment", ["countdown", "locking", "mid-push", "rest"])
def test_a_stop_that_another_sends_ends_the_session(driven, moment):
    run = driven(
        machine(TWO_LINKS, console="countdown_s = 5.0"),
        protocol=WITH_REST,
        troubles=[meddles(moment, "00", "0801")],
    )
    at_s = theirs_s(run, "0801")
    assert run.end is not None
    assert run.end.outcome is Outcome.FAULT
    assert run.faults[0] in (Reason.STOPPED_ON_CONSOLE, Reason.COMMAND_FAILED)
    told_feet_first(run, at_s)
    assert run.stood_s - at_s <= 2.5
    not_fought(run, at_s)
    assert departures_s(run, at_s) == []


def test_control_that_another_takes_unsaid_is_seen_at_the_first_stop(driven):
    """The machine tells nobody; our stop is refused, control asked for, and the stop goes again."""
    run = driven(
        machine(TWO_LINKS),
        troubles=[
            meddles("mid-push", "00"),
            Trouble(MOMENTS["mid-push"], lambda run: run.stop(), after_s=4.0),
        ],
    )
    asked_s = run.befell_s[1]
    assert theirs_s(run, "00") < asked_s
    assert [data for _, data in ours(run, asked_s)][:3] == ["0801", "00", "0801"]
    assert run.stood_s - asked_s <= 2.5
    assert run.end is not None
    assert (run.end.outcome, run.end.reason) == (Outcome.STOPPED, Reason.STOP_ASKED)


def test_a_belt_that_another_starts_while_the_checklist_is_read_is_stopped(driven):
    run = driven(machine(TWO_LINKS), troubles=[meddles("checklist", "00", "07")])
    [moved_s] = departures_s(run)
    told_s = faulted_s(run, Reason.UNEXPECTED_MOTION)
    assert told_s - moved_s <= 0.8
    told_feet_first(run, told_s)
    assert run.stood_s - told_s <= 3.0
    assert START not in [data for _, data in ours(run)]


def test_another_that_takes_control_before_the_start_is_not_outbid_twice(driven):
    """Our start is refused, control asked for once more, the start repeated once: then the belt is ours."""
    run = driven(machine(TWO_LINKS), troubles=[meddles("checklist", "00", stays_s=60.0)])
    starts = [data for _, data in ours(run)].count(START)
    assert starts <= 2
    assert len(departures_s(run)) <= 1
    assert fastest_kmh(run) <= LOCK_KMH + 0.05
    assert run.stands


@pytest.mark.parametrize("moment", ["checklist", "mid-push", "rest"])
def test_a_machine_that_takes_one_central_turns_the_phone_away(driven, moment):
    run = driven(machine(), protocol=WITH_REST, troubles=[meddles(moment, "00", "02c800")])
    assert run.end is not None
    assert (run.end.outcome, run.faults) == (Outcome.FINISHED, [])
    assert not any(OTHERS in one["central"] for one in run.happened("command") if one["t_s"] < run.end.t_s)


def test_a_link_that_the_machine_gives_to_another_is_told_loudly_and_sought(driven):
    """It hangs up on us and takes the phone, which speeds the belt up and stays: nobody here can stop it."""
    run = driven(
        machine(),
        troubles=[
            meddles("mid-push", "00", "02b400", stays_s=20.0),
            Trouble(MOMENTS["mid-push"], happens(What.HANG_UP), after_s=0.6),
        ],
    )
    lost_s = run.befell_s[1]
    assert run.end is not None
    assert (run.end.outcome, run.end.reason) == (Outcome.FAULT, Reason.LINK_LOST)
    told_feet_first(run, lost_s)
    assert run.said_s(CueKind.EMERGENCY) - lost_s <= 0.2
    not_fought(run, lost_s)
    assert run.stands
