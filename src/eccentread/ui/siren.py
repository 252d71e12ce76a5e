"""The alarm that is heard: a tone and spoken words, in turn, on whatever this computer has.

Made of the standard library alone, so that a process that must not fail can have it, too. Each program that
plays or speaks ends by itself within seconds: if this one is killed, it leaves no siren behind.
"""

import atexit
import contextlib
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from eccentread.ui import speakers
from eccentread.ui.speakers import Tool
from eccentread.ui.tone import TONE_S, tone

SPEAK_S = 8.0
"""A voice that takes longer hangs."""
LEAST_SPEAK_S = 0.5
"""One that takes less has said nothing: without a sound device espeak-ng 1.51 ends well, and at once."""
LONGEST_WORDS = 300
"""As many characters are spoken."""

_SLACK_S = 2.0  # for a player to open the sound card
_ROUND_S = 1.0  # at the least, where nothing but the bell is heard
_LOOK_S = 0.05
_LAST_S = 1.0


class Siren:
    """Sounds from `start` to `stop`, which both return at once; everything else is its own thread's.

    A program that is missing, fails, hangs or ends too soon gives way to the next; the bell rings with each
    round. Nothing is raised, whatever fails.
    """

    def __init__(
        self,
        players: Sequence[Tool] | None = None,
        voices: Sequence[Tool] | None = None,
        bell: Callable[[], object] = speakers.ring,
    ) -> None:
        self._players = speakers.players() if players is None else players
        self._voices = speakers.voices() if voices is None else voices
        self._bell = bell
        self._words = ""
        self._over: threading.Event | None = None
        # Now, since a disk may be full later, and a thread takes its time to start.
        self._tone = _in_a_file(tone())
        self._alarms = queue.SimpleQueue[threading.Event | None]()
        self._thread = threading.Thread(target=self._serve, name="siren", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    @property
    def sounding(self) -> bool:
        """Whether it sounds."""
        return self._over is not None

    def start(self, words: str) -> None:
        """Sound and say `words`, again and again; other words than before are said from the next round on."""
        self._words = words[:LONGEST_WORDS].replace("\0", " ")
        if self._over is None:
            self._over = threading.Event()
            self._alarms.put(self._over)

    def stop(self) -> None:
        """Be silent, within a few hundredths of a second."""
        if self._over is not None:
            self._over.set()
            self._over = None

    def close(self, timeout_s: float = 1.0) -> bool:
        """Be silent for good; say whether that took less than `timeout_s`."""
        self.stop()
        self._alarms.put(None)
        self._thread.join(timeout_s)
        if self._tone is not None:
            with contextlib.suppress(OSError):
                self._tone.unlink(missing_ok=True)
        atexit.unregister(self.close)
        return not self._thread.is_alive()

    def _serve(self) -> None:
        while (over := self._alarms.get()) is not None:
            self._sound(over)

    def _sound(self, over: threading.Event) -> None:
        players, voices = deque(self._players if self._tone else ()), deque(self._voices)
        while not over.is_set():
            began_s = time.monotonic()
            self._bell()
            _first_that_works(players, str(self._tone), TONE_S / 2, TONE_S + _SLACK_S, over)
            spoke_s = time.monotonic()
            spoken = _first_that_works(voices, self._words, LEAST_SPEAK_S, SPEAK_S, over)
            if not spoken and time.monotonic() - spoke_s >= SPEAK_S:
                voices.clear()  # a voice that hangs would keep the tone away
            over.wait(began_s + _ROUND_S - time.monotonic())


def _first_that_works(
    tools: deque[Tool], it: str, least_s: float, longest_s: float, over: threading.Event
) -> bool:
    """Run the tools in turn until one does it; that one comes first in the next round."""
    for _ in range(len(tools)):
        if over.is_set() or _ran(tools[0], it, least_s, longest_s, over):
            return True
        tools.rotate(-1)
    return False


def _ran(tool: Tool, it: str, least_s: float, longest_s: float, over: threading.Event) -> bool:
    """Whether the tool ended well within these times; it is killed after the longer, and with the alarm."""
    began_s = time.monotonic()
    said = tool.stdin(it)
    try:
        child = subprocess.Popen(  # noqa: S603 — the programs are ours to name, and no shell reads the words
            tool.argv(it),
            stdin=subprocess.DEVNULL if said is None else subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is not for it
        )
    except OSError:
        return False
    try:
        if child.stdin is not None and said is not None:
            with contextlib.suppress(OSError), child.stdin:
                child.stdin.write(said.encode(errors="replace"))
        while child.poll() is None and time.monotonic() - began_s < longest_s:
            if over.wait(_LOOK_S):
                return True
        return child.returncode == 0 and time.monotonic() - began_s >= least_s
    finally:
        _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        with contextlib.suppress(OSError):
            if sys.platform == "win32":
                child.kill()
            else:
                os.killpg(child.pid, signal.SIGKILL)
        with contextlib.suppress(
            subprocess.TimeoutExpired
        ):  # a driver that hangs holds on to what was killed
            child.wait(_LAST_S)


def _in_a_file(sound: bytes) -> Path | None:
    """The file; `None` where none can be written."""
    try:
        with tempfile.NamedTemporaryFile(prefix="eccentread-", suffix=".wav", delete=False) as file:
            file.write(sound)
    except OSError:
        return None
    return Path(file.name)
