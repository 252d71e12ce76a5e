"""The belt sensor of `hardware/belt_sensor/PROTOCOL.md`, version 1: fifty samples a second, timed to the µs.

A sample is a running count of edges and the age of the newest edge; speeds come from the time between edges.
"""

from dataclasses import dataclass

from eccentread.sensors.device_clock import DeviceClock
from eccentread.sensors.edges import EdgeTimer
from eccentread.sensors.samples import APART_S, Sample, Unreadable

SERVICE = "d2c10001-9726-4119-af70-bdd94e2b8aa1"
SAMPLES = "d2c10002-9726-4119-af70-bdd94e2b8aa1"
FACTS = "d2c10003-9726-4119-af70-bdd94e2b8aa1"

VERSION = 1
FACTS_OCTETS = 16
HEADER_OCTETS = 10
SAMPLE_OCTETS = 5

_STANDS = 1 << 0
_EDGES_MISSED = 1 << 2
_NO_EDGE = 0x7FFFFF
_SEQUENCE = 1 << 8
_MICROSECONDS = 1 << 32
_NM_PER_M = 1_000_000_000
_US_PER_S = 1_000_000


@dataclass(frozen=True, slots=True)
class Facts:
    """What a sensor says of itself."""

    length_nm: int
    """Belt travel per count, 1–2³²−1 nm."""
    interval_us: int
    """From one sample to the next, 1–1 000 000 µs."""
    counter_bits: int
    """The count wraps at two to the power of this, 8–32."""
    firmware: str

    @property
    def length_m(self) -> float:
        """Belt travel per count, m."""
        return self.length_nm / _NM_PER_M


def decode_facts(data: bytes) -> Facts | Unreadable:
    """What the facts say, for any octets whatever; octets of later versions behind them are passed over."""
    if not data:
        return Unreadable("does not say what it is")
    if data[0] != VERSION:
        return Unreadable(f"speaks version {data[0]} of its protocol; this program knows {VERSION}")
    if len(data) < FACTS_OCTETS:
        return Unreadable(f"tells {len(data)} octets of facts where {FACTS_OCTETS} are due")
    facts = Facts(
        length_nm=int.from_bytes(data[4:8], "little"),
        interval_us=int.from_bytes(data[8:12], "little"),
        counter_bits=data[2],
        firmware=f"{data[12]}.{data[13]}.{int.from_bytes(data[14:16], 'little')}",
    )
    if not facts.length_nm or not 0 < facts.interval_us <= _US_PER_S or not 8 <= facts.counter_bits <= 32:
        return Unreadable("states a length, an interval or a counter that cannot be")
    return facts


@dataclass(frozen=True, slots=True)
class Batch:
    """One notification."""

    stands: bool
    """The sensor says that the belt stands."""
    edges_missed: bool
    """Edges came faster than they were counted: the count is too low."""
    sequence: int
    """0–255; one more than that of the notification before."""
    time_us: int
    """The device's clock at the last sample, 0–2³²−1."""
    count: int
    """The count before the first sample, 0–2³²−1."""
    samples: tuple[tuple[int, int | None], ...]
    """Of each sample, oldest first: counts since the one before (−32768…32767), and the age of the newest
    edge in µs, below zero where it came after the sample was due; `None`: 8.4 s or more, or no edge yet."""


def decode_batch(data: bytes) -> Batch | Unreadable:
    """What one notification says, for any octets whatever; an incomplete sample at its end is passed over."""
    if len(data) < HEADER_OCTETS + SAMPLE_OCTETS:
        return Unreadable(f"sent {len(data)} octets, which hold no sample")
    ends = range(HEADER_OCTETS + SAMPLE_OCTETS, len(data) + 1, SAMPLE_OCTETS)
    return Batch(
        stands=bool(data[0] & _STANDS),
        edges_missed=bool(data[0] & _EDGES_MISSED),
        sequence=data[1],
        time_us=int.from_bytes(data[2:6], "little"),
        count=int.from_bytes(data[6:10], "little"),
        samples=tuple(_sample(data[end - SAMPLE_OCTETS : end]) for end in ends),
    )


def _sample(octets: bytes) -> tuple[int, int | None]:
    counts = int.from_bytes(octets[:2], "little", signed=True)
    age_us = int.from_bytes(octets[2:], "little", signed=True)
    return counts, None if age_us == _NO_EDGE else age_us


class HighRateSpeed:
    """Belt speeds from a sensor's notifications on one connection."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.length_m = facts.length_m
        self._timer = EdgeTimer(facts.length_m)
        self._clock = DeviceClock()
        self._last: Batch | None = None
        self._time_us = 0  # of the last sample, on a clock that does not wrap
        self._count = 0  # at the last sample, on a counter that does not wrap
        self._told_s = float("-inf")
        self.lost = 0
        """Notifications that the sequence numbers miss."""

    def feed(self, t_s: float, data: bytes) -> tuple[Sample, ...] | Unreadable:
        """The speeds that a notification tells which arrived at `t_s`, oldest first."""
        batch = decode_batch(data)
        if isinstance(batch, Unreadable):
            return batch
        last = self._last
        if last is not None:
            passed_us = (batch.time_us - last.time_us) % _MICROSECONDS
            if not 0 < passed_us < _MICROSECONDS // 2:
                return ()  # it came twice, or after one that was sent later
            self.lost += (batch.sequence - last.sequence - 1) % _SEQUENCE
            self._time_us += passed_us
            before = self._count + self._counted(batch.count - self._count)
        else:
            self._time_us, before = batch.time_us, batch.count
        self._last = batch
        if batch.edges_missed:
            self._timer.restart()
        self._clock.arrived(self._time_us / _US_PER_S, t_s)
        return tuple(self._samples(batch, before))

    def _counted(self, difference: int) -> int:
        """Counts between two states of a counter that wraps, the nearer way round."""
        wraps = 1 << self._facts.counter_bits
        return (difference + wraps // 2) % wraps - wraps // 2

    def _samples(self, batch: Batch, count: int) -> list[Sample]:
        told: list[Sample] = []
        for back, (counts, age_us) in zip(range(len(batch.samples) - 1, -1, -1), batch.samples, strict=True):
            count += counts
            at_us = self._time_us - back * self._facts.interval_us
            edge_s = None if age_us is None else (at_us - age_us) / _US_PER_S
            speed = self._timer.feed(at_us / _US_PER_S, count, edge_s)
            if speed is not None:
                self._told_s = max(self._clock.host_s(at_us / _US_PER_S), self._told_s + APART_S)
                told.append(Sample(self._told_s, 0.0 if batch.stands else speed))
        self._count = count
        return told
