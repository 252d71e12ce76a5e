"""What a step on the way calls for: an ask of the gate, an alarm, a verdict, or to let the machine be."""

from dataclasses import dataclass

from eccentread.events import CommandKind, Reason, Verdict
from eccentread.safety import Alarm
from eccentread.safety.gate import Ask


@dataclass(frozen=True, slots=True)
class Ruling:
    """What became of the newest command of a kind."""

    kind: CommandKind
    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Before anything moved: this machine will not do, and nothing more is sent to it."""

    reason: Reason
    text: str


type Effect = Ask | Alarm | Ruling | GiveUp
