"""Two ways of counting that anybody would try first, each tuned on the windows of the signal check alone.

Both see the dip below the median of the idle window. Of all settings those are kept that count one rep in
each window of a cued push and none in the others, or err least; of these a low one of the widest range.
"""

from collections.abc import Callable, Iterable
from itertools import product

import numpy as np
from scipy.signal import find_peaks

from benchmarks.counting.cells import Case
from benchmarks.counting.plants import Floats
from benchmarks.counting.scoring import Counted
from eccentread_sim.recordings import Event

LATE_S = 1.0
"""What belongs to a window is reported up to this much later."""
GRACE_S = 2.0
LEVELS = tuple(np.linspace(0.1, 0.9, 17))
"""Parts of the median of the largest dips of the cued pushes."""

type Setting = tuple[float, float, float]
type Counter = Callable[[Floats, Floats, Setting], list[Counted]]


def threshold(t_s: Floats, dip: Floats, setting: Setting) -> list[Counted]:
    """Hysteresis: in contact from `on` until back at part `back` of it; shorter than `least_s` is nothing."""
    on, back, least_s = setting
    reps: list[Counted] = []
    since_s: float | None = None
    for at_s, depth in zip(t_s.tolist(), dip.tolist(), strict=True):
        if since_s is None and depth >= on:
            since_s = at_s
        elif since_s is not None and depth < on * back:
            if at_s - since_s >= least_s:
                reps.append(Counted(since_s, at_s, at_s))
            since_s = None
    return reps


def peaks(t_s: Floats, dip: Floats, setting: Setting) -> list[Counted]:
    """`scipy.signal.find_peaks` of the dip: its height, prominence over height, and distance in seconds."""
    height, prominence, distance_s = setting
    interval_s = float(np.median(np.diff(t_s)))
    found, _ = find_peaks(
        dip, height=height, prominence=prominence * height, distance=max(1.0, distance_s / interval_s)
    )
    return [Counted(at_s, at_s, at_s) for at_s in t_s[found].tolist()]


THRESHOLD = (threshold, (0.3, 0.5, 0.8), (0.0, 0.5, 1.0))
PEAKS = (peaks, (0.3, 0.6, 1.0), (1.0, 1.5, 2.0))


def count(case: Case, baseline: tuple[Counter, Iterable[float], Iterable[float]]) -> list[Counted]:
    """The reps of a set by one of the baselines."""
    counter, seconds, thirds = baseline
    recording = case.recording
    t_s = recording.t_s
    free = np.median(recording.speed_kmh[t_s < recording.windows[0].duration_s])
    dip: Floats = free - recording.speed_kmh
    windows = [(w.onset_s, w.onset_s + w.duration_s + LATE_S, w.event) for w in recording.windows]
    pushes = [dip[(t_s >= a) & (t_s < b)].max(initial=0.0) for a, b, event in windows if event is Event.PUSH]
    usual = max(float(np.median(pushes)), 1e-6)
    before = t_s < case.set_s[0]

    def mistakes(setting: Setting) -> int:
        reps = counter(t_s[before], dip[before], setting)
        wrong = 0
        for begins_s, ends_s, event in windows:
            if event is not Event.SET:
                within = sum(begins_s <= rep.onset_s < ends_s for rep in reps)
                wrong += abs(within - (event is Event.PUSH))
        return wrong

    wrong = {
        setting: mistakes(setting)
        for setting in product(tuple(usual * level for level in LEVELS), seconds, thirds)
    }
    best = _widest([setting for setting, n in wrong.items() if n == min(wrong.values())])
    begins_s, ends_s = case.set_s
    inside = (t_s >= begins_s) & (t_s < ends_s + GRACE_S)
    return counter(t_s[inside], dip[inside], best)


def _widest(settings: list[Setting]) -> Setting:
    """A low level of the settings that bear most levels, for pushes grow weaker; of equals, the later."""
    by_others: dict[tuple[float, float], list[Setting]] = {}
    for setting in settings:
        by_others.setdefault(setting[1:], []).append(setting)
    levels = by_others[max(sorted(by_others), key=lambda others: (len(by_others[others]), others))]
    return levels[len(levels) // 5]
