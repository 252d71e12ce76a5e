"""Counting made recordings: as many reps as pushes were put in, whatever else was put in."""

import itertools
import math

import pytest

from eccentread.reps import RepDetector, Window, analyse


def regular(n, lasts=2.6, gap=1.6, depth=0.3, first=1.5):
    return [(first + k * (lasts + gap), lasts, depth) for k in range(n)]


def windows_of(trace):
    return [
        Window(0.0, 10.0, "idle"),
        *(Window(t, 7.5, kind) for kind, t in trace.cues),
        Window(trace.set_s, trace.end_s - trace.set_s, "set"),
    ]


def counted(trace, windows=None):
    result = analyse(trace.t_s, trace.speed_kmh, windows or windows_of(trace))
    assert result.countable, result.reason
    return [len(s.reps) for s in result.sets]


@pytest.mark.parametrize("rate_hz", [1.0, 2.0, 4.0, 20.0])
@pytest.mark.parametrize("n", [0, 1, 7, 15])
def test_as_many_reps_as_pushes(make_trace, shape, rate_hz, n):
    trace = make_trace(shape, rate_hz, regular(n))
    assert counted(trace) == [n]


@pytest.mark.parametrize("rate_hz", [2.0, 4.0])
@pytest.mark.parametrize(
    ("extra", "why"),
    [
        ((0.6, 0.5, 0.06), "a touch in a gap"),
        ((0.5, 0.2, 0.05), "a brush"),
        ((1.0, 0.5, 0.25), "a push let go at once"),
        ((1.0, 2.4, 0.06), "a passive ride"),
    ],
)
def test_what_is_no_push_does_not_count(make_trace, shape, rate_hz, extra, why):
    pushes = regular(8, gap=4.5)
    after, lasts, depth = extra
    others = [(onset + push_lasts + after, lasts, depth) for onset, push_lasts, _ in pushes]
    assert counted(make_trace(shape, rate_hz, sorted(pushes + others))) == [8], why


@pytest.mark.parametrize("rate_hz", [2.0, 4.0])
def test_a_push_that_eases_and_comes_again_is_one_rep(make_trace, shape, rate_hz):
    contacts = regular(8)
    onset, _, depth = contacts[3]
    easing = (onset + 1.1, 0.4, -0.55 * depth)
    assert counted(make_trace(shape, rate_hz, [*contacts, easing])) == [8]


@pytest.mark.parametrize("gap_s", [0.8, 1.0, 2.5])
def test_neighbours_stay_apart(make_trace, shape, gap_s):
    assert counted(make_trace(shape, 4.0, regular(10, gap=gap_s))) == [10]


def test_pushes_count_on_the_tails_of_those_before(make_trace):
    def slow_loop(since_onset, since_release):
        def edge(since):
            return math.exp(-since / 3.0) - math.exp(-since / 0.6) if since >= 0.0 else 0.0

        return edge(since_onset) - edge(since_release)

    assert counted(make_trace(slow_loop, 4.0, regular(15, gap=1.0))) == [15]


@pytest.mark.parametrize("lasts_s", [1.6, 4.2])
def test_short_and_long_pushes_count(make_trace, shape, lasts_s):
    assert counted(make_trace(shape, 4.0, regular(10, lasts=lasts_s))) == [10]


def test_pushes_that_fade_count_to_the_last(make_trace, shape):
    contacts = [(onset, lasts, 0.3 * (1 - 0.02 * k)) for k, (onset, lasts, _) in enumerate(regular(15))]
    assert counted(make_trace(shape, 4.0, contacts)) == [15]


def test_tight_windows_calibrate_as_well_as_cues(make_trace, shape):
    trace = make_trace(shape, 4.0, regular(15))
    lead = {"push": (1.2, 2.6), "ride": (1.0, 2.4)}
    tight = [Window(t + lead[kind][0], lead[kind][1], kind) for kind, t in trace.cues]
    whole = [Window(0.0, 10.0, "idle"), *tight, Window(trace.set_s, trace.end_s - trace.set_s, "set")]
    assert counted(trace, whole) == [15]


def test_sets_are_counted_apart_and_nothing_between_them(make_trace, shape):
    first, second = regular(5), regular(4, first=60.0)
    between = [(35.0, 2.6, 0.3)]
    trace = make_trace(shape, 4.0, [*first, *between, *second])
    windows = [w for w in windows_of(trace) if w.event != "set"]
    windows += [Window(trace.set_s, 25.0, "set"), Window(trace.set_s + 58.0, 30.0, "set")]
    assert counted(trace, windows) == [5, 4]


def test_without_windows_the_recording_calibrates_itself(make_trace, shape):
    trace = make_trace(shape, 4.0, regular(15))
    start = trace.t_s.index(trace.set_s - 5.0)
    result = analyse(trace.t_s[start:], trace.speed_kmh[start:])
    assert result.countable, result.reason
    assert [len(s.reps) for s in result.sets] == [15]
    assert {rep.load_rel_pct for rep in result.sets[0].reps} == {None}


def test_sets_without_a_signal_check_are_counted_with_what_the_recording_itself_shows(make_trace, shape):
    trace = make_trace(shape, 4.0, regular(15))
    blind = analyse(trace.t_s, trace.speed_kmh)
    result = analyse(trace.t_s, trace.speed_kmh, [Window(trace.set_s, trace.end_s - trace.set_s, "set")])
    assert result.calibration == blind.calibration
    assert [len(s.reps) for s in result.sets] == [15]


def test_a_signal_check_without_a_set_is_judged_and_has_no_reps(make_trace, shape):
    trace = make_trace(shape, 4.0, regular(5))
    result = analyse(trace.t_s, trace.speed_kmh, [w for w in windows_of(trace) if w.event != "set"])
    assert (result.countable, result.sets) == (True, ())


def test_analysis_is_the_live_detector(make_trace, shape):
    trace = make_trace(shape, 4.0, regular(6))
    windows = windows_of(trace)
    result = analyse(trace.t_s, trace.speed_kmh, windows)
    live, reps, begun = RepDetector(result.calibration), [], False
    for t, speed in zip(trace.t_s, trace.speed_kmh, strict=True):
        if t >= trace.set_s and not begun:
            live.begin_set(trace.set_s)
            begun = True
        rep = live.feed(t, speed)
        if rep is not None:
            assert rep.counted_s == t
            reps.append(rep)
    assert tuple(reps) == result.sets[0].reps


def test_reps_come_in_order_and_do_not_overlap(make_trace, shape):
    result = analyse((trace := make_trace(shape, 4.0, regular(10))).t_s, trace.speed_kmh, windows_of(trace))
    reps = result.sets[0].reps
    for rep in reps:
        assert rep.onset_s < rep.release_s <= rep.counted_s
        assert 0.0 < rep.confidence <= 1.0
    for before, after in itertools.pairwise(reps):
        assert before.release_s < after.onset_s
        assert before.counted_s < after.counted_s


def test_a_machine_that_cannot_count_gets_empty_sets_and_a_reason():
    t = [0.25 * k for k in range(600)]
    windows = [
        Window(0, 10, "idle"),
        *(Window(11 + 8 * k, 7, "push") for k in range(3)),
        Window(60, 80, "set"),
    ]
    result = analyse(t, [0.8] * len(t), windows)
    assert not result.countable
    assert "set speed" in result.reason
    assert [s.reps for s in result.sets] == [()]


def test_an_empty_recording_is_refused():
    assert not analyse([], []).countable
    assert not analyse([], [], [Window(0.0, 1.0, "set")]).countable
