"""Force on simulated drives: newtons against what the simulated foot really did."""

import random

import numpy as np
import pytest
from benchmarks.force import calibrated, compared, pushes_with_force

from eccentread.reps.force import ForceCalibration, NoForce
from eccentread_sim.archetypes import ARCHETYPES
from eccentread_sim.recordings import draw_set
from eccentread_sim.reporting import Reporting, Source

SEEDS = range(10200, 10205)


@pytest.mark.parametrize("letter", ["A", "B", "C"])
def test_at_four_reports_a_second_the_force_of_pushes_is_near_the_truth(letter):
    judged = []
    for seed in SEEDS:
        drive = ARCHETYPES[letter].draw(random.Random(f"{seed}:{letter}"))
        reporting = Reporting(interval_s=0.25)
        found = calibrated(drive, reporting, seed)
        assert isinstance(found, ForceCalibration), found
        assert abs(found.mu - drive.friction_coefficient) < max(0.03, 3 * found.mu_error)
        pushes = list(pushes_with_force(draw_set(drive, reporting, seed), found))
        judged += [compared(true, force) for true, force in pushes]
    assert len(judged) >= 11 * len(SEEDS)  # what the detector finds is another test's
    for value in ("mean", "impulse", "work", "peak"):
        off = np.array([one[value].error for one in judged])
        assert abs(np.median(off)) < 0.08, value
        assert np.mean(np.abs(off) < 0.15) >= 0.7, value
        assert np.mean([one[value].held for one in judged]) >= 0.85, value


def test_on_a_machine_that_reports_its_set_point_there_is_no_force():
    found = calibrated(ARCHETYPES["C"].centre, Reporting(source=Source.SET_POINT), 1)
    assert isinstance(found, NoForce)
    assert "R²" in found.reason
