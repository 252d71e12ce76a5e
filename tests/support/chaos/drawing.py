"""A case for every seed."""

import random
from collections.abc import Mapping, Sequence

from chaos.case import Case, Fault, Machine, Reply
from chaos.draws import drawn
from driving import MOMENTS
from eccentread.session.words import CHECKLIST
from eccentread_sim import personalities
from quirks import composed, merged

SPEEDS_KMH = (0.8, 0.8, 0.8, 0.5, 0.6, 1.0, 1.2)
MOST_FAULTS = 4
MOST_QUIRKS = 3
"""More, and hardly a session gets to its sets."""
LONG_S = 140.0
"""A session with a rest that nothing befalls takes so long."""


def case_of(seed: int) -> Case:
    """The case of a seed; equal seeds give equal cases."""
    rng = random.Random(f"{seed}:chaos")
    return Case(
        seed=seed,
        machine=_machine(rng),
        speed_kmh=rng.choice(SPEEDS_KMH),
        rest=rng.random() < 0.3,
        faults=tuple(_fault(rng) for _ in range(rng.choice([0, 1, 1, 1, 2, 2, 3, MOST_FAULTS]))),
        replies=_replies(rng),
        patience_s=round(rng.uniform(120.0, 300.0), 1),
    )


def _machine(rng: random.Random) -> Machine:
    kind = rng.random()
    if kind < 0.25:
        return "default"
    if kind < 0.45:
        return rng.choice(sorted(personalities()))
    machine = composed(rng.randrange(10**9), MOST_QUIRKS)
    if rng.random() < 0.2:
        merged(machine, {"gatt": {"links": 2}})
    return machine


def _fault(rng: random.Random) -> Fault:
    what, how = drawn(rng)
    if rng.random() < 0.75:
        return Fault(
            what, rng.choice(sorted(MOMENTS)), round(rng.choice([0.0, rng.uniform(0.0, 6.0)]), 2), how
        )
    return Fault(what, round(rng.uniform(0.0, LONG_S), 2), 0.0, how)


def _replies(rng: random.Random) -> Mapping[str, Sequence[Reply]]:
    """People who decline, hesitate, say things twice, say nothing, or do not look."""
    questions = [name for name, _ in CHECKLIST] + ["pain-before", "arm", "arm", "arm", "belt-creeps"]
    replies: dict[str, Sequence[Reply]] = {}
    if rng.random() < 0.2:
        question = rng.choice(questions)
        later_s = round(rng.choice([rng.uniform(0.1, 5.0), rng.uniform(100.0, 140.0)]), 2)
        replies[question] = rng.choice(
            [[(later_s, 0)], [(later_s, 1)], [(1.0, 1), (later_s, 1)], [(1.0, None)], []]
        )
    if rng.random() < 0.1:
        later_s = round(rng.uniform(0.5, 20.0), 2)
        replies["belt-stands"] = rng.choice([[], [(later_s, 1)], [(later_s, 0)], [(1.0, None)]])
    return replies
