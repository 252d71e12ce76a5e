"""An athlete who does something else than the exercise, on a belt that shows what its load does."""

from claims import machine
from driving import WITH_REST, Driven
from eccentread.events import SetEnded

PROTOCOL = (
    WITH_REST.replace("reps = 2", "reps = 10")
    .replace("rest_s = 5", "rest_s = 12")
    .replace("limit = 10", "limit = 5")
    .replace("pushes = 2, rides = 1", "pushes = 3, rides = 2")
)
"""Sets long enough to lapse in, and a rest long enough to answer in."""
HOME = """
description = "Open loop on a deck of usual friction"
[machine]
name = "SIM Home"
address = "F0:0D:00:00:02:08"
[drive]
archetype = "A"
compensation = 0.75
[console]
start_speed_kmh = 0.8
speed_min_kmh = 0.5
[reporting]
interval_s = 0.25
noise_kmh = 0.01
"""
MIDDLING = "push_n = 100.0"
"""Neither so weak that little shows, nor so strong that a weight does not show beside it."""
DONE = 6
"""Reps of a set before she lapses: her own rhythm and load are known by then."""
REACTS_S, STEPS_OFF_S = 0.9, 0.5
"""The longest it takes her to act on a word, and to leave the belt."""


def lapsing(lapse: str = "none", *, heeds: int = 0, more: str = "", at: str = "") -> str:
    """A machine (where no other: an inverter without a speed loop), and who trains on it."""
    athlete = f'lapse = "{lapse}"\nlapse_after = {DONE}\nheeds = {heeds}\n{more or MIDDLING}\n'
    return (at or machine()) + "[athlete]\n" + athlete


def ends(driven: Driven) -> list[tuple[int, int, str | None]]:
    """Each set: its number, its count, and why it ended early."""
    return [(one.set_index, one.count, one.reason) for one in driven.of(SetEnded)]


def on_belt_s(driven: Driven, label: str) -> list[tuple[float, float]]:
    """From when to when she really was on the belt in this way."""
    return [(one["onset_s"], one["release_s"]) for one in driven.happened("contact") if one["label"] == label]
