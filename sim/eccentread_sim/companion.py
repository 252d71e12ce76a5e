"""Whoever stands beside a simulated treadmill: looks, measures, presses keys, lays boxes on the belt.

Answers come from what the belt really does. Questions are known by their names.
"""

import asyncio
import random
from typing import Protocol

from eccentread_sim.console import Touch
from eccentread_sim.sled import GRAVITY_MPS2, Sled
from eccentread_sim.treadmill import FASTEST_CREEP_MPS, SLOWEST_CREEP_MPS

BELT_M = 3.0
"""The length of every simulated belt's loop."""
LOOK_S = 3.0
"""How long somebody looks at a belt before saying what it does."""
GLANCE_S = 0.1
PRESS_SIGMA_S = 0.05
"""How far a press at a moment that is seen to come is off, standard deviation."""
SLOWER_KMH = 0.1
"""One press of a speed key."""
BOXES_CENTI_KG = (500, 1000, 1500, 2000)
GRIP = (0.3, 0.6)
"""Friction between the boxes' bottoms and the belt."""
SCALE_CENTI_KG = 5
"""What a luggage scale shows is a multiple of this."""
SCALE_SIGMA = 0.015
RIDE_S = 3.0
"""How long a box that rides free is let ride on before it is lifted."""


class Machine(Protocol):
    """The treadmill, as somebody beside it sees it."""

    def look(self) -> tuple[float, float]:
        """The belt's true speed, m/s, and its travel so far, m."""
        ...

    def touch(self, touch: Touch, speed_kmh: float = 0.0) -> None:
        """Press something."""
        ...

    def lay(self, sled: Sled) -> None:
        """Set a box down on the belt."""
        ...

    def lift(self) -> None:
        """Take it off."""
        ...


class Companion:
    """Somebody with eyes and hands. Equal seeds give equal presses."""

    def __init__(self, machine: Machine, seed: int) -> None:
        self._machine = machine
        self._rng = random.Random(f"{seed}:companion")
        self._boxes = random.Random(f"{seed}:boxes")
        self._grip = self._boxes.uniform(*GRIP)
        self._readings_centi_kg: list[int] = []

    async def answer(self, question: str, text: str = "") -> int:
        """The answer, when there is one: 1 yes, 0 no, or a number. `text` is the question's words."""
        await asyncio.sleep(self._rng.uniform(0.6, 1.2))
        match question:
            case "belt-length":
                return round(100 * BELT_M)
            case "mark":
                await self._passage()
                return 1
            case "belt-stands":
                return await self._does_it_stand()
            case "still-runs":
                await asyncio.sleep(LOOK_S)
                return int(self._speed_mps > 0.0)
            case "console-stop":
                return await self._did_it_stop(Touch.STOP)
            case "safety-key":
                return await self._did_it_stop(Touch.SAFETY_KEY)
            case "console-speed":
                return await self._did_it_change(-SLOWER_KMH if "slower" in text else SLOWER_KMH)
            case "belt-creeps":
                await asyncio.sleep(LOOK_S)
                return int(SLOWEST_CREEP_MPS < self._speed_mps < FASTEST_CREEP_MPS)
            case "was-it-you":
                return 0
            case _:
                return await self._with_boxes(question)

    @property
    def _speed_mps(self) -> float:
        return self._machine.look()[0]

    async def _with_boxes(self, question: str) -> int:
        """What a calibration of force asks: weigh, lay down, take off, read the scale. Else yes."""
        match question.split("-"):
            case ["mass", number]:
                return (*BOXES_CENTI_KG, 0)[int(number) - 1]
            case ["lay", how, mass]:
                self._lay(int(mass), tied=how == "tied")
            case ["lift", how]:
                await asyncio.sleep(RIDE_S if how == "free" else 0.0)
                self._machine.lift()
            case ["tension", number]:
                return self._readings_centi_kg[int(number) - 1]
            case _:
                return 1
        await asyncio.sleep(self._boxes.uniform(0.3, 1.0))
        return 1

    def _lay(self, mass_centi_kg: int, *, tied: bool) -> None:
        sled = Sled(mass_centi_kg / 100, self._grip, tied)
        if tied:
            shown = 100 * sled.tension_n / GRAVITY_MPS2 * self._boxes.gauss(1.0, SCALE_SIGMA)
            self._readings_centi_kg.append(SCALE_CENTI_KG * round(shown / SCALE_CENTI_KG))
        self._machine.lay(sled)

    async def _passage(self) -> None:
        """Until the mark on the belt passes; for ever where the belt stands."""
        _, position_m = self._machine.look()
        mark_m = (position_m // BELT_M + 1) * BELT_M
        while True:
            speed_mps, position_m = self._machine.look()
            if position_m >= mark_m:
                break
            coming_s = (mark_m - position_m) / speed_mps if speed_mps else GLANCE_S
            await asyncio.sleep(min(max(coming_s, 0.001), GLANCE_S))
        await asyncio.sleep(abs(self._rng.gauss(0.0, PRESS_SIGMA_S)))

    async def _does_it_stand(self) -> int:
        """Who is asked that, and sees it run, pulls the key and says so; the next time it stands."""
        if self._speed_mps == 0.0:
            return 1
        await asyncio.sleep(LOOK_S)
        if self._speed_mps > 0.0:
            self._machine.touch(Touch.SAFETY_KEY)
        return 0

    async def _did_it_stop(self, touch: Touch) -> int:
        self._machine.touch(touch)
        await asyncio.sleep(LOOK_S)
        return int(self._speed_mps == 0.0)

    async def _did_it_change(self, by_kmh: float) -> int:
        before_mps = self._speed_mps
        self._machine.touch(Touch.SPEED, round(3.6 * before_mps, 1) + by_kmh)
        await asyncio.sleep(LOOK_S)
        return int(abs(self._speed_mps - before_mps) > abs(by_kmh) / 3.6 / 2)
