"""Guided eccentric pushes on an FTMS treadmill: safety first, an honest count, a complete record."""

__version__ = "0.1.0"
