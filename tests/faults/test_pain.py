"""It hurts: an answer above the protocol's limit, or a key, ends the session; no answer ends nothing."""

import pytest

from bounds_of_safety import SLOWING_S, claims_hold, ended, shrugged_off, stands_within, stopped_s
from driving import MOMENTS, Trouble
from eccentread.events import Answered, Ask, CueKind, FaultRaised, Outcome, Phase, PhaseChanged, Reason
from lapsing import PROTOCOL, ends, lapsing

QUESTION = "pain-in-rest-1"


@pytest.mark.parametrize("pain", [6, 10])
def test_pain_above_the_limit_in_a_rest_stops_the_belt(driven, pain):
    run = driven(lapsing(more=f"pain_in_rest = {pain}"), protocol=PROTOCOL)
    [answer] = [one for one in run.inputs if isinstance(one, Answered) and one.question == QUESTION]
    assert answer.value == pain
    assert stopped_s(run) == pytest.approx(answer.t_s, abs=0.1)
    stands_within(run, SLOWING_S, stopped_s(run))
    ended(run, Outcome.STOPPED, Reason.PAIN)
    [fault] = run.of(FaultRaised)
    assert fault.reason is Reason.PAIN
    assert f"Pain of {pain}" in fault.text
    assert CueKind.STEP_OFF in run.cues
    assert ends(run) == [(1, 10, None)]
    claims_hold(run)


def test_pain_up_to_the_limit_is_kept_and_ends_nothing(driven):
    run = driven(lapsing(more="pain_in_rest = 5"), protocol=PROTOCOL)
    assert [one.value for one in run.inputs if isinstance(one, Answered) and one.question == QUESTION] == [5]
    shrugged_off(run, sets=2)


def test_she_is_asked_in_each_rest_and_the_rest_waits_for_nobody(driven):
    run = driven(
        lapsing(), protocol=PROTOCOL.replace("sets = 2", "sets = 3").replace("reps = 10", "reps = 2")
    )
    rests = [one for one in run.of(PhaseChanged) if one.phase is Phase.REST]
    asked = [one for one in run.of(Ask) if one.question.startswith("pain-in-rest")]
    assert [(one.t_s, one.question) for one in asked] == [
        (r.t_s, f"pain-in-rest-{r.set_index}") for r in rests
    ]
    sets = [one.t_s for one in run.of(PhaseChanged) if one.phase is Phase.SET]
    for rest, next_set_s in zip(rests, sets[1:], strict=True):
        assert next_set_s == pytest.approx(rest.t_s + 12.0, abs=0.2)


@pytest.mark.parametrize("moment", ["signal check", "mid-push", "between pushes", "rest"])
def test_the_key_for_pain_stops_the_belt_at_once(driven, moment):
    run = driven(
        lapsing(), protocol=PROTOCOL, troubles=[Trouble(MOMENTS[moment], lambda run: run.stop("pain"))]
    )
    [at_s] = run.befell_s
    assert stopped_s(run) - at_s <= 0.1
    stands_within(run, SLOWING_S, at_s)
    ended(run, Outcome.STOPPED, Reason.PAIN)
    assert {reason for _, _, reason in ends(run)} <= {None, Reason.PAIN}
    claims_hold(run)
