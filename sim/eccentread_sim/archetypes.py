"""Kinds of treadmill drive: centre values, and the ranges that real machines spread over.

The numbers are engineering estimates; real machines may lie a factor 2–3 to either side. A set-point echo is
not a kind of drive but of reporting: any drive can be behind it.
"""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from eccentread_sim.drive import STEP_S, DriveParameters

GAIN_MARGIN = 1.25
"""A drawn speed loop keeps at least this gain margin: one that hunts on an empty belt would be sent back."""


@dataclass(frozen=True, slots=True)
class Archetype:
    """A kind of drive: `centre` and, per field of it, the lowest and highest value on real machines."""

    title: str
    centre: DriveParameters
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])

    def draw(self, rng: random.Random) -> DriveParameters:
        """One machine of this kind: each ranged field uniform in its logarithm, the speed loop stable."""
        while True:
            drawn = {name: _log_uniform(rng, *bounds) for name, bounds in self.ranges.items()}
            parameters = replace(self.centre, **drawn)
            if gain_margin(parameters) >= GAIN_MARGIN:
                return parameters


def gain_margin(parameters: DriveParameters) -> float:
    """How much more gain the speed loop would bear before it oscillates; infinite without a loop.

    Read off the loop's frequency response, (kp + ki/s)·exp(−s·Td) into the compensated motor and belt mass,
    where its phase first crosses −180°.
    """
    p = parameters
    if p.proportional == 0.0 and p.integral_per_s == 0.0:
        return math.inf
    s = 1j * np.geomspace(0.1, 0.9 * math.pi / STEP_S, 400)
    compensated = 1 - p.compensation / (1 + s * p.compensation_lag_s)
    plant = p.slip_n_per_mps / (s * p.mass_kg * compensated + p.slip_n_per_mps)
    # The belt answers a step late: the loop acts on the speed at the step's start.
    loop = (p.proportional + p.integral_per_s / s) * np.exp(-s * (p.loop_delay_s + STEP_S)) * plant
    beyond = np.flatnonzero(np.unwrap(np.angle(loop)) <= -math.pi)
    return math.inf if beyond.size == 0 else float(1 / np.abs(loop[beyond[0] :]).max())


def _log_uniform(rng: random.Random, low: float, high: float) -> float:
    return math.exp(rng.uniform(math.log(low), math.log(high)))


ARCHETYPES: Mapping[str, Archetype] = {
    "A": Archetype(
        "budget DC motor, open loop with IR compensation",
        DriveParameters(
            mass_kg=35,
            slip_n_per_mps=360,
            friction_n=25,
            friction_coefficient=0.20,
            force_max_n=360,
            compensation=0.85,
            compensation_lag_s=0.03,
            ripple_mps=0.006,
            noise_mps=0.004,
        ),
        {
            "mass_kg": (20, 60),
            "slip_n_per_mps": (250, 600),
            "compensation": (0.5, 0.97),
            "friction_coefficient": (0.1, 0.4),
            "force_max_n": (250, 500),
            "bias": (0.90, 1.03),
            "ramp_mps2": (0.05, 0.15),
        },
    ),
    "B": Archetype(
        "home DC motor, speed loop on a tachometer",
        DriveParameters(
            mass_kg=60,
            slip_n_per_mps=465,
            friction_n=25,
            friction_coefficient=0.15,
            force_max_n=430,
            proportional=0.6,
            integral_per_s=1.5,
            loop_delay_s=0.25,
            ripple_mps=0.004,
            noise_mps=0.003,
        ),
        {
            "mass_kg": (40, 100),
            "slip_n_per_mps": (350, 700),
            "proportional": (0.2, 1.0),
            "integral_per_s": (0.3, 3.0),
            "loop_delay_s": (0.1, 0.6),
            "friction_coefficient": (0.12, 0.25),
            "bias": (0.97, 1.03),
        },
    ),
    "C": Archetype(
        "commercial AC motor on an inverter with slip compensation",
        DriveParameters(
            mass_kg=60,
            slip_n_per_mps=1500,
            friction_n=35,
            friction_coefficient=0.12,
            force_max_n=900,
            compensation=0.6,
            compensation_lag_s=0.1,
            proportional=0.3,
            integral_per_s=0.5,
            loop_delay_s=0.2,
            ripple_mps=0.003,
            noise_mps=0.003,
            ramp_mps2=0.15,
        ),
        {
            "mass_kg": (30, 110),
            "slip_n_per_mps": (800, 3000),
            "compensation": (0.1, 0.9),
            "integral_per_s": (0.05, 2.0),
            "friction_coefficient": (0.06, 0.2),
            "bias": (0.98, 1.02),
            "ramp_mps2": (0.1, 0.25),
        },
    ),
    "D": Archetype(
        "walking pad, brushless motor with a fast speed loop",
        DriveParameters(
            mass_kg=12,
            slip_n_per_mps=650,
            friction_n=18,
            friction_coefficient=0.18,
            force_max_n=260,
            proportional=0.8,
            integral_per_s=4,
            loop_delay_s=0.06,
            ripple_mps=0.006,
            noise_mps=0.004,
            ramp_mps2=0.2,
        ),
        {
            "mass_kg": (8, 20),
            "slip_n_per_mps": (300, 1000),
            "integral_per_s": (1, 8),
            "friction_coefficient": (0.12, 0.25),
            "force_max_n": (150, 350),
            "bias": (0.97, 1.03),
            "ramp_mps2": (0.1, 0.3),
        },
    ),
    "E": Archetype(
        "research servo",
        DriveParameters(
            mass_kg=100,
            slip_n_per_mps=1500,
            friction_n=30,
            friction_coefficient=0.10,
            force_max_n=2500,
            proportional=0.4,
            integral_per_s=8,
            loop_delay_s=0.01,
            can_brake=True,
            ripple_mps=0.002,
            noise_mps=0.004,
            ramp_mps2=0.29,
        ),
        {
            "mass_kg": (60, 200),
            "slip_n_per_mps": (1000, 4000),
            "integral_per_s": (5, 30),
            "friction_coefficient": (0.06, 0.12),
            "bias": (0.995, 1.015),
        },
    ),
}
"""By letter. Deck friction spreads over what is measured on lubricated to typical home decks."""
