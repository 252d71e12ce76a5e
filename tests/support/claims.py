"""What must be true of a belt whose machine or console does what it should not; beside `bounds_of_safety`."""

from itertools import pairwise

from bounds_of_safety import BODY_FIRST, ROUNDING_S, START, ended
from driving import Driven
from eccentread.events import Cue, Outcome, Reason

LOCK_KMH = 0.8
"""The speed of the protocols of `driving`."""
CONTROL, STOP, PAUSE = "00", "0801", "0802"
"""What is written to the control point."""

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


def written(run: Driven, since_s: float) -> list[str]:
    """What the machine took from `since_s` on."""
    return [data for t_s, data in run.writes if t_s >= since_s]


def speed_at(run: Driven, t_s: float) -> float:
    """The belt's true speed, km/h, at a time or just before."""
    return next((speed for at_s, speed in reversed(run.speeds) if at_s <= t_s), 0.0)


def fastest_kmh(run: Driven, since_s: float = 0.0) -> float:
    """The highest true speed of the belt from `since_s` on."""
    return max(speed for t_s, speed in run.speeds if t_s >= since_s)


def departures_s(run: Driven, since_s: float = 0.0) -> list[float]:
    """When the belt truly left a standstill, from `since_s` on."""
    return [
        after[0]
        for before, after in pairwise(run.speeds)
        if before[1] == 0 < after[1] and after[0] >= since_s
    ]


def commanded_kmh(data: str) -> float | None:
    """The speed that these octets command, where they command one."""
    return int.from_bytes(bytes.fromhex(data)[1:3], "little") / 100 if data.startswith("02") else None


def never_faster_again(run: Driven, since_s: float) -> None:
    """From `since_s` on no octets start the belt or make it faster, and it never leaves a standstill."""
    for t_s, data in run.writes:
        if t_s >= since_s:
            assert data != START, f"a start at {t_s:.2f} s"
            assert (commanded_kmh(data) or 0.0) <= speed_at(run, t_s), f"{data} at {t_s:.2f} s"
    assert departures_s(run, since_s) == []


def never_above_the_lock(run: Driven) -> None:
    """No speed was ever asked for above that of the protocol, and the belt was started once at most."""
    assert max((commanded_kmh(data) or 0.0 for _, data in run.writes), default=0.0) <= LOCK_KMH
    assert [data for _, data in run.writes].count(START) <= 1


def told_feet_first(run: Driven, since_s: float, within_s: float = 0.1) -> None:
    """The first that is said from `since_s` on tells the athlete what to do with her feet, and soon."""
    first = next(cue for cue in run.of(Cue) if cue.t_s >= since_s - ROUNDING_S)
    assert first.text.startswith(BODY_FIRST), first
    assert first.t_s - since_s <= within_s, first


def ended_standing(run: Driven, outcome: Outcome, reason: Reason | None) -> None:
    """The session came to this end, and the belt stood by then."""
    ended(run, outcome, reason)
    assert run.end is not None
    assert run.stood_s < run.end.t_s
