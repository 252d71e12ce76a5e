"""What was learned of a machine, each fact read off its trace. Speeds are wire hundredths."""

from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import fmean, median

from eccentread.events import CommandKind, Problem
from eccentread.ftms.training_status import TrainingCode
from eccentread.session.commissioning.trace import Report, Sent, Trace
from eccentread.units import centi_from_mps

QUIET_S = 1.2
QUIET_INTERVALS = 2
"""Silence longer than this, and than so many usual intervals, is silence: a machine that reports goes on."""

METRES = 6
"""So much distance, told in whole metres, makes a speed that a mile cannot be taken for a kilometre in."""
STEADY_S = 2.5
"""A speed that has not changed for so long, but by its scatter, is where the belt went by itself."""


@dataclass(frozen=True, slots=True)
class Watched:
    """The standing belt, watched before anything was written."""

    lasted_s: float
    reports: int
    interval_s: float | None
    """Median; `None` before three reports."""
    longest_s: float | None
    statuses: tuple[str, ...]

    @property
    def reports_standing(self) -> bool:
        """Whether it reports while it stands."""
        return self.interval_s is not None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command was answered, if anything."""

    result: int | None
    problem: Problem | None
    after_s: float | None

    @property
    def word(self) -> str:
        """`answered`, `refused`, `silent`, as profiles say it; `unknown` where the link ate it."""
        if self.result is not None:
            return "answered" if self.result == 1 else "refused"
        return "silent" if self.problem is Problem.TIMED_OUT else "unknown"


@dataclass(frozen=True, slots=True)
class Started:
    """A start from standstill, before any speed was asked for."""

    answer: Answer
    after_s: float
    """From Start to the first report of motion."""
    countdown: bool
    """Whether it tells of a countdown."""
    first: int
    """The first speed it reported."""
    settled: int | None
    """The speed it went to by itself; `None` where it was still changing when it was asked for another."""


@dataclass(frozen=True, slots=True)
class Speed:
    """What was reported of a speed that was asked for."""

    number: int | None
    """The number that was sent; `None` where the machine's own start speed was right already."""
    answer: Answer | None
    shown_after_s: float | None
    """From the command until the reports had come to where they stayed."""
    before: int
    """The last speed reported before the command, or that it started from."""
    between: tuple[int, ...]
    """Speeds reported on the way."""
    mean: float
    """What it reported once there."""
    distinct: tuple[int, ...]
    """The different speeds among those, in order of size."""
    reports: int
    changes: int
    """How often the speed changed from one of them to the next; zeros, which occur by themselves, aside."""
    held: bool
    """Whether the belt came to be held at what was wanted."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """A stop, from the command on."""

    answer: Answer
    before: int
    """The last speed reported before it."""
    after_s: float | None
    """To the first of the zeros that it came to rest with; `None` where it never reported them."""
    shape: tuple[int, ...]
    """Speeds reported on the way, without repetitions."""
    then: str
    """`reports zero`, `falls silent` or `keeps a speed`."""


def watched(trace: Trace, since_s: float, until_s: float) -> Watched:
    """The reports of a standing belt."""
    times_s = [one.t_s for one in trace.reports_between(since_s, until_s)]
    gaps_s = [after - before for before, after in pairwise(times_s)]
    enough = len(gaps_s) > 1
    return Watched(
        until_s - since_s,
        len(times_s),
        median(gaps_s) if enough else None,
        max(gaps_s) if enough else None,
        trace.statuses_between(since_s, until_s),
    )


def interval_s(trace: Trace, since_s: float, until_s: float) -> float | None:
    """The median time between reports."""
    return watched(trace, since_s, until_s).interval_s


def answer(sent: Sent) -> Answer:
    """What became of a command."""
    return Answer(sent.result, sent.problem, sent.answer_s)


def started(trace: Trace, since_s: float, until_s: float) -> Started | None:
    """The start in a run, up to its first speed command or `until_s`; `None` where nothing moved."""
    starts = [one for one in trace.commands(CommandKind.START, since_s) if one.t_s <= until_s]
    if not starts:
        return None
    start = starts[-1]  # one that was refused moved nothing
    speeds = trace.commands(CommandKind.SET_SPEED, start.t_s)
    alone_s = min([until_s, *(one.t_s for one in speeds)])
    moving = [one for one in trace.reports_between(start.t_s, until_s) if one.centi]
    if not moving:
        return None
    first = moving[0]
    alone = [one for one in moving if one.t_s <= alone_s]
    last = [one.centi for one in alone if one.t_s > alone_s - STEADY_S] or [one.centi for one in alone[-2:]]
    steady = len(last) > 1 and max(last) - min(last) <= 2 * _scatter(last)
    settled = round(fmean(last)) if steady else None
    return Started(
        answer(start),
        first.t_s - start.t_s,
        TrainingCode.PRE_WORKOUT in trace.codes_since(start.t_s),
        first.centi,
        settled,
    )


def speed(trace: Trace, since_s: float, until_s: float, *, held: bool) -> Speed | None:
    """The speed of a run that began at `since_s`, by its reports up to `until_s`."""
    starts = trace.commands(CommandKind.START, since_s)
    if not starts:
        return None
    asked = next((one for one in trace.commands(CommandKind.SET_SPEED, since_s) if one.t_s <= until_s), None)
    from_s = asked.t_s if asked else starts[0].t_s
    reports = trace.reports_between(from_s, until_s)
    earlier = trace.reports_between(starts[0].t_s, from_s)
    if not any(one.centi for one in reports):
        return None
    there = _there(reports)
    steady = [one.centi for one in reports[there:]]
    return Speed(
        number=asked.number if asked else None,
        answer=answer(asked) if asked else None,
        shown_after_s=reports[there].t_s - from_s if asked else None,
        before=earlier[-1].centi if earlier else 0,
        between=tuple(dict.fromkeys(one.centi for one in reports[:there])),
        mean=fmean(steady),
        distinct=tuple(sorted(set(steady))),
        reports=len(steady),
        changes=sum(before != after for before, after in pairwise(filter(None, steady))),
        held=held,
    )


def stopped(trace: Trace, since_s: float, until_s: float) -> Stopped | None:
    """The first stop after `since_s` and what followed it.

    `None` where none was sent, where nothing had moved, and where neither an answer nor a report came any
    more: then the link was dead, which says nothing of the belt.
    """
    stops = trace.commands(CommandKind.STOP, since_s)
    if not stops:
        return None
    stop = stops[0]
    said = next((one for one in stops if one.result is not None), stop)
    reports = trace.reports_between(stop.t_s, until_s)
    moving = [place for place, one in enumerate(reports) if one.centi]
    rest = reports[moving[-1] + 1 :] if moving else reports
    earlier = trace.reports_between(since_s, stop.t_s)
    before = earlier[-1].centi if earlier else 0
    if not before and not moving:
        return None
    if not reports and said.result is None:
        return None
    shape = tuple(centi for centi, _ in groupby(one.centi for one in reports))
    if rest:
        return Stopped(answer(said), before, rest[0].t_s - stop.t_s, shape, "reports zero")
    usual_s = interval_s(trace, since_s, stop.t_s) or 0.0
    quiet = not reports or until_s - reports[-1].t_s > max(QUIET_S, QUIET_INTERVALS * usual_s)
    return Stopped(answer(said), before, None, shape, "falls silent" if quiet else "keeps a speed")


def by_distance(trace: Trace, since_s: float, until_s: float) -> float | None:
    """How much faster a held belt is by its own distance than by its reports; `None` before enough metres."""
    reports = trace.reports_between(since_s, until_s)
    counted = [(one.t_s, one.distance_m) for one in reports if one.distance_m is not None]
    steps = [later for before, later in pairwise(counted) if later[1] > before[1]]
    if not steps or steps[-1][1] - steps[0][1] < METRES:
        return None
    speed_mps = (steps[-1][1] - steps[0][1]) / (steps[-1][0] - steps[0][0])
    return centi_from_mps(speed_mps) / fmean(one.centi for one in reports)


def _there(reports: list[Report]) -> int:
    """The first report from which on they lie where the later half of them does, single ones aside."""
    half = len(reports) // 2
    tail = sorted(one.centi for one in reports[half:])
    few = len(tail) // 20
    low, high = tail[few], tail[-1 - few]
    margin = _scatter(tail)
    fits = [low - margin <= one.centi <= high + margin for one in reports]
    place = half
    while place and (fits[place - 1] or (place > 1 and fits[place - 2])):
        place -= 1
    return place


def _scatter(centis: list[int]) -> int:
    """What may be scatter: 2 %, at least 0.02 km/h."""
    return max(2, round(0.02 * max(centis)))
