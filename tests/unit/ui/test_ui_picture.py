"""The picture of a recording: all that matters is written on it, and nothing else is needed to see it."""

import importlib.util
import io

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.image import imread

from eccentread.errors import UsageError
from eccentread.reps import SET, Window
from eccentread.ui.picture import draw, figure, require_matplotlib
from eccentread.ui.scene import Mark, Scene


def made(end_s=120.0, **fields):
    times_s = np.arange(0.0, end_s, 0.25)
    told = {
        "name": "A.csv",
        "headline": "2 reps",
        "countable": True,
        "reason": "Your pushes stand out.",
        "times_s": times_s,
        "speeds_kmh": 0.8 - 0.3 * (np.sin(times_s) > 0.5),
        "baseline": ((0.0, 0.8), (70.0, 0.79)),
        "windows": (Window(0.0, 10.0, "idle"), Window(10.0, 8.0, "push"), Window(60.0, 50.0, SET)),
        "marks": (
            Mark(70.0, 73.0, "1", True, 0.98, 73.6),
            Mark(75.0, 75.6, "touch", False, 0.7),
            Mark(78.0, 81.0, "2", True, 0.61, 82.0),
        ),
    }
    return Scene(**(told | fields))


def words(shown):
    drawn = figure(shown)
    legend = [text.get_text() for one in drawn.legends for text in one.get_texts()]
    on_axes = [text.get_text() for axes in drawn.axes for text in axes.texts]
    titles = [axes.get_title(loc="left") for axes in drawn.axes]
    return [text.get_text() for text in drawn.texts] + legend + on_axes + titles


def test_it_says_what_the_program_says_and_names_each_contact():
    told = words(made())
    assert {"A.csv", "2 reps", "Your pushes stand out."} <= set(told)
    assert {"1", "98", "2", "61", "touch", "idle", "push"} <= set(told)
    assert {"Whole recording", "Signal check", "Set 1: 2 reps"} <= set(told)


def test_it_explains_every_kind_of_mark_and_none_that_is_not_there():
    kinds = {"reported speed", "free belt", "rep, and how sure (%)", "announced", "no rep"}
    assert kinds <= set(words(made()))
    assert kinds & set(words(made(marks=(), baseline=()))) == {"reported speed"}


def test_a_rep_too_narrow_for_its_number_is_still_shaded():
    narrow = made(40_000.0, windows=(), marks=(Mark(70.0, 73.0, "1", True, 0.98, 73.6),))
    assert "1" not in words(narrow)
    assert any(axes.patches for axes in figure(narrow).axes)


def size_of(png):
    return imread(io.BytesIO(png)).shape[:2]


def test_it_is_a_png_as_high_as_there_are_rows():
    one, many = size_of(draw(made(windows=()))), size_of(draw(made(600.0, windows=())))
    assert one[1] == many[1] == 1320
    assert many[0] > 2 * one[0]


@pytest.mark.parametrize(
    "shown",
    [
        made(0.1, windows=(), marks=(), baseline=()),
        made(0.6, windows=(), marks=()),
        made(speeds_kmh=np.zeros(480)),
        made(speeds_kmh=np.where(np.arange(480) % 7, 0.8, 1e5)),
        made(times_s=np.arange(480.0) * 1e6 - 1e8),
        made(times_s=np.full(480, 5.0)),
        made(times_s=np.sort(np.random.default_rng(1).normal(0.0, 1e9, 480)), windows=()),
        made(name="a_$b$^{c}.csv", reason="cost $5 or $6 " * 40),
    ],
    ids=["one", "three", "standing", "spikes", "months", "instant", "decades", "dollars"],
)
def test_whatever_was_recorded_can_be_drawn(shown):
    height, width = size_of(draw(shown))
    assert width == 1320
    assert height < 6000


def test_a_day_of_noise_is_drawn():
    times_s = np.arange(0.0, 86_400.0, 0.5)
    speeds_kmh = np.random.default_rng(1).uniform(0.0, 2.0, len(times_s))
    assert size_of(draw(made(times_s=times_s, speeds_kmh=speeds_kmh, windows=())))[0] < 6000


def test_somebodys_own_style_of_matplotlib_does_not_matter():
    usual = draw(made())
    with mpl.rc_context({"axes.facecolor": "black", "axes.titlesize": 30.0, "lines.marker": "x"}):
        assert draw(made()) == usual


def test_without_matplotlib_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'eccentread\[plots\]'\.$"):
        require_matplotlib()
