"""What a contact with the belt was: a push, a passive ride, or something short.

Each class has a prior, a log-normal duration and a normal load. The mixture of their durations tells the
tracker what contacts are likely; their posterior says whether one that is over counts.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from eccentread.reps.response import Floats

PUSH_SPREAD = 0.22
"""Relative spread of loads within a set: 15 % from push to push, 5–20 % lost to fatigue."""
FATIGUE = 0.94
"""Mean load in a set over that of the cued pushes."""
UNUSUAL, UNUSUAL_LOAD, UNUSUAL_SPREAD = 0.2, 0.7, 0.25
"""Part, relative load and spread of pushes unlike the cued ones: three are few, and drives are not linear."""
LOAD_SPREAD = 0.45
"""Relative standard deviation of the load of any contact: wide, so that the reports decide."""
LEAST_PUSH = 0.35
"""Relative load below which nothing is a push."""
RIDE_SPREAD = 0.26
"""Relative spread of ride loads: 150–400 N of weight."""
MOST_RIDE = 0.5
"""Relative load up to which a ride is a ride."""
_ROOT_TAU = math.sqrt(math.tau)

RIDE_S, RIDE_LOG_SPREAD = 2.2, 0.45
TOUCH_S, TOUCH_LOG_SPREAD = 0.5, 0.4
"""Touches last 0.3–0.8 s, aborted pushes less than 0.8 s."""
TOUCH_LOAD, TOUCH_SPREAD = 0.5, 0.45
"""Relative load of touches, brushes and aborted pushes: anything below a push."""
CONTACT_LOG_SPREAD = 0.32
PUSHES, RIDES, TOUCHES = 0.86, 0.03, 0.11


def log_normal_density(t_s: Floats, median_s: float, spread: float) -> Floats:
    """Density of a log-normal duration, 1/s."""
    z = np.log(t_s / median_s) / spread
    return np.exp(-0.5 * z * z) / (t_s * spread * np.sqrt(2 * np.pi))


def _log_normal(t_s: float, median_s: float, spread: float) -> float:
    z = math.log(t_s / median_s) / spread
    return math.exp(-0.5 * z * z) / (t_s * spread * _ROOT_TAU)


def _normal(x: float, mean: float, variance: float) -> float:
    """But for a factor that all have."""
    return math.exp(-0.5 * (x - mean) ** 2 / variance) / math.sqrt(variance)


FOLLOW = 0.15
"""How far the level of pushes follows each that counts: athletes tire, motors warm."""
LEAST_LEVEL, MOST_LEVEL = 0.5, 1.5
"""How far it may follow, relative to the cued pushes."""


@dataclass(frozen=True, slots=True)
class ContactClasses:
    """The three kinds of contact for one athlete on one machine; loads in km/h of the unit response."""

    push_kmh: float
    ride_kmh: float
    contact_s: float

    def following(self, load_kmh: float, cued_kmh: float) -> "ContactClasses":
        """The classes after one more push of `load_kmh` has counted; the cued ones had `cued_kmh`."""
        level = self.push_kmh + FOLLOW * (load_kmh - self.push_kmh)
        return replace(self, push_kmh=min(max(level, LEAST_LEVEL * cued_kmh), MOST_LEVEL * cued_kmh))

    @property
    def load_prior(self) -> tuple[float, float]:
        """Mean (km/h) and variance of the load of a contact of any class, before a report has told of it."""
        return self.push_kmh, (LOAD_SPREAD * self.push_kmh) ** 2

    def duration_density(self, t_s: Floats) -> Floats:
        """Density of the duration of any contact, 1/s."""
        return (
            PUSHES * log_normal_density(t_s, self.contact_s, CONTACT_LOG_SPREAD)
            + RIDES * log_normal_density(t_s, RIDE_S, RIDE_LOG_SPREAD)
            + TOUCHES * log_normal_density(t_s, TOUCH_S, TOUCH_LOG_SPREAD)
        )

    def push_probability(self, load_kmh: float, variance: float, lasted_s: float) -> float:
        """Posterior of *push* for a contact of estimated load (mean and variance) and duration."""
        level = self.push_kmh
        # The estimate has the prior of all contacts in it; each class has its own.
        prior_mean, prior_variance = self.load_prior
        precision = max(1 / variance - 1 / prior_variance, 1e-3 / prior_variance)
        load = (load_kmh / variance - prior_mean / prior_variance) / precision
        if load <= LEAST_PUSH * level:
            return 0.0
        variance = 1 / precision
        # A load above the level speaks no less for a push than the level itself.
        load = min(load, FATIGUE * level)
        t = max(lasted_s, 0.05)
        usual = _normal(load, FATIGUE * level, variance + (PUSH_SPREAD * level) ** 2)
        unusual = _normal(load, UNUSUAL_LOAD * level, variance + (UNUSUAL_SPREAD * level) ** 2)
        push = (1 - UNUSUAL) * usual + UNUSUAL * unusual
        push *= PUSHES * _log_normal(t, self.contact_s, CONTACT_LOG_SPREAD)
        # Where rides load the belt like pushes the two cannot be told apart, and a contact is a rep.
        rides = min(self.ride_kmh, MOST_RIDE * level)
        ride = RIDES * _log_normal(t, RIDE_S, RIDE_LOG_SPREAD)
        ride *= _normal(load, rides, variance + (RIDE_SPREAD * rides + 0.03 * level) ** 2)
        touch = TOUCHES * _log_normal(t, TOUCH_S, TOUCH_LOG_SPREAD)
        touch *= _normal(load, TOUCH_LOAD * level, variance + (TOUCH_SPREAD * level) ** 2)
        return push / (push + ride + touch + 1e-300)
