"""What a machine knows at one moment, as the numbers of a Treadmill Data record.

A number stays at the largest that its octets hold: a machine that runs all night does not count on from 0.
"""

import math
from collections.abc import Iterable

from eccentread_sim.console import Console
from eccentread_sim.drive import STEP_S
from eccentread_sim.offer import Field
from eccentread_sim.records import TreadmillRecord

_ONE_OCTET = frozenset(
    {"pace", "average_pace", "energy_per_minute_kcal", "heart_rate_bpm", "met_deci"},
)
_THREE_OCTETS = frozenset({"distance_m", "steps"})
_SIGNED = frozenset({"force_on_belt_n", "power_w", "inclination_deci_pct", "ramp_angle_deci_deg"})


def record_now(
    fields: Iterable[Field],
    speed_centi_kmh: int,
    console: Console,
    *,
    push_n: float,
    belt_mps: float,
    steps: int,
    incline_pct: float,
) -> TreadmillRecord:
    """A record with the speed of a report and these fields.

    `push_n` is what holds the belt back, `belt_mps` its true speed, `steps` how often a foot was on it,
    `incline_pct` how the deck is tilted.
    """
    dial = console.dial
    elapsed_s = max(console.elapsed_s, STEP_S)
    average_mps = console.distance_m / elapsed_s
    kcal_per_s = console.energy_kcal / elapsed_s
    numbers: dict[Field, dict[str, int]] = {
        Field.AVERAGE_SPEED: {"average_speed_centi_kmh": dial.reported(round(360.0 * average_mps))},
        Field.DISTANCE: {"distance_m": dial.counted(console.distance_m)},
        Field.INCLINATION: {
            "inclination_deci_pct": round(10.0 * incline_pct),
            "ramp_angle_deci_deg": round(10.0 * math.degrees(math.atan(incline_pct / 100.0))),
        },
        Field.ELEVATION: {"elevation_gain_deci_m": 0, "elevation_loss_deci_m": 0},
        Field.PACE: {"pace": round(speed_centi_kmh / 600.0)},
        Field.AVERAGE_PACE: {"average_pace": round(0.6 * average_mps)},
        Field.ENERGY: {
            "energy_kcal": int(console.energy_kcal),
            "energy_per_hour_kcal": round(3600.0 * kcal_per_s),
            "energy_per_minute_kcal": round(60.0 * kcal_per_s),
        },
        Field.HEART_RATE: {"heart_rate_bpm": 0},
        Field.MET: {"met_deci": round(10.0 + speed_centi_kmh / 10.0)},
        Field.ELAPSED: {"elapsed_s": int(console.elapsed_s)},
        Field.REMAINING: {"remaining_s": 0},
        # The wire's sign: negative where the user slows the belt.
        Field.FORCE: {"force_on_belt_n": round(-push_n), "power_w": round(-push_n * belt_mps)},
        Field.STEPS: {"steps": steps},
    }
    present = {name: _fitting(name, number) for field in fields for name, number in numbers[field].items()}
    return TreadmillRecord(_fitting("speed", dial.reported(speed_centi_kmh)), **present)


def _fitting(name: str, number: int) -> int:
    if name in _SIGNED:
        return min(max(number, -0x7FFF), 0x7FFE)
    if name in _ONE_OCTET:
        return min(number, 0xFF)
    return min(number, 0xFFFFFF if name in _THREE_OCTETS else 0xFFFF)
