"""What is known of one machine model, as far as it changes what the program does.

A profile makes nothing faster: it only tells the driver what a machine does that it could not find out, or
would have to take for a fault. Without one the cautious defaults of `UNKNOWN` hold.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from eccentread.units import KMH_PER_MPH


class Unit(StrEnum):
    """What one unit of the wire's speed numbers is a hundredth of."""

    KMH = "km/h"
    MPH = "mph"

    @property
    def kmh(self) -> float:
        """Kilometres an hour in one of it."""
        return KMH_PER_MPH if self is Unit.MPH else 1.0


class SpeedSource(StrEnum):
    """What the speed in Treadmill Data is while the belt runs."""

    MEASURED = "measured"
    SET_POINT = "set-point"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Match:
    """Which machines a profile is for: patterns in which `*` stands for anything and `?` for one character.

    Capitals do not matter. All that are given must fit; without any it is for nobody.
    """

    names: tuple[str, ...] = ()
    """Advertised names, one of which must fit."""
    manufacturer: str | None = None
    model: str | None = None
    firmware: str | None = None
    """Of the Device Information; "" is a machine that does not tell."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What somebody tried with this program."""

    what: str
    by: str
    on: str
    """The day, such as 2026-11-21."""
    firmware: str


@dataclass(frozen=True, slots=True)
class Profile:
    """One machine model. Speeds are integer hundredths of a km/h; `None` is not known."""

    key: str
    """The file's stem."""
    name: str
    """Maker, model, and firmware where it matters."""
    suitable: bool | None = None
    """For this exercise: speed, rails, key, and a speed report that shows pushes."""
    why: str = ""
    """The reason for that."""
    min_centi_kmh: int | None = None
    max_centi_kmh: int | None = None
    step_centi_kmh: int | None = None
    """The belt's real range and increment: they outweigh what the machine says of itself."""
    unit_verified: bool = False
    """Whether somebody measured which units it speaks; the two below are then facts."""
    command_unit: Unit = Unit.KMH
    report_unit: Unit = Unit.KMH
    source: SpeedSource = SpeedSource.UNKNOWN
    reports_standing: bool = True
    """False: it reports only while its belt runs, so that a person has to say that it stands."""
    start_after_s: float | None = None
    """From Start to the first report of motion."""
    settle_s: float = 0.0
    """How long its own start speed is left alone, from first motion, where that is longer than usual."""
    keep_alive_s: float | None = None
    """It stops by itself unless its speed is repeated this often."""
    start_centi_kmh: int | None = None
    """The first speed it reports after a start."""
    quirks: tuple[str, ...] = ()
    """Ids of what a driver must know of it; the table in hardware/treadmills/README.md."""
    match: Match = Match()
    verified: tuple[Verified, ...] = ()
    """Who ran this program on it; nobody has where it is empty."""


UNKNOWN = Profile(key="", name="unknown machine")


def matching(profiles: Iterable[Profile], name: str, device: Mapping[str, str]) -> Profile | None:
    """What is known of the machine of that advertised name and Device Information.

    The most specific profile: a pattern for the firmware counts more than any for the model, that more than
    one for the manufacturer, that more than one for the name; then the one with more characters spelt out.
    `None` where none fits, and where two fit equally.
    """
    match _best(profiles, name, device):
        case [profile]:
            return profile
        case _:
            return None


def remarks(profiles: Sequence[Profile], name: str, device: Mapping[str, str]) -> list[str]:
    """What a person ought to hear of the match: two that fit equally, or facts of another firmware."""
    said: list[str] = []
    best = _best(profiles, name, device)
    if len(best) > 1:
        files = ", ".join(sorted(profile.key for profile in best))
        said.append(f"Profiles that fit this machine equally ({files}) are not used; make one more specific.")
    for profile in profiles:
        pattern = profile.match.firmware
        if pattern is None or _score(profile.match, name, device):
            continue
        whatever = Match(profile.match.names, profile.match.manufacturer, profile.match.model, "*")
        if _score(whatever, name, device):
            has = device.get("firmware", "") or "none that it tells"
            said.append(f"What is known of {profile.name} holds for firmware {pattern}, not for {has}.")
    return said


def candidates(profiles: Iterable[Profile], name: str) -> list[Profile]:
    """Those that may turn out to match once a machine of that advertised name tells more of itself."""
    return [
        profile
        for profile in profiles
        if _longest(profile.match.names, name) is not None
        or (not profile.match.names and profile.match != Match())
    ]


type _Score = tuple[int, int, int, int]
"""Characters spelt out in the patterns for firmware, model, manufacturer and name; −1 without a pattern."""


def _best(profiles: Iterable[Profile], name: str, device: Mapping[str, str]) -> list[Profile]:
    """Those that fit and that no other outdoes."""
    scored = [(score, profile) for profile in profiles if (score := _score(profile.match, name, device))]
    top = max((score for score, _ in scored), default=None)
    return [profile for score, profile in scored if score == top]


def _score(match: Match, name: str, device: Mapping[str, str]) -> _Score | None:
    """How specifically it fits; `None` where it does not."""
    if match == Match():
        return None
    parts: list[int] = []
    for key, pattern in (
        ("firmware", match.firmware),
        ("model", match.model),
        ("manufacturer", match.manufacturer),
    ):
        fits = -1 if pattern is None else _longest((pattern,), device.get(key, ""))
        if fits is None:
            return None
        parts.append(fits)
    named = _longest(match.names, name) if match.names else -1
    return None if named is None else (parts[0], parts[1], parts[2], named)


def _longest(patterns: Iterable[str], text: str) -> int | None:
    """Characters spelt out in the pattern that says most of those that fit; `None` where none does."""
    fitting = [pattern for pattern in patterns if _fits(pattern, text)]
    return max((len(re.sub(r"[*?]", "", pattern)) for pattern in fitting), default=None)


def _fits(pattern: str, text: str) -> bool:
    spelt = re.escape(pattern.strip()).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(spelt, text.strip(), re.IGNORECASE | re.DOTALL) is not None
