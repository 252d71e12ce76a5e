"""What a picture of a recording shows, before anything is drawn."""

from dataclasses import replace

import numpy as np
import pytest

from eccentread.reps import SET, Window
from eccentread.ui.scene import (
    LEAST_ROW_S,
    MOST_ROWS,
    Mark,
    Row,
    Scene,
    baseline_in,
    broken,
    clock,
    needs_overview,
    row_length_s,
    rows,
    speed_range,
    thinned,
)

PLAIN = Scene("A.csv", "2 reps", True, "Because.", np.arange(0.0, 60.0), np.full(60, 0.8), (), (), ())


def lasting(end_s, **fields):
    times_s = np.arange(0.0, end_s + 0.5, 1.0)
    return replace(PLAIN, times_s=times_s, speeds_kmh=np.full(len(times_s), 0.8), **fields)


def test_a_short_recording_is_one_row():
    assert rows(lasting(60)) == [Row("Whole recording", 0.0, 60.0)]


def test_a_long_recording_goes_on_from_row_to_row():
    assert rows(lasting(330)) == [
        Row("Whole recording", 0.0, 110.0),
        Row("", 110.0, 220.0),
        Row("", 220.0, 330.0),
    ]


@pytest.mark.parametrize("end_s", [3600.0, 100_000.0])
@pytest.mark.parametrize("windows", [(), tuple(Window(40.0 * k, 3000.0, SET) for k in range(10))])
def test_a_very_long_recording_has_no_more_rows_than_a_page_holds(end_s, windows):
    assert len(rows(lasting(end_s, windows=windows))) <= MOST_ROWS


def test_long_silences_are_not_shown():
    times_s = np.array([0.0, 1.0, 2.0, 700.0, 701.0, 702.0, 720.0, 5000.0])
    assert rows(replace(PLAIN, times_s=times_s, speeds_kmh=np.full(8, 0.8))) == [
        Row("From the beginning", 0.0, 2.0),
        Row("After a silence of 11:38", 700.0, 720.0),
        Row("After a silence of 1:11:20", 5000.0, 5001.0),
    ]


def test_reports_that_are_always_far_apart_are_shown_as_they_are():
    assert len(rows(replace(PLAIN, times_s=np.arange(60) * 100.0))) <= MOST_ROWS


@pytest.mark.parametrize(
    ("t_s", "says"), [(0.0, "0:00"), (59.6, "1:00"), (-65.0, "−1:05"), (-0.4, "0:00"), (3600.0, "1:00:00")]
)
def test_times_are_told_as_on_a_clock(t_s, says):
    assert clock(t_s) == says


WINDOWS = (
    Window(10.0, 5.0, "idle"),
    Window(15.0, 8.0, "push"),
    Window(100.0, 60.0, SET),
    Window(300.0, 60.0, SET),
)


def test_the_signal_check_and_each_set_have_their_own_rows_and_what_lies_between_has_none():
    rep = Mark(110.0, 113.0, "1", True, 0.9)
    shown = lasting(362, windows=WINDOWS, marks=(rep, replace(rep, counts=False)))
    assert rows(shown) == [
        Row("Signal check", 7.0, 26.0),
        Row("Set 1: 1 rep", 97.0, 163.0),
        Row("Set 2: 0 reps", 297.0, 362.0),
    ]


def test_more_sets_than_a_page_holds_are_shown_as_one_recording():
    windows = tuple(Window(100.0 * k, 60.0, SET) for k in range(400))
    assert {row.title for row in rows(lasting(40_000, windows=windows))} == {"Whole recording", ""}


def test_where_nothing_can_be_counted_no_count_is_told():
    titles = [row.title for row in rows(lasting(400, windows=WINDOWS, countable=False))]
    assert titles == ["Signal check", "Set 1", "Set 2"]


def test_an_overview_is_needed_where_much_is_left_out():
    shown = lasting(400, windows=WINDOWS)
    assert needs_overview(shown, rows(shown))
    assert not needs_overview(lasting(400), rows(lasting(400)))


def test_all_rows_have_the_scale_of_the_longest_and_a_very_short_one_is_not_blown_up():
    assert row_length_s([Row("", 0.0, 50.0), Row("", 100.0, 190.0)]) == 90.0
    assert row_length_s([Row("", 0.0, 1.0)]) == LEAST_ROW_S


def test_windows_outside_the_recording_leave_the_recording():
    assert rows(lasting(60, windows=(Window(500.0, 60.0, SET),))) == [Row("Whole recording", 0.0, 60.0)]


def test_the_scale_of_speed_is_that_of_nearly_all_reports():
    shown = lasting(3000)
    shown.speeds_kmh[::2] = 0.5
    shown.speeds_kmh[7] = 24.0
    assert speed_range(shown) == pytest.approx((0.455, 0.935))


def test_what_the_belt_does_between_the_windows_does_not_set_the_scale():
    shown = lasting(400, windows=WINDOWS)
    shown.speeds_kmh[165:290] = 0.0
    assert speed_range(shown) == speed_range(PLAIN)


def test_the_scale_of_an_even_belt_is_not_blown_up():
    assert speed_range(PLAIN) == pytest.approx((0.67, 0.99))
    assert speed_range(replace(PLAIN, speeds_kmh=np.zeros(60))) == pytest.approx((0.0, 0.19))


def test_many_reports_are_thinned_to_the_same_outline():
    t_s = np.arange(1_000_003.0)
    speed_kmh = np.zeros(len(t_s))
    speed_kmh[[500_000, 1_000_002]] = 0.9, -0.4
    thin_t_s, thin_kmh = thinned(t_s, speed_kmh)
    assert len(thin_t_s) < 5000
    assert (np.diff(thin_t_s) >= 0).all()
    assert thin_t_s[thin_kmh > 0].tolist() == [500_000]
    assert thin_t_s[thin_kmh < 0].tolist() == [1_000_002]


def test_few_reports_are_all_shown():
    assert thinned(PLAIN.times_s, PLAIN.speeds_kmh) == (PLAIN.times_s, PLAIN.speeds_kmh)


def test_the_line_breaks_where_nothing_was_reported():
    t_s, speed_kmh = broken(np.array([0.0, 1.0, 2.0, 30.0, 31.0]), np.full(5, 0.8))
    assert np.isnan(t_s).tolist() == [False, False, False, True, False, False]
    assert np.isnan(speed_kmh).tolist() == [False, False, False, True, False, False]


def test_a_late_report_breaks_no_line():
    t_s = np.array([0.0, 0.25, 0.5, 2.5, 2.75])
    assert broken(t_s, t_s)[0].tolist() == t_s.tolist()


def test_the_baseline_holds_until_it_is_known_anew():
    shown = replace(PLAIN, baseline=((0.0, 0.8), (20.0, 0.79)))
    assert baseline_in(shown, Row("", 10.0, 90.0)) == ([10.0, 20.0, 20.0, 59.0], [0.8, 0.8, 0.79, 0.79])
    assert baseline_in(shown, Row("", 30.0, 40.0)) == ([30.0, 40.0], [0.79, 0.79])
    assert baseline_in(PLAIN, Row("", 0.0, 80.0)) == ([], [])
