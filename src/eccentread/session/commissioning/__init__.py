"""Commissioning: the staged test of a new machine with nobody on its belt."""

from eccentread.session.commissioning.findings import Findings
from eccentread.session.commissioning.profile_text import SIMULATED, Colophon, profile_text, title
from eccentread.session.commissioning.stages import CommissionSession
from eccentread.session.commissioning.summary import summary

__all__ = ["SIMULATED", "Colophon", "CommissionSession", "Findings", "profile_text", "summary", "title"]
