"""Hands on the machine, and the link: what happens while the program is connected, and when it is not."""

from eccentread.events import HangUp, Outcome, Reason
from eccentread.safety import CEILING_CENTI_KMH
from eccentread.session.commissioning import words
from eccentread.session.commissioning.driving import READY_S, bring_to_rest, set_off, while_it_runs
from eccentread.session.commissioning.findings import Purpose
from eccentread.session.commissioning.script import Over, Script
from eccentread.session.commissioning.session import Conduct
from eccentread.session.commissioning.words import Question

TOUCH_S = 6.0
"""How long the belt has to follow a key."""
STEP_UP_CENTI_KMH = 20
"""A belt at its slowest may be made faster on its console by one step of this at the most."""
AWAY_S = 10.0
"""How long the link is left down."""
BACK_S = 600.0
"""How long the link may take to come back."""


def by_hand(c: Conduct, purpose: Purpose, lock: int, go: Question, question: Question) -> Script[None]:
    """Somebody acts at the machine; the program lets them, and stops the belt afterwards."""
    theirs = [
        Reason.STOPPED_ON_CONSOLE,
        Reason.CHANGED_ON_CONSOLE,
        Reason.SAFETY_KEY,
        Reason.BELT_STOPPED,
        Reason.SILENT,
    ]
    if purpose is Purpose.SAFETY_KEY:
        theirs.append(Reason.LINK_LOST)  # on some machines it switches the radio off too
    run = yield from set_off(c, purpose, lock, go)
    if run is None:
        return
    with c.tolerating(*theirs):
        if run.steady_s is not None:
            answer = yield from while_it_runs(c, run, question, leaving=False)
            run.answer = None if answer is None else bool(answer.value)
            yield from c.until(lambda: run.leaving_s is not None, TOUCH_S)
        yield from bring_to_rest(c)
        if purpose is Purpose.SAFETY_KEY:
            yield from c.ask(words.KEY_BACK)


def speed_key(c: Conduct, slow: int) -> Question | None:
    """The question about the console's speed keys, where one step of them is harmless."""
    offered = c.findings.range
    if offered is None or slow > offered.min_centi_kmh * c.profile.command_unit.kmh + 1:
        return words.SPEED_KEY.filled(what=words.SLOWER)
    if offered.increment_centi_kmh <= STEP_UP_CENTI_KMH and slow + STEP_UP_CENTI_KMH <= CEILING_CENTI_KMH:
        return words.SPEED_KEY.filled(what=words.FASTER)
    return None


def link(c: Conduct, lock: int) -> Script[None]:
    """Hang up while the belt runs, come back, and only stop."""
    run = yield from set_off(c, Purpose.LINK, lock, words.LINK_RUN.filled(seconds=AWAY_S))
    if run is None:
        return
    if run.steady_s is not None:
        with c.tolerating(Reason.LINK_LOST):
            c.put(HangUp(c.t_s, AWAY_S))
            if not (yield from c.until(lambda: not c.linked, READY_S)):
                raise Over(Outcome.FAULT, Reason.COMMAND_FAILED)  # there was no hanging up
            answer = yield from c.ask(words.STILL_RUNS, unless=lambda: c.linked)
            run.answer = None if answer is None else bool(answer.value)
            if not (yield from c.until(lambda: c.linked, BACK_S)):
                raise Over(Outcome.FAULT, Reason.LINK_LOST)
        run.back_s = c.t_s
        c.tell(words.LINK_BACK)
    yield from bring_to_rest(c)
