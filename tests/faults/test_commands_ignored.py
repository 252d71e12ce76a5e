"""A start or a speed is acknowledged and ignored: what the belt does decides, not the answer (S5)."""

import pytest

from bounds_of_safety import START, faulted_s
from claims import (
    STOP,
    departures_s,
    ended_standing,
    machine,
    never_above_the_lock,
    never_faster_again,
    told_feet_first,
)
from driving import Trouble, in_phase
from eccentread.events import CommandKind, CueKind, Judged, Outcome, Phase, Reason, Verdict
from eccentread_sim.console import Touch

GIVES_UP_S = 15.3
"""From a start that shows nothing, or a speed that is not held, to giving up."""


def test_a_start_that_does_nothing_is_not_repeated(driven):
    run = driven(machine("[commands.start]\nlie_rate = 1.0"))
    ended_standing(run, Outcome.FAULT, Reason.START_TIMED_OUT)
    [sent_s] = [t_s for t_s, data in run.writes if data == START]
    told_s = faulted_s(run, Reason.START_TIMED_OUT)
    assert told_s - sent_s <= GIVES_UP_S
    told_feet_first(run, told_s)
    assert departures_s(run) == []
    assert Verdict.CONFIRMED not in {one.verdict for one in run.of(Judged) if one.kind is CommandKind.START}


@pytest.mark.parametrize("late_s", [1.0, 5.0])
def test_a_belt_that_starts_after_it_was_given_up_is_stopped(driven, late_s):
    """The human was told that it did not start; then a hand at the console, or the machine, starts it."""
    at = Trouble(
        lambda run: Reason.START_TIMED_OUT in {getattr(one, "reason", None) for one in run.outputs},
        lambda run: run.simulator.touch(Touch.START),
        after_s=late_s,
    )
    run = driven(machine("[commands.start]\nlie_rate = 1.0"), troubles=[at])
    [moved_s] = departures_s(run)
    ended_standing(run, Outcome.FAULT, Reason.START_TIMED_OUT)
    assert run.stood_s - moved_s <= 2.0
    assert next(t_s for t_s, data in run.writes if t_s > moved_s and data == STOP) - moved_s <= 1.0


@pytest.mark.parametrize(
    "machines",
    [
        machine("[commands.speed]\nlie_rate = 1.0"),  # it stays at its own 0.5 km/h
        machine("[commands.speed]\nlie_rate = 1.0", console="start_speed_kmh = 1.1"),
    ],
)
def test_a_speed_that_is_not_held_is_no_lock(driven, machines):
    run = driven(machines)
    ended_standing(run, Outcome.FAULT, Reason.LOCK_TIMED_OUT)
    [sent_s] = [t_s for t_s, data in run.writes if data == "025000"]
    told_s = faulted_s(run, Reason.LOCK_TIMED_OUT)
    assert told_s - sent_s <= GIVES_UP_S
    told_feet_first(run, told_s)
    assert CueKind.BELT_LOCKED not in run.cues  # and so nobody was asked onto it
    assert run.stood_s - told_s <= 2.5
    never_faster_again(run, told_s)


@pytest.mark.parametrize("kind", ["start", "speed"])
@pytest.mark.parametrize("how", ['answer = "nothing"', "late_s = 6.0", "answers = 3"])
def test_a_belt_that_obeys_is_believed_whatever_is_answered(driven, kind, how):
    run = driven(machine(f"[commands.{kind}]\n{how}"))
    ended_standing(run, Outcome.FINISHED, None)
    never_above_the_lock(run)


def test_a_machine_that_is_slow_over_its_start_is_stopped_as_soon_as_it_listens(driven):
    """It answers after 6 s and takes no other command meanwhile; its belt has begun to move by then."""
    run = driven(machine("[commands.start]\nextra_delay_s = 6.0"))
    ended_standing(run, Outcome.FAULT, Reason.COMMAND_FAILED)
    told_s = faulted_s(run, Reason.COMMAND_FAILED)
    told_feet_first(run, told_s)
    listens_s = next(t_s for t_s, data in run.writes if data == START) + 6.06
    stop_s = next(t_s for t_s, data in run.writes if data == STOP)
    assert stop_s - max(told_s, listens_s) <= 0.1
    assert run.stood_s - stop_s <= 2.0
    never_faster_again(run, told_s)


def test_a_stop_during_the_wait_for_a_start_is_a_stop(driven):
    ask = Trouble(in_phase(Phase.STARTING), lambda run: run.stop(), after_s=2.0)
    run = driven(machine("[commands.start]\nlie_rate = 1.0"), troubles=[ask])
    ended_standing(run, Outcome.STOPPED, Reason.STOP_ASKED)
    assert departures_s(run) == []
