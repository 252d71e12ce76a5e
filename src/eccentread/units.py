"""Conversions between the units of the wire, the screen and the physics.

km/h at the FTMS border and on screens, m/s inside the physics. This is the only module with 3.6 in it.
On the wire FTMS speaks of speed as an integer number of hundredths of a km/h ("centi km/h").
"""

KMH_PER_MPS = 3.6
"""Kilometres an hour in one metre a second (exact)."""

KMH_PER_MPH = 1.609344
"""Kilometres an hour in one mile an hour (exact, international mile)."""

CENTI = 100


def mps_from_kmh(speed_kmh: float) -> float:
    """Speed in m/s."""
    return speed_kmh / KMH_PER_MPS


def kmh_from_centi(speed_centi_kmh: int) -> float:
    """Speed in km/h from wire hundredths."""
    return speed_centi_kmh / CENTI


def centi_from_kmh(speed_kmh: float) -> int:
    """Wire hundredths nearest to a speed in km/h (0.29 → 29, where truncation would give 28)."""
    return round(speed_kmh * CENTI)


def centi_from_mps(speed_mps: float) -> float:
    """Wire hundredths of a km/h in a speed in m/s, not rounded."""
    return speed_mps * KMH_PER_MPS * CENTI
