"""What one foot does to the belt, from touching it to leaving it: shapes of load over time.

A push loads the belt twice: the foot's weight first, through deck friction, and the push itself 50–150 ms
later. It ends by travel, not by time: a harder push slows the belt and so lasts longer.
"""

import math
import random
from dataclasses import dataclass
from enum import StrEnum

STANDSTILL_MPS = 0.02
"""A belt slower than this has stopped, to a foot."""
GIVES_UP_S = 1.5
"""How long a foot stays on a belt that has stopped."""
YIELDS_MPS = 0.05
YIELDS_AFTER_S = 0.3
YIELDS_PER_S = 1.0
"""A push that all but stalls the belt is eased, after a reaction time, at this rate until the belt wins."""
LONGEST_S = 7.0
"""No foot rides or pushes longer than this: the leg or the deck ends."""


class Label(StrEnum):
    """What a contact was. A push and a double push count as one rep; nothing else counts."""

    PUSH = "push"
    DOUBLE_PUSH = "double-push"
    ABORTED = "aborted"
    RIDE = "ride"
    TOUCH = "touch"
    BRUSH = "brush"
    ASSIST = "assist"
    """A push with the belt."""
    STAND = "stand"
    WALK = "walk"


COUNTED = frozenset({Label.PUSH, Label.DOUBLE_PUSH})
STAYS = frozenset({Label.STAND, Label.WALK})
SLIPPED = 0.5
"""Part of its push that a foot loses as it slips."""
COUNTS_FROM = 0.6
"""A push that is let go before this part of its travel is an aborted one."""


@dataclass(frozen=True, slots=True)
class Contact:
    """The truth about one contact, once it is over.

    For a push `onset_s` is when the push itself begins (the foot's weight comes 50–150 ms earlier) and
    `release_s` when the last of it is gone; for everything else they are the foot's arrival and departure.
    `travel_m` is what the belt carried the foot. `impulse_ns` and `work_j` are of the push along the belt:
    its integral over time, and over the belt's travel.
    """

    label: Label
    onset_s: float
    release_s: float
    peak_force_n: float
    travel_m: float
    impulse_ns: float = 0.0
    work_j: float = 0.0

    @property
    def counts(self) -> bool:
        """Whether this is a rep."""
        return self.label in COUNTED


@dataclass(frozen=True, slots=True)
class Plan:
    """What a foot means to do. Forces in N, times in s from the foot's arrival."""

    label: Label
    vertical_n: float
    rise_s: float
    release_s: float
    travel_m: float = math.inf
    """Let go once the belt has carried the foot this far."""
    hold_s: float = LONGEST_S
    """Let go after this time in any case."""
    push_n: float = 0.0
    lead_s: float = 0.0
    """How long the foot's weight leads the push."""
    ramp_s: float = 0.0
    slope: float = 0.0
    """Relative change of the push from start to end of its travel."""
    tremor: float = 0.0
    """Relative amplitude."""
    tremor_hz: float = 2.0
    tremor_phase: float = 0.0
    eases_at: float = math.inf
    """Part of the travel at which a double push eases off; it does so for `eases_s`, down to `eases_to`."""
    eases_s: float = 0.0
    slips_hz: float = 0.0
    """How often the foot slips on the belt and loses half of its push, which then grows again."""
    sway_n: float = 0.0
    """Amplitude of what steps push and brake, N; they come `sway_hz` times a second, not quite regularly."""
    sway_hz: float = 1.0
    sway_phase: float = 0.0
    eases_to: float = 1.0


class Foot:
    """A plan being carried out on a moving belt."""

    __slots__ = (
        "_eased_s",
        "_impulse_ns",
        "_last_s",
        "_let_go_s",
        "_peak_n",
        "_plan",
        "_slow_s",
        "_start_s",
        "_stood_s",
        "_travel_m",
        "_work_j",
        "effort",
    )

    def __init__(self, plan: Plan, start_s: float) -> None:
        self._plan = plan
        self._start_s = start_s
        self._last_s = start_s
        self._let_go_s: float | None = None
        self._eased_s: float | None = None
        self._stood_s = 0.0
        self._slow_s = 0.0
        self._travel_m = 0.0
        self._peak_n = 0.0
        self._impulse_ns = 0.0
        self._work_j = 0.0
        self.effort = 1.0
        """What is left of the planned loads after yielding to a stalled belt, 0–1."""

    @property
    def stays(self) -> bool:
        """Whether this is no push or touch, but somebody who stays on the belt."""
        return self._plan.label in STAYS

    def let_go(self, t_s: float) -> None:
        """Begin to leave the belt now, if not already leaving."""
        if self._let_go_s is None:
            self._let_go_s = t_s

    def load(self, t_s: float, speed_mps: float) -> tuple[float, float] | None:
        """Push (N, positive against the belt) and vertical load (N) at `t_s`; `None` once the foot is off."""
        plan = self._plan
        age_s = t_s - self._start_s
        elapsed_s = t_s - self._last_s
        self._last_s = t_s
        self._travel_m += speed_mps * elapsed_s
        self._stood_s = self._stood_s + elapsed_s if speed_mps < STANDSTILL_MPS else 0.0
        if speed_mps < YIELDS_MPS:
            self._slow_s += elapsed_s
            if self._slow_s > YIELDS_AFTER_S:
                self.effort = max(0.0, self.effort - YIELDS_PER_S * elapsed_s)
        else:
            self._slow_s = 0.0
        remaining = self.effort
        if self._let_go_s is not None:
            left = 1.0 - (t_s - self._let_go_s) / plan.release_s
            if left <= 0.0:
                return None
            remaining *= _smooth(left)
        elif self._travel_m >= plan.travel_m or age_s >= plan.hold_s or self._stood_s >= GIVES_UP_S:
            self._let_go_s = t_s
        vertical_n = plan.vertical_n * remaining
        if age_s < plan.rise_s:
            vertical_n *= _smooth(age_s / plan.rise_s)
        if plan.sway_n:
            return plan.sway_n * remaining * math.sin(_gait(plan, age_s)), vertical_n
        push_age_s = age_s - plan.lead_s
        if plan.push_n == 0.0 or push_age_s <= 0.0:
            return 0.0, vertical_n
        push_n = self._push(plan, t_s, push_age_s) * remaining
        self._peak_n = max(self._peak_n, push_n)
        self._impulse_ns += push_n * elapsed_s
        self._work_j += push_n * speed_mps * elapsed_s
        return push_n, vertical_n

    def _push(self, plan: Plan, t_s: float, age_s: float) -> float:
        progress = min(self._travel_m / plan.travel_m, 1.0)
        push_n = plan.push_n * (1.0 + plan.slope * progress)
        push_n *= 1.0 + plan.tremor * math.sin(2.0 * math.pi * plan.tremor_hz * age_s + plan.tremor_phase)
        push_n *= 1.0 - SLIPPED * (1.0 - plan.slips_hz * age_s % 1.0) * (plan.slips_hz > 0.0)
        if age_s < plan.ramp_s:
            push_n *= _smooth(age_s / plan.ramp_s)
        if progress >= plan.eases_at:
            if self._eased_s is None:
                self._eased_s = t_s
            part = (t_s - self._eased_s) / plan.eases_s
            if part < 1.0:
                # Down and up again within `eases_s`, flat for the middle half.
                push_n *= 1.0 - (1.0 - plan.eases_to) * _smooth(min(4.0 * part, 4.0 * (1.0 - part), 1.0))
        return push_n

    def contact(self) -> Contact:
        """The truth, once `load` has said `None`."""
        plan = self._plan
        label = plan.label
        if label in COUNTED and self._travel_m < COUNTS_FROM * plan.travel_m:
            label = Label.ABORTED
        return Contact(
            label=label,
            onset_s=self._start_s + plan.lead_s,
            release_s=self._last_s,
            peak_force_n=self._peak_n,
            travel_m=self._travel_m,
            impulse_ns=self._impulse_ns,
            work_j=self._work_j,
        )


def plan_push(
    rng: random.Random,
    label: Label,
    push_n: float,
    travel_m: float,
    vertical_ratio: float,
    slope: float,
    slips_hz: float = 0.0,
) -> Plan:
    """A push, a double, an aborted one or one with the belt (`push_n` below 0), its incidentals drawn."""
    eases = label is Label.DOUBLE_PUSH
    return Plan(
        label=label,
        vertical_n=min(max(150.0, vertical_ratio * abs(push_n)), 700.0),
        rise_s=rng.uniform(0.1, 0.3),
        release_s=rng.uniform(0.1, 0.3),
        travel_m=travel_m,
        hold_s=rng.uniform(0.3, 0.5) if label is Label.ABORTED else LONGEST_S,
        push_n=push_n,
        lead_s=rng.uniform(0.05, 0.15),
        ramp_s=rng.uniform(0.2, 0.6),
        slope=slope,
        slips_hz=slips_hz,
        tremor=0.08,
        tremor_hz=rng.uniform(1.0, 3.0),
        tremor_phase=rng.uniform(0.0, 2.0 * math.pi),
        eases_at=rng.uniform(0.35, 0.6) if eases else math.inf,
        eases_s=rng.uniform(0.2, 0.5) if eases else 0.0,
        eases_to=rng.uniform(0.2, 0.4) if eases else 1.0,
    )


def plan_ride(rng: random.Random, travel_m: float) -> Plan:
    """A foot that lets itself be carried."""
    return Plan(
        label=Label.RIDE,
        vertical_n=rng.uniform(150.0, 400.0),
        rise_s=rng.uniform(0.1, 0.3),
        release_s=rng.uniform(0.1, 0.3),
        travel_m=travel_m,
    )


def plan_graze(rng: random.Random, label: Label) -> Plan:
    """A touch of the pushing foot or a brush of the other: light, short, without a push."""
    touch = label is Label.TOUCH
    lasts_s = rng.uniform(0.3, 0.8) if touch else rng.uniform(0.1, 0.5)
    return Plan(
        label=label,
        vertical_n=rng.uniform(60.0, 150.0) if touch else rng.uniform(30.0, 100.0),
        rise_s=0.25 * lasts_s,
        release_s=0.25 * lasts_s,
        hold_s=0.75 * lasts_s,
    )


def _gait(plan: Plan, age_s: float) -> float:
    """Phase of the steps, rad: their times stray by some 7 %."""
    stray = math.sin(0.8 * age_s + plan.sway_phase)
    return 2.0 * math.pi * plan.sway_hz * age_s + 0.5 * stray


def _smooth(u: float) -> float:
    """Smooth step from 0 at u = 0 to 1 at u = 1."""
    return u * u * (3.0 - 2.0 * u)
