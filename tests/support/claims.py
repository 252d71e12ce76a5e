"""What must be true of a session in which something went wrong, whatever it was: claims about real belts."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from driving import Driven, Running
from eccentread.events import Cue, FaultRaised, Outcome, Reason
from eccentread_sim.script import Happening, What

LOCK_KMH = 0.8
"""The speed of the protocols of `driving`."""
CONTROL, START, STOP, PAUSE = "00", "07", "0801", "0802"
"""What is written to the control point; `02` and a number sets a speed."""

MACHINE = """
description = "{name}"
[machine]
name = "{name}"
address = "{address}"
[drive]
archetype = "C"
compensation = 0.3
compensation_lag_s = 0.03
proportional = 0.0
integral_per_s = 0.0
[reporting]
interval_s = 0.25
{reporting}
[console]
{console}
{more}
"""


def machine(
    more: str = "",
    *,
    console: str = "",
    reporting: str = "",
    name: str = "SIM Plain",
    address: str = "F0:0D:00:00:02:01",
) -> str:
    """A machine that does what FTMS 1.0 says and measures its belt, but for what is said here."""
    return MACHINE.format(more=more, console=console, reporting=reporting, name=name, address=address)


def happens(what: What, **how: Any) -> Callable[[Running], None]:
    """For a `Trouble`: this happens to the machine."""
    return lambda run: run.simulator.happen(Happening(what, **how))


def written(run: Driven, since_s: float) -> list[str]:
    """What the machine took from `since_s` on."""
    return [data for t_s, data in run.writes if t_s >= since_s]


def fault_s(run: Driven, reason: Reason) -> float:
    """When this was told as a fault."""
    return next(one.t_s for one in run.of(FaultRaised) if one.reason is reason)


def speed_at(run: Driven, t_s: float) -> float:
    """The belt's true speed, km/h, at a time or just before."""
    return next((speed for at_s, speed in reversed(run.speeds) if at_s <= t_s), 0.0)


def fastest_kmh(run: Driven, since_s: float = 0.0) -> float:
    """The highest true speed of the belt from `since_s` on."""
    return max(speed for t_s, speed in run.speeds if t_s >= since_s)


def departures_s(run: Driven) -> list[float]:
    """When the belt truly left a standstill."""
    return [after[0] for before, after in pairwise(run.speeds) if before[1] == 0 < after[1]]


def nothing_resumes(run: Driven, since_s: float) -> None:
    """From `since_s` on nothing is written that starts the belt or makes it faster, and it never leaves a
    standstill again.
    """
    for t_s, data in run.writes:
        if t_s < since_s:
            continue
        assert data != START, f"a start at {t_s:.2f} s"
        if data.startswith("02"):
            number = int.from_bytes(bytes.fromhex(data)[1:3], "little")
            assert number / 100 < speed_at(run, t_s), f"a speed of {number} at {t_s:.2f} s"
    assert [t_s for t_s in departures_s(run) if t_s >= since_s] == []


def never_above_the_lock(run: Driven) -> None:
    """No speed was ever asked for above that of the protocol, and the belt was started once at most."""
    numbers = [
        int.from_bytes(bytes.fromhex(data)[1:3], "little") for _, data in run.writes if data[:2] == "02"
    ]
    assert max(numbers, default=0) <= round(100 * LOCK_KMH)
    assert [data for _, data in run.writes].count(START) <= 1


def told_body_first(run: Driven, since_s: float, within_s: float = 0.1) -> None:
    """The first that is said from `since_s` on tells the athlete what to do with the feet, and soon."""
    first = next(cue for cue in run.of(Cue) if cue.t_s >= since_s)
    assert first.text.startswith("Feet on the side rails"), first
    assert first.t_s - since_s <= within_s, first


def ended(run: Driven, outcome: Outcome, reason: Reason) -> None:
    """The session came to this end, for this reason, after the belt stood."""
    assert run.end is not None
    assert (run.end.outcome, run.end.reason) == (outcome, reason)
    assert run.stood_s < run.end.t_s
