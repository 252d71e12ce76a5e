"""Gate, watch, liveness and stopping under arbitrary sequences, judged by a book of its own.

The book writes down what happened and reads every verdict off that: it shares no state with what it judges.
`make property` takes 10⁶ steps.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import takewhile

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
    TryStop,
    Watch,
)

HEEDED = {Expected.STANDING, Expected.STARTING, Expected.LOCKED}
LISTENED_TO = HEEDED | {Expected.STOPPING}
DRIVEN = {Expected.STARTING, Expected.LOCKED, Expected.STOPPING}
OCTETS = {
    RequestControl: b"\x00",
    Start: b"\x07",
    Stop: b"\x08\x01",
    Pause: b"\x08\x02",
    TryStop: b"\x08\x01",
}
KINDS = {
    RequestControl: CommandKind.REQUEST_CONTROL,
    Start: CommandKind.START,
    SetSpeed: CommandKind.SET_SPEED,
    SlowTo: CommandKind.SET_SPEED,
    Stop: CommandKind.STOP,
    Pause: CommandKind.PAUSE,
    TryStop: CommandKind.TRY_STOP,
}

pauses = st.one_of(
    st.sampled_from([0.125, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 5.0, 60.0, 120.0]), st.floats(0.0, 200.0)
)
inclines = st.sampled_from([None, None, None, 0, 0, 5, -10])
units = st.one_of(st.sampled_from([1.0, 1.0, 1.609344]), st.floats(1.0, 4.0))


@dataclass(frozen=True)
class Report:
    t_s: float
    speed: int
    incline: int | None


def last_of[T](items: list[T], holds: Callable[[T], bool]) -> list[T]:
    """The unbroken stretch at the end for which it holds."""
    return list(takewhile(holds, reversed(items)))[::-1]


@dataclass
class Book:
    """What happened, in order."""

    lock: int
    arrivals_s: list[float] = field(default_factory=list)
    intervals_s: list[float] = field(default_factory=list)
    owed_from_s: float | None = None
    armed_s: float | None = None
    started: bool = False
    seen_s: float | None = None
    speed: int | None = None
    expected: Expected = Expected.ANYTHING
    judged: list[Report] = field(default_factory=list)
    """Since the expectation changed."""
    driven: list[Report] = field(default_factory=list)
    """While the belt was to run, whatever was expected before."""

    # --- what is known --------------------------------------------------------------------------------------

    @property
    def interval_s(self) -> float:
        usual = sorted(self.intervals_s[-31:])
        if not usual:
            return 0.0
        middle = len(usual) // 2
        return min(2.0, usual[middle] if len(usual) % 2 else (usual[middle - 1] + usual[middle]) / 2)

    def silent(self, t_s: float, least_s: float, intervals: int) -> bool:
        return self.owed_from_s is None or t_s - self.owed_from_s > max(least_s, intervals * self.interval_s)

    def armed(self, t_s: float) -> bool:
        return self.armed_s is not None and (self.started or t_s - self.armed_s <= 120.0)

    def refusals(self, ask: object, t_s: float) -> set[Reason]:
        """Everything that speaks against it."""
        return {reason for reason, holds in self._rules(ask, t_s) if holds}

    def _rules(self, ask: object, t_s: float) -> Iterator[tuple[Reason, bool]]:
        seen = self.seen_s is not None and t_s - self.seen_s <= 120.0
        stale = self.silent(t_s, 1.5, 3)
        match ask:
            case Start() | TryStop():
                yield Reason.NOT_ARMED, not self.armed(t_s)
                yield Reason.ALREADY_STARTED, self.started
                yield Reason.STALE_DATA, stale and not seen
                yield Reason.NOT_STANDING, self.speed != 0 and not seen
            case SetSpeed(speed):
                yield Reason.NOT_ARMED, not self.armed(t_s)
                yield Reason.STALE_DATA, stale
                yield Reason.TOO_FAST, speed <= 0 or speed > self.lock
                yield Reason.NOT_MOVING, not self.speed
            case SlowTo(speed):
                yield Reason.STALE_DATA, stale
                yield Reason.TOO_FAST, speed <= 0 or speed > self.lock
                yield Reason.NOT_SLOWER, self.speed is None or speed >= self.speed
            case _:
                return

    # --- what a report means --------------------------------------------------------------------------------

    def reported(self, t_s: float, speed: int, incline: int | None) -> None:
        if self.owed_from_s is None or t_s > self.owed_from_s:
            if self.owed_from_s is not None:
                self.intervals_s.append(t_s - self.owed_from_s)
            self.owed_from_s = t_s
        self.speed = speed
        if speed:
            self.seen_s = None
        report = Report(t_s, speed, incline)
        self.judged.append(report)
        if self.expected in DRIVEN:
            self.driven.append(report)

    def alarms(self) -> list[Reason]:
        """What the newest report is a reason for, the gravest first."""
        return [reason for reason, alarming, _ in self._signs() if alarming]

    def spikes(self) -> bool:
        return any(spiking for *_, spiking in self._signs())

    def _signs(self) -> Iterator[tuple[Reason, bool, bool]]:
        now = self.judged[-1]
        if self.expected in DRIVEN:
            fast, again = self._fast()
            yield Reason.OVER_SPEED, fast and again, fast and not again
        if self.expected in (Expected.STANDING, Expected.STOPPED):
            moving = len(last_of(self.judged, lambda r: r.speed > 0))
            yield Reason.UNEXPECTED_MOTION, moving >= 2, moving == 1
        if self.expected is Expected.LOCKED:
            yield Reason.BELT_STOPPED, self._for(lambda r: r.speed == 0) >= 3.0, False
            above = self._for(lambda r: r.speed - self.lock > 12) >= 5.0
            below = self._for(lambda r: self.lock - r.speed > 12) >= 15.0
            yield Reason.CHANGED_ON_CONSOLE, above or below, False
        if self.expected in HEEDED and now.incline is not None:
            told = [r for r in self.judged if r.incline is not None]
            inclined = len(last_of(told, lambda r: r.incline != 0))
            yield Reason.INCLINED, inclined >= 2, inclined == 1

    def _for(self, holds: Callable[[Report], bool]) -> float:
        """How long it has held without a break; less than nothing where it does not hold."""
        stretch = last_of(self.judged, holds)
        return stretch[-1].t_s - stretch[0].t_s if stretch else -1.0

    def _fast(self) -> tuple[bool, bool]:
        *before, now = self.driven
        over = [r for r in before if r.speed > self.lock + 40]
        again = bool(over) and (over[-1] is before[-1] or now.t_s - over[-1].t_s <= 2.0)
        return now.speed > self.lock + 40, again


@dataclass
class Standstill:
    """What proves one: what was reported since the stop began, or its link was remade."""

    not_before_s: float
    reports: list[Report] = field(default_factory=list)
    claimed: bool = False

    def reported(self, report: Report) -> None:
        self.reports.append(report)
        zeros = last_of(self.reports, lambda r: r.speed == 0)
        if report.speed:
            self.not_before_s = report.t_s  # what was started shows
        elif len(zeros) >= 2 and report.t_s - zeros[0].t_s >= 3.0 and report.t_s >= self.not_before_s:
            self.claimed = True


class Safety(RuleBasedStateMachine):
    @initialize(lock=st.integers(1, 120), unit=units)
    def begin(self, lock: int, unit: float) -> None:
        self.t_s = 0.0
        self.unit = unit
        self.book = Book(lock)
        self.liveness = Liveness()
        self.limits = Limits(lock)
        self.gate = BeltGate(self.limits, self.liveness, unit)
        self.watch = Watch(self.limits, self.liveness)
        self.stopping: Stopping | None = None
        self.standstill = Standstill(0.0)
        self.began_s = 0.0
        self.slowest = 0
        self.left_to_console = False
        self.ids: list[int] = []

    # --- what happens ---------------------------------------------------------------------------------------

    @rule(dt_s=pauses)
    def time_passes(self, dt_s: float) -> None:
        self.t_s += dt_s

    @rule()
    def arm(self) -> None:
        self.gate.arm(self.t_s)
        self.book.armed_s, self.book.started = self.t_s, False

    @rule()
    def disarm(self) -> None:
        self.gate.disarm()
        self.book.armed_s, self.book.started = None, False

    @rule()
    def the_machine_refuses_the_start(self) -> None:
        self.gate.start_refused()
        self.book.started = False

    @rule()
    def a_person_sees_it_stand(self) -> None:
        self.gate.seen_standing(self.t_s)
        self.book.seen_s = self.t_s

    @rule()
    def the_link_comes_back(self) -> None:
        self.liveness.restart(self.t_s)
        self.book.owed_from_s = self.t_s

    @rule(expected=st.sampled_from(Expected))
    def something_else_is_expected(self, expected: Expected) -> None:
        self.watch.expect(expected)
        self.book.expected = expected
        self.book.judged.clear()

    @rule(
        data=st.data(),
        pause_s=st.sampled_from([0.0, 0.25, 0.25, 0.5, 1.0, 2.0]),
        times=st.sampled_from([1, 1, 1, 2, 3, 9]),
        incline=inclines,
    )
    def it_reports(self, data: st.DataObject, pause_s: float, times: int, incline: int | None) -> None:
        near = [0, self.book.lock + data.draw(st.sampled_from([-80, -13, -12, 0, 12, 13, 40, 41, 200]))]
        speed = max(0, data.draw(st.one_of(st.sampled_from(near), st.integers(0, 65535))))
        for _ in range(times):
            self.t_s += pause_s
            self.report(speed, incline)

    def report(self, speed: int, incline: int | None) -> None:
        self.liveness.reported(self.t_s)
        self.gate.reported(speed)
        self.book.reported(self.t_s, speed, incline)
        sign = self.watch.reported(self.t_s, speed, incline)
        alarms = self.book.alarms()
        if alarms:
            assert isinstance(sign, Alarm)
            assert sign.reason is alarms[0]
        else:
            assert isinstance(sign, Spike) if self.book.spikes() else sign is None
        if self.stopping is not None:
            self.stopping.reported(self.t_s, speed)
            self.standstill.reported(Report(self.t_s, speed, incline))
            self.left_to_console &= speed <= self.book.lock + 40

    # --- what may move the belt -----------------------------------------------------------------------------

    @rule(data=st.data(), kind=st.sampled_from([SetSpeed, SlowTo]))
    def ask_for_a_speed(self, data: st.DataObject, kind: type[SetSpeed | SlowTo]) -> None:
        edge = st.sampled_from([0, 1, 10, self.book.lock, self.book.lock + 1, 120, 121])
        self.ask(kind(data.draw(st.one_of(edge, st.integers(-100, 70000)))))

    @rule(ask=st.sampled_from([Start(), Start(), TryStop(), Stop(), Pause(), RequestControl()]))
    def ask_for_anything_else(self, ask: Start | TryStop | Stop | Pause | RequestControl) -> None:
        self.ask(ask)

    def ask(self, ask: object) -> bool:
        refusals = self.book.refusals(ask, self.t_s)
        verdict = self.gate.admit(ask, self.t_s)
        if not isinstance(verdict, Command):
            assert verdict.reason in refusals
            return False
        assert not refusals
        assert (verdict.t_s, verdict.kind) == (self.t_s, KINDS[type(ask)])
        self.ids.append(verdict.id)
        if isinstance(ask, SetSpeed | SlowTo):
            assert verdict.data[:1] == b"\x02"
            number = int.from_bytes(verdict.data[1:], "little")
            # What the machine makes of it, to a millionth of a hundredth: nothing rounds up.
            meant = Fraction(number) * Fraction(self.unit)
            assert meant <= ask.speed_centi_kmh + Fraction(1, 10**6)
            assert meant > ask.speed_centi_kmh - Fraction(self.unit) - Fraction(1, 10**6)
            assert ask.speed_centi_kmh <= self.book.lock <= 120
        else:
            assert verdict.data == OCTETS[type(ask)]
        if isinstance(ask, Start | TryStop):
            self.book.started = True
        return True

    # --- silence and the console ----------------------------------------------------------------------------

    @rule()
    def is_it_silent(self) -> None:
        alarm = self.watch.passed(self.t_s)
        silent = self.book.expected in LISTENED_TO and self.book.silent(self.t_s, 2.3, 3.9)
        assert (alarm is not None and alarm.reason is Reason.SILENT) == silent == (alarm is not None)

    @rule(word=st.sampled_from(["key_pulled", "stopped_on_console", "control_lost"]))
    def the_console_speaks(self, word: str) -> None:
        reasons = {
            "key_pulled": Reason.SAFETY_KEY,
            "stopped_on_console": Reason.STOPPED_ON_CONSOLE,
            "control_lost": Reason.CONTROL_LOST,
        }
        self.heeded(getattr(self.watch, word)(), reasons[word], self.book.expected in HEEDED)

    @rule(off=st.one_of(st.sampled_from([-5, -4, 0, 4, 5, 40, 41]), st.integers(-200, 65535)))
    def the_console_sets_a_speed(self, off: int) -> None:
        speed = max(0, self.book.lock + off)
        heeded = {
            Expected.LOCKED: abs(speed - self.book.lock) > 4,
            Expected.STARTING: speed > self.book.lock + 40,
        }.get(self.book.expected, False)
        self.heeded(self.watch.target_speed_changed(speed), Reason.CHANGED_ON_CONSOLE, heeded)

    @rule(incline=st.integers(-32768, 32767) | st.just(0))
    def the_console_tilts_the_deck(self, incline: int) -> None:
        alarm = self.watch.target_inclination_changed(incline)
        self.heeded(alarm, Reason.INCLINED, self.book.expected in HEEDED and incline != 0)

    def heeded(self, alarm: Alarm | None, reason: Reason, alarms: bool) -> None:
        assert (alarm.reason if alarm is not None else None) is (reason if alarms else None)

    # --- the way to a standstill ----------------------------------------------------------------------------

    @rule(
        lead_s=st.sampled_from([0.0, 0.0, 3.0]),
        proves_in_s=st.sampled_from([0.0, 0.0, 5.0, 25.0]),
        lowest=st.integers(1, 200),
        repeat_s=st.sampled_from([0.5, 0.5, 2.0, 8.0]),
    )
    def begin_to_stop(self, lead_s: float, proves_in_s: float, lowest: int, repeat_s: float) -> None:
        not_before_s = self.t_s + proves_in_s
        self.stopping = Stopping(self.limits, self.t_s, lowest, lead_s, not_before_s, repeat_s)
        self.standstill = Standstill(not_before_s)
        self.began_s = self.t_s
        self.slowest = min(lowest, self.book.lock)
        self.left_to_console = lead_s > 0

    @precondition(lambda self: self.stopping is not None)
    @rule(news=st.sampled_from(["hurry", "wait_for_control", "relinked"]))
    def something_comes_of_it(self, news: str) -> None:
        if news == "relinked":
            self.t_s += 3.0  # for so long the machine was stuck
        getattr(self.stopping, news)(self.t_s)
        self.left_to_console &= news == "wait_for_control"
        if news == "relinked":
            self.standstill.reports.clear()

    @precondition(lambda self: self.stopping is not None)
    @rule(hurry=st.booleans())
    def go_on_stopping(self, hurry: bool) -> None:
        assert self.stopping is not None
        if hurry:
            self.stopping.hurry(self.t_s)
            self.left_to_console = False
        ask = self.stopping.due(self.t_s)
        if hurry:
            assert ask == (None if self.standstill.claimed else Stop()), "somebody asked for a stop"
        if self.standstill.claimed:
            assert ask is None
        if self.left_to_console and self.t_s - self.began_s < 3.0:
            assert ask is None or isinstance(ask, RequestControl)
        if ask is not None:
            assert ask in (Stop(), SlowTo(self.slowest), Pause(), RequestControl())
            if ask in (SlowTo(self.slowest), Pause()):
                assert self.t_s - self.began_s >= 3.0, "an honest machine gets its time"
            self.ask(ask)

    # --- always ---------------------------------------------------------------------------------------------

    @invariant()
    def a_standstill_is_claimed_when_the_reports_prove_it_and_not_before(self) -> None:
        if self.stopping is not None:
            assert (self.stopping.progress is Progress.STANDING) == self.standstill.claimed

    @invariant()
    def no_stop_is_called_unconfirmed_before_eight_seconds(self) -> None:
        if self.stopping is not None and self.stopping.progress is Progress.UNCONFIRMED:
            assert self.t_s - self.began_s >= 8.0

    @invariant()
    def stop_pause_and_request_control_pass_in_every_state(self) -> None:
        for ask in (Stop(), Pause(), RequestControl()):
            assert self.ask(ask)

    @invariant()
    def numbers_are_never_used_twice(self) -> None:
        assert len(set(self.ids)) == len(self.ids)

    @invariant()
    def the_permission_is_the_humans(self) -> None:
        assert self.gate.armed(self.t_s) == self.book.armed(self.t_s)

    @invariant()
    def the_rhythm_is_the_books(self) -> None:
        assert abs(self.liveness.interval_s - self.book.interval_s) < 1e-9


Safety.TestCase.settings = settings(deadline=None)
TestSafety = Safety.TestCase
