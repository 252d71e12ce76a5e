"""A treadmill with its athlete on a Bluetooth device: what every way of reaching it shares."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, override

from eccentread_sim import truth as true
from eccentread_sim.personality import load_personality
from eccentread_sim.records import TreadmillRecord
from eccentread_sim.treadmill import Emission, Treadmill

if TYPE_CHECKING:
    from collections.abc import Callable

    from bumble.device import Device

    from eccentread_sim.console import Touch
    from eccentread_sim.personality import Personality
    from eccentread_sim.script import Happening
    from eccentread_sim.sled import Sled
    from eccentread_sim.truth import Truth


class _Told(Treadmill):
    """A treadmill whose reports are told of, too."""

    def __init__(self, personality: Personality, seed: int, truth: Truth | None) -> None:
        super().__init__(personality, seed, truth)
        self._tell_report = truth

    @override
    def advance(self, t_s: float) -> list[Emission]:
        said = super().advance(t_s)
        if self._tell_report is not None:
            for emission in said:
                if isinstance(emission.value, TreadmillRecord):
                    self._tell_report(true.report(emission.t_s, emission.value.speed_centi_kmh))
        return said


class Served:
    """One treadmill that is switched on. Needs a running event loop; `origin_s` is its time at 0.

    `lose_link` is how the radio loses the link after so many silent seconds, where it can.
    """

    def __init__(
        self,
        simulated: Simulated,
        device: Device,
        *,
        truth: Truth | None,
        origin_s: float,
        lose_link: Callable[[float], None] | None = None,
    ) -> None:
        # The Bluetooth stack takes most of a second to import: only who simulates waits for it.
        from eccentread_sim.gatt import TreadmillServer

        self.treadmill = _Told(simulated.personality, simulated.seed, truth)
        self.server = TreadmillServer(device, self.treadmill, origin_s, lose_link)
        self.serving = asyncio.create_task(self.server.serve())

    def hear(self, cue: str, number: int | None) -> None:
        """Let the athlete hear a cue now."""
        self.treadmill.hear(self.server.now_s, cue, number)
        self.server.wake()

    def ask(self, question: str, kind: str, answered: Callable[[int], None]) -> None:
        """Ask the athlete; she takes her time to answer."""
        delay_s, value = self.treadmill.answer(question, kind)
        asyncio.get_running_loop().call_later(delay_s, answered, value)

    async def stop(self) -> None:
        """Stop serving, between two commands to the device."""
        self.server.stop()
        await self.serving


class Simulated:
    """A simulated treadmill and the athlete beside it, switched on or off.

    `personality` is a bundled name or the path of a TOML file. Equal personality, seed and doings give the
    same session.

    Raises:
        PersonalityError: there is no such personality, or it is not valid.
    """

    def __init__(self, personality: str, seed: int) -> None:
        self.personality = load_personality(personality)
        self.seed = seed
        self._served: Served | None = None

    @property
    def name(self) -> str:
        """The name it advertises."""
        return self.personality.machine.name

    @property
    def address(self) -> str:
        """Its Bluetooth address."""
        return self.personality.machine.address

    @property
    def description(self) -> str:
        """What it is, in one line."""
        return self.personality.description

    def hear(self, cue: str, number: int | None = None) -> None:
        """Let the athlete hear a cue (a value of the program's `CueKind`) now."""
        self._on.hear(cue, number)

    def ask(self, question: str, kind: str, answered: Callable[[int], None]) -> None:
        """Ask the athlete something; `answered` is called with her answer when she has made up her mind.

        `kind` is a value of the program's `QuestionKind`.
        """
        self._on.ask(question, kind, answered)

    def touch(self, touch: Touch, speed_kmh: float = 0.0) -> None:
        """Let somebody act at the console now: a key, the safety key, another app that takes control."""
        self._on.treadmill.touch(self._on.server.now_s, touch, speed_kmh)
        self._on.server.wake()

    def lay(self, sled: Sled) -> None:
        """Let somebody set a box down on the belt now."""
        self._on.treadmill.lay(self._on.server.now_s, sled)

    def lift(self) -> None:
        """Let somebody take the box off."""
        self._on.treadmill.lift(self._on.server.now_s)

    def happen(self, happening: Happening) -> None:
        """Let something happen to the machine now; its `at_s` and `since` mean nothing here."""
        self._on.treadmill.happen(self._on.server.now_s, happening)
        self._on.server.wake()

    def look(self) -> tuple[float, float]:
        """The belt's true speed, m/s, and its travel so far, m: what somebody beside it sees."""
        seen = self._on.treadmill.look(self._on.server.now_s)
        self._on.server.wake()
        return seen

    @property
    def _on(self) -> Served:
        if self._served is None:
            raise RuntimeError("The simulated treadmill is switched off; enter its context first.")
        return self._served
