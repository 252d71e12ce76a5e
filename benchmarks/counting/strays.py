"""Minutes in which nobody pushes: what is counted of them is false."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from eccentread_sim.lapses import Lapse, plan_stay
from eccentread_sim.pushes import Label, Plan, plan_graze

LASTS_S = 120.0

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
    """Onto the belt with both feet for 3–12 s and off again, with test steps and brushes in between."""
    plans: Plans = []
    at_s = rng.uniform(1.0, 4.0)
    while at_s < LASTS_S - 15.0:
        if rng.random() < 0.4:
            plans.append((at_s, plan_graze(rng, rng.choice([Label.TOUCH, Label.BRUSH]))))
            at_s += rng.uniform(1.5, 4.0)
        else:
            stays_s = rng.uniform(3.0, 12.0)
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
