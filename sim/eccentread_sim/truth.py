"""What really happened, one JSON object a line: what a simulated session's record is judged against.

Every object has `t_s` (seconds since the simulator's start) and `what`:

    link      `up central`                        a central connected, or was lost
    command   `data` (hex) `central`              written to the control point
    refused   `data` (hex) `central`              …and turned down with an ATT error
    belt      `state`                             the console's state changed
    speed     `speed_kmh`                         the belt's true speed, ten times a second
    touch     `touch speed_kmh lasts_s`           something was done at the console, or happened to it
    report    `speed_kmh`                         the speed the machine reports
    heard     `cue number`                        the athlete heard a cue over the air
    asked     `question answer`                   she answered a question over the air
    host      `who up`                            a process attached to the simulator, or was lost
    central   `address`                           whom the next `link` connects
    contact   `label onset_s release_s peak_force_n travel_m impulse_ns work_j counts`   a foot left the belt
"""

import json
from collections.abc import Callable

from eccentread_sim.pushes import Contact

type Truth = Callable[[dict[str, object]], None]
"""Where true things are told."""


def lines_to(write: Callable[[str], object]) -> Truth:
    """A truth that writes lines; `write` is a text file's, for example."""

    def tell(true: dict[str, object]) -> None:
        write(json.dumps(true) + "\n")

    return tell


def link(t_s: float, central: str, *, up: bool) -> dict[str, object]:
    """A central connected, or was lost: its Bluetooth address."""
    return {"t_s": _s(t_s), "what": "link", "up": up, "central": central}


def command(t_s: float, data: bytes, central: str) -> dict[str, object]:
    """A write to the control point, and whose: its Bluetooth address."""
    return {"t_s": _s(t_s), "what": "command", "data": data.hex(), "central": central}


def refused(t_s: float, data: bytes, central: str) -> dict[str, object]:
    """A write to the control point that ended in an ATT error, and whose."""
    return {"t_s": _s(t_s), "what": "refused", "data": data.hex(), "central": central}


def belt(t_s: float, state: str) -> dict[str, object]:
    """The console's state changed."""
    return {"t_s": _s(t_s), "what": "belt", "state": state}


def speed(t_s: float, speed_mps: float) -> dict[str, object]:
    """The belt's true speed."""
    return {"t_s": _s(t_s), "what": "speed", "speed_kmh": round(3.6 * speed_mps, 4)}


def touch(t_s: float, touch: str, speed_kmh: float, lasts_s: float = 0.0) -> dict[str, object]:
    """Somebody, or the machine itself, did something; `speed_kmh` is a new target, else 0."""
    return {
        "t_s": _s(t_s),
        "what": "touch",
        "touch": str(touch),
        "speed_kmh": speed_kmh,
        "lasts_s": lasts_s,
    }


def report(t_s: float, speed_centi_kmh: int) -> dict[str, object]:
    """The machine reports a speed."""
    return {"t_s": _s(t_s), "what": "report", "speed_kmh": speed_centi_kmh / 100}


def heard(t_s: float, cue: str, number: int | None) -> dict[str, object]:
    """The athlete heard a cue."""
    return {"t_s": _s(t_s), "what": "heard", "cue": cue, "number": number}


def asked(t_s: float, question: str, answer: int) -> dict[str, object]:
    """The athlete answered a question."""
    return {"t_s": _s(t_s), "what": "asked", "question": question, "answer": answer}


def host(t_s: float, who: str, *, up: bool) -> dict[str, object]:
    """A process attached to the simulator, or was lost."""
    return {"t_s": _s(t_s), "what": "host", "who": who, "up": up}


def central(t_s: float, address: str) -> dict[str, object]:
    """Who connects: its Bluetooth address."""
    return {"t_s": _s(t_s), "what": "central", "address": address}


def contact(t_s: float, over: Contact) -> dict[str, object]:
    """A foot has left the belt."""
    return {
        "t_s": _s(t_s),
        "what": "contact",
        "label": over.label.value,
        "onset_s": _s(over.onset_s),
        "release_s": _s(over.release_s),
        "peak_force_n": round(over.peak_force_n, 1),
        "travel_m": round(over.travel_m, 3),
        "impulse_ns": round(over.impulse_ns, 1),
        "work_j": round(over.work_j, 2),
        "counts": over.counts,
    }


def _s(t_s: float) -> float:
    return round(t_s, 4)
