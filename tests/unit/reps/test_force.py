"""Force from known loads, by arithmetic: a belt whose gain, friction and response are given."""

import math
import time
from dataclasses import replace

import numpy as np
import pytest

from eccentread.reps.force import ForceCalibration, NoForce, calibrate_force
from eccentread.reps.force_edge import Edge
from eccentread.reps.force_pulls import Pull
from eccentread.reps.force_rep import force_of
from eccentread.reps.response import Response

GAIN, MU = 0.002, 0.2
MASSES_KG = (5.0, 10.0, 15.0, 20.0)
TENSION = 0.45
G = 9.81
SUSTAINED, TRANSIENT, MIXED = Response(1.0, 1.0, 0.2), Response(0.0, 1.2, 0.2), Response(0.4, 2.0, 0.2)
IDLE_S = (0.0, 25.0)
BASELINE_KMH = 0.8


class Belt:
    """Reports of a linear belt under loads (from s, to s, along N, weight N), `rate_hz` a second."""

    def __init__(self, response=SUSTAINED, gain=GAIN, mu=MU, rate_hz=4.0, baseline_kmh=BASELINE_KMH):
        self.response, self.gain, self.mu = response, gain, mu
        self.rate_hz, self.baseline_kmh = rate_hz, baseline_kmh
        self.loads: list[tuple[float, float, float, float]] = []

    def reports(self, until_s: float, noise_kmh: float = 0.005) -> tuple[list[float], list[float]]:
        t = np.arange(0.0, until_s, 1 / self.rate_hz)
        dip = np.zeros_like(t)
        for on, off, along, weight in self.loads:
            dip += self.gain * (along + self.mu * weight) * self.response.contact(t, on, off)
        ripple = noise_kmh * math.sqrt(2) * np.sin(2.4 * np.arange(len(t)))
        return t.tolist(), np.round(np.maximum(self.baseline_kmh - dip + ripple, 0.0), 2).tolist()


def pulled(belt, *, late_s=1.0, warming=0.0, masses=MASSES_KG, rides=True, tension=TENSION):
    """The boxes up and down, and riding; `warming`: part by which the gain grows from first to last."""
    order = [(m, True) for m in (*masses, *reversed(masses))] + [(m, False) for m in masses if rides]
    pulls, at_s, gain = [], 30.0, belt.gain
    for number, (mass, tied) in enumerate(order):
        lasts_s = 11.0 if tied else 4.5
        grown = 1 + warming * number / (2 * len(masses) - 1) if tied else 1.0
        along = tension * mass * G * tied
        belt.loads.append((at_s, at_s + lasts_s, along * grown, mass * G * grown))
        pulls.append(Pull(at_s + late_s, at_s + lasts_s + late_s, mass, along))
        at_s += lasts_s + 14.0
    assert belt.gain == gain
    return pulls, at_s


def calibrated(belt, **how):
    pulls, until_s = pulled(belt, **how)
    return calibrate_force(*belt.reports(until_s), IDLE_S, pulls, 0.8)


@pytest.mark.parametrize("response", [SUSTAINED, TRANSIENT, MIXED], ids=["sustained", "transient", "mixed"])
@pytest.mark.parametrize("rate_hz", [4.0, 1.0])
def test_gain_and_friction_are_those_of_the_belt(response, rate_hz):
    found = calibrated(Belt(response, rate_hz=rate_hz))
    assert isinstance(found, ForceCalibration)
    t = np.arange(-1.0, 8.0, 0.05)
    dips = GAIN * response.contact(t, 0.0, 2.7)
    # When a box lay there is not known to a tenth of a second, and does not matter.
    late = [found.edge.at(t - by) - found.edge.at(t - by - 2.7) for by in np.arange(-0.5, 0.5, 0.05)]
    ours = found.gain * max(late, key=lambda shifted: shifted @ dips)
    assert ours @ dips / (dips @ dips) == pytest.approx(1.0, abs=0.08 + 2 * found.coarseness)
    assert found.mu == pytest.approx(MU, abs=0.04 if rate_hz > 1 else 0.1)
    assert abs(found.mu - MU) < 2.5 * found.mu_error
    assert found.r_squared > 0.98
    assert abs(found.up_down) < 0.05
    assert (found.pulls, found.rides) == (8, 4)
    deepest = 1 - (TENSION + MU) * 20 * G * GAIN * response.contact(np.arange(0, 11, 0.25), 0, 11).max() / 0.8
    assert found.stall_margin == pytest.approx(deepest, abs=0.05)


def test_it_does_not_matter_how_late_somebody_says_that_a_box_lies():
    early, late = (calibrated(Belt(), late_s=late_s) for late_s in (-0.5, 2.5))
    assert isinstance(early, ForceCalibration)
    assert isinstance(late, ForceCalibration)
    assert late.gain == pytest.approx(early.gain, rel=0.01)


def why_not(found) -> str:
    assert isinstance(found, NoForce)
    assert found.reason.count(". ") <= 1
    return found.reason


def test_a_set_point_for_a_report_is_refused():
    assert "R²" in why_not(calibrated(Belt(gain=1e-9)))


def test_readings_that_have_nothing_to_do_with_the_dips_are_refused():
    belt = Belt()
    pulls, until_s = pulled(belt)
    swapped = [
        replace(pull, tension_n=60.0 if number % 2 else 20.0) if pull.tension_n else pull
        for number, pull in enumerate(pulls)
    ]
    assert "R²" in why_not(calibrate_force(*belt.reports(until_s), IDLE_S, swapped, 0.8))


def test_a_motor_that_is_still_getting_warm_is_refused():
    assert isinstance(calibrated(Belt(), warming=0.08), ForceCalibration)
    assert "warm" in why_not(calibrated(Belt(), warming=0.45))


def test_a_belt_at_another_speed_is_refused():
    assert "1.00 km/h" in why_not(calibrated(Belt(baseline_kmh=1.0)))


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"masses": (5.0, 10.0)}, "Only 4 usable pulls"),
        ({"rides": False}, "free rides"),
        ({"tension": 3.0}, "lighter boxes"),
    ],
)
def test_too_little_is_refused_with_the_way_out(how, says):
    assert says in why_not(calibrated(Belt(), **how))


def test_without_reports_of_the_free_belt_nothing_is_said():
    assert "free belt" in why_not(calibrate_force([], [], IDLE_S, [], 0.8))
    garbage = [math.nan, -1.0, math.inf, 3.0] * 20
    assert "free belt" in why_not(calibrate_force(garbage, garbage, IDLE_S, [], 0.8))


# --- the force of a push ------------------------------------------------------------------------------------


def known(response=SUSTAINED, **more) -> ForceCalibration:
    """A calibration without errors of its own."""
    exact = ForceCalibration(
        edge=Edge(response),
        gain=GAIN,
        gain_error=0.0,
        friction=MU * GAIN,
        friction_error=0.0,
        correlation=0.0,
        baseline_kmh=BASELINE_KMH,
        noise_kmh=0.006,
        interval_s=0.25,
        coarseness=0.0,
        scatter=0.0,
        r_squared=1.0,
        up_down=0.0,
        linearity=0.0,
        stall_margin=0.5,
        pulls=8,
        rides=4,
    )
    return replace(exact, **more)


def pushed(response=SUSTAINED, *, newtons=100.0, lasts_s=2.7, weight_ratio=1.95, mu=MU, rate_hz=4.0):
    """One push of constant force, and the reports around it: onset, release, reports."""
    belt = Belt(response, mu=mu, rate_hz=rate_hz)
    weight = max(weight_ratio * newtons, 150.0)
    belt.loads.append((10.0, 10.0 + lasts_s, newtons, weight))
    t, v = belt.reports(10.0 + lasts_s + 1.5)
    return [r for r in zip(t, v, strict=True) if r[0] > 5.0], 10.0, 10.0 + lasts_s


@pytest.mark.parametrize("response", [SUSTAINED, TRANSIENT, MIXED], ids=["sustained", "transient", "mixed"])
@pytest.mark.parametrize("newtons", [50.0, 100.0, 150.0])
def test_the_impulse_of_a_push_is_its_force_times_its_time(response, newtons):
    reports, onset_s, release_s = pushed(response, newtons=newtons)
    force = force_of(reports, onset_s + 0.15, release_s - 0.1, BASELINE_KMH, known(response))
    assert force is not None
    assert force.impulse_ns.value == pytest.approx(newtons * 2.7, rel=0.08)
    assert force.impulse_ns.low < newtons * 2.7 < force.impulse_ns.high
    assert force.peak_n.value > force.mean_n.value


def test_work_is_force_times_the_belts_travel():
    reports, onset_s, release_s = pushed(SUSTAINED)
    force = force_of(reports, onset_s, release_s, BASELINE_KMH, known())
    assert force is not None
    speed_mps = (BASELINE_KMH - GAIN * (100 + MU * 195)) / 3.6
    assert force.work_j.value == pytest.approx(100 * speed_mps * 2.7, rel=0.1)


def test_the_friction_under_the_pushing_foot_is_taken_off():
    reports, onset_s, release_s = pushed()
    right = force_of(reports, onset_s, release_s, BASELINE_KMH, known())
    blind = force_of(reports, onset_s, release_s, BASELINE_KMH, known(friction=1e-9))
    assert right is not None
    assert blind is not None
    assert blind.impulse_ns.value / right.impulse_ns.value == pytest.approx(1 + MU * 1.95, rel=0.01)


@pytest.mark.parametrize("ratio", [1.6, 2.3])
def test_the_weight_nobody_sees_is_in_the_interval(ratio):
    reports, onset_s, release_s = pushed(weight_ratio=ratio, mu=0.4)
    force = force_of(reports, onset_s, release_s, BASELINE_KMH, known(friction=0.4 * GAIN))
    assert force is not None
    assert force.impulse_ns.low < 270 < force.impulse_ns.high


def test_what_is_less_sure_has_a_wider_interval():
    reports, onset_s, release_s = pushed()

    def width(c: ForceCalibration) -> float:
        force = force_of(reports, onset_s, release_s, BASELINE_KMH, c)
        assert force is not None
        return force.mean_n.high / force.mean_n.low

    sure = width(known())
    for more in (
        {"gain_error": 0.1 * GAIN},
        {"friction_error": 0.1 * GAIN},
        {"friction": 0.45 * GAIN},
        {"scatter": 0.1},
        {"coarseness": 0.1},
        {"noise_kmh": 0.06},
    ):
        assert width(known(**more)) > sure * 1.02


@pytest.mark.parametrize("reports", [[], [(10.0, 0.7)], [(0.5, 0.8), (1.0, 0.8), (1.5, 0.8)]])
def test_without_reports_around_it_a_push_has_no_force(reports):
    assert force_of(reports, 10.0, 12.7, BASELINE_KMH, known()) is None


def test_a_belt_that_never_dips_tells_no_force():
    reports = [(k / 4, 0.8 + 0.1 * (k % 2)) for k in range(80)]
    force = force_of([(t, 0.9) for t, _ in reports], 10.0, 12.7, BASELINE_KMH, known())
    assert force is None or force.mean_n.value < 5


def test_a_push_costs_little():
    reports, onset_s, release_s = pushed()
    calibration = known()
    began_s = time.perf_counter()
    for _ in range(20):
        force_of(reports, onset_s, release_s, BASELINE_KMH, calibration)
    assert (time.perf_counter() - began_s) / 20 < 0.02
