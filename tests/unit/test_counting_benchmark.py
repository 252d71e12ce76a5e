"""The counting benchmark measures what it says: its machines, its oracle, its baselines, its figures."""

import math
import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from benchmarks.counting.baselines import PEAKS, THRESHOLD, count
from benchmarks.counting.cells import ECHO, SURPRISES, Cell, draw
from benchmarks.counting.counters import detect
from benchmarks.counting.limits import true_d_prime, within
from benchmarks.counting.observed import looks
from benchmarks.counting.oracle import Oracle
from benchmarks.counting.page import filled, tables
from benchmarks.counting.plants import SPEED, Plants
from benchmarks.counting.running import Job, play
from benchmarks.counting.scoring import Counted, matched, mistakes, wilson
from benchmarks.counting.strays import STRAYS
from benchmarks.counting.tally import Tally, reliability

from eccentread_sim.archetypes import ARCHETYPES
from eccentread_sim.drive import Drive
from eccentread_sim.pushes import Contact, Label
from eccentread_sim.reporting import Reporting


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # R. G. Newcombe, Statistics in Medicine 17 (1998) 857–872, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_of_proportions_are_wilsons(hits, n, low, high):
    assert wilson(hits, n) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize("letter", sorted(ARCHETYPES))
@pytest.mark.parametrize("load_n", [60.0, 200.0, 600.0])
def test_many_machines_side_by_side_do_what_one_does(letter, load_n):
    parameters = ARCHETYPES[letter].draw(random.Random(7))
    one = Drive(parameters)
    one.target_mps = 0.8 / 3.6
    for _ in range(30_000):
        one.step(0.0, 0.0)
    many = Plants(parameters, Reporting(), 3)
    for step in range(800):
        load = load_n if 50 <= step < 350 else 0.0
        one.step(load, 0.0)
        many.step(np.array([load, 0.0, load]))
        assert many.state[SPEED, 0] == many.state[SPEED, 2] == pytest.approx(one.speed_mps, abs=2e-5)


def steady(**changes):
    """A push on a drive that sags by a closed form, and holds it."""
    setup = draw(Cell("A", "4Hz .01"), 1, centre=True).setup
    drive = replace(setup.drive, ripple_mps=0.0, noise_mps=0.0)
    return replace(setup, drive=drive, reporting=replace(setup.reporting, **{"noise_kmh": 0.03, **changes}))


def test_d_prime_is_that_of_its_equation():
    setup = steady()
    dip_mps = setup.usual_load_n * setup.drive.sag_mps_per_n
    lasts_s = setup.traits.travel_m / (0.8 / 3.6 - dip_mps)
    sigma = math.hypot(0.03, 0.01 / math.sqrt(12.0)) / 3.6
    rep, gap = true_d_prime(setup)
    assert rep == pytest.approx(dip_mps / sigma * math.sqrt(lasts_s / 0.25), rel=0.1)
    assert gap == pytest.approx(dip_mps / sigma * math.sqrt(1.2 / 0.25), rel=0.1)
    assert true_d_prime(steady(interval_s=1.0))[0] == pytest.approx(rep / 2.0, rel=0.05)


def test_rounding_counts_as_noise_where_it_is_dithered():
    fine, coarse = (true_d_prime(steady(noise_kmh=0.05, quantum_kmh=quantum))[0] for quantum in (0.01, 0.1))
    assert fine / coarse == pytest.approx(math.hypot(0.05, 0.1 / math.sqrt(12.0)) / 0.05, rel=0.01)


def test_rounding_leaves_nothing_of_a_dip_that_crosses_no_level():
    setup = steady(quantum_kmh=0.1, noise_kmh=0.001)
    faint = replace(
        setup, traits=replace(setup.traits, push_n=1.0), drive=replace(setup.drive, friction_coefficient=0.01)
    )
    assert true_d_prime(faint)[0] < 0.5
    assert true_d_prime(setup)[0] > 4.0


def test_an_echo_shows_nothing():
    assert true_d_prime(draw(Cell(ECHO, "1Hz .01"), 3).setup) == (0.0, 0.0)


def test_probabilities_between_bounds_are_exact_in_both_tails():
    low, high = np.array([-0.5, 9.5, -10.5]), np.array([0.5, 10.5, -9.5])
    middle, upper, lower = within(low, high, 0.0, 1.0)
    assert middle == pytest.approx(0.3829249)
    assert upper == pytest.approx(lower)
    assert upper == pytest.approx(1.0493e-21, rel=1e-3)


def test_reports_that_came_twice_are_looked_at_once_and_fast_ones_together():
    case = draw(Cell("A", "50Hz .01"), 2)
    every = list(looks(case.recording.measured_s, case.recording.speed_kmh, case.setup.reporting))
    assert {look.reports for look in every[1:-1]} <= {8, 9, 10}
    assert all(a.at <= b.opens + 2 for a, b in pairwise(every))
    twice = replace(case.setup.reporting, interval_s=1.0)
    assert len(list(looks(np.array([0.3, 1.3, 1.3, 2.3]), np.full(4, 0.8), twice))) == 3


CONTACTS = [
    Contact(Label.PUSH, 0.0, 3.0, 100.0, 0.6),
    Contact(Label.TOUCH, 3.5, 4.0, 0.0, 0.1),
    Contact(Label.PUSH, 5.0, 8.0, 100.0, 0.6),
    Contact(Label.PUSH, 10.0, 13.0, 50.0, 0.6),
]
PUSHES = [c for c in CONTACTS if c.counts]


def test_reps_are_matched_one_to_one_nearest_first():
    reps = [Counted(0.1, 2.9), Counted(0.5, 3.3), Counted(5.6, 8.6)]
    assert matched(PUSHES, reps, 0.5) == [(PUSHES[0], reps[0]), (PUSHES[1], reps[2])]
    assert len(matched(PUSHES, [Counted(0.0, 8.0)], 1.0)) == 1
    assert matched(PUSHES, [Counted(13.6, 13.6)], 0.5) == []
    assert matched(PUSHES, [Counted(13.6, 13.6)], 1.0) != []


@pytest.mark.parametrize(
    ("reps", "wrong"),
    [
        ([(0.0, 3.0), (5.0, 8.0), (10.0, 13.0)], {}),
        ([(0.0, 8.0), (10.0, 13.0)], {"merged": 2, "touch counted": 0, "split": 1}),
        ([(0.0, 3.0), (5.0, 8.0)], {"weak missed": 1}),
        ([(5.0, 8.0), (10.0, 13.0)], {"missed": 1}),
        ([(0.0, 1.4), (1.6, 3.0), (5.0, 8.0), (10.0, 13.0)], {"split": 1}),
        ([(0.0, 3.0), (3.5, 4.0), (5.0, 8.0), (10.0, 13.0)], {"touch counted": 1}),
        ([(0.0, 3.0), (5.0, 8.0), (10.0, 13.0), (15.0, 17.0)], {"phantom": 1}),
    ],
)
def test_mistakes_have_names(reps, wrong):
    found = mistakes(CONTACTS, [Counted(*rep) for rep in reps], 0.5)
    assert found == {what: n for what, n in wrong.items() if n}


@pytest.mark.parametrize("report", ["4Hz .01", "1Hz .01"])
@pytest.mark.parametrize("letter", ["A", "B"])
def test_the_oracle_is_right_where_the_signal_is_strong(letter, report):
    case = draw(Cell(letter, report), 3, centre=True)
    assert min(true_d_prime(case.setup)) > 30.0
    told = Oracle(case).pushes()
    assert len(told) == 15
    late = [rep.onset_s - push.onset_s for rep, push in zip(told, case.recording.reps, strict=True)]
    # A foot's weight leads its push by 0.05–0.15 s.
    assert -0.3 < min(late) <= max(late) < 0.2


def test_the_oracle_loses_pushes_where_the_noise_is_many_times_the_dip():
    case = draw(Cell("E", "1Hz .01"), 3, centre=True)
    reporting = replace(case.setup.reporting, noise_kmh=1.0)
    deaf = replace(case, setup=replace(case.setup, reporting=reporting))
    noisy = case.recording.speed_kmh + np.random.default_rng(1).normal(0.0, 1.0, len(case.recording.t_s))
    deaf = replace(deaf, recording=replace(case.recording, speed_kmh=np.maximum(noisy, 0.0)))
    assert min(true_d_prime(deaf.setup)) < 1.0
    assert len(matched(case.recording.reps, Oracle(deaf).pushes(), 0.5)) < 15


def exact(cell, baseline, sets=8):
    cases = [draw(cell, seed, centre=True) for seed in range(sets)]
    return sum(len(count(case, baseline)) == len(case.recording.reps) for case in cases) / sets


def test_baselines_do_as_badly_as_they_are_known_to():
    # 40 sets of the same archetypes with another simulator: 0.70, 0.88 and, smoothed, 0 and 0.
    assert exact(Cell("A", "1Hz .01"), THRESHOLD) == pytest.approx(0.7, abs=0.3)
    assert exact(Cell("A", "1Hz .01"), PEAKS) == pytest.approx(0.88, abs=0.3)
    assert exact(Cell("A", "1Hz .01 EMA2"), THRESHOLD) <= 0.3
    assert exact(Cell("A", "1Hz .01 EMA2"), PEAKS) <= 0.5


@pytest.mark.parametrize("name", SURPRISES)
def test_a_surprise_changes_what_is_reported(name):
    plain, odd = (draw(Cell("B", "4Hz .01", scenario), 5).recording for scenario in ("clean", name))
    assert not np.array_equal(plain.speed_kmh, odd.speed_kmh)
    assert len(odd.reps) == 15


@pytest.mark.parametrize("name", STRAYS)
def test_nobody_pushes_in_strays(name):
    recording = draw(Cell("C", "4Hz .01", name), 5).recording
    assert recording.reps == ()
    assert recording.windows[-1].duration_s == STRAYS[name].lasts_s


def test_a_set_is_played_and_told_on_the_page():
    cells = [Cell("B", "4Hz .01"), Cell(ECHO, "4Hz .01")]
    outcomes = [play(Job(cell, 3, centre=True, oracle=False)) for cell in cells]
    seen, echo = outcomes
    assert echo.refused
    assert not seen.refused
    assert seen.pushes == 15
    assert len(seen.latency_s) == seen.scores["detector"].matched
    assert sum(rate.of for _, rate in reliability([seen])) == seen.scores["detector"].counted
    tallies = {cell: Tally([outcome]) for cell, outcome in zip(cells, outcomes, strict=True)}
    text = "Before\n<!-- measured: refusals -->\nold\n<!-- end -->\nafter"
    page = filled(text, tables(tallies, {"4Hz .01": 12.0}, "One set."))
    assert page.startswith("Before\n")
    assert page.endswith("<!-- end -->\nafter")
    assert "old" not in page
    assert "| a set-point echo | 100 (21–100) |" in page


def test_the_detector_counts_what_the_benchmark_says_it_counts():
    verdict = detect(draw(Cell("B", "4Hz .01"), 3, centre=True))
    assert verdict.reps is not None
    assert all(rep.announced_s >= rep.release_s for rep in verdict.reps)
