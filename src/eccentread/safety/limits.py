"""How fast the belt may be asked to go, and how long its reports may be silent (invariants S1, S4, S5).

Speeds are integer hundredths of a km/h, as on the wire: no comparison here rests on a float.
"""

from dataclasses import dataclass

CEILING_CENTI_KMH = 120
"""No file can raise this: 1.2 km/h, above which a person facing backward is to be stopped."""

OVER_SPEED_MARGIN_CENTI_KMH = 40
"""How far above the lock a report may lie before it counts as over-speed: a release may surge a little."""

LOCK_TOLERANCE_CENTI_KMH = 12
"""How far from the lock a report may lie and still confirm it: drives run −10 % … +3 % off their set-point,
while an mph mix-up shows 0.50 or 1.29 km/h for 0.80."""

SUSPECT_AGE_S = 1.5
SUSPECT_INTERVALS = 3
"""Reports older than this, or than this many learned intervals if longer, admit no motion."""

FAULT_AGE_S = 2.3
FAULT_INTERVALS = 3.9
"""Silence longer than this, or than this many learned intervals if longer, is a fault. Time passes in ticks
of 0.2 s: the belt is stopped within 2.5 s, or within four intervals of the slowest machine."""

ARM_LASTS_S = 120.0
"""A permission not used within this time is void."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one session.

    Raises:
        ValueError: the lock is not above 0 or above `CEILING_CENTI_KMH`.
    """

    lock_centi_kmh: int
    """The protocol's speed, hundredths of a km/h: the fastest that is ever commanded."""

    def __post_init__(self) -> None:
        if not 0 < self.lock_centi_kmh <= CEILING_CENTI_KMH:
            raise ValueError(
                f"a lock of {self.lock_centi_kmh} centi km/h is not within 1–{CEILING_CENTI_KMH}"
            )

    @property
    def over_speed_centi_kmh(self) -> int:
        """Reports above this are over-speed."""
        return self.lock_centi_kmh + OVER_SPEED_MARGIN_CENTI_KMH

    def confirms_lock(self, speed_centi_kmh: int) -> bool:
        """Whether a report agrees with a belt held at the lock."""
        return abs(speed_centi_kmh - self.lock_centi_kmh) <= LOCK_TOLERANCE_CENTI_KMH
