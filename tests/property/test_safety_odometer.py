"""What the machine's distance says of its speed, against arithmetic: belts of a known true speed."""

from hypothesis import given, settings
from hypothesis import strategies as st

from eccentread.safety import Odometer, Pace
from eccentread.units import KMH_PER_MPH

LOCK_KMH = 0.8
LATEST_S = 0.5

intervals = st.sampled_from([0.2, 0.25, 0.5, 0.9, 1.0, 2.0])
honest = st.floats(0.9, 1.03)
"""True speeds of drives that mean km/h, of their lock."""
steps = st.sampled_from([1, 1, 1, 10])


@st.composite
def travels(draw: st.DrawFn, ratios: st.SearchStrategy[float]) -> list[tuple[float, int]]:
    """Reports of a belt at a steady speed: when each arrives, and the whole metres it tells.

    The machine counts in tenths of a metre, tells whole steps, and each report may come late.
    """
    true_mps = draw(ratios) * LOCK_KMH / 3.6
    interval_s, step_m = draw(intervals), draw(steps)
    offset_m = draw(st.floats(0.0, 1000.0))
    late_s = draw(st.lists(st.floats(0.0, LATEST_S), min_size=1, max_size=12))
    told, arrives_s = [], 0.0
    for k in range(int(draw(st.floats(10.0, 150.0)) / interval_s)):
        sent_s = k * interval_s
        arrives_s = max(arrives_s, sent_s + late_s[k % len(late_s)])  # none overtakes another
        counted_m = round(offset_m + true_mps * sent_s, 1)
        told.append((arrives_s, int(counted_m / step_m) * step_m))
    return told


def paces(told: list[tuple[float, int]]) -> set[Pace]:
    odometer = Odometer(round(100 * LOCK_KMH))
    found = set()
    for arrives_s, distance_m in told:
        odometer.reported(arrives_s, distance_m)
        found |= {odometer.pace, odometer.long_pace}
    return found


@settings(deadline=None)
@given(travels(honest))
def test_a_belt_at_its_lock_is_never_called_fast_or_slow(told: list[tuple[float, int]]):
    assert paces(told) <= {Pace.OPEN, Pace.AGREES}


@settings(deadline=None)
@given(travels(honest.map(lambda ratio: ratio * KMH_PER_MPH)))
def test_miles_never_agree(told: list[tuple[float, int]]):
    assert paces(told) <= {Pace.OPEN, Pace.FASTER}


@settings(deadline=None)
@given(travels(honest.map(lambda ratio: ratio / KMH_PER_MPH)))
def test_kilometres_taken_for_miles_never_agree(told: list[tuple[float, int]]):
    assert paces(told) <= {Pace.OPEN, Pace.SLOWER}


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0.0, 5.0), st.none() | st.integers(0, 0xFFFFFF)), max_size=60))
def test_no_distances_raise_whatever_they_are(arrivals: list[tuple[float, int | None]]):
    odometer, t_s = Odometer(80), 0.0
    for gap_s, distance_m in arrivals:
        t_s += gap_s
        odometer.reported(t_s, distance_m)
        assert isinstance(odometer.pace, Pace)
        assert isinstance(odometer.long_pace, Pace)
    assert odometer.told == any(distance_m is not None for _, distance_m in arrivals)
