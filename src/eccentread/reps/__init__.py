"""From belt speed to reps: signal check, live detector, metrics. Pure; needs only numpy."""

from eccentread.reps.analyse import SET, Analysis, SetResult, Window, analyse
from eccentread.reps.blind import calibrate_blindly
from eccentread.reps.calibration import Calibration
from eccentread.reps.detector import RepDetector
from eccentread.reps.held import Held
from eccentread.reps.signal_check import SignalCheck, WindowKind
from eccentread.reps.steps import Dips

__all__ = [
    "SET",
    "Analysis",
    "Calibration",
    "Dips",
    "Held",
    "RepDetector",
    "SetResult",
    "SignalCheck",
    "Window",
    "WindowKind",
    "analyse",
    "calibrate_blindly",
]
