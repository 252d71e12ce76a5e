"""Whatever arrives, force neither raises nor becomes anything but a number with its interval."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from eccentread.reps.force import ForceCalibration, NoForce, calibrate_force
from eccentread.reps.force_edge import Edge
from eccentread.reps.force_pulls import Pull
from eccentread.reps.force_rep import force_of
from eccentread.reps.response import Response

anything = st.floats(allow_nan=True, allow_infinity=True)
odd = st.one_of(anything, st.sampled_from([0.0, 0.8, 24.0, -1.0, 1e300, math.nan, math.inf]))
speeds = st.floats(0.0, 2.0)
edges = st.builds(
    Edge,
    response=st.builds(
        Response,
        sustained=st.sampled_from([0.0, 0.4, 1.0]),
        loop_s=st.sampled_from([0.5, 1.0, 40.0]),
        report_s=st.sampled_from([0.08, 0.9, 2.5]),
    ),
    corrections=st.lists(st.floats(-0.5, 0.5), max_size=12).map(tuple),
)
moments = st.lists(st.tuples(st.floats(0.0, 60.0), st.floats(-3.0, 20.0)), min_size=8, max_size=8)
LOADS = [
    (5.0, 20.0),
    (10.0, 40.0),
    (20.0, 90.0),
    (20.0, 80.0),
    (10.0, 45.0),
    (5.0, 25.0),
    (5.0, 0.0),
    (20.0, 0.0),
]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(0.3, 1.0), min_size=100, max_size=130), moments)
def test_no_belt_and_no_boxes_make_a_calibration_raise(loaded_kmh, lain):
    boxes = [Pull(on_s, on_s + for_s, *load) for (on_s, for_s), load in zip(lain, LOADS, strict=True)]
    speed_kmh = [*(0.8, 0.81) * 15, *loaded_kmh]
    found = calibrate_force([k / 2 for k in range(len(speed_kmh))], speed_kmh, (0.0, 14.0), boxes, 0.8)
    if isinstance(found, ForceCalibration):
        assert found.gain > 0
        assert found.mu > 0
    else:
        assert found.reason


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(odd, odd), max_size=60))
def test_garbage_is_no_calibration(reports):
    t_s, speed_kmh = [t for t, _ in reports], [v for _, v in reports]
    pull = Pull(30.0, 40.0, 10.0, 50.0)
    assert isinstance(calibrate_force(t_s, speed_kmh, (0.0, 12.0), [pull] * 8, 0.8), NoForce)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.tuples(st.floats(0.01, 1.5), speeds), max_size=80),
    edges,
    st.floats(0.0, 30.0),
    st.floats(0.1, 8.0),
)
def test_a_push_has_no_force_or_a_positive_one_within_its_interval(steps, edge, onset_s, lasts_s):
    reports, t_s = [], 0.0
    for step_s, speed_kmh in steps:
        t_s += step_s
        reports.append((t_s, speed_kmh))
    calibration = ForceCalibration(
        edge=edge,
        gain=0.002,
        gain_error=0.0001,
        friction=0.0004,
        friction_error=0.00005,
        correlation=-0.5,
        baseline_kmh=0.8,
        noise_kmh=0.01,
        interval_s=0.25,
        coarseness=0.0,
        scatter=0.02,
        r_squared=0.99,
        up_down=0.0,
        linearity=0.0,
        stall_margin=0.5,
        pulls=8,
        rides=4,
    )
    force = force_of(reports, onset_s, onset_s + lasts_s, 0.8, calibration)
    if force is not None:
        for one in (force.mean_n, force.peak_n, force.impulse_ns, force.work_j):
            assert math.isfinite(one.value)
            assert 0 <= one.low <= one.value <= one.high
