"""A profile's file, checked so that every error names its key. `hardware/treadmills/README.md` has the keys.

What only people read (reasons, behaviour in words, evidence) is checked as strictly as what changes
something: a fact without evidence is refused.
"""

import re

from eccentread.errors import Cause
from eccentread.session.profile import Match, Profile, SpeedSource, Unit, Verified
from eccentread.session.toml_table import Form, Table

SCHEMA = 1
KINDS = ("treadmill", "walking-pad", "unknown")
ANSWERS = ("answered", "silent", "refused", "unknown")
ANSWERED_BY = ("indication", "notification", "unknown")
EVIDENCE = ("capture", "report", "survey", "own-test")

_FORM = Form(Cause.PROFILE_INVALID, "a profile", "hardware/treadmills/README.md")
_SUITABLE = {"yes": True, "no": False, "unknown": None}
_UNITS = (*(unit.value for unit in Unit), "unknown")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DAY = re.compile(r"\d{4}-[01]\d-[0-3]\d")

_FASTEST_KMH = 40.0
_SLOWEST_KMH = 0.01


def parse_profile(text: str, source: str) -> Profile:
    """The profile in `text`; `source` is the file's name: its stem is the key.

    Raises:
        InputError: not TOML, or a key is missing, unknown, of the wrong type or out of its range.
    """
    root = Table.parse(_FORM, text, source)
    schema = root.integer("schema", 1, 10**6)
    if schema > SCHEMA:
        root.refuse("schema", f"is {schema}, newer than this program knows ({SCHEMA}); upgrade eccentread")
    evidence = _Evidence(root)
    low, high, step = _speeds(root, evidence)
    match = _match(root, evidence)
    verified = tuple(_verified(table) for table in root.maybe("verified", root.tables) or ())
    commands, reported, certain = _units(root, evidence, match, verified)
    source_of_speed, standing = _reports(root, evidence)
    after_s, start = _start(root, evidence)
    profile = Profile(
        key=source.removesuffix(".toml"),
        name=root.text("name"),
        suitable=_SUITABLE[root.choice("suitable", tuple(_SUITABLE))],
        why=root.text("why"),
        min_centi_kmh=low,
        max_centi_kmh=high,
        step_centi_kmh=step,
        unit_verified=certain,
        command_unit=commands,
        report_unit=reported,
        source=source_of_speed,
        reports_standing=standing,
        start_after_s=after_s,
        keep_alive_s=_control(root, evidence),
        start_centi_kmh=start,
        quirks=_quirks(root, evidence),
        match=match,
        verified=verified,
    )
    root.choice("kind", KINDS)
    _stop(root, evidence)
    root.nothing_else()
    return profile


class _Evidence:
    """What there is to rest a statement on."""

    def __init__(self, root: Table) -> None:
        self._ids: set[str] = set()
        for table in root.tables("evidence"):
            name = table.text("id")
            if name in self._ids:
                table.refuse("id", f"{name!r} is there twice")
            self._ids.add(name)
            table.choice("kind", EVIDENCE)
            table.text("where")
            table.text("checked")
            table.nothing_else()

    def close(self, table: Table) -> None:
        """See that a table of facts names what it rests on, and holds nothing unknown."""
        for name in table.texts("from"):
            if name not in self._ids:
                table.refuse("from", f"names {name!r}, which no [[evidence]] has as its id")
        table.nothing_else()


def _match(root: Table, evidence: _Evidence) -> Match:
    table = root.maybe("match", root.table)
    if table is None:
        return Match()
    match = Match(
        names=table.maybe("names", table.texts) or (),
        manufacturer=table.maybe("manufacturer", table.text),
        model=table.maybe("model", table.text),
        firmware=table.maybe("firmware", table.any_text),
    )
    evidence.close(table)
    if not match.names and match.manufacturer is None and match.model is None:
        root.refuse("match", "needs names, a manufacturer or a model")
    return match


def _speeds(root: Table, evidence: _Evidence) -> tuple[int | None, int | None, int | None]:
    table = root.maybe("speed", root.table)
    if table is None:
        return None, None, None
    low, high, step = (_speed(table, key) for key in ("min_kmh", "max_kmh", "step_kmh"))
    if low is not None and high is not None and low > high:
        table.refuse("min_kmh", "must not be above speed.max_kmh")
    evidence.close(table)
    return low, high, step


def _speed(table: Table, key: str) -> int | None:
    return table.maybe(key, lambda key: table.centi_kmh(key, _SLOWEST_KMH, _FASTEST_KMH))


def _units(
    root: Table, evidence: _Evidence, match: Match, verified: tuple[Verified, ...]
) -> tuple[Unit, Unit, bool]:
    table = root.maybe("units", root.table)
    if table is None:
        return Unit.KMH, Unit.KMH, False
    commands, reports = (table.choice(key, _UNITS) for key in ("commands", "reports"))
    table.maybe("steps", lambda key: table.choice(key, _UNITS))
    certain = table.maybe("verified", table.truth) or False
    if certain and "unknown" in (commands, reports):
        table.refuse("verified", "cannot be true of a unit that is unknown")
    if certain and match.firmware is None:
        table.refuse("verified", "needs match.firmware: another firmware may speak other units")
    if certain and not verified:
        table.refuse("verified", "needs a [[verified]] that says who measured it, and when")
    evidence.close(table)
    return _unit(commands), _unit(reports), certain


def _unit(word: str) -> Unit:
    return Unit.KMH if word == "unknown" else Unit(word)


def _reports(root: Table, evidence: _Evidence) -> tuple[SpeedSource, bool]:
    table = root.table("reports")
    source = SpeedSource(table.choice("source", tuple(SpeedSource)))
    table.maybe("interval_s", lambda key: table.number(key, 0.02, 60))
    standing = table.maybe("standing", table.truth)
    table.text("why")
    evidence.close(table)
    return source, standing is not False


def _start(root: Table, evidence: _Evidence) -> tuple[float | None, int | None]:
    table = root.maybe("start", root.table)
    if table is None:
        return None, None
    after_s = table.maybe("after_s", lambda key: table.number(key, 0, 120))
    speed = _speed(table, "speed_kmh")
    table.text("behaviour")
    evidence.close(table)
    return after_s, speed


def _stop(root: Table, evidence: _Evidence) -> None:
    table = root.maybe("stop", root.table)
    if table is not None:
        table.text("behaviour")
        evidence.close(table)


def _control(root: Table, evidence: _Evidence) -> float | None:
    table = root.maybe("control", root.table)
    if table is None:
        return None
    table.choice("request_control", ANSWERS)
    table.choice("answers_by", ANSWERED_BY)
    keep_alive_s = table.maybe("keep_alive_s", lambda key: table.number(key, 1, 600))
    evidence.close(table)
    return keep_alive_s


def _quirks(root: Table, evidence: _Evidence) -> tuple[str, ...]:
    quirks: list[str] = []
    for table in root.maybe("quirks", root.tables) or ():
        name = table.text("id")
        if not _SLUG.fullmatch(name):
            table.refuse("id", f"must be small letters, digits and hyphens, not {name!r}")
        if name in quirks:
            table.refuse("id", f"{name!r} is there twice")
        quirks.append(name)
        table.text("what")
        evidence.close(table)
    return tuple(quirks)


def _verified(table: Table) -> Verified:
    verified = Verified(table.text("what"), table.text("by"), table.text("on"), table.any_text("firmware"))
    if not _DAY.fullmatch(verified.on):
        table.refuse("on", f"must be a day such as 2026-11-21, not {verified.on!r}")
    table.nothing_else()
    return verified
