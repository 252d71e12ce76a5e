"""A simulated treadmill: a real GATT server on a virtual Bluetooth link, with an athlete on its belt.

The names below are all that others use. They are imported when they are first asked for, so that a program
which may simulate starts as fast as one that does not.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eccentread_sim.clock import run
    from eccentread_sim.personality import PersonalityError
    from eccentread_sim.simulator import Simulator, personalities

__all__ = ["PersonalityError", "Simulator", "personalities", "run"]

_HOMES = {
    "PersonalityError": "personality",
    "Simulator": "simulator",
    "personalities": "simulator",
    "run": "clock",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
