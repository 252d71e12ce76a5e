"""What a rep was like, from the reports around it."""

from collections.abc import Sequence

import numpy as np

from eccentread.events import Rep
from eccentread.reps.calibration import Calibration
from eccentread.reps.response import Floats  # noqa: TC001  annotates locals
from eccentread.reps.stories import Contact
from eccentread.units import mps_from_kmh

ONSET_RAMP_S = 0.2
"""Weight comes onto the belt in 0.1–0.3 s and shear in 0.2–0.6 s; the fitted step lies about this far in."""
RELEASE_RAMP_S = 0.1
"""The load goes in 0.1–0.3 s; the fitted step lies about this far before its end."""
OVERSHOOT_S = 2.0
"""How long after the release an overshoot is looked for."""


def describe(
    contact: Contact, reports: Sequence[tuple[float, float]], counted_s: float, calibration: Calibration
) -> Rep:
    """The rep of a contact that counts, with all that the reports known by `counted_s` tell of it.

    `reports` are (time s, speed km/h) and reach from before the onset to now. Times of the rep are those of
    the athlete: the ramps of the load and the known lag of the machine are taken off. Integrals are
    trapezoids over the reported speed while the contact shows in it.
    """
    t: Floats
    speed: Floats
    t, speed = np.array(reports).T
    shown: Floats = np.clip([contact.onset_s - ONSET_RAMP_S, contact.release_s + RELEASE_RAMP_S], t[0], t[-1])
    inside = (t > shown[0]) & (t < shown[1])
    grid = np.concatenate([shown[:1], t[inside], shown[1:]])
    during: Floats = np.interp(grid, t, speed)
    dip = contact.baseline_kmh - during
    lasts = max(float(shown[1] - shown[0]), 1e-9)
    dip_area_kmh_s = float(np.trapezoid(dip, grid))
    after = speed[(t >= contact.release_s) & (t <= contact.release_s + OVERSHOOT_S)]
    load = None if calibration.blind else 100 * contact.load_kmh / calibration.push_kmh
    return Rep(
        onset_s=float(contact.onset_s - ONSET_RAMP_S - calibration.lag_s),
        release_s=float(min(contact.release_s + RELEASE_RAMP_S - calibration.lag_s, counted_s)),
        counted_s=counted_s,
        baseline_kmh=contact.baseline_kmh,
        speed_min_kmh=float(during.min()),
        dip_peak_kmh=float(dip.max()),
        dip_mean_kmh=dip_area_kmh_s / lasts,
        overshoot_kmh=max(0.0, float(after.max(initial=-np.inf)) - contact.baseline_kmh),
        dip_area_m=mps_from_kmh(dip_area_kmh_s),
        travel_m=mps_from_kmh(float(np.trapezoid(during, grid))),
        load_rel_pct=load,
        confidence=contact.probability,
        n_samples=int(inside.sum()),
    )
