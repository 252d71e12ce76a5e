"""A simulated treadmill: a real GATT server on a virtual Bluetooth link, with an athlete on its belt.

The names below are all that others use. They are imported when they are first asked for, so that a program
which may simulate starts as fast as one that does not.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eccentread_sim.attached import Attached, attach
    from eccentread_sim.clock import run
    from eccentread_sim.companion import Companion
    from eccentread_sim.on_air import OnAir
    from eccentread_sim.personality import PersonalityError
    from eccentread_sim.simulator import Simulator, personalities
    from eccentread_sim.transports import TransportError
    from eccentread_sim.truth import lines_to

__all__ = [
    "Attached",
    "Companion",
    "OnAir",
    "PersonalityError",
    "Simulator",
    "TransportError",
    "attach",
    "lines_to",
    "personalities",
    "run",
]

_HOMES = {
    "Attached": "attached",
    "Companion": "companion",
    "OnAir": "on_air",
    "PersonalityError": "personality",
    "Simulator": "simulator",
    "TransportError": "transports",
    "attach": "attached",
    "lines_to": "truth",
    "personalities": "simulator",
    "run": "clock",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
