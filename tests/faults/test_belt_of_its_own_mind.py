"""The belt runs before anybody asked it to, or again after it was stopped: stopped, never joined (S2)."""

import pytest

from bounds_of_safety import ONTO_THE_BELT, START, faulted_s
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
from eccentread.events import CueKind, FaultRaised, Outcome, Phase, Reason
from eccentread_sim.console import Touch
from eccentread_sim.script import What
from mishaps import happens

SEEN_S = 0.8
"""From true motion to the words for it: two reports of it, four a second."""
STANDS_S = 2.5


def by_itself(at_s, since):
    return machine(f'[[script]]\nwhat = "start"\nat_s = {at_s}\nsince = "{since}"')


@pytest.mark.parametrize("after_s", [0.0, 1.0, 4.0, 8.0])
def test_a_belt_that_starts_because_somebody_connected_is_stopped(driven, after_s):
    """Its countdown of 3 s ends while it is observed, or while the checklist is read."""
    run = driven(by_itself(after_s, "connection"))
    [moved_s] = departures_s(run)
    ended_standing(run, Outcome.FAULT, Reason.UNEXPECTED_MOTION)
    told_s = faulted_s(run, Reason.UNEXPECTED_MOTION)
    assert told_s - moved_s <= SEEN_S
    told_feet_first(run, told_s)
    assert run.said_s(CueKind.EMERGENCY) == told_s
    assert written(run, 0.0)[:1] in ([STOP], ["00"])
    assert START not in written(run, 0.0)
    assert run.stood_s - told_s <= STANDS_S
    assert ONTO_THE_BELT.isdisjoint(run.cues)
    never_faster_again(run, told_s)


def test_a_belt_that_runs_already_is_somebody_elses(driven):
    """It never stood: somebody may walk on it. Nothing is written; the words say what to do."""
    run = driven(by_itself(0.0, "power-on"), troubles=[])
    early = driven(
        machine('[[script]]\nwhat = "start"\nat_s = 0.0', console="countdown_s = 0.0\nstart_speed_kmh = 4.0")
    )
    assert run.faults[:1] == [Reason.UNEXPECTED_MOTION]  # it was seen to stand, and then to start
    assert early.end is not None
    assert (early.end.outcome, early.end.reason) == (Outcome.FAULT, Reason.UNEXPECTED_MOTION)
    assert written(early, 0.0) == []
    assert "stop it on the console" in early.of(FaultRaised)[0].text
    assert ONTO_THE_BELT.isdisjoint(early.cues)


@pytest.mark.parametrize("after_s", [1.0, 5.0, 7.0])
def test_a_belt_that_starts_again_after_it_was_stopped_is_stopped_again(driven, after_s):
    """A hand at the console, or the machine; the session watches on for 15 s after its last word."""
    again = Trouble(
        lambda run: CueKind.BELT_STOPPED in {getattr(one, "kind", None) for one in run.outputs},
        lambda run: run.simulator.touch(Touch.START),
        after_s=after_s,
    )
    ask = Trouble(in_phase(Phase.SET), lambda run: run.stop(), after_s=1.0)
    run = driven(machine(), troubles=[ask, again])
    asked_s, again_s = run.befell_s
    first, moved_s = departures_s(run)
    assert first < asked_s < again_s < moved_s
    told_s = faulted_s(run, Reason.UNEXPECTED_MOTION)
    assert told_s - moved_s <= SEEN_S
    told_feet_first(run, told_s)
    ended_standing(run, Outcome.FAULT, Reason.UNEXPECTED_MOTION)
    assert run.stood_s - told_s <= STANDS_S
    assert START not in written(run, asked_s)
    never_faster_again(run, told_s)


@pytest.mark.parametrize(
    ("console", "reporting"),
    [
        ('stop_at_rest = "starts"\ncountdown_s = 5.0', ""),
        ('stop_at_rest = "starts"\nstale_speed_s = 2', 'source = "set-point"'),
    ],
    ids=["measured", "its set-point, late"],
)
def test_a_machine_that_takes_a_stop_at_rest_for_a_start_is_brought_to_rest(driven, console, reporting):
    """Each *stop* too many starts it: they become fewer, and it is watched until none can start it any more.

    Nor is a person's yes the end of it.
    """
    ask = Trouble(in_phase(Phase.LOCKING), lambda run: run.stop(), after_s=8.0)
    run = driven(machine(console=console, reporting=reporting), seed=0, troubles=[ask], linger_s=40.0)
    [asked_s] = run.befell_s
    assert len(departures_s(run, asked_s)) <= 3
    assert run.stands
    assert run.end is not None
    assert run.stood_s < run.end.t_s


@pytest.mark.parametrize("moment", ["countdown", "locking", "signal check", "mid-push", "rest"])
def test_a_machine_that_loses_its_power_for_a_moment_ends_the_session(driven, moment):
    """The belt coasts to rest, the radio is gone for 8 s; on its return *stop* goes first (S8)."""
    reboot = Trouble(MOMENTS[moment], happens(What.REBOOT, lasts_s=8.0), after_s=0.3)
    run = driven(machine(), protocol=WITH_REST, troubles=[reboot])
    [at_s] = run.befell_s
    assert run.end is not None
    assert run.end.outcome is Outcome.FAULT
    assert run.end.reason in (Reason.SILENT, Reason.LINK_LOST, Reason.STALE_DATA)
    told_s = min(one.t_s for one in run.of(FaultRaised))
    assert told_s - at_s <= 2.9
    told_feet_first(run, told_s)
    assert run.said_s(CueKind.EMERGENCY) - at_s <= 4.6  # the link is lost 4 s after its last octet
    assert run.stood_s - at_s <= 1.0
    never_faster_again(run, at_s)


@pytest.mark.parametrize("moment", ["observing", "checklist"])
def test_a_machine_that_loses_its_power_before_the_start_is_not_started(driven, moment):
    reboot = Trouble(MOMENTS[moment], happens(What.REBOOT, lasts_s=8.0), after_s=0.3)
    run = driven(machine(), troubles=[reboot])
    assert run.end is not None
    assert run.end.outcome is Outcome.FAULT
    assert START not in written(run, 0.0)
    assert departures_s(run) == []


@pytest.mark.parametrize("since_s", [1.0, 12.0])
def test_a_machine_that_comes_back_and_starts_by_itself_is_stopped(driven, since_s):
    """Power comes back and so does the belt: nobody may stand on it, and it is stopped."""
    at = MOMENTS["rest"]
    run = driven(
        machine(),
        protocol=WITH_REST,
        troubles=[
            Trouble(at, happens(What.REBOOT, lasts_s=5.0), after_s=0.3),
            Trouble(at, lambda run: run.simulator.touch(Touch.START), after_s=5.3 + since_s),
        ],
    )
    at_s, again_s = run.befell_s
    assert run.stands
    assert run.end is not None
    assert run.stood_s < run.end.t_s
    assert run.stood_s - again_s <= 3.0 + SEEN_S + STANDS_S  # its countdown first
    assert START not in written(run, at_s)
