"""The stages of a commissioning, in order: stop before start, slow before fast, and the unit before both."""

from dataclasses import replace
from math import ceil, inf

from eccentread.events import FaultRaised, Outcome, QuestionKind, Reason
from eccentread.ftms import SpeedRange
from eccentread.safety import CEILING_CENTI_KMH
from eccentread.session.belt_state import BeltState
from eccentread.session.commissioning import words
from eccentread.session.commissioning.driving import bring_to_rest, looked_at, ready, set_off, while_it_runs
from eccentread.session.commissioning.findings import (
    PROTOCOL_CENTI_KMH,
    Purpose,
    Run,
    is_protocols,
    stopped_by_itself,
)
from eccentread.session.commissioning.hands import by_hand, link, speed_key
from eccentread.session.commissioning.laps import true_speed
from eccentread.session.commissioning.script import Over, Script
from eccentread.session.commissioning.session import Conduct
from eccentread.session.commissioning.units import Units, judge_units
from eccentread.session.profile import Profile, Unit
from eccentread.units import centi_from_mps

WATCH_S = 15.0
"""How long the standing belt is watched."""
STOP_FIRST_S = 20.0
"""How long a standing belt is watched after a stop at the most; `START_TIMEOUT_S` where reports come."""
SLOW_CENTI_KMH = 60
"""The first speed asked for: in miles it would be 0.97 km/h, still slow; and hardly any belt's own."""
HOLD_S = 15.0
"""How long the exercise's speed is held."""
BELT_M = (1.0, 12.0)
"""Loops that a treadmill may have; a walking pad's is 2 m, a research treadmill's with a long deck 6 m."""
USUAL_BELT_M = 6.0
LAPS = 10
"""How many laps of the belt are timed."""
ENOUGH_LAPS = 3
"""So many laps say which unit it is; nobody is asked to time the belt again."""
ALONE_S = 60.0
"""How long the belt runs without a command: belts that stop by themselves do so within half a minute."""
TRIES = 4
"""The slow run: as it is, in another unit, with its speed repeated, and once more."""


class CommissionSession(Conduct):
    """A staged test of one machine."""

    def __init__(self) -> None:
        super().__init__(_stages)


def _stages(c: Conduct) -> Script[None]:
    yield from c.until(lambda: c.linked, inf)
    c.tell(words.WELCOME)
    yield from _watch(c)
    yield from _questions(c)
    slow = slow_speed(c.findings.range, c.profile)
    if slow is None:
        c.tell(words.NEVER_SLOW.format(speed=words.kmh(CEILING_CENTI_KMH)))
        return
    yield from _stop_first(c, slow)
    yield from _slow(c, slow)
    slow = slow_speed(c.findings.range, c.profile) or slow
    yield from _protocol(c, slow)
    yield from by_hand(c, Purpose.STOP_KEY, slow, words.STOP_KEY_RUN, words.STOP_KEY, words.STOP_KEY_AGAIN)
    if questions := speed_key(c, slow):
        yield from by_hand(c, Purpose.SPEED_KEY, slow, words.SPEED_KEY_RUN, *questions)
    yield from link(c, slow)
    yield from by_hand(
        c, Purpose.SAFETY_KEY, slow, words.SAFETY_KEY_RUN, words.SAFETY_KEY, words.SAFETY_KEY_AGAIN
    )


def slow_speed(offered: SpeedRange | None, profile: Profile) -> int | None:
    """The speed for all that can be tried slowly, hundredths of a km/h; `None` where none is slow enough."""
    if offered is None:
        return profile.min_centi_kmh or SLOW_CENTI_KMH
    unit = profile.command_unit.kmh
    low, step = ceil(offered.min_centi_kmh * unit), offered.increment_centi_kmh * unit
    if low > CEILING_CENTI_KMH:
        return None
    steps = max(0, (SLOW_CENTI_KMH - low) // step)
    return ceil(low + steps * step)


# --- before anything moves ----------------------------------------------------------------------------------


def _watch(c: Conduct) -> Script[None]:
    """Watch the standing belt, with a belt in charge: some start by themselves when they are connected to."""
    c.tell(words.WATCHING.format(seconds=WATCH_S))
    c.done.watched_from_s = c.t_s
    with c.tolerating(Reason.SILENT, Reason.OUT_OF_RANGE):
        c.take_belt(slow_speed(c.findings.range, c.profile) or PROTOCOL_CENTI_KMH)
        yield from c.wait(WATCH_S)
    c.done.watched_until_s = c.t_s
    watched = c.findings.watched
    c.profile = replace(c.profile, reports_standing=watched is not None and watched.reports_standing)


def _questions(c: Conduct) -> Script[None]:
    c.done.rails = yield from c.confirmed(words.RAILS)
    c.done.key_stops = yield from c.confirmed(words.KEY_TRIED)
    if not c.done.key_stops:
        raise Over(Outcome.STOPPED, Reason.DECLINED)
    while True:
        answer = yield from c.ask(words.BELT_LENGTH, QuestionKind.NUMBER)
        if answer is None or not answer.value:
            return
        length_m = answer.value / 100
        if not BELT_M[0] <= length_m <= BELT_M[1]:
            c.tell(words.BELT_ODD.format(length=length_m, longest=BELT_M[1]))
            continue
        if length_m > USUAL_BELT_M:
            c.tell(words.BELT_LONG.format(length=length_m))
        if (yield from c.confirmed(words.BELT_MARKED.filled(length=length_m))):
            c.done.belt_m = length_m
            return


def _stop_first(c: Conduct, lock: int) -> Script[None]:
    """What does it make of a stop while it stands? Some take it for a start: that ends the test."""
    belt = yield from ready(c, lock)
    if belt is None or not (yield from c.confirmed(words.STOP_FIRST)):
        raise Over(Outcome.STOPPED, Reason.DECLINED)
    yield from looked_at(c, belt)
    c.done.stop_first_s = c.t_s
    with c.tolerating(Reason.UNEXPECTED_MOTION):
        c.carry_out(belt.try_stop(c.t_s))
        yield from c.until(lambda: belt.at_peace, STOP_FIRST_S)
        if not belt.at_peace:
            yield from looked_at(c, belt)
        if not belt.at_peace:
            raise Over(Outcome.FAULT, Reason.SILENT)
    if belt.state is not BeltState.STANDING:
        c.put(FaultRaised(c.t_s, Reason.UNEXPECTED_MOTION, words.STOP_STARTS))
        raise Over(Outcome.FAULT, Reason.UNEXPECTED_MOTION)
    c.done.stop_first_until_s = c.t_s


# --- the belt moves -----------------------------------------------------------------------------------------


def _slow(c: Conduct, lock: int) -> Script[None]:
    """The slow run, again as long as what it taught changes how it is done."""
    question = words.SLOW_TIMED if c.done.belt_m else words.SLOW
    explained = (
        Reason.LOCK_TIMED_OUT,
        Reason.UNIT_MIXED_UP,
        Reason.BELT_STOPPED,
        Reason.STOPPED_ON_CONSOLE,
        Reason.COMMAND_FAILED,
    )
    for _ in range(TRIES):
        lock = slow_speed(c.findings.range, c.profile) or lock
        with c.tolerating(*explained):
            run = yield from set_off(c, Purpose.SLOW, lock, question.filled(speed=words.kmh(lock)))
            if run is None:
                raise Over(Outcome.STOPPED, Reason.DECLINED)
            if run.steady_s is not None:
                yield from _time_the_mark(c, run)
                yield from _leave_alone(c, run)
                run.proven = _agrees(c)
            yield from bring_to_rest(c)
        known = yield from _learn_from(c, run)
        if not known and run.steady_s is not None:
            return
        if not known:
            raise Over(Outcome.FAULT, run.reason)
        question = words.AGAIN


def _time_the_mark(c: Conduct, run: Run) -> Script[None]:
    if not c.done.belt_m or any(one.true and one.true.laps >= ENOUGH_LAPS for one in c.findings.holds):
        return
    for lap in range(LAPS + 1):
        answer = yield from while_it_runs(c, run, words.mark(lap, LAPS), leaving=True)
        if answer is None or not answer.value:
            return
        run.passages_s.append(answer.t_s)
        true = true_speed(c.done.belt_m, run.passages_s)
        if true is not None and centi_from_mps(true.speed_mps) > CEILING_CENTI_KMH:
            c.tell(words.TOO_FAST.format(speed=words.kmh(centi_from_mps(true.speed_mps))))
            c.stop()
            return


def _agrees(c: Conduct) -> bool:
    """Whether the timed belt, or else its own distance, says what the program takes its numbers for."""
    units = judge_units(c.findings)
    return units.reports is c.profile.report_unit and units.commands in (None, c.profile.command_unit)


def _leave_alone(c: Conduct, run: Run) -> Script[None]:
    if run.steady_s is None or run.leaving_s is not None:
        return
    left_s = ALONE_S - (c.t_s - run.steady_s)
    if left_s > 0:
        c.tell(words.ALONE.format(seconds=left_s))
        yield from c.until(lambda: run.leaving_s is not None, left_s)


def _learn_from(c: Conduct, run: Run) -> Script[bool]:
    """Take over what the run taught; say whether it ought to be done again with that."""
    if stopped_by_itself(run):
        if (yield from c.confirmed(words.WAS_IT_YOU)):
            raise Over(Outcome.STOPPED, run.reason)
        if c.profile.keep_alive_s is None and (alone_s := c.findings.stopped_alone_s):
            c.profile = replace(c.profile, keep_alive_s=max(1.0, round(alone_s / 2)))
            c.tell(words.STOPS_ALONE.format(seconds=alone_s, every=c.profile.keep_alive_s))
            return True
        c.profile = replace(c.profile, keep_alive_s=None)  # that was not it
        return False
    if run.reason is Reason.COMMAND_FAILED:
        return _try_faster(c, run)
    units = judge_units(c.findings)
    before = c.profile
    c.profile = _with_units(before, units)
    if (c.profile.command_unit, c.profile.report_unit) == (before.command_unit, before.report_unit):
        return False
    c.tell(words.UNITS.format(commands=units.commands or Unit.KMH, reports=units.reports or Unit.KMH))
    return True


def _try_faster(c: Conduct, run: Run) -> bool:
    """A speed was refused by a machine that tells no range: it may go no slower than the exercise's."""
    if c.findings.range is not None or run.lock >= PROTOCOL_CENTI_KMH:
        return False
    c.profile = replace(c.profile, min_centi_kmh=PROTOCOL_CENTI_KMH)
    return True


def _with_units(profile: Profile, units: Units) -> Profile:
    return replace(
        profile,
        command_unit=units.commands or profile.command_unit,
        report_unit=units.reports or profile.report_unit,
        unit_verified=units.verified,
    )


def _protocol(c: Conduct, slow: int) -> Script[None]:
    """The speed of the exercise, where nothing says that it might be another."""
    proven = any(run.proven for run in c.done.runs)
    if slow > PROTOCOL_CENTI_KMH or is_protocols(slow) or not proven:
        return
    question = words.PROTOCOL.filled(speed=words.kmh(PROTOCOL_CENTI_KMH), seconds=HOLD_S)
    with c.tolerating(Reason.LOCK_TIMED_OUT, Reason.COMMAND_FAILED):
        run = yield from set_off(c, Purpose.PROTOCOL, PROTOCOL_CENTI_KMH, question)
        if run is not None and run.steady_s is not None:
            yield from c.wait(HOLD_S)
        yield from bring_to_rest(c)
