"""A calibration of force in one call: boxes on a belt, what it reports, what a person beside it would tell.

The belt runs at the exercise's speed throughout. First it is free, then boxes lie on it, tied, from the
lightest to the heaviest and back, then each rides free. Presses come late, readings are a little off.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from eccentread_sim.drive import STEPS_PER_S, Drive, DriveParameters
from eccentread_sim.recordings import SPEED_KMH
from eccentread_sim.reporting import Reporter, Reporting
from eccentread_sim.sled import GRAVITY_MPS2, LaidSled, Sled

SETTLE_S = 15.0
IDLE_S = 30.0
TIED_S, FREE_S, PAUSE_S = 11.0, 4.5, 12.0
"""How long a box lies, tied and free, and how long none does."""
PRESSED_S = (0.3, 2.0)
"""How late somebody says that a box lies, or is off."""
GRIP, GRIP_SIGMA = (0.3, 0.6), 0.02
"""Friction between boxes and belt, and how it varies from one to the next."""
SCALE_KG, SCALE_SIGMA = 0.05, 0.015
MASSES_KG = (5.0, 10.0, 15.0, 20.0)


@dataclass(frozen=True, slots=True)
class Told:
    """What a person tells of one box; tension 0 where it rode free."""

    on_s: float
    off_s: float
    mass_kg: float
    tension_n: float


@dataclass(frozen=True, slots=True)
class Pulled:
    """Reported speeds, when nothing lay on the belt, and what was told of the boxes."""

    t_s: tuple[float, ...]
    speed_kmh: tuple[float, ...]
    idle_s: tuple[float, float]
    boxes: tuple[Told, ...]


def simulate_pulls(
    drive: DriveParameters, reporting: Reporting, seed: int, masses_kg: Sequence[float] = MASSES_KG
) -> Pulled:
    """One calibration; equal arguments give equal ones."""
    rng = random.Random(f"{seed}:pulled")
    grip = rng.uniform(*GRIP)
    order = [(mass, True) for mass in (*masses_kg, *reversed(masses_kg))]
    order += [(mass, False) for mass in masses_kg]
    plan: list[tuple[float, float, Sled]] = []
    at_s = IDLE_S
    for mass, tied in order:
        off_s = at_s + (TIED_S if tied else FREE_S)
        plan.append((at_s, off_s, Sled(mass, grip * rng.gauss(1.0, GRIP_SIGMA), tied)))
        at_s = off_s + PAUSE_S
    reports = _reports(drive, reporting, seed, plan, at_s)
    return Pulled(
        t_s=tuple(t for t, _ in reports),
        speed_kmh=tuple(speed for _, speed in reports),
        idle_s=(0.0, IDLE_S - 1.0),
        boxes=tuple(_told(rng, *one) for one in plan),
    )


def _told(rng: random.Random, on_s: float, off_s: float, sled: Sled) -> Told:
    shown_kg = sled.tension_n / GRAVITY_MPS2 * rng.gauss(1.0, SCALE_SIGMA)
    return Told(
        on_s + rng.uniform(*PRESSED_S),
        off_s + rng.uniform(*PRESSED_S),
        sled.mass_kg,
        GRAVITY_MPS2 * SCALE_KG * round(shown_kg / SCALE_KG),
    )


def _reports(
    drive: DriveParameters,
    reporting: Reporting,
    seed: int,
    plan: Sequence[tuple[float, float, Sled]],
    until_s: float,
) -> list[tuple[float, float]]:
    belt, reporter = Drive(drive), Reporter(reporting, drive, seed)
    belt.target_mps = SPEED_KMH / 3.6
    coming = list(plan)
    laid: LaidSled | None = None
    reports: list[tuple[float, float]] = []
    for step in range(round(-SETTLE_S * STEPS_PER_S), round(until_s * STEPS_PER_S)):
        t_s = (step + 1) / STEPS_PER_S
        if coming and t_s >= coming[0][0]:
            on_s, off_s, sled = coming.pop(0)
            laid = LaidSled(sled, on_s)
            laid.lift(off_s)
        belt.step(*(laid.load(t_s, belt.position_m) if laid else (0.0, 0.0)))
        said = reporter.sample(t_s, belt.roller_m, belt.roller_mps, belt.target_mps)
        reports.extend((report.t_s, report.speed_centi_kmh / 100.0) for report in said)
    return [report for report in reports if report[0] >= 0.0]
