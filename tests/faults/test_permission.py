"""The belt moves on a human's yes alone: good once, soon, and for the belt it was said of (S2)."""

import asyncio

import pytest

from bounds_of_safety import ROUNDING_S, START, said
from claims import STOP, departures_s, machine, never_faster_again, written
from driving import Running, Trouble, in_phase
from eccentread.events import Answered, Ask, BeltReported, CueKind, Outcome, Phase, Reason
from eccentread.session.words import ARM
from eccentread_sim.console import Touch
from eccentread_sim.script import What
from mishaps import drops, goes_unheard, happens

LASTS_S = 120.0
"""How long a permission, and the question for it, is good."""


def answers(value, after_s, question=ARM):
    """Somebody who answers that question so, so long after it is asked."""

    def person(run, ask):
        if ask.question != question:
            return False
        loop = asyncio.get_running_loop()
        loop.call_later(after_s, lambda: run.submit(Answered(run.now_s, question, value)))
        return True

    return person


def says_nothing(run, ask):
    return ask.question == ARM


def yes(run):
    run.submit(Answered(run.now_s, ARM, 1))


def asked_s(run):
    return [one.t_s for one in run.outputs if isinstance(one, Ask) and one.question == ARM]


def never_started(run):
    assert START not in written(run, 0.0)
    assert departures_s(run) == []


def started_on_a_yes(run):
    """Each start follows a yes to a question that was open, within what a permission lasts."""
    granted = [
        one.t_s for one in run.inputs if isinstance(one, Answered) and (one.question, one.value) == (ARM, 1)
    ]
    for t_s in (t_s for t_s, data in run.writes if data == START):
        assert any(-ROUNDING_S <= t_s - yes_s <= LASTS_S for yes_s in granted)
        assert any(-ROUNDING_S <= t_s - ask_s <= LASTS_S + 1.0 for ask_s in asked_s(run))


@pytest.mark.parametrize("value", [0, None], ids=["no", "skipped"])
@pytest.mark.parametrize("question", [ARM, "key", "clear", "companion", "rails"])
def test_whatever_is_not_a_yes_is_a_no(driven, question, value):
    run = driven(machine(), person=answers(value, 2.0, question))
    assert run.end is not None
    assert (run.end.outcome, run.end.reason) == (Outcome.STOPPED, Reason.DECLINED)
    never_started(run)


@pytest.mark.parametrize("after_s", [0.0, 30.0, 119.0])
def test_a_yes_in_time_starts_the_belt_at_once(driven, after_s):
    run = driven(
        machine(),
        person=answers(1, after_s),
        troubles=[Trouble(in_phase(Phase.LOCKING), lambda run: run.stop())],
    )
    [start_s] = [t_s for t_s, data in run.writes if data == START]
    assert start_s - asked_s(run)[0] == pytest.approx(after_s, abs=0.1)
    started_on_a_yes(run)


def test_a_question_that_nobody_answers_for_two_minutes_is_asked_anew_from_the_side_rails(driven):
    """Who knows where the feet are by now."""
    run = driven(machine(), person=says_nothing, troubles=[Trouble(300.0, lambda run: run.stop())])
    first, second, *_ = asked_s(run)
    again = [one.question for one in run.of(Ask) if first < one.t_s <= second]
    assert again == ["rails", "pain-before", ARM]
    assert second - first >= LASTS_S
    never_started(run)
    assert written(run, 0.0) == ["00"]


def test_a_yes_after_two_minutes_is_nobodys_any_more(driven):
    """It comes while the side rails are asked for again."""
    run = driven(
        machine(),
        person=lambda run, ask: ask.question == ARM or (ask.question == "rails" and bool(asked_s(run))),
        troubles=[
            Trouble(in_phase(Phase.ARMING), yes, after_s=LASTS_S + 1.0),
            Trouble(200.0, lambda run: run.stop()),
        ],
    )
    assert len(asked_s(run)) == 1
    never_started(run)


BEFORE_THE_YES = {
    "the console stopped": happens(What.STOP, status=b"\x02\x01"),
    "control taken": happens(What.TAKE_CONTROL),
    "the key pulled": happens(What.SAFETY_KEY),
    "the link lost": drops,
    "the power lost": happens(What.REBOOT, lasts_s=3.0),
    "somebody stopped it": lambda run: run.stop(),
}


@pytest.mark.parametrize("what", BEFORE_THE_YES)
def test_a_yes_after_something_happened_starts_nothing(driven, what):
    """It was said of a machine that is no longer as it was; the next session asks again."""
    at = in_phase(Phase.ARMING)
    run = driven(
        machine(),
        person=says_nothing,
        troubles=[
            Trouble(at, BEFORE_THE_YES[what], after_s=1.0),
            *(Trouble(at, yes, after_s=after_s) for after_s in (1.05, 2.0, 6.0, 10.0)),
        ],
    )
    if what == "the power lost":  # noticed by its silence, 2.5 s later: a yes before that is good
        assert run.end is not None
        assert run.stands
        return
    never_started(run)
    assert run.end is not None
    assert run.end.outcome in (Outcome.FAULT, Outcome.STOPPED)


@pytest.mark.parametrize("unheard_s", [2.0, 4.0])
def test_a_yes_to_late_reports_starts_nothing(driven, unheard_s):
    """Not even when they come again: it was said of a belt that nobody saw."""
    at = in_phase(Phase.ARMING)
    run = driven(
        machine(),
        person=says_nothing,
        troubles=[
            Trouble(at, goes_unheard(unheard_s), after_s=1.0),
            Trouble(at, yes, after_s=2.9),
            Trouble(at, lambda run: run.stop(), after_s=20.0),
        ],
    )
    assert run.end is not None
    assert run.end.reason in (Reason.STALE_DATA, Reason.SILENT, Reason.STOP_ASKED)
    never_started(run)


def test_a_yes_to_a_belt_that_moves_already_is_no_start(driven):
    """Somebody started it at the console; one report of that has come."""

    def moves(run: Running) -> bool:
        told = [one.speed_kmh for one in run.outputs if isinstance(one, BeltReported)]
        return run.phase is Phase.ARMING and told[-1] > 0

    run = driven(
        machine(),
        person=says_nothing,
        troubles=[
            Trouble(in_phase(Phase.ARMING), lambda run: run.simulator.touch(Touch.START)),
            Trouble(moves, yes),
        ],
    )
    assert START not in written(run, 0.0)
    assert run.end is not None
    assert run.end.outcome is Outcome.FAULT
    assert run.end.reason in (Reason.NOT_STANDING, Reason.UNEXPECTED_MOTION)
    assert run.stands
    assert STOP in written(run, 0.0)


@pytest.mark.parametrize("late_s", [0.1, 20.0, 60.0])
def test_two_yeses_are_one_start(driven, late_s):
    run = driven(
        machine(),
        troubles=[
            Trouble(in_phase(Phase.STARTING), yes, after_s=late_s),
            Trouble(in_phase(Phase.SET), lambda run: run.stop(), after_s=1.0),
        ],
    )
    assert written(run, 0.0).count(START) == 1
    assert len(departures_s(run)) == 1


@pytest.mark.parametrize("what", ["the console stopped", "control taken", "the link lost"])
def test_a_yes_after_the_end_of_a_run_starts_nothing(driven, what):
    """The belt ran, something happened, it was stopped: whoever still says yes permits nothing."""
    at = in_phase(Phase.SIGNAL_CHECK)
    run = driven(
        machine(),
        troubles=[
            Trouble(at, BEFORE_THE_YES[what], after_s=1.0),
            *(Trouble(at, yes, after_s=after_s) for after_s in (1.05, 4.0, 8.0, 15.0)),
        ],
        linger_s=10.0,
    )
    at_s = run.befell_s[0]
    assert run.end is not None
    assert run.end.outcome is Outcome.FAULT
    never_faster_again(run, at_s)
    assert len(departures_s(run)) == 1
    assert run.stands
    assert CueKind.BELT_STARTING not in said(run, at_s)
