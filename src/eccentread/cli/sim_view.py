"""What `eccentread sim` shows: a line for what happens, and on a terminal one below for how things are."""

import contextlib
import queue
import threading
from shutil import get_terminal_size
from typing import TextIO

from eccentread.ftms import (
    OpCode,
    OtherRequest,
    RequestControl,
    ResetMachine,
    SetTargetInclination,
    SetTargetSpeed,
    StartOrResume,
    StopAction,
    StopOrPause,
    decode_request,
)
from eccentread.ui.direct import direct
from eccentread.ui.words import clock, printable

FRAME_S = 0.25
"""How often the status below the lines is drawn anew."""
LINES_WAITING = 1000
"""How far a terminal may fall behind before it misses lines."""
CLOSE_S = 1.0
"""How long a slow terminal is waited for at the end."""
CLEAR = "\r\x1b[K"
"""Back to the beginning of the line, and erase it (ECMA-48 EL)."""


class SimView:
    """Lines, and on a terminal one more below them that says how the belt is now.

    Only its thread writes, so that a terminal that is blocked (Ctrl-S, a sleeping ssh) delays no treadmill;
    one that is gone swallows the rest in silence.
    """

    def __init__(self, stream: TextIO) -> None:
        self._out = direct(stream)
        self._live = stream.isatty()
        self._lines: queue.Queue[str | None] = queue.Queue(LINES_WAITING)
        self._now = _Now()
        self._status = ""
        self._thread = threading.Thread(target=self._write, name="sim-view", daemon=True)
        self._thread.start()

    def tell(self, true: dict[str, object]) -> None:
        """Show a truth of the simulator, soon."""
        if (line := self._now.take(true)) is not None:
            self.line(line)
        self._status = self._now.status

    def line(self, text: str) -> None:
        """Show a line, soon."""
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(text)

    def close(self) -> None:
        """Write what still waits, for at most `CLOSE_S`."""
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(None)
        self._thread.join(CLOSE_S)

    def _next(self) -> str | None:
        """The next line; an empty one when it is time for a new frame, `None` at the end."""
        try:
            return self._lines.get(timeout=FRAME_S if self._live else None)
        except queue.Empty:
            return ""

    def _write(self) -> None:
        clear = CLEAR if self._live else ""
        with contextlib.suppress(OSError):
            while (line := self._next()) is not None:
                if line:
                    self._out.write(f"{clear}{line}\n")
                if self._live:
                    self._out.write(f"{clear}{self._status[: get_terminal_size().columns - 1]}")
            self._out.write(clear)


class _Now:
    """How the treadmill is now, and what is said when that changes."""

    def __init__(self) -> None:
        self._t_s = 0.0
        self._state = ""
        self._true_kmh = 0.0
        self._reported_kmh: float | None = None
        self._central: str | None = None

    @property
    def status(self) -> str:
        """All of it in a line."""
        reported = "" if self._reported_kmh is None else f" (reported {self._reported_kmh:.2f})"
        who = self._central or "nobody connected"
        return f"SIMULATED {clock(self._t_s)} belt {self._state}, {self._true_kmh:.2f} km/h{reported}, {who}"

    def take(self, true: dict[str, object]) -> str | None:
        """Something is true from now on; the line that says so, if it is worth one."""
        said: str | None = None
        match true:
            case {"what": "speed", "speed_kmh": float(speed_kmh)}:
                self._true_kmh = speed_kmh
            case {"what": "report", "speed_kmh": float(speed_kmh)}:
                self._reported_kmh = speed_kmh
            case {"what": "belt", "state": str(state)}:
                self._state = state
                said = f"belt {state}"
            case {"what": "host", "who": str(who), "up": bool(up)}:
                said = f"{who} {'attached' if up else 'detached'}"
            case {"what": "central", "address": str(address)}:
                self._central = address
            case {"what": "link", "up": True}:
                said = f"connected: {self._central}"
            case {"what": "link", "up": False}:
                self._central = None
                said = "disconnected"
            case {"what": "command", "data": str(data)}:
                said = f"asked {_in_words(bytes.fromhex(data))}"
            case {"what": "heard", "cue": str(cue), "number": number}:
                heard = cue if number is None else f"{cue} {number}"
                said = f"athlete hears {printable(heard)}"
            case {"what": "asked", "question": str(question), "answer": int(answer)}:
                said = f"athlete answers {printable(question)} with {answer}"
            case {"what": "touch", "touch": str(touch)}:
                said = f"console: {touch}"
            case {"what": "contact"}:
                said = _contact(true)
            case _:
                pass
        match true:
            case {"t_s": float(t_s)}:
                self._t_s = max(self._t_s, t_s)
            case _:
                pass
        return None if said is None else f"{clock(self._t_s)} {said}"


def _contact(true: dict[str, object]) -> str:
    """What a foot did on the belt."""
    match true:
        case {
            "label": str(label),
            "onset_s": float(onset_s),
            "release_s": float(release_s),
            "peak_force_n": float(force_n),
            "travel_m": float(travel_m),
            "counts": bool(counts),
        }:
            lasted_s = release_s - onset_s
            rest = "" if counts else ", does not count"
            return f"athlete: {label}, {force_n:.0f} N, {travel_m:.2f} m in {lasted_s:.1f} s{rest}"
        case _:
            return "athlete: a contact"


def _in_words(data: bytes) -> str:
    """What a write to the control point asks for."""
    match decode_request(data):
        case RequestControl():
            return "for control"
        case ResetMachine():
            return "for a reset"
        case SetTargetSpeed(speed_centi_kmh=speed):
            return f"for {speed / 100:.2f} km/h"
        case SetTargetInclination(inclination_deci_pct=inclination):
            return f"for an inclination of {inclination / 10:.1f} %"
        case StartOrResume():
            return "to start"
        case StopOrPause(action=StopAction.STOP):
            return "to stop"
        case StopOrPause(action=StopAction.PAUSE):
            return "to pause"
        case OtherRequest(op=OpCode() as op):
            return f"to {op.name.lower().replace('_', ' ')} ({data.hex(' ')})"
        case _:
            return f"something that FTMS does not know ({data.hex(' ')})"
