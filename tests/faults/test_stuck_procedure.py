"""A machine that never ends a procedure refuses every stop on that link; over a new one it is stopped."""

import pytest

from eccentread.events import BeltReported, CueKind, FaultRaised, Reason

STUCK = """
description = "Takes a command, does it, and never says so: until the link ends no other is taken"
[machine]
name = "SIM Stuck"
[drive]
archetype = "C"
[console]
start_speed_kmh = 0.5
[commands.{kind}]
answer = "stuck"
[reporting]
interval_s = 0.25
"""
SOON_S = 12.0
"""Three seconds of refusals, a new link, control anew, and the belt's own ramp."""


@pytest.mark.parametrize("kind", ["start", "speed"])
def test_the_belt_is_stopped_over_a_new_link(driven, kind):
    locked_s: list[float] = []

    def leave(output) -> bool:
        if getattr(output, "kind", None) is CueKind.BELT_LOCKED:
            locked_s.append(output.t_s)
        return bool(locked_s) and isinstance(output, BeltReported) and output.t_s > locked_s[0] + 5.0

    run = driven(STUCK.format(kind=kind), leave=leave)
    assert run.stands
    asked_s = locked_s[0] + 5.0 if locked_s else min(one.t_s for one in run.of(FaultRaised))
    moved_s = max(t_s for t_s, speed in run.speeds if speed > 0)
    assert moved_s - asked_s < SOON_S
    assert Reason.LINK_LOST in run.faults
    assert len([line for line in run.happened("link") if line["up"]]) == 2
