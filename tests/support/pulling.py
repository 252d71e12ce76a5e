"""Calibrations with known loads, and sets of pushes, on one simulated drive: what force is judged by."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from eccentread.reps.force import ForceCalibration, NoForce, calibrate_force
from eccentread.reps.force_pulls import Pull
from eccentread_sim.drive import STEPS_PER_S, Drive, DriveParameters
from eccentread_sim.reporting import Reporter, Reporting
from eccentread_sim.sled import LaidSled, Sled

SPEED_KMH = 0.8
SETTLE_S = 15.0
IDLE_S = 30.0
ON_S, RIDE_S, OFF_S = 11.0, 4.5, 12.0
MASSES_KG = (5.0, 10.0, 15.0, 20.0)
LIGHTER_KG = (3.0, 5.0, 7.0, 10.0)


@dataclass(frozen=True)
class Pulled:
    """Reports of a calibration, and what a person beside it would have told."""

    t_s: list[float]
    speed_kmh: list[float]
    idle_s: tuple[float, float]
    pulls: tuple[Pull, ...]


def pulled(
    drive: DriveParameters, reporting: Reporting, seed: int, masses_kg: Sequence[float] = MASSES_KG
) -> Pulled:
    """Boxes up and down on straps, then riding free; presses are late, readings are a little off."""
    rng = random.Random(f"{seed}:pulled")
    grip = rng.uniform(0.3, 0.6)
    boxes = [(mass, True) for mass in (*masses_kg, *reversed(masses_kg))] + [
        (mass, False) for mass in masses_kg
    ]
    schedule: list[tuple[float, float, Sled]] = []
    at_s = IDLE_S
    for mass, tied in boxes:
        sled = Sled(mass, grip * rng.gauss(1.0, 0.02), tied)
        lasts_s = ON_S if tied else RIDE_S
        schedule.append((at_s, at_s + lasts_s, sled))
        at_s += lasts_s + OFF_S
    t_s, speed_kmh = _reported(drive, reporting, seed, schedule, at_s)
    pulls = tuple(
        Pull(
            on_s + rng.uniform(0.3, 2.0),
            off_s + rng.uniform(0.3, 2.0),
            sled.mass_kg,
            round(sled.tension_n * rng.gauss(1.0, 0.015) / 9.81 / 0.05) * 0.05 * 9.81,
        )
        for on_s, off_s, sled in schedule
    )
    return Pulled(t_s, speed_kmh, (0.0, IDLE_S - 1.0), pulls)


def calibrated(drive: DriveParameters, reporting: Reporting, seed: int) -> ForceCalibration | NoForce:
    """A calibration, repeated with lighter boxes where the usual ones are refused."""
    found = None
    for masses_kg in (MASSES_KG, LIGHTER_KG):
        given = pulled(drive, reporting, seed, masses_kg)
        found = calibrate_force(given.t_s, given.speed_kmh, given.idle_s, given.pulls, SPEED_KMH)
        if isinstance(found, ForceCalibration):
            break
    assert found is not None
    return found


def _reported(
    drive: DriveParameters,
    reporting: Reporting,
    seed: int,
    schedule: Sequence[tuple[float, float, Sled]],
    until_s: float,
) -> tuple[list[float], list[float]]:
    belt, reporter = Drive(drive), Reporter(reporting, drive, seed)
    belt.target_mps = SPEED_KMH / 3.6
    coming = list(schedule)
    laid: LaidSled | None = None
    times: list[float] = []
    speeds: list[float] = []
    for step in range(round(-SETTLE_S * STEPS_PER_S), round(until_s * STEPS_PER_S)):
        t = (step + 1) / STEPS_PER_S
        if coming and t >= coming[0][0]:
            on_s, off_s, sled = coming.pop(0)
            laid = LaidSled(sled, on_s)
            laid.lift(off_s)
        belt.step(*(laid.load(t, belt.position_m) if laid else (0.0, 0.0)))
        for report in reporter.sample(t, belt.roller_m, belt.roller_mps, belt.target_mps):
            if report.t_s >= 0.0:
                times.append(report.t_s)
                speeds.append(report.speed_centi_kmh / 100.0)
    return times, speeds
