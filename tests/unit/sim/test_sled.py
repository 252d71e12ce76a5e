"""Boxes on the simulated belt, and the truth about the force of a push."""

import random
from dataclasses import replace

import pytest

from eccentread_sim.archetypes import ARCHETYPES
from eccentread_sim.drive import STEP_S, STEPS_PER_S, Drive
from eccentread_sim.pushes import Foot, Label, plan_push
from eccentread_sim.sled import GRAVITY_MPS2, HANDS_S, LaidSled, Sled

TIED = Sled(10.0, 0.5, tied=True, stick_slip=0.0)


def test_a_tied_box_pulls_with_its_grip_and_rests_with_its_weight():
    laid = LaidSled(TIED, 1.0)
    assert laid.load(0.9, 0.0) == (0.0, 0.0)
    assert laid.load(1.0 + HANDS_S, 0.0) == pytest.approx((0.5 * 10 * GRAVITY_MPS2, 10 * GRAVITY_MPS2))


def test_a_free_box_only_rests():
    assert LaidSled(replace(TIED, tied=False), 0.0).load(5.0, 1.0) == (0.0, 10 * GRAVITY_MPS2)


def test_a_box_that_is_lifted_is_gone_after_a_moment():
    laid = LaidSled(TIED, 0.0)
    laid.lift(4.0)
    laid.lift(5.0)
    assert laid.load(4.0 + HANDS_S / 2, 0.0)[1] == pytest.approx(5 * GRAVITY_MPS2)
    assert not laid.is_off(4.0)
    assert laid.is_off(4.0 + HANDS_S)


def test_the_tension_wavers_around_its_mean_as_the_belt_goes_on():
    laid = LaidSled(replace(TIED, stick_slip=0.1), 0.0)
    tensions = [laid.load(9.0, k / 1000)[0] for k in range(700)]
    assert sum(tensions) / 700 == pytest.approx(TIED.tension_n, rel=0.001)
    assert max(tensions) == pytest.approx(1.1 * TIED.tension_n, rel=0.01)


def test_a_steady_box_sags_an_open_loop_belt_by_tension_and_friction():
    parameters = replace(ARCHETYPES["A"].centre, bias=1.0)
    belt, laid = Drive(parameters), LaidSled(TIED, 5.0)
    belt.target_mps = 0.222
    for step in range(15 * STEPS_PER_S):
        belt.step(*laid.load(step * STEP_S, belt.position_m))
    load_n = TIED.tension_n + parameters.friction_coefficient * TIED.weight_n
    assert 0.222 - belt.speed_mps == pytest.approx(load_n * parameters.sag_mps_per_n, rel=0.01)


def test_impulse_and_work_are_the_integrals_of_the_push():
    plan = plan_push(random.Random(1), Label.PUSH, 100.0, 0.6, 1.9, -0.2)
    foot, speed_mps = Foot(plan, 0.0), 0.2
    impulse, t = 0.0, 0.0
    while (load := foot.load(t, speed_mps)) is not None:
        impulse += load[0] * STEP_S
        t += STEP_S
    over = foot.contact()
    assert over.impulse_ns == pytest.approx(impulse, rel=1e-6)
    assert over.work_j == pytest.approx(impulse * speed_mps, rel=1e-6)
    assert 0 < over.impulse_ns < over.peak_force_n * (over.release_s - over.onset_s)
