"""A machine that does not obey *stop*: again, slower, pause, and words for the human (S3).

The escalation is seen where it arrives: in what the machine's control point took, and when.
"""

import asyncio
from itertools import pairwise

import pytest

from bounds_of_safety import faulted_s
from claims import (
    PAUSE,
    STOP,
    commanded_kmh,
    ended_standing,
    machine,
    never_above_the_lock,
    never_faster_again,
    speed_at,
    told_feet_first,
    written,
)
from driving import Trouble, between_pushes
from eccentread.events import Answered, CueKind, FaultRaised, Outcome, Reason
from eccentread_sim.console import Touch

SLOWER = "023200"
"""To 0.5 km/h, the lowest of this machine."""
DEAF = "[commands.stop]\nlie_rate = 1.0\n[commands.pause]\nlie_rate = 1.0"
REPEAT_S = 0.75
"""Between one word and the next in the first three seconds: half a second, and the next look at the clock."""
SLOWER_S, PAUSE_S, HUMAN_S = 4.2, 7.0, 8.25
"""From the ask to the first of each other word, and to the words for the human."""


def stopped(driven, how, *more, **given):
    """Somebody asks for a stop between two pushes."""
    ask = Trouble(between_pushes, lambda run: run.stop(), after_s=0.5)
    return driven(machine(how), troubles=[ask, *more], **given)


def first_s(run, data):
    return next(t_s for t_s, one in run.writes if t_s >= run.befell_s[0] and one == data) - run.befell_s[0]


@pytest.mark.parametrize(("ignored", "stands_s"), [(1, 2.2), (3, 3.2), (6, 6.0)])
def test_a_machine_that_ignores_its_first_stops_hears_more_of_them(driven, ignored, stands_s):
    run = stopped(driven, f"[commands.stop]\nlie_first = {ignored}")
    [at_s] = run.befell_s
    ended_standing(run, Outcome.STOPPED, Reason.STOP_ASKED)
    told_feet_first(run, at_s)
    assert written(run, at_s).count(STOP) > ignored
    assert run.stood_s - at_s <= stands_s
    never_faster_again(run, at_s)


@pytest.mark.parametrize(
    "how",
    ["lie_first = 20", 'answer = "failed"', 'answer = "not-supported"', 'answer = "invalid-parameter"'],
)
def test_a_machine_that_will_not_stop_is_slowed_and_paused(driven, how):
    run = stopped(driven, f"[commands.stop]\n{how}")
    [at_s] = run.befell_s
    ended_standing(run, Outcome.STOPPED, Reason.STOP_ASKED)
    told_feet_first(run, at_s)
    assert first_s(run, STOP) <= 0.1
    assert first_s(run, SLOWER) <= SLOWER_S
    assert first_s(run, PAUSE) <= PAUSE_S
    assert run.stood_s - at_s <= PAUSE_S + 1.3
    assert CueKind.EMERGENCY not in run.cues
    never_faster_again(run, at_s)


def test_a_machine_that_always_lacks_control_for_a_stop_is_paused_as_soon(driven):
    run = stopped(driven, '[commands.stop]\nanswer = "not-permitted"')
    [at_s] = run.befell_s
    told_feet_first(run, at_s)
    assert first_s(run, SLOWER) <= SLOWER_S + 1.0  # a request for control between words
    assert first_s(run, PAUSE) <= PAUSE_S + 1.5
    assert run.stood_s - at_s <= PAUSE_S + 3.0
    never_faster_again(run, at_s)


def test_twenty_stops_are_heard_by_a_machine_that_knows_no_pause_either(driven):
    run = stopped(driven, "[commands.stop]\nlie_first = 20\n[commands.pause]\nlie_rate = 1.0")
    [at_s] = run.befell_s
    ended_standing(run, Outcome.FAULT, Reason.STOP_UNCONFIRMED)
    assert speed_at(run, at_s + SLOWER_S + 1.0) == pytest.approx(0.5, abs=0.05)
    assert run.said_s(CueKind.EMERGENCY) - at_s <= HUMAN_S
    assert run.stood_s - at_s <= 45.0
    never_faster_again(run, at_s)


def test_the_whole_escalation_until_a_human_pulls_the_key(driven):
    """The belt creeps on at its lowest until the key stops it; the words come eight seconds after the ask."""
    key = Trouble(
        lambda run: CueKind.EMERGENCY in {getattr(one, "kind", None) for one in run.outputs},
        lambda run: run.simulator.touch(Touch.SAFETY_KEY),
        after_s=4.0,
    )
    run = stopped(driven, DEAF, key)
    at_s, key_s = run.befell_s
    words = [(t_s, data) for t_s, data in run.writes if at_s <= t_s < key_s]
    assert [data for _, data in words][:5] == [STOP] * 5
    assert all(b - a <= REPEAT_S for (a, _), (b, _) in pairwise(words[:5]))
    assert max(b - a for (a, _), (b, _) in pairwise(words)) <= 1.3
    assert first_s(run, SLOWER) <= SLOWER_S
    assert first_s(run, PAUSE) <= PAUSE_S
    told_s = faulted_s(run, Reason.STOP_UNCONFIRMED)
    assert told_s - at_s <= HUMAN_S
    told_feet_first(run, told_s)
    fault = next(one for one in run.of(FaultRaised) if one.reason is Reason.STOP_UNCONFIRMED)
    assert "pull the safety key" in fault.text
    ended_standing(run, Outcome.FAULT, Reason.STOP_UNCONFIRMED)
    assert run.stood_s - key_s <= 0.6
    never_faster_again(run, at_s)


def test_a_belt_that_nobody_stops_is_not_called_stopped(driven):
    run = stopped(driven, DEAF)
    [at_s] = run.befell_s
    assert run.end is not None
    assert (run.end.outcome, run.end.reason) == (Outcome.FAULT, Reason.STOP_UNCONFIRMED)
    assert not run.stands
    assert run.end.t_s - at_s == pytest.approx(600.0, abs=1.0)
    assert CueKind.BELT_STOPPED not in run.cues
    assert run.cues[-1] is CueKind.BELT_MAY_RUN
    late = [t_s for t_s, _ in run.writes if t_s > at_s]
    assert max(b - a for a, b in pairwise(late)) <= 3.3  # to the last, at changing paces
    assert {commanded_kmh(data) for _, data in run.writes if commanded_kmh(data) is not None} == {0.8, 0.5}


@pytest.mark.parametrize("code", [0x03, 0x80, 0xFC])
def test_a_stop_that_the_link_itself_refuses_is_answered_by_slowing_down(driven, code):
    """ATT errors for stop and pause alike: neither reaches the machine; the human is told in time."""
    key = Trouble(
        lambda run: CueKind.EMERGENCY in {getattr(one, "kind", None) for one in run.outputs},
        lambda run: run.simulator.touch(Touch.SAFETY_KEY),
        after_s=2.0,
    )
    run = stopped(driven, f"[gatt.delivery]\nrejects = [8]\nrejects_with = {code}", key)
    at_s, _ = run.befell_s
    told_feet_first(run, at_s)
    assert first_s(run, SLOWER) <= SLOWER_S
    assert run.said_s(CueKind.EMERGENCY) - at_s <= HUMAN_S
    ended_standing(run, Outcome.FAULT, Reason.STOP_UNCONFIRMED)
    never_above_the_lock(run)


def test_a_stop_without_an_answer_is_judged_by_the_belt(driven):
    run = stopped(driven, '[commands.stop]\nanswer = "nothing"')
    ended_standing(run, Outcome.STOPPED, Reason.STOP_ASKED)
    assert run.stood_s - run.befell_s[0] <= 2.0


@pytest.mark.parametrize(
    "how",
    [
        '[commands.stop]\nanswer = "stuck"\nlie_rate = 1.0',
        "[gatt.delivery]\nrejects = [8]\nrejects_with = 254",
    ],
    ids=["a stop that does nothing and never ends", "procedure already in progress, to stop alone"],
)
def test_a_machine_that_hangs_over_its_stop_hears_another_word_on_a_later_link(driven, how):
    run = stopped(driven, how, linger_s=1.0)
    [at_s] = run.befell_s
    assert run.said_s(CueKind.EMERGENCY) - at_s <= HUMAN_S
    heard = written(run, at_s)
    assert SLOWER in heard or PAUSE in heard
    assert min(speed for t_s, speed in run.speeds if t_s <= at_s + 20.0) <= 0.5


def test_what_a_person_calls_standing_against_its_reports_is_not_the_last_word(driven):
    """Asked twice, she says yes twice; the treadmill goes on reporting that its belt runs."""

    def weary(run, ask):
        if ask.question != "belt-stands":
            return False
        asyncio.get_running_loop().call_later(1.0, lambda: run.submit(Answered(run.now_s, ask.question, 1)))
        return True

    run = stopped(driven, DEAF, person=weary)
    assert run.cues[-1] is CueKind.BELT_MAY_RUN
    assert CueKind.SESSION_DONE not in run.cues
