"""A clock that a suspended computer does not stop."""

import sys
import time

import pytest

from eccentread.io.elapsed import elapsed_s


def test_it_never_steps_back():
    times = [elapsed_s() for _ in range(1000)]
    assert times == sorted(times)


@pytest.mark.skipif(sys.platform != "linux", reason="of Linux's clocks")
def test_it_counts_what_the_event_loops_clock_leaves_out():
    asleep_s = time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)
    assert elapsed_s() - time.monotonic() == pytest.approx(asleep_s, abs=0.05)
