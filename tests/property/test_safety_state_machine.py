"""Gate, watch and stopping under arbitrary sequences of permission, reports, time and asks.

Every rule below is kept by the test's own book of what happened.
"""

from math import inf

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from eccentread.events import Command, CommandKind, Reason
from eccentread.safety import (
    Alarm,
    BeltGate,
    Expected,
    Limits,
    Liveness,
    Pause,
    Progress,
    RequestControl,
    SetSpeed,
    SlowTo,
    Spike,
    Start,
    Stop,
    Stopping,
    Watch,
)

speeds = st.one_of(st.sampled_from([0, 0, 1, 79, 80, 81, 120, 121, 129]), st.integers(0, 65535))
asked_speeds = st.one_of(st.sampled_from([0, 1, 10, 80, 81, 120, 121]), st.integers(-100, 70000))
MOTION = {CommandKind.START, CommandKind.SET_SPEED}


class Safety(RuleBasedStateMachine):
    @initialize(lock=st.integers(1, 120))
    def begin(self, lock: int) -> None:
        self.lock = lock
        self.t_s = 0.0
        self.liveness = Liveness()
        self.limits = Limits(lock)
        self.gate = BeltGate(self.limits, self.liveness)
        self.watch = Watch(self.limits, self.liveness)
        self.watch.expect(Expected.LOCKED)
        self.stopping: Stopping | None = None
        self.armed_s: float | None = None
        self.starts = 0
        self.speed: int | None = None
        self.reported_s: float | None = None
        self.fast = self.follows_fast = self.again = False
        self.fast_s = -inf
        self.ids: list[int] = []

    @rule(dt_s=st.one_of(st.sampled_from([0.125, 0.25, 1.0, 1.5, 2.0, 60.0, 120.0]), st.floats(0.0, 200.0)))
    def time_passes(self, dt_s: float) -> None:
        self.t_s += dt_s

    @rule()
    def arm(self) -> None:
        self.gate.arm(self.t_s)
        self.armed_s, self.starts = self.t_s, 0

    @rule()
    def disarm(self) -> None:
        self.gate.disarm()
        self.armed_s, self.starts = None, 0

    @rule(speed=speeds)
    def report(self, speed: int) -> None:
        self.speed, self.reported_s = speed, self.t_s
        self.liveness.reported(self.t_s)
        self.gate.reported(speed)
        if self.stopping is not None:
            self.stopping.reported(self.t_s, speed)
        self.fast = speed > self.lock + 40
        if self.fast:
            before_s, self.fast_s = self.fast_s, self.t_s
            self.again = self.follows_fast or self.t_s - before_s <= 2.0
        self.follows_fast = self.fast
        match self.watch.reported(self.t_s, speed, None):
            case Alarm(reason=Reason.OVER_SPEED):
                assert self.fast
                assert self.again
            case Alarm(reason=Reason.BELT_STOPPED):
                assert speed == 0
            case Alarm(reason):
                assert reason is Reason.CHANGED_ON_CONSOLE
                assert abs(speed - self.lock) > 12
            case Spike():
                assert self.fast
                assert not self.again
            case None:
                assert not self.fast

    @rule(speed=asked_speeds, kind=st.sampled_from([SetSpeed, SlowTo]))
    def ask_for_a_speed(self, speed: int, kind: type[SetSpeed | SlowTo]) -> None:
        verdict = self.gate.admit(kind(speed), self.t_s)
        if not isinstance(verdict, Command):
            return
        self.heed(verdict)
        assert verdict.data == b"\x02" + speed.to_bytes(2, "little")
        assert 0 < speed <= self.lock <= 120
        assert self.speed
        if kind is SlowTo:
            assert speed < self.speed
        else:
            self.permitted()

    @rule()
    def ask_for_a_start(self) -> None:
        verdict = self.gate.admit(Start(), self.t_s)
        if not isinstance(verdict, Command):
            return
        self.heed(verdict)
        self.permitted()
        assert self.starts == 0
        assert self.speed == 0
        self.starts += 1
        assert verdict.data == b"\x07"

    @rule(ask=st.sampled_from([Stop(), Pause(), RequestControl()]))
    def ask_for_what_is_always_allowed(self, ask: Stop | Pause | RequestControl) -> None:
        verdict = self.gate.admit(ask, self.t_s)
        assert isinstance(verdict, Command)
        self.heed(verdict)
        octets = {Stop: b"\x08\x01", Pause: b"\x08\x02", RequestControl: b"\x00"}
        assert verdict.data == octets[type(ask)]

    @rule(lead_s=st.sampled_from([0.0, 3.0]))
    def begin_to_stop(self, lead_s: float) -> None:
        self.stopping = Stopping(self.limits, self.t_s, 10, lead_s)

    @precondition(lambda self: self.stopping is not None)
    @rule()
    def go_on_stopping(self) -> None:
        assert self.stopping is not None
        self.stopping.hurry(self.t_s)
        ask = self.stopping.due(self.t_s)
        if self.stopping.progress is Progress.STANDING:
            assert ask is None
        else:
            assert isinstance(ask, Stop | SlowTo | Pause)
            if self.speed == 0 and self.reported_s == self.t_s:
                assert not isinstance(ask, SlowTo)

    def heed(self, command: Command) -> None:
        self.ids.append(command.id)
        assert command.t_s == self.t_s
        if command.kind in MOTION:
            # Nothing moves on news older than any machine's rhythm allows.
            assert self.reported_s is not None
            age_s = self.t_s - self.reported_s
            assert age_s <= max(1.5, 3 * self.liveness.interval_s)

    def permitted(self) -> None:
        assert self.armed_s is not None
        assert self.starts or self.t_s - self.armed_s <= 120.0

    @invariant()
    def numbers_are_never_used_twice(self) -> None:
        assert len(set(self.ids)) == len(self.ids)

    @invariant()
    def the_permission_is_the_humans(self) -> None:
        if self.armed_s is None:
            assert not self.gate.armed(self.t_s)


Safety.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestSafety = Safety.TestCase
