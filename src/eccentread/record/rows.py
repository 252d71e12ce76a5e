"""What a journal holds for a researcher's tables: reps, sets, answers and the session, one row each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta

from eccentread.events import (
    Answered,
    Connected,
    LoadReported,
    Phase,
    PhaseChanged,
    Rep,
    RepCounted,
    SessionEnded,
    SetEnded,
    SignalChecked,
)
from eccentread.record.codec import Event
from eccentread.record.journal import Header, Journal


@dataclass(frozen=True, slots=True)
class RepRow:
    """A counted rep, and the one before it in the same set."""

    header: Header
    set_index: int
    rep_index: int
    rep: Rep
    previous: Rep | None


@dataclass(frozen=True, slots=True)
class SetRow:
    """A set: when it began and ended, and the reps counted in it."""

    header: Header
    set_index: int
    begun_s: float
    ended: SetEnded | None
    """`None` where the session broke off within the set."""
    rest_s: float | None
    """Since the end of the set before; `None` for the first."""
    reps: tuple[Rep, ...]


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer to a question."""

    header: Header
    answered: Answered


@dataclass(frozen=True, slots=True)
class LoadRow:
    """A value that the machine reported beside its speed."""

    header: Header
    reported: LoadReported


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session; what it never came to is `None`."""

    header: Header
    connected: Connected | None
    check: SignalChecked | None
    ended: SessionEnded | None
    reps: tuple[Rep, ...]


def contact_s(rep: Rep) -> float:
    """From onset to release, seconds."""
    return rep.release_s - rep.onset_s


def time_under_tension_s(reps: tuple[Rep, ...]) -> float:
    """The contact times of `reps` together, seconds (a Toigo & Boutellier descriptor)."""
    return sum(map(contact_s, reps))


def utc(header: Header, t_s: float) -> str:
    """The session time `t_s` as an instant in ISO 8601, to the millisecond."""
    instant = (header.started_utc + timedelta(seconds=t_s)).astimezone(UTC)
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def rep_rows(journal: Journal) -> Iterator[RepRow]:
    """A row for each rep, in the order in which they counted."""
    last: dict[int, Rep] = {}
    for event in _of(RepCounted, journal):
        previous = last.get(event.set_index)
        yield RepRow(journal.header, event.set_index, event.rep_index, event.rep, previous)
        last[event.set_index] = event.rep


def set_rows(journal: Journal) -> Iterator[SetRow]:
    """A row for each set that began."""
    ends = {event.set_index: event for event in _of(SetEnded, journal)}
    begun: dict[int, float] = {}
    for event in _of(PhaseChanged, journal):
        if event.phase is Phase.SET and event.set_index is not None:
            # A set that is taken up again after an interruption began when it first began.
            begun.setdefault(event.set_index, event.t_s)
    for index, begun_s in begun.items():
        before = ends.get(index - 1)
        yield SetRow(
            journal.header,
            index,
            begun_s,
            ends.get(index),
            None if before is None else begun_s - before.t_s,
            tuple(event.rep for event in _of(RepCounted, journal) if event.set_index == index),
        )


def answer_rows(journal: Journal) -> Iterator[AnswerRow]:
    """A row for each answer, skipped questions included."""
    for event in _of(Answered, journal):
        yield AnswerRow(journal.header, event)


def load_rows(journal: Journal) -> Iterator[LoadRow]:
    """A row for each value that the machine reported beside its speed."""
    for event in _of(LoadReported, journal):
        yield LoadRow(journal.header, event)


def session_rows(journal: Journal) -> Iterator[SessionRow]:
    """The one row of the session; of several links or signal checks it has the last."""
    yield SessionRow(
        journal.header,
        _last(Connected, journal),
        _last(SignalChecked, journal),
        _last(SessionEnded, journal),
        tuple(event.rep for event in _of(RepCounted, journal)),
    )


def _of[E: Event](kind: type[E], journal: Journal) -> list[E]:
    return [event for event in journal.events if isinstance(event, kind)]


def _last[E: Event](kind: type[E], journal: Journal) -> E | None:
    return next(reversed(_of(kind, journal)), None)
