"""One belt from standstill to its speed and back: what every stage that moves it shares."""

from eccentread.events import Answered, Outcome
from eccentread.session.belt import Belt, BeltState
from eccentread.session.commissioning import words
from eccentread.session.commissioning.findings import Purpose, Run
from eccentread.session.commissioning.script import Over, Script
from eccentread.session.commissioning.session import Conduct
from eccentread.session.commissioning.words import Question

READY_S = 60.0
"""From a new belt to its being ready: it is watched for 5 s, then asked for control."""
COMING_S = 120.0
"""From the start to a belt that holds its speed, or fails to."""
PATIENCE_S = 120.0
"""How long a belt runs on while nobody answers."""

_COMING = frozenset({BeltState.STARTING, BeltState.SETTLING, BeltState.LOCKING})


def ready(c: Conduct, lock: int) -> Script[Belt | None]:
    """A belt that may be started; `None` where the machine has no such speed."""
    belt = c.take_belt(lock)
    yield from c.until(lambda: belt.state is BeltState.READY, READY_S)
    return None if belt.offer else belt


def set_off(c: Conduct, purpose: Purpose, lock: int, question: Question) -> Script[Run | None]:
    """A belt that was set in motion and holds its speed, or failed to; `None` where nobody wanted it."""
    belt = yield from ready(c, lock)
    if belt is None or not (yield from c.confirmed(question)):
        return None
    yield from looked_at(c, belt)
    if not c.may_start:  # something has become of it while it was asked about
        raise Over(Outcome.FAULT, belt.reason)
    run = Run(purpose, lock, c.t_s, c.profile.keep_alive_s)
    c.begin(run)
    yield from c.until(lambda: belt.state not in _COMING, COMING_S)
    if belt.state is BeltState.LOCKED:
        run.steady_s = c.t_s
    return run


def looked_at(c: Conduct, belt: Belt) -> Script[None]:
    """Where only a human can see that it stands, one has."""
    if belt.needs_eyes(c.t_s):
        stands = yield from c.confirmed(words.STANDS)
        c.carry_out(belt.seen_standing(c.t_s) if stands else belt.seen_moving(c.t_s))


def while_it_runs(c: Conduct, run: Run, question: Question, *, leaving: bool) -> Script[Answered | None]:
    """The answer to a question about a running belt; `None` in the end, or once it is left, if `leaving`."""
    end_s = c.t_s + PATIENCE_S
    return (
        yield from c.ask(question, unless=lambda: c.t_s >= end_s or (leaving and run.leaving_s is not None))
    )


def bring_to_rest(c: Conduct) -> Script[None]:
    """Stop the belt and see it stand, for good: the next one knows nothing of what was sent."""
    c.stop()
    yield from c.come_to_rest()
