"""From the end of a program whose belt runs to the first *stop*: killed, and with an event loop that hangs.

Each time a new program in a process of its own, on a treadmill in another, through real sockets and in real
time. The stop is seen in the treadmill's truth, which is looked at every 10 ms.
"""

import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from processes import moving, treadmill, until

RUNS = 20
BUDGET_S = 3.0
SILENT_S = 2.0


def main(arguments: list[str]) -> None:
    runs = int(arguments[0]) if arguments else RUNS
    for what, number, budget_s in (
        ("SIGKILL", signal.SIGKILL, BUDGET_S),
        ("event loop hung", signal.SIGUSR1, BUDGET_S + SILENT_S),
    ):
        took_s = [_stopped_after_s(number) for _ in range(runs)]
        hundredths = quantiles(took_s, n=100, method="inclusive")
        print(f"{runs} times {what}, seconds to the stop that the treadmill received:")
        print(f"  median {median(took_s):.2f}  99 % {hundredths[98]:.2f}  worst {max(took_s):.2f}")
        print(f"  99 % against a budget of {budget_s:g} s: {hundredths[98] / budget_s:.2f}")


def _stopped_after_s(number: int) -> float:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with treadmill(folder) as machine, moving(folder, machine) as running:
            before = len(machine.commands)
            ended_s = time.monotonic()
            os.kill(running.process.pid, number)
            until(lambda: machine.stop_after(before) is not None)
            return time.monotonic() - ended_s
