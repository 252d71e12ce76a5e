"""A case: a machine, a protocol, a person and what befalls them. It can be written down and read again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from driving import QUICK, WITH_REST
from quirks import toml

type Machine = str | Mapping[str, Any]
"""The name of a bundled personality, or the tables of one."""


@dataclass(frozen=True)
class Fault:
    """What befalls: `what` is a name in `faults.DOERS`, `how` goes with it.

    `when` is a name in `driving.MOMENTS`, or session seconds; it happens `after_s` later.
    """

    what: str
    when: str | float
    after_s: float = 0.0
    how: Mapping[str, Any] = field(default_factory=dict[str, Any])


type Reply = tuple[float, int | None]
"""After so many seconds this is answered."""


@dataclass(frozen=True)
class Case:
    """One session."""

    seed: int
    """The simulator's: its athlete and its chances."""
    machine: Machine = "default"
    speed_kmh: float = 0.8
    rest: bool = False
    """Whether there is a second set, with a rest before it."""
    faults: tuple[Fault, ...] = ()
    replies: Mapping[str, Sequence[Reply]] = field(default_factory=dict[str, Sequence[Reply]])
    """What a question is answered with by somebody who is not the honest athlete: nothing, once, or more."""
    patience_s: float = 250.0
    """When somebody asks for a stop at the latest."""

    @property
    def protocol(self) -> str:
        """The protocol as a file."""
        text = WITH_REST if self.rest else QUICK
        return text.replace("speed_kmh = 0.8", f"speed_kmh = {self.speed_kmh}")

    @property
    def personality(self) -> str:
        """The machine's name, or its file."""
        return self.machine if isinstance(self.machine, str) else toml(dict(self.machine))

    def written(self) -> str:
        """As one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


def read(text: str) -> Case:
    """What `Case.written` wrote."""
    given = json.loads(text)
    faults = tuple(Fault(**one) for one in given.pop("faults", []))
    replies = {
        question: [(after_s, value) for after_s, value in said]
        for question, said in given.pop("replies", {}).items()
    }
    return Case(faults=faults, replies=replies, **given)
