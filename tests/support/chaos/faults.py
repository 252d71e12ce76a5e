"""What can befall a session, by name: how it is done to a session that runs, and how it is drawn."""

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bleak import BleakClient
from bleak.exc import BleakError

from driving import Running
from eccentread.events import Answered
from eccentread_sim.clock import VirtualTimeLoop
from eccentread_sim.script import Happening, What
from eccentread_sim.tables import Tables

type Doer = Callable[..., object]

OTHERS = "C0:FF:EE:00:00:02"
"""The address of somebody else's phone."""


def happens(run: Running, **happening: Any) -> None:
    """Something of the simulator's script, as a personality would say it."""
    octets = bytes.fromhex(happening.pop("octets", ""))
    read = Tables("fault").read(Happening, happening, "happening")
    run.simulator.happen(Happening(**{**_values(read), "octets": octets}))


def _values(happening: Happening) -> dict[str, Any]:
    return {name: getattr(happening, name) for name in Happening.__slots__}


def drops_link(run: Running, silent_s: float = 0.0) -> None:
    """The link is lost, after so many seconds in which nothing is delivered."""
    run.simulator.drop_link(silent_s=silent_s)


def asks_for_a_stop(run: Running, by: str = "key") -> None:
    """Somebody wants it to stop."""
    run.stop(by)


def answers_unasked(run: Running, question: str, value: int | None) -> None:
    """Somebody answers a question that may not have been asked."""
    run.submit(Answered(run.now_s, question, value))


def holds_up(run: Running, for_s: float) -> None:
    """The program's event loop stands still."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    loop.block(for_s)


def breaks_the_journal(run: Running, lasts_s: float) -> None:
    """Nothing can be written down."""
    run.journal_breaks = True

    def mend() -> None:
        run.journal_breaks = False

    asyncio.get_running_loop().call_later(lasts_s, mend)


def another_phone(run: Running, writes: list[str], stays_s: float) -> None:
    """Somebody else connects, as soon as the machine takes another central, and writes that."""

    async def meddle() -> None:
        client = BleakClient(run.simulator.address, backend=await run.simulator.another_central(OTHERS))
        try:
            await client.connect(timeout=30.0)
            await client.start_notify("2ad9", lambda *_: None)
            for data in writes:
                await client.write_gatt_char("2ad9", bytes.fromhex(data), response=True)
                await asyncio.sleep(0.5)
            await asyncio.sleep(stays_s)
        except (BleakError, TimeoutError):
            pass  # turned away, or cut off
        finally:
            await client.disconnect()

    task = asyncio.create_task(meddle())
    run.meddling.add(task)
    task.add_done_callback(run.meddling.discard)


DOERS: Mapping[str, Doer] = {
    "happens": happens,
    "drops-link": drops_link,
    "asks-for-a-stop": asks_for_a_stop,
    "answers-unasked": answers_unasked,
    "holds-up": holds_up,
    "breaks-the-journal": breaks_the_journal,
    "another-phone": another_phone,
}


# --- drawing ------------------------------------------------------------------------------------------------


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


FRAMES = (
    ("treadmill-data", ""), ("treadmill-data", "00"), ("treadmill-data", "0000"), ("treadmill-data", "ff" * 512),
    ("treadmill-data", "00000000"), ("treadmill-data", "00006009"), ("treadmill-data", "0000ffff"),
    ("treadmill-data", "0100"), ("treadmill-data", "8404500000"), ("machine-status", ""), ("machine-status", "03"),
    ("machine-status", "00"), ("machine-status", "0201"), ("machine-status", "05"), ("machine-status", "052c01"),
    ("machine-status", "ff"), ("machine-status", "ee" * 20), ("machine-status", "061e00"),
    ("training-status", ""), ("training-status", "0109" + "41" * 18), ("training-status", "000d"),
    ("control-point", "800701"), ("control-point", "800801"), ("control-point", "800205"), ("control-point", "80"),
    ("control-point", ""), ("control-point", "ffffff"),
)  # fmt: skip
"""Words without sense, or out of place."""
DELIVERIES = (
    {"lost_rate": 1.0}, {"lost_rate": 0.5}, {"halved_rate": 1.0}, {"halved_rate": 0.4}, {"duplicate_rate": 1.0},
    {"overtaken_rate": 0.5}, {"late_rate": 0.5, "late_s": 1.0}, {"late_rate": 1.0, "late_s": 3.0}, {"jitter_s": 1.5},
    {"jitter_s": 0.4}, {"rejects": [8], "rejects_with": 0x80}, {"rejects": [0, 2, 7, 8], "rejects_with": 0xFE},
    {"stray_answers": ["800701", "800805"]},
)  # fmt: skip
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
    Draw(1, "happens", lambda rng: {"what": What.INCLINE, "incline_pct": rng.choice([-1, 0.5, 3, 12]), **_quiet(rng)}),
    Draw(3, "happens", _runaway),
    Draw(3, "happens", lambda rng: {"what": What.MISREAD, "speed_kmh": rng.choice([0, 0, 24, _speed(rng)]),
                                   "lasts_s": rng.choice([0, 0, _uniform(rng, 0, 5)])}),
    Draw(4, "happens", _say),
    Draw(4, "happens", lambda rng: {"what": What.DELIVERY, "lasts_s": _uniform(rng, 0.5, 20),
                                   "delivery": rng.choice(DELIVERIES)}),
    Draw(4, "happens", _commands),
    Draw(4, "asks-for-a-stop", lambda rng: {"by": rng.choice(["key", "signal", "terminal", "pain"])}),
    Draw(2, "answers-unasked", lambda rng: {"question": rng.choice(["arm", "belt-stands", "key", "rails", "pain-before"]),
                                           "value": rng.choice([0, 1, 1, None])}),
    Draw(3, "holds-up", lambda rng: {"for_s": rng.choice([0.3, 0.5, 1.0, 3.0, _uniform(rng, 1, 30)])}),
    Draw(1, "breaks-the-journal", lambda rng: {"lasts_s": _uniform(rng, 1, 60)}),
    Draw(2, "another-phone", _phone),
)  # fmt: skip


def drawn(rng: random.Random) -> tuple[str, Mapping[str, Any]]:
    """What befalls, and how."""
    [draw] = rng.choices(DRAWS, [one.weight for one in DRAWS])
    return draw.what, draw.how(rng)
