"""From belt speed to reps: signal check, live detector, metrics. Pure; needs only numpy."""

from eccentread.reps.analyse import SET, Analysis, SetResult, Window, analyse
from eccentread.reps.blind import calibrate_blindly
from eccentread.reps.calibration import Calibration
from eccentread.reps.detector import RepDetector
from eccentread.reps.signal_check import SignalCheck, WindowKind

__all__ = [
    "SET",
    "Analysis",
    "Calibration",
    "RepDetector",
    "SetResult",
    "SignalCheck",
    "Window",
    "WindowKind",
    "analyse",
    "calibrate_blindly",
]
