"""The athlete: hears cues, takes her time, pushes, tires, and now and then does something that is no push.

Priors are engineering estimates from hip strength, leg geometry and the literature on graded effort: pushes
of 60–150 N at effort 4–6 of 10, 15 % scatter within a set, about 0.6 m of travel, gaps of about 1.5 s.
"""

import math
import random
from collections import deque
from dataclasses import dataclass
from enum import Enum, auto

from eccentread_sim.bounds import bounded
from eccentread_sim.lapses import FADING_GAP_S, FADING_MORE_S, OVERDOES, Lapse, plan_stay
from eccentread_sim.pushes import Contact, Foot, Label, Plan, plan_graze, plan_push, plan_ride

BELT_MOVES_MPS = 0.05
"""Nobody steps onto a belt slower than this."""
SHORTEST_GAP_S = 0.8
LONGEST_GAP_S = 4.0
ASSISTS = 0.5
"""With how much of her usual push an athlete pushes with the belt."""
SET_REPS = 15
"""The set over which fatigue is told: the n-th push of it is weaker by n/15 of the whole loss."""


@dataclass(frozen=True, slots=True)
class Traits:
    """One athlete."""

    push_n: float = bounded(100.0, 1.0, 1000.0)
    """Mean push, fresh: 60–150 N between athletes, 40–250 N in the extreme."""
    push_cv: float = bounded(0.15, 0.0, 1.0)
    """Scatter of the push within a set."""
    travel_m: float = bounded(0.60, 0.05, 1.5)
    """Mean travel of a push or ride: 0.60 ± 0.12 m between athletes."""
    travel_cv: float = bounded(0.08, 0.0, 1.0)
    slope: float = bounded(-0.15, -0.9, 0.9)
    """Relative change of the push toward the end of its travel, −0.4…0.1."""
    gap_s: float = bounded(1.5, 0.1, 60.0)
    """Median time off the belt between pushes, log-normal with σ = `gap_sigma`, 0.8–4 s."""
    gap_sigma: float = bounded(0.25, 0.0, 2.0)
    set_fatigue: float = bounded(0.12, 0.0, 0.95)
    """Part of the push lost over 15 reps, 0.05–0.20."""
    session_fatigue: float = bounded(0.05, 0.0, 0.95)
    """Part of it lost from set to set, 0–0.10."""
    gap_lengthening: float = bounded(0.20, 0.0, 10.0)
    """How much longer gaps become over 15 reps, 0.1–0.3."""
    reaction_min_s: float = bounded(0.3, 0.0, 60.0)
    reaction_max_s: float = bounded(0.9, 0.0, 60.0)
    touch_rate: float = bounded(0.10, 0.0, 1.0)
    """Part of the gaps with a test step in them."""
    brush_rate: float = bounded(0.05, 0.0, 1.0)
    """Part of the gaps in which the other foot brushes the belt."""
    double_rate: float = bounded(0.05, 0.0, 1.0)
    """Part of the pushes that ease off and come again within one contact."""
    aborted_rate: float = bounded(0.01, 0.0, 1.0)
    """Part of the pushes that are let go at once; another push follows."""
    ride_rate: float = bounded(0.0, 0.0, 1.0)
    """Part of the pushes in whose place the foot lets itself be carried; another push follows."""
    assist_rate: float = bounded(0.0, 0.0, 1.0)
    """Part of the pushes in whose place the foot pushes with the belt; another push follows."""
    slip_rate: float = bounded(0.0, 0.0, 1.0)
    """Part of the pushes in which the foot slips on the belt, again and again."""
    lapse: Lapse = Lapse.NONE
    """What she does wrong, in every set, once she has done `lapse_after` reps of it."""
    lapse_after: float = bounded(3.0, 0.0, 50.0)
    heeds: float = bounded(0.0, 0.0, 1.0)
    """How likely she gives it up for good when she is told."""
    pain_in_rest: float = bounded(-1.0, -1.0, 10.0)
    """What she answers when she is asked for her pain in a rest; −1: 0–2, as at other times."""

    @classmethod
    def draw(cls, rng: random.Random) -> "Traits":
        """Somebody."""
        return cls(
            push_n=rng.uniform(60.0, 150.0),
            travel_m=min(max(rng.gauss(0.60, 0.12), 0.38), 0.94),
            slope=rng.uniform(-0.4, 0.1),
            set_fatigue=rng.uniform(0.05, 0.20),
            session_fatigue=rng.uniform(0.0, 0.10),
            gap_lengthening=rng.uniform(0.1, 0.3),
        )


class _Doing(Enum):
    NOTHING = auto()
    SET = auto()
    ONE_PUSH = auto()
    ONE_RIDE = auto()


_ONTO = {"set-begins": _Doing.SET, "push-once": _Doing.ONE_PUSH, "ride-once": _Doing.ONE_RIDE}
_NO_MORE = frozenset({"set-done", "rest-begins", "session-done"})
"""After these a push under way is finished, and no other begun."""
_REMINDERS = frozenset({"one-foot", "no-walking", "less-hard", "still-there"})
"""What is said to who does something else than the exercise."""
_OFF_AT_ONCE = frozenset(
    {"feet-on-rails", "belt-starting", "stand-clear", "off-belt", "step-off", "belt-stopped", "emergency"}
)


class Athlete:
    """A person on the rails. Call `load` every physics step; finished contacts gather in `contacts`."""

    def __init__(self, traits: Traits, seed: int | str) -> None:
        self.traits = traits
        self.contacts: list[Contact] = []
        self._rng = random.Random(f"{seed}:athlete")
        self._answers = random.Random(f"{seed}:answers")
        self._lapses = random.Random(f"{seed}:lapses")
        self._reminded_s = math.inf
        self._reformed = False
        self._doing = _Doing.NOTHING
        self._foot: Foot | None = None
        self._coming: deque[tuple[float, Plan]] = deque()
        self._learnt = 1.0
        self._set = 0
        self._rep = 0
        self._order = ("", _Doing.NOTHING)
        self._order_s = math.inf

    @property
    def on_belt(self) -> bool:
        """Whether a foot is on the belt."""
        return self._foot is not None

    def hear(self, t_s: float, cue: str, number: int | None = None) -> None:
        """Take in a cue (a value of the program's `CueKind`); it is acted on after 0.3–0.9 s and a step.

        The last cue heard wins; a foot on the belt finishes before another thing is begun. Words that ask for
        no movement (counts, encouragement) are not acted on, and `number` is theirs.
        """
        del number
        if cue in _REMINDERS and self._lapses.random() < self.traits.heeds:
            self._reminded_s = t_s + self._lapses.uniform(
                self.traits.reaction_min_s, self.traits.reaction_max_s
            )
        if cue not in _ONTO and cue not in _NO_MORE and cue not in _OFF_AT_ONCE:
            return
        traits, rng = self.traits, self._rng
        self._order = (cue, _ONTO.get(cue, _Doing.NOTHING))
        self._order_s = t_s + rng.uniform(traits.reaction_min_s, traits.reaction_max_s)
        if cue in _ONTO:
            self._order_s += rng.uniform(0.2, 0.6)

    def load(self, t_s: float, speed_mps: float) -> tuple[float, float]:
        """Push (N, positive against the belt) and vertical load (N) on a belt of true speed `speed_mps`."""
        foot = self._foot
        if t_s >= self._reminded_s:
            self._reform(t_s)
        if t_s >= self._order_s and (foot is None or self._order[1] is _Doing.NOTHING):
            self._obey(t_s)
        if foot is not None:
            load = foot.load(t_s, speed_mps)
            if load is not None:
                return load
            self._leave(t_s, foot)
        elif self._coming and t_s >= self._coming[0][0] and speed_mps >= BELT_MOVES_MPS:
            self._foot = Foot(self._coming.popleft()[1], t_s)
        return 0.0, 0.0

    def do(self, t_s: float, plan: Plan) -> None:
        """Begin that at `t_s`, unasked and after all that was to be done before."""
        self._coming.append((t_s, plan))

    def answer(self, question: str, kind: str) -> tuple[float, int]:
        """Seconds until the answer, and the answer: yes (1) to a `confirm`, 0–10 to a `scale`.

        Effort is 4–6, anything else on a scale (pain) 0–2.
        """
        if kind == "confirm":
            return self._answers.uniform(1.0, 3.0), 1
        value = self._answers.randint(4, 6) if "effort" in question else self._answers.randint(0, 2)
        if question.startswith("pain-in-rest") and self.traits.pain_in_rest >= 0.0:
            value = round(self.traits.pain_in_rest)
        return self._answers.uniform(1.5, 4.0), value

    def _obey(self, t_s: float) -> None:
        cue, doing = self._order
        self._order_s = math.inf
        self._coming.clear()
        if self._foot is not None and (cue not in _NO_MORE or self._foot.stays):
            self._foot.let_go(t_s)
        self._doing = doing
        match doing:
            case _Doing.SET:
                self._set += 1
                self._rep = 0
                self._coming.append((t_s, self._next_push()))
            case _Doing.ONE_PUSH:
                self._coming.append((t_s, self._push(Label.PUSH, 1.0)))
            case _Doing.ONE_RIDE:
                self._coming.append((t_s, plan_ride(self._rng, self._travel_m())))
            case _Doing.NOTHING:
                pass

    @property
    def _lapse(self) -> Lapse:
        """What she does wrong now."""
        lapses = self._doing is _Doing.SET and self._rep >= self.traits.lapse_after and not self._reformed
        return self.traits.lapse if lapses else Lapse.NONE

    def _reform(self, t_s: float) -> None:
        self._reminded_s = math.inf
        if self._lapse is Lapse.NONE:
            return
        self._reformed = True
        if self._foot is not None and self._foot.stays:
            self._foot.let_go(t_s)
        elif self._foot is None and not self._coming:
            self._coming.append((t_s, self._next_push()))

    def _leave(self, t_s: float, foot: Foot) -> None:
        contact = foot.contact()
        self.contacts.append(contact)
        if contact.counts:
            # A belt that moved on only when she eased off teaches her to push less.
            self._learnt *= foot.effort
        self._foot = None
        self._order_s = max(self._order_s, t_s + SHORTEST_GAP_S)
        if self._coming:
            return
        if self._doing is _Doing.SET:
            self._rep += contact.counts
            self._plan_gap(t_s)
        else:
            self._doing = _Doing.NOTHING

    def _plan_gap(self, t_s: float) -> None:
        """The next push, and what may happen before it."""
        traits, rng = self.traits, self._rng
        match lapse := self._lapse:
            case Lapse.SLEEPS:
                return
            case Lapse.STANDS | Lapse.WALKS:
                self._coming.append((t_s + SHORTEST_GAP_S, plan_stay(self._lapses, lapse)))
                return
            case Lapse.FADES:
                long_s = FADING_GAP_S + FADING_MORE_S * (self._rep - traits.lapse_after)
                self._coming.append((t_s + long_s, self._next_push()))
                return
            case _:
                pass
        gap_s = traits.gap_s * math.exp(rng.gauss(0.0, traits.gap_sigma))
        gap_s = min(
            max(gap_s * (1.0 + traits.gap_lengthening * self._tired()), SHORTEST_GAP_S), LONGEST_GAP_S
        )
        drawn = rng.random()
        if drawn < traits.touch_rate + traits.brush_rate:
            graze = plan_graze(rng, Label.TOUCH if drawn < traits.touch_rate else Label.BRUSH)
            lasts_s = graze.hold_s + graze.release_s
            gap_s = max(gap_s, lasts_s + 0.5)
            self._coming.append((t_s + rng.uniform(0.2, gap_s - lasts_s - 0.2), graze))
        self._coming.append((t_s + gap_s, self._next_push()))

    def _next_push(self) -> Plan:
        """A push of a set: tired, and of any label."""
        traits, drawn = self.traits, self._rng.random()
        label = Label.PUSH
        if drawn < traits.aborted_rate:
            label = Label.ABORTED
        elif drawn < traits.aborted_rate + traits.double_rate:
            label = Label.DOUBLE_PUSH
        elif drawn > 1.0 - traits.ride_rate:
            return plan_ride(self._rng, self._travel_m())
        elif drawn > 1.0 - traits.ride_rate - traits.assist_rate:
            return self._push(Label.ASSIST, -ASSISTS)
        fresh = (1.0 - traits.session_fatigue) ** (self._set - 1)
        if self._lapse is Lapse.OVERDOES:
            fresh *= OVERDOES
        return self._push(label, fresh * (1.0 - traits.set_fatigue * self._tired()))

    def _push(self, label: Label, freshness: float) -> Plan:
        traits, rng = self.traits, self._rng
        scatter = min(max(rng.gauss(1.0, traits.push_cv), 0.5), 1.5)
        slips = traits.slip_rate > 0.0 and rng.random() < traits.slip_rate
        return plan_push(
            rng,
            label,
            push_n=traits.push_n * self._learnt * freshness * scatter,
            travel_m=self._travel_m(),
            vertical_ratio=rng.uniform(1.6, 2.3),
            slope=traits.slope,
            slips_hz=rng.uniform(2.0, 5.0) if slips else 0.0,
        )

    def _travel_m(self) -> float:
        scatter = self._rng.gauss(1.0, self.traits.travel_cv * (1.0 + 0.2 * self._tired()))
        return self.traits.travel_m * min(max(scatter, 0.7), 1.3)

    def _tired(self) -> float:
        """0 in the first rep of a set, 1 in its last and after."""
        return min(self._rep / (SET_REPS - 1), 1.0) if self._doing is _Doing.SET else 0.0
