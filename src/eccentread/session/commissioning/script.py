"""What a script is: a generator that waits for inputs, and how it ends early."""

from collections.abc import Generator

from eccentread.events import Input, Outcome, Reason

type Script[T] = Generator[None, Input, T]
"""Waits at each `yield` for the next input, which the belt has seen by then."""


class Over(Exception):  # noqa: N818 — no error: the script's way out
    """The commissioning is over, with this outcome."""

    def __init__(self, outcome: Outcome, reason: Reason | None) -> None:
        super().__init__(outcome, reason)
        self.outcome = outcome
        self.reason = reason
