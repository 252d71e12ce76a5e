"""The safety key is pulled at any moment: the machine cuts its own power, and nothing is restarted (S9)."""

import pytest

from bounds_of_safety import START, faulted_s
from claims import departures_s, ended_standing, machine, never_faster_again, told_feet_first, written
from driving import MOMENTS, WITH_REST, Trouble
from eccentread.events import CueKind, Outcome, Reason
from eccentread_sim.offer import Offered
from eccentread_sim.script import What
from mishaps import happens

RUNS = ["countdown", "locking", "signal check", "mid-push", "between pushes", "rest"]
COASTS_S = 0.6
"""A belt without power comes to rest."""
RESET = b"\x01"
"""What consoles say when the key is back (Fitness Machine Status, FTMS 1.0 §4.17)."""


def pulled(driven, moment, status=None):
    """The key is pulled, and 6 s later put back."""
    at = MOMENTS[moment]
    back = happens(What.SAY, characteristic=Offered.MACHINE_STATUS, octets=RESET)
    return driven(
        machine(),
        protocol=WITH_REST,
        troubles=[
            Trouble(at, happens(What.SAFETY_KEY, status=status), after_s=0.3),
            Trouble(at, back, after_s=6.3),
        ],
        linger_s=8.0,
    )


@pytest.mark.parametrize("moment", RUNS)
def test_the_session_is_over_and_nothing_is_written_to_a_machine_without_its_key(driven, moment):
    run = pulled(driven, moment)
    at_s = run.befell_s[0]
    ended_standing(run, Outcome.FAULT, Reason.SAFETY_KEY)
    assert faulted_s(run, Reason.SAFETY_KEY) - at_s <= 0.1
    told_feet_first(run, at_s)
    assert written(run, at_s) == []
    assert run.stood_s - at_s <= COASTS_S
    never_faster_again(run, at_s)


def test_a_key_pulled_before_the_start_ends_the_session_before_anything_moves(driven):
    run = pulled(driven, "checklist")
    at_s = run.befell_s[0]
    assert run.end is not None
    assert (run.end.outcome, run.end.reason) == (Outcome.FAULT, Reason.SAFETY_KEY)
    assert departures_s(run) == []
    assert written(run, at_s) == []


@pytest.mark.parametrize("moment", ["stopping", "questions"])
def test_a_key_pulled_when_all_is_done_is_nobodys_fault(driven, moment):
    run = pulled(driven, moment)
    assert run.end is not None
    assert (run.end.outcome, run.faults) == (Outcome.FINISHED, [])
    never_faster_again(run, run.befell_s[0])


@pytest.mark.parametrize("moment", ["mid-push", "rest"])
def test_a_key_of_which_the_machine_says_nothing_is_a_belt_that_stopped(driven, moment):
    run = pulled(driven, moment, status=b"")
    at_s = run.befell_s[0]
    ended_standing(run, Outcome.FAULT, Reason.BELT_STOPPED)
    assert run.stood_s - at_s <= COASTS_S
    told_s = faulted_s(run, Reason.BELT_STOPPED)
    assert told_s - run.stood_s <= 3.6  # a push may stall a belt for 3 s
    told_feet_first(run, told_s)
    assert START not in written(run, at_s)
    never_faster_again(run, at_s)


def test_the_emergency_is_over_for_whoever_pulled_the_key(driven):
    """The words tell her to keep off the belt, not to pull what she has pulled."""
    run = pulled(driven, "between pushes")
    after = [cue for cue in run.cues if cue in (CueKind.EMERGENCY, CueKind.STEP_OFF, CueKind.BELT_STOPPED)]
    assert after == [CueKind.STEP_OFF, CueKind.BELT_STOPPED]
