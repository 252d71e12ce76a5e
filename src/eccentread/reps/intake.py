"""Belt speed off the air, made fit for reasoning: finite, in order, without spikes, at most 5 Hz."""

import math

BIN_S = 0.2
"""Faster reports are averaged over this time: pushes and gaps are longer, and averaging wins signal."""
SPIKE_KMH = 3.0
"""A report this far above the last good one is a known transport artefact (24 km/h), unless it persists."""
PERSISTS = 3
FASTEST_KMH = 100.0
LATEST_S = 1e10
"""Beyond these a number is a mistake: no belt runs as fast, and times may count from 1970."""


class Intake:
    """One sample in, at most one cleaned sample out."""

    def __init__(self) -> None:
        self._last_t = -math.inf
        self._last_speed: float | None = None
        self._odd = 0
        self._bin_start = -math.inf
        self._sum_t = self._sum_speed = 0.0
        self._n = 0

    def feed(self, t_s: float, speed_kmh: float) -> tuple[float, float] | None:
        """A cleaned (time s, speed km/h), or `None` where this sample adds none yet."""
        if not (abs(t_s) <= LATEST_S and 0 <= speed_kmh <= FASTEST_KMH and t_s > self._last_t):
            return None  # nan is in no range
        previous, self._last_t = self._last_t, t_s
        if self._last_speed is not None and speed_kmh > self._last_speed + SPIKE_KMH:
            self._odd += 1
            if self._odd < PERSISTS:
                return None
        self._odd = 0
        self._last_speed = speed_kmh
        if t_s - previous >= BIN_S * 0.75 and self._n == 0:
            return t_s, speed_kmh
        if self._n == 0:
            self._bin_start = previous
        self._sum_t += t_s
        self._sum_speed += speed_kmh
        self._n += 1
        if t_s - self._bin_start < BIN_S * 0.99:
            return None
        return self.flush()

    def flush(self) -> tuple[float, float] | None:
        """The sample under way, if any."""
        if self._n == 0:
            return None
        out = self._sum_t / self._n, self._sum_speed / self._n
        self._sum_t = self._sum_speed = 0.0
        self._n = 0
        return out
