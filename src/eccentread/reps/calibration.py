"""What the signal check learned of a machine and an athlete: all that the detector needs to know."""

from dataclasses import dataclass

import numpy as np

from eccentread.reps.response import Floats, Response

GAP_S = 1.2
"""The gap between reps for which `d_prime_gap` is stated (the cue asks for 1.5–2 s; 0.8 s is the least)."""
CONTACT_S = 2.7
"""Median time of contact of a push: 0.6 m of belt at 0.8 km/h."""
LEAST_D_PRIME = 4.5
"""A machine with less cannot count: five pushes in six sets of 15 would be lost or merged at 4."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether this machine shows pushes and, if so, what they look like.

    Loads (`push_kmh`, `ride_kmh`) are in km/h of the unit `response`. `reason` is a sentence for a person; a
    calibration that is not countable says there what would help, and its other numbers are what was measured.
    """

    countable: bool
    reason: str
    d_prime_rep: float
    """Discriminability of a push from an idle belt by a matched filter, in standard deviations.

    The noise is that of the idle belt, or half of what the response leaves unexplained of the pushes.
    """
    d_prime_gap: float
    """Discriminability of two pushes `GAP_S` apart from one long push."""
    baseline_kmh: float
    noise_kmh: float
    """Standard deviation of one report of the idle belt, quantisation included."""
    quantum_kmh: float
    interval_s: float
    """Median time between reports; 0.2 where they come faster and are averaged."""
    response: Response = Response(1.0, 1.0, 0.5)  # noqa: RUF009  frozen
    push_kmh: float = 0.0
    """Median load of the cued pushes."""
    ride_kmh: float = 0.0
    """Median load of the cued passive rides."""
    contact_s: float = CONTACT_S
    """Expected duration of a push."""
    lag_s: float = 0.0
    """How late the machine reports, as far as the windows told; 0 where they did not."""
    blind: bool = False
    """True where nothing was cued and the loads are the recording's own."""

    @property
    def dip_kmh(self) -> float:
        """Largest dip of a median push."""
        t = np.arange(0.0, self.contact_s + 1.0, 0.05)
        return self.push_kmh * float(self.response.contact(t, 0.0, self.contact_s).max())

    @property
    def rise_in_gap(self) -> float:
        """By how much the reported speed rises within `GAP_S` of the release of a load of one."""
        return float(self.response.step(np.array(GAP_S)))


def discriminability(
    response: Response, load_kmh: float, noise_kmh: float, interval_s: float, contact_s: float
) -> tuple[float, float]:
    """d′ of a rep and of the gap between two reps in white noise: d′² = sᵀs/σ², s sampled each `interval_s`.

    Means over eight sampling phases; the gap is `GAP_S` long.
    """
    phase = np.arange(8)[:, None] * interval_s / 8
    t = phase + np.arange(0.0, 2 * contact_s + GAP_S + 6.0, interval_s)
    rep = response.contact(t, 0.0, contact_s)
    gap = response.contact(t, contact_s, contact_s + GAP_S)

    def d_prime(signal: Floats) -> float:
        return float(load_kmh / noise_kmh * np.sqrt((signal**2).sum(axis=1)).mean())

    return d_prime(rep), d_prime(gap)
