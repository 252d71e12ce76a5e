"""The belt obeys its closed forms: sag, area, rest, saturation, and what an empty belt runs at."""

import random
from dataclasses import replace
from itertools import pairwise

import pytest

from eccentread_sim.archetypes import ARCHETYPES, GAIN_MARGIN, gain_margin
from eccentread_sim.drive import STEP_S, Drive, DriveParameters

SPEED_MPS = 0.8 / 3.6
LETTERS = sorted(ARCHETYPES)


def running(parameters: DriveParameters, speed_mps: float = SPEED_MPS) -> Drive:
    """A drive that has run long enough to forget its start."""
    drive = Drive(parameters)
    drive.target_mps = speed_mps
    run(drive, 40.0)
    return drive


def run(drive: Drive, lasts_s: float, push_n: float = 0.0, vertical_n: float = 0.0) -> list[float]:
    """True speeds, one a step."""
    return [drive.step(push_n, vertical_n) for _ in range(round(lasts_s / STEP_S))]


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("bias", [0.95, 1.0, 1.02])
def test_an_empty_belt_runs_at_set_speed_times_bias(letter: str, bias: float) -> None:
    drive = running(replace(ARCHETYPES[letter].centre, bias=bias))
    assert drive.speed_mps == pytest.approx(SPEED_MPS * bias, abs=1e-4)


@pytest.mark.parametrize(
    ("compensation", "push_n", "vertical_n"),
    [(0.0, 40.0, 0.0), (0.85, 100.0, 200.0), (0.85, 0.0, 300.0), (0.5, 60.0, 150.0), (0.3, -15.0, 0.0)],
)
def test_without_integrator_a_load_sags_the_belt_by_its_closed_form(
    compensation: float, push_n: float, vertical_n: float
) -> None:
    parameters = replace(ARCHETYPES["A"].centre, compensation=compensation)
    drive = running(parameters)
    speed_mps = run(drive, 10.0, push_n, vertical_n)[-1]
    load_n = push_n + parameters.friction_coefficient * vertical_n
    sag_mps = (1 - compensation) * load_n / parameters.slip_n_per_mps
    assert SPEED_MPS - speed_mps == pytest.approx(sag_mps, abs=1e-4)


@pytest.mark.parametrize("letter", ["B", "C", "D", "E"])
def test_with_an_integrator_the_sag_dies_out_and_its_area_is_the_closed_form(letter: str) -> None:
    parameters = ARCHETYPES[letter].centre
    drive = running(parameters)
    push_n, vertical_n = 20.0, 100.0
    load_n = push_n + parameters.friction_coefficient * vertical_n
    area_m = (1 - parameters.compensation) * load_n / (parameters.slip_n_per_mps * parameters.integral_per_s)

    loaded = run(drive, 60.0, push_n, vertical_n)
    assert loaded[-1] == pytest.approx(SPEED_MPS, abs=1e-4)
    assert sum(SPEED_MPS - v for v in loaded) * STEP_S == pytest.approx(area_m, rel=0.01)

    released = run(drive, 60.0)
    assert sum(v - SPEED_MPS for v in released) * STEP_S == pytest.approx(area_m, rel=0.01)


@pytest.mark.parametrize(
    ("letter", "peak_kmh"), [("A", 0.29), ("B", 0.78), ("C", 0.15), ("D", 0.32), ("E", 0.10)]
)
def test_a_push_of_100_n_dips_each_archetype_as_deep_as_its_kind(letter: str, peak_kmh: float) -> None:
    drive = running(ARCHETYPES[letter].centre)
    lowest = SPEED_MPS
    for step in range(290):
        weight = min(1.0, step / 20)
        shear = min(1.0, max(0.0, (step - 10) / 40))
        lowest = min(lowest, drive.step(100.0 * shear, 200.0 * weight))
    assert 3.6 * (SPEED_MPS - lowest) == pytest.approx(peak_kmh, rel=0.3)


@pytest.mark.parametrize("letter", LETTERS)
def test_a_belt_that_is_held_stands_still_and_never_runs_backward(letter: str) -> None:
    drive = running(ARCHETYPES[letter].centre)
    speeds = run(drive, 3.0, push_n=5000.0)
    assert min(speeds) == 0.0
    assert speeds[-1] == 0.0


def test_a_stalled_speed_loop_does_not_wind_up_beyond_its_force_limit() -> None:
    parameters = ARCHETYPES["D"].centre
    drive = running(parameters)
    run(drive, 10.0, push_n=400.0)
    after = run(drive, 5.0)
    # It surges by the slip that its full force made, not by ten seconds of integrated error.
    assert max(after) - SPEED_MPS < parameters.force_max_n / parameters.slip_n_per_mps


@pytest.mark.parametrize("push_n", [-40.0, -60.0])
def test_a_push_with_the_belt_moves_a_resting_one_only_beyond_friction(push_n: float) -> None:
    parameters = replace(ARCHETYPES["A"].centre, friction_n=50.0)
    assert (run(Drive(parameters), 0.5, push_n)[-1] > 0.0) is (-push_n > 50.0)


@pytest.mark.parametrize("letter", LETTERS)
def test_a_stopped_belt_comes_to_rest_and_stays(letter: str) -> None:
    drive = running(ARCHETYPES[letter].centre)
    drive.target_mps = 0.0
    run(drive, SPEED_MPS / drive.parameters.stop_ramp_mps2 + 1.0)
    assert drive.speed_mps == 0.0
    assert set(run(drive, 5.0)) == {0.0}


def test_the_set_speed_slews_at_the_ramp() -> None:
    drive = Drive(replace(ARCHETYPES["E"].centre, ramp_mps2=0.1, stop_ramp_mps2=0.2))
    drive.target_mps = 0.2
    run(drive, 1.0)
    assert drive.set_mps == pytest.approx(0.1)
    run(drive, 5.0)
    assert drive.set_mps == pytest.approx(0.2)
    drive.target_mps = 0.0
    run(drive, 0.5)
    assert drive.set_mps == pytest.approx(0.1)


def test_without_power_the_belt_coasts_to_rest_by_friction_alone() -> None:
    parameters = ARCHETYPES["C"].centre
    drive = running(parameters)
    drive.cut_power()
    first = drive.step(0.0, 0.0)
    assert SPEED_MPS - first == pytest.approx(parameters.friction_n / parameters.mass_kg * STEP_S, rel=0.01)
    assert run(drive, 1.0)[-1] == 0.0


def test_only_a_drive_that_can_brake_slows_faster_than_friction() -> None:
    for can_brake in (False, True):
        parameters = replace(ARCHETYPES["E"].centre, can_brake=can_brake, ramp_mps2=10.0)
        drive = running(parameters, speed_mps=2.0)
        drive.target_mps = 0.1
        speeds = run(drive, 0.5)
        slowest_mps2 = max(a - b for a, b in pairwise(speeds)) / STEP_S
        assert (slowest_mps2 > 1.01 * parameters.friction_n / parameters.mass_kg) is can_brake


def test_the_position_is_the_integral_of_the_speed() -> None:
    drive = running(ARCHETYPES["B"].centre)
    before_m = drive.position_m
    speeds = run(drive, 5.0, push_n=50.0)
    assert drive.position_m - before_m == pytest.approx(sum(speeds) * STEP_S, abs=0.005)


@pytest.mark.parametrize("letter", LETTERS)
def test_drawn_drives_lie_in_their_ranges_and_hold_an_empty_belt_steady(letter: str) -> None:
    archetype = ARCHETYPES[letter]
    for seed in range(10):
        parameters = archetype.draw(random.Random(seed))
        for name, (low, high) in archetype.ranges.items():
            assert low <= getattr(parameters, name) <= high
        tail = run(running(parameters), 5.0)
        assert max(tail) - min(tail) < 0.005


@pytest.mark.parametrize("letter", LETTERS)
def test_the_centre_of_an_archetype_lies_in_its_ranges(letter: str) -> None:
    archetype = ARCHETYPES[letter]
    for name, (low, high) in archetype.ranges.items():
        assert low <= getattr(archetype.centre, name) <= high


def test_a_speed_loop_beyond_its_gain_margin_hunts() -> None:
    centre = ARCHETYPES["B"].centre
    margin = gain_margin(centre)
    assert margin > GAIN_MARGIN

    def swing(gain: float) -> float:
        louder = replace(
            centre, proportional=gain * centre.proportional, integral_per_s=gain * centre.integral_per_s
        )
        tail = run(running(louder), 5.0)
        return max(tail) - min(tail)

    assert swing(0.9 * margin) < 0.005
    assert swing(1.15 * margin) > 0.05


def test_a_seam_drags_once_a_lap() -> None:
    drive = running(replace(ARCHETYPES["A"].centre, seam_n=30.0, belt_length_m=2.5))
    dips_m: list[float] = []
    before = drive.speed_mps
    for _ in range(6000):
        speed = drive.step(0.0, 0.0)
        if before >= SPEED_MPS - 0.02 > speed:
            dips_m.append(drive.position_m)
        before = speed
    assert [b - a for a, b in pairwise(dips_m)] == pytest.approx([2.5] * (len(dips_m) - 1), abs=0.01)
    assert len(dips_m) >= 4


def test_a_belt_that_slips_stops_under_a_foot_and_the_roller_does_not() -> None:
    parameters = replace(ARCHETYPES["A"].centre, grip_n=60.0)
    drive = running(parameters)
    run(drive, 2.0, push_n=100.0)
    assert drive.speed_mps == 0.0
    held = running(replace(parameters, grip_n=0.0))
    run(held, 2.0, push_n=60.0 - parameters.friction_n)
    assert drive.roller_mps == pytest.approx(held.speed_mps, abs=1e-4)
    run(drive, 2.0)
    assert drive.speed_mps == pytest.approx(SPEED_MPS, abs=1e-3)
    assert drive.roller_m > drive.position_m + 0.2


def test_a_belt_that_does_not_slip_is_where_its_roller_is() -> None:
    drive = running(ARCHETYPES["B"].centre)
    run(drive, 3.0, push_n=80.0, vertical_n=200.0)
    assert (drive.roller_m, drive.roller_mps) == (drive.position_m, drive.speed_mps)
