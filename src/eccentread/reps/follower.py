"""The contact tracker on a belt that may also stop, or come to run at another speed."""

from eccentread.reps.belt_state import BeltState
from eccentread.reps.calibration import Calibration
from eccentread.reps.contacts import ContactTracker
from eccentread.reps.held import Held
from eccentread.reps.stories import Contact

OTHER_SPEED = 0.5
"""A free speed further than this part from the calibrated one is no baseline to begin a set with."""


class PushFollower:
    """Cleaned reports in, pushes out."""

    def __init__(self, calibration: Calibration) -> None:
        self._usual_kmh = calibration.baseline_kmh
        self._belt = BeltState(calibration.dip_kmh)
        self._tracker = ContactTracker(calibration)

    def begin(self, t_s: float) -> None:
        """Pushes that began before `t_s` will not be given."""
        if abs(self._tracker.baseline_kmh - self._usual_kmh) > OTHER_SPEED * self._usual_kmh:
            self._tracker.reset(self._usual_kmh)
        self._tracker.forget(t_s)

    def feed(self, t_s: float, speed_kmh: float) -> float:
        """Take a report in; by how much (km/h) the best explanation missed it."""
        baseline = self._tracker.baseline_kmh
        new_speed = self._belt.feed(t_s, speed_kmh, baseline)
        if self._belt.stands:
            self._tracker.reset(baseline)
            return 0.0
        if new_speed is not None:
            self._tracker.reset(new_speed)
        return self._tracker.feed(t_s, speed_kmh)

    def take(self, sure: float) -> Contact | None:
        """The oldest push not yet given, once it is over with probability `sure`."""
        return self._tracker.take(sure)

    def held(self) -> Held | None:
        """The contact that is likely under way, if there is one."""
        return self._tracker.held()

    @property
    def surprise(self) -> float:
        """−2 log likelihood of the reports since the last reset."""
        return self._tracker.surprise
