"""Calibrating force: known loads on a belt with nobody on it."""

from eccentread.session.pulls.script import PullSession

__all__ = ["PullSession"]
