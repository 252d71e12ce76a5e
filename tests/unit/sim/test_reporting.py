"""What a machine says of a known belt speed, by source, smoothing, rounding and air."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest

from eccentread_sim.archetypes import ARCHETYPES
from eccentread_sim.drive import STEP_S, DriveParameters
from eccentread_sim.reporting import PULSE_TIMEOUT_S, Report, Reporter, Reporting, Source

SILENT = replace(ARCHETYPES["C"].centre, ripple_mps=0.0, noise_mps=0.0)
NOISY = replace(SILENT, noise_mps=0.004)


def reported(
    reporting: Reporting,
    speeds_mps: list[float],
    set_mps: float = 0.2,
    drive: DriveParameters = SILENT,
    seed: int = 1,
) -> list[Report]:
    """Reports of a belt that has these speeds, step by step."""
    reporter = Reporter(reporting, drive, seed)
    reports: list[Report] = []
    position_m = 0.0
    for step, speed_mps in enumerate(speeds_mps, start=1):
        position_m += speed_mps * STEP_S
        reports += reporter.sample(step * STEP_S, position_m, speed_mps, set_mps)
    return reports


def constant(kmh: float, lasts_s: float) -> list[float]:
    return [kmh / 3.6] * round(lasts_s / STEP_S)


@pytest.mark.parametrize("interval_s", [0.1, 0.25, 1.0, 2.0])
def test_reports_come_at_the_machines_interval(interval_s: float) -> None:
    reports = reported(Reporting(interval_s=interval_s), constant(0.8, 60.0))
    assert len(reports) == pytest.approx(60.0 / interval_s, abs=1)
    steps = [b.t_s - a.t_s for a, b in pairwise(reports)]
    assert steps == pytest.approx([interval_s] * len(steps), abs=2 * STEP_S)


@pytest.mark.parametrize(
    ("quantum_kmh", "speed_kmh", "centi"),
    [
        (0.01, 0.804, 80),
        (0.01, 0.806, 81),
        (0.1, 0.84, 80),
        (0.1, 0.86, 90),
        (0.161, 0.8, 80),
        (0.161, 0.9, 97),
    ],
)
def test_a_speed_is_rounded_to_the_quantum(quantum_kmh: float, speed_kmh: float, centi: int) -> None:
    reports = reported(Reporting(quantum_kmh=quantum_kmh), constant(speed_kmh, 5.0))
    assert {report.speed_centi_kmh for report in reports[1:]} == {centi}


def test_a_box_reports_the_mean_over_the_interval_and_an_instant_does_not() -> None:
    # 1.0 and 0.6 km/h in turn, 0.5 s each: any whole second averages 0.8.
    speeds = [(1.0 if (step // 50) % 2 else 0.6) / 3.6 for step in range(3000)]
    boxed = reported(Reporting(boxed=True), speeds)
    assert {report.speed_centi_kmh for report in boxed[1:]} == {80}
    instant = reported(Reporting(boxed=False), speeds)
    assert {report.speed_centi_kmh for report in instant} <= {60, 100}


@pytest.mark.parametrize("smoothing_s", [1.0, 2.0, 4.0])
def test_smoothing_reaches_63_percent_of_a_step_after_its_time_constant(smoothing_s: float) -> None:
    reports = reported(Reporting(interval_s=0.05, smoothing_s=smoothing_s), constant(1.0, 5.0))
    then = min(reports, key=lambda report: abs(report.t_s - smoothing_s))
    assert then.speed_centi_kmh / 100.0 == pytest.approx(1.0 - math.exp(-1.0), abs=0.03)


def test_a_set_point_shows_nothing_of_the_belt() -> None:
    dipping = constant(0.8, 5.0) + constant(0.2, 3.0) + constant(0.8, 5.0)
    reports = reported(Reporting(source=Source.SET_POINT), dipping, set_mps=0.8 / 3.6, drive=NOISY)
    assert {report.speed_centi_kmh for report in reports} == {80}


@pytest.mark.parametrize(("speed_kmh", "shown"), [(0.77, 80), (0.83, 80), (0.70, 70), (0.90, 90)])
def test_a_snapping_console_shows_the_set_point_near_it_and_the_truth_away_from_it(
    speed_kmh: float, shown: int
) -> None:
    reporting = Reporting(source=Source.SNAPPED, snap_within=0.05)
    reports = reported(reporting, constant(speed_kmh, 5.0), set_mps=0.8 / 3.6)
    assert {report.speed_centi_kmh for report in reports[1:]} == {shown}


def test_pulses_give_the_mean_speed_of_the_last_revolution_and_nothing_once_they_stop() -> None:
    reporting = Reporting(source=Source.PULSES, pulse_length_m=0.25, interval_s=0.5)
    reports = reported(reporting, constant(0.8, 10.0) + constant(0.0, 10.0))
    # 0.25 m at 0.8 km/h is 1.125 s a pulse: nothing known before the second pulse.
    assert {report.speed_centi_kmh for report in reports if 2.4 < report.t_s < 9.0} == {80}
    assert {report.speed_centi_kmh for report in reports if report.t_s < 2.2} == {0}
    assert reports[-1].speed_centi_kmh == 0
    assert [r.t_s for r in reports if r.speed_centi_kmh][-1] < 10.0 + PULSE_TIMEOUT_S


def test_a_standing_belt_reads_zero_without_noise() -> None:
    reporting = Reporting(noise_kmh=0.05, interval_s=0.1)
    reports = reported(reporting, constant(0.0, 20.0), drive=NOISY)
    assert {report.speed_centi_kmh for report in reports} == {0}


def spread_kmh(reporting: Reporting, drive: DriveParameters) -> float:
    speeds = [
        report.speed_centi_kmh / 100.0 for report in reported(reporting, constant(0.8, 400.0), drive=drive)
    ]
    mean = sum(speeds) / len(speeds)
    assert mean == pytest.approx(0.8, abs=0.005)
    return math.sqrt(sum((speed - mean) ** 2 for speed in speeds) / len(speeds))


def test_noise_is_that_of_the_sensor_and_a_box_averages_it_out() -> None:
    loud = replace(SILENT, noise_mps=0.02)
    assert spread_kmh(Reporting(interval_s=0.2, boxed=False), loud) == pytest.approx(0.072, rel=0.1)
    assert spread_kmh(Reporting(interval_s=0.2), loud) == pytest.approx(0.072 / math.sqrt(20), rel=0.15)
    console = Reporting(interval_s=0.2, noise_kmh=0.05)
    assert spread_kmh(console, SILENT) == pytest.approx(0.05, rel=0.1)


def test_ripple_has_its_amplitude_at_the_instant_and_vanishes_over_a_whole_revolution() -> None:
    rippling = replace(SILENT, ripple_mps=0.02, ripple_length_m=0.2)
    assert spread_kmh(Reporting(interval_s=0.23, boxed=False), rippling) == pytest.approx(
        0.072 / math.sqrt(2), rel=0.1
    )
    # 0.2 m at 0.8 km/h is 0.9 s: a box of one revolution sees none of it.
    assert spread_kmh(Reporting(interval_s=0.9), rippling) < 0.005


def test_jitter_delays_reports_within_its_bounds_and_never_reorders_them() -> None:
    plain = reported(Reporting(interval_s=0.1), constant(0.8, 60.0))
    late = reported(Reporting(interval_s=0.1, jitter_s=0.15, latency_s=0.2), constant(0.8, 60.0))
    delays = [b.t_s - a.t_s for a, b in zip(plain, late, strict=True)]
    assert min(delays) >= 0.2 - STEP_S
    assert max(delays) <= 0.2 + 0.3 + STEP_S
    assert max(delays) - min(delays) > 0.2
    assert all(b.t_s > a.t_s for a, b in pairwise(late))


def test_dropped_and_duplicated_reports_are_as_many_as_asked() -> None:
    reporting = Reporting(interval_s=0.1)
    dropped = reported(replace(reporting, drop_rate=0.1), constant(0.8, 300.0))
    assert len(dropped) == pytest.approx(2700, rel=0.03)
    doubled = reported(replace(reporting, duplicate_rate=0.1), constant(0.8, 300.0))
    assert len(doubled) == pytest.approx(3300, rel=0.03)


def test_a_burst_holds_reports_back_and_lets_them_out_together() -> None:
    reporting = Reporting(interval_s=0.1, burst_rate=0.005, burst_s=1.0)
    reports = reported(reporting, constant(0.8, 100.0))
    gaps = [b.t_s - a.t_s for a, b in pairwise(reports)]
    assert max(gaps) > 0.9
    assert sum(gap < 0.005 for gap in gaps) >= 8
    assert min(gaps) > 0.0


def test_equal_seeds_report_equally_and_others_differently() -> None:
    reporting = Reporting(interval_s=0.25, noise_kmh=0.02, jitter_s=0.05, drop_rate=0.02)
    speeds = constant(0.8, 30.0)
    assert reported(reporting, speeds, seed=1) == reported(reporting, speeds, seed=1)
    assert reported(reporting, speeds, seed=1) != reported(reporting, speeds, seed=2)


def test_intervals_are_drawn_from_those_given_and_come_in_their_proportions() -> None:
    reports = reported(Reporting(intervals_s=(0.2, 0.2, 0.2, 0.4)), constant(0.8, 500.0))
    gaps = [b.t_s - a.t_s for a, b in pairwise(reports)]
    short = sum(gap == pytest.approx(0.2, abs=2 * STEP_S) for gap in gaps)
    long = sum(gap == pytest.approx(0.4, abs=2 * STEP_S) for gap in gaps)
    assert short + long == len(gaps)
    assert short / len(gaps) == pytest.approx(0.75, abs=0.03)
    assert reports[-1].t_s == pytest.approx(500.0, abs=0.5)


@pytest.mark.parametrize(
    ("quantum_kmh", "speed_kmh", "centi"),
    [
        (0.1, 2.56, 250),
        (0.1, 2.5, 250),
        (0.01, 0.799999999, 80),
        # 1.0, 1.3 and 1.4 mph as a UREVO E1L shows them.
        (0.1609344, 1.609344, 160),
        (0.1609344, 1.3 * 1.609344, 209),
        (0.1609344, 1.4 * 1.609344, 225),
        (0.1609344, 2.2, 209),
    ],
)
def test_some_machines_cut_where_others_round(quantum_kmh: float, speed_kmh: float, centi: int) -> None:
    reporting = Reporting(source=Source.SET_POINT, quantum_kmh=quantum_kmh, truncates=True)
    reports = reported(reporting, constant(1.0, 3.0), set_mps=speed_kmh / 3.6)
    assert {report.speed_centi_kmh for report in reports} == {centi}


def test_zeros_come_in_between_as_often_as_asked_and_leave_the_rest_as_it_is() -> None:
    plain = reported(Reporting(interval_s=0.1), constant(0.8, 300.0), drive=NOISY)
    holed = reported(Reporting(interval_s=0.1, zero_rate=0.02), constant(0.8, 300.0), drive=NOISY)
    zeros = [report for report in holed if report.speed_centi_kmh == 0]
    assert len(zeros) == pytest.approx(60, rel=0.3)
    assert [(a, b) for a, b in zip(plain, holed, strict=True) if a != b and b.speed_centi_kmh] == []


def test_a_machine_that_reports_changes_only_says_each_speed_once() -> None:
    speeds = constant(0.0, 5.0) + constant(0.8, 5.0) + constant(1.2, 5.0)
    reports = reported(Reporting(interval_s=0.1, boxed=False, only_changes=True), speeds)
    assert [report.speed_centi_kmh for report in reports] == [0, 80, 120]


def test_a_median_passes_over_a_short_dip_and_shows_a_long_one_late() -> None:
    short = constant(0.8, 5.0) + constant(0.4, 1.0) + constant(0.8, 5.0)
    long = constant(0.8, 5.0) + constant(0.4, 3.0) + constant(0.8, 5.0)
    of_three = Reporting(boxed=False, median_of=3)
    assert {report.speed_centi_kmh for report in reported(of_three, short)} == {80}
    plain = [r.speed_centi_kmh for r in reported(Reporting(boxed=False), long)]
    late = [r.speed_centi_kmh for r in reported(of_three, long)]
    assert late[1:] == plain[:-1]


def test_a_dead_band_shows_only_what_differs_enough() -> None:
    speeds = constant(0.80, 3.0) + constant(0.83, 3.0) + constant(0.86, 3.0) + constant(0.83, 3.0)
    shown = [r.speed_centi_kmh for r in reported(Reporting(boxed=False, dead_band_kmh=0.05), speeds)]
    assert shown == [80] * 6 + [86] * 6


def test_a_report_says_when_it_was_taken() -> None:
    late = reported(Reporting(latency_s=0.3, jitter_s=0.1), constant(0.8, 20.0))
    for report in late:
        assert report.measured_s + 0.3 <= report.t_s <= report.measured_s + 0.5 + STEP_S
    assert [b.measured_s - a.measured_s for a, b in pairwise(late)] == pytest.approx([1.0] * (len(late) - 1))
