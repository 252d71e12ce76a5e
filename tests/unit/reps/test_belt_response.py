"""The response family against its closed forms."""

import numpy as np
import pytest

from eccentread.reps.calibration import discriminability
from eccentread.reps.response import Response

T = np.linspace(0.0, 30.0, 3001)


def test_nothing_before_the_load():
    assert Response(0.4, 1.0, 0.3).step(np.array([-5.0, -0.1, 0.0])) == pytest.approx([0.0, 0.0, 0.0])


@pytest.mark.parametrize("sustained", [0.0, 0.35, 1.0])
def test_what_stays_is_the_sustained_part(sustained):
    assert Response(sustained, 1.0, 0.3).step(np.array([60.0]))[0] == pytest.approx(sustained, abs=1e-9)


def test_area_of_a_transient_is_its_time_constant():
    # ∫ e^(−t/τ) dt = τ, and a lag of unit gain does not change an area.
    assert np.trapezoid(Response(0.0, 0.8, 0.5).step(T), T) == pytest.approx(0.8, rel=1e-3)


def test_release_mirrors_a_transient():
    response = Response(0.0, 0.8, 0.2)
    dip = response.contact(T, 2.0, 12.0)
    onset, release = dip[(T >= 2.0) & (T < 12.0)], dip[(T >= 12.0) & (T < 22.0)]
    assert release == pytest.approx(-onset, abs=1e-4)


def test_discriminability_grows_with_load_and_rate_and_falls_with_noise():
    response = Response(1.0, 1.0, 0.1)
    rep, gap = discriminability(response, 0.2, 0.02, 0.25, 2.8)
    # Eleven samples of ten standard deviations each in a contact, five in a gap.
    assert rep == pytest.approx(10 * np.sqrt(2.8 / 0.25), rel=0.1)
    assert gap == pytest.approx(10 * np.sqrt(1.2 / 0.25), rel=0.15)
    assert discriminability(response, 0.4, 0.02, 0.25, 2.8)[0] == pytest.approx(2 * rep)
    assert discriminability(response, 0.2, 0.02, 1.0, 2.8)[0] == pytest.approx(rep / 2, rel=0.1)
    assert discriminability(response, 0.2, 0.04, 0.25, 2.8)[0] == pytest.approx(rep / 2)
