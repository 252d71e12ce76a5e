"""What can befall a session on its link: for `Trouble`. And machines on which it always does."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import eccentread_sim
from driving import LOOK_S, Running, Trouble
from eccentread_sim.offer import Delivery
from eccentread_sim.script import Happening, What

type When = Callable[[Running], bool]

_DEFAULT = Path(eccentread_sim.__file__).parent / "personalities" / "default.toml"


def happens(what: What, **given: Any) -> Callable[[Running], None]:
    """Something of the simulator's script, whenever it is wanted."""
    return lambda run: run.simulator.happen(Happening(what, **given))


def drops(run: Running) -> None:
    """Both ends lose the link at once; the machine can be reached again at once."""
    run.simulator.drop_link()


def falls_silent(lasts_s: float) -> Callable[[Running], None]:
    """Nothing is delivered in either direction for so long, unnoticed; then both ends lose the link."""
    return lambda run: run.simulator.drop_link(silent_s=lasts_s)


def goes_unheard(lasts_s: float) -> Callable[[Running], None]:
    """What the machine says is lost for so long; it hears, and its answers come."""
    return delivers(lasts_s, lost_rate=1.0)


def delivers(lasts_s: float, **how: Any) -> Callable[[Running], None]:
    """What the machine says gets out like that for so long."""
    return happens(What.DELIVERY, lasts_s=lasts_s, delivery=Delivery(**how))


def misreads(speed_kmh: float, lasts_s: float = 0.0) -> Callable[[Running], None]:
    """The next report reads that, and all for so long; the belt does what it did."""
    return happens(What.MISREAD, speed_kmh=speed_kmh, lasts_s=lasts_s)


def stays_away(when: When, away_s: float) -> list[Trouble]:
    """The link drops, and the machine is out of reach for so long."""
    out_of_reach = happens(What.SILENCE, lasts_s=away_s)
    return [Trouble(when, out_of_reach), Trouble(when, drops, after_s=LOOK_S)]


def flaps(when: When, times: int, every_s: float) -> list[Trouble]:
    """The link drops so many times, so far apart."""
    return [Trouble(when, drops, after_s=every_s * number) for number in range(times)]


def machine(more: str = "", **reporting: float | bool | str) -> str:
    """The default machine as a personality file, reporting in another way; `more` tables of it."""
    text = _DEFAULT.read_text(encoding="utf-8")
    own = tomllib.loads(text)["reporting"] | reporting
    head, _, _ = text.partition("[reporting]")
    lines = [f"{key} = {json.dumps(value)}" for key, value in own.items()]
    return "\n".join([head, "[reporting]", *lines, more, ""])
