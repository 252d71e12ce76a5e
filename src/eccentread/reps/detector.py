"""The live detector: belt speed in, sample by sample; reps out, each announced once and never taken back."""

from collections import deque

from eccentread.events import Rep
from eccentread.reps.calibration import Calibration
from eccentread.reps.follower import PushFollower
from eccentread.reps.held import Held
from eccentread.reps.intake import Intake
from eccentread.reps.metrics import describe

SURE = 0.9
"""A rep is announced once it is over with this probability."""
SURE_AT_END = 0.5
"""No more data will come: the likelier way decides."""
EARLY_S = 1.0
"""A push may begin this long before its set: athletes anticipate, and the first report of it is coarse."""
KEPT = 120
"""Reports kept for the metrics: 24 s at 5 Hz."""


class RepDetector:
    """Counts the pushes of sets. With a calibration that is not countable it counts nothing."""

    def __init__(self, calibration: Calibration) -> None:
        self._calibration = calibration
        self._intake = Intake()
        self._follower = PushFollower(calibration) if calibration.countable else None
        self._reports: deque[tuple[float, float]] = deque(maxlen=KEPT)
        self._in_set = False

    def begin_set(self, t_s: float) -> None:
        """Count from `t_s` on. Contacts that are already over, or long under way, do not count."""
        self._in_set = True
        if self._follower is not None:
            self._follower.begin(t_s - EARLY_S)

    def feed(self, t_s: float, speed_kmh: float) -> Rep | None:
        """Take a report in (seconds, km/h); the rep that it makes certain, if any.

        Reports that cannot be (not finite, negative, out of order, a lone spike) are passed over. Outside
        sets the baseline keeps adapting and nothing counts.
        """
        report = self._intake.feed(t_s, speed_kmh)
        if report is None or self._follower is None:
            return None
        self._reports.append(report)
        self._follower.feed(*report)
        return self._take(SURE, t_s) if self._in_set else None

    @property
    def held(self) -> Held | None:
        """The contact that is likely under way, if there is one."""
        return self._follower.held() if self._follower is not None else None

    def end_set(self, t_s: float) -> Rep | None:
        """Stop counting; the rep whose end is already in the data, if there is one."""
        rep = self._take(SURE_AT_END, t_s) if self._in_set else None
        self._in_set = False
        return rep

    def _take(self, sure: float, t_s: float) -> Rep | None:
        contact = self._follower.take(sure) if self._follower else None
        return describe(contact, self._reports, t_s, self._calibration) if contact else None
