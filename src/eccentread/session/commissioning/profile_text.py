"""Findings as a profile's file, by the keys of hardware/treadmills/README.md; gaps are left out and named."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from eccentread.session.commissioning.findings import Findings, Purpose, Touch, is_protocols
from eccentread.session.commissioning.judgement import (
    HAND,
    SAID_OTHERWISE,
    fitness,
    off_grid,
    quirks,
    shown,
    speed_source,
)
from eccentread.session.commissioning.units import judge_units, scale_error
from eccentread.session.profile import Unit
from eccentread.units import CENTI, centi_from_mps, kmh_from_centi

SIMULATED = "SIMULATED"
"""Stands in every file made on the simulator: it is about no machine, and not to be contributed."""
EVIDENCE = "own-test"

_TOUCHED = {
    Purpose.STOP_KEY: "console's stop",
    Purpose.SPEED_KEY: "console's speed key",
    Purpose.SAFETY_KEY: "safety key",
}

_DEVICE = ("manufacturer", "model", "firmware")

type Value = str | float | bool | list[str]


@dataclass(frozen=True, slots=True)
class Colophon:
    """Who made a profile, when, with what."""

    by: str
    on: str
    """The day, such as 2026-11-21."""
    software: str
    session: str
    """The commissioning's id: its journal is the evidence."""
    simulated: bool
    complete: bool


def profile_text(findings: Findings, colophon: Colophon) -> str:
    """The file, as TOML."""
    head, missing = _head(findings, colophon), not_learned(findings)
    lines = [f"# {title(findings)}. Keys: hardware/treadmills/README.md."]
    if colophon.simulated:
        lines.append(f"# {SIMULATED}: this machine does not exist. Not for contribution.")
    lines += [f"# Not learned: {one}." for one in missing]
    lines += [_pair(key, value) for key, value in head.items()]
    for name, table in tables(findings).items():
        lines += ["", f"[{name}]", *_pairs(table | {"from": [EVIDENCE]})]
    for quirk in quirks(findings):
        lines += ["", "[[quirks]]", *_pairs({"id": quirk.id, "what": quirk.what, "from": [EVIDENCE]})]
    firmware = _clean(findings.device.get("firmware", ""))
    what = "Commissioned with nobody on the belt: " + _done(findings)
    verified = {
        "what": what,
        "by": _clean(colophon.by) or "not named",
        "on": colophon.on,
        "firmware": firmware,
    }
    lines += ["", "[[verified]]", *_pairs(verified), "", "[[evidence]]", *_pairs(_evidence(colophon))]
    return "\n".join(lines) + "\n"


def title(findings: Findings) -> str:
    """Maker, model and firmware, as far as it tells them, else its advertised name."""
    maker, model, firmware = (_clean(findings.device.get(key, "")) for key in _DEVICE)
    name = f"{maker} {model}".strip() or _clean(findings.name) or "unnamed machine"
    return f"{name}, firmware {firmware}" if firmware else name


def not_learned(findings: Findings) -> list[str]:
    """What was not learned, in words."""
    asked = {touch.purpose for touch in findings.touches} | set(findings.doubted)
    units = judge_units(findings)
    gaps = {
        "its range of speeds, as it tells none": findings.range is None,
        "which unit its range is in": findings.range is not None and _range_unknown(findings),
        "what it answers when control is asked for": findings.control is None,
        "whether its answers come by indication or by notification": findings.control is not None,
        "what it makes of a stop while it stands": findings.stop_first_moved is None,
        "how it starts": not findings.moved,
        "the speed it starts at": not any(one.start and one.start.settled for one in findings.holds),
        "how it stops": not any(one.stop for one in findings.holds),
        "which unit it reports in, as its belt was not timed": not units.verified,
        "which unit it takes commands in": units.commands is None,
        "whether it holds 0.8 km/h": not off_grid(findings)
        and not any(is_protocols(one.run.lock) for one in findings.holds),
        "whether it stops by itself": not findings.longest_alone_s and findings.stopped_alone_s is None,
        "whether its console's stop works while connected": Purpose.STOP_KEY not in asked,
        "whether it tells of its console's speed keys": Purpose.SPEED_KEY not in asked,
        "what it does when the link is lost": findings.link_ran_on is None,
        "whether its key works while connected": Purpose.SAFETY_KEY not in asked,
    }
    said = [f"what becomes of {HAND[one]}: {SAID_OTHERWISE}" for one in findings.doubted]
    return [what for what, missing in gaps.items() if missing] + said


def _head(findings: Findings, colophon: Colophon) -> dict[str, Value]:
    fit = fitness(findings, complete=colophon.complete)
    kind = {True: "treadmill", False: "walking-pad", None: "unknown"}[findings.rails]
    return {
        "schema": 1,
        "name": f"{SIMULATED} {title(findings)}" if colophon.simulated else title(findings),
        "kind": kind,
        "suitable": {True: "yes", False: "no", None: "unknown"}[fit.suitable],
        "why": fit.why,
    }


def tables(findings: Findings) -> dict[str, dict[str, Value]]:
    """The tables of facts, without their evidence; those of which nothing is known are left out."""
    source, why = speed_source(findings)
    flags = "".join(f" Flags of Treadmill Data: {one:#06x}." for one in findings.flags)
    reports: dict[str, Value] = {"source": source.value, "why": f"{why} {shown(findings)}".strip() + flags}
    interval_s = findings.interval_s or (findings.watched and findings.watched.interval_s)
    if interval_s:
        reports["interval_s"] = round(min(max(interval_s, 0.02), 60.0), 3)
    if findings.watched is not None and findings.moved:
        reports["standing"] = findings.watched.reports_standing
    tables: dict[str, dict[str, Value]] = {
        "match": _match(findings),
        "speed": _speed(findings),
        "units": _units(findings),
        "start": _start(findings),
        "stop": _stop(findings),
        "reports": reports,
        "control": _control(findings),
    }
    return {name: table for name, table in tables.items() if table}


def _match(findings: Findings) -> dict[str, Value]:
    told = {key: _clean(findings.device.get(key, "")) for key in _DEVICE}
    firmware = told.pop("firmware")
    table: dict[str, Value] = {key: text for key, text in told.items() if text}
    if name := _clean(findings.name):
        table["names"] = [name]
    return table | {"firmware": firmware} if table else {}


def _speed(findings: Findings) -> dict[str, Value]:
    offered = findings.range
    if offered is None or _range_unknown(findings):
        return {}
    return {
        "min_kmh": kmh_from_centi(offered.min_centi_kmh),
        "max_kmh": kmh_from_centi(offered.max_centi_kmh),
        "step_kmh": kmh_from_centi(offered.increment_centi_kmh),
    }


def _range_unknown(findings: Findings) -> bool:
    """Whether its range may be in miles as well as not: the machine says no unit with it."""
    return judge_units(findings).commands is Unit.MPH


def _units(findings: Findings) -> dict[str, Value]:
    units = judge_units(findings)
    if units.commands is None and units.reports is None:
        return {}
    told: dict[str, Value] = {
        "commands": units.commands.value if units.commands else "unknown",
        "reports": units.reports.value if units.reports else "unknown",
    }
    if units.verified and units.commands is not None and _match(findings):
        told["verified"] = True
    return told


def _start(findings: Findings) -> dict[str, Value]:
    if not findings.moved:
        return {}
    starts = [one.start for one in findings.moved if one.start]
    first = starts[0]
    unit = judge_units(findings).reports or Unit.KMH
    settled = next((one.settled for one in starts if one.settled), None)
    words = [f"{first.after_s:.1f} s from Start to the first report of motion"]
    words.append("a countdown is told" if first.countdown else "no countdown is told")
    if settled:
        words.append(f"goes to {_kmh(settled * unit.kmh):g} km/h by itself")
    table: dict[str, Value] = {"after_s": round(first.after_s, 1)}
    if settled:
        table["speed_kmh"] = _kmh(settled * unit.kmh)
    return table | {"behaviour": "; ".join(words) + "."}


def _stop(findings: Findings) -> dict[str, Value]:
    stops = [one.stop for one in findings.holds if one.stop]
    unit = judge_units(findings).reports or Unit.KMH
    words: list[str] = []
    if findings.stop_first_moved is not None:
        moved = "starts it" if findings.stop_first_moved else "moves nothing"
        words.append(f"A stop sent to the standing belt {moved}")
    for stop in stops:
        took = f"{stop.after_s:.1f} s to the first zero" if stop.after_s is not None else stop.then
        told = f"{count(len(stop.shape), 'speed')} reported on the way"
        words.append(f"from {_kmh(stop.before * unit.kmh):g} km/h {took}, {told}")
    words += [touched(touch) for touch in findings.touches]
    return {"behaviour": "; ".join(words) + "."} if words else {}


def touched(touch: Touch) -> str:
    """What a hand on the machine did, in words."""
    told = f"the machine says {', '.join(touch.told)}" if touch.told else "the machine says nothing of it"
    return (
        f"the {_TOUCHED[touch.purpose]} {'works' if touch.worked else 'does nothing'} while connected, {told}"
    )


def _control(findings: Findings) -> dict[str, Value]:
    if findings.control is None:
        return {}
    table: dict[str, Value] = {"request_control": findings.control.word, "answers_by": "unknown"}
    alone_s, repeated_s = findings.stopped_alone_s, findings.repeated_alone_s
    if alone_s is not None and repeated_s is not None and repeated_s > 1.5 * alone_s:
        table["keep_alive_s"] = float(max(1, round(alone_s / 2)))
    return table


def _done(findings: Findings) -> str:
    return f"{count(len(findings.moved), 'start')}; {timed(findings) or 'its belt was not timed'}."


def timed(findings: Findings) -> str:
    """What timing the belt gave, in words; empty where nobody timed it."""
    true = next((one.true for one in findings.holds if one.true), None)
    if true is None:
        return ""
    speed = f"{centi_from_mps(true.speed_mps) / CENTI:.3f} km/h ± {100 * true.relative:.1f} %"
    error = scale_error(findings)
    against = f", {percent(error[0])} against its reports" if error else ""
    return f"timed at {speed} over {count(true.laps, 'lap')}{against}"


def _evidence(colophon: Colophon) -> dict[str, Value]:
    where = f"`eccentread commission`, session {colophon.session}: its journal has every packet"
    if colophon.simulated:
        where = f"{SIMULATED}: {where}"
    checked = "Everything in this file was read off that journal by the program."
    return {"id": EVIDENCE, "kind": "own-test", "where": where, "checked": f"{checked} {colophon.software}"}


def count(number: int, what: str) -> str:
    """So many of something."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def percent(part: float) -> str:
    """A deviation with its sign; zero has none."""
    rounded = round(100 * part, 1)
    return f"{rounded:+.1f} %" if rounded else "0.0 %"


def _kmh(centi: float) -> float:
    return kmh_from_centi(round(centi))


def _pairs(table: Mapping[str, Value]) -> list[str]:
    return [_pair(key, value) for key, value in table.items()]


def _pair(key: str, value: Value) -> str:
    # JSON's texts, numbers, truths and lists of texts are TOML's too; DEL alone has to be escaped besides.
    return f"{key} = {json.dumps(value, ensure_ascii=False)}".replace("\x7f", "\\u007F")


def _clean(text: str) -> str:
    """Without control characters and halves of surrogate pairs: names come off the air."""
    kept = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(kept.split())
