"""How near the newtons of a push come to the truth, on machines drawn from the ranges of archetypes A–C.

`python -m benchmarks force [DRAWS [FIRST_SEED]]`. Each draw is calibrated with boxes, with lighter ones where
those are refused; then the live detector finds the pushes of a set, and each is given its force.
"""

import math
import random
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from eccentread.events import Rep
from eccentread.reps import RepDetector, SignalCheck, WindowKind
from eccentread.reps.detector import KEPT
from eccentread.reps.force import ForceCalibration, NoForce, calibrate_force
from eccentread.reps.force_pulls import Pull
from eccentread.reps.force_rep import RepForce, force_of
from eccentread.reps.metrics import ONSET_RAMP_S, RELEASE_RAMP_S
from eccentread_sim.archetypes import ARCHETYPES
from eccentread_sim.drive import DriveParameters
from eccentread_sim.pulled import MASSES_KG, simulate_pulls
from eccentread_sim.pushes import Contact
from eccentread_sim.recordings import SPEED_KMH, Event, Recording, draw_set
from eccentread_sim.reporting import Reporting

DRAWS, FIRST_SEED = 6, 20_000
LETTERS = "ABC"
INTERVALS_S = (0.25, 1.0)
LIGHTER_KG = (3.0, 5.0, 7.0, 10.0)
WITHIN = 0.15
SAME_S = 1.2
"""How near a rep's onset is to that of the push that it is."""


@dataclass(frozen=True)
class Judged:
    """One value of one push: its relative error, and whether its interval held the truth."""

    error: float
    held: bool


def main(arguments: list[str]) -> None:
    given = [int(word) for word in arguments]
    draws, first = (*given, *(DRAWS, FIRST_SEED)[len(given) :])
    print("drive, reports: machines calibrated · pushes · value: median error, within 15 %, in the interval")
    for letter in LETTERS:
        for interval_s in INTERVALS_S:
            print(_row(letter, interval_s, range(first, first + draws)))


def _row(letter: str, interval_s: float, seeds: Sequence[int]) -> str:
    calibrated_machines, pushes = 0, 0
    values: dict[str, list[Judged]] = {}
    for seed in seeds:
        drive = ARCHETYPES[letter].draw(random.Random(f"{seed}:{letter}"))
        reporting = Reporting(interval_s=interval_s)
        found = calibrated(drive, reporting, seed)
        if isinstance(found, NoForce):
            continue
        calibrated_machines += 1
        for true, force in pushes_with_force(draw_set(drive, reporting, seed), found):
            pushes += 1
            for name, judged in compared(true, force).items():
                values.setdefault(name, []).append(judged)
    told = "  ".join(
        f"{name}: {np.median([j.error for j in all_]):+.1%} "
        f"{np.mean([abs(j.error) < WITHIN for j in all_]):.0%} {np.mean([j.held for j in all_]):.0%}"
        for name, all_ in values.items()
    )
    return f"{letter}, {1 / interval_s:g} Hz: {calibrated_machines}/{len(seeds)} · {pushes} · {told}"


def calibrated(drive: DriveParameters, reporting: Reporting, seed: int) -> ForceCalibration | NoForce:
    """A calibration, repeated with lighter boxes where the usual ones are refused."""
    found: ForceCalibration | NoForce = NoForce("")
    for masses_kg in (MASSES_KG, LIGHTER_KG):
        given = simulate_pulls(drive, reporting, seed, masses_kg)
        pulls = [Pull(box.on_s, box.off_s, box.mass_kg, box.tension_n) for box in given.boxes]
        found = calibrate_force(given.t_s, given.speed_kmh, given.idle_s, pulls, SPEED_KMH)
        if isinstance(found, ForceCalibration):
            break
    return found


def pushes_with_force(
    recording: Recording, calibration: ForceCalibration
) -> Iterator[tuple[Contact, RepForce]]:
    """The pushes of the set that the live detector finds, and the force that it gives them."""
    reports = list(zip(recording.t_s.tolist(), recording.speed_kmh.tolist(), strict=True))
    check = SignalCheck()
    coming = [window for window in recording.windows if window.event is not Event.SET]
    open_until_s = math.inf
    for t_s, speed_kmh in reports:
        if t_s >= open_until_s:
            check.close(open_until_s)
            open_until_s = math.inf
        if coming and t_s >= coming[0].onset_s:
            window = coming.pop(0)
            check.open(WindowKind(window.event), window.onset_s)
            open_until_s = window.onset_s + window.duration_s
        check.feed(t_s, speed_kmh)
    learned = check.result()
    (begin_s,) = (window.onset_s for window in recording.windows if window.event is Event.SET)
    detector = RepDetector(learned)
    latest: deque[tuple[float, float]] = deque(maxlen=KEPT)
    begun = False
    for report in reports:
        if not begun and report[0] >= begin_s:
            detector.begin_set(begin_s)
            begun = True
        latest.append(report)
        rep = detector.feed(*report)
        true = _same(rep, recording) if rep else None
        if rep is None or true is None:
            continue
        shown = rep.onset_s + ONSET_RAMP_S + learned.lag_s, rep.release_s - RELEASE_RAMP_S + learned.lag_s
        force = force_of(latest, *shown, learned.baseline_kmh, calibration)
        if force is not None:
            yield true, force


def compared(true: Contact, force: RepForce) -> dict[str, Judged]:
    """Each value of a push against the truth."""
    pairs = {
        "mean": (force.mean_n, true.impulse_ns / (true.release_s - true.onset_s)),
        "peak": (force.peak_n, true.peak_force_n),
        "impulse": (force.impulse_ns, true.impulse_ns),
        "work": (force.work_j, true.work_j),
    }
    return {
        name: Judged(found.value / truth - 1, found.low <= truth <= found.high)
        for name, (found, truth) in pairs.items()
    }


def _same(rep: Rep, recording: Recording) -> Contact | None:
    """The push that a rep is."""
    near = [one for one in recording.reps if abs(one.onset_s - rep.onset_s) < SAME_S]
    return min(near, key=lambda one: abs(one.onset_s - rep.onset_s), default=None)
