"""A stop is asked for, by whatever and at any moment: on the machine at once, and the belt stands (S3)."""

import pytest

from bounds_of_safety import START
from claims import (
    STOP,
    departures_s,
    ended_standing,
    machine,
    never_faster_again,
    told_feet_first,
    written,
)
from driving import MOMENTS, WITH_REST, Trouble, in_phase
from eccentread.events import Outcome, Phase, Reason
from eccentread_sim.manners import Answer, Commands, Manner
from eccentread_sim.script import What
from mishaps import happens

HEARD_S = 0.1
"""From the ask to the machine's control point."""
STANDS_S = 2.0
RUNS = ["countdown", "locking", "signal check", "mid-push", "between pushes", "rest"]
ASKS = dict.fromkeys(["key", "signal", "mqtt", "terminal", "web"], Reason.STOP_ASKED) | {"pain": Reason.PAIN}


def stops(moment, by="key", after_s=0.3):
    return Trouble(MOMENTS[moment], lambda run: run.stop(by), after_s=after_s)


def heard_s(run, asked_s):
    return next(t_s for t_s, data in run.writes if t_s >= asked_s and data == STOP) - asked_s


def ends_at_once(run, asked_s, reason=Reason.STOP_ASKED):
    ended_standing(run, Outcome.STOPPED, reason)
    assert heard_s(run, asked_s) <= HEARD_S
    told_feet_first(run, asked_s)
    assert run.stood_s - asked_s <= STANDS_S
    never_faster_again(run, asked_s)


@pytest.mark.parametrize("moment", RUNS)
def test_at_each_moment_at_which_the_belt_may_run(driven, moment):
    run = driven(machine(), protocol=WITH_REST, troubles=[stops(moment)])
    ends_at_once(run, run.befell_s[0])


@pytest.mark.parametrize("by", ASKS)
def test_whoever_asks(driven, by):
    run = driven(machine(), troubles=[stops("mid-push", by)])
    ends_at_once(run, run.befell_s[0], ASKS[by])


@pytest.mark.parametrize("moment", ["observing", "checklist"])
def test_before_the_start_it_ends_the_session_and_writes_nothing(driven, moment):
    """A few machines take a *stop* at rest for a start."""
    run = driven(machine(), troubles=[stops(moment)])
    assert run.end is not None
    assert (run.end.outcome, run.end.reason) == (Outcome.STOPPED, Reason.STOP_ASKED)
    assert set(written(run, 0.0)) <= {"00"}
    assert departures_s(run) == []


def test_before_there_is_a_link_it_ends_the_session(driven):
    run = driven(machine(), troubles=[Trouble(in_phase(Phase.CONNECTING), lambda run: run.stop(), 0.1)])
    assert written(run, 0.0) == []
    assert departures_s(run) == []


def test_while_it_stops_already_and_when_all_is_done(driven):
    for moment in ("stopping", "questions"):
        run = driven(machine(), troubles=[stops(moment)])
        assert run.end is not None
        assert run.end.outcome in (Outcome.FINISHED, Outcome.STOPPED)
        assert run.faults == []
        never_faster_again(run, run.befell_s[0])


def test_ten_times_in_a_second_is_one_stop_with_repeats(driven):
    asks = [stops("mid-push", after_s=0.3 + 0.1 * time) for time in range(10)]
    run = driven(machine(), troubles=asks)
    ends_at_once(run, run.befell_s[0])


HANGS = {
    "never answered": Manner(answer=Answer.NOTHING),
    "answered after 20 s": Manner(late_s=20.0),
}


@pytest.mark.parametrize("how", HANGS)
@pytest.mark.parametrize(("kind", "when"), [("start", "countdown"), ("speed", "locking")])
def test_it_does_not_wait_for_another_procedure(driven, kind, when, how):
    hangs = happens(What.COMMANDS, commands=Commands(**{kind: HANGS[how]}), lasts_s=60.0)
    after_s = 2.5 if kind == "speed" else 0.2  # half a second after the speed command
    run = driven(machine(), troubles=[Trouble(1.5, hangs), stops(when, after_s=after_s)])
    ends_at_once(run, run.befell_s[1])


@pytest.mark.parametrize("how", HANGS)
def test_it_does_not_wait_for_request_control(driven, how):
    """Asked again in mid-session because a stop was refused; the request hangs."""
    request = Manner(answer=Answer.NOTHING) if how == "never answered" else Manner(late_s=20.0)
    hangs = happens(What.COMMANDS, commands=Commands(request_control=request), lasts_s=30.0)
    run = driven(
        machine(),
        troubles=[
            Trouble(MOMENTS["mid-push"], hangs),
            Trouble(MOMENTS["mid-push"], happens(What.TAKE_CONTROL), after_s=0.1),
            stops("mid-push", after_s=0.7),  # the request went out 0.46 s after the refusal
        ],
    )
    asked_s = run.befell_s[2]
    assert heard_s(run, asked_s) <= HEARD_S
    assert run.stands
    never_faster_again(run, asked_s)


def test_it_does_not_wait_for_the_first_request_for_control(driven):
    """The belt stands: the session ends at once, and the request's fate is nobody's business any more."""
    run = driven(
        machine('[commands.request_control]\nanswer = "stuck"'),
        troubles=[Trouble(lambda run: run.now_s > 6.2, lambda run: run.stop())],
    )
    assert run.end is not None
    assert run.end.t_s - run.befell_s[0] <= HEARD_S
    assert departures_s(run) == []


@pytest.mark.parametrize("seconds", [3.0, 7.0])
def test_a_machine_that_takes_no_command_for_a_while_gets_it_as_soon_as_it_does(driven, seconds):
    """A start whose procedure lasts: every other command is turned away meanwhile, the stop too."""
    slow = Commands(start=Manner(extra_delay_s=seconds))
    run = driven(
        machine(console="countdown_s = 0.0"),
        troubles=[
            Trouble(1.5, happens(What.COMMANDS, commands=slow, lasts_s=60.0)),
            stops("locking", after_s=0.5),
        ],
    )
    asked_s = run.befell_s[1]
    free_s = next(t_s for t_s, data in run.writes if data == START) + seconds + 0.06
    first_s = asked_s + heard_s(run, asked_s)
    if seconds < 5:
        assert first_s - free_s <= HEARD_S
    else:  # turned away for 3 s: a new link ends the procedure sooner
        assert first_s - asked_s <= 3.0 + 1.5
    assert run.stood_s - first_s <= STANDS_S
    told_feet_first(run, asked_s)
    never_faster_again(run, asked_s)


def test_a_stop_in_the_breath_after_the_start_leaves_the_belt_where_it_is(driven):
    run = driven(machine(), troubles=[Trouble(in_phase(Phase.STARTING), lambda run: run.stop())])
    [asked_s] = run.befell_s
    ended_standing(run, Outcome.STOPPED, Reason.STOP_ASKED)
    assert heard_s(run, asked_s) <= HEARD_S
    assert departures_s(run) == []
