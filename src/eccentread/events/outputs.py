"""What the core asks the shell to do, or to show."""

from dataclasses import dataclass

from eccentread.events.words import (
    CommandKind,
    CueKind,
    Outcome,
    Phase,
    QuestionKind,
    Reason,
    Source,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Command:
    """Bytes for the control point. Made only by `safety.gate`; `id` comes back in `CommandAnswered`."""

    t_s: float
    id: int
    kind: CommandKind
    data: bytes


@dataclass(frozen=True, slots=True)
class BeltMayRun:
    """From here on the belt may be running because of this program; told before the command that moves it.

    It holds, also beyond the program's end, until `BeltAtPeace`.
    """

    t_s: float


@dataclass(frozen=True, slots=True)
class BeltStands:
    """The belt was seen to stand: `why` says by whom."""

    t_s: float
    why: str


@dataclass(frozen=True, slots=True)
class BeltAtPeace:
    """The belt stands, and nothing that was sent can start it any more: nobody need stand guard over it."""

    t_s: float


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Nothing more is wanted of the machine: close the link."""

    t_s: float


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the link and take it up again after `away_s`: does the belt run on meanwhile?"""

    t_s: float
    away_s: float


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence for whoever is at the screen: what comes next, or what was found."""

    t_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Cue:
    """Something to say and show to the athlete. `number` is the count, set or seconds the words speak of."""

    t_s: float
    kind: CueKind
    text: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to a person; the answer comes back as `Answered`. Scales run 0–10, numbers 0–9999."""

    t_s: float
    question: str
    kind: QuestionKind
    text: str


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """The session moved on. `set_index` counts from 1 in sets and rests; a timed phase ends at `until_s`."""

    t_s: float
    phase: Phase
    set_index: int | None = None
    until_s: float | None = None


@dataclass(frozen=True, slots=True)
class BeltReported:
    """The belt speed the machine reported, decoded, km/h."""

    t_s: float
    speed_kmh: float


@dataclass(frozen=True, slots=True)
class BeltSensed:
    """The belt speed by the belt sensor, km/h: the mean of the samples that arrived together."""

    t_s: float
    speed_kmh: float


@dataclass(frozen=True, slots=True)
class LoadReported:
    """What the machine reports beside its speed that may tell of the load; the unit is the source's."""

    t_s: float
    source: Source
    value: int


@dataclass(frozen=True, slots=True)
class LockChosen:
    """The belt will be held at another speed than the protocol's, to which somebody said yes; km/h."""

    t_s: float
    speed_kmh: float


@dataclass(frozen=True, slots=True)
class SignalChecked:
    """What the signal check found. `d_prime_*` are discriminabilities (physics: rep and gap between reps).

    Where several sources of belt speed are at hand, this is the one that is counted from, or the best of
    those that cannot be.
    """

    t_s: float
    countable: bool
    reason: str
    d_prime_rep: float
    d_prime_gap: float
    baseline_kmh: float
    noise_kmh: float
    quantum_kmh: float
    interval_s: float
    source: Source = Source.MACHINE_SPEED


@dataclass(frozen=True, slots=True)
class Rep:
    """One counted push, as the live detector saw it.

    Times are session seconds. `dip` is baseline − speed. `confidence` is 0–1. `load_rel_pct` is the rep's
    load relative to the cued pushes of the signal check (100 = their median); `None` without one.
    """

    onset_s: float
    release_s: float
    counted_s: float
    baseline_kmh: float
    speed_min_kmh: float
    dip_peak_kmh: float
    dip_mean_kmh: float
    overshoot_kmh: float
    dip_area_m: float
    travel_m: float
    load_rel_pct: float | None
    confidence: float
    n_samples: int


@dataclass(frozen=True, slots=True)
class RepCounted:
    """A rep counts. `set_index` and `rep_index` count from 1."""

    t_s: float
    set_index: int
    rep_index: int
    rep: Rep


@dataclass(frozen=True, slots=True)
class SetEnded:
    """A set is over. `reason` says why it ended before its target; `None` where it reached it."""

    t_s: float
    set_index: int
    target: int
    count: int
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A safety decision and its reason, for the record."""

    t_s: float
    what: str
    allowed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a command. `why` is a sentence a person understands."""

    t_s: float
    command_id: int
    kind: CommandKind
    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class FaultRaised:
    """Something is wrong: a reason for programs and a sentence a person can act on."""

    t_s: float
    reason: Reason
    text: str


@dataclass(frozen=True, slots=True)
class Noted:
    """An oddity worth keeping: a malformed packet, a late answer, an ignored spike."""

    t_s: float
    text: str


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """The session is over; nothing follows."""

    t_s: float
    outcome: Outcome
    reason: Reason | None


type Output = (
    Command
    | BeltMayRun
    | BeltStands
    | BeltAtPeace
    | Disconnect
    | HangUp
    | Told
    | Cue
    | Ask
    | PhaseChanged
    | BeltReported
    | LockChosen
    | BeltSensed
    | LoadReported
    | SignalChecked
    | RepCounted
    | SetEnded
    | Decided
    | Judged
    | FaultRaised
    | Noted
    | SessionEnded
)
