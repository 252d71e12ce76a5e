"""The calibration of force, step by step: boxes on a strap up and down, then riding free, the belt in charge.

It is conducted like a commissioning, by the same hand: belt first, script second, every fault and every stop
the same. Numbers are asked for only while the belt stands.

A box lies for less than the 15 s after which a belt below its lock counts as changed on the console.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from eccentread.events import Outcome, QuestionKind, Reason
from eccentread.reps.force import (
    GRAVITY_MPS2,
    LEAST_MASSES,
    ForceCalibration,
    NoForce,
    calibrate_force,
)
from eccentread.reps.force_pulls import Pull
from eccentread.session.belt_state import BeltState
from eccentread.session.commissioning.driving import PATIENCE_S, bring_to_rest, ready, set_off, while_it_runs
from eccentread.session.commissioning.findings import PROTOCOL_CENTI_KMH, Purpose, Run
from eccentread.session.commissioning.script import Over, Script
from eccentread.session.commissioning.session import Conduct
from eccentread.session.commissioning.words import Question
from eccentread.session.profile import Profile, matching
from eccentread.session.pulls import words
from eccentread.units import kmh_from_centi

WARM_S = 300.0
IDLE_S = 30.0
HOLD_S = 7.0
"""From a box that lies to the word to lift it: with setting down, reading and lifting some 11 s."""
FREE_S = 12.0
"""The belt between two boxes: a slow loop takes back what the last one did."""
PROVEN_S = 10.0
MOST_BOXES = 5
BOX_KG = (1.0, 30.0)
SPEED_KMH = kmh_from_centi(PROTOCOL_CENTI_KMH)


@dataclass(frozen=True, slots=True)
class Laid:
    """A box that lay on the belt, between two answers."""

    mass_kg: float
    tied: bool
    on_s: float
    off_s: float


class PullSession(Conduct):
    """One calibration. `profiles`: what is known of models that the machine may be."""

    def __init__(self, profiles: Sequence[Profile] = ()) -> None:
        self.laid: list[Laid] = []
        self.tensions_kg: dict[int, float] = {}
        """What the scale showed, by the place in `laid`."""
        self.idle_s: tuple[float, float] | None = None
        self.warm = False
        """Whether the belt had been warmed up by hand, faster than this program runs it."""
        super().__init__(lambda _: _calibration(self, profiles))
        self.timed = False

    @property
    def result(self) -> ForceCalibration | NoForce:
        """What the loads told so far."""
        if self.idle_s is None:
            return NoForce("The belt was never seen to run free; repeat the calibration.")
        pulls = [
            Pull(one.on_s, one.off_s, one.mass_kg, GRAVITY_MPS2 * self.tensions_kg.get(number, 0.0))
            for number, one in enumerate(self.laid)
            if not one.tied or number in self.tensions_kg
        ]
        end_s = self.run.leaving_s if self.run and self.run.leaving_s is not None else self.t_s
        reports = self.trace.reports_between(self.idle_s[0], end_s)
        unit = self.profile.report_unit.kmh
        return calibrate_force(
            [one.t_s for one in reports],
            [kmh_from_centi(one.centi) * unit for one in reports],
            self.idle_s,
            pulls,
            SPEED_KMH,
        )


def _calibration(c: PullSession, profiles: Sequence[Profile]) -> Script[None]:
    yield from c.until(lambda: c.linked, inf)
    connected = c.done.connected
    assert connected is not None  # it is linked
    c.profile = matching(profiles, connected.name, connected.device) or c.profile
    c.tell(words.WELCOME)
    if (yield from ready(c, PROTOCOL_CENTI_KMH)) is None:  # it is in charge while people are asked
        c.tell(words.NO_SUCH_SPEED.format(speed=SPEED_KMH))
        raise Over(Outcome.FAULT, Reason.OUT_OF_RANGE)
    for question in (words.KEY_TRIED, words.STRAP):
        if not (yield from c.confirmed(question)):
            raise Over(Outcome.STOPPED, Reason.DECLINED)
    boxes = yield from _boxes(c)
    if len(set(boxes)) < LEAST_MASSES:
        c.tell(words.TOO_FEW_BOXES.format(count=len(set(boxes)), least=LEAST_MASSES))
        raise Over(Outcome.STOPPED, Reason.DECLINED)
    c.warm = yield from c.confirmed(words.WARM)
    coming = deque((mass, True) for mass in (*boxes, *reversed(boxes)))
    coming += ((mass, False) for mass in boxes)
    run = yield from _start(c, len(coming))
    if not c.warm:
        c.tell(words.WARMING.format(minutes=WARM_S / 60, speed=SPEED_KMH))
        yield from c.wait(WARM_S)
    yield from _idle(c)
    while True:
        with c.tolerating(Reason.CHANGED_ON_CONSOLE, Reason.BELT_STOPPED):
            yield from _lay_all(c, run, coming)
            yield from bring_to_rest(c)
        if not coming:
            break
        c.tell(words.GO_ON)
        run = yield from _start(c, len(coming))
        yield from c.wait(FREE_S)
    yield from _readings(c)


def _boxes(c: PullSession) -> Script[list[float]]:
    """What the boxes weigh, kg, from the lightest on."""
    boxes: list[float] = []
    while len(boxes) < MOST_BOXES:
        answer = yield from c.ask(words.mass(len(boxes) + 1), QuestionKind.NUMBER)
        if answer is None or not answer.value:
            break
        mass = answer.value / 100
        if BOX_KG[0] <= mass <= BOX_KG[1]:
            boxes.append(mass)
        else:
            c.tell(words.BOX_ODD.format(mass=mass, least=BOX_KG[0], most=BOX_KG[1]))
    return sorted(boxes)


def _start(c: PullSession, loads: int) -> Script[Run]:
    """The belt at its speed, which is proven."""
    before_s = 0.0 if c.idle_s else IDLE_S + (0.0 if c.warm else WARM_S)
    minutes = (before_s + loads * (HOLD_S + FREE_S + 4.0)) / 60
    question = words.GO.filled(speed=f"{SPEED_KMH:g}", minutes=minutes)
    run = yield from set_off(c, Purpose.PROTOCOL, PROTOCOL_CENTI_KMH, question)
    if run is None:
        raise Over(Outcome.STOPPED, Reason.DECLINED)
    belt = c.belt
    assert belt is not None  # it has just been set in motion
    if belt.state is BeltState.UNPROVEN:
        answer = yield from while_it_runs(c, run, words.creeps(SPEED_KMH), leaving=True)
        c.carry_out(belt.timed(c.t_s, holds=answer is not None and bool(answer.value)))
        yield from c.until(lambda: belt.state is not BeltState.UNPROVEN, PROVEN_S)
    if belt.state is not BeltState.LOCKED:
        c.tell(words.NOT_HELD)
        raise Over(Outcome.FAULT, Reason.LOCK_TIMED_OUT)
    run.steady_s = c.t_s
    return run


def _idle(c: PullSession) -> Script[None]:
    """The free belt."""
    c.tell(words.IDLE.format(seconds=IDLE_S))
    began_s = c.t_s
    yield from c.wait(IDLE_S)
    c.idle_s = (began_s, c.t_s)


def _lay_all(c: PullSession, run: Run, coming: deque[tuple[float, bool]]) -> Script[None]:
    """One box after the other, as long as the belt runs; `coming` is what is still to lie on it."""
    while coming and run.leaving_s is None:
        mass, tied = coming[0]
        yield from _lay(c, run, mass, tied=tied)
        if run.leaving_s is None:
            coming.popleft()


def _lay(c: PullSession, run: Run, mass: float, *, tied: bool) -> Script[None]:
    """One box on the belt, and off it again."""
    on_s = yield from _told(c, run, words.lay(mass, tied=tied))
    if on_s is None:
        return
    if tied:
        c.tell(words.HOLD)
        yield from c.until(lambda: run.leaving_s is not None, HOLD_S)
    off_s = yield from _told(c, run, words.lift(tied=tied))
    if run.leaving_s is not None:
        return
    if off_s is None:
        c.tell(words.NOT_LIFTED)
        raise Over(Outcome.STOPPED, Reason.DECLINED)
    c.laid.append(Laid(mass, tied, on_s, off_s))
    c.tell(words.LIFTED.format(seconds=FREE_S))
    yield from c.until(lambda: run.leaving_s is not None, FREE_S)


def _told(c: PullSession, run: Run, question: Question) -> Script[float | None]:
    """When a person said yes; `None` for a no, or where the belt is stopped meanwhile.

    Raises:
        Over: nobody answered: the belt does not run on.
    """
    answer = yield from while_it_runs(c, run, question, leaving=True)
    if run.leaving_s is not None:
        return None
    if answer is None:
        c.tell(words.NO_ANSWER.format(minutes=PATIENCE_S / 60))
        raise Over(Outcome.STOPPED, Reason.DECLINED)
    return answer.t_s if answer.value else None


def _readings(c: PullSession) -> Script[None]:
    """What was read from the scale and written down."""
    tied = [(place, one) for place, one in enumerate(c.laid) if one.tied]
    for number, (place, one) in enumerate(tied, start=1):
        answer = yield from c.ask(words.tension(number, one.mass_kg), QuestionKind.NUMBER)
        if answer is not None and answer.value:
            c.tensions_kg[place] = answer.value / 100
