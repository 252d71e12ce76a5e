"""Everything a commissioning has learned so far: a function of what was done and of the trace it left.

Nothing is noted down on the way that could be lost or disagree: whoever stops half-way has what was learned
by then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from eccentread.events import CommandKind, Connected, Reason
from eccentread.ftms import Issue, SpeedRange, decode_speed_range
from eccentread.session.commissioning import facts
from eccentread.session.commissioning.laps import TrueSpeed, true_speed
from eccentread.session.commissioning.trace import Trace
from eccentread.session.speeds import USUAL_STEP_CENTI_KMH

PROTOCOL_CENTI_KMH = 80
"""The speed of the exercise."""


FIRST_S = 2.5
"""On a new link the first report is awaited for so long."""


class Purpose(StrEnum):
    """Why the belt was set in motion."""

    SLOW = "slow"
    PROTOCOL = "protocol"
    STOP_KEY = "console-stop"
    SPEED_KEY = "console-speed"
    LINK = "link"
    SAFETY_KEY = "safety-key"


@dataclass(slots=True)
class Run:
    """The belt from one standstill to the next: what was done, and when. Times are session seconds."""

    purpose: Purpose
    lock: int
    """The speed wanted, hundredths of a km/h."""
    began_s: float
    keep_alive_s: float | None = None
    """How often its speed was repeated."""
    steady_s: float | None = None
    """When it was first seen to hold its speed."""
    proven: bool = False
    """Whether more than its speed reports says that it is that speed."""
    leaving_s: float | None = None
    """When it was no longer left to run: a stop, a fault, somebody at the console."""
    unconfirmed_s: float | None = None
    """When the belt had not followed a stop for so long that people had to be called."""
    ended_s: float | None = None
    reason: Reason | None = None
    """The fault that ended it, if one did."""
    passages_s: list[float] = field(default_factory=list[float])
    """When the mark on the belt passed."""
    answer: bool | None = None
    """What the person saw: did it stop, did it change, did it run on?"""
    doubted: bool = False
    """Whether they said yes, twice, while the machine's own reports said no: then nothing was learned."""
    back_s: float | None = None
    """When the link was back."""


@dataclass(slots=True)
class Done:
    """What has been done and answered. Filled in by the session."""

    connected: Connected | None = None
    watched_from_s: float | None = None
    watched_until_s: float | None = None
    stop_first_s: float | None = None
    stop_first_until_s: float | None = None
    rails: bool | None = None
    key_stops: bool | None = None
    """Somebody has seen the key stop the belt, without this program."""
    belt_m: float | None = None
    runs: list[Run] = field(default_factory=list[Run])


@dataclass(frozen=True, slots=True)
class Held:
    """A run's speed, and whether the belt was seen to hold it."""

    run: Run
    start: facts.Started | None
    speed: facts.Speed | None
    stop: facts.Stopped | None
    true: TrueSpeed | None
    true_reported: float | None
    """What was reported on average while the mark was timed, wire hundredths."""
    by_distance: float | None = None
    """km/h by its own distance for each km/h it reported; `None` before enough metres."""


@dataclass(frozen=True, slots=True)
class Touch:
    """Somebody's hand on the machine while the program was connected."""

    purpose: Purpose
    worked: bool | None
    told: tuple[str, ...]
    """Machine Status, octets in hex."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was learned; `None` and empty are *not learned*."""

    name: str = ""
    device: Mapping[str, str] = field(default_factory=dict[str, str])
    range: SpeedRange | None = None
    watched: facts.Watched | None = None
    control: facts.Answer | None = None
    started_itself: bool = False
    """It began to run while it was only watched."""
    stop_first: facts.Answer | None = None
    stop_first_moved: bool | None = None
    interval_s: float | None = None
    """Median time between reports while the belt ran."""
    flags: tuple[int, ...] = ()
    """Of its Treadmill Data records, as they came."""
    issues: tuple[Issue, ...] = ()
    holds: tuple[Held, ...] = ()
    touches: tuple[Touch, ...] = ()
    doubted: tuple[Purpose, ...] = ()
    """Hands on the machine of which people said what its reports, fresh ones, contradicted."""
    link_ran_on: bool | None = None
    longest_alone_s: float = 0.0
    """The longest that the belt ran without a command."""
    stopped_alone_s: float | None = None
    """How long after its last command the belt stopped by itself."""
    repeated_alone_s: float | None = None
    """How long it ran on where its speed was repeated, after it had stopped by itself without that."""
    rails: bool | None = None
    key_stops: bool | None = None

    @property
    def moved(self) -> tuple[Held, ...]:
        """The runs in which the belt was seen to move."""
        return tuple(one for one in self.holds if one.start)


def learn(done: Done, trace: Trace, now_s: float) -> Findings:
    """What is known at `now_s`."""
    connected = done.connected
    if connected is None:
        return Findings()
    controls = trace.commands(CommandKind.REQUEST_CONTROL, 0.0)
    alone_s, stopped_s, repeated_s = _alone(done, trace)
    offered = decode_speed_range(connected.speed_range) if connected.speed_range else None
    running = [run for run in done.runs if run.steady_s is not None]
    return Findings(
        name=connected.name,
        device=connected.device,
        range=offered if isinstance(offered, SpeedRange) else None,
        watched=_watched(done, trace, now_s),
        control=facts.answer(controls[0]) if controls else None,
        started_itself=_started_itself(done, trace, now_s),
        stop_first=_stop_first(done, trace),
        stop_first_moved=_stop_first_moved(done, trace, now_s),
        interval_s=next(
            (
                found
                for run in running
                if (found := facts.interval_s(trace, run.steady_s or 0.0, _left_s(run, now_s)))
            ),
            None,
        ),
        flags=tuple(sorted(trace.flags)),
        issues=tuple(sorted(trace.issues)),
        holds=tuple(_held(run, done, trace, now_s) for run in done.runs),
        touches=tuple(_touch(run, trace) for run in done.runs if run.answer is not None and _by_hand(run)),
        doubted=tuple(run.purpose for run in done.runs if run.doubted),
        link_ran_on=next((_ran_on(run, trace) for run in done.runs if run.purpose is Purpose.LINK), None),
        longest_alone_s=alone_s,
        stopped_alone_s=stopped_s,
        repeated_alone_s=repeated_s,
        rails=done.rails,
        key_stops=done.key_stops,
    )


def stopped_by_itself(run: Run) -> bool:
    """Whether nobody stopped it."""
    alone = run.reason in (Reason.BELT_STOPPED, Reason.STOPPED_ON_CONSOLE)
    # A speed that is repeated to a belt which has just stopped is refused.
    refused = run.reason is Reason.COMMAND_FAILED and run.keep_alive_s is not None
    return run.purpose is Purpose.SLOW and run.steady_s is not None and (alone or refused)


def _watched(done: Done, trace: Trace, now_s: float) -> facts.Watched | None:
    if done.watched_from_s is None:
        return None
    until_s = now_s if done.watched_until_s is None else done.watched_until_s
    return facts.watched(trace, done.watched_from_s, until_s)


def _started_itself(done: Done, trace: Trace, now_s: float) -> bool:
    if done.watched_from_s is None:
        return False
    until_s = now_s if done.watched_until_s is None else done.watched_until_s
    reports = trace.reports_between(done.watched_from_s, until_s)
    return bool(reports) and not reports[0].centi and any(one.centi for one in reports)


def _stop_first(done: Done, trace: Trace) -> facts.Answer | None:
    if done.stop_first_s is None:
        return None
    return facts.answer(trace.commands(CommandKind.TRY_STOP, done.stop_first_s)[0])


def _stop_first_moved(done: Done, trace: Trace, now_s: float) -> bool | None:
    if done.stop_first_s is None:
        return None
    until_s = now_s if done.stop_first_until_s is None else done.stop_first_until_s
    if any(one.centi for one in trace.reports_between(done.stop_first_s, until_s)):
        return True
    return None if done.stop_first_until_s is None else False


def _left_s(run: Run, now_s: float) -> float:
    return next((t_s for t_s in (run.leaving_s, run.ended_s) if t_s is not None), now_s)


def is_protocols(lock_centi_kmh: int) -> bool:
    """Whether a speed is the exercise's, to the half of a usual step."""
    return 2 * abs(lock_centi_kmh - PROTOCOL_CENTI_KMH) <= USUAL_STEP_CENTI_KMH


def _held(run: Run, done: Done, trace: Trace, now_s: float) -> Held:
    until_s = _left_s(run, now_s)
    passages_s = run.passages_s
    true = true_speed(done.belt_m, passages_s) if done.belt_m else None
    timed = trace.reports_between(passages_s[0], passages_s[-1]) if true else []
    steady = run.steady_s is not None
    ours = not _by_hand(run) and run.purpose is not Purpose.LINK and run.leaving_s is not None
    return Held(
        run=run,
        start=facts.started(trace, run.began_s, until_s),
        speed=facts.speed(trace, run.began_s, until_s, held=steady),
        stop=facts.stopped(trace, run.began_s, run.unconfirmed_s or run.ended_s or now_s) if ours else None,
        true=true,
        true_reported=sum(one.centi for one in timed) / len(timed) if timed else None,
        by_distance=facts.by_distance(trace, run.steady_s, until_s) if run.steady_s is not None else None,
    )


def _by_hand(run: Run) -> bool:
    return run.purpose in (Purpose.STOP_KEY, Purpose.SPEED_KEY, Purpose.SAFETY_KEY)


def _touch(run: Run, trace: Trace) -> Touch:
    since_s = run.began_s if run.steady_s is None else run.steady_s
    stops = trace.commands(CommandKind.STOP, since_s)  # what is said after one may be said of it
    until_s = stops[0].t_s if stops else run.ended_s
    return Touch(run.purpose, run.answer, trace.statuses_between(since_s, until_s))


def _ran_on(run: Run, trace: Trace) -> bool | None:
    """By the first report on the new link, else by what the person saw."""
    if run.back_s is not None:
        later = trace.reports_between(run.back_s, run.back_s + FIRST_S)
        if later:
            return later[0].centi > 0
    return run.answer


def _alone(done: Done, trace: Trace) -> tuple[float, float | None, float | None]:
    """The longest time without a command; when it stopped by itself; how long it went on with repetition."""
    longest_s, stopped_s, repeated_s = 0.0, None, None
    for run in done.runs:
        if run.steady_s is None or run.leaving_s is None:
            continue
        lasted_s = run.leaving_s - run.steady_s
        if run.keep_alive_s is not None:
            repeated_s = max(repeated_s or 0.0, lasted_s)
            continue
        alone_s = run.leaving_s - trace.last_command_s(run.began_s, run.leaving_s)
        if stopped_by_itself(run):
            moving = [one.t_s for one in trace.reports_between(run.began_s, run.leaving_s) if one.centi]
            stopped_s = alone_s - (run.leaving_s - moving[-1] if moving else 0.0)
        else:
            longest_s = max(longest_s, alone_s)
    return longest_s, stopped_s, repeated_s
