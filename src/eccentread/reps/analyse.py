"""Recordings, counted by the live detector, sample by sample."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eccentread.events import Rep
from eccentread.reps.blind import calibrate_blindly
from eccentread.reps.calibration import Calibration
from eccentread.reps.detector import RepDetector
from eccentread.reps.signal_check import SignalCheck, WindowKind

GRACE_S = 2.0
"""What was done at the end of a set is reported up to this much later."""
SET = "set"


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a recording: `event` is `idle`, `push`, `ride` or `set`."""

    onset_s: float
    duration_s: float
    event: str

    @property
    def end_s(self) -> float:
        """When the window ends."""
        return self.onset_s + self.duration_s


@dataclass(frozen=True, slots=True)
class SetResult:
    """The reps of one set; `onset_s` is when counting began."""

    onset_s: float
    reps: tuple[Rep, ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a recording holds. Where it is not countable, `reason` says why and no set has reps."""

    countable: bool
    reason: str
    sets: tuple[SetResult, ...]
    calibration: Calibration


def analyse(
    t_s: Sequence[float], speed_kmh: Sequence[float], windows: Sequence[Window] | None = None
) -> Analysis:
    """Count the reps of a recording of belt speed (seconds, km/h; irregular times are fine).

    The machine is judged by the windows of a signal check and reps are counted in the sets. Without a signal
    check the calibration comes from the recording (`calibrate_blindly`); without windows, all of it is a set.
    """
    samples = list(zip(t_s, speed_kmh, strict=True))
    if windows is None:
        start = min((t for t, _ in samples), default=0.0)
        windows = [Window(start, float("inf"), SET)]
    sets = sorted((w for w in windows if w.event == SET), key=lambda w: w.onset_s)
    checked = len(sets) < len(windows)
    calibration = _check(samples, windows) if checked else calibrate_blindly(t_s, speed_kmh)
    if calibration.countable:
        results = tuple(_count(samples, sets, calibration))
    else:
        results = tuple(SetResult(w.onset_s, ()) for w in sets)
    return Analysis(calibration.countable, calibration.reason, results, calibration)


def _check(samples: Sequence[tuple[float, float]], windows: Sequence[Window]) -> Calibration:
    check = SignalCheck()
    cued = sorted((w for w in windows if w.event != SET), key=lambda w: w.onset_s)
    edges = [(w.onset_s, w) for w in cued] + [(w.end_s, None) for w in cued]
    edges.sort(key=lambda edge: (edge[0], edge[1] is not None))
    following = iter(edges)
    edge = next(following, None)
    for t, speed in samples:
        while edge is not None and edge[0] <= t:
            at, opened = edge
            if opened is None:
                check.close(at)
            else:
                check.open(WindowKind(opened.event), at)
            edge = next(following, None)
        check.feed(t, speed)
    return check.result()


def _count(
    samples: Sequence[tuple[float, float]], sets: Sequence[Window], calibration: Calibration
) -> Iterator[SetResult]:
    detector = RepDetector(calibration)
    position = 0
    for window, following in zip(sets, [*sets[1:], None], strict=False):
        while position < len(samples) and not samples[position][0] >= window.onset_s:
            detector.feed(*samples[position])
            position += 1
        detector.begin_set(window.onset_s)
        reps: list[Rep | None] = []
        end = window.end_s + GRACE_S
        if following is not None:
            end = max(window.end_s, min(end, following.onset_s))
        at = window.onset_s
        while position < len(samples) and not samples[position][0] > end:
            at = samples[position][0]
            reps.append(detector.feed(*samples[position]))
            position += 1
        reps.append(detector.end_set(at))
        yield SetResult(window.onset_s, tuple(rep for rep in reps if rep is not None))
