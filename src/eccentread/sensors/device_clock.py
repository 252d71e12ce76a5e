"""Host time from device time: the envelope of least delay.

A sensor stamps what it sees with a clock of its own; what it sends arrives later by a delay that is never
negative and now and then almost nothing. The least of *arrival − device time* over the last half minute is
therefore the offset between the clocks, plus the shortest delay. It follows drift: crystals differ by 100
millionths at most, which is 3 ms in that time.
"""

from collections import deque

MEMORY_S = 30.0
"""How far back the least delay is looked for: hundreds of notifications, and 3 ms of drift."""


class DeviceClock:
    """Learns the offset between a device's clock and the session's from each arrival."""

    def __init__(self) -> None:
        # Arrival and offset, both rising: the first is the least of the whole time (a monotonic queue).
        self._least: deque[tuple[float, float]] = deque()

    def arrived(self, device_s: float, host_s: float) -> None:
        """Something that the device did at `device_s` was heard of at `host_s`; neither goes back."""
        offset = host_s - device_s
        while self._least and self._least[-1][1] >= offset:
            self._least.pop()
        self._least.append((host_s, offset))
        while self._least[0][0] < host_s - MEMORY_S:
            self._least.popleft()

    def host_s(self, device_s: float) -> float:
        """When `device_s` was on the session's clock; call `arrived` before."""
        return device_s + self._least[0][1]

    def device_s(self, host_s: float) -> float:
        """What the device's clock showed at `host_s`; call `arrived` before."""
        return host_s - self._least[0][1]
