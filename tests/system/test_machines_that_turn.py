"""Machines that change what they do in mid-session: they are not fought, and not left running."""

from itertools import pairwise

import pytest

from eccentread.events import Cue, CueKind
from eccentread.session.profile import Match, Profile

MACHINE = """
description = "Turns"
[machine]
name = "SIM Turns"
[drive]
archetype = "C"
[reporting]
interval_s = 0.25
{reporting}
[console]
speed_min_kmh = 0.3
{console}
{more}
"""
LINGER_S = 40.0
"""How long the belt is watched after the session."""


def machine(console: str = "", reporting: str = "", more: str = "") -> str:
    return MACHINE.format(console=console, reporting=reporting, more=more)


def locked(output) -> bool:
    return isinstance(output, Cue) and output.kind is CueKind.BELT_LOCKED


@pytest.mark.parametrize("speed_kmh", [0.5, 1.1])
def test_keeping_a_belt_alive_does_not_fight_the_console(driven, speed_kmh):
    touch = f'[[script]]\nwhat = "speed"\nat_s = 15\nsince = "motion"\nspeed_kmh = {speed_kmh}\nstatus = ""'
    known = Profile("p", "P", match=Match(names=("*",)), keep_alive_s=2.0, unit_verified=True)
    run = driven(machine(more=touch), profiles=(known,))
    assert "changed-on-console" in run.faults
    assert run.stands


def test_a_stop_that_always_lacks_control_gives_way_to_a_pause(driven):
    run = driven(machine(more='[commands.stop]\nanswer = "not-permitted"'), leave=locked)
    assert any(data == "0802" for _, data in run.writes)
    assert run.stands


def test_stops_that_start_the_belt_become_fewer(driven):
    run = driven(
        machine('stop_at_rest = "starts"\ncountdown_s = 5.0'), leave=locked, seed=0, linger_s=LINGER_S
    )
    starts = sum(before[1] == 0 < after[1] for before, after in pairwise(run.speeds))
    assert starts <= 3
    assert run.stands


def test_a_persons_yes_is_not_the_end_while_the_last_stop_may_start_the_belt(driven):
    run = driven(
        machine('stop_at_rest = "starts"\nstale_speed_s = 2', 'source = "set-point"'),
        leave=locked,
        seed=0,
        linger_s=LINGER_S,
    )
    assert run.stands
