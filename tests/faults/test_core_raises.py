"""The session itself fails, at any moment and on any input: the belt is stopped at once, and that is told."""

import pytest

from driving import MOMENTS, WITH_REST, Running, Trouble
from eccentread.events import (
    Ask,
    CommandAnswered,
    CueKind,
    Notified,
    Outcome,
    PhaseChanged,
    Reason,
    RepCounted,
    SetEnded,
    StopAsked,
    TimePassed,
)

START, SET_SPEED, STOP = "07", "02", "0801"
AT_ONCE_S = 0.25
"""The next input is at most a tick of 0.2 s away, and a write at most a few milliseconds."""
RAMP_S = 3.0
"""The default machine's own way from 0.8 km/h to a standstill, and the time to write the stop."""


def failing(on: type | None = None):
    """From now on the session raises, on inputs of a kind or on any."""

    def do(run: Running) -> None:
        assert run.runner is not None
        session = run.runner._session
        sound = session.feed

        def feed(happened):
            if on is None or isinstance(happened, on):
                raise ZeroDivisionError("a mistake in the program")
            return sound(happened)

        session.feed = feed

    return do


def see_stopped(run, within_s: float) -> None:
    """It was stopped at the machine so soon, told so, and nothing else was asked of the belt from then on."""
    [befell_s] = run.befell_s
    after = [(t_s - befell_s, data) for t_s, data in run.writes if t_s > befell_s]
    assert after[0][1] == STOP
    assert after[0][0] <= within_s
    assert not [data for _, data in after if data.startswith((START, SET_SPEED))]
    assert run.stood_s - befell_s <= within_s + RAMP_S
    told_s = next(cue.t_s for cue in run.outputs if getattr(cue, "kind", None) is CueKind.EMERGENCY)
    assert 0 <= told_s - befell_s <= within_s
    assert run.faults[-1] is Reason.PROGRAM_FAILED
    assert (run.end.outcome, run.end.reason) == (Outcome.FAULT, Reason.PROGRAM_FAILED)


AT_REST = ("observing", "checklist", "questions")
WATCHED_S = 15.0
"""A belt at rest is watched for as long as something that was sent before may start it."""


@pytest.mark.parametrize("moment", sorted(MOMENTS.keys() - set(AT_REST)))
def test_it_is_stopped_at_once_and_told(driven, moment):
    run = driven("default", protocol=WITH_REST, troubles=[Trouble(MOMENTS[moment], failing())])
    see_stopped(run, AT_ONCE_S)


@pytest.mark.parametrize(
    ("moment", "personality"),
    [*((moment, "default") for moment in AT_REST), ("checklist", "stop-toggles")],
)
def test_a_belt_at_rest_is_only_watched_for_a_stop_could_start_it(driven, moment, personality):
    run = driven(personality, troubles=[Trouble(MOMENTS[moment], failing())], linger_s=15.0)
    [befell_s] = run.befell_s
    assert [data for t_s, data in run.writes if t_s > befell_s] == []
    assert [speed for t_s, speed in run.speeds if t_s > befell_s and speed] == []
    assert run.end.reason is Reason.PROGRAM_FAILED
    assert WATCHED_S <= run.end.t_s - befell_s <= WATCHED_S + 2 * AT_ONCE_S


@pytest.mark.parametrize("moment", ["locking", "mid-push", "questions"])
def test_a_machine_that_a_stop_at_rest_starts_stands_in_the_end(driven, moment):
    run = driven("stop-toggles", troubles=[Trouble(MOMENTS[moment], failing())], linger_s=15.0)
    assert run.stands


@pytest.mark.parametrize("kind", [Notified, TimePassed])
def test_whatever_it_fails_on(driven, kind):
    run = driven("default", troubles=[Trouble(MOMENTS["mid-push"], failing(kind))])
    see_stopped(run, AT_ONCE_S)


def test_a_stop_that_it_fails_on_is_a_stop(driven):
    """A session that can no longer take a stop: the one who asks for it gets it all the same."""

    def do(run: Running) -> None:
        failing(StopAsked)(run)
        run.stop()

    see_stopped(driven("default", troubles=[Trouble(MOMENTS["mid-push"], do)]), 0.05)


def test_an_answer_that_it_fails_on_while_the_belt_starts(driven):
    run = driven("default", troubles=[Trouble(MOMENTS["locking"], failing(CommandAnswered))])
    assert run.end.reason is Reason.PROGRAM_FAILED
    assert run.stands


def test_a_link_lost_while_it_fails_is_taken_up_again_and_the_stop_goes_first(driven):
    def do(run: Running) -> None:
        failing()(run)
        run.simulator.drop_link()

    run = driven("default", troubles=[Trouble(MOMENTS["mid-push"], do)])
    [befell_s] = run.befell_s
    back_s = next(line["t_s"] for line in run.happened("link") if line["up"] and line["t_s"] > befell_s)
    first = next((t_s, data) for t_s, data in run.writes if t_s > back_s)
    assert first[1] == STOP
    assert not [data for t_s, data in run.writes if t_s > befell_s and data.startswith((START, SET_SPEED))]
    assert run.stands
    assert run.end.reason is Reason.PROGRAM_FAILED


def test_nobody_is_asked_and_nothing_counts_any_more(driven):
    run = driven("default", troubles=[Trouble(MOMENTS["mid-push"], failing())])
    [befell_s] = run.befell_s
    later = [one for one in run.outputs if one.t_s > befell_s]
    assert [one for one in later if isinstance(one, Ask | RepCounted | SetEnded | PhaseChanged)] == []
