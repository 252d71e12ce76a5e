"""`eccentread doctor`: is this computer fit for a session, and if not, what is the way out?"""

import asyncio
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eccentread.cli.acquaintance import recall
from eccentread.cli.profiles import Shelf, own_folder, read_shelf
from eccentread.record.latch import default_folder
from eccentread.record.library import default_root
from eccentread.rescue.words import EMERGENCY
from eccentread.ui import speakers
from eccentread.ui.siren import Siren
from eccentread.ui.words import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eccentread.io.doctor import Finding
    from eccentread.ui.speakers import Tool

ALOUD_S = 8.0
"""Long enough for a tone, the words, and a tone."""

_SOUND = {
    "linux": "Install pipewire-bin, pulseaudio-utils or alsa-utils to play it, and espeak-ng to speak it.",
    "darwin": "They are a part of macOS; see why afplay and say are not found.",
    "win32": "They are a part of Windows; see why PowerShell is not found.",
}

_AFTERWARDS = (
    "Was it heard where the athlete stands, facing away, over the treadmill's motor? If not, make it louder "
    "or bring it nearer, and try again: an alarm that is not heard is none."
)


@click.command()
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder to keep sessions in.")
@click.option("--sound", "aloud", is_flag=True, help="Sound the alarm for a few seconds.")
def doctor(out: Path | None, aloud: bool) -> int:
    """See whether this computer is fit for a session.

    Looks at Python, the packages, Bluetooth, who holds the treadmill, the folders, and whether an alarm
    can be heard; --sound lets it be heard. Exit status: 0 all well, 4 something stands in the way.
    """
    from eccentread.io.doctor import diagnose, state_folder

    last, flaws = recall()
    findings = asyncio.run(diagnose(out or default_root(), last))
    players, voices = speakers.players(), speakers.voices()
    findings += [state_folder(default_folder()), *profiles(read_shelf()), *memory(flaws)]
    findings += sound(players, voices)
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    marks = {True: "✓", None: "–", False: "✗"} if unicode else {True: "ok", None: "--", False: "!!"}
    for finding in findings:
        click.echo(f"{marks[finding.ok]} {finding.what}: {printable(finding.detail)}")
        if finding.way_out:
            click.echo(f"    {printable(finding.way_out)}")
    if aloud:
        click.echo(f"{_before(players, voices)} It lasts {ALOUD_S:.0f} s.")
        sound_alarm(Siren(), ALOUD_S)
        click.echo(_AFTERWARDS)
    return 4 if any(finding.ok is False for finding in findings) else 0


def sound(players: "Sequence[Tool]", voices: "Sequence[Tool]") -> "Sequence[Finding]":
    """By what the athlete, who does not see the screen, hears an alarm. Nobody can tell how loud it is."""
    from eccentread.io.doctor import Finding

    plays = ", ".join(tool.name for tool in players) or "nothing"
    speaks = ", ".join(tool.name for tool in voices) or "nothing"
    detail = f"{plays} plays it, {speaks} speaks it; whether it is loud enough, --sound lets you hear"
    if not players and not voices:
        detail = (
            "there is only the terminal's bell for it, and whoever faces away from the screen may miss that"
        )
    if players and voices:
        return [Finding("alarm", ok=True, detail=detail)]
    return [Finding("alarm", ok=None, detail=detail, way_out=_SOUND.get(sys.platform, _SOUND["linux"]))]


def _before(players: "Sequence[Tool]", voices: "Sequence[Tool]") -> str:
    """What is about to be heard."""
    if players:
        return "Now the alarm: make it as loud as it must be on the belt."
    if voices:
        return "Now the alarm, without its siren, which nothing here can play: spoken words and the bell."
    return "Now the alarm, which is only the terminal's bell here: nothing plays a sound, nothing speaks."


def sound_alarm(siren: Siren, for_s: float) -> None:
    """Sound it for so long, or until Ctrl-C."""
    try:
        siren.start(EMERGENCY)
        time.sleep(for_s)
    finally:
        siren.close()


def profiles(shelf: Shelf) -> "Sequence[Finding]":
    """How many models are known, and which of the user's own files are not understood."""
    from eccentread.io.doctor import Finding

    count = Finding("profiles", ok=True, detail=f"{len(shelf.known)} models; your own go to {own_folder()}")
    way_out = "Mend or remove the file; a session goes on without it."
    return [count, *(Finding("profiles", ok=False, detail=flaw, way_out=way_out) for flaw in shelf.flaws)]


def memory(flaws: "Sequence[str]") -> "Sequence[Finding]":
    """Whether the treadmill of last time can be read."""
    from eccentread.io.doctor import Finding

    way_out = "eccentread scan --forget removes it; the next session remembers its treadmill anew."
    return [Finding("your treadmill", ok=False, detail=flaw, way_out=way_out) for flaw in flaws]
