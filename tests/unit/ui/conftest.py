"""A session's screen before anything has happened, and the rep all tests count."""

import pytest

from eccentread.events import Rep
from eccentread.ui.screen import Screen


@pytest.fixture
def screen() -> Screen:
    return Screen(
        simulated=True,
        machine="sim:steady",
        protocol="Eccentric treadmill",
        sets=3,
        reps_per_set=15,
        lock_kmh=0.8,
        side="left",
    )


@pytest.fixture
def rep() -> Rep:
    return Rep(
        onset_s=20.0,
        release_s=22.0,
        counted_s=22.5,
        baseline_kmh=0.8,
        speed_min_kmh=0.6,
        dip_peak_kmh=0.2,
        dip_mean_kmh=0.1,
        overshoot_kmh=0.02,
        dip_area_m=0.05,
        travel_m=0.4,
        load_rel_pct=100.0,
        confidence=0.9,
        n_samples=8,
    )
