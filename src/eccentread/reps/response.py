"""How a load on the belt becomes a dip in the reported speed: a response with three numbers.

Every drive reduces to one family of step responses (dip of a load of one, from the closed forms of a belt
with IR compensation, slip compensation or a PI loop):

    s(t) = ρ + (1 − ρ)·e^(−t/τ_loop),    then a first-order lag τ_report of console and sampling.

ρ = 1 is the sustained dip of a drive without integrator, ρ = 0 the transient of a PI loop with its mirror
image at release, and what lies between is slip compensation with a slow loop. The response is linear in two
decaying modes and a constant, so that it can be carried from sample to sample at any spacing of reports.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Response:
    """The dip of a unit load. Amplitudes elsewhere ("load") are in km/h of this response."""

    sustained: float
    """ρ, the part of the dip that stays as long as the load does, 0–1."""
    loop_s: float
    """τ_loop, how fast the drive takes the rest of the dip back, s; differs from `report_s`."""
    report_s: float
    """τ_report, the lag of console smoothing and sampling, s."""

    @property
    def loop_weight(self) -> float:
        """α: weight of the mode e^(−t/τ_loop) after a unit step."""
        return (1 - self.sustained) * self.loop_s / (self.loop_s - self.report_s)

    @property
    def report_weight(self) -> float:
        """β: weight of the mode e^(−t/τ_report) after a unit step; a step begins at zero dip."""
        return -self.sustained - self.loop_weight

    def step(self, after_s: Floats) -> Floats:
        """Dip of a unit load `after_s` seconds after it came on (0 before)."""
        t = np.maximum(after_s, 0.0)
        return (
            self.sustained
            + self.loop_weight * np.exp(-t / self.loop_s)
            + self.report_weight * np.exp(-t / self.report_s)
        )

    def contact(self, t_s: Floats, onset_s: float, release_s: float) -> Floats:
        """Dip at `t_s` of a unit load that lasts from `onset_s` to `release_s`."""
        return self.step(t_s - onset_s) - self.step(t_s - release_s)
