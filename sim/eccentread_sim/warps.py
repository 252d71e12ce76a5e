"""How real machines bend what they send: numbers without meaning, short packets, odd splits, lost fragments.

What FTMS 1.0 says is in `records`; with nothing of `Wire` and `Delivery` set, this changes nothing.
"""

import heapq
import math
import random
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Any

from eccentread_sim.offer import SMALLEST_MTU, Delivery, Number, Wire
from eccentread_sim.records import TreadmillRecord, encode_part, encode_treadmill_data

_NUMBERS = {
    Number.INCLINATION: ("inclination_deci_pct", 0x7FFF),
    Number.RAMP_ANGLE: ("ramp_angle_deci_deg", 0x7FFF),
    # FTMS 1.0 has none for elevations; a Life Fitness treadmill sends this.
    Number.ELEVATION_GAIN: ("elevation_gain_deci_m", 0x7FFF),
    Number.ELEVATION_LOSS: ("elevation_loss_deci_m", 0x7FFF),
    Number.ENERGY: ("energy_kcal", 0xFFFF),
    Number.ENERGY_PER_HOUR: ("energy_per_hour_kcal", 0xFFFF),
    Number.ENERGY_PER_MINUTE: ("energy_per_minute_kcal", 0xFF),
    Number.FORCE: ("force_on_belt_n", 0x7FFF),
    Number.POWER: ("power_w", 0x7FFF),
}
"""The record's name for each number, and "not available" on the wire."""


class Warp:
    """Turns records into notifications as one machine does; equal seeds lose equal fragments."""

    def __init__(self, wire: Wire, seed: int | str) -> None:
        self._wire = wire
        self._rng = random.Random(f"{seed}:wire")
        self._flag_sets = cycle(wire.flag_sets)

    def notifications(self, record: TreadmillRecord, max_octets: int) -> list[bytes]:
        """What goes out for `record`, each of at most `max_octets` (ATT_MTU − 3)."""
        wire = self._wire
        room = max(max_octets - len(wire.trailing), SMALLEST_MTU - 3)
        parts = self._parts(self._numbers(record), room)
        if len(parts) > 1:
            parts = [part for part in parts if self._rng.random() >= wire.lost_fragment_rate]
        return [self._bent(part)[: min(wire.cut_to_octets or max_octets, max_octets)] for part in parts]

    def _numbers(self, record: TreadmillRecord) -> TreadmillRecord:
        wire = self._wire
        bent: dict[str, Any] = {_NUMBERS[number][0]: 0 for number in wire.zero}
        bent |= dict(_NUMBERS[number] for number in wire.not_available)
        bent = {name: value for name, value in bent.items() if getattr(record, name) is not None}
        if record.distance_m is not None:
            bent["distance_m"] = record.distance_m // wire.distance_step_m * wire.distance_step_m
        return replace(record, **bent, steps_octets=wire.steps_octets)

    def _parts(self, record: TreadmillRecord, max_octets: int) -> list[bytes]:
        wire = self._wire
        if wire.flag_sets:
            return [encode_part(record, next(self._flag_sets))]
        if wire.fragments:
            return [encode_part(record, flags) for flags in wire.fragments]
        return encode_treadmill_data(record, max_octets)

    def _bent(self, octets: bytes) -> bytes:
        flags = int.from_bytes(octets[:2], "little") | self._wire.extra_flags
        return flags.to_bytes(2, "little") + octets[2:] + self._wire.trailing


@dataclass(frozen=True, slots=True)
class Sending:
    """Octets that go out on a characteristic."""

    characteristic: str
    octets: bytes


class Outbox:
    """What waits to go out, in the order in which it does. Times never run backward."""

    def __init__(self, delivery: Delivery, seed: int | str) -> None:
        self._delivery = delivery
        self._rng = random.Random(f"{seed}:delivery")
        self._waiting: list[tuple[float, int, Sending]] = []
        self._overtaken: list[Sending] = []
        self._taken = 0
        self._latest_s = -math.inf
        self._instead = -math.inf, delivery

    def delivery(self, t_s: float) -> Delivery:
        """How what is said gets out now."""
        until_s, instead = self._instead
        return instead if t_s < until_s else self._delivery

    def deliver(self, until_s: float, delivery: Delivery) -> None:
        """Let what is said get out in this way until then."""
        self._instead = until_s, delivery

    @property
    def next_s(self) -> float:
        """When the next is due; infinite where nothing waits."""
        return self._waiting[0][0] if self._waiting else math.inf

    def notify(self, t_s: float, sending: Sending) -> None:
        """Take a notification that is due at `t_s`."""
        delivery, rng = self.delivery(t_s), self._rng
        if delivery.lost_rate and rng.random() < delivery.lost_rate:
            return
        if delivery.halved_rate and rng.random() < delivery.halved_rate:
            sending = replace(sending, octets=sending.octets[: len(sending.octets) // 2])
        if delivery.jitter_s:
            t_s = self._latest_s = max(self._latest_s, t_s + rng.uniform(0.0, delivery.jitter_s))
        copies = 1 + (rng.random() < delivery.duplicate_rate)
        if rng.random() < delivery.late_rate:
            self._put(t_s + delivery.late_s, copies * [sending])
        elif not self._overtaken and rng.random() < delivery.overtaken_rate:
            self._overtaken = copies * [sending]
        else:
            self._put(t_s, copies * [sending] + self._overtaken)
            self._overtaken = []

    def answer(self, t_s: float, sending: Sending) -> None:
        """Take an answer of the control point that is due at `t_s`."""
        strays = [Sending(sending.characteristic, octets) for octets in self.delivery(t_s).stray_answers]
        self._put(t_s, [*strays, sending])

    def take(self, t_s: float) -> Sending | None:
        """The next that is due by `t_s`."""
        return heapq.heappop(self._waiting)[2] if self.next_s <= t_s else None

    def clear(self) -> None:
        """There is nobody any more to send to."""
        self._waiting.clear()
        self._overtaken.clear()

    def _put(self, t_s: float, sendings: list[Sending]) -> None:
        for sending in sendings:
            self._taken += 1
            heapq.heappush(self._waiting, (t_s, self._taken, sending))
