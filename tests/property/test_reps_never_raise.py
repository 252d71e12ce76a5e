"""Whatever arrives, the detector neither raises nor invents reps."""

import math
from itertools import accumulate

from hypothesis import given, settings
from hypothesis import strategies as st

from eccentread.reps import (
    Calibration,
    RepDetector,
    SignalCheck,
    Window,
    WindowKind,
    analyse,
    calibrate_blindly,
)
from eccentread.reps.response import Response

anything = st.floats(allow_nan=True, allow_infinity=True)
odd = st.one_of(anything, st.sampled_from([0.0, 0.8, 24.0, -1.0, 1e300, 5e-324, math.nan, math.inf]))
garbage = st.lists(st.tuples(odd, odd), max_size=60)
steps = st.lists(st.floats(0.001, 3.0), min_size=5, max_size=80)
responses = st.builds(
    Response,
    sustained=st.sampled_from([0.0, 0.4, 1.0]),
    loop_s=st.sampled_from([0.5, 1.0, 4.0]),
    report_s=st.sampled_from([0.08, 0.9, 2.5]),
)


def calibration(response=Response(1.0, 1.0, 0.1), countable=True):  # noqa: B008  frozen
    return Calibration(
        countable=countable,
        reason="",
        d_prime_rep=30.0,
        d_prime_gap=20.0,
        baseline_kmh=0.8,
        noise_kmh=0.01,
        quantum_kmh=0.01,
        interval_s=0.5,
        response=response,
        push_kmh=0.3,
        ride_kmh=0.06,
    )


@given(garbage, responses)
@settings(deadline=None)
def test_the_detector_never_raises(samples, response):
    detector = RepDetector(calibration(response))
    detector.begin_set(0.0)
    for sample in samples:
        rep = detector.feed(*sample)
        assert rep is None or (0.0 <= rep.confidence <= 1.0 and rep.onset_s < rep.release_s)
    detector.end_set(1.0)


@given(garbage, st.lists(st.sampled_from(list(WindowKind)), max_size=6))
@settings(deadline=None, max_examples=50)
def test_the_signal_check_never_raises_and_finds_no_pushes_in_garbage(samples, kinds):
    check = SignalCheck()
    share = max(1, len(samples) // max(1, len(kinds)))
    for k, sample in enumerate(samples):
        if k % share == 0 and k // share < len(kinds):
            check.close(float(k))
            check.open(kinds[k // share], float(k))
        check.feed(*sample)
    assert check.result().reason


@given(garbage)
@settings(deadline=None, max_examples=30)
def test_recordings_of_garbage_are_analysed(samples):
    t, speed = [s[0] for s in samples], [s[1] for s in samples]
    calibrate_blindly(t, speed)
    analyse(t, speed, [Window(0.0, 1.0, "idle"), Window(1.0, 2.0, "push"), Window(4.0, 9.0, "set")])


@given(steps, responses, st.floats(0.78, 0.82))
@settings(deadline=None)
def test_a_constant_speed_holds_no_rep(gaps, response, speed):
    detector = RepDetector(calibration(response))
    detector.begin_set(0.0)
    assert [t for t in accumulate(gaps) if detector.feed(t, speed) is not None] == []
    assert detector.end_set(1e6) is None


@given(st.integers(0, 2**32 - 1), responses, st.sampled_from([0.25, 1.0]))
@settings(deadline=None, max_examples=40)
def test_noise_of_an_idle_belt_holds_no_rep(seed, response, interval_s):
    import random

    rng = random.Random(seed)
    detector = RepDetector(calibration(response))
    detector.begin_set(0.0)
    speeds = [round(0.8 + rng.gauss(0.0, 0.01), 2) for _ in range(200)]
    assert [k for k, v in enumerate(speeds) if detector.feed(k * interval_s, v) is not None] == []


@given(
    st.lists(st.sampled_from([0.0, 0.5, 0.8, 1.0, 1.2]), min_size=2, max_size=8),
    st.sampled_from([0.2, 0.5, 1.0]),
)
@settings(deadline=None, max_examples=25)
def test_a_set_point_echo_is_never_countable_blindly(speeds, interval_s):
    speed = [v for v in speeds for _ in range(int(15.0 / interval_s))]
    t = [k * interval_s for k in range(len(speed))]
    assert [rep for s in analyse(t, speed).sets for rep in s.reps] == []


@given(garbage)
@settings(deadline=None, max_examples=40)
def test_equal_input_gives_equal_reps(samples):
    def run():
        detector = RepDetector(calibration())
        detector.begin_set(0.0)
        return [detector.feed(*sample) for sample in samples]

    assert run() == run()
