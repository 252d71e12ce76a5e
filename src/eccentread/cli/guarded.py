"""A guardian for a session whose belt outlives this process."""

from collections.abc import Callable
from pathlib import Path

from eccentread.guardian.guard import Guard
from eccentread.record.latch import BLUETOOTH, Machine, default_folder

LOG_NAME = "guardian.log"
"""Beside the session's journal; there if the guardian had something to do."""

SIMULATORS = "eccentread_sim:attach"
"""How a simulated treadmill in another process is reached."""


def via(machine: Machine) -> str | None:
    """The dotted name of the radio that reaches it; `None` is this computer's own."""
    return None if machine.reached == BLUETOOTH else SIMULATORS


def guarded(
    machine: Machine | None, session: Path, tell: Callable[[str], object], unguarded: Callable[[], object]
) -> Guard | None:
    """The guard for the session kept in that folder; `None` where nothing outlives this process."""
    if machine is None:
        return None
    return Guard(
        machine,
        default_folder(),
        session.name,
        via=via(machine),
        log=session / LOG_NAME,
        tell=tell,
        unguarded=unguarded,
    )
