"""What stands between the belt and the counter: rate, rounding, smoothing, noise, and the radio."""

from dataclasses import replace

from eccentread_sim.reporting import Reporting

_LINK = Reporting(latency_s=0.15, jitter_s=0.04, drop_rate=0.002, duplicate_rate=0.002)
REPORTS = {
    "50Hz .01": replace(_LINK, interval_s=0.02),
    "5Hz .01": replace(_LINK, interval_s=0.2),
    "4Hz .01": replace(_LINK, interval_s=0.25),
    "2Hz .01": replace(_LINK, interval_s=0.5),
    "1Hz .01": replace(_LINK, interval_s=1.0),
    "1Hz .01 inst": replace(_LINK, interval_s=1.0, boxed=False),
    "4Hz .1": replace(_LINK, interval_s=0.25, quantum_kmh=0.1),
    "1Hz .1": replace(_LINK, interval_s=1.0, quantum_kmh=0.1),
    "4Hz .01 EMA2": replace(_LINK, interval_s=0.25, smoothing_s=2.0),
    "1Hz .01 EMA2": replace(_LINK, interval_s=1.0, smoothing_s=2.0),
    "4Hz .01 Precor": replace(_LINK, interval_s=0.25, noise_kmh=0.0145),
}
"""By name: reports a second, quantum in km/h; `inst`: of the instant rather than the mean since the last one;
`EMA2`: smoothed with a time constant of 2 s; `Precor`: with the scatter of a Precor 9.31 (0.0145 km/h)."""
