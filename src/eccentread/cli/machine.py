"""`--machine`: the words for a simulated machine, told from those for a real one."""

from eccentread.errors import Cause, UsageError

SIMULATOR = "sim"

_DEFAULT = "default"


def personality_of(machine: str) -> str | None:
    """The personality that `machine` names, `None` where that is a real machine.

    Raises:
        UsageError: it names nothing.
    """
    if not machine.strip():
        raise UsageError(
            Cause.USAGE, f"--machine names nothing; take auto, an address, a name or {SIMULATOR}."
        )
    kind, colon, name = machine.partition(":")
    if kind != SIMULATOR:
        return None
    if colon and not name:
        raise UsageError(
            Cause.USAGE,
            f"--machine {machine} names no personality; take {SIMULATOR} for the usual one, or "
            f"{SIMULATOR}:PERSONALITY, a name that eccentread sim --list tells or a file.",
        )
    return name or _DEFAULT
