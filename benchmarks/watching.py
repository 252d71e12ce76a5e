"""How the athlete is watched: false alarms of honest sets, and what is seen of lapses.

Each set is one machine of its archetype's ranges, one reporting and one drawn athlete, run through the
exercise itself: signal check, then one set of 15. *Said* and *ended* are parts of the sets whose signal check
could count; a stall that is told of is no alarm but a fact, and is given for itself.
"""

import argparse
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.counting import REPORTS
from eccentread.events import Cue, CueKind, Noted, Output, SetEnded
from eccentread.session.exercise import Exercise, Stage
from eccentread.session.protocol import Protocol, parse_protocol
from eccentread.session.words import Words
from eccentread_sim.archetypes import ARCHETYPES
from eccentread_sim.athlete import Athlete, Traits
from eccentread_sim.drive import STEPS_PER_S, Drive, DriveParameters
from eccentread_sim.lapses import Lapse
from eccentread_sim.reporting import Reporter, Reporting

PROTOCOL = """
schema = 1
title = "One set"
speed_kmh = 0.8
sets = 1
reps = 15
rest_s = 5
side = "left"
effort = { low = 4, high = 6 }
pain = { limit = 5 }
review = { after_days = 28 }
signal_check = { idle_s = 10, pushes = 3, rides = 2, window_s = 8, pause_s = 3 }
"""
SETTLE_S = 10.0
LONGEST_S = 400.0
TICK = 20
"""Physics steps from one word of the clock to the next."""
WATCHED = (CueKind.ONE_FOOT, CueKind.NO_WALKING, CueKind.LESS_HARD, CueKind.ENOUGH, CueKind.STILL_THERE)
REPORTED = (
    "5Hz .01",
    "4Hz .01",
    "2Hz .01",
    "1Hz .01",
    "4Hz .1",
    "4Hz .01 EMA2",
    "1Hz .01 EMA2",
    "4Hz .01 Precor",
)


def exercise_of(
    protocol: Protocol, drive: DriveParameters, traits: Traits, reporting: Reporting, seed: int
) -> Iterator[Output]:
    """All that the exercise puts out, with the simulated athlete hearing it."""
    belt, athlete = Drive(drive), Athlete(traits, seed)
    belt.target_mps = protocol.speed_kmh / 3.6
    reporter = Reporter(reporting, drive, seed)
    exercise = Exercise(protocol, Words(protocol))
    due: list[tuple[float, float]] = []
    speed = 0.0
    for step in range(round(LONGEST_S * STEPS_PER_S)):
        t_s = step / STEPS_PER_S
        speed = belt.step(*athlete.load(t_s, speed))
        due += [
            (one.t_s, one.speed_centi_kmh / 100)
            for one in reporter.sample(t_s, belt.roller_m, belt.roller_mps, belt.target_mps)
        ]
        if t_s < SETTLE_S:
            due.clear()
            continue
        out = exercise.begin(t_s) if exercise.stage is Stage.WAITING else []
        while due and due[0][0] <= t_s:
            out += exercise.speed(*due.pop(0))
        if step % TICK == 0:
            out += exercise.passed(t_s, held=True)
        for one in out:
            if isinstance(one, Cue):
                athlete.hear(one.t_s, one.kind.value, one.number)
        yield from out
        if exercise.stage is Stage.OVER:
            return


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks watching", description=__doc__)
    parser.add_argument("--sets", type=int, default=10, help="sets per cell")
    parser.add_argument("--seed", type=int, default=0, help="first seed; seeds from 10000 on are held out")
    parser.add_argument("--archetypes", default="ABCDE")
    parser.add_argument("--reports", default=",".join(REPORTED), help="comma-separated")
    parser.add_argument("--lapse", type=Lapse, default=Lapse.NONE, choices=list(Lapse))
    parser.add_argument("--after", type=float, default=6.0, help="reps of the set before the lapse")
    parser.add_argument("--heeds", type=float, default=0.0)
    parser.add_argument(
        "--wrong", action="store_true", help="name the seeds of sets in which something was said"
    )
    options = parser.parse_args(arguments)
    protocol = parse_protocol(PROTOCOL, "one set")
    total: Counter[str] = Counter()
    for name in options.reports.split(","):
        for letter in options.archetypes:
            cell: Counter[str] = Counter()
            wrong: list[str] = []
            for seed in range(options.seed, options.seed + options.sets):
                drive = ARCHETYPES[letter].draw(random.Random(f"{seed}:drive"))
                traits = replace(
                    Traits.draw(random.Random(f"{seed}:traits")),
                    lapse=options.lapse,
                    lapse_after=options.after,
                    heeds=options.heeds,
                )
                seen = _tally(list(exercise_of(protocol, drive, traits, REPORTS[name], seed)))
                cell += seen
                if seen.keys() & {str(one) for one in WATCHED}:
                    wrong.append(f"{seed}:{','.join(sorted(seen.keys() - {'sets', 'full'}))}")
            total += cell
            print(f"{letter} {name:15s} {_row(cell)}  {' '.join(wrong) if options.wrong else ''}", flush=True)
    print(f"all               {_row(total)}")


def _tally(out: list[Output]) -> Counter[str]:
    ends = [one for one in out if isinstance(one, SetEnded)]
    if not ends:
        return Counter(refused=1)
    said = {str(one.kind) for one in out if isinstance(one, Cue) and one.kind in (*WATCHED, CueKind.EASE_OFF)}
    blind = {one.text.partition(" does not show ")[2] for one in out if isinstance(one, Noted)} - {""}
    ended = [f"ended {one.reason}" for one in ends if one.reason is not None]
    return Counter(["sets", *said, *ended, *(f"blind: {one}" for one in blind)])


def _row(cell: Counter[str]) -> str:
    sets = cell["sets"]
    rest = ", ".join(f"{what} {n}" for what, n in sorted(cell.items()) if what != "sets")
    return f"{sets} sets; {rest}"
