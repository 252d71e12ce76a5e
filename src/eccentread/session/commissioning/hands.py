"""Hands on the machine, and the link: what happens while the program is connected, and when it is not."""

from statistics import fmean

from eccentread.events import HangUp, Outcome, Reason
from eccentread.safety import CEILING_CENTI_KMH
from eccentread.session.commissioning import words
from eccentread.session.commissioning.driving import READY_S, bring_to_rest, set_off, while_it_runs
from eccentread.session.commissioning.findings import Purpose, Run
from eccentread.session.commissioning.script import Over, Script
from eccentread.session.commissioning.session import Conduct
from eccentread.session.commissioning.words import Question

TOUCH_S = 6.0
"""How long the belt has to follow a key."""
CHANGE_CENTI_KMH = 5
"""Half a usual step of a speed key: what is reported has changed by it."""
STEP_UP_CENTI_KMH = 20
"""A belt at its slowest may be made faster on its console by one step of this at the most."""
AWAY_S = 10.0
"""How long the link is left down."""
SOON_BACK_S = 30.0
"""It takes a second or two; after this whoever stands there is told not to wait for it."""
BACK_S = 600.0
"""How long the link may take to come back."""


def by_hand(
    c: Conduct, purpose: Purpose, lock: int, go: Question, question: Question, again: Question
) -> Script[None]:
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
            yield from _seen(c, run, question, again)
        yield from bring_to_rest(c)
        if purpose is Purpose.SAFETY_KEY:
            yield from c.ask(words.KEY_BACK)


def _seen(c: Conduct, run: Run, question: Question, again: Question) -> Script[None]:
    """What the person saw. A yes that fresh reports contradict is asked about `again`, once, then left open.

    A no stands whatever is reported: it is the cautious answer.
    """
    before = c.reported_now
    speed = ""
    for asked in (question, again):
        answer = yield from while_it_runs(c, run, asked.filled(speed=speed), leaving=False)
        run.answer = bool(answer.value) if answer else None
        yield from c.until(lambda: run.leaving_s is not None, TOUCH_S)
        if answer is None:
            return
        now = c.reported_now
        run.doubted = run.answer is True and run.leaving_s is None and _goes_on(run.purpose, before, now)
        if not run.doubted:
            return
        speed = words.shown_kmh(now[-1])
    run.answer = None


def _goes_on(purpose: Purpose, before: list[float], now: list[float]) -> bool:
    """Whether the reports are those of a belt of which nothing has come; `False` where there are none."""
    if not before or not now:
        return False
    if purpose is Purpose.SPEED_KEY:
        return abs(fmean(now) - fmean(before)) < CHANGE_CENTI_KMH
    return now[-1] > 0


def speed_key(c: Conduct, slow: int) -> tuple[Question, Question] | None:
    """The two questions about the console's speed keys, where one step of them is harmless."""
    offered = c.findings.range
    if offered is None or slow > offered.min_centi_kmh * c.profile.command_unit.kmh + 1:
        return _about_key(words.SLOWER)
    if offered.increment_centi_kmh <= STEP_UP_CENTI_KMH and slow + STEP_UP_CENTI_KMH <= CEILING_CENTI_KMH:
        return _about_key(words.FASTER)
    return None


def _about_key(what: str) -> tuple[Question, Question]:
    return words.SPEED_KEY.filled(what=what), words.SPEED_KEY_AGAIN.filled(what=what, speed="{speed}")


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
            if not (yield from c.until(lambda: c.linked, SOON_BACK_S)):
                c.cry_out()
            if not (yield from c.until(lambda: c.linked, BACK_S)):
                raise Over(Outcome.FAULT, Reason.LINK_LOST)
        run.back_s = c.t_s
        c.tell(words.LINK_BACK)
    yield from bring_to_rest(c)
