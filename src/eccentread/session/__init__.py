"""The guided session: a pure, event-sourced core."""

from eccentread.session.guided import GuidedSession
from eccentread.session.profile import UNKNOWN, Profile, candidates, matching
from eccentread.session.profile_file import parse_profile
from eccentread.session.protocol import SIDES, Protocol, parse_protocol

__all__ = [
    "SIDES",
    "UNKNOWN",
    "GuidedSession",
    "Profile",
    "Protocol",
    "candidates",
    "matching",
    "parse_profile",
    "parse_protocol",
]
