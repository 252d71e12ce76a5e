"""The guided session: a pure, event-sourced core."""

from eccentread.session.guided import GuidedSession
from eccentread.session.protocol import SIDES, Protocol, parse_protocol

__all__ = ["SIDES", "GuidedSession", "Protocol", "parse_protocol"]
