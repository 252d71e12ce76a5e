"""Minutes in which nobody pushes: what is counted of them is false."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from eccentread_sim.lapses import Lapse, plan_stay
from eccentread_sim.pushes import Label, Plan, plan_graze

LASTS_S = 120.0
STEP_N = (200.0, 600.0)
"""Weight on the belt in a step that is none to stay."""

type Plans = list[tuple[float, Plan]]


@dataclass(frozen=True, slots=True)
class Stray:
    """What is done instead of pushes, and the most that may be counted of it."""

    plans: Callable[[random.Random], Plans]
    most_per_minute: float
    lasts_s: float = LASTS_S


def _idle(_: random.Random) -> Plans:
    return []


def _standing(rng: random.Random) -> Plans:
    """Onto the belt for 10–30 s and off again; in between touches, brushes, and steps of 0.3–1 s.

    Who stands there for as long as a push lasts, with more weight than a ride has, cannot be told from it.
    """
    plans: Plans = []
    at_s = rng.uniform(1.0, 4.0)
    while at_s < LASTS_S - 10.0:
        drawn = rng.random()
        if drawn < 0.3:
            plans.append((at_s, plan_graze(rng, rng.choice([Label.TOUCH, Label.BRUSH]))))
            at_s += rng.uniform(1.5, 4.0)
        elif drawn < 0.6:
            step = replace(plan_graze(rng, Label.TOUCH), vertical_n=rng.uniform(*STEP_N))
            plans.append((at_s, replace(step, hold_s=rng.uniform(0.3, 1.0))))
            at_s += rng.uniform(2.0, 5.0)
        else:
            stays_s = min(rng.uniform(10.0, 30.0), LASTS_S - at_s - 1.0)
            plans.append((at_s, replace(plan_stay(rng, Lapse.STANDS), hold_s=stays_s)))
            at_s += stays_s + rng.uniform(1.5, 6.0)
    return plans


def _walking(rng: random.Random) -> Plans:
    """Backward, for 20–50 s at a time."""
    plans: Plans = []
    at_s = rng.uniform(1.0, 5.0)
    while at_s < LASTS_S - 25.0:
        walks_s = min(rng.uniform(20.0, 50.0), LASTS_S - at_s - 2.0)
        plans.append((at_s, replace(plan_stay(rng, Lapse.WALKS), hold_s=walks_s)))
        at_s += walks_s + rng.uniform(2.0, 8.0)
    return plans


STRAYS: Mapping[str, Stray] = {
    "idle": Stray(_idle, 0.02),
    "standing": Stray(_standing, 0.1),
    "walking": Stray(_walking, 0.5),
}
