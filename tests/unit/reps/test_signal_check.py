"""Verdicts of the signal check."""

import pytest

from eccentread.reps import SignalCheck, WindowKind


def check(trace, kinds=("idle", "push", "ride")):
    signal_check = SignalCheck()
    windows = [("idle", *trace.idle), *((kind, t, t + 7.5) for kind, t in trace.cues)]
    edges = sorted(
        [(begin, True, kind) for kind, begin, _ in windows if kind in kinds]
        + [(end, False, kind) for kind, _, end in windows if kind in kinds]
    )
    for t, speed in zip(trace.t_s, trace.speed_kmh, strict=True):
        while edges and edges[0][0] <= t:
            at, opens, kind = edges.pop(0)
            if opens:
                signal_check.open(WindowKind(kind), at)
            else:
                signal_check.close(at)
        signal_check.feed(t, speed)
    return signal_check.result()


@pytest.mark.parametrize("rate_hz", [1.0, 4.0])
def test_a_machine_that_shows_pushes_is_countable_and_known(make_trace, shape, rate_hz):
    c = check(make_trace(shape, rate_hz, [(0.0, 1.0, 0.0)]))
    assert c.countable, c.reason
    assert min(c.d_prime_rep, c.d_prime_gap) > 6.0
    assert c.baseline_kmh == pytest.approx(0.8, abs=0.01)
    assert c.noise_kmh == pytest.approx(0.008, abs=0.005)
    assert c.interval_s == pytest.approx(1 / rate_hz)
    assert c.quantum_kmh == pytest.approx(0.01)
    assert c.dip_kmh == pytest.approx(0.3, abs=0.08)
    assert c.ride_kmh < 0.4 * c.push_kmh


def test_the_shape_of_the_dip_is_learned(make_trace):
    from .conftest import sustained, transient

    assert check(make_trace(sustained, 4.0, [(0.0, 1.0, 0.0)])).response.sustained > 0.9
    learned = check(make_trace(transient, 4.0, [(0.0, 1.0, 0.0)])).response
    assert learned.sustained < 0.1
    assert 0.4 <= learned.loop_s <= 1.1


@pytest.mark.parametrize(
    ("factor", "words"),
    [(0.0, "set speed"), (3.6, "set it to 0.8"), (0.1, "set it to 0.8")],
)
def test_a_refusal_says_why(make_trace, shape, factor, words):
    trace = make_trace(shape, 4.0, [(0.0, 1.0, 0.0)])
    trace.speed_kmh = [factor * v if factor else 0.8 for v in trace.speed_kmh]
    c = check(trace)
    assert not c.countable
    assert words in c.reason


def test_pushes_no_bigger_than_the_noise_are_refused(make_trace, shape):
    trace = make_trace(shape, 1.0, [(0.0, 1.0, 0.0)])
    faint = [0.8 + 0.05 * (v - 0.8) for v in trace.speed_kmh]
    trace.speed_kmh = [round(v + 0.03 * ((7 * k) % 5 - 2), 2) for k, v in enumerate(faint)]
    c = check(trace)
    assert not c.countable
    assert "stand out" in c.reason


@pytest.mark.parametrize("kinds", [("idle",), ("push", "ride"), ()])
def test_without_idle_belt_or_pushes_there_is_no_verdict_for(make_trace, shape, kinds):
    c = check(make_trace(shape, 4.0, [(0.0, 1.0, 0.0)]), kinds)
    assert not c.countable
    assert "repeat" in c.reason


def test_one_push_of_three_missed_does_no_harm(make_trace, shape):
    trace = make_trace(shape, 4.0, [(0.0, 1.0, 0.0)])
    begin, end = trace.t_s.index(19.5), trace.t_s.index(28.0)
    trace.speed_kmh[begin:end] = trace.speed_kmh[1 : 1 + end - begin]
    c = check(trace)
    assert c.countable
    assert c.dip_kmh == pytest.approx(0.3, abs=0.08)


def test_a_glitch_in_the_idle_window_does_no_harm(make_trace, shape):
    trace = make_trace(shape, 4.0, [(0.0, 1.0, 0.0)])
    trace.speed_kmh[12] = 0.0
    c = check(trace)
    assert c.countable
    assert c.noise_kmh < 0.02
