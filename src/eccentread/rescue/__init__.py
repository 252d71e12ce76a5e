"""What stops a belt when nothing else is left that could: small, pure, and without a memory."""

from eccentread.rescue.stop_only import PATIENCE_S, StopOnly

__all__ = ["PATIENCE_S", "StopOnly"]
