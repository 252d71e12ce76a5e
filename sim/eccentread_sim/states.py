"""What the belt may be doing, to the console."""

from enum import StrEnum


class State(StrEnum):
    """What the belt is doing, to the console."""

    IDLE = "idle"
    COUNTDOWN = "countdown"
    RUNNING = "running"
    STOPPING = "stopping"
    PAUSING = "pausing"
    PAUSED = "paused"


AT_REST = frozenset({State.IDLE, State.PAUSED, State.COUNTDOWN})
"""The belt is not driven."""
