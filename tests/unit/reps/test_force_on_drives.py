"""Force on simulated drives: newtons against what the simulated foot really did."""

import random

import numpy as np
import pytest

from eccentread.reps.force import ForceCalibration, NoForce, calibrate_force
from eccentread.reps.force_rep import force_of
from eccentread_sim.archetypes import ARCHETYPES
from eccentread_sim.recordings import draw_set
from eccentread_sim.reporting import Reporting, Source
from pulling import calibrated, pulled

SEEDS = range(10200, 10205)
JITTER_S = 0.15
"""How far off the detector's moments are."""


@pytest.mark.parametrize("letter", ["A", "B", "C"])
def test_at_four_reports_a_second_the_force_of_pushes_is_near_the_truth(letter):
    off, held = [], []
    for seed in SEEDS:
        drive = ARCHETYPES[letter].draw(random.Random(f"{seed}:{letter}"))
        reporting = Reporting(interval_s=0.25)
        found = calibrated(drive, reporting, seed)
        assert isinstance(found, ForceCalibration), found
        assert abs(found.mu - drive.friction_coefficient) < max(0.03, 3 * found.mu_error)
        rng = random.Random(seed)
        recording = draw_set(drive, reporting, seed)
        reports = list(zip(recording.t_s.tolist(), recording.speed_kmh.tolist(), strict=True))
        idle = float(np.median([v for t, v in reports if t < 10]))
        for push in recording.reps:
            moments = [t + rng.gauss(0.0, JITTER_S) for t in (push.onset_s + 0.2, push.release_s - 0.1)]
            known_by_then = [r for r in reports if r[0] <= push.release_s + 1.0]
            force = force_of(known_by_then, moments[0], moments[1], idle, found)
            assert force is not None
            mean_n = push.impulse_ns / (push.release_s - push.onset_s)
            off.append(force.mean_n.value / mean_n - 1)
            held.append(force.mean_n.low <= mean_n <= force.mean_n.high)
    assert abs(np.median(off)) < 0.06
    assert np.mean(np.abs(off) < 0.15) >= 0.75
    assert np.mean(held) >= 0.85


def test_on_a_machine_that_reports_its_set_point_there_is_no_force():
    drive = ARCHETYPES["C"].centre
    given = pulled(drive, Reporting(source=Source.SET_POINT), 1)
    found = calibrate_force(given.t_s, given.speed_kmh, given.idle_s, given.pulls, 0.8)
    assert isinstance(found, NoForce)
    assert "R²" in found.reason
