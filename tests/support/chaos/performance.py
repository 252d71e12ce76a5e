"""A case as it is performed, and what came of it."""

import asyncio
import gc
from dataclasses import dataclass
from pathlib import Path

from chaos.case import Case, Fault
from chaos.faults import DOERS
from driving import MOMENTS, Driven, Running, Trouble, drive
from eccentread.events import Answered, Ask

LINGER_S = 20.0
"""How long the machine is watched on when the program is done: a countdown may be running."""


@dataclass(frozen=True)
class Performed:
    """A case, what the program and the machine did, and when what befell them."""

    case: Case
    driven: Driven
    befell: list[tuple[float, Fault]]


def perform(case: Case, folder: Path) -> Performed:
    """Run the case; `folder` takes the files this needs."""
    befell: list[tuple[float, Fault]] = []

    def trouble(fault: Fault) -> Trouble:
        def do(run: Running) -> None:
            befell.append((run.now_s, fault))
            if run.runner is not None:
                DOERS[fault.what](run, **fault.how)

        when = MOMENTS[fault.when] if isinstance(fault.when, str) else fault.when
        return Trouble(when, do, fault.after_s)

    out_of_patience = Fault("asks-for-a-stop", case.patience_s, 0.0, {"by": "patience"})
    gc.freeze()  # only what this session leaves behind is looked through
    try:
        driven = drive(
            folder,
            case.personality,
            seed=case.seed,
            protocol=case.protocol,
            troubles=[trouble(fault) for fault in (*case.faults, out_of_patience)],
            person=lambda run, ask: _reply(case, run, ask),
            linger_s=LINGER_S,
        )
        gc.collect()  # a task that failed unseen complains when it is forgotten
    finally:
        gc.unfreeze()
    return Performed(case, driven, befell)


LOOKS_S = 3.0
WATCH_SEES = 0.25
"""Who times a belt with a watch sees a speed that is off by more than this part."""


def _reply(case: Case, run: Running, ask: Ask) -> bool:
    """Whether somebody else than the honest athlete answers."""
    if ask.question == "belt-creeps" and ask.question not in case.replies:
        right = abs(run.speed_kmh - case.speed_kmh) <= WATCH_SEES * case.speed_kmh
        asyncio.get_running_loop().call_later(
            LOOKS_S, lambda: run.submit(Answered(run.now_s, ask.question, int(right)))
        )
        return True
    if ask.question not in case.replies:
        return False
    for after_s, value in case.replies[ask.question]:
        asyncio.get_running_loop().call_later(
            after_s, lambda value=value: run.submit(Answered(run.now_s, ask.question, value))
        )
    return True
