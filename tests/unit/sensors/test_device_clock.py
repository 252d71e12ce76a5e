"""Host time from device time, with delays that are never negative."""

import random

import pytest

from eccentread.sensors.device_clock import DeviceClock


def test_the_least_delay_is_the_offset():
    clock = DeviceClock()
    for device_s, host_s in [(16.0, 103.012), (16.1, 103.143), (16.2, 103.205)]:
        clock.arrived(device_s, host_s)
    assert clock.host_s(16.1) == pytest.approx(103.105)
    assert clock.device_s(103.105) == pytest.approx(16.1)


@pytest.mark.parametrize("ppm", [-100, 0, 100])
def test_drift_is_followed_within_some_milliseconds_for_an_hour(ppm):
    rng, clock = random.Random(ppm), DeviceClock()
    for k in range(36_000):
        true_s = k / 10
        clock.arrived(true_s * (1 + ppm * 1e-6), true_s + 0.005 + rng.expovariate(1 / 0.02))
        if k > 100:
            assert 0 < clock.host_s(true_s * (1 + ppm * 1e-6)) - true_s < 0.005 + 0.004 + 0.006
