"""Contacts on the belt, decoded from its speed: a segmental beam search through the learned response.

The belt is either *free* or *in contact*. Each hypothesis says when the last change was; all of them predict
the next report through the response, and are scored by how well they did. The load of a contact is unknown:
every hypothesis carries it as a scalar Kalman filter. Durations of contacts and gaps have priors (an
explicit-duration hidden semi-Markov model), so that a spike is no contact, a waver of force splits none, and
one long dip of two pushes is known for two. Hypotheses that are hopelessly behind the best are given up, so
that memory and cost per report are small and bounded. What lasts longer than `LONGEST_CONTACT_S` is no
contact.
"""

import math

import numpy as np

from eccentread.reps.calibration import Calibration
from eccentread.reps.classes import ContactClasses, log_normal_density
from eccentread.reps.held import Held
from eccentread.reps.response import Floats  # noqa: TC001  annotates locals
from eccentread.reps.stories import TABLE_S, Contact, Durations, Story

LONGEST_CONTACT_S = 10.0
LONGEST_GAP_S = 4.0
GRID_S = 0.34
"""About how finely the moments of a change are told apart; once between two reports at least."""
MOST_MOMENTS = 8
"""Moments of change tried after a silence."""
HOPELESS = 30.0
"""A hypothesis this far (−2 log likelihood) behind the best is given up: one in three million is right."""
BEAM = 24
"""So many are kept at the most."""
ANEW = 25.0
"""What it costs to forget what is believed and begin anew, −2 log likelihood."""
ELSEWHERE = 0.05
HOME_S = 20.0
"""Time of free belt over which its usual speed follows, while it is within this part of it."""
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
        self._grid = interval / max(1, round(interval / GRID_S))
        t: Floats = np.arange(1.0, 2400.0) * TABLE_S
        gap = 0.9 * log_normal_density(t, GAP_S, GAP_LOG_SPREAD) + 0.1 * np.exp(-t / PAUSE_S) / PAUSE_S
        self._contacts = Durations(self.classes.duration_density(t))
        self._gaps = Durations(gap)
        dip = c.dip_kmh
        self._free_noise = c.noise_kmh**2 + (RESTLESSNESS * dip) ** 2
        # A smoothing console smooths the wavering of the load as well.
        waver = c.push_kmh * float(r.contact(np.arange(0.0, 1.0, 0.05), 0.0, FLUCTUATION_S).max())
        self._contact_noise = c.noise_kmh**2 + (FLUCTUATION * waver) ** 2
        self._edge = (EDGE_MISFIT * dip) ** 2
        self._loop_weight, self._report_weight = r.loop_weight, r.report_weight
        self._t = float("nan")
        self.reset(c.baseline_kmh)

    def reset(self, baseline_kmh: float) -> None:
        """Forget every contact: the belt is free and runs at `baseline_kmh`."""
        free = Story(0.0, baseline_kmh, *self.classes.load_prior)
        self._home = baseline_kmh
        self._stories = [free]
        self._best = free

    @property
    def baseline_kmh(self) -> float:
        """Speed of the free belt by the best hypothesis."""
        return self._best.base

    @property
    def surprise(self) -> float:
        """−2 log likelihood of all reports since the last reset, by the best hypothesis."""
        return self._best.score

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
        by_edge = math.exp(-2 * dt / EDGE_S)
        for story in self._stories:
            story.loop *= by_loop
            story.old_loop *= by_loop
            story.report *= by_report
            story.old_report *= by_report
            story.edge *= by_edge
        self._branch(since, t_s)
        self._begin_anew(dt)
        missed = self._update(speed_kmh, dt)
        self._prune(t_s)
        return missed

    def _branch(self, since: float, t: float) -> None:
        """Let moments between two reports be moments of change. The likeliest parent is sought once."""
        free, held = self._parents(0.5 * (since + t))
        r = self._response
        steps = max(1, min(round((t - since) / self._grid), MOST_MOMENTS))
        step = (t - since) / steps
        log_step = -2 * math.log(step)
        for k in range(steps):
            at = since + (k + 0.5) * step
            loop = self._loop_weight * math.exp((at - t) / r.loop_s)
            report = self._report_weight * math.exp((at - t) / r.report_s)
            edge = self._edge * math.exp(2 * (at - t) / EDGE_S)
            if free is not None:
                self._stories.append(self._onset(free, at, log_step, loop, report, edge))
            if held is not None:
                self._stories.append(self._release(held, at, log_step, loop, report, edge))

    def _begin_anew(self, dt: float) -> None:
        """The belt is free at its usual speed, whatever was believed: an error lasts for a few reports."""
        best = self._best
        at_home = abs(best.base - self._home) <= ELSEWHERE * self._home
        if at_home and not best.contact:
            self._home += (best.base - self._home) * min(dt / HOME_S, 1.0)
            return
        again = Story(best.score + ANEW, self._home, *self.classes.load_prior, push=best.push)
        self._stories.append(again)

    def _parents(self, at: float) -> tuple[Story | None, Story | None]:
        """The likeliest free belt to be touched, and the likeliest contact to end, at that time."""
        free = held = None
        least_free = least_held = math.inf
        for s in self._stories:
            if s.contact:
                value = s.score + self._contacts.ends(at - s.since_s)
                if value < least_held:
                    held, least_held = s, value
            else:
                value = s.score + self._gaps.ends(at - s.since_s)
                if value < least_free:
                    free, least_free = s, value
        return free, held

    def _onset(
        self, free: Story, at: float, log_step: float, loop: float, report: float, edge: float
    ) -> Story:
        """A foot on the belt; what is said of its last contact is settled."""
        push = free.push
        if free.over and push is None:
            probability = self._probability(free)
            if probability >= LIKELIER:
                push = Contact(free.onset_s, free.release_s, free.load, free.base, probability)
        return Story(
            score=free.score + log_step + self._gaps.ends(at - free.since_s),
            base=free.base,
            load=self.classes.load_prior[0],
            variance=self.classes.load_prior[1],
            contact=True,
            since_s=at,
            loop=loop,
            report=report,
            old_loop=free.old_loop + free.load * free.loop,
            old_report=free.old_report + free.load * free.report,
            edge=edge,
            onset_s=at,
            push=push,
        )

    def _release(
        self, held: Story, at: float, log_step: float, loop: float, report: float, edge: float
    ) -> Story:
        """The foot off it."""
        return Story(
            score=held.score + log_step + self._contacts.ends(at - held.since_s),
            base=held.base,
            load=held.load,
            variance=held.variance,
            since_s=at,
            loop=held.loop - loop,
            report=held.report - report,
            old_loop=held.old_loop,
            old_report=held.old_report,
            edge=edge,
            onset_s=held.onset_s,
            release_s=at,
            over=True,
            push=held.push,
        )

    def _update(self, speed: float, dt: float) -> float:
        """Score every hypothesis by the report and let its load and baseline learn from it."""
        sustained = self._response.sustained
        follow = min(dt / BASELINE_S, 0.3) * self._free_noise
        least, missed = math.inf, 0.0
        log = math.log
        for s in self._stories:
            if s.contact:
                phi, total = sustained + s.loop + s.report, self._contact_noise
            else:
                phi, total = s.loop + s.report, self._free_noise
            dip = s.load * phi + s.old_loop + s.old_report
            error = (s.base - dip if dip < s.base else 0.0) - speed
            spread = phi * s.variance
            total += (MISFIT * dip) ** 2 + s.edge + phi * spread
            error_over = error / total
            cost = error * error_over
            if not s.contact and cost < BASELINE_LIMIT:
                s.base -= error_over * follow
            s.score += min(cost, LEAST_LIKELY) + log(total)
            s.load = max(s.load + spread * error_over, 0.0)  # feet brake the belt
            s.variance -= spread * spread / total
            if s.score < least:
                least, missed, self._best = s.score, error, s
        return missed

    def _prune(self, t: float) -> None:
        """Give up the hopeless; of those that have long been free keep the best."""
        kept: list[tuple[float, int, Story]] = []
        resting: Story | None = None
        for place, s in enumerate(self._stories):
            age = t - s.since_s
            if s.contact:
                if age > LONGEST_CONTACT_S:  # it was none: the belt runs at another speed, and is free
                    s.base -= s.load * self._response.sustained
                    s.rest()
                    age = math.inf
                else:
                    kept.append((s.score + self._contacts.lasts(age), place, s))
                    continue
            if age > LONGEST_GAP_S:
                if resting is None or s.score < resting.score:
                    resting = s
                continue
            kept.append((s.score + self._gaps.lasts(age), place, s))
        if resting is not None:
            if resting.over and self._probability(resting) < LIKELIER:
                resting.over = False  # what is no push by now is none
            kept.append((resting.score, -1, resting))
        kept.sort()
        limit = kept[0][0] + HOPELESS
        self._stories = [s for score, _, s in kept[:BEAM] if score <= limit]
        if self._best not in self._stories:
            self._best = min(self._stories, key=lambda s: s.score)

    def _probability(self, s: Story) -> float:
        return self.classes.push_probability(s.load, s.variance, s.release_s - s.onset_s)

    def _scored(self) -> list[tuple[float, Story]]:
        """Each hypothesis and its −2 log likelihood, with what it has lasted by now."""
        t = self._t
        return [
            (s.score + (self._contacts if s.contact else self._gaps).lasts(t - s.since_s), s)
            for s in self._stories
        ]

    def take(self, sure: float) -> Contact | None:
        """The oldest push that is over and not yet taken, once that is `sure` (probability 0–1).

        Taking it is final: hypotheses without it are dropped.
        """
        if not any(s.over or s.push is not None for s in self._stories):
            return None
        scored = self._scored()
        least = min(score for score, _ in scored)
        total = done = most = 0.0
        best: tuple[Story, float] | None = None
        pushes: list[float] = []
        for score, s in scored:
            weight = math.exp(0.5 * (least - score))
            total += weight
            push = 0.0
            if s.push is not None:
                push = 1.0
            elif s.over:
                probability = self._probability(s)
                push = probability if probability >= LIKELIER else 0.0
            pushes.append(push)
            share = weight * push
            done += share
            if share > most:
                most, best = share, (s, push)
        if best is None or not done / total >= sure:
            return None
        s, push = best
        over = done / total
        if s.push is not None:
            one = s.push
            taken = Contact(one.onset_s, one.release_s, one.load_kmh, s.base, over * one.probability)
        else:
            taken = Contact(s.onset_s, s.release_s, s.load, s.base, over * push)
        self.classes = self.classes.following(taken.load_kmh, self._cued_kmh)
        self._stories = [s for (_, s), push in zip(scored, pushes, strict=True) if push > 0]
        for s in self._stories:
            if s.push is None:
                s.over = False
            s.push = None
        self._best = min(self._stories, key=lambda s: s.score)
        return taken

    def held(self) -> Held | None:
        """The contact that is likely under way, if there is one."""
        scored = self._scored()
        least, best = min(scored, key=lambda pair: pair[0])
        if not best.contact:
            return None
        total = same = 0.0
        for score, s in scored:
            weight = math.exp(0.5 * (least - score))
            total += weight
            if s.contact and s.onset_s <= best.onset_s + SAME_ONSET_S:
                same += weight
        probability = same / total
        if not probability >= LIKELIER:
            return None
        level = best.base - best.load * self._response.sustained
        return Held(
            best.onset_s,
            max(level, 0.0),
            best.load * self._rise_in_gap,
            best.load / self._cued_kmh,
            probability,
        )

    def forget(self, before_s: float) -> None:
        """Contacts that began before `before_s` will not be taken; one that is under way is dropped."""
        kept: list[Story] = []
        for s in self._stories:
            if s.onset_s < before_s:
                if s.contact:
                    continue
                s.over = False
            if s.push is not None and s.push.onset_s < before_s:
                s.push = None
            kept.append(s)
        if not kept:
            self.reset(self.baseline_kmh)
        else:
            self._stories = kept
            self._best = min(kept, key=lambda s: s.score)
