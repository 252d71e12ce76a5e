"""What the program may say, what it must say, and how it ends (S5, S7, S8). Each gives its complaints."""

from collections.abc import Iterator
from math import inf

from chaos.book import STOP, Book, within
from eccentread.events import (
    BeltMayRun,
    BeltStands,
    Command,
    Connected,
    Cue,
    CueKind,
    FaultRaised,
    HangUp,
    LinkLost,
    Noted,
    Reason,
    SessionEnded,
)
from eccentread.session import GuidedSession, parse_protocol

ONTO_THE_BELT = frozenset({CueKind.PUSH_ONCE, CueKind.RIDE_ONCE, CueKind.SET_BEGINS})
OFF_THE_BELT = frozenset({CueKind.EMERGENCY, CueKind.STEP_OFF, CueKind.OFF_BELT, CueKind.SET_DONE})
APART_S = 2.0
LATE_S = 3.0
"""Reports may be this late where they come in bursts."""
THE_RADIOS_OWN = (
    "Exception in callback Host.on_packet(): InvalidStateError",
    "Exception in callback Host.on_packet(): AssertionError()",
)
"""Bumble's client, where a request is given up in the very instant in which its answer arrives; its device,
where a connection is."""
BY_A_PERSON = "a person"

type Complaints = Iterator[str]


def s5_no_lock_that_truth_denies(book: Book) -> Complaints:
    """When the belt is said to be held at its speed, it is."""
    locked_s = book.driven.locked_s
    if locked_s is None or within(book.deceived, locked_s) or "belt-creeps" in book.case.replies:
        return
    speeds = book.speeds_kmh(locked_s - 3.0, locked_s - 1.0)
    mean_kmh, lock_kmh = sum(speeds) / len(speeds), book.lock_centi / 100
    if not 0.6 * lock_kmh <= mean_kmh <= 1.3 * lock_kmh:
        yield f"said at {locked_s:.2f} s, the belt at {mean_kmh:.2f} km/h"


def s5_nobody_is_left_on_a_belt_that_is_too_fast(book: Book) -> Complaints:
    """Who was asked on is told to get off once two reports that show it are there; truth alone says it is."""
    for one in book.said(Cue):
        if one.kind not in ONTO_THE_BELT:
            continue
        off_s = min(
            (cue.t_s for cue in book.said(Cue) if cue.kind in OFF_THE_BELT and cue.t_s > one.t_s), default=inf
        )
        fast = [t_s for t_s, speed in book.reports if one.t_s < t_s < off_s and speed > book.too_fast_centi]
        if len(fast) > 3 and book.slack_s(fast[0], fast[3]) == 0 and fast[3] - fast[0] <= APART_S:
            yield f"asked on at {one.t_s:.2f} s, too fast at {fast}, off at {off_s:.2f} s"


def s7_nobody_is_asked_onto_a_belt_off_its_lock(book: Book) -> Complaints:
    """When somebody is asked on, the belt truly ran near its lock no longer ago than reports may be old."""
    lock_kmh = book.lock_centi / 100
    for one in book.said(Cue):
        if one.kind not in ONTO_THE_BELT or within(book.deceived, one.t_s):
            continue
        if "belt-creeps" in book.case.replies:
            continue
        speeds = book.speeds_kmh(one.t_s - 3.5 - book.slack_s(one.t_s - 3.5, one.t_s), one.t_s)
        if not any(0.7 * lock_kmh <= kmh <= 1.3 * lock_kmh for kmh in speeds):
            yield f"{one.kind} at {one.t_s:.2f} s, the belt at {speeds[-1]:.2f} km/h"


def s8_a_lost_link_is_an_emergency(book: Book) -> Complaints:
    """Said at once where the belt truly runs; *stop* is the first that is written on return."""
    emergencies = [one.t_s for one in book.said(Cue) if one.kind is CueKind.EMERGENCY]
    for one in book.of(LinkLost):
        running = any(a < one.t_s < b for a, b in book.ours) and book.speed_kmh(one.t_s) > 0
        if running and one.t_s < book.over_s and one.t_s not in emergencies:
            yield f"lost at {one.t_s:.2f} s, nobody is told"
        back_s = min((up.t_s for up in book.of(Connected) if up.t_s >= one.t_s), default=inf)
        first = next((data for t_s, data in book.sent if t_s >= back_s), STOP)
        ended = [hung.t_s for hung in book.said(HangUp) if hung.t_s <= one.t_s]
        again = len(ended) > 1 and one.t_s in ended  # a *stop* may be what that link was stuck in
        if first != STOP and not again:
            yield f"back at {back_s:.2f} s with {first}"


def s8_standing_is_said_of_standing_belts(book: Book) -> Complaints:
    """By the program's own word, truth has it too; and nothing that the program sent sets it going after."""
    for claim in book.said(BeltStands):
        if claim.why.startswith(BY_A_PERSON) or within(book.deceived, claim.t_s):
            continue
        if book.speed_kmh(claim.t_s) > 0 and not _stood_lately(book, claim.t_s):
            yield f"{claim.why} at {claim.t_s:.2f} s, at {book.speed_kmh(claim.t_s):.2f} km/h"
        if book.toggles or _stirred(book):
            continue
        later = book.speeds_kmh(claim.t_s, inf)
        if any(later):
            yield f"{claim.why} at {claim.t_s:.2f} s, and ran again at up to {max(later):.2f} km/h"


def _stood_lately(book: Book, t_s: float) -> bool:
    """Whether one that a stop or somebody starts stood when the newest reports were taken, late perhaps."""
    return (book.toggles or _stirred(book)) and min(book.speeds_kmh(t_s - LATE_S, t_s)) == 0


def s8_belt_stopped_is_said_of_standing_belts(book: Book) -> Complaints:
    """The athlete is not told so of a belt that runs, unless a person saw it stand."""
    seen = [one.t_s for one in book.said(BeltStands) if one.why.startswith(BY_A_PERSON)]
    for one in book.said(Cue):
        if one.kind is not CueKind.BELT_STOPPED or one.t_s in seen or within(book.deceived, one.t_s):
            continue
        if _stood_lately(book, one.t_s):
            continue
        if book.speed_kmh(one.t_s) > 0:
            yield f"said at {one.t_s:.2f} s, at {book.speed_kmh(one.t_s):.2f} km/h"


def _stirred(book: Book) -> bool:
    """Whether something else than the program may have set the belt in motion."""
    others = any(not line["central"].startswith("C0:FF:EE:C0") for line in book.driven.happened("command"))
    return others or bool(book.touches("start", "runaway", "speed")) or bool(book.deceived)


def s8_a_session_ends_with_a_standing_belt_or_with_a_warning(book: Book) -> Complaints:
    """A belt that was ever the program's."""
    end = book.driven.end
    warnings = {CueKind.EMERGENCY, CueKind.BELT_MAY_RUN}
    if end is None or not book.ours or any(one.kind in warnings for one in book.said(Cue)):
        return
    seen = any(one.why.startswith(BY_A_PERSON) for one in book.said(BeltStands))
    if book.speed_kmh(end.t_s) > 0 and not seen and not within(book.deceived, end.t_s):
        yield f"ended at {end.t_s:.2f} s, the belt at {book.speed_kmh(end.t_s):.2f} km/h"


def it_ends(book: Book) -> Complaints:
    """Each session does, or there was none."""
    if book.driven.error is None and book.driven.end is None:
        yield "it goes on"


def the_latch_is_set_before_the_belt_moves(book: Book) -> Complaints:
    """`BeltMayRun` is told before each command that moves the belt."""
    may_run = False
    for one in book.outputs:
        if isinstance(one, BeltMayRun | BeltStands):
            may_run = isinstance(one, BeltMayRun)
        elif isinstance(one, Command) and one.data[:1] in (b"\x07", b"\x02") and not may_run:
            yield f"{one.data.hex()} at {one.t_s:.2f} s"


def the_program_does_not_fail(book: Book) -> Complaints:
    """Nothing raised, in the session or beside it."""
    if Reason.PROGRAM_FAILED in book.driven.faults:
        yield next(one.text for one in book.said(FaultRaised) if one.reason is Reason.PROGRAM_FAILED)
    yield from (one.text for one in book.said(Noted) if "failed on" in one.text)
    yield from (one for one in book.driven.complaints if not one.startswith(THE_RADIOS_OWN))


def replay_is_the_session(book: Book) -> Complaints:
    """The same inputs give the same outputs."""
    session = GuidedSession(parse_protocol(book.case.protocol, "quick.toml"), (), {})
    again = [output for one in book.inputs for output in session.feed(one)]
    if again != list(book.outputs):
        at = next((k for k, (a, b) in enumerate(zip(again, book.outputs, strict=False)) if a != b), None)
        yield f"output {at} of {len(book.outputs)}, {len(again)} in the replay"


def nothing_follows_the_end(book: Book) -> Complaints:
    """The machine hears nothing more."""
    ends = [one.t_s for one in book.said(SessionEnded)]
    for t_s, data in book.arrived:
        if ends and t_s > ends[0] + 1.5 + book.slack_s(ends[0], t_s):
            yield f"{data} at {t_s:.2f} s"
