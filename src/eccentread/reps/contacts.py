"""Contacts on the belt, decoded from its speed: a segmental Viterbi search through the learned response.

The belt is either *free* or *in contact*. Each hypothesis says when the last change was; all of them predict
the next report through the response, and are scored by how well they did. The load of a contact is unknown:
every hypothesis carries it as a scalar Kalman filter. Durations of contacts and gaps have priors (an
explicit-duration hidden semi-Markov model), so that a spike is no contact, a waver of force splits none, and
one long dip of two pushes is known for two. One survivor is kept for each time of the last change; what lasts
longer than `LONGEST_CONTACT_S` is no contact. Memory and cost per report are constant.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eccentread.reps.calibration import Calibration
from eccentread.reps.classes import ContactClasses, log_normal_density
from eccentread.reps.held import Held
from eccentread.reps.response import Floats

LONGEST_CONTACT_S = 10.0
LONGEST_GAP_S = 4.0
GRID_S = 0.34
"""About how finely the moments of a change are told apart; once between two reports at least."""
MOST_MOMENTS = 8
"""Moments of change tried after a silence."""
GAP_S, GAP_LOG_SPREAD = 1.5, 0.4
"""Gaps between pushes: 0.8–2.5 s."""
PAUSE_S = 20.0
"""Mean of the gaps that are no gaps between pushes, one in ten."""

FLUCTUATION, FLUCTUATION_S = 0.3, 0.4
"""Wavering of the load within a contact: slope −40…+10 %, tremor 8 %, ramps, the drop of a double push."""
RESTLESSNESS = 0.08
"""Load on a free belt over the median push: brushes, and what the response does not explain."""
MISFIT = 0.15
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

LIKELIER = 0.5
SAME_ONSET_S = 1.5
"""Hypotheses whose contact began this little later than the likeliest say the same."""
NEGLIGIBLE_SHARE = 1e-3
NEGLIGIBLE_KMH = 1e-9
"""What is left of old contacts is dropped from here on: ever smaller numbers are slow."""

_TABLE_S = 0.05
_TABLE_END = 400
"""Longer durations than 20 s are as likely as that."""

# Rows of the table of hypotheses. The first five fade from report to report.
_OLD_LOOP, _LOOP, _OLD_REPORT, _REPORT, _EDGE = range(5)
# −2 log likelihood, baseline, mean and variance of the load, and where the tables of durations begin in time.
_SCORE, _BASE, _LOAD, _VAR, _TABLE_BEGIN = range(5, 10)
# The last contact; whether it is over and not yet taken; an earlier push not yet taken, and what it was.
_ONSET, _RELEASE, _OPEN, _PENDING, _P_ONSET, _P_RELEASE, _P_LOAD, _P_CLASS = range(10, 18)
_ROWS = 18


@dataclass(frozen=True, slots=True)
class Contact:
    """A push that is over: its load in km/h of the unit response, and how probable it is (0–1)."""

    onset_s: float
    release_s: float
    load_kmh: float
    baseline_kmh: float
    probability: float


def _log_tables(density: Floats) -> Floats:
    """−2 log of density (1/s) and of survival, on the grid of `_TABLE_S`."""
    survival = np.cumsum(density[::-1])[::-1] * _TABLE_S
    return -2 * np.log(np.stack([density, survival])[:, :_TABLE_END] + 1e-9)


class ContactTracker:
    """Follows the belt from report to report."""

    def __init__(self, calibration: Calibration) -> None:
        c = calibration
        r = c.response
        self._response = r
        self._cued_kmh = c.push_kmh
        self._rise_in_gap = c.rise_in_gap
        self.classes = ContactClasses(c.push_kmh, c.ride_kmh, c.contact_s)
        interval = max(c.interval_s, 0.1)
        self._grid = grid = interval / max(1, round(interval / GRID_S))
        self._n_on = int(np.ceil(LONGEST_CONTACT_S / grid))
        self._n_off = int(np.ceil(LONGEST_GAP_S / grid))
        n = self._n_on + self._n_off + 1
        self._on, self._off, self._idle = slice(0, self._n_on), slice(self._n_on, n), n - 1
        self._next_on = self._next_off = 0
        t: Floats = np.arange(1.0, 2400.0) * _TABLE_S
        gap = 0.9 * log_normal_density(t, GAP_S, GAP_LOG_SPREAD) + 0.1 * np.exp(-t / PAUSE_S) / PAUSE_S
        contact = _log_tables(self.classes.duration_density(t))
        # One table: of contacts up to `_TABLE_END`, then of gaps.
        self._density, self._survival = np.concatenate([contact, _log_tables(gap)], axis=1)
        self._table_last = np.full(n, _TABLE_END - 1.0)
        self._table_last[self._off] += _TABLE_END
        self._rho = np.zeros(n)
        self._rho[self._on] = r.sustained
        dip = c.dip_kmh
        self._floor = np.full(n, c.noise_kmh**2 + (RESTLESSNESS * dip) ** 2)
        # A smoothing console smooths the wavering of the load as well.
        waver = c.push_kmh * float(r.contact(np.arange(0.0, 1.0, 0.05), 0.0, FLUCTUATION_S).max())
        self._floor[self._on] = c.noise_kmh**2 + (FLUCTUATION * waver) ** 2
        self._free_noise = float(self._floor[-1])
        self._edge = (EDGE_MISFIT * dip) ** 2
        self._loop_weight, self._report_weight = r.loop_weight, r.report_weight
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
        s[_LOAD], s[_VAR] = self.classes.load_prior
        s[_TABLE_BEGIN] = s[_ONSET] = s[_RELEASE] = -1e9

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
        by_loop, by_report = math.exp(-dt / r.loop_s), math.exp(-dt / r.report_s)
        fade = np.array([[by_loop], [by_loop], [by_report], [by_report], [math.exp(-2 * dt / EDGE_S)]])
        self._s[: _EDGE + 1] *= fade
        self._branch(since, t_s)
        return self._update(speed_kmh, dt)

    def _durations(self, t: float) -> NDArray[np.intp]:
        """Where in the tables of durations each hypothesis stands at `t`."""
        at = t - self._s[_TABLE_BEGIN]
        at *= 1 / _TABLE_S
        return np.minimum(at, self._table_last, out=at).astype(np.intp)

    def _branch(self, since: float, t: float) -> None:
        """Let moments between two reports be moments of change. The likeliest parent is sought once."""
        s, n_on, r = self._s, self._n_on, self._response
        value = s[_SCORE] + self._density[self._durations(0.5 * (since + t))]
        begin: list[float] = s[:, n_on + int(value[self._off].argmin())].tolist()
        end: list[float] = s[:, int(value[self._on].argmin())].tolist()
        steps = max(1, min(round((t - since) / self._grid), MOST_MOMENTS))
        step = (t - since) / steps
        log_step = -2 * math.log(step)
        begin_score, end_score = begin[_SCORE] + log_step, end[_SCORE] + log_step
        begin_table, end_table = begin[_TABLE_BEGIN], end[_TABLE_BEGIN]
        end_loop, end_report = end[_LOOP], end[_REPORT]
        self._set_foot(begin)
        for k in range(steps):
            at = since + (k + 0.5) * step
            loop = self._loop_weight * math.exp((at - t) / r.loop_s)
            report = self._report_weight * math.exp((at - t) / r.report_s)
            edge = self._edge * math.exp(2 * (at - t) / EDGE_S)
            begin[_SCORE] = begin_score + self._prior(at - begin_table, 2 * _TABLE_END - 1)
            begin[_LOOP], begin[_REPORT], begin[_EDGE] = loop, report, edge
            begin[_TABLE_BEGIN] = begin[_ONSET] = at
            if s[_SCORE, self._next_on] < s[_SCORE, self._idle]:
                self._settle(s[:, self._next_on])
            s[:, self._next_on] = begin
            self._next_on = (self._next_on + 1) % n_on
            end[_SCORE] = end_score + self._prior(at - end_table, _TABLE_END - 1)
            end[_LOOP], end[_REPORT], end[_EDGE] = end_loop - loop, end_report - report, edge
            end[_TABLE_BEGIN] = at - _TABLE_END * _TABLE_S
            end[_RELEASE] = at
            end[_OPEN] = 1.0
            slot = n_on + self._next_off
            if s[_SCORE, slot] < s[_SCORE, self._idle]:
                self._rest(s[:, slot])
            s[:, slot] = end
            self._next_off = (self._next_off + 1) % self._n_off

    def _prior(self, age: float, last: int) -> float:
        return float(self._density[min(int(age / _TABLE_S), last)])

    def _set_foot(self, child: list[float]) -> None:
        """Turn a free hypothesis into one with a contact; what it says of the last one is settled."""
        child[_OLD_LOOP] += child[_LOAD] * child[_LOOP]
        child[_OLD_REPORT] += child[_LOAD] * child[_REPORT]
        if child[_OPEN] and not child[_PENDING]:
            probability = float(self._push_probability(np.array(child)))
            if probability >= LIKELIER:
                child[_PENDING] = 1.0
                child[_P_ONSET : _P_CLASS + 1] = child[_ONSET], child[_RELEASE], child[_LOAD], probability
        child[_OPEN] = 0.0
        child[_LOAD], child[_VAR] = self.classes.load_prior

    def _settle(self, survivor: Floats) -> None:
        """A contact that does not end was none: the belt runs at another speed, and is free."""
        s = self._s[:, self._idle]
        s[:] = survivor
        s[_BASE] -= s[_LOAD] * self._response.sustained
        s[_OLD_LOOP : _EDGE + 1] = 0.0
        s[_TABLE_BEGIN] = -1e9

    def _rest(self, survivor: Floats) -> None:
        """Keep a free hypothesis whose last contact is long over: what is no push by now is none."""
        s = self._s[:, self._idle]
        s[:] = survivor
        s[_OLD_LOOP:_EDGE] *= np.abs(s[_OLD_LOOP:_EDGE]) > NEGLIGIBLE_KMH
        s[_OPEN] *= self._push_probability(s) >= LIKELIER

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
        spread = phi * var
        total = phi * spread
        total += dip
        error_over = error / total
        cost = error * error_over
        follow = error_over[off] * (min(dt / BASELINE_S, 0.3) * self._free_noise)
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
        score = s[_SCORE]
        weight = np.exp(0.5 * (score.min() - score))
        if not weight @ (s[_OPEN] + s[_PENDING]) >= NEGLIGIBLE_SHARE * weight.sum():
            return None
        score = score + self._survival[self._durations(self._t)]
        weight = np.exp(0.5 * (score.min() - score))
        push = np.zeros_like(weight)
        push[off] = self._push_probability(s[:, off])
        done = np.maximum(s[_PENDING], (push >= LIKELIER) * s[_OPEN])
        share = weight * done
        over = float(share.sum() / weight.sum())
        if not over >= sure:
            return None
        best = int(share.argmax())
        h: list[float] = s[:, best].tolist()
        if h[_PENDING]:
            onset, release, load, kind = h[_P_ONSET : _P_CLASS + 1]
        else:
            onset, release, load, kind = h[_ONSET], h[_RELEASE], h[_LOAD], float(push[best])
        self.classes = self.classes.following(load, self._cued_kmh)
        s[_SCORE, done == 0] = np.inf
        s[_OPEN] *= s[_PENDING]
        s[_PENDING] = 0.0
        return Contact(onset, release, load, h[_BASE], over * kind)

    def held(self) -> Held | None:
        """The contact that is likely under way, if there is one."""
        s = self._s
        score = s[_SCORE] + self._survival[self._durations(self._t)]
        best = int(score.argmin())
        if best >= self._n_on:
            return None
        weight = np.exp(0.5 * (score[best] - score))
        onset_s, load, base = float(s[_ONSET, best]), float(s[_LOAD, best]), float(s[_BASE, best])
        same = s[_ONSET, self._on] <= onset_s + SAME_ONSET_S
        probability = float(weight[self._on][same].sum() / weight.sum())
        if not probability >= LIKELIER:
            return None
        level = base - load * self._response.sustained
        return Held(onset_s, max(level, 0.0), load * self._rise_in_gap, load / self._cued_kmh, probability)

    def forget(self, before_s: float) -> None:
        """Contacts that began before `before_s` will not be taken; one that is under way is dropped."""
        s = self._s
        stale = s[_ONSET] < before_s
        s[_OPEN, stale] = 0.0
        s[_PENDING, s[_P_ONSET] < before_s] = 0.0
        s[_SCORE, self._on][stale[self._on]] = np.inf
