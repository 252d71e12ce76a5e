"""Cycling Speed and Cadence sensors with their magnet on a roller (CSCS 1.0): revolutions to belt speed.

The measurement (0x2A5B) holds a count of revolutions and the time of the newest one in 1/1024 s; both wrap.
Sensors notify about once a second, whether a revolution came or not.
"""

from dataclasses import dataclass

from eccentread.sensors.device_clock import DeviceClock
from eccentread.sensors.edges import EdgeTimer
from eccentread.sensors.samples import APART_S, Sample, Unreadable

TICKS_PER_S = 1024
_TIME_TICKS = 1 << 16
_COUNTS = 1 << 32
_WHEEL = 1 << 0
_WHEEL_END = 7
LATE_COUNTS = 8
"""A count that is behind by no more, and its time too, is an older notification's; else the counter began
anew, and is too far from where it was to be a speed."""


@dataclass(frozen=True, slots=True)
class CscMeasurement:
    """Cumulative wheel revolutions (0–2³²−1) and the time of the newest, 1/1024 s (0–65535)."""

    revolutions: int
    event_ticks: int


def decode_csc_measurement(data: bytes) -> CscMeasurement | Unreadable:
    """What one notification says of the wheel, for any octets whatever (CSCS 1.0 §3.1)."""
    if not data:
        return Unreadable("sent an empty measurement")
    if not data[0] & _WHEEL:
        return Unreadable("counts no wheel revolutions (a cadence sensor?)")
    if len(data) < _WHEEL_END:
        return Unreadable(f"sent {len(data)} octets where {_WHEEL_END} are due")
    return CscMeasurement(int.from_bytes(data[1:5], "little"), int.from_bytes(data[5:_WHEEL_END], "little"))


def counts_wheel(feature: bytes | None) -> bool:
    """Whether CSC Feature (0x2A5C) says that wheel revolutions are counted; so too where it says nothing."""
    return not feature or bool(feature[0] & _WHEEL)


_LOCATIONS = (
    "other", "top of shoe", "in shoe", "hip", "front wheel", "left crank", "right crank", "left pedal",
    "right pedal", "front hub", "rear dropout", "chainstay", "rear wheel", "rear hub", "chest", "spider",
    "chain ring",
)  # fmt: skip


def location(data: bytes | None) -> str | None:
    """Sensor Location (0x2A5D) in words (Assigned Numbers §6.1); `None` where it is not told or reserved."""
    return _LOCATIONS[data[0]] if data and data[0] < len(_LOCATIONS) else None


class CscSpeed:
    """Belt speeds from a sensor's measurements; `length_m` is the belt's travel per revolution."""

    def __init__(self, length_m: float) -> None:
        self.length_m = length_m
        self._timer = EdgeTimer(length_m)
        self._clock = DeviceClock()
        self._last: CscMeasurement | None = None
        self._last_s = 0.0  # arrival of the newest that had a new revolution
        self._count = 0
        self._event_s = 0.0  # on a clock that does not wrap
        self._told_s = float("-inf")

    def feed(self, t_s: float, data: bytes) -> tuple[Sample, ...] | Unreadable:
        """What a notification that arrived at `t_s` tells: one speed, or none yet."""
        found = decode_csc_measurement(data)
        if isinstance(found, Unreadable):
            return found
        last = self._last
        if last is None:
            self._begin(t_s, found)
        elif found.revolutions != last.revolutions:
            revolutions = (found.revolutions - last.revolutions) % _COUNTS
            ticks = (found.event_ticks - last.event_ticks) % _TIME_TICKS
            if _COUNTS - revolutions <= LATE_COUNTS and ticks > _TIME_TICKS // 2:
                return ()  # an older notification
            self._go_on(t_s, found, revolutions, ticks)
        speed = self._timer.feed(self._clock.device_s(t_s), self._count, self._event_s)
        if speed is None:
            return ()
        moved = last is None or found.revolutions != last.revolutions
        self._told_s = max(self._clock.host_s(self._event_s) if moved else t_s, self._told_s + APART_S)
        return (Sample(self._told_s, speed),)

    def _begin(self, t_s: float, found: CscMeasurement) -> None:
        """The first measurement."""
        self._last, self._last_s = found, t_s
        self._event_s = t_s
        self._clock.arrived(self._event_s, t_s)

    def _go_on(self, t_s: float, found: CscMeasurement, revolutions: int, ticks: int) -> None:
        # The time wraps every 64 s; how often it did since, the arrivals tell.
        wraps = round(((t_s - self._last_s) * TICKS_PER_S - ticks) / _TIME_TICKS)
        self._event_s += (ticks + max(wraps, 0) * _TIME_TICKS) / TICKS_PER_S
        self._count += revolutions
        self._last, self._last_s = found, t_s
        self._clock.arrived(self._event_s, t_s)
