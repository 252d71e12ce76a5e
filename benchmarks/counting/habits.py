"""What the oracle knows of an athlete: kinds of contacts, how hard and long they are, and when they come.

These are the simulator's own distributions with the athlete's own traits, a normal for each kind of load.
What is drawn anew for each contact is not known: its force, ramps, tremor, travel, and whether it eases off.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.counting.cells import Setup
from benchmarks.counting.plants import Floats
from eccentread_sim.athlete import ASSISTS
from eccentread_sim.recordings import Event

STEADY, UNSTEADY = 0.1, 0.35
"""Relative wavering of a load: tremor and the shape of its ramps; and of a push that eases off or slips."""
PUSH_LEVELS = (0.6, 0.85, 1.1, 1.4)
"""Pushes are hypothesised around these parts of the usual one, since drives are not linear."""
LEVEL_SPREAD = 0.12
PUSH_SPREAD = 0.22
"""15 % from push to push, and what the weight on the belt adds."""
WEIGHT_RATIO = 1.95
LEAST_WEIGHT_N, MOST_WEIGHT_N = 150.0, 700.0
GAP_SPREAD = 0.3
SHORTEST_GAP_S, LONGEST_GAP_S = 0.7, 4.6
"""Gaps between pushes, 0.8–4 s, and longer with fatigue, give or take the grid of moments."""
PAUSE_RATE = 0.02
"""A gap may also be any other length, 1/s: somebody waits for a cue."""
GRAZE_S = 2.5
"""Grazes come within about so long after a push."""
LEAST = -60.0
"""Log density of what does not happen."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of contact, at one level of load."""

    counts: bool
    log_prior: float
    push_n: float
    weight_n: float
    """The least weight on the belt."""
    spread: float
    """Relative standard deviation of the load."""
    slope: float
    by_travel: bool
    """Whether its end is told by travel (m) or by time (s)."""
    least: float
    most: float
    mean: float = 0.0
    """Mean of the end with `sd`; the end is uniform from `least` to `most` where `sd` is 0."""
    sd: float = 0.0
    grazes: bool = False
    waver: float = STEADY
    """What of the load is not known in it, relative."""
    level: float = 1.0
    """Of a push, over the usual one."""

    def load_n(self, learnt: Floats, friction: float) -> Floats:
        """Push and deck friction, for one who has learnt to push only this part of what she would."""
        weight_n = np.clip(WEIGHT_RATIO * abs(self.push_n) * learnt, self.weight_n, MOST_WEIGHT_N)
        return self.push_n * learnt + friction * weight_n

    def log_end(self, at: Floats) -> Floats:
        """Log density of an end at this travel or time."""
        if self.sd:
            density = -0.5 * ((at - self.mean) / self.sd) ** 2 - math.log(self.sd * math.sqrt(2.0 * math.pi))
        else:
            density = np.full(len(at), -math.log(self.most - self.least))
        return np.where((at >= self.least) & (at <= self.most), density, LEAST)


def kinds_of(setup: Setup, event: Event) -> list[Kind]:
    """What this athlete may do on this belt in a window of pushes, rides or a set."""
    traits = setup.traits
    mean_m = traits.travel_m
    travel = (True, 0.6 * mean_m, 1.4 * mean_m, mean_m, 1.2 * traits.travel_cv * mean_m)
    fresh = 1.0 - traits.set_fatigue / 2.0 if event is Event.SET else 1.0
    usual_n = fresh * traits.push_n
    pushes = [
        Kind(
            True,
            weight,
            level * usual_n,
            LEAST_WEIGHT_N,
            LEVEL_SPREAD / level,
            traits.slope,
            *travel,
            level=level,
        )
        for level, weight in zip(PUSH_LEVELS, _log_weights(), strict=True)
    ]
    rides = Kind(False, 0.0, 0.0, 275.0, 0.3, 0.0, *travel)
    if event is Event.PUSH:
        return pushes
    if event is Event.RIDE:
        return [rides]
    unsteady = traits.double_rate + (1.0 - traits.double_rate) * traits.slip_rate
    other = traits.aborted_rate + traits.ride_rate + traits.assist_rate
    kinds = [
        replace(push, log_prior=push.log_prior + math.log(rate), waver=waver)
        for rate, waver in ((1.0 - other - unsteady, STEADY), (unsteady, UNSTEADY))
        for push in pushes
    ]
    grazing = traits.touch_rate + traits.brush_rate
    rare = (
        (traits.ride_rate, rides),
        (
            traits.assist_rate,
            Kind(False, 0.0, -ASSISTS * usual_n, LEAST_WEIGHT_N, 0.5, traits.slope, *travel),
        ),
        (traits.aborted_rate, Kind(False, 0.0, usual_n, LEAST_WEIGHT_N, 0.3, 0.0, False, 0.25, 0.65)),
        (grazing, Kind(False, 0.0, 0.0, 90.0, 0.4, 0.0, False, 0.1, 0.75, grazes=True)),
    )
    return kinds + [replace(kind, log_prior=math.log(rate)) for rate, kind in rare if rate]


def _log_weights() -> Floats:
    """Of the levels of pushes."""
    weights = np.exp(-0.5 * ((np.array(PUSH_LEVELS) - 1.0) / PUSH_SPREAD) ** 2)
    return np.log(weights / weights.sum())


def log_gap(setup: Setup, gap_s: Floats) -> Floats:
    """Log density (1/s) of a push, or what stands for it, so long after the last."""
    median_s = setup.traits.gap_s * (1.0 + setup.traits.gap_lengthening / 2.0)
    gap_s = np.maximum(gap_s, 0.05)
    z = np.log(gap_s / median_s) / GAP_SPREAD
    density = np.exp(-0.5 * z * z) / (gap_s * GAP_SPREAD * math.sqrt(2.0 * math.pi))
    density *= gap_s < LONGEST_GAP_S
    return np.where(gap_s < SHORTEST_GAP_S, LEAST, np.log(density + PAUSE_RATE))


def log_graze(after_s: Floats) -> Floats:
    """Log density of a graze so long after the last contact."""
    return np.where((after_s > 0.1) & (after_s < GRAZE_S), -math.log(GRAZE_S), LEAST)
