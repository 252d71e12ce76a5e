"""A sensor on the belt: edges counted and timed by a clock of its own, and the octets that tell of them.

It sees the same belt as the athlete: `step` follows every physics step. Its octets are written from
`hardware/belt_sensor/PROTOCOL.md` and from CSCS 1.0 alone.
"""

import math
import random
import struct
from collections import deque
from dataclasses import dataclass
from enum import StrEnum

from eccentread_sim.bounds import bounded
from eccentread_sim.drive import STEP_S

STANDS_S = 1.0
"""Without an edge for so long, the sensor says that the belt stands."""
CLOCK_US = 1 << 32
COUNTS = 1 << 32
HEADER_OCTETS, SAMPLE_OCTETS = 10, 5
NO_EDGE = 0x7FFFFF
CSC_TICKS_PER_S = 1024
WHEEL_COUNTED = 0x01
REAR_WHEEL = b"\x0c"
ROUNDING = 1e-6
SMALLEST_ROOM = 20
"""Octets of a notification at the smallest ATT_MTU."""


class SensorKind(StrEnum):
    """How a belt sensor speaks."""

    NONE = "none"
    """There is none."""
    CSC = "csc"
    """Cycling Speed and Cadence: a magnet on a roller."""
    HIGH_RATE = "high-rate"
    """The protocol of `hardware/belt_sensor/PROTOCOL.md`."""


@dataclass(frozen=True, slots=True)
class Sensor:
    """One belt sensor."""

    kind: SensorKind = SensorKind.HIGH_RATE
    name: str = "SIM Belt Sensor"
    address: str = "F0:0D:00:00:01:01"
    count_m: float = bounded(52.36e-6, 1e-8, 1.0)
    """Belt travel per count of a high-rate sensor: a 40 mm wheel of 2400 counts."""
    revolution_m: float = bounded(0.16, 0.01, 10.0)
    """Belt travel per revolution of a `csc` sensor: a roller of 51 mm."""
    length_error: float = bounded(0.0, -0.9, 10.0)
    """How much more belt than in truth the sensor believes to pass in a count."""
    interval_s: float = bounded(0.02, 0.001, 0.02)
    """From one sample of a high-rate sensor to the next."""
    batch: int = bounded(5, 1, 46)
    """Samples in a notification, as far as they fit."""
    notify_s: float = bounded(1.0, 0.1, 10.0)
    """From one notification of a `csc` sensor to the next."""
    ripple: float = bounded(0.005, 0.0, 0.5)
    """Once-per-revolution error of the wheel, relative, amplitude."""
    ripple_length_m: float = bounded(0.126, 0.01, 10.0)
    slip: float = bounded(0.0, 0.0, 1.0)
    """Part of the belt's travel that the wheel does not follow."""
    edge_jitter_s: float = bounded(2e-6, 0.0, 0.01)
    """Standard deviation of an edge's time stamp."""
    missed_rate: float = bounded(0.0, 0.0, 1.0)
    """Part of the counts that are missed."""
    drift_ppm: float = bounded(20.0, -1000.0, 1000.0)
    """How much faster than true time its clock runs."""
    latency_s: float = bounded(0.005, 0.0, 2.0)
    delay_s: float = bounded(0.03, 0.0, 2.0)
    """A notification arrives `latency_s` after its last sample, and up to this later."""
    loss_rate: float = bounded(0.0, 0.0, 1.0)
    """Part of the notifications that the sensor drops."""
    dies_at_s: float = bounded(0.0, 0.0, 1e6)
    """When its battery is empty, s since the session began; 0: never."""

    @property
    def length_m(self) -> float:
        """Belt travel per count or revolution, in truth."""
        return self.revolution_m if self.kind is SensorKind.CSC else self.count_m


class BeltSensor:
    """Follows a belt. Times are true seconds since its start; what it says of time is its own clock's."""

    def __init__(self, sensor: Sensor, seed: int | str) -> None:
        self.sensor = sensor
        self.room = SMALLEST_ROOM
        """Octets that a notification may have."""
        self._rng = random.Random(f"{seed}:belt-sensor")
        self._csc = sensor.kind is SensorKind.CSC
        self._rate = 1.0 + sensor.drift_ppm * 1e-6
        self._clock_us = self._rng.randrange(CLOCK_US)  # at its start: wraps are everyday life
        self._count = self._rng.randrange(COUNTS)
        self._edge_s: float | None = None
        self._t_s = self._sensed_m = 0.0
        self._edges = 0
        self._period_s = (sensor.notify_s if self._csc else sensor.interval_s) / self._rate
        self._samples = 0
        self._batch: list[tuple[int, float | None, float]] = []
        self._batch_from = self._count
        self._sequence = self._rng.randrange(256)
        self._dropped = False
        self._sent: deque[tuple[float, bytes]] = deque()
        self._last_s = 0.0

    @property
    def next_s(self) -> float:
        """When there may be something to take."""
        wanted = 1 if self._csc else self._batch_size - len(self._batch)
        due_s = math.ceil((self._samples + max(wanted, 1)) * self._period_s / STEP_S - ROUNDING) * STEP_S
        return min(due_s, self._sent[0][0]) if self._sent else due_s

    @property
    def facts(self) -> bytes:
        """Its facts (PROTOCOL.md, Facts), or CSC Feature (0x2A5C)."""
        if self._csc:
            return struct.pack("<H", WHEEL_COUNTED)
        length_nm = round(self.sensor.count_m * (1.0 + self.sensor.length_error) * 1e9)
        interval_us = round(self.sensor.interval_s * 1e6)
        return struct.pack("<BBBBIIBBH", 1, 0, 32, 0, length_nm, interval_us, 0, 1, 0)

    def step(self, t_s: float, position_m: float) -> None:
        """The belt has come to `position_m` by `t_s`, evenly since the last step."""
        began_s, from_m = self._t_s, self._sensed_m
        sensed_m = self._sensed(position_m)
        mps = (sensed_m - from_m) / (t_s - began_s)
        while (due_s := (self._samples + 1) * self._period_s) <= t_s + ROUNDING:
            self._move(due_s, from_m + mps * (due_s - began_s), mps)
            self._samples += 1
            self._sample(due_s)
        self._move(t_s, sensed_m, mps)
        self._t_s, self._sensed_m = t_s, sensed_m

    def take(self, t_s: float) -> list[bytes]:
        """The notifications that arrive by `t_s`."""
        arrived: list[bytes] = []
        while self._sent and self._sent[0][0] <= t_s:
            arrived.append(self._sent.popleft()[1])
        return arrived

    def forget(self) -> None:
        """Nobody is connected: what is under way is dropped."""
        self._sent.clear()

    @property
    def _batch_size(self) -> int:
        return min(self.sensor.batch, (self.room - HEADER_OCTETS) // SAMPLE_OCTETS)

    def _sensed(self, position_m: float) -> float:
        """Where the wheel believes the belt to be."""
        s = self.sensor
        per_m = 2.0 * math.pi / s.ripple_length_m
        return (position_m + s.ripple / per_m * math.sin(position_m * per_m)) * (1.0 - s.slip)

    def _move(self, t_s: float, sensed_m: float, mps: float) -> None:
        """The edges up to `t_s`: how many, and when the newest came."""
        edges = math.floor(sensed_m / self.sensor.length_m)
        new = edges - self._edges
        if new <= 0:
            return
        self._edges = edges
        self._edge_s = t_s - (sensed_m - edges * self.sensor.length_m) / mps
        self._edge_s += self._rng.gauss(0.0, self.sensor.edge_jitter_s)
        missed = self.sensor.missed_rate * new
        self._count += new - int(missed + self._rng.random()) if missed else new

    def _sample(self, t_s: float) -> None:
        if self._csc:
            self._send(t_s, self._measurement())
            return
        self._batch.append((self._count, self._edge_s, t_s))
        if len(self._batch) < self._batch_size:
            return
        self._sequence = (self._sequence + 1) % 256
        self._send(t_s, self._notification())
        self._batch_from, self._batch = self._count, []

    def _send(self, t_s: float, octets: bytes) -> None:
        delay_s = self.sensor.latency_s + self._rng.uniform(0.0, self.sensor.delay_s)
        self._dropped = self._rng.random() < self.sensor.loss_rate
        if not self._dropped:
            self._last_s = max(t_s + delay_s, self._last_s)
            self._sent.append((self._last_s, octets))

    def _device_us(self, t_s: float) -> int:
        return self._clock_us + round(t_s * self._rate * 1e6)

    def _measurement(self) -> bytes:
        """CSC Measurement (0x2A5B): the wheel's revolutions, and when the newest ended."""
        ticks = int(self._device_us(self._edge_s or 0.0) * CSC_TICKS_PER_S / 1e6)
        return struct.pack("<BIH", WHEEL_COUNTED, self._count % COUNTS, ticks % (1 << 16))

    def _notification(self) -> bytes:
        """Samples (PROTOCOL.md, Samples)."""
        _, newest_s, at_s = self._batch[-1]
        stands = newest_s is None or at_s - newest_s > STANDS_S
        header = struct.pack(
            "<BBII",
            stands | self._dropped << 1,
            self._sequence,
            self._device_us(at_s) % CLOCK_US,
            self._batch_from % COUNTS,
        )
        octets, before = [header], self._batch_from
        for count, edge_s, due_s in self._batch:
            age_us = NO_EDGE if edge_s is None else min(round((due_s - edge_s) * self._rate * 1e6), NO_EDGE)
            octets.append(struct.pack("<h", count - before) + struct.pack("<i", age_us)[:3])
            before = count
        return b"".join(octets)
