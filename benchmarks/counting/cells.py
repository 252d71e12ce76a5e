"""Cells of the benchmark, and the recordings in them: a machine, an athlete, and what happens.

Seed and archetype give the machine, the seed the athlete; both are the same in every report and scenario, so
that cells can be compared set by set.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from benchmarks.counting.reports import REPORTS
from benchmarks.counting.strays import STRAYS
from eccentread_sim.archetypes import ARCHETYPES
from eccentread_sim.athlete import Traits
from eccentread_sim.drive import DriveParameters
from eccentread_sim.recordings import Recording, simulate_other, simulate_set
from eccentread_sim.reporting import Reporting, Source

ECHO = "F"
"""Any drive behind a console that reports its set-point."""
LETTERS = (*ARCHETYPES, ECHO)
SEAM_N = (5.0, 30.0)
"""What a seam drags: below the load of a touch up to that of a light push. An estimate."""
GRIP_PUSHES = (0.8, 1.3)
"""The belt slips from this many usual pushes on: at most of them, or at the hardest."""
DEAD_BAND_KMH = (0.02, 0.06)
SNAP_WITHIN = (0.03, 0.10)


@dataclass(frozen=True, slots=True)
class Cell:
    """What is held fixed: archetype, report and scenario, each by name."""

    archetype: str
    report: str
    scenario: str = "clean"

    @property
    def tolerance_s(self) -> float:
        """How far a counted rep may lie from a push that it is taken for."""
        return 1.0 if REPORTS[self.report].interval_s >= 1.0 else 0.5

    def __str__(self) -> str:
        return f"{self.archetype} {self.report} {self.scenario}"


@dataclass(frozen=True, slots=True)
class Setup:
    """One machine, one athlete, and how the machine reports."""

    drive: DriveParameters
    traits: Traits
    reporting: Reporting

    @property
    def usual_load_n(self) -> float:
        """Push and deck friction of this athlete's mean push, in the middle of a set."""
        push_n = self.traits.push_n * (1.0 - self.traits.set_fatigue / 2.0)
        vertical_n = min(max(150.0, 1.95 * push_n), 700.0)
        return push_n + self.drive.friction_coefficient * vertical_n


@dataclass(frozen=True, slots=True)
class Case:
    """One recording and what made it."""

    cell: Cell
    seed: int
    setup: Setup
    recording: Recording

    @property
    def set_s(self) -> tuple[float, float]:
        """When counting begins and ends."""
        window = self.recording.windows[-1]
        return window.onset_s, window.onset_s + window.duration_s


def _clean(setup: Setup, _: random.Random) -> Setup:
    return replace(setup, traits=replace(setup.traits, aborted_rate=0.0))


def _full(setup: Setup, _: random.Random) -> Setup:
    traits = replace(setup.traits, aborted_rate=0.03, ride_rate=0.03, assist_rate=0.02, slip_rate=0.05)
    return replace(setup, traits=traits)


def _seam(setup: Setup, rng: random.Random) -> Setup:
    length_m = rng.uniform(2.4, 3.4)
    return replace(setup, drive=replace(setup.drive, seam_n=rng.uniform(*SEAM_N), belt_length_m=length_m))


def _slip(setup: Setup, rng: random.Random) -> Setup:
    grip_n = setup.drive.friction_n + rng.uniform(*GRIP_PUSHES) * setup.usual_load_n
    return replace(setup, drive=replace(setup.drive, grip_n=grip_n))


def _dead_band(setup: Setup, rng: random.Random) -> Setup:
    return replace(setup, reporting=replace(setup.reporting, dead_band_kmh=rng.uniform(*DEAD_BAND_KMH)))


def _median(setup: Setup, rng: random.Random) -> Setup:
    return replace(setup, reporting=replace(setup.reporting, median_of=rng.choice([3, 5])))


def _masking(setup: Setup, rng: random.Random) -> Setup:
    reporting = replace(setup.reporting, source=Source.SNAPPED, snap_within=rng.uniform(*SNAP_WITHIN))
    return replace(setup, reporting=reporting)


SURPRISES: Mapping[str, Callable[[Setup, random.Random], Setup]] = {
    "seam": _seam,
    "slip": _slip,
    "dead band": _dead_band,
    "median": _median,
    "masking": _masking,
    "missed cue": lambda setup, _: setup,
}
"""What nobody told the detector of, each on top of `clean`."""
SCENARIOS = ("clean", "full", *SURPRISES, *STRAYS)


def there_is(cell: Cell) -> bool:
    """An echo hides every surprise: it has the plain scenarios alone."""
    return cell.archetype != ECHO or cell.scenario in {"clean", "full"}


def draw(cell: Cell, seed: int, *, centre: bool = False) -> Case:
    """The recording of `seed`; `centre`: of the machine in the middle of the archetype."""
    letter = cell.archetype if cell.archetype != ECHO else sorted(ARCHETYPES)[seed % len(ARCHETYPES)]
    archetype, reporting = ARCHETYPES[letter], REPORTS[cell.report]
    if cell.archetype == ECHO:
        reporting = replace(reporting, source=Source.SET_POINT)
    drive = archetype.centre if centre else archetype.draw(random.Random(f"{seed}:drive"))
    setup = Setup(drive, Traits.draw(random.Random(f"{seed}:traits")), reporting)
    whims = random.Random(f"{seed}:{cell.scenario}")
    setup = _full(setup, whims) if cell.scenario == "full" else _clean(setup, whims)
    if cell.scenario in SURPRISES:
        setup = SURPRISES[cell.scenario](setup, whims)
    given = setup.drive, setup.traits, setup.reporting, seed
    if cell.scenario in STRAYS:
        stray = STRAYS[cell.scenario]
        recording = simulate_other(*given, stray.plans(whims), stray.lasts_s)
    else:
        recording = simulate_set(*given, missed_cues=int(cell.scenario == "missed cue"))
    return Case(cell, seed, setup, recording)
