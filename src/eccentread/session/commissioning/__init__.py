"""Commissioning: the staged test of a new machine with nobody on its belt."""

from eccentread.session.commissioning.findings import Findings
from eccentread.session.commissioning.stages import CommissionSession

__all__ = ["CommissionSession", "Findings"]
