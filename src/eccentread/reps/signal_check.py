"""The signal check: an idle belt, three cued pushes, two passive rides. Does this machine show pushes?"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from eccentread.events import Source
from eccentread.reps.calibration import CONTACT_S, LEAST_D_PRIME, Calibration, discriminability
from eccentread.reps.fit import FittedContact, Stretch, candidate_responses
from eccentread.reps.intake import Intake
from eccentread.reps.metrics import ONSET_RAMP_S
from eccentread.reps.response import Floats

BEFORE_S, TAIL_S = 1.0, 3.5
"""What is read outside a window: the belt before it, and after it what the machine reports late."""
LEAST_SAMPLES = 4
MOST_SAMPLES = 1000
"""Kept of one window: 200 s."""
SPEED_KMH = (0.3, 1.5)
"""Speeds of the idle belt at which this exercise is done: 0.8, or 1.29 where that was taken for mph."""
BLUR = 0.5
"""Part of the misfit that counts as noise: about half of it is the same in every push, and no harm."""
MOST_OVER_WEAKEST = 1.5
TIGHT_S = 0.5
"""A window no longer or shorter than its push by more than this is the push itself."""
OVER_IDLE = 4.0
"""A push must explain this many times what the best push that chance finds in an idle window does."""

SENSOR = "use a machine that measures its belt, or a belt sensor"


@dataclass(frozen=True, slots=True)
class _Wording:
    """How a source of belt speed is spoken of."""

    still: str
    """Why its speed may not move while somebody pushes."""
    noisy: str
    way_out: str


_WORDING = {
    Source.MACHINE_SPEED: _Wording(
        still="this machine reports its set speed, not the belt's",
        noisy="this machine's speed reports",
        way_out=SENSOR,
    ),
    Source.BELT_SENSOR: _Wording(
        still="the belt sensor does not follow the belt",
        noisy="the belt sensor's speed",
        way_out="use a sensor that sees the belt more often",
    ),
}


class WindowKind(StrEnum):
    """What the athlete is asked for in a window."""

    IDLE = "idle"
    PUSH = "push"
    RIDE = "ride"


class _Window:
    """The reports of one window and around it."""

    def __init__(self, kind: WindowKind, open_s: float, before: list[tuple[float, float]]) -> None:
        self.kind = kind
        self.open_s = open_s
        self.close_s = float("inf")
        self.reports = [] if kind is WindowKind.IDLE else [r for r in before if r[0] >= open_s - BEFORE_S]

    def feed(self, report: tuple[float, float]) -> None:
        tail = 0.0 if self.kind is WindowKind.IDLE else TAIL_S
        if report[0] <= self.close_s + tail and len(self.reports) < MOST_SAMPLES:
            self.reports.append(report)

    def stretch(self, baseline_kmh: float, noise_kmh: float) -> Stretch:
        """For the fit; an idle window without its outliers."""
        t, speed = np.array(self.reports).T
        if self.kind is WindowKind.IDLE:
            speed = np.clip(speed, *np.percentile(speed, [5, 95]))
        return Stretch(t, speed, (self.open_s, self.close_s), baseline_kmh, noise_kmh)

    def is_tight(self, found: FittedContact) -> bool:
        """Whether the window is the push itself, rather than the time after a cue in which it falls."""
        return abs(self.close_s - self.open_s - (found.release_s - found.onset_s)) <= TIGHT_S


class SignalCheck:
    """Collects the windows of a signal check and judges whether this source of belt speed shows pushes."""

    def __init__(self, source: Source = Source.MACHINE_SPEED) -> None:
        self._wording = _WORDING[source]
        self._intake = Intake()
        self._windows: list[_Window] = []
        self._recent: list[tuple[float, float]] = []

    def open(self, kind: WindowKind, t_s: float) -> None:
        """A window of `kind` begins: the cue is given, or the push itself begins."""
        self._windows.append(_Window(kind, t_s, self._recent))

    def close(self, t_s: float) -> None:
        """The window ends."""
        if self._windows:
            self._windows[-1].close_s = min(self._windows[-1].close_s, t_s)

    def feed(self, t_s: float, speed_kmh: float) -> None:
        """Take a report in, inside windows or between them."""
        report = self._intake.feed(t_s, speed_kmh)
        if report is None:
            return
        self._recent = [*self._recent[-7:], report]
        if self._windows:
            self._windows[-1].feed(report)

    def result(self) -> Calibration:
        """The verdict on what was seen so far."""
        kinds = {kind: self._of(kind) for kind in WindowKind}
        seen = [w for windows in kinds.values() for w in windows]
        if not kinds[WindowKind.IDLE] or not kinds[WindowKind.PUSH]:
            return refusal("The signal check saw too few speed reports; check the connection and repeat it.")
        interval = float(np.median(np.concatenate([np.diff([t for t, _ in w.reports]) for w in seen])))
        quantum = quantum_of(np.concatenate([[v for _, v in w.reports] for w in seen]))
        baseline, noise = _idle_belt([v for w in kinds[WindowKind.IDLE] for _, v in w.reports], quantum)
        pushes = [w.stretch(baseline, noise) for w in kinds[WindowKind.PUSH]]
        response = min(
            candidate_responses(interval), key=lambda r: sum(stretch.surprise(r) for stretch in pushes)
        )
        found = [stretch.best(response) for stretch in pushes]
        rides = [w.stretch(baseline, noise).best(response).load_kmh for w in kinds[WindowKind.RIDE]]
        chance = max(w.stretch(baseline, noise).best(response).explained for w in kinds[WindowKind.IDLE])
        visible = [f for f in found if f.explained > OVER_IDLE * chance]
        stands_out = 2 * len(visible) > len(found)
        load = _usual_load([f.load_kmh for f in (visible or found)])
        # The athlete's own duration, drawn half way to that of all athletes: three pushes are few.
        contact = float(np.sqrt(np.median([f.release_s - f.onset_s for f in found]) * CONTACT_S))
        # What the response leaves unexplained of the pushes blurs the next ones as noise does.
        unexplained = sum(f.unexplained for f in found) / sum(len(w.reports) for w in kinds[WindowKind.PUSH])
        blur = max(noise, BLUR * float(np.sqrt(unexplained)))
        d_rep, d_gap = discriminability(response, load, blur, interval, contact)
        tight = [
            f.onset_s - ONSET_RAMP_S - w.open_s
            for f, w in zip(found, kinds[WindowKind.PUSH], strict=True)
            if w.is_tight(f)
        ]
        # Not the rides: what follows the last of them may be the belt stopping.
        pushed = [v for kind in (WindowKind.IDLE, WindowKind.PUSH) for w in kinds[kind] for _, v in w.reports]
        moved = max(pushed) - min(pushed)
        countable, reason = _verdict(self._wording, baseline, moved, stands_out, min(d_rep, d_gap))
        return Calibration(
            countable=countable,
            reason=reason,
            d_prime_rep=d_rep,
            d_prime_gap=d_gap,
            baseline_kmh=baseline,
            noise_kmh=noise,
            quantum_kmh=quantum,
            interval_s=interval,
            response=response,
            push_kmh=load,
            ride_kmh=float(np.median(rides)) if rides else 0.0,
            contact_s=contact,
            lag_s=max(0.0, float(np.median(tight))) if len(tight) > 1 else 0.0,
        )

    def _of(self, kind: WindowKind) -> list[_Window]:
        return [w for w in self._windows if w.kind is kind and len(w.reports) >= LEAST_SAMPLES]


def quantum_of(speed_kmh: Floats) -> float:
    """The grid that reported speeds lie on, km/h: a small step between neighbouring values; at least 0.01."""
    steps = np.diff(np.unique(np.round(speed_kmh, 4)))
    steps = steps[steps > 0.004]
    return max(0.01, float(np.percentile(steps, 10))) if len(steps) else 0.01


def _idle_belt(speed_kmh: list[float], quantum_kmh: float) -> tuple[float, float]:
    """Baseline and noise of an idle belt, km/h; a glitch in one report of ten does not matter."""
    low, high = np.percentile(speed_kmh, [10, 90])
    middle = [v for v in speed_kmh if low <= v <= high]
    below, above = np.percentile(speed_kmh, [16, 84])
    return float(np.mean(middle)), float(np.hypot((above - below) / 2, quantum_kmh / np.sqrt(12)))


def _usual_load(loads_kmh: list[float]) -> float:
    """The median push; none counts for much more than the weakest, as a drive at its limit exaggerates."""
    return float(np.median(np.minimum(loads_kmh, MOST_OVER_WEAKEST * min(loads_kmh))))


def _verdict(
    wording: _Wording, baseline_kmh: float, moved_kmh: float, stands_out: bool, d_prime: float
) -> tuple[bool, str]:
    if not SPEED_KMH[0] <= baseline_kmh <= SPEED_KMH[1]:
        return (
            False,
            f"The belt ran at {baseline_kmh:.2f} km/h; set it to 0.8 km/h and repeat the signal check.",
        )
    if moved_kmh < 1e-6:
        return False, (
            f"The reported speed never moved while you pushed: {wording.still}; {wording.way_out}."
        )
    if d_prime < LEAST_D_PRIME or not stands_out:
        return False, (
            f"Your pushes do not stand out from the noise of {wording.noisy} (d′ {d_prime:.1f}, "
            f"{LEAST_D_PRIME} needed): repeat the check with firmer pushes, or {wording.way_out}."
        )
    return True, f"Your pushes stand out clearly from the idle belt (d′ {d_prime:.0f}): reps can be counted."


def refusal(reason: str) -> Calibration:
    """A calibration that counts nothing and knows nothing but why."""
    return Calibration(
        countable=False,
        reason=reason,
        d_prime_rep=0.0,
        d_prime_gap=0.0,
        baseline_kmh=0.0,
        noise_kmh=0.0,
        quantum_kmh=0.0,
        interval_s=0.0,
    )
