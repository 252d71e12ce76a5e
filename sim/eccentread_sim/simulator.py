"""All that the program sees of the simulator: a treadmill that is switched on, found and connected to.

The program reaches it over Bluetooth, by the two bleak backends; beside that it only lets the simulated
athlete hear the cues and answer the questions that a real one would.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Self

from eccentread_sim.belt_sensor import BeltSensor, SensorKind
from eccentread_sim.personality import known_personalities, load_personality
from eccentread_sim.simulated import Served, Simulated
from eccentread_sim.truth import lines_to

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from bleak.backends.client import BaseBleakClient
    from bleak.backends.scanner import BaseBleakScanner

    from eccentread_sim.radio import Radio


def personalities() -> dict[str, str]:
    """Names and one-line descriptions of the personalities that come with the simulator."""
    return {name: load_personality(name).description for name in known_personalities()}


class Simulator(Simulated):
    """A simulated treadmill in this process; switched on while its context is entered.

    `origin_s` is the loop's time at the session's time 0. `truth`: where to write what really happened, one
    JSON object a line. `sensor`: whether its belt sensor is switched on as well. `beside`: a machine that is
    switched on for longer, in whose reach this one is.

    Raises:
        PersonalityError: there is no such personality, or it is not valid.
    """

    def __init__(
        self,
        personality: str,
        *,
        seed: int,
        origin_s: float,
        truth: Path | None = None,
        sensor: bool = False,
        beside: Simulator | None = None,
    ) -> None:
        super().__init__(personality, seed)
        self._with_sensor = sensor and self.personality.sensor.kind is not SensorKind.NONE
        self._origin_s = origin_s
        self._truth = truth
        self._beside = beside
        self._powered: Radio | None = None
        self._off = AsyncExitStack()

    @property
    def sensor_address(self) -> str | None:
        """The Bluetooth address of its belt sensor, if that is switched on with it."""
        return self.personality.sensor.address if self._with_sensor else None

    @property
    def scanner_backend(self) -> type[BaseBleakScanner]:
        """For `BleakScanner(backend=…)`, while switched on."""
        return self._radio.scanner_backend

    @property
    def client_backend(self) -> type[BaseBleakClient]:
        """For `BleakClient(…, backend=…)`, while switched on."""
        return self._radio.client_backend

    async def __aenter__(self) -> Self:
        """Switch it on; it advertises from now on."""
        from eccentread_sim.radio import Radio
        from eccentread_sim.sensor_server import SensorServer

        async with AsyncExitStack() as stack:
            truth = None
            if self._truth is not None:
                # Opening blocks for a moment before anything runs that could mind.
                truth = lines_to(stack.enter_context(self._truth.open("w", encoding="utf-8")).write)
            radio = Radio() if self._beside is None else self._beside._radio  # noqa: SLF001
            device = radio.device(self.address, self.name)
            beside = radio.device(self.sensor_address) if self.sensor_address else None
            await radio.power_on()
            stack.push_async_callback(radio.power_off if self._beside is None else device.stop_advertising)
            self._powered = radio
            self._served = Served(
                self,
                device,
                truth=truth,
                origin_s=self._origin_s,
                lose_link=lambda silent_s: radio.drop_link(self.address, silent_s=silent_s),
            )
            stack.push_async_callback(self._served.stop)
            if beside is not None:
                sensor = BeltSensor(self.personality.sensor, self.seed)
                sensing = SensorServer(beside, sensor, self._served.treadmill, self._origin_s)
                stack.push_async_callback(sensing.stop)
            self._off = stack.pop_all()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Switch it off: the link is closed, the truth is complete."""
        self._powered = self._served = None
        await self._off.aclose()

    def drop_link(self, *, silent_s: float = 0.0) -> None:
        """Lose the treadmill's link as by supervision time-out; the belt keeps doing what it does.

        For `silent_s` before that nothing is delivered on it.
        """
        self._radio.drop_link(self.address, silent_s=silent_s)

    async def another_central(self, address: str = "C0:FF:EE:00:00:02") -> type[BaseBleakClient]:
        """For `BleakClient(…, backend=…)`: somebody else's phone in reach of the treadmill."""
        return await self._radio.another_central(address)

    def drop_sensor_link(self) -> None:
        """Lose the belt sensor's link as by supervision time-out; it advertises again."""
        self._radio.drop_link(self.sensor_address)

    @property
    def _radio(self) -> Radio:
        if self._powered is None:
            raise RuntimeError("The simulated treadmill is switched off; enter its context first.")
        return self._powered
