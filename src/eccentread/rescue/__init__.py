"""What stops a belt when nothing else is left that could: small, pure, and without a memory."""

from eccentread.rescue.stop_only import StopOnly

__all__ = ["StopOnly"]
