"""A treadmill with an athlete beside it, without a radio and without a clock.

Equal personality, seed and sequence of calls give equal emissions, bit for bit. How finely `advance` is
called changes nothing.
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from eccentread_sim import truth as true
from eccentread_sim.athlete import Athlete, Traits
from eccentread_sim.console import Touch
from eccentread_sim.controller import Controller
from eccentread_sim.drive import STEPS_PER_S, Drive
from eccentread_sim.figures import record_now
from eccentread_sim.offer import Field
from eccentread_sim.personality import Personality
from eccentread_sim.records import TreadmillRecord
from eccentread_sim.reporting import Report, Reporter
from eccentread_sim.sayings import Deed, Delivered
from eccentread_sim.script import LASTING, Happening, What
from eccentread_sim.sled import LaidSled, Sled
from eccentread_sim.truth import Truth

LOOKS_PER_S = 10
"""How often the treadmill wants to be advanced at least, and how often the true speed is told."""
STEPS_PER_LOOK = STEPS_PER_S // LOOKS_PER_S

_FEATURE_BITS = {
    Field.AVERAGE_SPEED: 0,
    Field.DISTANCE: 2,
    Field.INCLINATION: 3,
    Field.ELEVATION: 4,
    Field.PACE: 5,
    Field.AVERAGE_PACE: 5,
    Field.STEPS: 6,
    Field.ENERGY: 9,
    Field.HEART_RATE: 10,
    Field.MET: 11,
    Field.ELAPSED: 12,
    Field.REMAINING: 13,
    Field.FORCE: 15,
}
"""Fitness Machine Features (FTMS 1.0 §4.3.1.1)."""
_SPEED_TARGET = 1
"""Target Setting Features: bit 0, speed (§4.3.1.2)."""


BELT_STANDS, BELT_CREEPS = "belt-stands", "belt-creeps"
"""Questions that are answered by a look at the belt."""
SLOWEST_CREEP_MPS, FASTEST_CREEP_MPS = 0.35 / 3.6, 1.05 / 3.6
"""What somebody with a watch takes for a belt that creeps as it should: miles an hour are not among it."""


@dataclass(frozen=True, slots=True)
class Emission:
    """Something the treadmill says at `t_s` on a characteristic, or does: octets, a record, a deed.

    Or how what it says gets out from then on.
    """

    t_s: float
    characteristic: str
    value: bytes | TreadmillRecord | Deed | Delivered


class Treadmill:
    """One machine. Times are seconds since its start and never run backward."""

    def __init__(self, personality: Personality, seed: int, truth: Truth | None = None) -> None:
        self.personality = personality
        self.seed = seed
        traits = replace(Traits.draw(random.Random(f"{seed}:traits")), **personality.athlete)
        self._drive = Drive(personality.drive)
        self._controller = Controller(personality.behaviour, self._drive, seed, self._happened)
        self._console = self._controller.console
        self._athlete = Athlete(traits, seed)
        self._reporter = Reporter(personality.reporting, personality.drive, seed)
        self._truth = truth
        self._steps = 0
        self._hidden_until_s = 0.0
        self._load = (0.0, 0.0)
        self._sled: LaidSled | None = None
        self._contacts_told = 0
        self._state_told = ""
        self._waiting: list[tuple[float, int, Emission]] = []
        self._followers: list[Callable[[float, float], object]] = []
        self._emitted = 0
        self._tell_state(0.0)

    @property
    def next_s(self) -> float:
        """When `advance` must next be called."""
        look_s = (self._steps // STEPS_PER_LOOK + 1) / LOOKS_PER_S
        return min(look_s, self._waiting[0][0]) if self._waiting else look_s

    @property
    def feature(self) -> bytes:
        """Fitness Machine Feature: what Treadmill Data holds, and that the speed can be set."""
        features = sum(1 << bit for bit in {_FEATURE_BITS[field] for field in self.personality.gatt.fields})
        return features.to_bytes(4, "little") + _SPEED_TARGET.to_bytes(4, "little")

    @property
    def speed_range(self) -> bytes:
        """Supported Speed Range."""
        return self._console.dial.speed_range

    @property
    def training_status(self) -> bytes:
        """Training Status now."""
        return self._console.training_status

    @property
    def device_information(self) -> dict[str, str]:
        """Device Information strings that the machine has."""
        machine = self.personality.machine
        names = ("manufacturer", "model", "serial", "firmware", "hardware", "software")
        return {name: text for name in names if (text := getattr(machine, name))}

    @property
    def speed_mps(self) -> float:
        """The belt's true speed."""
        return self._drive.speed_mps

    def look(self, t_s: float) -> tuple[float, float]:
        """The belt's true speed, m/s, and its travel so far, m: what somebody beside it sees."""
        self._run(t_s)
        return self._drive.speed_mps, self._drive.position_m

    def advance(self, t_s: float) -> list[Emission]:
        """Everything said up to and including `t_s`, in order."""
        self._run(t_s)
        said: list[Emission] = []
        while self._waiting and self._waiting[0][0] <= t_s:
            said.append(heapq.heappop(self._waiting)[2])
        return said

    def write_control_point(self, t_s: float, data: bytes, central: str = "") -> None:
        """Take a write of that central; its answer is emitted after the machine's answer delay."""
        self._run(t_s)
        if self._truth is not None:
            self._truth(true.command(t_s, data, central))
        self._controller.write(t_s, data, central)
        self._collect(t_s)

    def refused(self, t_s: float, data: bytes, central: str = "") -> None:
        """A write ended in an ATT error; the machine does nothing about it."""
        if self._truth is not None:
            self._truth(true.refused(t_s, data, central))

    def touch(self, t_s: float, touch: Touch, speed_kmh: float = 0.0) -> None:
        """A person acts at the console: keys, the safety key, another app that takes control."""
        self._run(t_s)
        if self._truth is not None:
            self._truth(true.touch(t_s, touch, speed_kmh))
        self._controller.touch(t_s, touch, speed_kmh)
        self._collect(t_s)

    def happen(self, t_s: float, happening: Happening) -> None:
        """Let something happen now, as if its time had come."""
        self._run(t_s)
        self._controller.happen(t_s, happening)
        self._collect(t_s)

    def lay(self, t_s: float, sled: Sled) -> None:
        """A person sets a box down on the belt."""
        self._run(t_s)
        self._sled = LaidSled(sled, t_s)

    def lift(self, t_s: float) -> None:
        """A person takes the box off."""
        self._run(t_s)
        if self._sled is not None:
            self._sled.lift(t_s)

    def connected(self, t_s: float, central: str = "") -> None:
        """A central connected; it has no control yet."""
        self._run(t_s)
        if self._truth is not None:
            self._truth(true.link(t_s, central, up=True))
        self._controller.connected(t_s, central)

    def disconnected(self, t_s: float, central: str = "") -> None:
        """The central is gone. The belt keeps doing what it does."""
        self._run(t_s)
        if self._truth is not None:
            self._truth(true.link(t_s, central, up=False))
        self._controller.disconnected(central)

    def hear(self, t_s: float, cue: str, number: int | None = None) -> None:
        """The athlete hears a cue (a value of the program's `CueKind`)."""
        self._run(t_s)
        self._athlete.hear(t_s, cue, number)

    def answer(self, question: str, kind: str) -> tuple[float, int]:
        """The athlete's answer to a question: after how many seconds, and what."""
        delay_s, value = self._athlete.answer(question, kind)
        if question == BELT_STANDS:
            value = int(self.speed_mps == 0)
        elif question == BELT_CREEPS:
            value = int(SLOWEST_CREEP_MPS < self.speed_mps < FASTEST_CREEP_MPS)
        return delay_s, value

    def followed_by(self, follower: Callable[[float, float], object]) -> None:
        """Tell `follower` of every physics step from now on: the time, and how far the belt has come, m."""
        self._followers.append(follower)

    def settle(self, t_s: float) -> None:
        """Let what happens up to `t_s` happen; what is said meanwhile waits for `advance`."""
        self._run(t_s)

    def _run(self, t_s: float) -> None:
        """Physics up to `t_s`."""
        drive, controller, athlete = self._drive, self._controller, self._athlete
        # 1.15 · 100 is a hair under 115, and 115 steps are due at 1.15 s all the same.
        last = int(t_s * STEPS_PER_S + 1e-6)
        while self._steps < last:
            self._steps += 1
            now_s = self._steps / STEPS_PER_S
            self._load = self._with_sled(now_s, *athlete.load(now_s, drive.speed_mps))
            drive.step(*self._load)
            for follower in self._followers:
                follower(now_s, drive.position_m)
            controller.tick(now_s, stepped_on=self._load[1] > 0.0)
            if controller.sayings:
                self._collect(now_s)
            shown_mps = self._console.shown_mps(now_s)
            self._reporter.blind = now_s < self._hidden_until_s
            for report in self._reporter.sample(now_s, drive.roller_m, drive.roller_mps, shown_mps):
                if not controller.mute:
                    self._emit(Emission(report.t_s, "2acd", self._record(report)))
            if self._truth is not None:
                self._tell(now_s, self._truth)

    def _with_sled(self, t_s: float, push_n: float, vertical_n: float) -> tuple[float, float]:
        """The load on the belt with that of the box that lies on it, if one does."""
        if self._sled is None:
            return push_n, vertical_n
        if self._sled.is_off(t_s):
            self._sled = None
            return push_n, vertical_n
        pull_n, weight_n = self._sled.load(t_s, self._drive.position_m)
        return push_n + pull_n, vertical_n + weight_n

    def _collect(self, t_s: float) -> None:
        """Take over what the console has to say."""
        for saying in self._controller.sayings:
            self._emit(Emission(saying.t_s, saying.characteristic, saying.value))
        self._controller.sayings.clear()
        self._tell_state(t_s)

    def _emit(self, emission: Emission) -> None:
        self._emitted += 1
        heapq.heappush(self._waiting, (emission.t_s, self._emitted, emission))

    def _record(self, report: Report) -> TreadmillRecord:
        """A Treadmill Data record of the present with the speed of `report`."""
        return record_now(
            self.personality.gatt.fields,
            report.speed_centi_kmh,
            self._console,
            push_n=self._load[0],
            belt_mps=self._drive.speed_mps,
            steps=len(self._athlete.contacts),
            incline_pct=self._controller.incline_pct,
        )

    def _tell(self, t_s: float, truth: Truth) -> None:
        for contact in self._athlete.contacts[self._contacts_told :]:
            truth(true.contact(t_s, contact))
        self._contacts_told = len(self._athlete.contacts)
        if self._steps % STEPS_PER_LOOK == 0:
            truth(true.speed(t_s, self._drive.speed_mps))

    def _happened(self, t_s: float, happening: Happening) -> None:
        lasts_s = happening.lasts_s if happening.what in LASTING else 0.0
        if self._truth is not None:
            self._truth(true.touch(t_s, happening.what, happening.speed_kmh, lasts_s))
        if happening.what is What.MISREAD:
            self._reporter.misread(t_s + lasts_s, happening.speed_kmh)
        if happening.what is What.RUNAWAY:
            self._hidden_until_s = 0.0 if happening.shown else t_s + lasts_s

    def _tell_state(self, t_s: float) -> None:
        state = self._console.state.value
        if self._truth is not None and state != self._state_told:
            self._truth(true.belt(t_s, state))
        self._state_told = state
