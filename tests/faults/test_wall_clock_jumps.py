"""The computer's wall clock is set, or changes to another zone: nothing of a session depends on it."""

import os
import time
from datetime import UTC, datetime, timedelta

import pytest

from driving import MOMENTS, Running, Trouble

HOUR_S = 3600.0


@pytest.fixture
def wall_clock(monkeypatch):
    """Whatever Python gives as the time of day, with a step that can be set."""
    step_s = [0.0]
    of_day, of_day_ns = time.time, time.time_ns
    monkeypatch.setattr(time, "time", lambda: of_day() + step_s[0])
    monkeypatch.setattr(time, "time_ns", lambda: of_day_ns() + int(step_s[0] * 1e9))

    class Stepped(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.fromtimestamp(of_day() + step_s[0], tz)

    monkeypatch.setattr("eccentread.cli.compose.datetime", Stepped)
    return step_s


@pytest.fixture
def zone():
    """The zone that local time is told in; put back afterwards."""
    before = os.environ.get("TZ")

    def move(name: str) -> None:
        os.environ["TZ"] = name
        time.tzset()

    move("Europe/Berlin")
    yield move
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def see_nothing_of_it(run, undisturbed) -> None:
    assert run.went_as(undisturbed)
    assert run.status == 0
    times = [event.t_s for event in run.journal.inputs]
    assert times == sorted(times)
    assert times[-1] < 300.0
    began_utc = run.journal.header.started_utc
    assert abs(began_utc - datetime.now(UTC)) < timedelta(minutes=5)


@pytest.mark.parametrize("step_s", [HOUR_S, -HOUR_S])
@pytest.mark.parametrize("moment", ["checklist", "mid-push"])
def test_a_step_of_an_hour(composed, undisturbed, wall_clock, moment, step_s):
    def step(run: Running) -> None:
        wall_clock[0] = step_s

    run = composed(troubles=[Trouble(MOMENTS[moment], step)])
    wall_clock[0] = 0.0
    see_nothing_of_it(run, undisturbed)


def test_steps_to_and_fro(composed, undisturbed, wall_clock):
    """A time server that cannot make up its mind: every five seconds an hour on, or a day back."""
    steps = [Trouble(5.0 + 5.0 * k, lambda run, k=k: wall_clock.__setitem__(0, (1 - 24 * (k % 2)) * HOUR_S))
             for k in range(18)]  # fmt: skip
    run = composed(troubles=steps)
    wall_clock[0] = 0.0
    see_nothing_of_it(run, undisturbed)


@pytest.mark.parametrize("moment", ["countdown", "mid-push"])
def test_summer_time_ends(composed, undisturbed, zone, moment):
    run = composed(troubles=[Trouble(MOMENTS[moment], lambda run: zone("Pacific/Honolulu"))])
    see_nothing_of_it(run, undisturbed)
