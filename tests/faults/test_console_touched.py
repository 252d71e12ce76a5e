"""Somebody at the console stops, pauses, starts or changes the belt: obeyed, told, never fought (S6)."""

import pytest

from bounds_of_safety import START, faulted_s
from claims import (
    LOCK_KMH,
    ended_standing,
    fastest_kmh,
    machine,
    never_above_the_lock,
    never_faster_again,
    speed_at,
    told_feet_first,
    written,
)
from driving import MOMENTS, WITH_REST, Trouble
from eccentread.events import CueKind, Outcome, Reason
from eccentread.session.profile import Match, Profile
from eccentread_sim.script import What
from mishaps import happens

COMES_TO = ["countdown", "locking"]
HELD = ["signal check", "mid-push", "between pushes", "rest"]
OVER = ["stopping", "questions"]
TOLD_S = 0.1
"""From the touch to the words for it, where the machine says so."""
STANDS_S = 2.0
"""The ramp of the machine's own stop takes 1.3 s."""
FINE = "speed_step_kmh = 0.05"
TILTS = machine('[gatt]\nfields = ["inclination"]')


def touched(driven, moment, what, *, of="", **how):
    return driven(
        of or machine(console=FINE),
        protocol=WITH_REST,
        troubles=[Trouble(MOMENTS[moment], happens(what, **how), after_s=0.3)],
    )


@pytest.mark.parametrize(
    ("what", "moment"),
    [(What.STOP, moment) for moment in (*COMES_TO, *HELD)]
    + [(What.PAUSE, moment) for moment in ("locking", *HELD)],  # a countdown cannot be paused
)
def test_a_stop_or_pause_is_left_to_the_console(driven, what, moment):
    run = touched(driven, moment, what)
    [at_s] = run.befell_s
    ended_standing(run, Outcome.FAULT, Reason.STOPPED_ON_CONSOLE)
    assert faulted_s(run, Reason.STOPPED_ON_CONSOLE) - at_s <= TOLD_S
    told_feet_first(run, at_s)
    assert written(run, at_s) == []  # not even a stop, which some machines take for a start
    assert run.stood_s - at_s <= STANDS_S
    never_faster_again(run, at_s)


@pytest.mark.parametrize("moment", OVER)
@pytest.mark.parametrize("what", [What.STOP, What.PAUSE, What.SPEED])
def test_touches_of_a_belt_that_stops_or_stands_change_nothing(driven, what, moment):
    run = touched(driven, moment, what, speed_kmh=2.0)
    assert run.end is not None
    assert (run.end.outcome, run.faults) == (Outcome.FINISHED, [])
    never_faster_again(run, run.befell_s[0])


@pytest.mark.parametrize("moment", HELD)
@pytest.mark.parametrize("speed_kmh", [0.5, 0.85, 6.0])
def test_another_speed_is_told_and_the_belt_is_stopped_not_set_back(driven, speed_kmh, moment):
    run = touched(driven, moment, What.SPEED, speed_kmh=speed_kmh)
    [at_s] = run.befell_s
    ended_standing(run, Outcome.FAULT, Reason.CHANGED_ON_CONSOLE)
    assert faulted_s(run, Reason.CHANGED_ON_CONSOLE) - at_s <= TOLD_S
    told_feet_first(run, at_s)
    assert set(written(run, at_s)) == {"0801"}
    assert fastest_kmh(run, at_s) < 1.0
    assert run.stood_s - at_s <= STANDS_S
    never_faster_again(run, at_s)


@pytest.mark.parametrize(("speed_kmh", "within_s"), [(0.5, 16.0), (1.0, 6.0), (1.3, 2.0)])
def test_another_speed_that_only_the_reports_tell_is_not_set_back_either(driven, speed_kmh, within_s):
    """In a rest, where nobody pushes; slower is believed late, since pushes slow a belt as well."""
    rests = WITH_REST.replace("rest_s = 5", "rest_s = 30")
    change = happens(What.SPEED, speed_kmh=speed_kmh, status=b"")
    run = driven(machine(), protocol=rests, troubles=[Trouble(MOMENTS["rest"], change, after_s=0.3)])
    [at_s] = run.befell_s
    reason = Reason.OVER_SPEED if speed_kmh > 1.2 else Reason.CHANGED_ON_CONSOLE
    ended_standing(run, Outcome.FAULT, reason)
    told_s = faulted_s(run, reason)
    assert told_s - at_s <= within_s
    told_feet_first(run, told_s)
    assert set(written(run, at_s)) == {"0801"}
    assert run.stood_s - told_s <= 2.5
    never_faster_again(run, told_s)


@pytest.mark.parametrize("speed_kmh", [0.75, 0.85])
def test_what_nobody_tells_and_drives_are_off_by_anyway_is_not_set_back(driven, speed_kmh):
    run = touched(driven, "rest", What.SPEED, speed_kmh=speed_kmh, status=b"")
    [at_s] = run.befell_s
    assert run.end is not None
    assert run.end.outcome is Outcome.FINISHED
    assert set(written(run, at_s)) == {"0801"}
    assert speed_at(run, at_s + 4) == pytest.approx(speed_kmh, abs=0.01)


def test_a_speed_above_the_limit_on_the_way_to_the_lock_is_not_set_back(driven):
    run = touched(driven, "locking", What.SPEED, speed_kmh=3.0)
    [at_s] = run.befell_s
    ended_standing(run, Outcome.FAULT, Reason.CHANGED_ON_CONSOLE)
    told_feet_first(run, at_s)
    assert set(written(run, at_s)) == {"0801"}
    assert fastest_kmh(run) < LOCK_KMH
    never_faster_again(run, at_s)


@pytest.mark.parametrize(
    ("moment", "status"),
    [(moment, None) for moment in (*COMES_TO, *HELD)] + [("locking", b""), ("mid-push", b"")],
)
def test_a_tilted_deck_ends_the_session_and_is_not_levelled(driven, moment, status):
    run = touched(driven, moment, What.INCLINE, of=TILTS, incline_pct=2.0, status=status)
    [at_s] = run.befell_s
    ended_standing(run, Outcome.FAULT, Reason.INCLINED)
    told_s = faulted_s(run, Reason.INCLINED)
    assert told_s - at_s <= (TOLD_S if status is None else 0.75)
    told_feet_first(run, told_s)
    assert set(written(run, at_s)) == {"0801"}
    assert run.stood_s - told_s <= STANDS_S
    never_faster_again(run, at_s)


@pytest.mark.parametrize("moment", ["observing", "checklist", "questions"])
def test_a_belt_that_is_started_at_the_console_is_stopped(driven, moment):
    """Nobody was asked; and who stands where is not known."""
    run = touched(driven, moment, What.START)
    [at_s] = run.befell_s
    moved_s = next(t_s for t_s, speed in run.speeds if t_s > at_s and speed > 0)
    assert moved_s - at_s == pytest.approx(3.0, abs=0.2)  # the console's countdown
    ended_standing(run, Outcome.FAULT, Reason.UNEXPECTED_MOTION)
    told_s = faulted_s(run, Reason.UNEXPECTED_MOTION)
    assert told_s - moved_s <= 0.75  # two reports
    told_feet_first(run, told_s)
    assert run.said_s(CueKind.EMERGENCY) == told_s
    assert run.stood_s - told_s <= STANDS_S
    never_faster_again(run, told_s)
    assert START not in written(run, at_s)


@pytest.mark.parametrize("moment", [*COMES_TO, *HELD, "stopping"])
def test_start_pressed_on_a_belt_that_was_started_changes_nothing(driven, moment):
    run = touched(driven, moment, What.START)
    assert run.end is not None
    assert (run.end.outcome, run.faults) == (Outcome.FINISHED, [])
    never_above_the_lock(run)
    assert fastest_kmh(run) <= LOCK_KMH + 0.05
    assert speed_at(run, run.end.t_s) == 0


@pytest.mark.parametrize("speed_kmh", [0.5, 1.1])
def test_keeping_a_belt_alive_does_not_fight_the_console(driven, speed_kmh):
    """Where a machine wants its speed again every 2 s, an untold change is not overwritten; but for one in
    the half second before, which no report shows yet.
    """
    known = Profile("p", "P", match=Match(names=("*",)), keep_alive_s=2.0, unit_verified=True)
    change = happens(What.SPEED, speed_kmh=speed_kmh, status=b"")
    run = driven(
        machine(console="speed_min_kmh = 0.3"),
        profiles=(known,),
        troubles=[Trouble(MOMENTS["signal check"], change, after_s=3.5)],
    )
    [at_s] = run.befell_s
    assert [data for t_s, data in run.writes if t_s < at_s].count("025000") > 1
    ended_standing(run, Outcome.FAULT, Reason.CHANGED_ON_CONSOLE)
    never_faster_again(run, at_s)
