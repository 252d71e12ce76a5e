"""The drive goes faster of its own: told as soon as anything tells (S5)."""

import pytest

from bounds_of_safety import claims_hold, faulted_s
from claims import (
    ended_standing,
    fastest_kmh,
    machine,
    never_faster_again,
    told_feet_first,
    written,
)
from driving import MOMENTS, WITH_REST, Trouble
from eccentread.events import CueKind, Outcome, Reason
from eccentread_sim.console import Touch
from eccentread_sim.script import What
from mishaps import happens

OVER_SPEED_KMH = 1.2
"""Reports above this, two in a row, are a fault: the lock and 0.4 km/h."""
REPORTED_S = 0.8
"""From a belt truly above it to *stop*: two reports, and what a report averages over."""
UNTOLD = '[gatt]\nfields = ["elapsed"]'
"""No distance in its reports."""


def runs_away(driven, moment, *more, speed_kmh=3.0, tells="", rest_s=5, **how):
    away = happens(What.RUNAWAY, speed_kmh=speed_kmh, lasts_s=how.pop("lasts_s", 60.0), **how)
    return driven(
        machine(tells),
        protocol=WITH_REST.replace("rest_s = 5", f"rest_s = {rest_s}"),
        troubles=[Trouble(MOMENTS[moment], away, after_s=0.3), *more],
    )


@pytest.mark.parametrize("moment", ["locking", "signal check", "mid-push", "between pushes", "rest"])
def test_a_runaway_that_is_reported_is_stopped_before_it_is_one(driven, moment):
    run = runs_away(driven, moment)
    [at_s] = run.befell_s
    ended_standing(run, Outcome.FAULT, Reason.OVER_SPEED)
    told_s = faulted_s(run, Reason.OVER_SPEED)
    over_s = next(t_s for t_s, speed in run.speeds if t_s > at_s and speed > OVER_SPEED_KMH)
    assert told_s - over_s <= REPORTED_S
    told_feet_first(run, told_s)
    assert run.said_s(CueKind.EMERGENCY) == told_s
    assert fastest_kmh(run) <= 1.7  # it gains 0.4 km/h a second
    assert run.stood_s - told_s <= 2.5
    never_faster_again(run, told_s)


def test_a_runaway_that_no_word_stops_is_the_safety_keys(driven):
    key = Trouble(
        lambda run: CueKind.EMERGENCY in {getattr(one, "kind", None) for one in run.outputs},
        lambda run: run.simulator.touch(Touch.SAFETY_KEY),
        after_s=2.0,
    )
    run = runs_away(driven, "between pushes", key, stoppable=False)
    _, key_s = run.befell_s
    told_s = faulted_s(run, Reason.OVER_SPEED)
    told_feet_first(run, told_s)
    assert key_s - told_s <= 2.1
    assert written(run, told_s)[:4] == ["0801"] * 4
    ended_standing(run, Outcome.FAULT, Reason.OVER_SPEED)
    assert run.stood_s - key_s <= 1.6
    never_faster_again(run, told_s)


def test_a_runaway_that_only_the_distance_tells_is_stopped(driven):
    run = runs_away(driven, "rest", rest_s=30, shown=False, tells='[gatt]\nfields = ["distance"]')
    [at_s] = run.befell_s
    ended_standing(run, Outcome.FAULT, Reason.UNIT_MIXED_UP)
    told_s = faulted_s(run, Reason.UNIT_MIXED_UP)
    assert told_s - at_s <= 8.0
    told_feet_first(run, told_s)
    assert run.stood_s - told_s <= 2.5
    never_faster_again(run, told_s)


def test_a_runaway_that_nothing_tells_is_beyond_the_program(driven):
    """Reports of the set-point, no distance, no sensor: the belt runs at 3 km/h, and the program cannot know.

    That is why the checklist asks for the safety key each time, and a belt sensor is worth having.
    """
    sees = Trouble(MOMENTS["rest"], lambda run: run.stop(), after_s=15.0)
    run = runs_away(driven, "rest", sees, rest_s=30, shown=False, tells=UNTOLD)
    assert fastest_kmh(run) == pytest.approx(3.0, abs=0.05)
    assert "key" in [getattr(one, "question", None) for one in run.outputs]
    assert run.faults == []
    ended_standing(run, Outcome.STOPPED, Reason.STOP_ASKED)  # because a person saw it


def test_a_runaway_that_the_distance_gives_away_is_not_called_stopped_while_the_distance_goes_on(driven):
    """Its reports follow the set-point and say 0; the metres it counts say that the belt runs."""
    run = runs_away(
        driven,
        "rest",
        rest_s=30,
        shown=False,
        stoppable=False,
        tells='[gatt]\nfields = ["distance"]',
        lasts_s=120.0,
    )
    assert Reason.UNIT_MIXED_UP in run.faults
    claims_hold(run)
    assert run.said_s(CueKind.EMERGENCY) is not None
