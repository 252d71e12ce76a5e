"""The link drops, at any moment, once, for a while, for good or again and again.

The program cannot stop the belt then, and says so at once; its first word on return is *stop*, and nothing
ever resumes.
"""

import pytest

from bounds_of_safety import (
    LOOK_S,
    ROUNDING_S,
    SLOWING_S,
    STOP,
    TICK_S,
    back_s,
    claims_hold,
    ended,
    faulted_s,
    nothing_resumes,
    said,
    stands_within,
    stopped_s,
    told_body_first,
)
from driving import MOMENTS, WITH_REST, Trouble, in_phase, mid_push
from eccentread.events import BeltMayRun, BeltStands, CueKind, Outcome, Phase, Reason
from eccentread_sim.script import What
from mishaps import drops, flaps, happens, stays_away

RUNNING = ("countdown", "locking", "signal check", "mid-push", "between pushes", "rest", "stopping")
STANDING = ("observing", "checklist")

SUBSCRIBED_S = 0.2 + LOOK_S
"""From a link that is up to *stop*: three gaps between four subscriptions."""
SOUGHT_S = 1.6
"""From a machine that advertises again to a link: the pause between two attempts, and the attempt."""
LEFT_ALONE_S = 20.0 + 2.0 + 10.0
"""How long an attempt to connect may take, to be cancelled, and to give back what it had of a connection."""
AWAY_S = 20.0
GIVE_UP_S = 600.0


def gone_s(driven) -> float:
    """When the program lost the link first: at the instant of the trouble, and said so at that instant."""
    lost_s = faulted_s(driven, Reason.LINK_LOST)
    assert lost_s - driven.befell_s[0] <= LOOK_S + ROUNDING_S
    told_body_first(driven, CueKind.EMERGENCY, lost_s)
    return lost_s


def stopped_on_return(driven, lost_s: float) -> float:
    """When the machine was told to stop: its first command on the first link that lasted."""
    first = next(data for t_s, data in driven.writes if t_s > lost_s)
    assert first == STOP
    nothing_resumes(driven, lost_s)
    claims_hold(driven)
    ended(driven, Outcome.FAULT, Reason.LINK_LOST)
    return stopped_s(driven, lost_s)


@pytest.mark.parametrize("moment", RUNNING)
def test_a_link_that_is_back_at_once_carries_a_stop_and_nothing_else(moment, driven):
    session = driven("default", protocol=WITH_REST, troubles=[Trouble(MOMENTS[moment], drops)])
    lost_s = gone_s(session)
    assert stopped_on_return(session, lost_s) - lost_s <= SUBSCRIBED_S
    stands_within(session, SUBSCRIBED_S + SLOWING_S, lost_s)


@pytest.mark.parametrize("moment", RUNNING[:-1])
def test_a_machine_that_stays_away_is_sought_and_stopped_as_soon_as_it_is_back(moment, driven):
    session = driven("default", protocol=WITH_REST, troubles=stays_away(MOMENTS[moment], AWAY_S))
    lost_s = gone_s(session)
    stop_s = stopped_on_return(session, lost_s)
    assert stop_s - lost_s <= AWAY_S + SOUGHT_S + SUBSCRIBED_S
    assert stop_s - back_s(session, lost_s)[-1] <= SUBSCRIBED_S
    stands_within(session, SLOWING_S, stop_s)


def test_a_belt_that_stops_while_the_machine_is_away_is_left_to_the_human_who_sees_it(driven):
    session = driven("default", troubles=stays_away(in_phase(Phase.STOPPING), AWAY_S))
    lost_s = gone_s(session)
    stands_within(session, SLOWING_S, lost_s)
    claims_hold(session)
    ended(session, Outcome.FAULT, Reason.LINK_LOST)


def test_a_machine_that_never_comes_back_is_never_said_to_stand(driven):
    session = driven("default", troubles=stays_away(mid_push, 5000.0))
    lost_s = gone_s(session)
    assert session.speeds[-1][1] > 0.5  # it really runs on: no program can stop it
    assert session.of(BeltMayRun)
    assert not session.of(BeltStands)
    assert session.end.t_s - lost_s <= GIVE_UP_S + TICK_S
    assert said(session, lost_s) == [CueKind.EMERGENCY, CueKind.BELT_MAY_RUN]
    ended(session, Outcome.FAULT, Reason.LINK_LOST)


def test_who_pulls_the_key_as_told_ends_the_session_by_seeing_the_belt_stand(driven):
    key = Trouble(in_phase(Phase.LINK_LOST), happens(What.SAFETY_KEY), after_s=1.0)
    session = driven("default", troubles=[*stays_away(mid_push, 5000.0), key])
    lost_s = gone_s(session)
    stands_within(session, 1.0 + SLOWING_S, lost_s)
    claims_hold(session)
    assert session.end.t_s - lost_s <= 10.0
    ended(session, Outcome.FAULT, Reason.LINK_LOST)


@pytest.mark.parametrize("moment", RUNNING)
def test_a_link_that_flaps_carries_a_stop_on_the_first_return_that_lasts(moment, driven):
    session = driven("default", protocol=WITH_REST, troubles=flaps(MOMENTS[moment], 6, every_s=1.2))
    lost_s = gone_s(session)
    assert stopped_on_return(session, lost_s) - lost_s <= SUBSCRIBED_S
    stands_within(session, SUBSCRIBED_S + SLOWING_S, lost_s)


@pytest.mark.parametrize("moment", ["locking", "mid-push"])
def test_returns_too_short_for_a_word_are_followed_by_one_that_is_not(moment, driven):
    session = driven("default", troubles=flaps(MOMENTS[moment], 12, every_s=0.35))
    lost_s, last_s = gone_s(session), session.befell_s[-1]
    assert stopped_on_return(session, lost_s) - last_s <= SOUGHT_S + SUBSCRIBED_S
    stands_within(session, SOUGHT_S + SUBSCRIBED_S + SLOWING_S, last_s)


@pytest.mark.parametrize("moment", ["locking", "mid-push"])
def test_a_connection_lost_in_the_making_that_never_ends_is_not_the_last(moment, driven):
    """One of these drops falls on the instant of a connection, and this radio does not get over that."""
    session = driven("default", troubles=flaps(MOMENTS[moment], 10, every_s=0.3))
    lost_s, last_s = gone_s(session), session.befell_s[-1]
    assert stopped_on_return(session, lost_s) - last_s <= LEFT_ALONE_S + SOUGHT_S + SUBSCRIBED_S
    stands_within(session, LEFT_ALONE_S + SOUGHT_S + SUBSCRIBED_S + SLOWING_S, last_s)


@pytest.mark.parametrize("moment", STANDING)
def test_a_machine_lost_before_anything_moved_is_given_up(moment, driven):
    session = driven("default", troubles=[Trouble(MOMENTS[moment], drops)])
    lost_s = faulted_s(session, Reason.LINK_LOST)
    assert session.end.t_s == lost_s
    assert not session.of(BeltMayRun)
    assert not any(speed for _, speed in session.speeds)
    assert [data for t_s, data in session.writes if t_s > lost_s] == []
    ended(session, Outcome.FAULT, Reason.LINK_LOST)


def test_a_link_lost_once_the_belt_stands_changes_nothing(driven):
    session = driven("default", troubles=[Trouble(MOMENTS["questions"], drops)])
    [befell_s] = session.befell_s
    assert session.faults == []
    assert [data for t_s, data in session.writes if t_s > befell_s] == []
    claims_hold(session)
    ended(session, Outcome.FINISHED, None)
