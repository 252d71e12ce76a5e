"""Calibration of a recording in which nothing was cued: the speed itself must show that it holds pushes.

The live tracker is run over the recording with a few plausible responses and the likeliest is kept; loads
and durations are then learned from the contacts that it finds. A recording is refused unless those are like
the pushes of one athlete: enough, alike, and far above the noise.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from eccentread.reps.calibration import CONTACT_S, LEAST_D_PRIME, Calibration, discriminability
from eccentread.reps.follower import PushFollower
from eccentread.reps.intake import Intake
from eccentread.reps.response import Floats, Response
from eccentread.reps.signal_check import SENSOR, SPEED_KMH, quantum_of, refusal
from eccentread.reps.stories import Contact

LEAST_REPS = 4
LEAST_SAMPLES = 20
MOST_SAMPLES = 600
"""Samples that the responses are compared on."""
GUESSED_NOISE_KMH = 0.005
"""Until the residuals tell: little, so that nothing is taken for noise that the tracker can explain."""
MOST_SPREAD = 0.45
"""Coefficient of variation of the loads of one athlete's pushes; 0.15–0.25 is usual."""


def calibrate_blindly(t_s: Sequence[float], speed_kmh: Sequence[float]) -> Calibration:
    """A calibration from a recording alone (seconds, km/h); countable only if it surely holds pushes."""
    intake = Intake()
    reports = [r for r in (intake.feed(t, v) for t, v in zip(t_s, speed_kmh, strict=True)) if r is not None]
    if len(reports) < LEAST_SAMPLES:
        return refusal("The recording is too short to find pushes in; record a whole set.")
    t, speed = np.array(reports).T
    running = speed > SPEED_KMH[0] / 2
    if not running.any():
        return refusal("The belt stood still all the time; record it at 0.8 km/h.")
    quantum = quantum_of(speed)
    interval = float(np.median(np.diff(t)))
    noise = float(np.hypot(GUESSED_NOISE_KMH, quantum / np.sqrt(12)))
    best: tuple[float, Calibration] | None = None
    for baseline in _levels(speed[running]):
        dip = baseline - float(np.percentile(speed[running], 8))
        for response in _responses(interval):
            peak = float(response.contact(np.arange(0, 6, 0.05), 0.0, CONTACT_S).max())
            trial = replace(
                refusal(""),
                baseline_kmh=baseline,
                noise_kmh=noise,
                quantum_kmh=quantum,
                interval_s=interval,
                response=response,
                push_kmh=max(dip, 2 * noise) / peak,
                ride_kmh=0.3 * dip / peak,
                blind=True,
            )
            surprise = _track(trial, reports[:MOST_SAMPLES]).surprise
            if best is None or surprise < best[0]:
                best = surprise, trial
    assert best is not None
    calibration = best[1]
    found = _track(calibration, reports)
    for _ in range(2):
        if len(found.contacts) < LEAST_REPS:
            break
        load = float(np.median([c.load_kmh for c in found.contacts]))
        lasts = float(np.median([c.release_s - c.onset_s for c in found.contacts]))
        calibration = replace(
            calibration,
            push_kmh=load,
            ride_kmh=0.3 * load,
            contact_s=float(np.sqrt(lasts * CONTACT_S)),
            noise_kmh=float(np.hypot(found.residual_kmh, quantum / np.sqrt(12))),
        )
        found = _track(calibration, reports)
    return _judged(calibration, found.contacts)


def _levels(speed_kmh: Floats) -> list[float]:
    """Where the free belt may run: the commonest speed, and a high one (in a set the belt is seldom free)."""
    edges = np.arange(speed_kmh.min() - 0.01, speed_kmh.max() + 0.03, 0.02)
    counts, _ = np.histogram(speed_kmh, edges)
    mode = float(edges[np.argmax(counts)] + 0.01)
    high = float(np.percentile(speed_kmh, 80))
    return [mode] if abs(high - mode) < 0.02 else [mode, high]


def _responses(interval_s: float) -> list[Response]:
    """One of each kind: sustained, mixed and transient, reported at once or smoothed."""
    shapes = [(1.0, 1.0), (0.4, 0.5), (0.0, 0.45), (0.0, 1.05)]
    return [
        Response(rho, loop, max(lag, 0.3 * interval_s)) for rho, loop in shapes for lag in (0.1, 1.2, 2.5)
    ]


@dataclass(frozen=True, slots=True)
class _Found:
    contacts: list[Contact]
    surprise: float
    """How badly the recording was predicted, −2 log likelihood."""
    residual_kmh: float
    """Standard deviation of what the best explanation leaves over, by its smaller half."""


def _track(calibration: Calibration, reports: list[tuple[float, float]]) -> _Found:
    follower = PushFollower(calibration)
    contacts: list[Contact] = []
    residuals: list[float] = []
    for report in reports:
        residuals.append(abs(follower.feed(*report)))
        contact = follower.take(0.9)
        if contact is not None:
            contacts.append(contact)
    return _Found(contacts, follower.surprise, float(np.median(residuals)) / 0.6745)


def _judged(calibration: Calibration, contacts: list[Contact]) -> Calibration:
    c = calibration
    if not SPEED_KMH[0] <= c.baseline_kmh <= SPEED_KMH[1]:
        return replace(c, reason=f"The belt runs at {c.baseline_kmh:.2f} km/h; pushes are done at 0.8 km/h.")
    if len(contacts) < LEAST_REPS:
        return replace(c, reason=f"Nothing in the recording looks like a set of pushes; {SENSOR}.")
    d_rep, d_gap = discriminability(c.response, c.push_kmh, c.noise_kmh, c.interval_s, c.contact_s)
    c = replace(c, d_prime_rep=d_rep, d_prime_gap=d_gap)
    loads = np.array([contact.load_kmh for contact in contacts])
    if min(d_rep, d_gap) < LEAST_D_PRIME or loads.std() > MOST_SPREAD * loads.mean():
        return replace(
            c,
            reason=f"What moves this belt is no clear set of pushes (d′ {min(d_rep, d_gap):.1f}); {SENSOR}.",
        )
    return replace(c, countable=True, reason=f"The recording itself shows {len(contacts)} pushes alike.")
