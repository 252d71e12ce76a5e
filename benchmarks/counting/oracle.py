"""An oracle: the likeliest story of a whole recording, told by one who knows the machine and the athlete.

It knows the drive's equations and parameters, the console's averaging, smoothing, noise and rounding, when
each report was taken (not only when it arrived), when a foot came and went in the signal check, and the
athlete's traits; its `habits` say what she may do in a set. It does not know what she did. It plays
the machine with hypothesised contacts on it, keeps those that explain the reports best (a beam), and tells
its count when the recording is over.

What it leaves out: tremor and the shapes of ramps count as noise of a tenth of the load, a push that eases
off or slips as one of a third; ripple counts as white; moments of change lie on a grid of 0.1 s. Each
hypothesis is played twice, with its load and a tenth more, so that the load is estimated as it goes (an
extended Kalman filter of one number).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.counting.cells import Case
from benchmarks.counting.foot import RELEASE_S, Feet
from benchmarks.counting.habits import Kind, kinds_of, log_gap, log_graze
from benchmarks.counting.limits import within
from benchmarks.counting.observed import Look, looks
from benchmarks.counting.plants import POSITION, Floats, Plants, noise_mps
from benchmarks.counting.scoring import Counted
from eccentread_sim.drive import STEP_S, STEPS_PER_S
from eccentread_sim.pushes import LONGEST_S, Label
from eccentread_sim.recordings import SETTLE_S, Event

GRID = 10
"""Physics steps from one moment of change to the next."""
MORE = 0.1
"""By how much more load each hypothesis is played a second time."""
FOLLOW = 0.3
"""How far the usual push follows each push."""
SIGMAS = 3.0
"""A load further from the middle of its kind is of another kind."""
WAVER_S = 0.4
"""How long a load stays above or below what is supposed of it; who smooths for longer smooths that."""
EDGE_S = 0.06
"""How uncertain moments are: the grid, and the shape of ramps."""
OUTLIERS = 1e-4
WIDTH = 200
"""Hypotheses kept."""
HOPELESS = 18.0
"""Log likelihood by which a hypothesis may trail the best."""
UNHEARD_OF = -30.0
"""Log probability below which an end is not supposed at all."""
LEAD_S = 0.1
"""Mean of the 50–150 ms by which the weight leads a push."""
FREE_PARENTS, BUSY_PARENTS = 3, 8
"""Hypotheses from which others are born at each moment of change."""


_OF_EACH = ("_score", "_more", "_variance", "_most", "_waver", "_felt", "_peak", "_released", "_pushed")
"""Arrays of the oracle that have an entry for each hypothesis."""


type Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Past:
    """A contact of a story, and what came before it."""

    before: "_Past | None"
    kind: Kind
    onset: int
    release: int


def _tick(t_s: float) -> int:
    """The step nearest to a time that is a moment of change."""
    return round(t_s / (GRID * STEP_S)) * GRID


class Oracle:
    """One recording, gone through from its begin to its end."""

    def __init__(self, case: Case) -> None:
        self._case = case
        setup = case.setup
        self._habits = kinds_of(setup, Event.SET)
        self._kinds: list[Kind] = []
        self._known: dict[int, list[Kind]] = {}
        for contact in case.recording.contacts:
            if contact.onset_s < case.set_s[0]:
                event = Event.RIDE if contact.label is Label.RIDE else Event.PUSH
                lead_s = 0.0 if event is Event.RIDE else LEAD_S
                self._known[_tick(contact.onset_s - lead_s)] = kinds_of(setup, event)
                self._known[_tick(contact.release_s - RELEASE_S)] = []
        self._sigma = noise_mps(setup.drive, setup.reporting, setup.reporting.interval_s)
        averaged_s = 2.0 * setup.reporting.smoothing_s
        self._passed = math.sqrt(WAVER_S / max(averaged_s, WAVER_S))
        self._plants = Plants(setup.drive, setup.reporting, 2)
        self._feet = Feet(setup.traits.travel_m, 1)
        self._past: list[_Past | None] = [None]
        self._score: Floats = np.zeros(1)
        self._more: Floats = np.zeros(1)
        self._variance: Floats = np.zeros(1)
        self._most: Floats = np.zeros(1)
        self._waver: Floats = np.zeros(1)
        self._felt: Floats = np.zeros(1)
        self._peak: Floats = np.zeros(1)
        self._released: NDArray[np.int64] = np.full(1, -(10**6))
        self._pushed: NDArray[np.int64] = np.full(1, -(10**6))

    def pushes(self) -> list[Counted]:
        """The pushes in the set."""
        recording = self._case.recording
        step = -round(SETTLE_S * STEPS_PER_S)
        for look in looks(recording.measured_s, recording.speed_kmh, self._case.setup.reporting):
            while step < look.at:
                if step == look.opens:
                    self._plants.open_box()
                self._play(step)
                step += 1
                if step in self._known:
                    self._learn(step)
                elif step % GRID == 0 and self._case.set_s[0] <= step * STEP_S < self._case.set_s[1]:
                    self._guess(step)
            self._judge(look)
        return self._told()

    def _play(self, step: int) -> None:
        state = self._plants.state
        n = len(self._score)
        load = self._feet.load(step, state[0, :n], state[POSITION, :n])
        self._plants.step(np.concatenate([load, load * (1.0 + MORE)]))

    def _keep(self, which: Indices) -> None:
        """Only these hypotheses, in this order; one may come again."""
        n = len(self._score)
        self._plants.state = self._plants.state[:, np.concatenate([which, which + n])]
        self._feet.keep(which)
        self._past = [self._past[i] for i in which]
        for name in _OF_EACH:
            setattr(self, name, getattr(self, name)[which])

    def _learn(self, step: int) -> None:
        """What was done in the signal check is known: that a foot of some kind comes now, or leaves."""
        kinds = self._known[step]
        if kinds:
            self._kinds = kinds
            comers = np.argsort(-self._score)[:FREE_PARENTS]
            self._keep(np.repeat(comers, len(kinds)))
            self._come(0, comers, step)
        else:
            self._leave(np.arange(len(self._score)), np.zeros(len(self._score)), step)
            self._kinds = self._habits

    def _guess(self, step: int) -> None:
        """In the set feet may come and go at any time."""
        n, kinds = len(self._score), self._kinds
        free, busy = np.flatnonzero(~self._feet.on), np.flatnonzero(self._feet.on)
        comers = free[np.argsort(-self._score[free])[:FREE_PARENTS]]
        ends = self._ends(busy, step)
        order = np.argsort(-(self._score[busy] + ends))[:BUSY_PARENTS]
        order = order[ends[order] > UNHEARD_OF]
        leavers, ends = busy[order], ends[order]
        self._keep(np.concatenate([np.arange(n), np.repeat(comers, len(kinds)), leavers]))
        self._leave(np.arange(len(self._score) - len(leavers), len(self._score)), ends, step)
        self._score[n : n + len(comers) * len(kinds)] += self._log_moments(comers, step)
        self._come(n, comers, step)

    def _log_moments(self, comers: Indices, step: int) -> Floats:
        """How likely a foot of each kind comes just now, one comer after the other."""
        usual = log_gap(self._case.setup, (step - self._pushed[comers]) * STEP_S)
        graze = log_graze((step - self._released[comers]) * STEP_S)
        each = [
            [kind.log_prior + (g if kind.grazes else u) for kind in self._kinds]
            for u, g in zip(usual, graze, strict=True)
        ]
        return np.array(each).ravel() + math.log(GRID * STEP_S)

    def _come(self, first: int, comers: Indices, step: int) -> None:
        """Feet of all kinds, on copies of each comer that begin at `first`."""
        kinds = self._kinds
        new = np.arange(first, first + len(comers) * len(kinds))
        n, state = len(self._score), self._plants.state
        # What was learnt of the last load is what the machine has gone through.
        state[:, new] += (state[:, new + n] - state[:, new]) * (self._more[new] / MORE)
        state[:, new + n] = state[:, new]
        self._more[new] = self._felt[new] = self._peak[new] = 0.0
        spread = np.tile([kind.spread for kind in kinds], len(comers))
        self._variance[new], self._most[new] = spread**2, SIGMAS * spread
        self._waver[new] = self._passed * np.tile([kind.waver for kind in kinds], len(comers))
        self._feet.come(new, kinds, step, state[POSITION, new], self._case.setup.drive.friction_coefficient)

    def _ends(self, busy: Indices, step: int) -> Floats:
        """Log probability that each contact ends now; one that is overdue never was."""
        travel = self._plants.state[POSITION, busy] - self._feet.from_m[busy]
        age = (step - self._feet.came[busy]) * STEP_S
        ends = np.full(len(busy), -math.inf)
        for number, kind in enumerate(self._kinds):
            of_kind = self._feet.kind[busy] == number
            at = travel if kind.by_travel else age
            over = (at > kind.most) | (age > LONGEST_S + 2 * GRID * STEP_S)
            self._score[busy[of_kind & over]] = -math.inf
            if kind.by_travel:
                mps = np.maximum(self._plants.state[0, busy[of_kind]], 0.03)
                ends[of_kind] = kind.log_end(travel[of_kind]) + np.log(GRID * STEP_S * mps)
                ends[of_kind & (age >= LONGEST_S)] = 0.0
            else:
                ends[of_kind] = kind.log_end(age[of_kind]) + math.log(GRID * STEP_S)
        return ends

    def _leave(self, leaving: Indices, ends: Floats, step: int) -> None:
        self._score[leaving] += ends
        self._feet.leave(leaving, step)
        self._released[leaving] = step
        for i in leaving:
            kind = self._kinds[self._feet.kind[i]]
            self._past[i] = _Past(self._past[i], kind, int(self._feet.came[i]), step)
            if not kind.grazes:
                self._pushed[i] = step
            if kind.counts:
                # A stalled belt teaches at once; what a single push tells of the usual one is little.
                heavier = kind.level * (1.0 + self._more[i])
                self._feet.learnt[i] *= self._feet.effort[i] * heavier**FOLLOW

    def _judge(self, look: Look) -> None:
        """Score all by a report, let their loads learn from it, and keep the best."""
        n = len(self._score)
        shown = self._plants.shown_mps(look.box_s)
        mean, felt = shown[:n], (shown[n:] - shown[:n]) / MORE
        mean = mean + felt * self._more
        edge = (felt - self._felt) * min(EDGE_S / look.box_s, 1.0)
        spread = felt * self._variance
        whole = (1.0 + self._more) ** 2
        # What wavers is felt as what came on was, also where the drive has long taken that back.
        self._peak = np.where(self._feet.on, np.maximum(self._peak, np.abs(felt)), np.abs(felt))
        unknown = whole * ((self._waver * self._peak) ** 2 + edge**2)
        variance = look.sigma(self._sigma) ** 2 + unknown + felt * spread
        sigma = np.sqrt(variance)
        usual = within(look.low, look.high, mean, sigma)
        probability = (1.0 - OUTLIERS) * usual + OUTLIERS * min(look.width, 1.0)
        self._score += np.log(probability)
        believed = np.clip(mean, look.low, look.high)
        inside = usual > OUTLIERS * look.width
        a, b = (look.low - mean) / sigma, (look.high - mean) / sigma
        density = (np.exp(-0.5 * a * a) - np.exp(-0.5 * b * b)) / math.sqrt(2.0 * math.pi)
        believed = np.where(inside, mean + sigma * density / np.maximum(usual, 1e-12), believed)
        self._more += np.where(inside, spread / variance * (believed - mean), 0.0)
        np.clip(self._more, -self._most, self._most, out=self._more)
        left = np.clip((believed - look.low) * (look.high - believed) / (3.0 * variance), 0.0, 1.0)
        self._variance -= np.where(inside, spread**2 / variance * (1.0 - left), 0.0)
        np.maximum(self._variance, 1e-4, out=self._variance)
        self._felt = felt
        if not np.isfinite(self._score).any():
            self._score[:] = 0.0  # what cannot be has come: none is likelier than another
        order = np.argsort(-self._score)[:WIDTH]
        order = order[self._score[order] > self._score[order[0]] - HOPELESS]
        self._keep(order)

    def _told(self) -> list[Counted]:
        begins_s, ends_s = self._case.set_s
        free = np.flatnonzero(~self._feet.on)
        past = self._past[free[np.argmax(self._score[free])]] if len(free) else None
        told: list[Counted] = []
        while past is not None:
            onset_s, release_s = past.onset * STEP_S, past.release * STEP_S
            if past.kind.counts and begins_s <= onset_s < ends_s:
                told.append(Counted(onset_s, release_s))
            past = past.before
        return told[::-1]
