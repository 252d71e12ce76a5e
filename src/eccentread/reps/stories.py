"""One hypothesis of what goes on on the belt, and how long things last there."""

import math
from dataclasses import dataclass

import numpy as np

from eccentread.reps.response import Floats

TABLE_S = 0.05
"""Durations are told apart this finely."""
_TABLE_END = 400
"""Longer durations than 20 s are as likely as that."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A push that is over: its load in km/h of the unit response, and how probable it is (0–1)."""

    onset_s: float
    release_s: float
    load_kmh: float
    baseline_kmh: float
    probability: float


class Durations:
    """How likely a contact or a gap is to end after so long, or to last; −2 log, on a grid of `TABLE_S`."""

    def __init__(self, density: Floats) -> None:
        survival = np.cumsum(density[::-1])[::-1] * TABLE_S
        self._ends: list[float] = (-2 * np.log(density[:_TABLE_END] + 1e-9)).tolist()
        self._lasts: list[float] = (-2 * np.log(survival[:_TABLE_END] + 1e-9)).tolist()

    def ends(self, after_s: float) -> float:
        """Of the density (1/s) of ending then."""
        return self._ends[int(after_s / TABLE_S)] if after_s < TABLE_S * _TABLE_END else self._ends[-1]

    def lasts(self, for_s: float) -> float:
        """Of lasting at least so long."""
        return self._lasts[int(for_s / TABLE_S)] if for_s < TABLE_S * _TABLE_END else self._lasts[-1]


@dataclass(slots=True, eq=False)
class Story:
    """One hypothesis: since when the belt is free or in contact, and what that makes of its speed."""

    score: float
    """−2 log likelihood."""
    base: float
    """Speed of the free belt, km/h."""
    load: float
    variance: float
    """Of the last contact, km/h of the unit response."""
    contact: bool = False
    since_s: float = -math.inf
    loop: float = 0.0
    report: float = 0.0
    """The modes of the last contact's response to a load of one."""
    old_loop: float = 0.0
    old_report: float = 0.0
    """What is left of earlier contacts, km/h."""
    edge: float = 0.0
    """Variance that a change just made adds, (km/h)²."""
    onset_s: float = -math.inf
    release_s: float = -math.inf
    """Of the last contact."""
    over: bool = False
    """The last contact is over, and not taken yet."""
    push: Contact | None = None
    """An earlier push that is not taken yet."""

    def rest(self) -> None:
        """The belt is free, and what was before is forgotten."""
        self.contact, self.since_s, self.over = False, -math.inf, False
        self.loop = self.report = self.old_loop = self.old_report = self.edge = 0.0
