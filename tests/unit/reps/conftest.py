"""Belt speeds made by arithmetic: the number of pushes in them is known because it was put there."""

import math
from collections.abc import Callable, Sequence

import pytest

BASELINE_KMH = 0.8
IDLE_S = 10.0
PUSH_CUES_S = (11.0, 19.5, 28.0)
RIDE_CUES_S = (36.5, 45.0)
CUE_S = 7.5
SET_S = 55.0


def sustained(since_onset: float, since_release: float) -> float:
    """A drive without integrator: the dip is there while the load is."""
    return 1.0 if since_onset >= 0.0 > since_release else 0.0


def transient(since_onset: float, since_release: float) -> float:
    """A speed loop: the dip dies out, and release mirrors it."""

    def edge(since: float) -> float:
        return math.exp(-since / 0.7) if since >= 0.0 else 0.0

    return edge(since_onset) - edge(since_release)


type Shape = Callable[[float, float], float]
type Contact = tuple[float, float, float]
"""Onset s, duration s, depth of dip km/h."""

SHAPES = {"sustained": sustained, "transient": transient}


class Trace:
    """A signal check and a set, reported at `rate_hz` with ripple-like noise on a grid of `quantum_kmh`."""

    idle = (0.0, IDLE_S)
    cues = (*(("push", t) for t in PUSH_CUES_S), *(("ride", t) for t in RIDE_CUES_S))
    set_s = SET_S

    def __init__(self, shape: Shape, rate_hz: float, contacts: Sequence[Contact], quantum_kmh: float = 0.01):
        checked = [(t + 1.2, 2.6, 0.3) for t in PUSH_CUES_S] + [(t + 1.0, 2.4, 0.06) for t in RIDE_CUES_S]
        everything = [*checked, *((SET_S + onset, lasts, depth) for onset, lasts, depth in contacts)]
        self.end_s = max(onset + lasts for onset, lasts, _ in everything) + 3.0
        self.t_s = [k / rate_hz for k in range(int(self.end_s * rate_hz))]
        self.speed_kmh: list[float] = []
        for k, t in enumerate(self.t_s):
            dip = sum(depth * shape(t - onset, t - onset - lasts) for onset, lasts, depth in everything)
            speed = BASELINE_KMH - dip + 0.008 * math.sin(2.4 * k) + 0.004 * math.sin(5.1 * k)
            self.speed_kmh.append(max(0.0, round(speed / quantum_kmh) * quantum_kmh))


@pytest.fixture(params=list(SHAPES))
def shape(request) -> Shape:
    return SHAPES[request.param]


@pytest.fixture
def make_trace() -> type[Trace]:
    return Trace
