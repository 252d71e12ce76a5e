"""A foot, or two, that has been on the belt for some time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Held:
    """A contact that is under way."""

    onset_s: float
    level_kmh: float
    """Where the belt's speed lies while it lasts, once the drive has taken back what it does."""
    rise_kmh: float
    """By how much the reported speed would rise in the shortest usual gap, were the belt free."""
    relative_load: float
    """Its load over that of the cued pushes."""
    probability: float
    """That it is under way, and began when it says; 0.5–1."""
