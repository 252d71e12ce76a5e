"""What an athlete may do in a set that is no exercise, so that somebody has to say a word.

Nobody has measured this; the loads are estimates. Who stands or walks on a creeping belt keeps 0.5–0.9 of her
weight (600–900 N) on the deck, the rest on the rails. Standing is shuffling: no step is felt, and the weight
never leaves. Steps push and brake: 78 N at 1 m/s (dips of 0.047 m/s on a drive that yields 6·10⁻⁴ m/s for
each N), less at 0.22 m/s, where they come at 0.6–1.2 Hz (1.76 Hz at 1 m/s, at a constant ratio of step length
to cadence 0.83 Hz).
"""

import math
import random
from enum import StrEnum

from eccentread_sim.pushes import Label, Plan

OVERDOES = 2.2
"""Of the usual push: all she has, where 4–5 of 10 were asked."""
FADING_GAP_S = 9.0
FADING_MORE_S = 2.0
"""The first long pause of who fades, and how much longer each is than the one before."""
FOR_EVER_S = 3600.0


class Lapse(StrEnum):
    """What is done instead of the exercise."""

    NONE = "none"
    STANDS = "stands"
    """With both feet on the belt."""
    WALKS = "walks"
    OVERDOES = "overdoes"
    FADES = "fades"
    """Pauses grow longer and longer."""
    SLEEPS = "sleeps"
    """No more pushes."""


def plan_stay(rng: random.Random, lapse: Lapse) -> Plan:
    """Standing or walking on the belt, until told off."""
    walks = lapse is Lapse.WALKS
    return Plan(
        label=Label.WALK if walks else Label.STAND,
        vertical_n=rng.uniform(0.5, 0.9) * rng.uniform(600.0, 900.0),
        rise_s=rng.uniform(0.3, 0.6),
        release_s=rng.uniform(0.2, 0.5),
        hold_s=FOR_EVER_S,
        sway_n=rng.uniform(25.0, 60.0) if walks else 0.0,
        sway_hz=rng.uniform(0.6, 1.2),
        sway_phase=rng.uniform(0.0, 2.0 * math.pi),
    )
