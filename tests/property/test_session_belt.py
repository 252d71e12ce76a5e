"""One belt under arbitrary inputs, from any state: what its machine is told, and what is claimed of it.

The rules are read off what went in and came out (invariants S1–S3, S6); the belt's own state chooses nothing
but where a sequence begins.
"""

from dataclasses import replace
from itertools import takewhile

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from eccentread.events import (
    BeltMayRun,
    BeltStands,
    Command,
    CommandAnswered,
    CommandKind,
    Connected,
    FaultRaised,
    LinkLost,
    Notified,
    Output,
    Problem,
)
from eccentread.safety import Limits
from eccentread.session.belt import Belt
from eccentread.session.belt_state import BeltState
from eccentread.session.profile import UNKNOWN, Unit

LOCK = 80
TIMED = replace(UNKNOWN, unit_verified=True)
PROFILES = [
    TIMED,
    TIMED,
    UNKNOWN,
    replace(TIMED, reports_standing=False),
    replace(TIMED, command_unit=Unit.MPH),
    replace(TIMED, keep_alive_s=5.0),
]
BEGINNINGS = [
    BeltState.UNKNOWN,
    BeltState.OBSERVING,
    BeltState.READY,
    BeltState.STARTING,
    BeltState.SETTLING,
    BeltState.LOCKING,
    *[BeltState.LOCKED] * 4,
]
THE_CONSOLE_WINS = ["0201", "0202", "03", "ff", "052c01", "060a00"]
"""Stopped, paused, the key, control taken back, another speed, a tilted deck."""


def treadmill_data(speed: int, distance_m: int | None) -> bytes:
    """Flags, speed, and the metres where they are told (FTMS 1.0 §4.4)."""
    distance = b"" if distance_m is None else distance_m.to_bytes(3, "little")
    return (b"\x04\x00" if distance else b"\x00\x00") + speed.to_bytes(2, "little") + distance


class Driven(RuleBasedStateMachine):
    @initialize(profile=st.sampled_from(PROFILES), beginning=st.sampled_from(BEGINNINGS))
    def begin(self, profile, beginning: BeltState) -> None:
        self.belt = Belt(Limits(LOCK))
        self.profile = profile
        self.unit_kmh = profile.command_unit.kmh
        self.t_s = 0.0
        self.linked = False
        self.connected_s: float | None = None
        self.permitted = False  # by a human, and not used or lost since
        self.started = False
        self.over = False
        self.may_run = False
        self.seen_standing = False  # by a person, and not denied by a report since
        self.overruled = False  # by a person, what it reports until that is zero
        self.reports: list[tuple[float, int]] = []
        self.distance_m = 0
        self.kinds: dict[int, CommandKind] = {}
        self.unanswered: list[int] = []
        self.to(beginning)

    def to(self, beginning: BeltState) -> None:
        """A machine that does as it is told, as far as that."""
        for _ in range(200):
            if self.belt.state is beginning or (beginning is BeltState.SETTLING and self.over):
                return
            match self.belt.state:
                case BeltState.UNKNOWN:
                    self.connect()
                case BeltState.READY:
                    self.a_person_sees_it_stand()
                    self.start()
                case BeltState.OBSERVING | BeltState.TAKING_CONTROL:
                    self.report(0, 0.5)
                case BeltState.STARTING | BeltState.SETTLING:
                    self.report(50, 0.5)
                case BeltState.UNPROVEN:
                    self.someone_has_timed_it(holds=True)
                case _:
                    self.distance_m = round(self.t_s * LOCK / 360)
                    self.report(LOCK, 0.5)
            if self.unanswered:
                self.take(self.belt.answered(CommandAnswered(self.t_s, self.unanswered.pop(), result=1)))
            self.take(self.belt.passed(self.t_s))
        pytest.fail(f"never came to {beginning}: {self.belt.state}")

    # --- what happens ---------------------------------------------------------------------------------------

    @precondition(lambda self: not self.linked)
    @rule(speed_range=st.sampled_from([None, None, b"", bytes(6), bytes.fromhex("640058020a00")]))
    def connect(self, speed_range: bytes | None = None) -> None:
        self.over = self.over or self.connected_s is not None
        self.linked, self.connected_s = True, self.connected_s or self.t_s
        happened = Connected(self.t_s, "Belt", "address", speed_range=speed_range)
        self.take(self.belt.connected(happened, self.profile))

    @rule(what=st.sampled_from(["the link is lost", "somebody asks for a stop", "silence"]))
    def what_ends_most_things(self, what: str) -> None:
        match what:
            case "the link is lost" if self.linked:
                self.linked, self.over, self.unanswered = False, True, []
                self.take(self.belt.link_lost(LinkLost(self.t_s, "out of reach")))
            case "somebody asks for a stop":
                self.stop()
            case _:
                self.time_passes(15.0)

    @precondition(lambda self: self.linked)
    @rule(times=st.integers(1, 20), answers=st.booleans())
    def it_goes_on_as_it_ought_to(self, times: int, answers: bool) -> None:
        if answers and self.unanswered:
            self.a_command_is_answered(0, 1)
        for _ in range(times):
            self.distance_m = max(self.distance_m, round(self.t_s * LOCK / 360))
            speed = self.reports[-1][1] if self.reports else 0
            self.report(LOCK if speed and not self.over else max(0, speed - 20), 0.5)

    @rule(dt_s=st.sampled_from([0.125, 0.25, 0.5, 1.0, 3.0]))
    def time_passes(self, dt_s: float) -> None:
        self.t_s += dt_s
        self.take(self.belt.passed(self.t_s))

    @precondition(lambda self: self.linked)
    @rule(
        speed=st.one_of(
            st.sampled_from([0, 0, 0, 30, 50, 79, LOCK, LOCK, 93, 121, 129]), st.integers(0, 65534)
        ),
        times=st.integers(1, 14),
        interval_s=st.sampled_from([0.0, 0.25, 0.25, 0.5, 1.0]),
        tells_distance=st.booleans(),
        moves=st.booleans(),
    )
    def it_reports(
        self, speed: int, times: int, interval_s: float, tells_distance: bool, moves: bool
    ) -> None:
        for _ in range(times):
            self.distance_m += moves
            self.report(speed, interval_s, tells_distance)

    def report(self, speed: int, after_s: float, tells_distance: bool = True) -> None:
        self.t_s += after_s
        self.reports.append((self.t_s, speed))
        self.seen_standing = self.seen_standing and not speed
        self.overruled = self.overruled and bool(speed)
        data = treadmill_data(speed, self.distance_m if tells_distance else None)
        self.take(self.belt.notified(Notified(self.t_s, "2acd", data)))

    @precondition(lambda self: self.linked)
    @rule(word=st.sampled_from(THE_CONSOLE_WINS))
    def the_console_wins(self, word: str) -> None:
        running = self.belt.state is BeltState.LOCKED
        self.the_console_speaks(word)
        assert self.over or not running

    @precondition(lambda self: self.linked)
    @rule(word=st.sampled_from(["01", "04", "055000", "060000", "07"]))
    def the_console_speaks(self, word: str) -> None:
        self.take(self.belt.notified(Notified(self.t_s, "2ada", bytes.fromhex(word))))

    @precondition(lambda self: self.linked)
    @rule(
        characteristic=st.sampled_from(["2acd", "2ada", "2ad3", "2ad9", "2acc", ""]),
        data=st.binary(max_size=24),
    )
    def garbage_arrives(self, characteristic: str, data: bytes) -> None:
        out = self.belt.notified(Notified(self.t_s, characteristic, data))
        if self.belt.speed_kmh is not None and any(type(one).__name__ == "BeltReported" for one in out):
            self.reports.append((self.t_s, round(self.belt.speed_kmh * 100)))
            self.seen_standing = self.seen_standing and not self.reports[-1][1]
        self.take(out)

    @precondition(lambda self: self.unanswered)
    @rule(
        at=st.integers(0, 5),
        ends=st.one_of(st.just(1), st.integers(0, 6), st.sampled_from(Problem)),
    )
    def a_command_is_answered(self, at: int, ends: int | Problem) -> None:
        command_id = self.unanswered.pop(at % len(self.unanswered))
        if ends == 5 and self.kinds[command_id] is CommandKind.START:
            self.started = False  # the machine says that nothing came of it
            self.permitted = not self.over
        answer = CommandAnswered(self.t_s, command_id)
        answer = replace(answer, problem=ends) if isinstance(ends, Problem) else replace(answer, result=ends)
        self.take(self.belt.answered(answer))

    # --- what people do -------------------------------------------------------------------------------------

    @precondition(lambda self: self.belt.state is BeltState.READY)
    @rule()
    def start(self) -> None:
        self.permitted = True
        self.take(self.belt.start(self.t_s))
        self.permitted = self.permitted and self.started

    def stop(self) -> None:
        moving = self.may_run or bool(self.reports and self.reports[-1][1] and not self.overruled)
        self.over = True
        out = self.belt.stop(self.t_s)
        self.take(out)
        if self.linked and moving:
            kinds = [one.kind for one in out if isinstance(one, Command)]
            assert CommandKind.STOP in kinds or any(isinstance(one, BeltStands) for one in out)

    @rule()
    def a_person_sees_it_stand(self) -> None:
        self.seen_standing = self.overruled = True
        self.take(self.belt.seen_standing(self.t_s), word=True)

    @rule(holds=st.booleans())
    def someone_has_timed_it(self, holds: bool) -> None:
        self.take(self.belt.timed(self.t_s, holds=holds))

    # --- what comes of it -----------------------------------------------------------------------------------

    def take(self, out: list[Output], word: bool = False) -> None:
        """Hold what came out to the rules, in its order."""
        for one in out:
            assert one.t_s == self.t_s
            match one:
                case BeltMayRun():
                    assert not self.may_run, "told once"
                    self.may_run = True
                case BeltStands():
                    assert self.may_run
                    assert word or self.proven_standing(), "zeros, or a person's word"
                    self.may_run = False
                case FaultRaised():
                    self.over = True
                case Command():
                    self.see(one)
                case _:
                    pass
        assert not (self.over and self.belt._gate.armed(self.t_s)), "what went wrong disarms"

    def proven_standing(self) -> bool:
        zeros = list(takewhile(lambda report: report[1] == 0, reversed(self.reports)))
        return len(zeros) >= 2 and zeros[0][0] - zeros[-1][0] >= 3.0

    def see(self, command: Command) -> None:
        assert self.linked or self.over, "what goes on without a link is stopping"
        assert command.id not in self.kinds
        self.kinds[command.id] = command.kind
        self.unanswered.append(command.id)
        match command.kind:
            case CommandKind.STOP:
                assert self.over
                assert command.data == b"\x08\x01"
            case CommandKind.PAUSE:
                assert self.over
                assert command.data == b"\x08\x02"
            case CommandKind.REQUEST_CONTROL:
                assert command.data == b"\x00"
                assert self.connected_s is not None
                assert self.over or self.t_s - self.connected_s >= 5.0, "first it is watched"
            case CommandKind.START:
                assert command.data == b"\x07"
                assert self.may_run, "this is told before"
                assert self.permitted
                assert not self.started
                assert not self.over
                assert self.seen_standing or self.fresh_speed() == 0
                self.started = True
            case CommandKind.SET_SPEED:
                assert command.data[:1] == b"\x02"
                speed = int.from_bytes(command.data[1:], "little") * self.unit_kmh
                assert speed <= LOCK
                assert self.may_run
                if self.over:
                    assert speed < self.fresh_speed()
                else:
                    assert self.started
                    assert self.fresh_speed() > 0

    def fresh_speed(self) -> int:
        """The newest speed, told no longer ago than the slowest rhythm allows."""
        assert self.reports
        at_s, speed = self.reports[-1]
        assert self.t_s - at_s <= 6.0
        return speed


Driven.TestCase.settings = settings(deadline=None)
TestBelt = Driven.TestCase
