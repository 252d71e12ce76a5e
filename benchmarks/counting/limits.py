"""How well a push and a gap could be told at best: d′ from the machine's own equations.

d′² is sᵀs/(σ² + Δ²/12), where s is the difference of the reports of two known signals: of a push and an empty
belt, and of two pushes 1.2 s apart and one long one; Δ is what the console rounds to. Where it rounds more
coarsely than it is noisy, no report gives more than the divergence of what is left behind the rounding, which
is nothing where both round to the same. The push is the athlete's mean one with the travel of her mean one;
d′ is the mean over eight phases of sampling.
"""

import math

import numpy as np
from scipy.special import ndtr

from benchmarks.counting.cells import Setup
from benchmarks.counting.plants import POSITION, Floats, Plants, noise_mps
from eccentread_sim.drive import STEP_S, STEPS_PER_S
from eccentread_sim.reporting import Source

GAP_S = 1.2
RAMP_S = 0.4
"""A load grows and goes over this long."""
PHASES = 8
AFTER_S = 8.0
_LEAST = 1e-300


def true_d_prime(setup: Setup) -> tuple[float, float]:
    """d′ of a push and of a gap; 0 where the console shows its set-point, nan where it does odder things."""
    reporting = setup.reporting
    if reporting.source is Source.SET_POINT:
        return 0.0, 0.0
    if reporting.source is not Source.MEASURED or reporting.median_of > 1 or reporting.dead_band_kmh:
        return math.nan, math.nan
    lasts_s = _contact_s(setup)
    both_s = 2.0 * lasts_s + GAP_S
    shown = _shown(
        setup,
        [[], [(0.0, lasts_s)], [(0.0, lasts_s), (lasts_s + GAP_S, both_s)], [(0.0, both_s)]],
        both_s + AFTER_S,
    )
    sigma = noise_mps(setup.drive, reporting, reporting.interval_s)
    quantum = reporting.quantum_kmh / 3.6
    return _d_prime(shown[0], shown[1], sigma, quantum, reporting.interval_s), _d_prime(
        shown[2], shown[3], sigma, quantum, reporting.interval_s
    )


def load_shape(after_s: Floats, lasts_s: float) -> Floats:
    """1 while a contact lasts, with its ramps; half of each ramp lies outside."""
    up = np.clip(after_s / RAMP_S + 0.5, 0.0, 1.0)
    down = np.clip((after_s - lasts_s) / RAMP_S + 0.5, 0.0, 1.0)
    return up - down


def _contact_s(setup: Setup) -> float:
    """How long the mean push lasts: until the belt has carried the foot over its travel, 7 s at most."""
    plants = Plants(setup.drive, setup.reporting, 1)
    load = np.array([setup.usual_load_n])
    steps = 0
    while plants.state[POSITION, 0] < setup.traits.travel_m and steps < 7 * STEPS_PER_S:
        plants.step(load)
        steps += 1
    return steps * STEP_S


def _shown(setup: Setup, contacts: list[list[tuple[float, float]]], lasts_s: float) -> Floats:
    """What each copy would show at every step, m/s, a row a copy."""
    plants = Plants(setup.drive, setup.reporting, len(contacts))
    box = max(1, round(setup.reporting.interval_s / STEP_S))
    times = np.arange(-RAMP_S - box * STEP_S, lasts_s, STEP_S)
    loads = np.array(
        [
            sum((load_shape(times - on, off - on) for on, off in each), np.zeros(len(times)))
            for each in contacts
        ]
    )
    positions, shown = [plants.state[POSITION].copy()], []
    for load in setup.usual_load_n * loads.T:
        plants.step(load)
        positions.append(plants.state[POSITION].copy())
        shown.append(plants.shown_mps(1.0))
    if setup.reporting.smoothing_s or not setup.reporting.boxed:
        return np.array(shown).T[:, box:]
    path = np.array(positions).T
    return (path[:, box:] - path[:, :-box]) / (box * STEP_S)


def _d_prime(one: Floats, other: Floats, sigma: float, quantum: float, interval_s: float) -> float:
    each = (one - other) ** 2 / (sigma**2 + quantum**2 / 12.0)
    if sigma < 0.4 * quantum:
        behind = [_divergence(a, b, sigma, quantum) for a, b in zip(one, other, strict=True)]
        each = np.minimum(each, behind)
    every = max(1, round(interval_s / STEP_S))
    phases = {round(phase * every / PHASES) for phase in range(PHASES)}
    return float(np.mean([math.sqrt(each[phase::every].sum()) for phase in phases]))


def _divergence(one: float, other: float, sigma: float, quantum: float) -> float:
    """Symmetric divergence of two rounded Gaussian measurements: d′² where nothing is rounded."""
    reach = 6.0 * sigma + quantum
    low = math.floor((min(one, other) - reach) / quantum)
    levels = np.arange(low, math.ceil((max(one, other) + reach) / quantum) + 1) * quantum
    p, q = (
        np.maximum(within(levels - quantum / 2, levels + quantum / 2, m, sigma), _LEAST) for m in (one, other)
    )
    return float(((p - q) * np.log(p / q)).sum())


def within(low: Floats | float, high: Floats | float, mean: Floats | float, sigma: Floats | float) -> Floats:
    """Probability that a Gaussian falls between `low` and `high`, exact in both tails."""
    a, b = (low - mean) / sigma, (high - mean) / sigma
    upper = a > 0.0
    return ndtr(np.where(upper, -a, b)) - ndtr(np.where(upper, -b, a))
