"""Contacts on the belt, decoded from its speed: a segmental Viterbi search through the learned response.

The belt is either *free* or *in contact*. Each hypothesis says when the last change was; all of them predict
the next report through the response, and are scored by how well they did. The load of a contact is unknown:
every hypothesis carries it as a scalar Kalman filter. Durations of contacts and gaps have priors (an
explicit-duration hidden semi-Markov model), so that a spike is no contact, a waver of force splits none, and
one long dip of two pushes is known for two. One survivor is kept for each time of the last change; what lasts
longer than `LONGEST_CONTACT_S` is no contact. Memory and cost per report are constant.
"""

from dataclasses import dataclass

import numpy as np

from eccentread.reps.calibration import Calibration
from eccentread.reps.classes import ContactClasses, log_normal_density
from eccentread.reps.response import Floats

LONGEST_CONTACT_S = 10.0
LONGEST_GAP_S = 4.0
GRID_S = 0.34
"""A change may have happened at any multiple of this between two reports, once at least."""
GAP_S, GAP_LOG_SPREAD = 1.5, 0.4
"""Gaps between pushes: 0.8–2.5 s."""
PAUSE_S = 20.0
"""Mean of the gaps that are no gaps between pushes, one in ten."""

LOAD_SPREAD = 0.45
"""Prior standard deviation of a contact's load over the median push: pushes, rides and touches alike."""
FLUCTUATION = 0.25
"""Wavering of the load within a contact: slope −40…+10 %, tremor 8 %, ramps, the drop of a double push."""
RESTLESSNESS = 0.08
"""Load on a free belt over the median push: brushes, and what the response does not explain."""
MISFIT = 0.25
"""Relative error of the predicted dip: drives are not linear."""
EDGE_MISFIT = 0.3
"""Further error just after a change, which in truth is a ramp of 0.1–0.6 s."""
EDGE_S = 0.4
LEAST_LIKELY = 12.0
"""What one report may at most cost a hypothesis, −2 log likelihood: outliers happen."""
BASELINE_S = 4.0
"""Time of free belt over which the baseline follows."""
BASELINE_LIMIT = 8.0
"""Reports this unlikely (−2 log likelihood) do not move the baseline."""

_TABLE_S = 0.05
_TABLE_END_S = 20.0

# Rows of the table of hypotheses. The first five fade from report to report.
_OLD_LOOP, _LOOP, _OLD_REPORT, _REPORT, _EDGE = range(5)
_SCORE, _BASE, _LOAD, _VAR, _CHANGE, _ONSET, _RELEASE, _OPEN = range(5, 13)
_PENDING, _P_ONSET, _P_RELEASE, _P_LOAD, _P_CLASS = range(13, 18)
_ROWS = 18


@dataclass(frozen=True, slots=True)
class Contact:
    """A push that is over: its load in km/h of the unit response, and how probable it is (0–1)."""

    onset_s: float
    release_s: float
    load_kmh: float
    baseline_kmh: float
    probability: float


def _log_tables(density: Floats) -> tuple[Floats, Floats]:
    """−2 log of density (1/s) and of survival, on the grid of `_TABLE_S`."""
    survival = np.cumsum(density[::-1])[::-1] * _TABLE_S
    end = int(_TABLE_END_S / _TABLE_S)
    return -2 * np.log(density[:end] + 1e-9), -2 * np.log(survival[:end] + 1e-9)


class ContactTracker:
    """Follows the belt from report to report."""

    def __init__(self, calibration: Calibration) -> None:
        c = calibration
        r = c.response
        self._response = r
        self.classes = ContactClasses(c.push_kmh, c.ride_kmh, c.contact_s)
        grid = min(GRID_S, max(c.interval_s, 0.2))
        self._n_on = int(np.ceil(LONGEST_CONTACT_S / grid))
        self._n_off = int(np.ceil(LONGEST_GAP_S / grid))
        n = self._n_on + self._n_off + 1
        self._on, self._off, self._idle = slice(0, self._n_on), slice(self._n_on, n), n - 1
        self._next_on = self._next_off = 0
        t: Floats = np.arange(1.0, 2400.0) * _TABLE_S
        contact_density, contact_survival = _log_tables(self.classes.duration_density(t))
        gap = 0.9 * log_normal_density(t, GAP_S, GAP_LOG_SPREAD) + 0.1 * np.exp(-t / PAUSE_S) / PAUSE_S
        gap_density, gap_survival = _log_tables(gap)
        self._density = np.concatenate([contact_density, gap_density])
        self._survival = np.concatenate([contact_survival, gap_survival])
        self._table_at = np.zeros(n)
        self._table_at[self._off] = len(contact_density)
        self._table_last = np.full(n, len(contact_density) - 1.0)
        self._table_last[self._off] += len(contact_density)
        self._rho = np.zeros(n)
        self._rho[self._on] = r.sustained
        dip = c.push_kmh * float(r.contact(np.arange(0.0, 6.0, 0.05), 0.0, c.contact_s).max())
        self._floor = np.full(n, c.noise_kmh**2 + (RESTLESSNESS * dip) ** 2)
        self._floor[self._on] = c.noise_kmh**2 + (FLUCTUATION * dip) ** 2
        self._edge = (EDGE_MISFIT * dip) ** 2
        self._t = float("nan")
        self._s = np.zeros((_ROWS, n))
        self.reset(c.baseline_kmh)

    def reset(self, baseline_kmh: float) -> None:
        """Forget every contact: the belt is free and runs at `baseline_kmh`."""
        s = self._s
        s[:] = 0.0
        s[_SCORE] = np.inf
        s[_SCORE, self._idle] = 0.0
        s[_BASE] = baseline_kmh
        s[_CHANGE] = s[_ONSET] = s[_RELEASE] = -1e9

    @property
    def baseline_kmh(self) -> float:
        """Speed of the free belt by the best hypothesis."""
        return float(self._s[_BASE, self._s[_SCORE].argmin()])

    @property
    def surprise(self) -> float:
        """−2 log likelihood of all reports since the last reset, by the best hypothesis."""
        return float(self._s[_SCORE].min())

    def feed(self, t_s: float, speed_kmh: float) -> float:
        """Take the report `speed_kmh` of `t_s` in; times must increase.

        Returns by how much (km/h) the best hypothesis missed it.
        """
        dt = t_s - self._t
        since, self._t = self._t, t_s
        if not dt < LONGEST_CONTACT_S / 2:
            self.reset(self.baseline_kmh)
            return 0.0
        r = self._response
        by_loop, by_report = np.exp(-dt / r.loop_s), np.exp(-dt / r.report_s)
        fade = np.array([by_loop, by_loop, by_report, by_report, np.exp(-2 * dt / EDGE_S)])
        self._s[: _EDGE + 1] *= fade[:, None]
        self._branch(since, t_s)
        return self._update(speed_kmh, dt)

    def _rows(self, t: float) -> np.ndarray:
        """Where in the tables of durations each hypothesis stands at `t`."""
        at = (t - self._s[_CHANGE]) * (1 / _TABLE_S)
        at += self._table_at
        return np.minimum(at, self._table_last, out=at).astype(np.intp)

    def _branch(self, since: float, t: float) -> None:
        """Let the moments between two reports be moments of change. The likeliest parent is sought once."""
        s, n_on, r = self._s, self._n_on, self._response
        value = s[_SCORE] + self._density[self._rows(0.5 * (since + t))]
        rider = int(value[self._on].argmin())
        free = n_on + int(value[self._off].argmin())
        steps = max(1, int((t - since) / GRID_S + 0.3))
        step = (t - since) / steps
        log_step = -2 * np.log(step)
        begin, end = s[:, free].copy(), s[:, rider].copy()
        for k in range(steps):
            at = since + (k + 0.5) * step
            loop = r.loop_weight * np.exp((at - t) / r.loop_s)
            report = r.report_weight * np.exp((at - t) / r.report_s)
            edge = self._edge * np.exp(2 * (at - t) / EDGE_S)
            slot = self._next_on
            self._next_on = (slot + 1) % n_on
            child = s[:, slot]
            child[:] = begin
            child[_SCORE] += log_step + self._prior(at - begin[_CHANGE], gap=True)
            self._begin(child, at, loop, report, edge)
            slot = n_on + self._next_off
            self._next_off = (slot - n_on + 1) % self._n_off
            child = s[:, slot]
            if child[_SCORE] < s[_SCORE, self._idle]:
                s[:, self._idle] = child
                s[_OLD_LOOP:_EDGE, self._idle] *= np.abs(child[_OLD_LOOP:_EDGE]) > 1e-9
            child[:] = end
            child[_SCORE] += log_step + self._prior(at - end[_CHANGE], gap=False)
            child[_LOOP] -= loop
            child[_REPORT] -= report
            child[_EDGE] = edge
            child[_CHANGE] = child[_RELEASE] = at

    def _prior(self, age: float, *, gap: bool) -> float:
        half = len(self._density) // 2
        return self._density[min(max(0, int(age / _TABLE_S)), half - 1) + half * gap]

    def _begin(self, child: Floats, at: float, loop: float, report: float, edge: float) -> None:
        """Turn a free hypothesis into one with a contact from `at` on."""
        child[_OLD_LOOP] += child[_LOAD] * child[_LOOP]
        child[_OLD_REPORT] += child[_LOAD] * child[_REPORT]
        if child[_OPEN] and not child[_PENDING]:
            probability = self._push_probability(child)
            if probability >= 0.5:
                child[_PENDING] = 1.0
                child[_P_ONSET : _P_CLASS + 1] = child[_ONSET], child[_RELEASE], child[_LOAD], probability
        child[_OPEN] = 1.0
        child[_LOOP], child[_REPORT], child[_EDGE] = loop, report, edge
        child[_LOAD] = self.classes.push_kmh
        child[_VAR] = (LOAD_SPREAD * self.classes.push_kmh) ** 2
        child[_CHANGE] = child[_ONSET] = at

    def _update(self, speed: float, dt: float) -> float:
        """Score every hypothesis by the report and let its load and baseline learn from it."""
        s, off = self._s, self._off
        load, var, base = s[_LOAD], s[_VAR], s[_BASE]
        phi = self._rho + s[_LOOP]
        phi += s[_REPORT]
        dip = load * phi
        dip += s[_OLD_LOOP]
        dip += s[_OLD_REPORT]
        error = base - dip
        np.maximum(error, 0.0, out=error)
        error -= speed
        dip *= dip
        dip *= MISFIT**2
        dip += self._floor
        dip += s[_EDGE]
        noise = dip
        spread = phi * var
        total = phi * spread
        total += noise
        error_over = error / total
        cost = error * error_over
        follow = error[off] / noise[off]
        follow *= min(dt / BASELINE_S, 0.3) * self._floor[-1]
        follow *= cost[off] < BASELINE_LIMIT
        base[off] -= follow
        np.minimum(cost, LEAST_LIKELY, out=cost)
        cost += np.log(total)
        s[_SCORE] += cost
        load += spread * error_over
        spread *= spread
        spread /= total
        var -= spread
        return float(error[s[_SCORE].argmin()])

    def _push_probability(self, s: Floats) -> Floats:
        return self.classes.push_probability(s[_LOAD], s[_VAR], s[_RELEASE] - s[_ONSET])

    def take(self, sure: float) -> Contact | None:
        """The oldest push that is over and not yet taken, once that is `sure` (probability 0–1).

        Taking it is final: hypotheses without it are dropped.
        """
        s, off = self._s, self._off
        score = s[_SCORE] + self._survival[self._rows(self._t)]
        weight = np.exp(0.5 * (score.min() - score))
        done = s[_PENDING].copy()
        done[off] = np.maximum(done[off], s[_OPEN, off])
        everything = float(weight.sum())
        if not float(weight @ done) >= sure * everything:
            return None
        push = self._push_probability(s[:, off])
        done[off] = np.maximum(s[_PENDING, off], (push >= 0.5) * s[_OPEN, off])
        share = weight * done
        over = float(share.sum()) / everything
        if not over >= sure:
            return None
        best = int(share.argmax())
        h = s[:, best]
        if h[_PENDING]:
            onset, release, load, kind = h[_P_ONSET : _P_CLASS + 1].tolist()
        else:
            onset, release, load, kind = (
                *h[[_ONSET, _RELEASE, _LOAD]].tolist(),
                float(push[best - self._n_on]),
            )
        contact = Contact(onset, release, load, float(h[_BASE]), over * kind)
        s[_SCORE, done == 0] = np.inf
        s[_OPEN, off] *= s[_PENDING, off]
        s[_PENDING] = 0.0
        return contact

    def forget(self, before_s: float) -> None:
        """Contacts that began before `before_s` will not be taken."""
        s = self._s
        s[_OPEN, s[_ONSET] < before_s] = 0.0
        s[_PENDING, s[_P_ONSET] < before_s] = 0.0
