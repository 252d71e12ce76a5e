"""The belt sensor beside the treadmill's own word: two speeds of one belt.

The lock and the other limits rest on the treadmill's reports. A sensor that sees the belt run faster than
those limits allow stops it all the same; one that merely disagrees is noted.
"""

from collections.abc import Iterator, Sequence

from eccentread.events import Reason
from eccentread.safety import Alarm, Limits, Spike
from eccentread.sensors import Sample
from eccentread.units import KMH_PER_MPS, centi_from_kmh, kmh_from_centi

READING_S = 0.5
"""A reading is a mean over this time, as a machine's report is: a release may surge for some tenths of a
second."""
READINGS = 2
"""Readings in a row that make a fact of it."""
DISAGREE = 0.15
"""Drives run 10 % off their set-point at most; an mph mix-up is 61 %."""
DISAGREE_S = 5.0
"""Pushes take the belt off its set-point for less."""
FRESH_S = 3.0
"""What was said longer ago is neither compared nor gone on from."""


class SecondOpinion:
    """Compares. Times are session seconds."""

    def __init__(self) -> None:
        self._reading_s = float("-inf")  # when the newest reading ended
        self._sum_mps = 0.0
        self._n = 0
        self._fast = 0
        self._told: tuple[float, float] | None = None
        self._apart_s: float | None = None
        self._noted = False

    def reported(self, t_s: float, speed_kmh: float) -> None:
        """What the treadmill says."""
        self._told = (t_s, speed_kmh)

    def sensed(
        self, samples: Sequence[Sample], limits: Limits, *, ours: bool, locked: bool
    ) -> Alarm | Spike | None:
        """What to make of the sensor's samples while the belt is to run by our word (`ours`), or is `locked`.

        A `Spike` is worth a note, an `Alarm` is a reason to stop.
        """
        sign: Alarm | Spike | None = None
        for t_s, speed_kmh in self._readings(samples):
            over = ours and centi_from_kmh(speed_kmh) > limits.over_speed_centi_kmh
            self._fast = self._fast + 1 if over else 0
            if self._fast >= READINGS:
                lock = kmh_from_centi(limits.lock_centi_kmh)
                text = (
                    f"The belt sensor reads {speed_kmh:.2f} km/h instead of {lock:g} km/h, "
                    "whatever the treadmill says."
                )
                return Alarm(Reason.SENSED_OVER_SPEED, text)
            sign = self._compared(t_s, speed_kmh, locked=locked) or sign
        return sign

    def _readings(self, samples: Sequence[Sample]) -> Iterator[tuple[float, float]]:
        for sample in samples:
            if sample.t_s - self._reading_s > FRESH_S:  # the first ever, or after a gap
                self._reading_s, self._sum_mps, self._n = sample.t_s, 0.0, 0
                continue
            self._sum_mps += sample.speed_mps
            self._n += 1
            if sample.t_s - self._reading_s >= READING_S:
                yield sample.t_s, self._sum_mps / self._n * KMH_PER_MPS
                self._reading_s, self._sum_mps, self._n = sample.t_s, 0.0, 0

    def _compared(self, t_s: float, speed_kmh: float, *, locked: bool) -> Spike | None:
        if not locked or self._told is None or t_s - self._told[0] > FRESH_S:
            self._apart_s = None
            return None
        told_kmh = self._told[1]
        if abs(speed_kmh - told_kmh) <= DISAGREE * told_kmh:
            self._apart_s = None
            return None
        if self._apart_s is None:
            self._apart_s = t_s
        if self._noted or t_s - self._apart_s < DISAGREE_S:
            return None
        self._noted = True
        return Spike(
            f"the belt sensor reads {speed_kmh:.2f} km/h where the treadmill says {told_kmh:.2f}: "
            "see that the sensor's length is right, and that the treadmill does not speak of miles"
        )
