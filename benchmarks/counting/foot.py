"""Feet on many copies of a belt: loads over time, as the oracle supposes them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.counting.habits import Kind
from benchmarks.counting.plants import Floats
from eccentread_sim.drive import STEP_S, STEPS_PER_S
from eccentread_sim.pushes import YIELDS_AFTER_S, YIELDS_MPS, YIELDS_PER_S

PUSH_RISE_S, WEIGHT_RISE_S, RELEASE_S = 0.45, 0.2, 0.2
"""Means of 0.25–0.75 s, lead and ramp together, and of 0.1–0.3 s."""


LONG_AGO = -(10**6)
"""A step before all others."""
_LEFT = np.linspace(1.0, 0.0, round(RELEASE_S * STEPS_PER_S) + 1)
_RELEASE = _LEFT * _LEFT * (3.0 - 2.0 * _LEFT)


class Feet:
    """One foot a copy, on its belt or off it."""

    def __init__(self, travel_m: float, copies: int) -> None:
        self._travel_m = travel_m
        self.on = np.zeros(copies, dtype=bool)
        self.kind = np.zeros(copies, dtype=np.int64)
        self.came = np.zeros(copies, dtype=np.int64)
        self.left = np.full(copies, LONG_AGO)
        self.from_m: Floats = np.zeros(copies)
        self._load_n: Floats = np.zeros(copies)
        self._slope: Floats = np.zeros(copies)
        self._rise_s: Floats = np.ones(copies)
        self.effort: Floats = np.ones(copies)
        self.learnt: Floats = np.ones(copies)
        """What earlier pushes on a stalled belt have left of later ones."""
        self._slow_s: Floats = np.zeros(copies)

    def keep(self, which: NDArray[np.intp]) -> None:
        """Only these copies, in this order."""
        for name, values in vars(self).items():
            if isinstance(values, np.ndarray):
                setattr(self, name, values[which])

    def come(
        self, new: NDArray[np.intp], kinds: Sequence[Kind], step: int, at_m: Floats, friction: float
    ) -> None:
        """A foot of each kind comes onto each of these belts, in turn; they have come to `at_m`."""
        kind = np.arange(len(new)) % len(kinds)
        self.on[new] = True
        self.kind[new], self.came[new], self.from_m[new] = kind, step, at_m
        for number, one in enumerate(kinds):
            of_kind = new[kind == number]
            load_n = one.load_n(self.learnt[of_kind], friction)
            self._load_n[of_kind] = load_n
            self._slope[of_kind] = one.slope * one.push_n * self.learnt[of_kind] / load_n
        self._rise_s[new] = np.array([PUSH_RISE_S if one.push_n else WEIGHT_RISE_S for one in kinds])[kind]
        self.effort[new], self._slow_s[new] = 1.0, 0.0

    def leave(self, leaving: NDArray[np.intp], step: int) -> None:
        """These feet begin to leave."""
        self.left[leaving], self.on[leaving] = step, False

    def load(self, step: int, speed_mps: Floats, position_m: Floats) -> Floats:
        """N on each belt over the step to come; a foot yields to a belt that it has stalled."""
        slow = (speed_mps < YIELDS_MPS) & self.on
        self._slow_s += STEP_S
        self._slow_s *= slow
        if slow.any():
            yields = self._slow_s > YIELDS_AFTER_S
            self.effort = np.maximum(self.effort - YIELDS_PER_S * STEP_S * yields, 0.0)
        load = self._load_n * self.effort
        risen = np.minimum((step - self.came) * STEP_S / self._rise_s, 1.0)
        load *= risen * risen * (3.0 - 2.0 * risen)
        load *= 1.0 + self._slope * np.minimum((position_m - self.from_m) / self._travel_m, 1.0)
        left = _RELEASE[np.minimum(step - self.left, len(_RELEASE) - 1)]
        return load * np.where(self.on, 1.0, left)
