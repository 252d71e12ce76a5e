"""Known loads on the belt, fitted: how the belt's reported speed answers a newton.

A box that lies on the belt loads it from one moment to another; a person says when, to a few seconds. One
response serves all boxes of a calibration, so it is sought in all of them at once, while each has its own
two edges, its own baseline and its own load.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eccentread.reps.force_edge import AFTER_S as EDGE_AFTER_S
from eccentread.reps.force_edge import BEFORE_S as EDGE_BEFORE_S
from eccentread.reps.force_edge import Edge, hats
from eccentread.reps.response import Floats, Response

BEFORE_S, AFTER_S = 5.0, 7.0
"""What is read outside the moments told: the free belt before a box, and what a slow loop does after it."""
EARLY_S, LATE_S = 4.0, 2.0
"""How far an edge is sought before and after the moment told: hands first, then a key; reports come late."""
GRID_S, FINE_S = 0.2, 0.05
FOCUS_S = 0.4
"""Once a response is roughly known, edges are sought this near to where it puts them, and finely."""
SHORTEST_S = 1.5
WAVER = 0.05
"""Relative wavering of a load: tension sticks and slips."""
LEAST_SAMPLES = 6

_SUSTAINED = (0.0, 0.15, 0.35, 0.6, 1.0)
_LOOP_S = (0.4, 1.0, 2.5, 6.0, 15.0)
_REPORT_S = (0.08, 0.2, 0.45, 0.9, 1.8, 3.5)
_SAMPLING_LAG = 0.3
"""A report holds its speed for an interval: a lag of at least this part of it."""
_SPACING_S, _SPACING_PART = 0.2, 0.3
_CORRECTION = 0.3
"""How large corrections of a unit edge are, one standard deviation."""
_LOOP_BOUNDS_S, _REPORT_BOUNDS_S = (0.15, 60.0), (0.05, 6.0)
_COARSEST, _FINEST = 0.4, 0.05
"""Steps of the search for the response in the logarithms of its times, half of them in its sustained part."""
_USUAL_LOOP_S, _LOOP_SPREAD = 1.5, 1.2
_USUAL_REPORT_S, _REPORT_PART, _REPORT_SPREAD = 0.12, 0.35, 0.7
"""What is usual, with log-normal spreads: loops of 0.4–7 s, a belt's own lag, and a part of the interval.

Where reports are too few to tell, it decides."""


@dataclass(frozen=True, slots=True)
class Pull:
    """A box on the belt: between two moments that a person told, s. Tension 0 is a box that rides free."""

    on_s: float
    off_s: float
    mass_kg: float
    tension_n: float

    @property
    def rides(self) -> bool:
        """Whether it rides free."""
        return self.tension_n <= 0.0


@dataclass(frozen=True, slots=True)
class FittedPull:
    """The load that explains a pull best, in km/h of the unit response."""

    load_kmh: float
    error_kmh: float
    """Standard error of it, from what is left unexplained."""
    on_s: float
    off_s: float
    unexplained: float
    """Sum of squares left over, (km/h)²."""


class PullStretch:
    """The reports around one box."""

    def __init__(self, t_s: Floats, speed_kmh: Floats, pull: Pull, idle: tuple[float, float]) -> None:
        """`idle`: baseline and noise of the free belt, km/h."""
        baseline_kmh, self._noise = idle
        near = (t_s >= pull.on_s - BEFORE_S) & (t_s <= pull.off_s + AFTER_S)
        self._t = t_s[near]
        self._dip: Floats = baseline_kmh - speed_kmh[near]
        self._on: Floats = np.arange(pull.on_s - EARLY_S, pull.on_s + LATE_S, GRID_S)
        self._off: Floats = np.arange(pull.off_s - EARLY_S, pull.off_s + LATE_S, GRID_S)
        scale = max(float(np.abs(self._dip).max(initial=0.0)), self._noise)
        self._precision = np.diag((self._noise / np.array([max(2 * self._noise, 0.02), scale, scale])) ** 2)

    @property
    def told(self) -> bool:
        """Whether the machine told enough of it."""
        return len(self._t) >= LEAST_SAMPLES

    @property
    def peak_kmh(self) -> float:
        """The deepest dip."""
        return float(self._dip.max())

    def best(self, edge: Edge) -> FittedPull:
        """The load (≥ 0), with its edges, that leaves least unexplained."""
        edges = np.concatenate([self._on, self._off])
        both = np.column_stack([edge.at(self._t[:, None] - edges[None, :]), self._dip])
        gram = self._without_modes(edge, both, both)
        n = len(self._on)
        own = np.diag(gram)[:-1]
        energy = own[:n, None] + own[None, n:] - 2 * gram[:n, n:-1]
        match = gram[:n, -1][:, None] - gram[n:-1, -1][None, :]
        usable = (self._off[None, :] - self._on[:, None] >= SHORTEST_S) & (match > 0) & (energy > 1e-4)
        load = np.where(usable, match, 0.0) / np.where(usable, energy, 1.0)
        explained = load * match
        i, j = np.unravel_index(int(np.argmax(explained)), explained.shape)
        left = max(0.0, float(gram[-1, -1] - explained[i, j]))
        variance = max(self._noise**2, left / max(len(self._t) - 4, 1))
        return FittedPull(
            load_kmh=float(load[i, j]),
            error_kmh=float(np.sqrt(variance / max(float(energy[i, j]), 1e-4))),
            on_s=float(self._on[i]),
            off_s=float(self._off[j]),
            unexplained=left,
        )

    def misfit(self, edge: Edge, spacing_s: float, count: int) -> tuple[Floats, Floats]:
        """Normal equations of an edge's corrections, in units of the noise: what this box tells of them."""
        found = self.best(edge)
        on, off = self._t - found.on_s, self._t - found.off_s
        left = self._dip - found.load_kmh * (edge.at(on) - edge.at(off))
        design = found.load_kmh * (hats(on, spacing_s, count) - hats(off, spacing_s, count))
        both = np.column_stack([design, left])
        gram = self._without_modes(edge, both, both) / self._noise**2
        return gram[:-1, :-1], gram[:-1, -1]

    def _without_modes(self, edge: Edge, one: Floats, other: Floats) -> Floats:
        """Products of columns, without what a moved baseline and earlier loads explain of them."""
        modes = edge.modes(self._t)
        shared = np.linalg.solve(modes.T @ modes + self._precision, modes.T @ other)
        return one.T @ other - (modes.T @ one).T @ shared

    def focus(self, edge: Edge) -> None:
        """From now on seek the moments near where that puts them."""
        found = self.best(edge)
        near: Floats = np.arange(-FOCUS_S, FOCUS_S + FINE_S / 2, FINE_S)
        self._on, self._off = found.on_s + near, found.off_s + near

    def surprise(self, edge: Edge) -> float:
        """−2 log likelihood of the best load, scale unknown; what wavers in the load itself is excused."""
        n = len(self._t)
        excused = n * self._noise**2 + WAVER**2 * float(self._dip @ self._dip)
        return n * float(np.log(self.best(edge).unexplained + excused))


@dataclass(frozen=True, slots=True)
class _Trial:
    """A response to be tried: its part that stays, and the logarithms of its two times."""

    sustained: float
    log_loop: float
    log_report: float

    def response(self, least_report_s: float) -> Response:
        """Within bounds."""
        loop_s = float(np.exp(np.clip(self.log_loop, *np.log(_LOOP_BOUNDS_S))))
        report_s = max(float(np.exp(np.clip(self.log_report, *np.log(_REPORT_BOUNDS_S)))), least_report_s)
        # The two time constants must differ: the modes of equal ones are not exponentials.
        apart = abs(loop_s - report_s) > 0.02
        return Response(min(max(self.sustained, 0.0), 1.0), loop_s if apart else report_s + 0.03, report_s)

    def around(self, step: float) -> list["_Trial"]:
        """Its neighbours."""
        s, loop, report = self.sustained, self.log_loop, self.log_report
        return [
            *(_Trial(s + 0.5 * by, loop, report) for by in (-step, step)),
            *(_Trial(s, loop + by, report) for by in (-step, step)),
            *(_Trial(s, loop, report + by) for by in (-step, step)),
        ]


def likeliest_edge(stretches: Sequence[PullStretch], interval_s: float) -> Edge:
    """How a load comes and goes, so that it serves all boxes best; they are focused on it."""
    edge = Edge(_likeliest_response(stretches, interval_s))
    spacing_s = max(_SPACING_S, _SPACING_PART * interval_s)
    count = int((EDGE_BEFORE_S + EDGE_AFTER_S + interval_s) / spacing_s)
    products, matches = np.diag(np.full(count, _CORRECTION**-2)), np.zeros(count)
    for stretch in stretches:
        product, match = stretch.misfit(edge, spacing_s, count)
        products, matches = products + product, matches + match
    corrections = np.linalg.solve(products, matches)
    return Edge(edge.response, spacing_s, tuple(corrections.tolist()))


def _likeliest_response(stretches: Sequence[PullStretch], interval_s: float) -> Response:
    """The response that serves all of them best, for reports `interval_s` apart."""
    least = _SAMPLING_LAG * interval_s
    usual_report_s = _USUAL_REPORT_S + _REPORT_PART * interval_s

    def surprise(trial: _Trial) -> float:
        response = trial.response(least)
        passing = 1 - response.sustained
        unusual = (np.log(response.report_s / usual_report_s) / _REPORT_SPREAD) ** 2
        unusual += passing * (np.log(response.loop_s / _USUAL_LOOP_S) / _LOOP_SPREAD) ** 2
        return sum(stretch.surprise(Edge(response)) for stretch in stretches) + float(unusual)

    trials = [
        _Trial(sustained, float(np.log(loop)), float(np.log(report)))
        for sustained in _SUSTAINED
        for loop in (_LOOP_S if sustained < 1 else (1.0,))
        for report in sorted({max(report, least) for report in _REPORT_S})
    ]
    found = min(trials, key=surprise)
    for stretch in stretches:
        stretch.focus(Edge(found.response(least)))
    reached, step = surprise(found), _COARSEST
    while step > _FINEST:
        better = min(found.around(step), key=surprise)
        if (score := surprise(better)) < reached:
            found, reached = better, score
        else:
            step /= 2
    return found.response(least)
