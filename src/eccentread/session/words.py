"""What the athlete hears and is asked: one place for all the words of a session."""

from eccentread.events import Ask, Cue, CueKind, QuestionKind
from eccentread.rescue.words import BELT_MAY_RUN, BELT_STANDS, EMERGENCY
from eccentread.session.protocol import Protocol
from eccentread.units import KMH_PER_MPH, mps_from_kmh

_CUES: dict[CueKind, str] = {
    CueKind.FEET_ON_RAILS: "On the side rails, facing backward, hands on the rails: the belt will start.",
    CueKind.BELT_STARTING: "Stay on the side rails. The belt is starting.",
    CueKind.BELT_LOCKED: "The belt is held at its speed. Stay on the side rails until you are asked on.",
    CueKind.STAND_CLEAR: "Stay off the belt for a moment.",
    CueKind.PUSH_ONCE: "One push: step on and push backward, {low} to {high} of 10, until the belt wins.",
    CueKind.RIDE_ONCE: "One ride: step on, do not push, and let the belt carry your foot.",
    CueKind.OFF_BELT: "Off the belt.",
    CueKind.SIGNAL_GOOD: "Your pushes can be counted on this treadmill.",
    CueKind.SET_BEGINS: "Set {number}. Push, {low} to {high} of 10, and let the belt win.",
    CueKind.COUNT: "{number}",
    CueKind.FIVE_LEFT: "Five left.",
    CueKind.LAST_ONE: "Last one.",
    CueKind.STILL_THERE: "Still there? Push, or stop the session.",
    CueKind.EASE_OFF: "Ease off, and step off the belt. Do not kick off.",
    CueKind.LESS_HARD: "Less hard: {low} to {high} of 10.",
    CueKind.ONE_FOOT: "Feet on the side rails, both of them. Only one foot pushes.",
    CueKind.NO_WALKING: "Feet on the side rails. No walking: one push at a time.",
    CueKind.ENOUGH: "That is enough for this set.",
    CueKind.SET_DONE: "Set done. Off the belt, onto the side rails.",
    CueKind.REST_BEGINS: "Rest {number} seconds on the side rails. The belt keeps running.",
    CueKind.REST_LEFT: "{number} seconds.",
    CueKind.STEP_OFF: "Feet on the side rails. The belt is stopping.",
    CueKind.BELT_STOPPED: "The belt stands. Keep off it: it is watched for a few seconds more.",
    CueKind.BELT_MAY_RUN: BELT_MAY_RUN,
    CueKind.EMERGENCY: EMERGENCY,
    CueKind.SESSION_DONE: "Session done.",
}

PAIN_BEFORE = "pain-before"
PAIN_IN_REST = "pain-in-rest-"
"""With the number of the set before it; nobody has to answer."""
ARM = "arm"
OTHER_SPEED = "other-speed"
BELT_CREEPS = "belt-creeps"

CHECKLIST = (
    ("key", "Is the safety key clipped to you, its cord round your waist, so that sliding back pulls it?"),
    ("clear", "Is the floor clear behind the treadmill, 2 m long and 1 m wide?"),
    ("companion", "Is somebody within reach, or have you done this here before?"),
    ("rails", "Are you on the side rails, facing backward, both feet off the belt, both hands on the rails?"),
)
"""Confirmed one by one before the belt may move (S9); all must be yes."""

QUESTIONS = (
    ("pain-after", "How strong is your pain now, from 0 (none) to 10?"),
    ("effort", "How hard did you push, from 0 to 10?"),
)
"""Asked when the belt stands."""


class Words:
    """Cues and questions in the words of a protocol."""

    def __init__(self, protocol: Protocol) -> None:
        self._texts = _CUES | dict(protocol.cues)
        self._low, self._high = protocol.effort

    def cue(self, t_s: float, kind: CueKind, number: int | None = None) -> Cue:
        """The cue, said at `t_s`; `number` is the count, set or seconds it speaks of."""
        text = self._texts[kind].format(number=number, low=self._low, high=self._high)
        return Cue(t_s, kind, text, number)


def check(t_s: float, item: tuple[str, str]) -> Ask:
    """An item of the checklist: its name and its words."""
    name, text = item
    return Ask(t_s, name, QuestionKind.CONFIRM, text)


def question(t_s: float, index: int) -> Ask:
    """A question after the exercise."""
    name, text = QUESTIONS[index]
    return Ask(t_s, name, QuestionKind.SCALE, text)


def pain_before(t_s: float) -> Ask:
    """Pain now, which may end the session before it begins."""
    return Ask(t_s, PAIN_BEFORE, QuestionKind.SCALE, "How strong is your pain now, from 0 (none) to 10?")


def pain_in_rest(t_s: float, set_index: int) -> Ask:
    """Pain now, after a set; the rest does not wait for the answer."""
    return Ask(t_s, f"{PAIN_IN_REST}{set_index}", QuestionKind.SCALE, "Pain now, from 0 (none) to 10?")


def arm(t_s: float, speed_kmh: float) -> Ask:
    """The permission to move the belt (S2)."""
    text = f"Start the belt now? It will run at {speed_kmh:g} km/h."
    return Ask(t_s, ARM, QuestionKind.CONFIRM, text)


def really_stands(t_s: float, speed_kmh: float) -> Ask:
    """The same, where fresh reports say otherwise."""
    text = f"The treadmill reports {speed_kmh:g} km/h. Look again: does its belt really stand still?"
    return Ask(t_s, BELT_STANDS, QuestionKind.CONFIRM, text)


def belt_creeps(t_s: float, speed_kmh: float) -> Ask:
    """Whether the belt runs as slowly as it says, where nothing else can tell."""
    metre_s = 1.0 / mps_from_kmh(speed_kmh)
    text = (
        f"Does the belt creep at {speed_kmh:g} km/h? A mark on it takes {metre_s:.1f} s for one metre; "
        f"where it takes {metre_s / KMH_PER_MPH:.1f} s, it runs in miles: say no."
    )
    return Ask(t_s, BELT_CREEPS, QuestionKind.CONFIRM, text)
