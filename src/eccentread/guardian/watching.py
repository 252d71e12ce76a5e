"""When to take over from a program that watches a belt: by what it says, and by its silence (pure).

It says one octet a beat: whether its belt may be running. So what was said last is all there is to know, and
a lost octet is made good by the next. Silence is counted in the watcher's own ticks: where both processes are
frozen (a suspended computer, a stopped container) no tick passes, and no clock is asked that could jump.
"""

from enum import Enum, StrEnum, auto

TICK_S = 0.1
"""How long the watcher waits for a word before it counts a tick."""

BEAT_S = 0.25
"""How often the program speaks."""

SILENT_S = 2.0
"""Silent for so long while its belt may run, the program is taken for hung."""

MAY_RUN = b"r"
STANDS = b"s"


class Why(StrEnum):
    """Why the watcher takes over."""

    DIED = auto()
    HUNG = auto()


class Verdict(Enum):
    """Nothing more to watch: the program ended, and its belt stands."""

    DONE = auto()


class Watching:
    """What was heard of the program, and what follows."""

    def __init__(self) -> None:
        self._may_run = False
        self._silent = 0

    def heard(self, words: bytes) -> Why | Verdict | None:
        """It spoke; no octets at all are its end. `None`: watch on."""
        self._silent = 0
        if words:
            self._may_run = words.endswith(MAY_RUN)
            return None
        return Why.DIED if self._may_run else Verdict.DONE

    def tick(self) -> Why | None:
        """A tick passed without a word, and everything that it said before was read."""
        self._silent += 1
        return Why.HUNG if self._may_run and self._silent * TICK_S >= SILENT_S else None
