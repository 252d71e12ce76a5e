"""What the program may send, what it must send, and by when (S1–S6). Each gives its complaints."""

from collections.abc import Iterator
from itertools import pairwise
from math import inf
from statistics import median

from chaos.book import CONTROL, PAUSE, SPEED, START, STOP, Book
from eccentread.events import (
    Answered,
    Ask,
    Cue,
    CueKind,
    FaultRaised,
    LinkLost,
    Notified,
    StopAsked,
)

CEILING_CENTI = 120
ARM_LASTS_S = 120.0
ON_AIR_S = 0.1
"""From the cause to the octets at the machine."""
TICK_S = 0.2
FRESH_S, FRESH_INTERVALS = 3.0, 3
"""Reports are no older that a belt may be asked to go slower than: 1.5 s, and the way of the command."""
LISTENED_TO_S = 2.9
"""How long a *stop* is given before a belt is asked to go slower."""
REPEATED_S = 1.6
"""No longer than this passes between one word that stops and the next."""
PACED_S = 3.5
"""The same once it is unconfirmed that the belt stops, when paces change: 3 s, a tick, and a radio that is
busy with what the machine does not answer."""
SELDOM_S = 8.3
"""The same once it rested and moved again: a *stop* at rest may have started it."""
CONFIRMED_S = 4.5
"""From the first *stop* until it may be unconfirmed: 8 s, less what a console was given to do by itself."""
UNCONFIRMED_S = 10.0
APART_S = 2.0
"""Reports of over-speed that are no farther apart, or come one after the other, are no spikes."""
STOPPING = (STOP, PAUSE, CONTROL)

TOLD_BY = {
    "stop": "02",
    "pause": "02",
    "safety-key": "03",
    "take-control": "ff",
    "speed": "05",
    "incline": "06",
}
"""The op codes of a Machine Status that tells of a touch (FTMS 1.0 §4.17)."""

type Complaints = Iterator[str]


def _number(data: str) -> int:
    return int.from_bytes(bytes.fromhex(data)[1:3], "little")


def s1_no_speed_above_the_lock(book: Book) -> Complaints:
    """No number in a speed command above that of the protocol, nor above the ceiling."""
    limit = min(book.lock_centi, CEILING_CENTI)
    for t_s, data in book.arrived:
        if data.startswith(SPEED) and not 0 < _number(data) <= limit:
            yield f"{data} at {t_s:.2f} s"


def _arms(book: Book) -> list[float]:
    """When somebody permitted a start, no longer after being asked than feet stay where they are."""
    asked = [one.t_s for one in book.said(Ask) if one.question == "arm"]
    lasts_s = ARM_LASTS_S + TICK_S
    return [
        one.t_s
        for one in book.of(Answered)
        if one.question == "arm"
        and one.value
        and any(0.0 <= one.t_s - asked_s <= lasts_s + book.slack_s(asked_s, one.t_s) for asked_s in asked)
    ]


def _voids(book: Book) -> list[float]:
    """When whatever permission there was ended."""
    ended = [one.t_s for one in book.inputs if isinstance(one, StopAsked | LinkLost)]
    ended += [one.t_s for one in book.said(FaultRaised)]
    return sorted(ended + [t_s for t_s, _ in _console_told(book)])


def _console_told(book: Book) -> list[tuple[float, str]]:
    """When the program was told of a touch at the console, and of which.

    While a belt starts, machines tell of speeds that nobody chose: those mean something once it is locked.
    """
    told: list[tuple[float, str]] = []
    for line in book.touches(*TOLD_BY):
        for one in book.of(Notified):
            soon = 0.0 <= one.t_s - line["t_s"] <= 0.3
            if not soon or one.characteristic != "2ada" or one.data[:1].hex() != TOLD_BY[line["touch"]]:
                continue
            locked_s = book.driven.locked_s
            if line["touch"] == "speed" and (locked_s is None or locked_s > one.t_s or _same(book, one.data)):
                continue
            if line["touch"] == "incline" and one.data[1:3] == bytes(2):
                continue
            told.append((one.t_s, line["touch"]))
            break
    return told


def _same(book: Book, status: bytes) -> bool:
    """Whether a target in a status is the lock's, in kilometres or in miles."""
    number = int.from_bytes(status[1:3], "little")
    return any(abs(number * unit - book.lock_centi) <= 12 for unit in (1.0, 1.609))


def _slows(book: Book, t_s: float, data: str) -> bool:
    """Whether this asks a belt that runs on after a *stop* to go slower than it was reported to (S3)."""
    times_s = [at_s for at_s, _ in book.reports if at_s <= t_s][-31:]
    usual_s = (
        min(median(after - before for before, after in pairwise(times_s)), 2.0) if len(times_s) > 1 else 0
    )
    fresh_s = max(FRESH_S, FRESH_INTERVALS * usual_s + ON_AIR_S)
    newest = max((speed for at_s, speed in book.reports if t_s - fresh_s <= at_s <= t_s), default=0)
    stop_s = min((at_s for at_s, one in book.sent if one == STOP), default=inf)
    return data.startswith(SPEED) and _number(data) <= newest and t_s >= stop_s + LISTENED_TO_S


def s2_nothing_moves_without_a_fresh_arm(book: Book) -> Complaints:
    """Each start within 120 s of a person's yes, and no motion byte once that is void."""
    arms, voids = _arms(book), _voids(book)
    on_air = [(t_s, data, ON_AIR_S) for t_s, data in book.arrived]
    for t_s, data, late_s in [*on_air, *((t_s, data, 0.0) for t_s, data in book.sent)]:
        moves = data == START or data.startswith(SPEED)
        if not moves or _slows(book, t_s, data):
            continue
        armed_s = max((arm_s for arm_s in arms if arm_s <= t_s), default=None)
        if armed_s is None:
            yield f"{data} at {t_s:.2f} s, and nobody permitted it"
            return
        if data == START and t_s - armed_s > ARM_LASTS_S + late_s + book.slack_s(armed_s, t_s):
            yield f"a start at {t_s:.2f} s on a permission of {armed_s:.2f} s"
        void_s = min((one for one in voids if armed_s < one < t_s - late_s), default=None)
        if void_s is not None:
            yield f"{data} at {t_s:.2f} s, void since {void_s:.2f} s"


def s2_one_start_for_one_permission(book: Book) -> Complaints:
    """Another only once the machine has refused the one before."""
    starts = [t_s for t_s, data in book.heard if data == START]
    refused = [
        one.t_s
        for one in book.of(Notified)
        if one.characteristic == "2ad9" and one.data[:2] == b"\x80\x07" and one.data[2:3] != b"\x01"
    ]
    for before_s, start_s in pairwise(starts):
        renewed = any(before_s < t_s <= start_s for t_s in [*refused, *_arms(book)])
        if not renewed:
            yield f"starts at {before_s:.2f} and {start_s:.2f} s"


def s3_stop_asked_is_sent_at_once(book: Book) -> Complaints:
    """While the belt may run and the link is up."""
    for one in book.of(StopAsked):
        by_s = one.t_s + ON_AIR_S + book.slack_s(one.t_s, one.t_s + ON_AIR_S)
        running = any(a < one.t_s < b for a, b in book.ours)
        sent = any(data == STOP and one.t_s - 0.01 <= t_s <= by_s for t_s, data in book.arrived)
        if running and not sent and book.reachable(one.t_s, by_s):
            yield f"asked at {one.t_s:.2f} s, not sent by {by_s:.2f} s"


def s3_a_belt_that_does_not_stop_is_told_of(book: Book) -> Complaints:
    """Ten seconds after the first *stop* of a belt that truly runs, and is not reported to stand."""
    for began_s, over_s in book.ours:
        stop_s = next((t_s for t_s, data in book.sent if data == STOP and began_s <= t_s < over_s), inf)
        due_s = stop_s + UNCONFIRMED_S + book.slack_s(stop_s, stop_s + UNCONFIRMED_S)
        falls = book.speed_kmh(due_s) < 0.5 * book.speed_kmh(stop_s)  # it obeys, and is given time
        if due_s >= over_s or book.toggles or falls:
            continue
        runs = min(book.speeds_kmh(stop_s, due_s)) > 0
        stood = any(_seen_to_stand(book, t_s) for t_s, _ in book.reports if stop_s <= t_s <= due_s)
        told = any(one.kind is CueKind.EMERGENCY and one.t_s <= due_s for one in book.said(Cue))
        if runs and not stood and not told:
            yield f"stopped since {stop_s:.2f} s, nobody is told by {due_s:.2f} s"


def _seen_to_stand(book: Book, t_s: float) -> bool:
    """Whether the two newest reports read zero."""
    newest = [speed for at_s, speed in book.reports if at_s <= t_s][-2:]
    return newest == [0, 0]


def s3_stops_are_repeated(book: Book) -> Complaints:
    """No pause between words that stop, until the belt truly stands, is reported to, or the link is gone."""
    if book.toggles:
        return  # these get fewer, on purpose
    for began_s, over_s in book.ours:
        words = [t_s for t_s, data in book.arrived if began_s < t_s < over_s and _stops(book, t_s, data)]
        for t_s, next_s in pairwise([*words, over_s]):
            rested = any(speed == 0 for at_s, speed in book.reports if words[0] <= at_s <= next_s)
            within_s = SELDOM_S if rested else PACED_S if t_s - words[0] >= CONFIRMED_S else REPEATED_S
            due_s = t_s + within_s + book.slack_s(t_s, t_s + within_s) + 0.01
            late = next_s > due_s and due_s < min(book.link_ends_s(t_s), over_s)
            if late and book.speed_kmh(due_s) > 0 and not _seen_to_stand(book, due_s):
                yield f"nothing between {t_s:.2f} and {next_s:.2f} s"


def _stops(book: Book, t_s: float, data: str) -> bool:
    first_s = min((at_s for at_s, one in book.arrived if one == STOP), default=inf)
    return t_s >= first_s and (data in STOPPING or data.startswith(SPEED))


def _stop_sent(book: Book, t_s: float, by_s: float) -> bool:
    """Whether a word that stops, or what has its turn between two such words, was sent about then."""
    began_s = max((a for a, _ in book.ours if a <= t_s), default=inf)
    long_since = any(data == STOP and began_s <= at_s <= t_s - CONFIRMED_S for at_s, data in book.sent)
    every_s = PACED_S if long_since else REPEATED_S
    return any(
        t_s - every_s <= at_s <= by_s
        and (data in (STOP, PAUSE) or (data == CONTROL and at_s < t_s) or _slows(book, at_s, data))
        for at_s, data in book.sent
    )


def s4_silence_is_answered_by_stop(book: Book) -> Complaints:
    """While the belt may run: within a tick of the silence that is too long."""
    for silent_s in book.silences_s:
        by_s = silent_s + TICK_S + 0.05 + book.slack_s(silent_s - 0.01, silent_s + TICK_S + 0.05)
        running = any(a <= silent_s and by_s < b for a, b in book.ours)
        linked = any(a <= silent_s and by_s < b for a, b in book.linked)
        if running and linked and not book.toggles and not _stop_sent(book, silent_s, by_s):
            yield f"silent at {silent_s:.2f} s, no stop by {by_s:.2f} s"


def _over_speed_s(book: Book) -> list[float]:
    """When a second report above the limit follows a first."""
    times: list[float] = []
    before_s, between = -inf, 0
    for t_s, speed in book.reports:
        if speed <= book.too_fast_centi:
            between += 1
            continue
        if before_s > -inf and (t_s - before_s <= APART_S or not between):
            times.append(t_s)
        before_s, between = t_s, 0
    return times


def s5_over_speed_is_answered_by_stop(book: Book) -> Complaints:
    """At once, on the second report."""
    for t_s in _over_speed_s(book):
        by_s = t_s + 0.01 + book.slack_s(t_s - 0.01, t_s + 0.01)
        running = any(a < t_s and by_s < b for a, b in book.ours)
        linked = any(a <= t_s and by_s < b for a, b in book.linked)
        if running and linked and not book.toggles and not _stop_sent(book, t_s, by_s):
            yield f"over-speed at {t_s:.2f} s, no stop"


def s6_the_console_is_never_fought(book: Book) -> Complaints:
    """Once it is told of a touch, the program asks for nothing but standstill, and control for that.

    A belt that goes on running after a *stop* may be slowed down (S3). A permission given after it is new.
    """
    for known_s, touch in _console_told(book):
        armed_s = min((arm_s for arm_s in _arms(book) if arm_s > known_s), default=inf)
        for t_s, data in book.sent:
            if not known_s < t_s < armed_s or data in STOPPING:
                continue
            if not _slows(book, t_s, data):
                yield f"{data} at {t_s:.2f} s, after {touch} told at {known_s:.2f} s"
