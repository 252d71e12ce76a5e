"""What the findings amount to: what its speed reports are, what a driver must know, is the machine fit?"""

from dataclasses import dataclass

from eccentread.events import Reason
from eccentread.ftms import Issue
from eccentread.session.commissioning.findings import (
    PROTOCOL_CENTI_KMH,
    Findings,
    Held,
    Purpose,
    is_protocols,
)
from eccentread.session.commissioning.stages import ALONE_S
from eccentread.session.commissioning.units import judge_units, scale_error, slower_than_in_miles
from eccentread.session.profile import SpeedSource, Unit
from eccentread.units import CENTI, centi_from_mps, kmh_from_centi

DISTINCT = 3
CHANGES = 5
"""So many different speeds, or changes of it, while an empty belt is held: a set-point does not fluctuate."""
STILL_REPORTS = 20
"""So many reports without a change: drives ripple, and only a coarse rounding could hide it."""
JUMP = 0.9
"""A belt that has come this far from standing within one report has not: its set-point has."""
GAP_S = 0.8
GAP_INTERVALS = 1.7
"""A gap this long, and this many times the usual one, is an oddity."""
SCALE_MAX = 0.1
"""A belt further off than this from what it reports is not the protocol's."""


_NOT_HELD = (Reason.LOCK_TIMED_OUT, Reason.COMMAND_FAILED)


HAND = {
    Purpose.STOP_KEY: "its console's stop while connected",
    Purpose.SPEED_KEY: "its console's speed keys while connected",
    Purpose.SAFETY_KEY: "its safety key while connected",
}
SAID_OTHERWISE = "somebody said that it worked, its own reports said that the belt ran on as before"


@dataclass(frozen=True, slots=True)
class Quirk:
    """One oddity a driver must know."""

    id: str
    what: str


@dataclass(frozen=True, slots=True)
class Fitness:
    """Whether the machine is fit for this exercise; `None` is not known."""

    suitable: bool | None
    why: str


def speed_source(findings: Findings) -> tuple[SpeedSource, str]:
    """What its speed reports are while the belt runs, and how that is known."""
    speeds = [one.speed for one in findings.holds if one.speed and one.speed.reports >= STILL_REPORTS]
    if not speeds:
        return SpeedSource.UNKNOWN, "The belt did not run for long enough to tell."
    longest = max(speeds, key=lambda speed: speed.reports)
    values = ", ".join(f"{kmh_from_centi(one):.2f}" for one in longest.distinct[:5])
    if len(longest.distinct) >= DISTINCT or longest.changes >= CHANGES:
        some = f"{values}{'…' if len(longest.distinct) > 5 else ''}"
        return SpeedSource.MEASURED, f"The empty belt's speed fluctuates while it is held: {some}."
    jumps = [one for one in findings.moved if one.start and one.start.settled]
    jumped = any(
        one.start.first >= JUMP * one.start.settled for one in jumps if one.start and one.start.settled
    )
    stood = f"{longest.reports} reports of a held belt say {values}"
    if len(longest.distinct) == 1 and jumped:
        return SpeedSource.SET_POINT, f"{stood}, and the first report of motion is the full speed at once."
    return SpeedSource.UNKNOWN, f"{stood}: a set-point, or a measured speed rounded that coarsely."


def shown(findings: Findings) -> str:
    """How a new target comes to be reported; empty where none was asked for."""
    asked = [one.speed for one in findings.holds if one.speed and one.speed.shown_after_s is not None]
    if not asked:
        return ""
    first = asked[0]
    way = ", ".join(f"{kmh_from_centi(one):.2f}" for one in first.between[:6])
    by_way = f"by way of {way}" if way else "at once"
    return (
        f"A new target of {kmh_from_centi(first.number or 0):.2f} after {kmh_from_centi(first.before):.2f} "
        f"was reported within {first.shown_after_s:.1f} s, {by_way}."
    )


def quirks(findings: Findings) -> list[Quirk]:
    """What a driver must know, by the names of hardware/treadmills/README.md where it has them."""
    found = [
        *_about_motion(findings),
        *_about_hands(findings),
        *_about_reports(findings),
    ]
    return sorted(found, key=lambda quirk: quirk.id)


def fitness(findings: Findings, *, complete: bool) -> Fitness:
    """Whether this exercise is possible on it, and the reason."""
    reasons = _against(findings)
    if reasons:
        return Fitness(False, " ".join(reasons))
    open_questions = _open(findings)
    if not complete:
        open_questions.append("the commissioning was not finished")
    if open_questions:
        return Fitness(None, f"Not known yet: {'; '.join(open_questions)}.")
    return Fitness(
        True,
        f"{_holding(findings)}; it stops, its key works while connected, it has rails, and it measures "
        "its belt. Whether pushes show, the signal check of each session decides.",
    )


def _holding(findings: Findings) -> str:
    """How it is known to hold the exercise's speed: what was timed, and what was only reported."""
    timed = [one for one in findings.holds if one.true]
    if any(is_protocols(one.run.lock) for one in timed):
        return "It holds 0.8 km/h, timed on the belt"
    speeds = " and ".join(f"{centi_from_mps(one.true.speed_mps) / CENTI:.2f}" for one in timed if one.true)
    return f"It reports that it holds 0.8 km/h, and timing the belt at {speeds} km/h bore its reports out"


def _against(findings: Findings) -> list[str]:
    reasons: list[str] = []
    offered = findings.range
    miles = judge_units(findings).commands is Unit.MPH  # its range may be in either unit then
    if offered is not None and offered.min_centi_kmh > PROTOCOL_CENTI_KMH and not miles:
        reasons.append(f"It goes no slower than {kmh_from_centi(offered.min_centi_kmh):g} km/h.")
    if (why := off_grid(findings)) is not None:
        reasons.append(why)
    if findings.rails is False:
        reasons.append("It has no side rails to stand on, or no handrails.")
    if findings.stop_first_moved:
        reasons.append("A stop sent to its standing belt starts it.")
    if any(one.stop and one.stop.then == "keeps a speed" for one in findings.holds):
        reasons.append("It was not seen to stop.")
    keys = [touch for touch in findings.touches if touch.purpose is Purpose.SAFETY_KEY]
    if any(touch.worked is False for touch in keys):
        reasons.append("Its safety key did not stop the belt.")
    source, why = speed_source(findings)
    if source is SpeedSource.SET_POINT:
        reasons.append(f"It reports its set-point, in which no push shows. {why}")
    if (error := scale_error(findings)) and abs(error[0]) - 2 * error[1] > SCALE_MAX:
        reasons.append(f"The belt is {100 * error[0]:+.0f} % off what it reports.")
    if findings.started_itself:
        reasons.append("Its belt started by itself.")
    if any(one.run.purpose is Purpose.PROTOCOL and one.run.reason in _NOT_HELD for one in findings.holds):
        reasons.append("It did not hold 0.8 km/h.")
    return reasons


def off_grid(findings: Findings) -> str | None:
    """Why its steps leave the exercise's speed out, by its own word; `None` where they do not, or may not.

    In miles they would be others: a unit that its commands or its slowest speed do not settle rules nothing
    out, and neither does a step that it was seen to hold.
    """
    offered = findings.range
    if offered is None or offered.min_centi_kmh > PROTOCOL_CENTI_KMH or _held_protocols(findings):
        return None
    if judge_units(findings).commands is not Unit.KMH and not slower_than_in_miles(findings):
        return None
    low, step = offered.min_centi_kmh, offered.increment_centi_kmh
    lower = low + (PROTOCOL_CENTI_KMH - low) // step * step if step else low
    if not step or is_protocols(lower) or is_protocols(lower + step):
        return None
    return f"It has {kmh_from_centi(lower):g} and {kmh_from_centi(lower + step):g} km/h, and not 0.8."


def _held_protocols(findings: Findings) -> bool:
    return any(_holds(one) and is_protocols(one.run.lock) for one in findings.holds)


def _open(findings: Findings) -> list[str]:
    questions: list[str] = []
    if not _held_protocols(findings):
        questions.append("whether it holds 0.8 km/h")
    if not judge_units(findings).verified:
        questions.append("how fast its belt really runs, as nobody timed it")
    if speed_source(findings)[0] is SpeedSource.UNKNOWN:
        questions.append("whether it measures its belt")
    if any(one.run.reason is Reason.SILENT and one.run.purpose not in HAND for one in findings.holds):
        questions.append("why its reports ended while the belt ran")
    if findings.rails is None:
        questions.append("whether it has rails")
    key_works = any(touch.purpose is Purpose.SAFETY_KEY and touch.worked for touch in findings.touches)
    if not key_works and Purpose.SAFETY_KEY not in findings.doubted:
        questions.append("whether its key works while this program is connected")
    questions += [f"what becomes of {HAND[one]}: {SAID_OTHERWISE}" for one in findings.doubted]
    return questions


def _holds(one: Held) -> bool:
    return one.speed is not None and one.speed.held


def _about_motion(findings: Findings) -> list[Quirk]:
    found: list[Quirk] = []
    start = findings.moved[0].start if findings.moved else None
    if start is not None and start.countdown:
        found.append(Quirk("countdown", f"{start.after_s:.1f} s from Start to the first report of motion."))
    if findings.started_itself:
        found.append(Quirk("starts-by-itself", "It stood when it was connected to, and then began to run."))
    if findings.stop_first_moved:
        found.append(Quirk("stop-starts", "A stop sent to the standing belt set it in motion."))
    if findings.stopped_alone_s is not None:
        again = findings.repeated_alone_s
        if again is None:
            rest = "Not tried with its speed repeated."
        elif again >= ALONE_S:
            rest = f"With its speed repeated it ran for {again:.0f} s and more."
        else:
            rest = (
                f"With its speed repeated it stopped after {again:.0f} s all the same: nobody walked on it."
            )
        what = f"Stopped by itself {findings.stopped_alone_s:.0f} s after the last command. {rest}"
        found.append(Quirk("stops-alone", what))
    units = judge_units(findings)
    if units.commands is Unit.MPH:
        found.append(Quirk("mph-commands", _mph(findings)))
    return found


def _mph(findings: Findings) -> str:
    asked = [one for one in findings.holds if one.speed and one.speed.number]
    # The timed belt is the evidence, then its distance, then its reports.
    best = next((one for one in asked if one.true), None) or next(
        (one for one in asked if one.by_distance), None
    )
    speed = (best or asked[0]).speed
    assert speed is not None  # the unit of commands is judged by one
    assert speed.number is not None
    said = f"Asked for {kmh_from_centi(speed.number):.2f} it reported {kmh_from_centi(round(speed.mean)):.2f}"
    if best and best.true:
        true = centi_from_mps(best.true.speed_mps) / CENTI
        return f"{said}; its belt ran at {true:.2f} km/h, timed by its mark."
    if best and best.by_distance:
        return f"{said}; its own distance says {best.by_distance * speed.mean / CENTI:.2f} km/h."
    return f"{said}."


def _about_hands(findings: Findings) -> list[Quirk]:
    found: list[Quirk] = []
    if findings.link_ran_on:
        found.append(Quirk("runs-on-without-link", "The link was ended while the belt ran: it ran on."))
    elif findings.link_ran_on is False:
        found.append(Quirk("stops-without-link", "The link was ended while the belt ran: it stopped."))
    for touch in findings.touches:
        told = f"It says {', '.join(touch.told)}." if touch.told else "It says nothing of it."
        match touch.purpose:
            case Purpose.STOP_KEY if not touch.worked:
                found.append(
                    Quirk("console-locked", f"The console's stop does nothing while connected. {told}")
                )
            case Purpose.SAFETY_KEY if not touch.worked:
                found.append(Quirk("key-does-not-stop", f"Pulling the key did not stop the belt. {told}"))
            case _:
                pass
    return found


def _about_reports(findings: Findings) -> list[Quirk]:
    found: list[Quirk] = []
    if findings.watched is not None and not findings.watched.reports_standing and findings.moved:
        found.append(Quirk("silent-standing", "No reports while the belt stands."))
    if findings.control is not None and findings.control.word == "silent":
        found.append(Quirk("no-answer-to-request-control", "Request Control was never answered."))
    watched = findings.watched
    if watched is not None and watched.interval_s and watched.longest_s:
        gap_s, usual_s = watched.longest_s, watched.interval_s
        if gap_s >= GAP_S and gap_s >= GAP_INTERVALS * usual_s:
            found.append(
                Quirk("report-gaps", f"Reports every {usual_s:.2f} s, with gaps up to {gap_s:.2f} s.")
            )
    if Issue.TRUNCATED in findings.issues:
        found.append(Quirk("short-packets", "Packets are shorter than their flags promise."))
    if Issue.TRAILING_OCTETS in findings.issues:
        found.append(Quirk("extra-octets", "Octets follow the last field."))
    if {Issue.STEPS_BIT, Issue.RESERVED_BITS} & set(findings.issues):
        found.append(Quirk("reserved-bits", "Reserved bits of Treadmill Data are set."))
    if any(one.stop and one.stop.then == "keeps a speed" for one in findings.holds):
        found.append(Quirk("speed-after-stop", "It reports a speed after its belt was stopped."))
    source, _ = speed_source(findings)
    ramped = [one.stop for one in findings.holds if one.stop and len(one.stop.shape) > 2]
    if source is SpeedSource.SET_POINT and ramped:
        shape = " → ".join(f"{kmh_from_centi(one):.2f}" for one in ramped[0].shape[:8])
        found.append(Quirk("ramp-on-stop", f"While it stops it reports {shape}."))
    return found
