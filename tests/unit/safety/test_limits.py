"""How fast the belt may be asked to go."""

import pytest

from eccentread.safety import CEILING_CENTI_KMH, Limits


def test_the_ceiling_is_1_2_km_h():
    assert CEILING_CENTI_KMH == 120


@pytest.mark.parametrize("lock", [1, 80, 120])
def test_a_lock_within_the_ceiling_is_taken(lock):
    assert Limits(lock).lock_centi_kmh == lock


@pytest.mark.parametrize("lock", [-80, -1, 0, 121, 500, 65535])
def test_no_lock_lies_outside_the_ceiling(lock):
    with pytest.raises(ValueError, match=f"{lock} centi km/h is not within 1–120"):
        Limits(lock)


@pytest.mark.parametrize(("lock", "over_speed"), [(80, 120), (120, 160), (1, 41)])
def test_over_speed_lies_0_4_km_h_above_the_lock(lock, over_speed):
    assert Limits(lock).over_speed_centi_kmh == over_speed


@pytest.mark.parametrize(
    ("speed", "confirms"),
    [(80, True), (68, True), (92, True), (67, False), (93, False), (0, False), (50, False), (129, False)],
)
def test_a_report_confirms_the_lock_within_0_12_km_h_and_never_when_units_are_mixed_up(speed, confirms):
    assert Limits(80).confirms_lock(speed) is confirms
