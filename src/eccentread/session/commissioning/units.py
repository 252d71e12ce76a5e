"""Kilometres or miles: what the machine's numbers mean, and by how much they are off."""

from dataclasses import dataclass

from eccentread.events import Reason
from eccentread.session.commissioning.findings import Findings, Held
from eccentread.session.profile import Unit
from eccentread.units import centi_from_mps

NEAR = 0.15
"""A ratio this near to a unit's is that unit: drives run −10 … +3 % off, a mile is 61 % more."""


@dataclass(frozen=True, slots=True)
class Units:
    """What the numbers are in; `None` is not known."""

    commands: Unit | None = None
    reports: Unit | None = None
    verified: bool = False
    """Whether the belt itself was timed."""


def unit_of(kmh_per_number: float) -> Unit | None:
    """The unit that so many km/h fit, if one does."""
    return next((unit for unit in Unit if abs(kmh_per_number / unit.kmh - 1) <= NEAR), None)


def judge_units(findings: Findings) -> Units:
    """From the timed belt where there is one; else only which of the two units is larger is known."""
    timed = next((unit for one in findings.holds if (unit := _reported_in(one))), None)
    told = (unit_of(one.by_distance) for one in findings.holds if one.by_distance)
    reports = timed or next((unit for unit in told if unit), None)
    asked = [one.speed for one in findings.holds if one.speed and one.speed.number and one.speed.mean]
    if reports is None:
        ratios = [unit_of(speed.mean / speed.number) for speed in asked if speed.number]
        if any(one.run.reason is Reason.UNIT_MIXED_UP for one in findings.holds) and Unit.KMH in ratios:
            return Units(Unit.MPH, Unit.MPH)  # its distance says so
        if Unit.MPH in ratios:
            return Units(Unit.MPH, Unit.KMH)
        other_way = any(unit_of(speed.number / speed.mean) is Unit.MPH for speed in asked if speed.number)
        return Units(Unit.KMH, Unit.MPH) if other_way else Units()
    commands = [unit_of(speed.mean * reports.kmh / speed.number) for speed in asked if speed.number]
    return Units(next((unit for unit in commands if unit), None), reports, verified=timed is not None)


def slower_than_in_miles(findings: Findings) -> bool:
    """Whether its belt was timed so slow that the range it tells, which names no unit, is not in miles."""
    if findings.range is None:
        return False
    slowest = findings.range.min_centi_kmh * Unit.MPH.kmh * (1 - NEAR)
    return any(
        one.true is not None and centi_from_mps(one.true.speed_mps) < slowest for one in findings.holds
    )


def scale_error(findings: Findings) -> tuple[float, float] | None:
    """By which part the belt is faster than it reports, and how sure that is; `None` if nobody timed it."""
    for one in findings.holds:
        unit = _reported_in(one)
        if one.true is not None and one.true_reported and unit is not None:
            true = centi_from_mps(one.true.speed_mps)
            return true / (one.true_reported * unit.kmh) - 1, one.true.relative
    return None


def _reported_in(one: Held) -> Unit | None:
    if one.true is None or not one.true_reported:
        return None
    return unit_of(centi_from_mps(one.true.speed_mps) / one.true_reported)
