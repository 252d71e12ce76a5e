"""A commissioning without a radio: the session, a simulated treadmill, and somebody who looks at its belt."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from eccentread.events import (
    Answered,
    Ask,
    Command,
    CommandAnswered,
    CommandKind,
    Connected,
    FaultRaised,
    HangUp,
    Input,
    LinkLost,
    Notified,
    Output,
    Problem,
    Reason,
    SessionEnded,
    StopAsked,
    TimePassed,
    Told,
)
from eccentread.session.commissioning import Colophon, CommissionSession, profile_text
from eccentread_sim.console import Touch
from eccentread_sim.personality import Personality, load_personality, parse_personality
from eccentread_sim.records import TreadmillRecord, encode_treadmill_data
from eccentread_sim.treadmill import Treadmill

TICK_S = 0.1
BELT_M = 3.0
ANSWER_S = {CommandKind.REQUEST_CONTROL: 0.5}
"""How long an answer is waited for, as the link does; 3 s for others."""

PLAIN = """
description = "A test's machine"
[machine]
name = "Test belt"
manufacturer = "Nobody"
model = "T1"
firmware = "7"
[drive]
archetype = "C"
[reporting]
interval_s = 0.25
noise_kmh = 0.01
{reporting}
[console]
{console}
"""


def variant(console: str = "", reporting: str = "", more: str = "") -> Personality:
    """A machine like `default` but for what is said."""
    return parse_personality(PLAIN.format(console=console, reporting=reporting) + more, "test", "test")


@dataclass
class Bench:
    """Session, machine and person. `says` overrides answers; a question in `ignores` is never answered."""

    personality: Personality
    seed: int = 1
    says: dict[str, int | None] = field(default_factory=dict)
    ignores: set[str] = field(default_factory=set)
    tells_range: bool = True
    touches: bool = True
    """Who is asked to press something does."""
    pulls_key: bool = True
    """Who is asked whether the belt stands, and sees it run, pulls the key."""

    def __post_init__(self) -> None:
        self.machine = Treadmill(self.personality, self.seed)
        self.session = CommissionSession()
        self.t_s = 0.0
        self.up = False
        self.hung = False
        """Nothing reaches the machine's program any more, and nothing comes from it."""
        self.inputs: list[Input] = []
        self.outputs: list[Output] = []
        self.speeds_kmh: list[tuple[float, float]] = []
        self._open: dict[int, Command] = {}
        self._asked: Ask | None = None
        self._mark_m = 0.0
        self._back_s: float | None = None

    # --- what happens ---------------------------------------------------------------------------------------

    def happens(self, happened: Input) -> None:
        self.inputs.append(happened)
        out = self.session.feed(happened)
        self.outputs += out
        for one in out:
            match one:
                case Command() if self.up:
                    self._open[one.id] = one
                    if not self.hung:
                        self.machine.write_control_point(self.t_s, one.data)
                case Command(id=id):
                    self.happens(CommandAnswered(self.t_s, id, problem=Problem.LINK_LOST))
                case HangUp(away_s=away_s):
                    self._back_s = self.t_s + away_s
                    self.lose("this program ended it")
                case Ask():
                    self._ask(one)
                case _:
                    pass

    def connect(self) -> None:
        self.up = True
        self.machine.connected(self.t_s)
        self.happens(
            Connected(
                self.t_s,
                self.personality.name,
                "F0:0D:00:00:00:01",
                self.machine.feature,
                self.machine.speed_range if self.tells_range else None,
                self.machine.training_status,
                device=self.machine.device_information,
            )
        )

    def lose(self, why: str = "out of reach") -> None:
        self.up = False
        self.machine.disconnected(self.t_s)
        self._open.clear()
        self.happens(LinkLost(self.t_s, why))

    def stop(self) -> None:
        self._back_s = None if self._back_s is None else self.t_s  # as the runner does
        self.happens(StopAsked(self.t_s, "key"))

    def tick(self) -> None:
        self.t_s = round(self.t_s + TICK_S, 6)
        for emission in self.machine.advance(self.t_s):
            value = emission.value
            octets = encode_treadmill_data(value, 200) if isinstance(value, TreadmillRecord) else [value]
            for data in octets:
                if self.up and not self.hung and isinstance(data, bytes):
                    self.happens(Notified(self.t_s, emission.characteristic, data))
                    if emission.characteristic == "2ad9":
                        self._answered(data)
        for command in list(self._open.values()):
            if self.t_s - command.t_s >= ANSWER_S.get(command.kind, 3.0):
                del self._open[command.id]
                self.happens(CommandAnswered(self.t_s, command.id, problem=Problem.TIMED_OUT))
        if self._back_s is not None and self.t_s >= self._back_s:
            self._back_s = None
            self.connect()
        self._answer()
        self.happens(TimePassed(self.t_s))
        self.speeds_kmh.append((self.t_s, 3.6 * self.machine.speed_mps))

    def run(self, seconds: float) -> "Bench":
        until_s = self.t_s + seconds
        while self.t_s < until_s and not self.session.ended:
            self.tick()
        return self

    def when(self, holds: Callable[[], bool], within_s: float = 900.0) -> "Bench":
        until_s = self.t_s + within_s
        while not holds():
            assert self.t_s < until_s, f"not within {within_s} s; the last words: {self.told[-3:]}"
            assert not self.session.ended, f"ended first: {self.ending}"
            self.tick()
        return self

    def to_the_end(self, within_s: float = 1800.0) -> "Bench":
        until_s = self.t_s + within_s
        while not self.session.ended:
            assert self.t_s < until_s, f"not over within {within_s} s; the last words: {self.told[-3:]}"
            self.tick()
        return self

    def to_question(self, name: str) -> "Bench":
        return self.when(lambda: self._asked is not None and self._asked.question == name)

    def commission(self) -> "Bench":
        self.connect()
        return self.to_the_end()

    # --- the person -----------------------------------------------------------------------------------------

    def _ask(self, ask: Ask) -> None:
        self._asked = ask
        if ask.question == "mark":
            self._mark_m = (self.machine.look(self.t_s)[1] // BELT_M + 1) * BELT_M
        if not self.touches:
            return
        touch = {"console-stop": Touch.STOP, "safety-key": Touch.SAFETY_KEY}.get(ask.question)
        if ask.question == "console-speed":
            by_kmh = -0.1 if "slower" in ask.text else 0.1
            self.machine.touch(self.t_s, Touch.SPEED, round(3.6 * self.machine.speed_mps, 1) + by_kmh)
        elif touch:
            self.machine.touch(self.t_s, touch)

    def _answer(self) -> None:
        ask = self._asked
        if ask is None or ask.question in self.ignores or self.t_s < ask.t_s + 0.5:
            return
        speed_mps, position_m = self.machine.look(self.t_s)
        looks = ask.question in {"console-stop", "safety-key", "console-speed", "still-runs"}
        if (looks and self.t_s < ask.t_s + 3.0) or (ask.question == "mark" and position_m < self._mark_m):
            return
        seen: dict[str, int | None] = {
            "belt-length": round(100 * BELT_M),
            "belt-stands": int(speed_mps == 0),
            "still-runs": int(speed_mps > 0),
            "console-stop": int(speed_mps == 0),
            "safety-key": int(speed_mps == 0),
            "was-it-you": 0,
        }
        if ask.question == "belt-stands" and speed_mps > 0 and self.pulls_key:
            self.machine.touch(self.t_s, Touch.SAFETY_KEY)
        self._asked = None
        self.happens(Answered(self.t_s, ask.question, (seen | self.says).get(ask.question, 1)))

    def _answered(self, data: bytes) -> None:
        for command in self._open.values():
            if data[:1] == b"\x80" and command.data[0] == data[1]:
                del self._open[command.id]
                self.happens(CommandAnswered(self.t_s, command.id, data[2]))
                return

    # --- what came of it ------------------------------------------------------------------------------------

    def of(self, kind: type) -> list[Any]:
        return [one for one in self.outputs if isinstance(one, kind)]

    @property
    def ending(self) -> SessionEnded:
        [end] = self.of(SessionEnded)
        return end

    @property
    def told(self) -> list[str]:
        return [one.text for one in self.of(Told)]

    @property
    def asked(self) -> list[str]:
        return [one.question for one in self.of(Ask)]

    @property
    def faults(self) -> list[Reason]:
        return [one.reason for one in self.of(FaultRaised)]

    @property
    def sent(self) -> list[str]:
        return [one.data.hex() for one in self.of(Command)]

    @property
    def fastest_kmh(self) -> float:
        return max((speed for _, speed in self.speeds_kmh), default=0.0)

    @property
    def above_ceiling_s(self) -> float:
        return TICK_S * sum(speed > 1.2 for _, speed in self.speeds_kmh)

    @property
    def stands(self) -> bool:
        return self.machine.speed_mps == 0.0

    def text(self, *, complete: bool = True, simulated: bool = False) -> str:
        colophon = Colophon("a test", "2026-11-21", "eccentread 0", "s-1", simulated, complete)
        return profile_text(self.session.findings, colophon)


@pytest.fixture(scope="session")
def make_bench() -> Callable[..., Bench]:
    """A bench with a bundled personality, by its name, or one of a test's own."""

    def make(personality: str | Personality = "default", **more: Any) -> Bench:
        known = load_personality(personality) if isinstance(personality, str) else personality
        return Bench(known, **more)

    return make


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Callable[..., Bench]:
    """The same, for one test."""
    return make_bench


@pytest.fixture
def machine() -> Callable[..., Personality]:
    """A personality like the plain one but for some lines of its `[console]` or `[reporting]`."""
    return variant
