"""What is shown, as a frozen snapshot, and how each output of the session changes it. Pure."""

from dataclasses import dataclass, field, replace

from eccentread.events import (
    Ask,
    BeltReported,
    BeltSensed,
    Cue,
    CueKind,
    FaultRaised,
    LockChosen,
    Noted,
    Outcome,
    Output,
    Phase,
    PhaseChanged,
    Reason,
    RepCounted,
    SessionEnded,
    SetEnded,
    SignalChecked,
    Source,
)
from eccentread.ui.alarm import Alarm

TRACE_S = 60.0
"""How much of the belt's speed is remembered, seconds."""

TRACE_STEP_S = 0.1
"""One point of the trace, seconds: a faster source overwrites its last point, which bounds the trace."""

RECENT_FAULTS = 8
"""How many faults are remembered for the screen; the journal has them all."""


@dataclass(frozen=True, slots=True)
class BeltPoint:
    """A reported belt speed, km/h, at a session time in seconds."""

    t_s: float
    speed_kmh: float


@dataclass(frozen=True, slots=True)
class RepMark:
    """A counted rep on the trace: the middle of its dip, session seconds, and its number in the set."""

    t_s: float
    rep_index: int


@dataclass(frozen=True, slots=True)
class Screen:
    """Everything a companion sees. The first seven fields are the session's; the rest follows its outputs.

    `t_s` is the latest session time any output carried: countdowns follow it, in real and accelerated time.
    `ends_s` is when a timed phase ends. `count` belongs to set `set_index` (from 1; 0 before the first set).
    `standing_faults` are those of the latest faults that no start of the belt has put behind us.
    """

    simulated: bool
    machine: str
    protocol: str
    sets: int
    reps_per_set: int
    lock_kmh: float
    side: str | None = None

    t_s: float = 0.0
    phase: Phase = Phase.CONNECTING
    ends_s: float | None = None
    set_index: int = 0
    count: int = 0
    results: tuple[SetEnded, ...] = ()
    cue: Cue | None = None
    question: Ask | None = None
    trace: tuple[BeltPoint, ...] = ()
    marks: tuple[RepMark, ...] = ()
    faults: tuple[FaultRaised, ...] = ()
    standing_faults: tuple[FaultRaised, ...] = ()
    signal: SignalChecked | None = None
    note: Noted | None = None
    alarm: Alarm = field(default_factory=Alarm)
    outcome: Outcome | None = None
    reason: Reason | None = None

    def after(self, output: Output) -> "Screen":
        """The screen once `output` is known. Total: outputs that show nothing only move the time."""
        now = replace(self, t_s=max(self.t_s, output.t_s), alarm=self.alarm.after(output))
        match output:
            case PhaseChanged():
                return _in_phase(now, output)
            case LockChosen(speed_kmh=speed_kmh):
                return replace(now, lock_kmh=speed_kmh)
            case Noted():
                return replace(now, note=output)
            case BeltReported() if not self.counts_from_sensor:
                return _with_speed(now, output)
            case BeltSensed() if self.counts_from_sensor:
                return _with_speed(now, output)
            case RepCounted(set_index=set_index, rep_index=rep_index, rep=rep):
                mark = RepMark((rep.onset_s + rep.release_s) / 2, rep_index)
                marks = tuple(m for m in now.marks if m.t_s > now.t_s - TRACE_S)
                return replace(now, set_index=set_index, count=rep_index, marks=(*marks, mark))
            case SetEnded(set_index=set_index, count=count):
                others = tuple(r for r in now.results if r.set_index != set_index)
                return replace(now, set_index=set_index, count=count, results=(*others, output))
            case Cue(kind=kind):
                # The giant number says the count; the words above it stay what they were.
                return now if kind is CueKind.COUNT else replace(now, cue=output)
            case Ask():
                return replace(now, question=output)
            case FaultRaised():
                return replace(
                    now,
                    faults=(*now.faults, output)[-RECENT_FAULTS:],
                    standing_faults=(*now.standing_faults, output)[-RECENT_FAULTS:],
                )
            case SignalChecked():
                return replace(now, signal=output)
            case SessionEnded(outcome=outcome, reason=reason):
                return replace(
                    now, phase=Phase.ENDED, ends_s=None, question=None, outcome=outcome, reason=reason
                )
            case _:
                return now

    def at(self, t_s: float) -> "Screen":
        """The screen when nothing has happened until `t_s`: only the clock has gone on."""
        return self if self.phase is Phase.ENDED or t_s <= self.t_s else replace(self, t_s=t_s)

    def answered(self, question: str) -> "Screen":
        """The screen once somebody, here or elsewhere, has answered `question`."""
        is_open = self.question is not None and self.question.question == question
        return replace(self, question=None) if is_open else self

    @property
    def counts_from_sensor(self) -> bool:
        """Whether the belt shown is the one that the belt sensor sees, since pushes are counted there."""
        return self.signal is not None and self.signal.source is Source.BELT_SENSOR

    @property
    def remaining_s(self) -> float | None:
        """Seconds until the timed phase ends, never negative; `None` in a phase without an end."""
        return None if self.ends_s is None else max(0.0, self.ends_s - self.t_s)

    @property
    def belt_now(self) -> BeltPoint | None:
        """The latest reported belt speed; its age is `t_s - belt_now.t_s`."""
        return self.trace[-1] if self.trace else None


def _in_phase(screen: Screen, change: PhaseChanged) -> Screen:
    set_index = screen.set_index if change.set_index is None else change.set_index
    next_set = change.phase is Phase.SET and set_index != screen.set_index
    # A question asked in this very instant belongs to the phase that begins; an older one is out of date.
    question = screen.question if screen.question and screen.question.t_s >= change.t_s else None
    # The belt starts only on a fresh human go-ahead: whoever gave it has dealt with the faults before.
    standing = () if change.phase is Phase.STARTING else screen.standing_faults
    return replace(
        screen,
        phase=change.phase,
        ends_s=change.until_s,
        set_index=set_index,
        count=0 if next_set else screen.count,
        question=question,
        standing_faults=standing,
    )


def _with_speed(screen: Screen, report: BeltReported | BeltSensed) -> Screen:
    oldest_s = screen.t_s - TRACE_S
    trace = screen.trace
    if trace and trace[0].t_s < oldest_s:
        trace = tuple(point for point in trace if point.t_s >= oldest_s)
    if trace and report.t_s // TRACE_STEP_S == trace[-1].t_s // TRACE_STEP_S:
        trace = trace[:-1]
    return replace(screen, trace=(*trace, BeltPoint(report.t_s, report.speed_kmh)))
