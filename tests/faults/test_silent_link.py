"""Nothing arrives any more, and nobody says that the link is gone: the age of the data decides (S4)."""

import pytest

from bounds_of_safety import (
    ROUNDING_S,
    SLOWING_S,
    STOP,
    TICK_S,
    asked_to_stop_s,
    claims_hold,
    ended,
    faulted_s,
    heard_s,
    nothing_resumes,
    said,
    shrugged_off,
    silence_s,
    stands_within,
    stopped_s,
    told_body_first,
)
from driving import MOMENTS, WITH_REST, Trouble, mid_push
from eccentread.events import BeltMayRun, CueKind, Outcome, Reason, StopAsked
from mishaps import falls_silent, goes_unheard, machine

INTERVAL_S = 0.25
"""The default machine's."""
RUNNING = ("countdown", "locking", "signal check", "mid-push", "between pushes", "rest")
TIMES_OUT_S = 15.0
"""After so much silence both ends notice that the link is gone."""
SUBSCRIBED_S = 0.65
UNCONFIRMED_S = 8.0
"""From the first *stop* that shows nothing to the words of a human's last resort, and one turn."""


def stopped_for_silence(driven, interval_s: float = INTERVAL_S) -> float:
    """When the program asked for the stop, at the same instant as it told the athlete."""
    asked_s = asked_to_stop_s(driven)
    assert asked_s - heard_s(driven, asked_s) <= silence_s(interval_s)
    assert faulted_s(driven, Reason.SILENT) == asked_s
    told_body_first(driven, CueKind.EMERGENCY, asked_s)
    nothing_resumes(driven, asked_s)
    claims_hold(driven)
    ended(driven, Outcome.FAULT, Reason.SILENT)
    return asked_s


@pytest.mark.parametrize("moment", RUNNING)
def test_a_machine_that_is_not_heard_but_hears_is_stopped(moment, driven):
    session = driven("default", protocol=WITH_REST, troubles=[Trouble(MOMENTS[moment], goes_unheard(60.0))])
    asked_s = stopped_for_silence(session)
    assert stopped_s(session) - asked_s <= ROUNDING_S
    stands_within(session, SLOWING_S, asked_s)
    unconfirmed_s = faulted_s(session, Reason.STOP_UNCONFIRMED)
    assert UNCONFIRMED_S <= unconfirmed_s - asked_s <= UNCONFIRMED_S + 1.0 + TICK_S
    told_body_first(session, CueKind.EMERGENCY, unconfirmed_s)  # no report says that it worked


@pytest.mark.parametrize("moment", RUNNING)
def test_a_link_on_which_nothing_gets_through_is_told_at_once_and_carries_a_stop_when_it_is_new(
    moment, driven
):
    trouble = Trouble(MOMENTS[moment], falls_silent(TIMES_OUT_S))
    session = driven("default", protocol=WITH_REST, troubles=[trouble])
    stopped_for_silence(session)
    lost_s = session.befell_s[0] + TIMES_OUT_S
    assert faulted_s(session, Reason.LINK_LOST) == pytest.approx(lost_s, abs=ROUNDING_S)
    assert next(data for t_s, data in session.writes if t_s > session.befell_s[0]) == STOP
    assert stopped_s(session) - lost_s <= SUBSCRIBED_S
    stands_within(session, SUBSCRIBED_S + SLOWING_S, lost_s)


@pytest.mark.parametrize(("interval_s", "moment"), [(2.0, "signal check"), (1.0, "mid-push")])
def test_a_slow_machine_is_given_four_of_its_own_intervals(interval_s, moment, driven):
    trouble = Trouble(MOMENTS[moment], goes_unheard(60.0))
    session = driven(machine(interval_s=interval_s), troubles=[trouble])
    asked_s = stopped_for_silence(session, interval_s)
    assert asked_s - heard_s(session, asked_s) >= 3.9 * interval_s
    assert stopped_s(session) - asked_s <= ROUNDING_S
    stands_within(session, SLOWING_S, asked_s)


def test_a_fast_machine_is_given_no_less_than_a_slow_one(driven):
    trouble = Trouble(MOMENTS["signal check"], goes_unheard(60.0))
    session = driven(machine(interval_s=0.02), troubles=[trouble])
    asked_s = stopped_for_silence(session)
    assert asked_s - heard_s(session, asked_s) >= 2.3
    stands_within(session, SLOWING_S, asked_s)


def test_silences_shorter_than_the_limit_at_every_moment_stop_nobody(driven):
    silences = [Trouble(when, goes_unheard(2.0)) for name, when in MOMENTS.items() if name != "mid-push"]
    session = driven("default", protocol=WITH_REST, troubles=silences)
    assert len(session.befell_s) == len(silences)
    shrugged_off(session, sets=2)
    claims_hold(session)


def test_a_short_silence_in_a_push_stops_nobody(driven):
    session = driven("default", troubles=[Trouble(mid_push, goes_unheard(2.0))])
    shrugged_off(session)


def test_a_slow_machine_may_lose_two_reports_in_a_row(driven):
    trouble = Trouble(MOMENTS["signal check"], goes_unheard(5.5))
    session = driven(machine(interval_s=2.0), troubles=[trouble])
    assert session.faults == [Reason.CANNOT_COUNT]  # at the end of the check, as always
    claims_hold(session)


@pytest.mark.parametrize("trouble", [goes_unheard(60.0), falls_silent(TIMES_OUT_S)])
@pytest.mark.parametrize("moment", ["observing", "checklist"])
def test_a_machine_that_falls_silent_before_anything_moved_is_given_up(moment, trouble, driven):
    session = driven("default", troubles=[Trouble(MOMENTS[moment], trouble)])
    [befell_s] = session.befell_s
    assert [data for t_s, data in session.writes if t_s > befell_s] == []
    assert not session.of(BeltMayRun)
    assert not any(speed for _, speed in session.speeds)
    assert session.end.t_s - befell_s <= TIMES_OUT_S + TICK_S + ROUNDING_S
    assert session.end.outcome is Outcome.FAULT


def test_a_stop_asked_for_on_a_silent_link_is_tried_all_the_while_and_comes_first_on_the_next(driven):
    session = driven(
        "default",
        troubles=[
            Trouble(mid_push, falls_silent(TIMES_OUT_S)),
            Trouble(mid_push, lambda run: run.stop(), after_s=0.5),
        ],
    )
    asked_s = next(one.t_s for one in session.inputs if isinstance(one, StopAsked))
    assert asked_to_stop_s(session) == asked_s
    told_body_first(session, CueKind.STEP_OFF, asked_s)
    unconfirmed_s = faulted_s(session, Reason.STOP_UNCONFIRMED)
    assert unconfirmed_s - asked_s <= UNCONFIRMED_S + 1.0 + TICK_S
    told_body_first(session, CueKind.EMERGENCY, unconfirmed_s)
    lost_s = session.befell_s[0] + TIMES_OUT_S
    assert stopped_s(session) - lost_s <= SUBSCRIBED_S
    assert CueKind.EMERGENCY in said(session, lost_s)
    nothing_resumes(session, asked_s)
    stands_within(session, SUBSCRIBED_S + SLOWING_S, lost_s)
    claims_hold(session)


@pytest.mark.parametrize("trouble", [goes_unheard(60.0), falls_silent(TIMES_OUT_S)])
def test_a_stop_that_nobody_saw_work_is_not_called_a_standstill(trouble, driven):
    session = driven("default", troubles=[Trouble(MOMENTS["stopping"], trouble)])
    [befell_s] = session.befell_s
    unconfirmed_s = faulted_s(session, Reason.STOP_UNCONFIRMED)
    assert unconfirmed_s - befell_s <= UNCONFIRMED_S + 1.0 + TICK_S
    told_body_first(session, CueKind.EMERGENCY, unconfirmed_s)
    assert CueKind.BELT_STOPPED not in [cue for cue in said(session, befell_s) if cue][:1]
    claims_hold(session)
    stands_within(session, SLOWING_S, befell_s)
    ended(session, Outcome.FAULT, Reason.SILENT)
