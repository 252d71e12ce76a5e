"""What the reported speed does when a load comes onto the belt, or leaves it.

The family of `Response` has one slow and one fast time. A drive with slip compensation and a loop that sees
the belt late has more: the belt gives way at first as if nothing held it, for some tenths of a second. Pulls
with known loads show their edges often enough to see this, so a correction of the first seconds is learned
from them.
"""

from dataclasses import dataclass

import numpy as np

from eccentread.reps.response import Floats, Response

RAMP_S = 0.4
"""Hands lay a box down, and a push grows, in 0.2–0.6 s."""
BEFORE_S, AFTER_S = 0.4, 2.0
"""A correction begins before the middle of an edge, and ends after it."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Dip of a load that grows to one, by the time since it was half there."""

    response: Response
    spacing_s: float = 0.2
    """Between the corrections; the first lies `BEFORE_S` before the middle of the edge."""
    corrections: tuple[float, ...] = ()

    def at(self, after_s: Floats) -> Floats:
        """The dip, `after_s` seconds after the middle of the edge."""
        dip = _ramp(self.response, after_s)
        if self.corrections:
            places = knots(self.spacing_s, len(self.corrections))
            dip = dip + np.interp(after_s, places, self.corrections, left=0.0, right=0.0)
        return dip

    @property
    def lag_s(self) -> float:
        """How long after the middle of an edge half of its dip shows in the reports."""
        t: Floats = np.arange(-BEFORE_S, AFTER_S, 0.02)
        dip = self.at(t)
        return float(t[int(np.argmax(dip >= dip.max() / 2))])

    def modes(self, t_s: Floats) -> Floats:
        """What is left of earlier loads, a column each: a moved baseline, and the two decays."""
        since = t_s - t_s[0]
        r = self.response
        return np.column_stack([np.ones(len(since)), np.exp(-since / r.loop_s), np.exp(-since / r.report_s)])


def knots(spacing_s: float, count: int) -> Floats:
    """Where the corrections lie, s after the middle of an edge."""
    return spacing_s * np.arange(float(count)) - BEFORE_S


def hats(after_s: Floats, spacing_s: float, count: int) -> Floats:
    """What one unit of each correction adds, a column each."""
    return np.maximum(0.0, 1 - np.abs(after_s[:, None] - knots(spacing_s, count)[None, :]) / spacing_s)


def _ramp(response: Response, after_s: Floats) -> Floats:
    """The mean of the unit step over the ramp."""
    r = response

    def integral(t: Floats) -> Floats:
        t = np.maximum(t, 0.0)
        loop = r.loop_weight * r.loop_s * (1 - np.exp(-t / r.loop_s))
        return r.sustained * t + loop + r.report_weight * r.report_s * (1 - np.exp(-t / r.report_s))

    return (integral(after_s + RAMP_S / 2) - integral(after_s - RAMP_S / 2)) / RAMP_S
