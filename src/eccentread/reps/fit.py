"""Least-squares fit of one contact in a stretch of belt speed, for any response.

Neither the moment nor the length of a push is known (the athlete reacts, the machine reports late), so
every onset and release on a grid is tried; for one response that is a single Gram matrix. The baseline and
the tails of an earlier contact are nuisances with priors, projected out.
"""

from dataclasses import dataclass

import numpy as np

from eccentread.reps.response import Floats, Response

GRID_S = 0.15
BEFORE_S, AFTER_S = 0.3, 2.0
"""How far onsets and releases are sought outside the window: jitter before, report lag after."""
SHORTEST_S, LONGEST_S = 0.9, 8.0
WAVER = 0.1
"""Relative wavering of the load within a push: tremor of 8 %, slope."""

_SUSTAINED = (0.0, 0.15, 0.35, 0.6, 1.0)
_LOOP_S = (0.25, 0.5, 1.0, 2.0, 4.0)
_REPORT_S = (0.08, 0.2, 0.45, 0.9, 1.5, 2.5, 4.0)
_SAMPLING_LAG = 0.3
"""A report holds its speed for an interval: a lag of at least this part of it."""


@dataclass(frozen=True, slots=True)
class FittedContact:
    """The contact that explains a stretch best; load in km/h of the unit response."""

    load_kmh: float
    onset_s: float
    release_s: float
    explained: float
    """Sum of squares that it explains, (km/h)²."""
    unexplained: float
    """Sum of squares left over, (km/h)²."""


class Stretch:
    """Reports around one window, ready to be fitted with any response. At least two samples."""

    def __init__(
        self,
        t_s: Floats,
        speed_kmh: Floats,
        window_s: tuple[float, float],
        baseline_kmh: float,
        noise_kmh: float,
    ) -> None:
        self._t = t_s
        self._dip = baseline_kmh - speed_kmh
        self._noise = noise_kmh
        end = min(window_s[1], float(t_s[-1]))
        self._grid = np.arange(window_s[0] - BEFORE_S, end + AFTER_S, GRID_S)
        lasts = self._grid[None, :] - self._grid[:, None]
        self._allowed = (lasts >= SHORTEST_S) & (lasts <= LONGEST_S)
        scale = max(float(np.abs(self._dip).max()), noise_kmh)
        prior_sd = np.array([max(2 * noise_kmh, 0.02), scale, scale])
        self._precision = np.diag((noise_kmh / prior_sd) ** 2)

    def best(self, response: Response) -> FittedContact:
        """The contact (onset, release, load ≥ 0) that leaves least unexplained."""
        since = self._t - self._t[0]
        nuisance = np.column_stack(
            [np.ones(len(since)), np.exp(-since / response.loop_s), np.exp(-since / response.report_s)]
        )
        steps = response.step(self._t[:, None] - self._grid[None, :])
        both = np.column_stack([steps, self._dip])
        shared = nuisance.T @ both
        gram = both.T @ both - shared.T @ np.linalg.solve(nuisance.T @ nuisance + self._precision, shared)
        energy = np.diag(gram)[:-1]
        match = gram[:-1, -1]
        energy = energy[:, None] + energy[None, :] - 2 * gram[:-1, :-1]
        match = match[:, None] - match[None, :]
        usable = self._allowed & (match > 0) & (energy > 1e-4)
        load = np.where(usable, match, 0.0) / np.where(usable, energy, 1.0)
        explained = load * match
        i, j = np.unravel_index(int(np.argmax(explained)), explained.shape)
        return FittedContact(
            load_kmh=float(load[i, j]),
            onset_s=float(self._grid[i]),
            release_s=float(self._grid[j]),
            explained=float(explained[i, j]),
            unexplained=max(0.0, float(gram[-1, -1] - explained[i, j])),
        )

    def surprise(self, response: Response) -> float:
        """−2 log likelihood of the best contact, scale unknown: n log of what is left over.

        What wavers in the load itself is no fault of the response, and neither is noise.
        """
        n = len(self._t)
        excused = n * self._noise**2 + WAVER**2 * float(self._dip @ self._dip)
        return n * float(np.log(self.best(response).unexplained + excused))


def candidate_responses(interval_s: float) -> list[Response]:
    """The responses that a fit chooses from, for reports `interval_s` apart."""
    least = _SAMPLING_LAG * interval_s
    return [
        # The two time constants must differ: the modes of equal ones are not exponentials.
        Response(sustained, loop if abs(loop - report) > 0.02 else loop + 0.03, report)
        for report in sorted({max(report, least) for report in _REPORT_S})
        for sustained in _SUSTAINED
        for loop in (_LOOP_S if sustained < 1 else (1.0,))
    ]
