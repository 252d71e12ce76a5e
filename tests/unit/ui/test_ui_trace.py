import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eccentread.ui.screen import BeltPoint, RepMark
from eccentread.ui.trace import LEAST_SPAN_KMH, Window, plot, rep_numbers, window

VIEW = Window(0.0, 30.0, 0.0, 1.0)


def points(*speeds: float) -> list[BeltPoint]:
    return [BeltPoint(float(t), speed) for t, speed in enumerate(speeds)]


def lit_columns(line: str) -> list[int]:
    return [column for column, char in enumerate(line) if char != " "]


def test_the_scale_holds_the_lock_speed_and_every_speed_in_the_window() -> None:
    view = window(points(0.5, 0.9), lock_kmh=0.8, end_s=30.0, span_s=30.0)
    assert view.low_kmh <= 0.5
    assert view.high_kmh >= 0.9


def test_the_scale_forgets_what_has_left_the_window() -> None:
    assert window(points(0.0, 0.8), lock_kmh=0.8, end_s=31.0, span_s=30.0).low_kmh > 0.5


def test_an_idle_belt_looks_idle() -> None:
    view = window(points(0.80, 0.81), lock_kmh=0.8, end_s=1.0, span_s=30.0)
    assert view.high_kmh - view.low_kmh == pytest.approx(LEAST_SPAN_KMH)


def test_a_steady_speed_is_one_unbroken_level_line() -> None:
    lines = plot(points(*[0.5] * 31), VIEW, 20, 5)
    assert [row for row, line in enumerate(lines) if line.strip()] == [2]
    assert lit_columns(lines[2]) == list(range(20))


def test_a_dip_goes_down_where_it_happened() -> None:
    lines = plot(points(*[1.0] * 15, 0.0, *[1.0] * 15), VIEW, 31, 5)
    assert lit_columns(lines[-1]) == [15]


def test_silence_leaves_a_gap() -> None:
    trace = [BeltPoint(0.0, 0.5), BeltPoint(10.0, 0.5), BeltPoint(10.5, 0.5)]
    assert lit_columns(plot(trace, VIEW, 31, 1)[0])[:2] == [0, 10]


def test_ascii_draws_stars() -> None:
    assert set("".join(plot(points(0.5, 0.6), VIEW, 10, 4, ascii_only=True))) == {" ", "*"}


def test_reps_carry_their_numbers_where_they_are() -> None:
    marks = [RepMark(5.0, 9), RepMark(10.0, 10), RepMark(15.0, 11)]
    assert rep_numbers(marks, VIEW, 31) == "     9    10   11              "


def test_numbers_that_would_touch_or_leave_the_chart_are_left_out() -> None:
    marks = [RepMark(-1.0, 1), RepMark(5.0, 2), RepMark(5.4, 3), RepMark(40.0, 4)]
    assert rep_numbers(marks, VIEW, 31).split() == ["2"]


@given(
    speeds=st.lists(st.floats(0.0, 655.35), max_size=40),
    width=st.integers(1, 80),
    height=st.integers(1, 30),
    span_s=st.floats(1.0, 60.0),
)
def test_every_trace_fits_its_room(speeds, width, height, span_s) -> None:
    trace = points(*speeds)
    view = window(trace, 0.8, float(len(trace)), span_s)
    lines = plot(trace, view, width, height)
    assert [len(line) for line in lines] == [width] * height
    assert math.isfinite(view.low_kmh)
