"""Which faults are drawn, how often, and how."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from eccentread_sim.script import What


@dataclass(frozen=True)
class Draw:
    """How often one kind is drawn, and how."""

    weight: float
    what: str
    how: Callable[[random.Random], Mapping[str, Any]]


def _uniform(rng: random.Random, low: float, high: float) -> float:
    return round(rng.uniform(low, high), 2)


def _speed(rng: random.Random) -> float:
    return round(rng.choice([0.0, 0.3, 0.5, 0.8, 1.0, 1.3, rng.uniform(1.5, 6.0)]), 2)


def _quiet(rng: random.Random) -> dict[str, Any]:
    return {"status": ""} if rng.random() < 0.3 else {}


RECORDS = ("", "00", "0000", "ff" * 512, "00000000", "00006009", "0000ffff", "0100", "8404500000")
STATUSES = ("", "00", "01", "0201", "0202", "03", "05", "052c01", "055000", "061e00", "ff", "ee" * 20)
TRAININGS = ("", "0109" + "41" * 18, "000d")
ANSWERED = ("", "80", "800701", "800801", "800205", "ffffff")
FRAMES = (
    *(("treadmill-data", octets) for octets in RECORDS),
    *(("machine-status", octets) for octets in STATUSES),
    *(("training-status", octets) for octets in TRAININGS),
    *(("control-point", octets) for octets in ANSWERED),
)
"""Words without sense, or out of place."""
DELIVERIES = (
    {"lost_rate": 1.0},
    {"lost_rate": 0.5},
    {"halved_rate": 1.0},
    {"halved_rate": 0.4},
    {"duplicate_rate": 1.0},
    {"overtaken_rate": 0.5},
    {"late_rate": 0.5, "late_s": 1.0},
    {"late_rate": 1.0, "late_s": 3.0},
    {"jitter_s": 1.5},
    {"jitter_s": 0.4},
    {"rejects": [8], "rejects_with": 0x80},
    {"rejects": [0, 2, 7, 8], "rejects_with": 0xFE},
    {"stray_answers": ["800701", "800805"]},
)
ANSWERS = ("nothing", "stuck", "not-supported", "invalid-parameter", "failed", "not-permitted")
KINDS = ("request_control", "speed", "start", "stop", "pause")


def _commands(rng: random.Random) -> dict[str, Any]:
    manner = rng.choice(
        [
            {"answer": rng.choice(ANSWERS)},
            {"late_s": _uniform(rng, 0.5, 6.0)},
            {"extra_delay_s": _uniform(rng, 0.2, 5.0)},
            {"lie_first": rng.choice([1, 2, 5, 20])},
            {"lie_rate": _uniform(rng, 0.2, 1.0)},
            {"answers": 3},
        ]
    )
    kinds = rng.sample(KINDS, rng.choice([1, 1, 2, 5]))
    return {"what": What.COMMANDS, "lasts_s": _uniform(rng, 1, 60), "commands": dict.fromkeys(kinds, manner)}


def _runaway(rng: random.Random) -> dict[str, Any]:
    return {
        "what": What.RUNAWAY,
        "speed_kmh": _uniform(rng, 0.2, 5.0),
        "lasts_s": _uniform(rng, 1, 40),
        "shown": rng.random() < 0.8,
        "stoppable": rng.random() < 0.7,
    }


def _incline(rng: random.Random) -> dict[str, Any]:
    return {"what": What.INCLINE, "incline_pct": rng.choice([-1, 0.5, 3, 12]), **_quiet(rng)}


def _misread(rng: random.Random) -> dict[str, Any]:
    speed_kmh, lasts_s = rng.choice([0, 0, 24, _speed(rng)]), rng.choice([0, 0, _uniform(rng, 0, 5)])
    return {"what": What.MISREAD, "speed_kmh": speed_kmh, "lasts_s": lasts_s}


def _delivery(rng: random.Random) -> dict[str, Any]:
    return {"what": What.DELIVERY, "lasts_s": _uniform(rng, 0.5, 20), "delivery": rng.choice(DELIVERIES)}


def _answer(rng: random.Random) -> dict[str, Any]:
    question = rng.choice(["arm", "belt-stands", "key", "rails", "pain-before"])
    return {"question": question, "value": rng.choice([0, 1, 1, None])}


def _say(rng: random.Random) -> dict[str, Any]:
    characteristic, octets = rng.choice(FRAMES)
    return {"what": What.SAY, "characteristic": characteristic, "octets": octets}


def _phone(rng: random.Random) -> dict[str, Any]:
    words = ["00", "07", "0801", "0802", "025000", "022c01", "01"]
    return {
        "writes": ["00", *rng.choices(words, k=rng.randint(0, 3))],
        "stays_s": _uniform(rng, 0, 20),
    }


DRAWS = (
    Draw(6, "drops-link", lambda rng: {"silent_s": rng.choice([0.0, 0.0, _uniform(rng, 0.5, 8)])}),
    Draw(2, "happens", lambda rng: {"what": What.SILENCE, "lasts_s": _uniform(rng, 0.5, 20)}),
    Draw(2, "happens", lambda rng: {"what": What.REBOOT, "lasts_s": _uniform(rng, 1, 20)}),
    Draw(1, "happens", lambda rng: {"what": What.HANG_UP}),
    Draw(2, "happens", lambda rng: {"what": What.STOP, **_quiet(rng)}),
    Draw(1, "happens", lambda rng: {"what": What.PAUSE, **_quiet(rng)}),
    Draw(1, "happens", lambda rng: {"what": What.START, **_quiet(rng)}),
    Draw(3, "happens", lambda rng: {"what": What.SPEED, "speed_kmh": _speed(rng), **_quiet(rng)}),
    Draw(2, "happens", lambda rng: {"what": What.SAFETY_KEY, **_quiet(rng)}),
    Draw(1, "happens", lambda rng: {"what": What.TAKE_CONTROL, **_quiet(rng)}),
    Draw(1, "happens", _incline),
    Draw(3, "happens", _runaway),
    Draw(3, "happens", _misread),
    Draw(4, "happens", _say),
    Draw(4, "happens", _delivery),
    Draw(4, "happens", _commands),
    Draw(4, "asks-for-a-stop", lambda rng: {"by": rng.choice(["key", "signal", "terminal", "pain"])}),
    Draw(2, "answers-unasked", _answer),
    Draw(3, "holds-up", lambda rng: {"for_s": rng.choice([0.3, 0.5, 1.0, 3.0, _uniform(rng, 1, 30)])}),
    Draw(1, "breaks-the-journal", lambda rng: {"lasts_s": _uniform(rng, 1, 60)}),
    Draw(1, "breaks-a-consumer", lambda rng: {"lasts_s": _uniform(rng, 1, 60)}),
    Draw(2, "another-phone", _phone),
)


def drawn(rng: random.Random) -> tuple[str, Mapping[str, Any]]:
    """What befalls, and how."""
    [draw] = rng.choices(DRAWS, [one.weight for one in DRAWS])
    return draw.what, draw.how(rng)
