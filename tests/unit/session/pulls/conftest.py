"""A calibration without a radio: the session, a simulated treadmill, and somebody with boxes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from typing import Any

import pytest

from eccentread.events import (
    Answered,
    Ask,
    Command,
    CommandAnswered,
    Connected,
    FaultRaised,
    Input,
    LinkLost,
    Notified,
    Output,
    QuestionKind,
    Reason,
    SessionEnded,
    StopAsked,
    TimePassed,
    Told,
)
from eccentread.session.profile import Profile
from eccentread.session.pulls import PullSession
from eccentread_sim.personality import load_personality
from eccentread_sim.records import TreadmillRecord, encode_treadmill_data
from eccentread_sim.sled import Sled
from eccentread_sim.treadmill import Treadmill

TICK_S = 0.1
GRIP = 0.45
BOXES = (500, 1000, 1500, 2000)


@dataclass
class Bench:
    """Session, machine and person. `says` overrides answers; a question in `ignores` is never answered."""

    personality: str = "default"
    seed: int = 1
    says: dict[str, int | None] = field(default_factory=dict)
    ignores: set[str] = field(default_factory=set)
    profiles: tuple[Profile, ...] = ()
    lifts_after_s: float = 1.5
    """How long somebody takes to lift a box that is on the strap."""

    def __post_init__(self) -> None:
        self.machine = Treadmill(load_personality(self.personality), self.seed)
        self.session = PullSession(self.profiles)
        self.t_s = 0.0
        self.inputs: list[Input] = []
        self.outputs: list[Output] = []
        self.speeds_kmh: list[float] = []
        self.asked_at_kmh: dict[QuestionKind, float] = {}
        """The fastest belt at which a question of a kind was asked."""
        self._open: list[Command] = []
        self._asked: Ask | None = None
        self._lifts_s = inf

    def happens(self, happened: Input) -> None:
        self.inputs.append(happened)
        out = self.session.feed(happened)
        self.outputs += out
        for one in out:
            match one:
                case Command():
                    self._open.append(one)
                    self.machine.write_control_point(self.t_s, one.data)
                case Ask():
                    self._asked = one
                    speed = 3.6 * self.machine.speed_mps
                    self.asked_at_kmh[one.kind] = max(self.asked_at_kmh.get(one.kind, 0.0), speed)
                    self._act(one.question)
                case _:
                    pass

    def connect(self) -> "Bench":
        self.machine.connected(self.t_s)
        machine = self.machine
        self.happens(Connected(self.t_s, "Belt", "F0:0D:00:00:00:01", machine.feature, machine.speed_range))
        return self

    def lose(self) -> None:
        self.machine.disconnected(self.t_s)
        self.happens(LinkLost(self.t_s, "out of reach"))

    def stop(self) -> None:
        self.happens(StopAsked(self.t_s, "key"))

    def tick(self) -> None:
        self.t_s = round(self.t_s + TICK_S, 6)
        for emission in self.machine.advance(self.t_s):
            value = emission.value
            octets = encode_treadmill_data(value, 200) if isinstance(value, TreadmillRecord) else [value]
            for data in octets:
                if isinstance(data, bytes):
                    self.happens(Notified(self.t_s, emission.characteristic, data))
                    if emission.characteristic == "2ad9":
                        self._command_answered(data)
        if self.t_s >= self._lifts_s:
            self.machine.lift(self.t_s)
            self._lifts_s = inf
        self._answer()
        self.happens(TimePassed(self.t_s))
        self.speeds_kmh.append(3.6 * self.machine.speed_mps)

    def to_question(self, name: str) -> "Bench":
        while self._asked is None or self._asked.question != name:
            assert self.t_s < 900, f"{name} is not asked; the last words: {self.told[-3:]}"
            assert not self.session.ended, f"ended first: {self.ending}"
            self.tick()
        return self

    def to_the_end(self) -> "Bench":
        while not self.session.ended:
            assert self.t_s < 1500, f"no end; the last words: {self.told[-3:]}"
            self.tick()
        return self

    def _act(self, question: str) -> None:
        match question.split("-"):
            case ["lay", how, mass] if question not in self.ignores and self.says.get(question, 1):
                self.machine.lay(self.t_s, Sled(int(mass) / 100, GRIP, how == "tied"))
            case ["lift", how] if question not in self.ignores:
                self._lifts_s = self.t_s + (self.lifts_after_s if how == "tied" else 3.0)
            case _:
                pass

    def _answer(self) -> None:
        ask = self._asked
        if ask is None or ask.question in self.ignores:
            return
        delay_s = {"lift-tied": self.lifts_after_s + 0.5, "lift-free": 3.5}.get(ask.question, 0.8)
        if self.t_s < ask.t_s + delay_s:
            return
        self._asked = None
        value = self.says[ask.question] if ask.question in self.says else self._seen(ask.question)
        self.happens(Answered(self.t_s, ask.question, value))

    def _seen(self, question: str) -> int:
        match question.split("-"):
            case ["mass", number]:
                return (*BOXES, 0)[int(number) - 1]
            case ["tension", number]:
                laid = [one for one in self.session.laid if one.tied]
                return round(100 * GRIP * laid[int(number) - 1].mass_kg)
            case ["belt", "stands"]:
                return int(self.machine.speed_mps == 0.0)
            case _:
                return 1

    def _command_answered(self, data: bytes) -> None:
        for command in self._open:
            if data[:1] == b"\x80" and command.data[0] == data[1]:
                self._open.remove(command)
                self.happens(CommandAnswered(self.t_s, command.id, data[2]))
                return

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
    def moved(self) -> bool:
        return max(self.speeds_kmh) > 0

    @property
    def stands(self) -> bool:
        return self.machine.speed_mps == 0.0


@pytest.fixture
def make_bench() -> Callable[..., Bench]:
    """A bench, not yet connected."""
    return Bench
