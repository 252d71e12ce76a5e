"""What is known of machine models: the profiles that come with the program, and the user's own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from eccentread.cli.bundled import bundled
from eccentread.errors import InputError
from eccentread.session import Profile, candidates, matching, parse_profile
from eccentread.session.commissioning import SIMULATED


@dataclass(frozen=True, slots=True)
class Known:
    """A profile and the text it was read from."""

    profile: Profile
    text: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """All profiles that could be read, and a sentence for each that could not."""

    known: Sequence[Known] = ()
    flaws: Sequence[str] = ()

    @property
    def profiles(self) -> list[Profile]:
        """The profiles alone."""
        return [one.profile for one in self.known]

    def doubt(self, name: str) -> str | None:
        """What to say before a session on a machine of that name which is known not to be suitable."""
        known = matching(self.profiles, name, {})
        if known is None or known.suitable is not False:
            return None
        return f"By its name this is a {known.name}, and that is not suitable: {known.why}"

    def fitting(self, *names: str) -> dict[str, str]:
        """The texts, by key, of those that may be for a machine of one of these names."""
        may_be = {profile.key for name in names for profile in candidates(self.profiles, name)}
        return {one.profile.key: one.text for one in self.known if one.profile.key in may_be}


def own_folder() -> Path:
    """Where the user's own profiles lie."""
    return platformdirs.user_config_path("eccentread") / "treadmills"


def simulated(profile: Profile) -> bool:
    """Whether it was written on the simulator: it says nothing of a real machine, whatever name that has."""
    return profile.name.startswith(SIMULATED)


def read_shelf(folders: Iterable[Path] | None = None) -> Shelf:
    """The profiles in `folders`, by default the bundled ones and the user's own.

    A file takes the place of one of the same name in an earlier folder. One that cannot be read, or is of a
    simulated machine, is left out, and with it the one whose place it takes: that one was not wanted.
    """
    found: dict[str, Known | None] = {}
    flaws: list[str] = []
    for folder in [bundled("hardware") / "treadmills", own_folder()] if folders is None else folders:
        for path in sorted(folder.glob("*.toml")):
            found[path.stem] = None
            try:
                text = path.read_text(encoding="utf-8")
                profile = parse_profile(text, path.name)
                if simulated(profile):
                    why = f"{path.name} is of a simulated machine; remove it."
                    flaws.append(f"A profile in {folder} is left out: {why}")
                else:
                    found[path.stem] = Known(profile, text)
            except InputError as error:
                flaws.append(f"A profile in {folder} is left out: {error.sentence}")
            except (OSError, UnicodeDecodeError) as error:
                why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
                flaws.append(f"A profile in {folder} is left out: {path.name} cannot be read ({why}).")
    return Shelf([one for one in found.values() if one], flaws)
