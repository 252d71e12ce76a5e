"""Which speed a machine can hold for a protocol: its range and its grid against the prescription.

Sources outweigh one another: what a profile knows of the model, then what the machine says of itself.
"""

from dataclasses import dataclass

from eccentread.ftms import SpeedRange
from eccentread.session.profile import Profile
from eccentread.units import kmh_from_centi

USUAL_STEP_CENTI_KMH = 10
"""The grid of nearly all machines, 0.1 km/h: half of it is what a lock may be off without a question."""
LEAST_PART = 0.5
"""A speed below this part of the prescribed one is no substitute for it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The lock to take; `text` says why it is another than prescribed, or why there is none."""

    lock_centi_kmh: int | None
    text: str = ""


def choose_lock(wanted: int, fastest: int, offered: SpeedRange | None, profile: Profile) -> Choice:
    """The lock `wanted` where the machine has it, else the nearest that is lower or not above `fastest`.

    Speeds are hundredths of a km/h.
    """
    grid = _grid(offered, profile)
    if grid is None:
        return Choice(wanted)
    low, high, step = grid
    near = sorted({_at(low, high, step, wanted), _at(low, high, step, wanted - step)} | {low})
    best = min(near, key=lambda speed: (abs(speed - wanted), speed))
    if low <= wanted <= high and 2 * abs(best - wanted) <= USUAL_STEP_CENTI_KMH:
        return Choice(wanted)
    has = f"This treadmill runs at {_kmh(low)}–{_kmh(high)} km/h in steps of {_kmh(step)}"
    usable = [speed for speed in near if LEAST_PART * wanted <= speed <= fastest]
    if not usable:
        text = (
            f"{has}; the protocol needs {_kmh(wanted)} km/h. "
            "Whoever treats you may allow a faster one (speed_max_kmh in the protocol file)."
        )
        return Choice(None, text)
    chosen = min(usable, key=lambda speed: (abs(speed - wanted), speed))
    return Choice(chosen, f"{has}, not at {_kmh(wanted)}. Train at {_kmh(chosen)} km/h instead?")


def lowest_centi_kmh(offered: SpeedRange | None, profile: Profile) -> int | None:
    """The slowest speed the machine can be asked for, where that is known."""
    return profile.min_centi_kmh or (offered.min_centi_kmh if offered else None) or None


def _grid(offered: SpeedRange | None, profile: Profile) -> tuple[int, int, int] | None:
    """Lowest, highest, step."""
    low = profile.min_centi_kmh
    high = profile.max_centi_kmh
    step = profile.step_centi_kmh
    if offered is not None:
        low = offered.min_centi_kmh if low is None else low
        high = offered.max_centi_kmh if high is None else high
        step = offered.increment_centi_kmh if step is None else step
    if low is None:
        return None
    return low, 10**4 if high is None else high, step or USUAL_STEP_CENTI_KMH


def _at(low: int, high: int, step: int, wanted: int) -> int:
    """The first speed of the grid at or above `wanted`, within the range."""
    steps = max(0, -((low - wanted) // step))
    return min(low + steps * step, high)


def _kmh(centi: int) -> str:
    return f"{kmh_from_centi(centi):g}"
