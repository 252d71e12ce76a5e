"""How soon the belt is stopped: asked for in real time, by silence and over-speed in virtual time.

*Asked*: a locked session, replayed from its inputs, is asked to stop from another thread at a random moment;
measured until it is handed to the radio, and until the machine has taken it, which a machine amid another
procedure refuses at first. The radio is a virtual one in this process: a real one adds its connection
interval (7.5–50 ms) and the way to its driver.
*Silence* runs from the last report to the stop, *over-speed* from the first report above the limit, and from
the second; sessions over the virtual radio, each with the trouble at another moment.
"""

import argparse
import asyncio
import random
from statistics import median, quantiles

from benchmarks._played import is_stop, machine, play
from benchmarks._stops import behind, by_key, in_company
from eccentread.events import BeltReported, Cue, CueKind, Input, Notified, Output

ASKED_BUDGET_S = 0.05
SILENCE_BUDGET_S = 2.5
SILENCE_INTERVALS = 4
OVER_SPEED_BUDGET_S = 0.05
LIMIT_KMH = 1.2
TROUBLE = """
[[script]]
{what}
since = "motion"
at_s = {at_s}
lasts_s = 60.0
"""
SILENT = 'what = "delivery"\ndelivery = { lost_rate = 1.0 }'
RUNS_AWAY = 'what = "runaway"\nspeed_kmh = 3.0'
RHYTHMS = {"every 0.25 s": 0.25, "every 2 s": 2.0, "50 a second": 0.02}


def _stopped(interval_s: float, what: str, draw: random.Random) -> tuple[list[Input], list[Output], float]:
    """A session in which something happens, at any moment between two reports and between two ticks."""
    personality = machine(interval_s, latency_s=draw.uniform(0.1, 0.3))
    personality += TROUBLE.format(what=what, at_s=30.0 + draw.uniform(0.0, 4.0))
    inputs, outputs = play(personality, is_stop)
    return inputs, outputs, next(one.t_s for one in outputs if is_stop(one))


def _silence_s(interval_s: float, draw: random.Random) -> float:
    """From the last report to the stop."""
    inputs, _, stop_s = _stopped(interval_s, SILENT, draw)
    return stop_s - max(one.t_s for one in inputs if isinstance(one, Notified))


def _over_speed_s(interval_s: float, draw: random.Random) -> tuple[float, float]:
    """From the first report above the limit to the stop, and from the second."""
    _, outputs, stop_s = _stopped(interval_s, RUNS_AWAY, draw)
    fast_s = [one.t_s for one in outputs if isinstance(one, BeltReported) and one.speed_kmh > LIMIT_KMH]
    return stop_s - fast_s[0], stop_s - fast_s[1]


def _row(name: str, took: list[float], budget_s: float, at: str) -> str:
    worst = max(took)
    p99 = quantiles(took, n=100, method="inclusive")[98]
    judged = p99 if at == "p99" else worst
    return (
        f"  {name:42s} n {len(took):4d}  median {1e3 * median(took):7.1f}  p99 {1e3 * p99:7.1f}  "
        f"worst {1e3 * worst:7.1f}  {at} / {1e3 * budget_s:g}: {judged / budget_s:5.2f}"
    )


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks safety", description=__doc__)
    parser.add_argument("--stops", type=int, default=200, help="stops asked for, each situation")
    parser.add_argument("--phases", type=int, default=50, help="sessions, each rhythm and trouble")
    options = parser.parse_args(arguments)
    inputs, _ = play(
        machine(0.25), lambda output: isinstance(output, Cue) and output.kind is CueKind.SET_BEGINS
    )
    situations = {
        "idle link": lambda: behind(inputs, options.stops, "", "", hangs=False),
        "behind Request Control, unanswered": lambda: behind(
            inputs, options.stops, "request_control", "00", hangs=False
        ),
        "behind Start, unanswered": lambda: behind(inputs, options.stops, "start", "07", hangs=False),
        "behind a write that hangs": lambda: behind(inputs, options.stops, "speed", "025000", hangs=True),
        "journal, view, MQTT; 50 reports a second": lambda: in_company(inputs, options.stops),
        "a key pressed in a terminal": lambda: by_key(inputs, options.stops),
    }
    print("stop asked → handed to the radio, and → taken by the machine, milliseconds:")
    for name, situation in situations.items() if options.stops else ():
        took = asyncio.run(situation())
        print(_row(name, [handed for handed, _ in took], ASKED_BUDGET_S, "p99"))
        print(_row("  taken", [taken for _, taken in took], ASKED_BUDGET_S, "p99"), flush=True)
    draw = random.Random(1)
    print("silence, from the last report → stop, milliseconds:")
    for name, interval_s in RHYTHMS.items():
        silent = [_silence_s(interval_s, draw) for _ in range(options.phases)]
        budget_s = max(SILENCE_BUDGET_S, SILENCE_INTERVALS * interval_s)
        print(_row(f"reports {name}", silent, budget_s, "worst"), flush=True)
    print("over-speed, from the first and from the second report above the limit → stop, milliseconds:")
    for name, interval_s in RHYTHMS.items():
        fast = [_over_speed_s(interval_s, draw) for _ in range(options.phases)]
        budget_s = interval_s + OVER_SPEED_BUDGET_S
        print(_row(f"reports {name}, from the first", [first for first, _ in fast], budget_s, "worst"))
        print(_row("  from the second", [second for _, second in fast], OVER_SPEED_BUDGET_S, "worst"))
