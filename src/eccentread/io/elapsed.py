"""A clock that goes on while the computer sleeps.

An event loop's does not, on Linux and macOS: a session that went by it would not notice a night's sleep,
and take what the belt reported before it for fresh.
"""

import sys
import time

if sys.platform == "linux":

    def elapsed_s() -> float:
        """Seconds since the computer was started, asleep or awake (clock_gettime(2)). Never steps back."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

elif sys.platform == "darwin":

    def elapsed_s() -> float:
        """Seconds since some moment, asleep or awake (clock_gettime(3)). Never steps back."""
        return time.clock_gettime(time.CLOCK_MONOTONIC_RAW)

else:

    def elapsed_s() -> float:
        """Seconds since some moment, asleep or awake. Never steps back."""
        return time.monotonic()
