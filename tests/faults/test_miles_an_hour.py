"""Firmwares that take, tell or count in miles: nobody is asked onto a belt at 1.29 km/h (S5, S7)."""

import pytest

from bounds_of_safety import ONTO_THE_BELT, faulted_s
from claims import (
    ended_standing,
    fastest_kmh,
    machine,
    never_above_the_lock,
    never_faster_again,
    told_feet_first,
)
from driving import Trouble, in_phase
from eccentread.events import Answered, CueKind, Outcome, Phase, Reason
from eccentread.session.profile import Match, Profile, Unit

DISTANCE, NO_DISTANCE = '[gatt]\nfields = ["distance"]', '[gatt]\nfields = ["elapsed"]'
CONSOLE = """
command_unit = "{commands}"
report_unit = "{reports}"
distance_unit = "{distance}"
speed_step_kmh = 0.01
speed_min_kmh = 0.3
"""
MPH_KMH = 1.29
"""What 0.8 is in miles an hour."""


def speaks(commands="km/h", reports="km/h", distance="m", tells=DISTANCE):
    return machine(tells, console=CONSOLE.format(commands=commands, reports=reports, distance=distance))


MIXED = {
    "commands": (speaks(commands="mph"), Reason.OVER_SPEED, 2.5),
    "reports": (speaks(reports="mph"), Reason.LOCK_TIMED_OUT, 15.5),
    "commands and reports": (speaks(commands="mph", reports="mph"), Reason.UNIT_MIXED_UP, 9.0),
    "commands and reports, no distance": (
        speaks(commands="mph", reports="mph", tells=NO_DISTANCE),
        Reason.UNIT_UNPROVEN,
        20.0,
    ),
    "commands, reports and distance": (
        speaks(commands="mph", reports="mph", distance="mile/1000"),
        Reason.UNIT_UNPROVEN,
        20.0,
    ),
    "distance": (speaks(distance="mile/1000"), Reason.LOCK_TIMED_OUT, 28.0),
}


@pytest.mark.parametrize("what", MIXED)
def test_a_machine_that_means_miles_is_stopped_before_anybody_is_on_it(driven, what):
    machines, reason, within_s = MIXED[what]
    run = driven(machines)
    ended_standing(run, Outcome.FAULT, reason)
    sent_s = next(t_s for t_s, data in run.writes if data.startswith("02"))
    told_s = faulted_s(run, reason)
    assert told_s - sent_s <= within_s
    told_feet_first(run, told_s)
    assert ONTO_THE_BELT.isdisjoint(run.cues)
    assert CueKind.BELT_LOCKED not in run.cues
    assert fastest_kmh(run) <= MPH_KMH + 0.03
    assert run.stood_s - told_s <= 2.5
    never_above_the_lock(run)
    never_faster_again(run, told_s)


def test_nothing_but_a_person_tells_that_all_of_it_is_miles(driven):
    """Whoever says yes to a belt at 1.29 km/h has one: beyond the program, and why it shows both times."""
    misjudges = Trouble(
        lambda run: "belt-creeps" in {getattr(one, "question", None) for one in run.outputs},
        lambda run: run.submit(Answered(run.now_s, "belt-creeps", 1)),
    )
    leaves = Trouble(in_phase(Phase.SIGNAL_CHECK), lambda run: run.stop(), after_s=3.0)
    run = driven(speaks("mph", "mph", "mile/1000"), troubles=[misjudges, leaves])
    asked = next(one for one in run.outputs if getattr(one, "question", None) == "belt-creeps")
    assert "it runs in miles: say no" in asked.text
    assert CueKind.BELT_LOCKED in run.cues
    assert fastest_kmh(run) == pytest.approx(MPH_KMH, abs=0.02)
    ended_standing(run, Outcome.STOPPED, Reason.STOP_ASKED)


def test_a_machine_known_to_mean_miles_is_told_the_number_for_the_lock(driven):
    known = Profile(
        "p", "P", match=Match(names=("*",)), unit_verified=True, command_unit=Unit.MPH, report_unit=Unit.MPH
    )
    run = driven(speaks("mph", "mph"), profiles=(known,))
    ended_standing(run, Outcome.FINISHED, None)
    assert "023100" in [data for _, data in run.writes]  # 0.49 mph
    assert fastest_kmh(run) <= 0.82
