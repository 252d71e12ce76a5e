"""A box of known mass on the belt, tied to the frame or riding free: what a force calibration pulls with.

A tied box is held by its strap while the belt slides under it: the belt sees the tension, and the box's
weight through the friction of the deck. A free box rides along, so that the belt sees its weight alone.
Tension is `grip` times the weight, and sticks and slips a little.
"""

import math
from dataclasses import dataclass

GRAVITY_MPS2 = 9.81
HANDS_S = 0.3
"""How long hands take to let a box down or to take its weight off."""
STICK_SLIP_M = 0.07
"""Belt travel from one sticking to the next."""


@dataclass(frozen=True, slots=True)
class Sled:
    """One box."""

    mass_kg: float
    """5–20 kg."""
    grip: float
    """Friction coefficient between its bottom and the belt, 0.25–0.6."""
    tied: bool
    """Whether a strap holds it."""
    stick_slip: float = 0.05
    """Relative amplitude of the tension's wavering."""

    @property
    def weight_n(self) -> float:
        """What it presses on the belt with."""
        return self.mass_kg * GRAVITY_MPS2

    @property
    def tension_n(self) -> float:
        """What its strap shows on average, once the belt slides."""
        return self.grip * self.weight_n if self.tied else 0.0


class LaidSled:
    """A box from the moment it is set down."""

    def __init__(self, sled: Sled, since_s: float) -> None:
        self._sled = sled
        self._since_s = since_s
        self._until_s = math.inf

    def lift(self, t_s: float) -> None:
        """Take it off, beginning now."""
        self._until_s = min(self._until_s, t_s)

    def is_off(self, t_s: float) -> bool:
        """Whether it has left the belt."""
        return t_s >= self._until_s + HANDS_S

    def load(self, t_s: float, position_m: float) -> tuple[float, float]:
        """Pull (N, against the belt) and vertical load (N) on a belt that has come so far."""
        held = (t_s - self._until_s) / HANDS_S if t_s > self._until_s else 0.0
        rests = min(max((t_s - self._since_s) / HANDS_S, 0.0), 1.0, max(1.0 - held, 0.0))
        wave = math.sin(2.0 * math.pi * position_m / STICK_SLIP_M)
        tension_n = self._sled.tension_n * (1.0 + self._sled.stick_slip * wave)
        return tension_n * rests, self._sled.weight_n * rests
