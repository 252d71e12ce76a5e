"""Control is refused, unanswered, answered late, or taken away: never a belt that nobody can stop."""

import pytest

from bounds_of_safety import START, faulted_s
from claims import (
    CONTROL,
    STOP,
    departures_s,
    ended_standing,
    machine,
    never_above_the_lock,
    never_faster_again,
    told_feet_first,
    written,
)
from driving import MOMENTS, WITH_REST, Trouble
from eccentread.events import FaultRaised, Outcome, Reason
from eccentread_sim.manners import Answer, Commands, Manner
from eccentread_sim.script import What
from mishaps import happens

RUNS = ["countdown", "locking", "signal check", "mid-push", "between pushes", "rest"]
STANDS_S = 2.5
"""A stop that is refused, control anew, a stop that is not, and the belt's ramp of 1.3 s."""


@pytest.mark.parametrize("answer", ["not-permitted", "failed"])
def test_a_machine_that_refuses_control_is_asked_once_and_left_alone(driven, answer):
    run = driven(machine(f'[commands.request_control]\nanswer = "{answer}"'))
    assert run.end is not None
    assert (run.end.outcome, run.end.reason) == (Outcome.FAULT, Reason.CONTROL_REFUSED)
    assert "close other apps" in run.of(FaultRaised)[0].text
    assert [data for _, data in run.writes] == [CONTROL]
    assert departures_s(run) == []


@pytest.mark.parametrize("how", ['answer = "nothing"', "late_s = 2.0", "extra_delay_s = 5.0"])
def test_an_answer_that_does_not_come_or_comes_late_is_not_waited_for(driven, how):
    run = driven(machine(f"[commands.request_control]\n{how}"))
    ended_standing(run, Outcome.FINISHED, None)
    assert [data for _, data in run.writes][:3] == [CONTROL, START, "025000"]
    never_above_the_lock(run)


def test_a_machine_that_hangs_over_the_request_is_never_set_in_motion(driven):
    run = driven(machine('[commands.request_control]\nanswer = "stuck"'))
    assert run.end is not None
    assert (run.end.outcome, run.end.reason) == (Outcome.FAULT, Reason.COMMAND_FAILED)
    assert departures_s(run) == []
    assert START not in [data for _, data in run.writes]


@pytest.mark.parametrize("moment", RUNS)
def test_control_that_is_taken_away_ends_in_a_standing_belt(driven, moment):
    """Another app, or the console: the machine says so (2ADA FF) and obeys no word until asked anew."""
    run = driven(
        machine(),
        protocol=WITH_REST,
        troubles=[Trouble(MOMENTS[moment], happens(What.TAKE_CONTROL), after_s=0.3)],
    )
    [at_s] = run.befell_s
    ended_standing(run, Outcome.FAULT, Reason.CONTROL_LOST)
    told_feet_first(run, at_s)
    assert written(run, at_s)[:3] == [STOP, CONTROL, STOP]
    assert run.writes[-1][1] == STOP
    assert run.stood_s - at_s <= STANDS_S
    never_faster_again(run, at_s)


def test_control_that_is_taken_before_the_start_ends_the_session_and_nothing_is_sent(driven):
    run = driven(machine(), troubles=[Trouble(MOMENTS["checklist"], happens(What.TAKE_CONTROL), after_s=0.3)])
    assert run.end is not None
    assert (run.end.outcome, run.end.reason) == (Outcome.FAULT, Reason.CONTROL_LOST)
    assert written(run, run.befell_s[0]) == []
    assert departures_s(run) == []


@pytest.mark.parametrize(("kind", "moves"), [("start", False), ("speed", True)])
def test_a_command_that_is_not_permitted_is_asked_for_once_more_and_no_oftener(driven, kind, moves):
    run = driven(machine(f'[commands.{kind}]\nanswer = "not-permitted"'))
    ended_standing(run, Outcome.FAULT, Reason.COMMAND_FAILED)
    told_s = faulted_s(run, Reason.COMMAND_FAILED)
    told_feet_first(run, told_s)
    word = START if kind == "start" else "025000"
    assert [data for _, data in run.writes].count(word) == 2
    assert bool(departures_s(run)) is moves
    assert run.stood_s - told_s <= STANDS_S
    never_faster_again(run, told_s)


def test_a_machine_that_forgot_who_has_control_is_stopped_at_its_second_word(driven):
    """It says nothing of it; the first *stop* is refused for want of control."""
    refuses = Commands(stop=Manner(answer=Answer.NOT_PERMITTED))
    run = driven(
        machine(),
        troubles=[
            Trouble(MOMENTS["mid-push"], happens(What.COMMANDS, commands=refuses, lasts_s=0.3), after_s=0.5),
            Trouble(MOMENTS["mid-push"], lambda run: run.stop(), after_s=0.6),
        ],
    )
    asked_s = run.befell_s[1]
    ended_standing(run, Outcome.STOPPED, Reason.STOP_ASKED)
    assert written(run, asked_s)[:3] == [STOP, CONTROL, STOP]
    assert run.stood_s - asked_s <= STANDS_S
    never_faster_again(run, asked_s)
