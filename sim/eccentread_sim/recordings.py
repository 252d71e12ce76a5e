"""Whole recordings in one call, with their truth: what a benchmark of rep detectors is fed.

One recording is an idle belt, cued pushes and cued passive rides of a signal check, and one set, or as long
of something else. The belt runs at the set speed throughout. About 100 s of recording take some 80 ms.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from eccentread_sim.athlete import Athlete, Traits
from eccentread_sim.drive import STEP_S, STEPS_PER_S, Drive, DriveParameters
from eccentread_sim.pushes import Contact, Plan
from eccentread_sim.reporting import Reporter, Reporting

SPEED_KMH = 0.8
SETTLE_S = 10.0
"""Run before the recording starts, so that it starts on a settled belt."""
CUE_LEAD_S = 0.5
"""A cue's window begins this long before the cue, and ends this long after the foot has left."""
UNHEARD = "good"
"""A word after which nobody moves."""
PAUSE_S = 3.0
"""Between one cued contact and the next cue."""


class Event(StrEnum):
    """What a window of a recording holds."""

    IDLE = "idle"
    PUSH = "push"
    RIDE = "ride"
    SET = "set"


@dataclass(frozen=True, slots=True)
class Window:
    """`duration_s` of `event` from `onset_s` on."""

    onset_s: float
    duration_s: float
    event: Event


@dataclass(frozen=True, slots=True)
class Recording:
    """Reported speed over arrival time, the windows in it, and every contact of a foot with the belt."""

    t_s: NDArray[np.float64]
    measured_s: NDArray[np.float64]
    """When each speed was taken: what only an oracle knows."""
    speed_kmh: NDArray[np.float64]
    windows: tuple[Window, ...]
    contacts: tuple[Contact, ...]

    @property
    def reps(self) -> tuple[Contact, ...]:
        """The contacts inside the set that count, in order."""
        spans = [(w.onset_s, w.onset_s + w.duration_s) for w in self.windows if w.event is Event.SET]
        return tuple(
            c for c in self.contacts if c.counts and any(start <= c.onset_s < end for start, end in spans)
        )


def simulate_set(
    drive: DriveParameters,
    traits: Traits,
    reporting: Reporting,
    seed: int,
    *,
    reps: int = 15,
    idle_s: float = 10.0,
    cued_pushes: int = 3,
    cued_rides: int = 2,
    missed_cues: int = 0,
) -> Recording:
    """One recording at 0.8 km/h; equal arguments give equal recordings.

    The set has exactly `reps` counted pushes unless the drive stalls for good under them. She does nothing in
    the first `missed_cues` of the windows of cued pushes.
    """
    take = _Take(drive, traits, reporting, seed)
    take.check(idle_s, cued_pushes, cued_rides, missed_cues)
    take.cued(Event.SET, "set-begins", contacts=reps)
    return take.recording()


def simulate_other(
    drive: DriveParameters,
    traits: Traits,
    reporting: Reporting,
    seed: int,
    plans: Sequence[tuple[float, Plan]],
    lasts_s: float,
) -> Recording:
    """A signal check, and in the window of the set nothing but these plans; times are s from its begin."""
    take = _Take(drive, traits, reporting, seed)
    take.check(idle_s=10.0, pushes=3, rides=2, missed=0)
    take.other(plans, lasts_s)
    return take.recording()


def draw_set(drive: DriveParameters, reporting: Reporting, seed: int, *, reps: int = 15) -> Recording:
    """A recording of an athlete drawn from `seed`."""
    return simulate_set(drive, Traits.draw(random.Random(f"{seed}:traits")), reporting, seed, reps=reps)


class _Take:
    """One recording in the making."""

    def __init__(self, drive: DriveParameters, traits: Traits, reporting: Reporting, seed: int) -> None:
        self._drive = Drive(drive)
        self._drive.target_mps = SPEED_KMH / 3.6
        self._athlete = Athlete(traits, seed)
        self._reporter = Reporter(reporting, drive, seed)
        self._steps = -round(SETTLE_S * STEPS_PER_S)
        self._t_s: list[float] = []
        self._measured_s: list[float] = []
        self._speeds: list[int] = []
        self._windows: list[Window] = []

    @property
    def _now_s(self) -> float:
        return self._steps / STEPS_PER_S

    def check(self, idle_s: float, pushes: int, rides: int, missed: int) -> None:
        self._run(SETTLE_S)
        self._run(idle_s)
        self._windows.append(Window(0.0, idle_s, Event.IDLE))
        for number in range(pushes):
            self.cued(Event.PUSH, UNHEARD if number < missed else "push-once", contacts=1)
        for _ in range(rides):
            self.cued(Event.RIDE, "ride-once", contacts=1)

    def other(self, plans: Sequence[tuple[float, Plan]], lasts_s: float) -> None:
        started_s = self._now_s
        for after_s, plan in plans:
            self._athlete.do(started_s + after_s, plan)
        self._run(lasts_s)
        self._windows.append(Window(started_s, lasts_s, Event.SET))
        self._run(PAUSE_S)

    def recording(self) -> Recording:
        return Recording(
            np.array(self._t_s),
            np.array(self._measured_s),
            np.array(self._speeds) / 100.0,
            tuple(self._windows),
            tuple(self._athlete.contacts),
        )

    def cued(self, event: Event, cue: str, contacts: int) -> None:
        """A window around a cue, open until that many contacts are over; in a set they have to count."""
        started_s = self._now_s
        before = len(self._athlete.contacts)
        self._run(CUE_LEAD_S)
        self._athlete.hear(self._now_s, cue)
        patience_s = self._now_s + 12.0 * contacts
        while self._now_s < patience_s:
            self._run(STEP_S)
            done = self._athlete.contacts[before:]
            if sum(contact.counts or event is not Event.SET for contact in done) >= contacts:
                break
        if event is Event.SET:
            # She counts with us: the end comes as no surprise and needs no reaction time.
            self._athlete.hear(self._now_s - self._athlete.traits.reaction_max_s, "set-done")
        self._run(CUE_LEAD_S)
        self._windows.append(Window(started_s, self._now_s - started_s, event))
        self._run(PAUSE_S)

    def _run(self, lasts_s: float) -> None:
        drive, athlete, reporter = self._drive, self._athlete, self._reporter
        load, step, sample = athlete.load, drive.step, reporter.sample
        shown_mps = drive.target_mps
        speed = drive.speed_mps
        for _ in range(round(lasts_s * STEPS_PER_S)):
            self._steps += 1
            t_s = self._steps / STEPS_PER_S
            speed = step(*load(t_s, speed))
            for report in sample(t_s, drive.roller_m, drive.roller_mps, shown_mps):
                if report.t_s >= 0.0:
                    self._t_s.append(report.t_s)
                    self._measured_s.append(report.measured_s)
                    self._speeds.append(report.speed_centi_kmh)
