"""The force of a push, with what is not known of it.

A push is fitted as one load between two moments near those that the detector found; all moments nearby
count with their likelihood, so that what one second between reports leaves open is in the interval. How hard
the foot rests on the belt while it pushes is never seen: 1.6–2.3 times the push, from what shoes can hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eccentread.reps.force import ForceCalibration
from eccentread.reps.response import Floats
from eccentread.units import mps_from_kmh

COVERAGE = 0.9
_Z = 1.645
"""Quantile of the normal distribution for `COVERAGE`."""
DRIFT = 0.05
"""How far the gain of a warm drive wanders within a session, relative, one standard deviation."""
REST, REST_SPREAD = 1.95, 0.2
"""Weight on the pushing foot over its push: between 1.6 and 2.3."""
LEAST_WEIGHT_N = 150.0
"""What rests on the foot at the least."""
RISE_S, RELEASE_S = 0.4, 0.2
"""A push grows in 0.2–0.6 s and is let go in 0.1–0.3 s."""
BASELINE_KMH = 0.02
"""How far the free belt's speed may have moved since the signal check, one standard deviation."""
PEAK, PEAK_SPREAD = 1.13, 0.08
"""Peak over the level of that box: pushes fall by 0–40 % toward their end, and tremble by 8 %."""
FALL = 0.15
"""By how much a push falls from its beginning to its end: 0–40 %, seldom it grows."""
PARTS = 50
ASIDE_S = 0.1
NEAR_S, STEP_S, NEAR_SPREAD_S = 0.6, 0.1, 0.25
"""How far from the detector's moments the fit looks, how finely, and how far off they usually are."""
BEFORE_S, AFTER_S = 1.2, 1.2
"""What is read of the free belt around a push."""
SHORTEST_S = 0.4
MOST_SPREAD = 1.0
"""A load that is told no better than this, relative, is none."""
LEAST_SAMPLES = 3
MISFIT = 0.05
"""Relative error of any response: drives are not linear, and a push is no box."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A value, and an interval that holds the truth in `COVERAGE` of all reps."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class RepForce:
    """What the foot did along the belt, from onset to release."""

    mean_n: Interval
    peak_n: Interval
    impulse_ns: Interval
    work_j: Interval
    """Absorbed: force times the belt's travel."""


@dataclass(frozen=True, slots=True)
class _Box:
    """A load, in km/h of the unit response, and when it was there; relative spreads of what it gives."""

    onset_s: float
    level_kmh: float
    lasts_s: float
    level_spread: float
    area_spread: float


def force_of(
    reports: Sequence[tuple[float, float]],
    onset_s: float,
    release_s: float,
    baseline_kmh: float,
    calibration: ForceCalibration,
) -> RepForce | None:
    """The force of a push that the detector found between two moments, as they show in the reports.

    `reports` are (time s, speed km/h) from before the onset to now; `baseline_kmh` the free belt's speed, as
    the signal check found it. `None` where they are too few, or show no load.
    """
    c = calibration
    t: Floats
    v: Floats
    t, v = np.array(reports, dtype=np.float64).reshape(-1, 2).T
    box = _fit(t, baseline_kmh - v, (onset_s, release_s), c)
    if box is None or max(box.level_spread, box.area_spread) > MOST_SPREAD:
        return None
    newtons, gain_spread = _along(box.level_kmh, c)
    common = _together(gain_spread, DRIFT, c.scatter, MISFIT + c.coarseness)
    impulse = newtons * box.lasts_s
    lasts = box.lasts_s + (RISE_S + RELEASE_S) / 2
    travel_m = _travel_m(t, v, box, c)
    return RepForce(
        mean_n=_interval(impulse / lasts, _together(common, box.level_spread)),
        peak_n=_interval(newtons * PEAK, _together(common, box.level_spread, PEAK_SPREAD)),
        impulse_ns=_interval(impulse, _together(common, box.area_spread)),
        work_j=_interval(newtons * travel_m, _together(common, box.area_spread)),
    )


class _Grid:
    """A push as one load, from every onset near one moment to every release near another."""

    def __init__(
        self, t_s: Floats, dip_kmh: Floats, told_s: tuple[float, float], c: ForceCalibration
    ) -> None:
        self._shift: Floats = np.arange(-NEAR_S, NEAR_S + STEP_S / 2, STEP_S)
        self._on, self._off = told_s[0] + self._shift, told_s[1] + self._shift
        moments = np.concatenate([self._on, self._off])
        self._modes = c.edge.modes(t_s)
        self._both = np.column_stack([c.edge.at(t_s[:, None] - moments[None, :]), dip_kmh])
        scale = max(float(np.abs(dip_kmh).max()), c.noise_kmh)
        self._prior_kmh = np.array([max(c.noise_kmh, BASELINE_KMH), scale, scale])

    def fit(self, noise_kmh: float) -> tuple[Floats, Floats, Floats]:
        """For each pair of onset and release: the level, its variance and what it leaves, in such noise."""
        k = len(self._shift)
        precision = np.diag((noise_kmh / self._prior_kmh) ** 2)
        shared = self._modes.T @ self._both
        modes = np.linalg.solve(self._modes.T @ self._modes + precision, shared)
        gram: Floats = self._both.T @ self._both - shared.T @ modes
        own = np.diag(gram)[:-1]
        energy: Floats = np.maximum(own[:k, None] + own[None, k:] - 2 * gram[:k, k:-1], 1e-6)
        match: Floats = np.maximum(gram[:k, -1][:, None] - gram[k:-1, -1][None, :], 0.0)
        left: Floats = np.maximum(gram[-1, -1] - match**2 / energy, 0.0)
        return match / energy, noise_kmh**2 / energy, left

    def likeliest(self, noise_kmh: float) -> _Box | None:
        """All of them, each with its likelihood; `None` where none loads the belt."""
        level, variance, left = self.fit(noise_kmh)
        lasts: Floats = self._off[None, :] - self._on[:, None]
        strange: Floats = (self._shift[:, None] ** 2 + self._shift[None, :] ** 2) / NEAR_SPREAD_S**2
        surprise = np.where(lasts >= SHORTEST_S, left / noise_kmh**2 + strange, np.inf)
        weight: Floats = np.exp(-0.5 * (surprise - surprise.min()))
        weight /= weight.sum()
        mean, area = float(np.sum(weight * level)), float(np.sum(weight * level * lasts))
        if not area > 0:
            return None
        of_level = float(np.sum(weight * ((level - mean) ** 2 + variance)))
        of_area = float(np.sum(weight * ((level * lasts - area) ** 2 + variance * lasts**2)))
        return _Box(
            onset_s=float(np.sum(weight * level * self._on[:, None])) / mean,
            level_kmh=mean,
            lasts_s=area / mean,
            level_spread=float(np.sqrt(of_level)) / mean,
            area_spread=float(np.sqrt(of_area)) / area,
        )


def _fit(t_s: Floats, dip_kmh: Floats, told_s: tuple[float, float], c: ForceCalibration) -> _Box | None:
    """The load that a push was, between moments near those told; `None` where reports are too few."""
    near = (t_s >= told_s[0] - BEFORE_S) & (t_s <= told_s[1] + AFTER_S)
    n = int(near.sum())
    if n < LEAST_SAMPLES or told_s[1] - told_s[0] + 2 * NEAR_S < SHORTEST_S:
        return None
    grid = _Grid(t_s[near], dip_kmh[near], told_s, c)
    # What the best leaves over, too, is noise: tremor, and what the response does not explain.
    left = float(grid.fit(c.noise_kmh)[2].min())
    return grid.likeliest(max(c.noise_kmh, float(np.sqrt(left / max(n - 3, 1)))))


def _along(level_kmh: float, c: ForceCalibration) -> tuple[float, float]:
    """Newtons along the belt of such a load, without the friction of the foot's weight; relative spread."""
    each = c.gain + REST * c.friction
    newtons = level_kmh / each
    if REST * newtons < LEAST_WEIGHT_N:
        newtons = max(level_kmh - LEAST_WEIGHT_N * c.friction, 0.1 * level_kmh) / c.gain
    rest = max(REST, LEAST_WEIGHT_N / max(newtons, 1.0))
    variance = (
        c.gain_error**2
        + (rest * c.friction_error) ** 2
        + 2 * rest * c.correlation * c.gain_error * c.friction_error
        + (REST_SPREAD * c.friction) ** 2
    )
    return newtons, float(np.sqrt(max(variance, 0.0))) / each


def _travel_m(t_s: Floats, speed_kmh: Floats, box: _Box, c: ForceCalibration) -> float:
    """How far the belt carries a foot while it loads the belt so, each metre weighed by the force on it.

    By the reports, which come late; those near an edge are in part of the free belt, and left aside.
    """
    aside_s = min(ASIDE_S + c.interval_s / 2, box.lasts_s / 4)
    first_s = box.onset_s + c.edge.lag_s + aside_s
    part: Floats = np.linspace(0.0, 1.0, PARTS)
    speed = np.interp(first_s + part * (box.lasts_s - 2 * aside_s), t_s, speed_kmh)
    return mps_from_kmh(float((speed * (1 + FALL * (0.5 - part))).mean())) * box.lasts_s


def _together(*spreads: float) -> float:
    """The spread of a product of independent factors."""
    return float(np.sqrt(np.sum(np.square(spreads))))


def _interval(value: float, spread: float) -> Interval:
    """Log-normal: errors of gain multiply."""
    factor = float(np.exp(_Z * spread))
    return Interval(value, value / factor, value * factor)
