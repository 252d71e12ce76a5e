"""What must hold of a session in which something went wrong, judged by what really happened.

Speeds and times are the simulator's truth; writes are what the machine's control point received.
"""

from math import inf

from driving import Driven
from eccentread.events import (
    BeltMayRun,
    BeltReported,
    BeltStands,
    Command,
    Cue,
    CueKind,
    FaultRaised,
    Noted,
    Outcome,
    Phase,
    PhaseChanged,
    Reason,
    RepCounted,
    SetEnded,
)

STOP, START, SPEED = "0801", "07", "02"
"""What control point writes begin with."""
LOOK_S = 0.05
"""A trouble happens this much after its moment at most; true speeds come at twice this distance."""
AT_ONCE_S = 0.05
"""From the second report of over-speed to *stop* on the link."""
TICK_S = 0.2
"""How often the session is told that time passed."""
ROUNDING_S = 0.01
"""By which times that are sums of steps may differ."""
SLOWING_S = 2.0
"""From a stop that an honest machine received to a standing belt: its ramp from 0.8 km/h, and a margin."""

ONTO_THE_BELT = frozenset({CueKind.PUSH_ONCE, CueKind.RIDE_ONCE, CueKind.SET_BEGINS})
"""Words that ask somebody onto the belt."""
BODY_FIRST = "Feet on the side rails"
"""How words begin that must be followed before they are understood."""


def stopped_s(driven: Driven, since_s: float = 0.0) -> float:
    """When the machine first received *stop*, from then on; infinite where it never did."""
    return next((t_s for t_s, data in driven.writes if t_s >= since_s and data == STOP), inf)


def asked_to_stop_s(driven: Driven, since_s: float = 0.0) -> float:
    """When the program first wrote *stop*, from then on, whether or not anything came of it."""
    stops = (one.t_s for one in driven.of(Command) if one.t_s >= since_s and one.data.hex() == STOP)
    return next(stops, inf)


def faulted_s(driven: Driven, reason: Reason) -> float:
    """When this fault was raised first; infinite where it never was."""
    return next((one.t_s for one in driven.of(FaultRaised) if one.reason is reason), inf)


def silence_s(interval_s: float) -> float:
    """From the last report that came to *stop*, on a machine that reports so often."""
    return max(2.5, 4.02 * interval_s) + ROUNDING_S  # it may report a little less often than it should


def heard_s(driven: Driven, before_s: float) -> float:
    """When the last report before then came."""
    return max(one.t_s for one in driven.of(BeltReported) if one.t_s < before_s)


def back_s(driven: Driven, since_s: float) -> list[float]:
    """When the machine saw a central connect, from then on."""
    return [one["t_s"] for one in driven.happened("link") if one["up"] and one["t_s"] >= since_s]


def nothing_resumes(driven: Driven, since_s: float) -> None:
    """From then on the machine is asked for nothing but standstills, and a belt that stood stays where it is.

    That begins with the first *stop* it received: a countdown that was under way may end in motion before.
    """
    asked = [(t_s, data) for t_s, data in driven.writes if t_s > since_s]
    assert [one for one in asked if one[1].startswith((START, SPEED))] == []
    assert {CueKind.BELT_STARTING, CueKind.BELT_LOCKED, *ONTO_THE_BELT}.isdisjoint(said(driven, since_s))
    speeds = [speed for t_s, speed in driven.speeds if t_s > stopped_s(driven, since_s)]
    rests = speeds.index(0) if 0 in speeds else len(speeds)
    assert not any(speeds[rests:])


def stands_within(driven: Driven, bound_s: float, since_s: float) -> None:
    """The belt really stands for good, so soon after then; a belt that stood by then does so already."""
    assert driven.stood_s - since_s <= bound_s
    assert driven.of(BeltMayRun) == [] or driven.of(BeltStands)


def claims_hold(driven: Driven) -> None:
    """Whenever the program says that the belt stands, it really does, and goes on standing."""
    for claim in driven.of(BeltStands):
        assert not any(speed for t_s, speed in driven.speeds if t_s >= claim.t_s), claim


def said(driven: Driven, since_s: float) -> list[CueKind]:
    """What was said from then on."""
    return [cue.kind for cue in driven.of(Cue) if cue.t_s >= since_s]


def told_body_first(driven: Driven, kind: CueKind, at_s: float) -> None:
    """At that very moment the athlete is told what to do, in words that begin with her feet."""
    cue = next(cue for cue in driven.of(Cue) if cue.t_s >= at_s)
    assert (cue.t_s, cue.kind) == (at_s, kind)
    assert cue.text.startswith(BODY_FIRST)


def over_speed_stops(driven: Driven, speed_kmh: float) -> None:
    """The second report of this speed that was heard stopped the belt at once, and for good."""
    heard_s = [one.t_s for one in driven.of(BeltReported) if one.speed_kmh == speed_kmh]
    stop_s = stopped_s(driven)
    assert abs(stop_s - heard_s[1]) <= AT_ONCE_S
    told_body_first(driven, CueKind.EMERGENCY, faulted_s(driven, Reason.OVER_SPEED))
    nothing_resumes(driven, stop_s)
    stands_within(driven, SLOWING_S, stop_s)
    claims_hold(driven)
    ended(driven, Outcome.FAULT, Reason.OVER_SPEED)


def ended(driven: Driven, outcome: Outcome, reason: Reason | None) -> None:
    """How the session ended."""
    assert driven.end is not None
    assert (driven.end.outcome, driven.end.reason) == (outcome, reason)


def shrugged_off(driven: Driven, sets: int = 1) -> None:
    """Nothing of it: the session finished, no fault was raised, and every true push was counted, once."""
    ended(driven, Outcome.FINISHED, None)
    assert driven.faults == []
    assert driven.stands
    assert len(counts(driven)) == sets
    assert counts(driven) == true_pushes(driven)


def counts(driven: Driven) -> list[int]:
    """The reps of each set."""
    reps = [one.set_index for one in driven.of(RepCounted)]
    return [reps.count(one.set_index) for one in driven.of(SetEnded)]


def true_pushes(driven: Driven) -> list[int]:
    """What really was pushed in each set."""
    began = [one.t_s for one in driven.of(PhaseChanged) if one.phase is Phase.SET]
    over = [one.t_s for one in driven.of(SetEnded)]
    onsets = [one["onset_s"] for one in driven.happened("contact") if one["counts"]]
    return [sum(a <= t_s < b for t_s in onsets) for a, b in zip(began, over, strict=True)]


def noted(driven: Driven, words: str) -> bool:
    """Whether an oddity with these words was kept for the record."""
    return any(words in one.text for one in driven.of(Noted))
