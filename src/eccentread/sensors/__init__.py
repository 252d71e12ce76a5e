"""What a belt sensor's octets mean: belt speed, timed by the sensor itself. Pure; no decoder raises."""

from eccentread.sensors.csc import CscSpeed, counts_wheel, decode_csc_measurement, location
from eccentread.sensors.high_rate import FACTS, SAMPLES, SERVICE, Facts, HighRateSpeed, decode_facts
from eccentread.sensors.samples import Sample, Unreadable

__all__ = [
    "FACTS",
    "SAMPLES",
    "SERVICE",
    "CscSpeed",
    "Facts",
    "HighRateSpeed",
    "Sample",
    "Unreadable",
    "counts_wheel",
    "decode_csc_measurement",
    "decode_facts",
    "location",
]
