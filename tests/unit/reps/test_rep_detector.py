"""The live detector under what links and belts do."""

import math

import pytest

from eccentread.reps import Calibration, RepDetector
from eccentread.reps.response import Response

CALIBRATION = Calibration(
    countable=True,
    reason="",
    d_prime_rep=30.0,
    d_prime_gap=20.0,
    baseline_kmh=0.8,
    noise_kmh=0.01,
    quantum_kmh=0.01,
    interval_s=0.25,
    response=Response(1.0, 1.0, 0.1),
    push_kmh=0.3,
    ride_kmh=0.06,
)


def belt(n=8, rate_hz=4.0, lasts=2.6, gap=1.6, depth=0.3, baseline=0.8, start=4.0):
    """Samples of n pushes, and when each begins."""
    onsets = [start + k * (lasts + gap) for k in range(n)]
    end = start + n * (lasts + gap) + 4.0
    samples = []
    for k in range(int(end * rate_hz)):
        t = k / rate_hz
        dip = depth * any(onset <= t < onset + lasts for onset in onsets)
        samples.append((t, round(baseline - dip + 0.008 * math.sin(2.4 * k), 2)))
    return samples, onsets


def count(samples, begin_s=0.0):
    detector = RepDetector(CALIBRATION)
    reps = []
    begun = False
    for t, speed in samples:
        if t >= begin_s and not begun:
            detector.begin_set(begin_s)
            begun = True
        reps.append(detector.feed(t, speed))
    reps.append(detector.end_set(samples[-1][0]))
    return [rep for rep in reps if rep is not None]


def spiked(samples):
    return [(t, 24.0 if k % 23 == 5 else v) for k, (t, v) in enumerate(samples)]


def doubled(samples):
    return [s for sample in samples for s in (sample, sample)]


def jittered(samples):
    return [(t + 0.09 * math.sin(7.0 * k), v) for k, (t, v) in enumerate(samples)]


def thinned(samples):
    return [s for k, s in enumerate(samples) if k % 11]


def broken(samples):
    bad = [(math.nan, 0.8), (1.0, math.nan), (2.0, math.inf), (-1.0, 0.8), (3.0, -5.0)]
    return [
        s for k, sample in enumerate(samples) for s in ((sample, bad[k % 5]) if k % 9 == 0 else (sample,))
    ]


def drifting(samples):
    return [(t, v + 0.1 * t / 60.0) for t, v in samples]


def zero_glitched(samples):
    return [(t, 0.0 if k % 61 == 8 else v) for k, (t, v) in enumerate(samples)]


@pytest.mark.parametrize(
    "harm",
    [list, spiked, doubled, jittered, thinned, broken, drifting, zero_glitched],
    ids=lambda f: f.__name__,
)
def test_counts_through(harm):
    samples, _ = belt(15)
    assert len(count(harm(samples))) == 15


def test_nothing_counts_outside_sets():
    detector = RepDetector(CALIBRATION)
    assert [r for s in belt()[0] if (r := detector.feed(*s)) is not None] == []
    assert detector.end_set(100.0) is None


def test_a_push_before_the_set_does_not_count_and_the_next_does():
    samples, onsets = belt(5)
    assert len(count(samples, begin_s=onsets[1] - 0.3)) == 4


def test_the_last_rep_is_given_at_the_end_if_its_end_is_in_the_data():
    samples, onsets = belt(1)
    release = onsets[0] + 2.6
    assert len(count([s for s in samples if s[0] < release + 0.3])) == 1
    assert count([s for s in samples if s[0] < release - 0.3]) == []


def test_a_rep_is_announced_soon_after_its_release():
    samples, onsets = belt(8)
    late = [rep.counted_s - onset - 2.6 for rep, onset in zip(count(samples), onsets, strict=True)]
    assert max(late) <= 0.6


def test_the_baseline_follows_a_changed_speed_during_rest():
    before, _ = belt(0, baseline=0.8, start=10.0)
    after, _ = belt(6, baseline=1.0, start=20.0)
    shifted = [(t + 20.0, v) for t, v in after]
    reps = count([*before, *shifted], begin_s=35.0)
    assert len(reps) == 6
    assert all(rep.baseline_kmh == pytest.approx(1.0, abs=0.03) for rep in reps)


def test_a_belt_that_is_stopped_and_started_makes_no_rep():
    running = [(k / 4, 0.8) for k in range(40)]
    stopping = [(10 + k / 4, max(0.0, 0.8 - 0.15 * k)) for k in range(20)]
    starting = [(15 + k / 4, min(0.8, 0.1 * k)) for k in range(60)]
    assert count([*running, *stopping, *starting]) == []


def test_a_belt_that_only_stops_makes_no_rep():
    running = [(k / 4, 0.8) for k in range(40)]
    assert count([*running, *((10 + k / 4, max(0.0, 0.8 - 0.15 * k)) for k in range(80))]) == []


def test_silence_of_a_minute_makes_no_rep():
    samples, _ = belt(3)
    late = [(t + 90.0, v) for t, v in samples]
    assert len(count([*samples, *late])) == 6


def test_what_cannot_be_counted_is_not_counted():
    from dataclasses import replace

    detector = RepDetector(replace(CALIBRATION, countable=False))
    detector.begin_set(0.0)
    assert all(detector.feed(*s) is None for s in belt()[0])
    assert detector.end_set(100.0) is None


def test_a_rep_says_what_it_was_like():
    samples, onsets = belt(6)
    for rep, onset in zip(count(samples), onsets, strict=True):
        assert rep.onset_s == pytest.approx(onset - 0.2, abs=0.3)
        assert rep.release_s == pytest.approx(onset + 2.6, abs=0.3)
        assert rep.baseline_kmh == pytest.approx(0.8, abs=0.02)
        assert rep.speed_min_kmh == pytest.approx(0.5, abs=0.02)
        assert rep.dip_peak_kmh == pytest.approx(0.3, abs=0.03)
        assert 0.2 < rep.dip_mean_kmh < 0.31
        assert rep.dip_area_m == pytest.approx(0.3 * 2.6 / 3.6, rel=0.15)
        assert rep.travel_m == pytest.approx(0.5 * 2.6 / 3.6, rel=0.25)
        assert rep.overshoot_kmh < 0.03
        assert rep.load_rel_pct == pytest.approx(100.0, abs=12.0)
        assert 9 <= rep.n_samples <= 13
