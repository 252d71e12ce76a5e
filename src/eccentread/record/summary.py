"""What a session came to, in one JSON object (`run --summary`)."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from eccentread.errors import Cause, OutputError
from eccentread.events import (
    Answered,
    Ask,
    FaultRaised,
    Phase,
    PhaseChanged,
    QuestionKind,
    Reason,
    Rep,
    RepCounted,
    SessionEnded,
    SetEnded,
    SignalChecked,
)
from eccentread.record.codec import Event
from eccentread.record.forms import Json, record_to_json
from eccentread.record.journal import Header, Journal


@dataclass(slots=True)
class _Set:
    reps: list[Rep] = field(default_factory=list[Rep])
    target: int | None = None
    count: int | None = None
    reason: Reason | None = None


class Summary:
    """Gathers a session's events as they come; `to_json` says at any time what they came to."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self._sets: dict[int, _Set] = {}
        self._faults: list[FaultRaised] = []
        self._questions: dict[str, int | None] = {}
        self._ended: SessionEnded | None = None
        self._countable = True

    def add(self, event: Event) -> None:
        """Take in the next event; those that a summary says nothing of are passed over."""
        match event:
            case PhaseChanged(phase=Phase.SET, set_index=int(index)):
                self._set(index)
            case RepCounted():
                self._set(event.set_index).reps.append(event.rep)
            case SetEnded():
                ended = self._set(event.set_index)
                ended.target, ended.count, ended.reason = event.target, event.count, event.reason
            case SignalChecked():
                self._countable = event.countable
            case FaultRaised():
                self._faults.append(event)
            case Ask(kind=QuestionKind.SCALE):
                self._questions.setdefault(event.question, None)
            case Answered():
                self._questions[event.question] = event.value
            case SessionEnded():
                self._ended = event
            case _:
                pass

    def to_json(self) -> dict[str, Json]:
        """The summary.

        `outcome` is null while the session runs, and for good if the program died; `reason` is why it ended,
        null where all was done. A set that never ended has a null target and counts its reps. A scale that
        nobody answered is null. Where pushes cannot be counted there are no sets.
        """
        return {
            "session": self._header.session,
            "simulated": self._header.simulated,
            "machine": self._header.machine,
            "protocol": self._header.protocol,
            "side": self._header.side,
            "outcome": self._ended and self._ended.outcome,
            "reason": self._ended and self._ended.reason,
            "sets": [_set_to_json(one) for _, one in sorted(self._sets.items())] if self._countable else [],
            "faults": [record_to_json(fault) for fault in self._faults],
            "questions": dict(self._questions),
        }

    def _set(self, index: int) -> _Set:
        return self._sets.setdefault(index, _Set())


def summarise(journal: Journal) -> dict[str, Json]:
    """The summary of a recorded session."""
    summary = Summary(journal.header)
    for event in journal.events:
        summary.add(event)
    return summary.to_json()


def write_summary(summary: dict[str, Json], path: Path) -> None:
    """Write a summary to `path`.

    Raises:
        OutputError: the file cannot be written.
    """
    try:
        path.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(
            Cause.UNWRITABLE, f"{path} cannot be written ({error.strerror}); name another file."
        ) from None


def _set_to_json(one: _Set) -> dict[str, Json]:
    return {
        "target": one.target,
        "count": len(one.reps) if one.count is None else one.count,
        "reason": one.reason,
        "reps": [record_to_json(rep) for rep in one.reps],
    }
