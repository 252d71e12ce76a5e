"""By what this computer can be heard: programs that play a sound file, programs that speak, the bell."""

import contextlib
import os
import shutil
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tool:
    """A program and its arguments; `{}` stands for the file or the words, which else go to standard input."""

    name: str
    call: tuple[str, ...]

    def argv(self, it: str) -> list[str]:
        """The call for a file, or for words."""
        return [part.replace("{}", it) for part in self.call]

    def stdin(self, it: str) -> str | None:
        """What goes to standard input."""
        return None if any("{}" in part for part in self.call) else it


_PLAY_ON_WINDOWS = "import sys, winsound; winsound.PlaySound(sys.argv[1], winsound.SND_FILENAME)"
_SPEAK_ON_WINDOWS = (
    "Add-Type -AssemblyName System.Speech; "
    "(New-Object System.Speech.Synthesis.SpeechSynthesizer).Speak([Console]::In.ReadToEnd())"
)

_PLAYERS = {
    "darwin": (Tool("afplay", ("afplay", "{}")),),
    "win32": (Tool("winsound", (sys.executable, "-c", _PLAY_ON_WINDOWS, "{}")),),
}
_ANY_PLAYERS = (
    Tool("pw-play", ("pw-play", "{}")),
    Tool("paplay", ("paplay", "{}")),
    Tool("aplay", ("aplay", "--quiet", "{}")),
    Tool("play", ("play", "-q", "{}")),
    Tool("ffplay", ("ffplay", "-nodisp", "-autoexit", "-loglevel", "quiet", "{}")),
)
_VOICES = {
    "darwin": (Tool("say", ("say",)),),
    "win32": (Tool("SAPI", ("powershell", "-NoProfile", "-NonInteractive", "-Command", _SPEAK_ON_WINDOWS)),),
}
_ANY_VOICES = (
    Tool("espeak-ng", ("espeak-ng", "-a", "200", "-s", "150", "--stdin")),  # as loud as it goes, and slowly
    Tool("espeak", ("espeak", "-a", "200", "-s", "150", "--stdin")),
    Tool("spd-say", ("spd-say", "--wait", "--", "{}")),
)


def players() -> tuple[Tool, ...]:
    """The programs here that play a sound file, best first."""
    return _installed(_PLAYERS.get(sys.platform, _ANY_PLAYERS))


def voices() -> tuple[Tool, ...]:
    """The programs here that speak, best first."""
    return _installed(_VOICES.get(sys.platform, _ANY_VOICES))


def ring() -> None:
    """Ring the terminal's bell; nothing where there is no terminal, or where it takes no more (Ctrl-S)."""
    terminal = "CONOUT$" if sys.platform == "win32" else "/dev/tty"
    flags = os.O_WRONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
    with contextlib.suppress(OSError):
        descriptor = os.open(terminal, flags)
        try:
            os.write(descriptor, b"\a")
        finally:
            os.close(descriptor)


def _installed(tools: tuple[Tool, ...]) -> tuple[Tool, ...]:
    return tuple(tool for tool in tools if shutil.which(tool.call[0]))
