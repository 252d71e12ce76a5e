"""The columns of the tables that `export` writes: name, unit, meaning and how a cell is found.

This is the one place that knows them; `docs/reference/export-csv.md` shows what stands here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from eccentread.record.forms import Scalar
from eccentread.record.journal import Journal
from eccentread.record.rows import (
    AnswerRow,
    LoadRow,
    RepRow,
    SessionRow,
    SetRow,
    answer_rows,
    contact_s,
    load_rows,
    rep_rows,
    session_rows,
    set_rows,
    time_under_tension_s,
    utc,
)


@dataclass(frozen=True, slots=True)
class Column[Row]:
    """One column; `unit` is empty for words and plain numbers, and a cell of `None` stays empty."""

    name: str
    unit: str
    meaning: str
    cell: Callable[[Row], Scalar]


@dataclass(frozen=True, slots=True)
class Table[Row]:
    """One file of an export."""

    file_name: str
    one_row: str
    rows: Callable[[Journal], Iterator[Row]]
    columns: tuple[Column[Row], ...]


# A row of any table knows its session by the header.
_PARTICIPANT: Column[Any] = Column(
    "participant_id", "", "pseudonym; left empty for the researcher", lambda _: None
)
_SESSION: Column[Any] = Column(
    "session_id", "", "key of the session in every table", lambda row: row.header.session
)
_SIDE: Column[Any] = Column("side", "", "leg that pushes", lambda row: row.header.side)
_SIMULATED: Column[Any] = Column(
    "simulated", "", "true where treadmill and athlete were simulated", lambda row: row.header.simulated
)

REPS = Table[RepRow](
    "reps.csv",
    "counted rep",
    rep_rows,
    (
        _PARTICIPANT,
        _SESSION,
        Column("set_index", "", "set within the session, from 1", lambda row: row.set_index),
        Column("rep_index", "", "rep within the set, from 1", lambda row: row.rep_index),
        _SIDE,
        Column("onset_s", "s", "the push begins, since the session began", lambda row: row.rep.onset_s),
        Column("release_s", "s", "the push ends, since the session began", lambda row: row.rep.release_s),
        Column(
            "onset_utc",
            "",
            "onset as an instant, ISO 8601, UTC",
            lambda row: utc(row.header, row.rep.onset_s),
        ),
        Column("contact_s", "s", "onset to release", lambda row: contact_s(row.rep)),
        Column(
            "gap_before_s",
            "s",
            "release of the rep before it in the set to this onset",
            lambda row: row.previous and row.rep.onset_s - row.previous.release_s,
        ),
        Column(
            "cycle_s",
            "s",
            "onset of the rep before it in the set to this onset",
            lambda row: row.previous and row.rep.onset_s - row.previous.onset_s,
        ),
        Column("speed_baseline_kmh", "km/h", "belt speed without a push", lambda row: row.rep.baseline_kmh),
        Column("speed_min_kmh", "km/h", "lowest belt speed", lambda row: row.rep.speed_min_kmh),
        Column("dip_peak_kmh", "km/h", "largest dip (baseline − speed)", lambda row: row.rep.dip_peak_kmh),
        Column("dip_mean_kmh", "km/h", "mean dip in contact", lambda row: row.rep.dip_mean_kmh),
        Column(
            "overshoot_kmh",
            "km/h",
            "largest rise above the baseline after release",
            lambda row: row.rep.overshoot_kmh,
        ),
        Column(
            "dip_area_m",
            "m",
            "integral of the dip: belt travel that the push held back",
            lambda row: row.rep.dip_area_m,
        ),
        Column("belt_travel_m", "m", "integral of the belt speed in contact", lambda row: row.rep.travel_m),
        Column(
            "load_rel_pct",
            "%",
            "load against the cued pushes of the signal check (100 = their median)",
            lambda row: row.rep.load_rel_pct,
        ),
        Column("label", "", "what the push counts as: `rep`", lambda _: "rep"),
        Column("source", "", "who counted: `auto` (the live detector)", lambda _: "auto"),
        Column("confidence", "", "the detector's, 0 to 1", lambda row: row.rep.confidence),
        Column(
            "count_latency_s", "s", "release to the count", lambda row: row.rep.counted_s - row.rep.release_s
        ),
        Column("n_samples", "", "speed reports in contact", lambda row: row.rep.n_samples),
        _SIMULATED,
    ),
)

SETS = Table[SetRow](
    "sets.csv",
    "set that began",
    set_rows,
    (
        _PARTICIPANT,
        _SESSION,
        Column("set_index", "", "set within the session, from 1", lambda row: row.set_index),
        _SIDE,
        Column("target_reps", "", "reps asked for", lambda row: row.ended and row.ended.target),
        Column("done_reps", "", "reps counted", lambda row: row.ended.count if row.ended else len(row.reps)),
        Column(
            "end_reason",
            "",
            "why it ended before its target, such as `fading`; empty where it reached it",
            lambda row: row.ended and row.ended.reason,
        ),
        Column("start_s", "s", "the set begins, since the session began", lambda row: row.begun_s),
        Column(
            "end_s",
            "s",
            "the set ends, since the session began; empty if it broke off",
            lambda row: row.ended and row.ended.t_s,
        ),
        Column("rest_s", "s", "end of the set before to this start", lambda row: row.rest_s),
        Column(
            "time_under_tension_s",
            "s",
            "contact times of the reps together",
            lambda row: time_under_tension_s(row.reps),
        ),
        _SIMULATED,
    ),
)

ANSWERS = Table[AnswerRow](
    "answers.csv",
    "answered or skipped question",
    answer_rows,
    (
        _PARTICIPANT,
        _SESSION,
        Column("t_s", "s", "when it was answered, since the session began", lambda row: row.answered.t_s),
        Column("question", "", "key of the question", lambda row: row.answered.question),
        Column(
            "answer",
            "",
            "0 to 10 on scales, 1 or 0 for yes or no; empty if skipped",
            lambda row: row.answered.value,
        ),
        _SIMULATED,
    ),
)

SESSIONS = Table[SessionRow](
    "sessions.csv",
    "session",
    session_rows,
    (
        _PARTICIPANT,
        _SESSION,
        Column(
            "started_utc",
            "",
            "the instant of session time 0, ISO 8601, UTC",
            lambda row: utc(row.header, 0.0),
        ),
        _SIDE,
        Column(
            "manufacturer",
            "",
            "of the treadmill, as it says",
            lambda row: row.connected and row.connected.device.get("manufacturer"),
        ),
        Column(
            "model",
            "",
            "of the treadmill, as it says",
            lambda row: row.connected and row.connected.device.get("model"),
        ),
        Column(
            "firmware",
            "",
            "of the treadmill, as it says",
            lambda row: row.connected and row.connected.device.get("firmware"),
        ),
        Column("protocol", "", "name of the prescription", lambda row: row.header.protocol),
        Column(
            "software_version", "", "eccentread that recorded the session", lambda row: row.header.software
        ),
        Column(
            "countable",
            "",
            "the signal check's verdict; this and what follows of it is empty without one",
            lambda row: row.check and row.check.countable,
        ),
        Column(
            "speed_source",
            "",
            "what is counted from: `machine-speed` or `belt-sensor`",
            lambda row: row.check and row.check.source,
        ),
        Column(
            "signal_reason", "", "why the signal check says so", lambda row: row.check and row.check.reason
        ),
        Column(
            "d_prime_rep",
            "",
            "discriminability of a push from an idle belt",
            lambda row: row.check and row.check.d_prime_rep,
        ),
        Column(
            "d_prime_gap",
            "",
            "discriminability of the gap between pushes",
            lambda row: row.check and row.check.d_prime_gap,
        ),
        Column(
            "speed_baseline_kmh",
            "km/h",
            "idle belt speed in the signal check",
            lambda row: row.check and row.check.baseline_kmh,
        ),
        Column(
            "speed_noise_kmh",
            "km/h",
            "standard deviation of the idle belt speed",
            lambda row: row.check and row.check.noise_kmh,
        ),
        Column(
            "speed_quantum_kmh",
            "km/h",
            "step between the speeds that the machine can report",
            lambda row: row.check and row.check.quantum_kmh,
        ),
        Column(
            "report_interval_s",
            "s",
            "time between speed reports",
            lambda row: row.check and row.check.interval_s,
        ),
        Column("done_reps", "", "reps counted in all sets", lambda row: len(row.reps)),
        Column(
            "time_under_tension_s",
            "s",
            "contact times of the reps together",
            lambda row: time_under_tension_s(row.reps),
        ),
        Column(
            "outcome",
            "",
            "`finished`, `stopped` or `fault`; empty if the program broke off",
            lambda row: row.ended and row.ended.outcome,
        ),
        Column(
            "reason",
            "",
            "why it ended so, where there is a reason",
            lambda row: row.ended and row.ended.reason,
        ),
        Column("seed", "", "of the simulation", lambda row: row.header.seed),
        _SIMULATED,
    ),
)

LOADS = Table[LoadRow](
    "loads.csv",
    "report of what may tell of the load beside the speed",
    load_rows,
    (
        _PARTICIPANT,
        _SESSION,
        Column("t_s", "s", "when it was reported, since the session began", lambda row: row.reported.t_s),
        Column(
            "source",
            "",
            "`force-on-belt` in N, `power` in W (both negative where the user slows the belt), or `steps`",
            lambda row: row.reported.source,
        ),
        Column("value", "", "in the unit of its source", lambda row: row.reported.value),
        _SIMULATED,
    ),
)

TABLES: tuple[Table[Any], ...] = (REPS, SETS, ANSWERS, SESSIONS, LOADS)
