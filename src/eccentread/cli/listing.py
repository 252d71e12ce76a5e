"""What `scan` tells of each machine: in words, 80 columns wide, or as JSON."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eccentread.ftms import SpeedRange, decode_speed_range
from eccentread.session import Profile, candidates, matching
from eccentread.session.profile import remarks
from eccentread.ui.words import printable
from eccentread.units import kmh_from_centi

if TYPE_CHECKING:
    from eccentread.io.inquire import Told
    from eccentread.io.scan import FoundMachine

WIDTH = 80
_LABEL = 11
_NAME = 60
_KINDS = {True: "treadmill", False: "not a treadmill", None: "fitness machine, kind not told"}
_SUITABLE = {True: "yes", False: "no", None: "unknown"}


@dataclass(frozen=True, slots=True)
class Speeds:
    """A range and increment, hundredths of a km/h, `None` where not known, and who says so."""

    low: int | None
    high: int | None
    step: int | None
    source: str

    def __str__(self) -> str:
        """In words."""
        at = _kmh(self.low) if self.low else "?"
        to = _kmh(self.high) if self.high else "?"
        step = f" in steps of {_kmh(self.step)}" if self.step else ""
        return f"{at} to {to} km/h{step}, as {self.source} says"


@dataclass(frozen=True, slots=True)
class Listed:
    """One machine: how it was heard, what it told when asked, and what is known of its model."""

    machine: "FoundMachine"
    profiles: Sequence[Profile]
    remembered: bool = False
    told: "Told | None" = None
    trouble: str | None = None
    """Why it could not be asked."""

    @property
    def profile(self) -> Profile | None:
        """What is known of its model, by its name and what it told."""
        return matching(self.profiles, self._name, self.told.device if self.told else {})

    @property
    def speeds(self) -> Speeds | None:
        """What is known of its speeds; a profile outweighs what the machine says of itself."""
        profile = self.profile
        if profile is not None and profile.min_centi_kmh is not None:
            low, high, step = profile.min_centi_kmh, profile.max_centi_kmh, profile.step_centi_kmh
            return Speeds(low, high, step, "its profile")
        said = decode_speed_range(self.told.speed_range) if self.told and self.told.speed_range else None
        if isinstance(said, SpeedRange):
            return Speeds(said.min_centi_kmh, said.max_centi_kmh, said.increment_centi_kmh, "the machine")
        return None

    @property
    def suitable(self) -> tuple[bool | None, str]:
        """Whether the exercise is possible on it, and why."""
        profile = self.profile
        if self.machine.is_treadmill is False:
            return False, "It says that it is another kind of fitness machine."
        if profile is None:
            return None, "Nobody has written down what this model does."
        return profile.suitable, profile.why

    @property
    def _name(self) -> str:
        return self.machine.name if self.machine.named else ""

    def lines(self) -> Iterator[str]:
        """In words."""
        machine = self.machine
        suitable, why = self.suitable
        name = printable(self._name)
        clipped = name if len(name) <= _NAME else f"{name[: _NAME - 3]}..."
        yield (clipped or "(no name)") + (" - remembered" if self.remembered else "")
        yield from _row("address", machine.address)
        if machine.held:
            yield from _row("signal", "connected to this computer (another program may hold it)")
        else:
            yield from _row("signal", f"{machine.rssi_dbm} dBm")
        yield from _row("kind", _KINDS[machine.is_treadmill])
        yield from _row("model", self._model())
        if self.told:
            yield from _row("says", _device(self.told))
        if self.trouble:
            yield from _row("says", self.trouble)
        if speeds := self.speeds:
            yield from _row("speeds", str(speeds))
        yield from _row("suitable", f"{_SUITABLE[suitable]}. {why}")
        if self.told:
            for remark in remarks(self.profiles, self._name, self.told.device):
                yield from _row("note", remark)

    def to_json(self) -> dict[str, Any]:
        """As one JSON object."""
        profile, speeds, (suitable, why) = self.profile, self.speeds, self.suitable
        return {
            "address": self.machine.address,
            "name": self._name or None,
            "rssi_dbm": self.machine.rssi_dbm,
            "connected": self.machine.held,
            "treadmill": self.machine.is_treadmill,
            "remembered": self.remembered,
            "profile": profile.key if profile else None,
            "model": profile.name if profile else None,
            "suitable": _SUITABLE[suitable],
            "why": why,
            "speeds": speeds
            and {
                "min_kmh": speeds.low and kmh_from_centi(speeds.low),
                "max_kmh": speeds.high and kmh_from_centi(speeds.high),
                "step_kmh": speeds.step and kmh_from_centi(speeds.step),
                "source": "profile" if profile and profile.min_centi_kmh else "machine",
            },
            "device": dict(self.told.device) if self.told else None,
            "error": self.trouble,
        }

    def _model(self) -> str:
        if self.profile is not None:
            return self.profile.name
        if self.told is None and (may_be := candidates(self.profiles, self._name)) and self._name:
            names = " or ".join(profile.name for profile in may_be if profile.match.names)
            if names:
                return f"unknown, perhaps {names} (--connect asks it)"
        return "unknown model"


def _device(told: "Told") -> str:
    said = ", ".join(f"{key} {printable(value)}" for key, value in told.device.items())
    return said or "nothing of itself"


def _row(label: str, text: str) -> list[str]:
    return textwrap.wrap(
        printable(text),
        WIDTH,
        initial_indent=f"  {label:{_LABEL}}",
        subsequent_indent=" " * (_LABEL + 2),
        break_on_hyphens=False,
    )


def _kmh(centi: int) -> str:
    return f"{kmh_from_centi(centi):g}"
