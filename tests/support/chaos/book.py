"""What really happened in a case: the machine's truth, and the octets that went to and fro.

Nothing here asks the code under test what it thinks: reports are decoded and their rhythm is learned again.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from math import inf
from statistics import median
from typing import Any

from chaos.performance import Performed
from eccentread.events import (
    Answered,
    BeltStands,
    Command,
    Connected,
    Disconnect,
    Input,
    LinkLost,
    LockChosen,
    Notified,
    Output,
    SessionEnded,
)

PROGRAM = "C0:FF:EE:C0:FF:EE"
HAIR_S = 0.0001
"""Truth rounds its times: what the program wrote counts as a hair later, never before its cause, and what
happened to the machine as a hair earlier, never after its effect."""
START, STOP, PAUSE, CONTROL, SPEED = "07", "0801", "0802", "00", "02"

BELIEVED_S = 2.5
"""What a machine reports for so long may be taken for true: zeros prove a standing belt after 3 s."""

type Span = tuple[float, float]


def within(spans: Iterable[Span], t_s: float) -> bool:
    """Whether a time lies in one of them."""
    return any(a <= t_s <= b for a, b in spans)


def speed_of(record: bytes) -> int | None:
    """The speed in the octets of a Treadmill Data notification, hundredths (FTMS 1.0 §4.4.1)."""
    if len(record) < 4 or record[0] & 1:
        return None
    return int.from_bytes(record[2:4], "little")


class Book:
    """One performed case. Times are session seconds."""

    def __init__(self, performed: Performed) -> None:
        self.case = performed.case
        self.driven = performed.driven
        self.befell = performed.befell
        self.machine: Any = performed.case.machine
        self.inputs: Sequence[Input] = self.driven.inputs
        self.outputs: Sequence[Output] = self.driven.outputs
        self._speeds_s = [t_s for t_s, _ in self.driven.speeds]

    def of[T](self, kind: type[T]) -> list[T]:
        """The inputs of a kind."""
        return [one for one in self.inputs if isinstance(one, kind)]

    def said[T](self, kind: type[T]) -> list[T]:
        """The outputs of a kind."""
        return self.driven.of(kind)

    @cached_property
    def lock_centi(self) -> int:
        """The protocol's speed, or a lower one that a machine's grid has and a person said yes to."""
        chosen = [one.speed_kmh for one in self.said(LockChosen)]
        agreed = any(one.question == "other-speed" and one.value for one in self.of(Answered))
        return round(100 * min([self.case.speed_kmh, *(chosen if agreed else [])]))

    @property
    def too_fast_centi(self) -> int:
        """What a report of a belt at its lock never reads."""
        return self.lock_centi + 40

    # --- the machine's truth --------------------------------------------------------------------------------

    @cached_property
    def heard(self) -> list[tuple[float, str]]:
        """What the program wrote and the machine heard."""
        return [
            (line["t_s"] + HAIR_S, line["data"])
            for line in self.driven.happened("command")
            if line["central"].startswith(PROGRAM)
        ]

    @cached_property
    def arrived(self) -> list[tuple[float, str]]:
        """What the program wrote and arrived at the machine, though it was turned down."""
        turned_down = [
            (line["t_s"] + HAIR_S, line["data"])
            for line in self.driven.happened("refused")
            if line["central"].startswith(PROGRAM)
        ]
        return sorted(self.heard + turned_down)

    def speed_kmh(self, t_s: float) -> float:
        """The belt's true speed."""
        return self.driven.speeds[max(bisect_right(self._speeds_s, t_s) - 1, 0)][1]

    def speeds_kmh(self, from_s: float, to_s: float) -> list[float]:
        """True speeds in this time: the last before it, too."""
        first = max(bisect_right(self._speeds_s, from_s) - 1, 0)
        return [kmh for _, kmh in self.driven.speeds[first : bisect_right(self._speeds_s, to_s)]]

    def touches(self, *what: str) -> list[dict[str, Any]]:
        """What was done at the console, or happened to the machine."""
        return [
            {**line, "t_s": line["t_s"] - HAIR_S}
            for line in self.driven.happened("touch")
            if line["touch"] in what
        ]

    # --- the link -------------------------------------------------------------------------------------------

    @cached_property
    def silent(self) -> list[Span]:
        """When nothing was delivered, and nobody knew."""
        spans = [(one["t_s"], one["t_s"] + one["lasts_s"] + 0.1) for one in self.touches("silence", "reboot")]
        spans += [
            (t_s, t_s + fault.how.get("silent_s", 0.0) + 0.01)
            for t_s, fault in self.befell
            if fault.what == "drops-link"
        ]
        return spans + [(one["t_s"], one["t_s"] + 0.1) for one in self.touches("hang-up")]

    @cached_property
    def held_up(self) -> list[Span]:
        """When the program's event loop stood still."""
        return [(t_s, t_s + fault.how["for_s"]) for t_s, fault in self.befell if fault.what == "holds-up"]

    def slack_s(self, from_s: float, to_s: float) -> float:
        """How long the program stood still in this time, or began to by then."""
        return sum(b - max(a, from_s) for a, b in self.held_up if a <= to_s and b >= from_s)

    @cached_property
    def linked(self) -> list[Span]:
        """When the program had a link that it wanted, by truth and by what it was told."""
        spans: list[Span] = []
        up_s: float | None = None
        lost = [line["t_s"] for line in self.driven.happened("link") if self._ours(line) and not line["up"]]
        for one in self.inputs:
            if isinstance(one, Connected):
                up_s = one.t_s
            elif isinstance(one, LinkLost) and up_s is not None:
                spans.append((up_s, min([one.t_s, *(t_s for t_s in lost if t_s > up_s)])))
                up_s = None
        if up_s is not None:
            spans.append((up_s, min([self.over_s, *(t_s for t_s in lost if t_s > up_s)])))
        return spans

    def _ours(self, line: dict[str, Any]) -> bool:
        return line["central"].startswith(PROGRAM)

    def reachable(self, from_s: float, to_s: float) -> bool:
        """Whether what was sent in this time arrived."""
        return any(a <= from_s and to_s < b for a, b in self.linked) and not any(
            a <= to_s and from_s <= b for a, b in self.silent
        )

    def link_ends_s(self, t_s: float) -> float:
        """When the link of that time ends, or falls silent."""
        ends = [b for a, b in self.linked if a <= t_s < b] + [a for a, _ in self.silent if a >= t_s]
        return min(ends, default=t_s)

    @cached_property
    def over_s(self) -> float:
        """From when on the program wanted nothing more."""
        over = [one.t_s for one in self.outputs if isinstance(one, Disconnect | SessionEnded)]
        return min(over, default=inf)

    # --- the belt as the program can know it ----------------------------------------------------------------

    @cached_property
    def reports(self) -> list[tuple[float, int]]:
        """Speeds as they arrived, hundredths of whatever the machine means."""
        found: list[tuple[float, int]] = []
        for one in self.of(Notified):
            speed = speed_of(one.data) if one.characteristic == "2acd" else None
            if speed is not None:
                found.append((one.t_s, speed))
        return found

    @cached_property
    def sent(self) -> list[tuple[float, str]]:
        """What the program sent, whether or not it arrived."""
        return [(one.t_s, one.data.hex()) for one in self.outputs if isinstance(one, Command)]

    @cached_property
    def ours(self) -> list[Span]:
        """From a start of the program's to when it says that the belt stands."""
        spans: list[Span] = []
        stands = [one.t_s for one in self.said(BeltStands)]
        for start_s in (t_s for t_s, data in self.heard if data == START):
            if not spans or start_s > spans[-1][1]:
                spans.append((start_s, min([self.over_s, *(t_s for t_s in stands if t_s >= start_s)])))
        return spans

    @cached_property
    def silences_s(self) -> list[float]:
        """When the reports had been silent for too long: 2.5 s, or four of their usual intervals."""
        found: list[float] = []
        news = sorted(
            [(t_s, False) for t_s, _ in self.reports]
            + [(one.t_s, True) for one in self.of(Connected)]
            + [(inf, False)]
        )
        intervals: list[float] = []
        last_s: float | None = None
        for t_s, anew in news:
            if last_s is not None and t_s > last_s:
                usual_s = min(median(intervals[-31:]), 2.0) if intervals else 0.0
                if t_s - last_s > max(2.5, 4 * usual_s):
                    found.append(last_s + max(2.5, 4 * usual_s))
                if not anew:
                    intervals.append(t_s - last_s)
            last_s = t_s if last_s is None else max(last_s, t_s)
        return found

    # --- where nobody could know ----------------------------------------------------------------------------

    @cached_property
    def deceived(self) -> list[Span]:
        """When the machine's reports were no news of the belt, and the program could not know."""
        spans: list[Span] = []
        source = self._key("reporting", "source")
        for line in self.touches("misread"):
            if line["lasts_s"] >= BELIEVED_S:
                spans.append((line["t_s"], line["t_s"] + line["lasts_s"] + 6.0))
        for t_s, fault in self.befell:
            if fault.what == "happens" and fault.how["what"] == "runaway":
                hidden = not fault.how.get("shown", True) or source in ("set-point", "snapped")
                if hidden or isinstance(self.machine, str):
                    spans.append((t_s, t_s + fault.how.get("lasts_s", 10.0) + 15.0))
        return spans

    def _key(self, section: str, key: str) -> Any:
        return None if isinstance(self.machine, str) else self.machine.get(section, {}).get(key)

    @cached_property
    def toggles(self) -> bool:
        """Whether a *stop* or a second start may set the belt in motion, or take the place of the other."""
        if isinstance(self.machine, str):
            return self.machine in (
                "stop-toggles",
                "vitalwalk-toggle",
                "countdown-restart",
                "speed-gain-fault",
            )
        return self._key("console", "stop_at_rest") == "starts" or bool(self._key("console", "start_again"))
