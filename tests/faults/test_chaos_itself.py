"""What judges the program is judged: cases are what they say and shrink, and mistakes are found."""

import asyncio
from dataclasses import replace

import pytest

from chaos.case import Case, Fault, read
from chaos.drawing import case_of
from chaos.faults import DOERS
from chaos.shrinking import shrunk
from chaos.verdict import judged
from eccentread.safety import stopping
from eccentread.safety.gate import SetSpeed
from eccentread.safety.liveness import Liveness
from eccentread.safety.motion import Motion
from eccentread.safety.stopping import Progress, Stopping
from eccentread.safety.watch import Watch
from eccentread.session.belt import Belt
from eccentread.session.guided import GuidedSession
from eccentread_sim.script import What


def test_a_case_can_be_written_down_and_read_again():
    for seed in range(300):
        case = case_of(seed)
        assert read(case.written()) == case == case_of(seed)


def test_a_replayed_case_is_the_same():
    assert judged(read(case_of(5).written())) == judged(case_of(5))


def test_a_case_shrinks_to_what_it_takes():
    core = Fault("drops-link", "rest", 1.25, {"silent_s": 2.0})
    case = replace(
        case_of(17), faults=(Fault("holds-up", 3.0, 0.0, {"for_s": 1.0}), core, *case_of(3).faults)
    )
    smallest = shrunk(case, lambda one: any(fault.what == core.what for fault in one.faults))
    assert smallest == Case(1, faults=(replace(core, after_s=0.0),), patience_s=case.patience_s)


def test_a_machine_shrinks_key_by_key():
    machine = {
        "description": "A",
        "machine": {"name": "A", "model": "B"},
        "drive": {"archetype": "C", "bias": 0.9},
        "console": {"countdown_s": 1.0, "watchdog_s": 5.0},
    }
    smallest = shrunk(Case(1, machine), lambda one: "watchdog_s" in str(one.machine))
    assert smallest.machine == {
        "description": "A",
        "machine": {"name": "A"},
        "drive": {"archetype": "C"},
        "console": {"watchdog_s": 5.0},
    }


def test_a_case_that_nothing_smaller_breaks_stays_as_it_is():
    case = case_of(23)
    assert shrunk(case, lambda one: False) == case


UNHEARD = {"what": What.DELIVERY, "lasts_s": 9.0, "delivery": {"lost_rate": 1.0}}
DEAF = {"lie_first": 200}
LIES = {"what": What.COMMANDS, "lasts_s": 60.0, "commands": {"stop": DEAF, "pause": DEAF, "speed": DEAF}}
LOST = Fault("happens", "signal check", 5.0, UNHEARD)
FAST = Fault("happens", "between pushes", 0.5, {"what": What.RUNAWAY, "speed_kmh": 3.0, "lasts_s": 30.0})
STOPPED = Fault("asks-for-a-stop", "signal check", 4.0, {"by": "key"})
STUBBORN = Fault("happens", "signal check", 0.0, LIES)


CHANGED = Fault("happens", "between pushes", 0.5, {"what": What.SPEED, "speed_kmh": 1.0})


def nothing(*_):
    return None


def fights(self, t_s, _):
    self._ask(SetSpeed(80), t_s)


def stands_at_once(self, *_):
    self.progress = Progress.STANDING


@pytest.mark.parametrize(
    ("where", "name", "mistake", "faults", "rule"),
    [
        (Watch, "_not_fast", nothing, [FAST], "s5_over_speed_is_answered_by_stop"),
        (Liveness, "dead", lambda *_: False, [LOST], "s4_silence_is_answered_by_stop"),
        (GuidedSession, "_stop_asked", nothing, [STOPPED], "s3_stop_asked_is_sent_at_once"),
        (Stopping, "reported", stands_at_once, [STUBBORN, STOPPED], "s8_standing_is_said_of_standing_belts"),
        (stopping, "UNCONFIRMED_S", 1e9, [STUBBORN, STOPPED], "s3_a_belt_that_does_not_stop_is_told_of"),
        (Belt, "_status", fights, [CHANGED], "s6_the_console_is_never_fought"),
        (Motion, "suspected", lambda *_: [], [], "the_latch_is_set_before_the_belt_moves"),
    ],
)
def test_a_mistake_in_the_program_is_found(monkeypatch, where, name, mistake, faults, rule):
    case = Case(1, faults=tuple(faults))
    assert judged(case).complaints == {}
    monkeypatch.setattr(where, name, mistake)
    assert rule in judged(case).complaints


def test_a_task_that_fails_and_nobody_asks_why_is_found(monkeypatch):
    async def fails():
        raise RuntimeError("nobody looks")

    monkeypatch.setitem(DOERS, "fails-unseen", lambda run: run.meddling.add(asyncio.ensure_future(fails())))
    monkeypatch.setitem(DOERS, "forgets", lambda run: run.meddling.clear())
    case = Case(1, faults=(Fault("fails-unseen", 3.0), Fault("forgets", 4.0)), patience_s=10.0)
    assert "nobody looks" in judged(case).complaints["the_program_does_not_fail"]
