"""The smallest case that still breaks the same rule."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from chaos.case import Case

NEEDED = frozenset({"description", "machine", "drive"})
KEPT = {"machine": "name", "drive": "archetype"}
"""What a personality cannot do without."""


def shrunk(case: Case, fails: Callable[[Case], bool], tries: int = 300) -> Case:
    """The smallest case found for which `fails` still holds, as it does for `case`, in so many tries."""
    smaller = True
    while smaller:
        smaller = False
        for candidate in _smaller(case):
            if not tries:
                return case
            tries -= 1
            if fails(candidate):
                case, smaller = candidate, True
                break
    return case


def _smaller(case: Case) -> Iterator[Case]:
    """What is simpler by one thing, the boldest first."""
    if len(case.faults) > 1:
        half = len(case.faults) // 2
        yield replace(case, faults=case.faults[:half])
        yield replace(case, faults=case.faults[half:])
    for k in range(len(case.faults)):
        yield replace(case, faults=case.faults[:k] + case.faults[k + 1 :])
    for question in case.replies:
        yield replace(case, replies={name: said for name, said in case.replies.items() if name != question})
    if case.machine != "default":
        yield replace(case, machine="default")
    if not isinstance(case.machine, str):
        for machine in _simpler(case.machine):
            yield replace(case, machine=machine)
    if case.rest:
        yield replace(case, rest=False)
    if case.speed_kmh != 0.8:
        yield replace(case, speed_kmh=0.8)
    for k, fault in enumerate(case.faults):
        for simpler in _plainer(fault.after_s, fault.when):
            faults = (*case.faults[:k], replace(fault, **simpler), *case.faults[k + 1 :])
            yield replace(case, faults=faults)
    if case.seed != 1:
        yield replace(case, seed=1)


def _plainer(after_s: float, when: str | float) -> Iterator[dict[str, Any]]:
    if after_s:
        yield {"after_s": 0.0}
    if after_s != round(after_s, 1):
        yield {"after_s": round(after_s, 1)}
    if not isinstance(when, str) and when != round(when):
        yield {"when": float(round(when))}


def _simpler(machine: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The machine without one of its sections, or one of its keys."""
    for name, value in machine.items():
        if name not in NEEDED:
            yield {key: one for key, one in machine.items() if key != name}
        if isinstance(value, Mapping):
            for inner in _simpler(value):
                if inner and KEPT.get(name) in (None, *inner):
                    yield {**machine, name: inner}
