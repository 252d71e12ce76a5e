"""How well pushes are counted: on machines and athletes from the simulator, beside baselines and an oracle.

`cells` draws the recordings, `counters` counts them in four ways, `scoring` compares with the truth,
`running` does so on every core, `tally` sums up a cell, and `page` and `picture` tell of it.
"""

from benchmarks.counting.command import main
from benchmarks.counting.reports import REPORTS

__all__ = ["REPORTS", "main"]
