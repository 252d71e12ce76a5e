"""A scripted treadmill, an athlete who does as told, and a bench that keeps the rules of every session."""

import math
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from eccentread.events import (
    Answered,
    Ask,
    BeltMayRun,
    BeltReported,
    BeltStands,
    Command,
    CommandAnswered,
    CommandKind,
    Connected,
    Cue,
    CueKind,
    FaultRaised,
    Input,
    LinkLost,
    Notified,
    Output,
    Phase,
    PhaseChanged,
    Problem,
    QuestionKind,
    Reason,
    SessionEnded,
    StopAsked,
    TimePassed,
)
from eccentread.session import GuidedSession, Protocol, parse_protocol
from eccentread.session.profile import Profile
from eccentread.session.protocol import SignalCheckPlan

BUNDLED = Path(__file__).parents[3] / "protocols" / "pht-eccentric-treadmill.toml"
TICK_S = 0.25

NEXT = {
    Phase.CONNECTING: {Phase.OBSERVING},
    Phase.OBSERVING: {Phase.CHECKLIST},
    Phase.CHECKLIST: {Phase.ARMING},
    Phase.ARMING: {Phase.STARTING, Phase.CHECKLIST},
    Phase.STARTING: {Phase.LOCKING},
    Phase.LOCKING: {Phase.SIGNAL_CHECK},
    Phase.SIGNAL_CHECK: {Phase.SET},
    Phase.SET: {Phase.REST},
    Phase.REST: {Phase.SET},
    Phase.STOPPING: {Phase.QUESTIONS},
    Phase.QUESTIONS: set(),
    Phase.LINK_LOST: set(),
}
"""How a session moves on; from anywhere it may also stop, lose its link, or end."""
BREAKS = {Phase.STOPPING, Phase.LINK_LOST, Phase.ENDED}


def treadmill_data(
    speed_kmh: float, incline_pct: float | None = None, distance_m: int | None = None
) -> bytes:
    """Treadmill Data (FTMS 1.0 §4.4): flags, speed in 0.01 km/h, metres, incline and ramp angle in 0.1."""
    flags, fields = 0, struct.pack("<H", round(speed_kmh * 100))
    if distance_m is not None:
        flags |= 0x04
        fields += distance_m.to_bytes(3, "little")
    if incline_pct is not None:
        flags |= 0x08
        fields += struct.pack("<hh", round(incline_pct * 10), 0)
    return struct.pack("<H", flags) + fields


@dataclass
class Machine:
    """A belt that follows at once and reports every quarter second; tests change its attributes."""

    start_kmh: float = 0.5
    countdown_s: float = 3.0
    stop_s: float = 1.0
    unit: float = 1.0
    """What it makes of a commanded speed: 1.609 for a machine that reads it as mph."""
    answers: dict[CommandKind, int | Problem | None] = field(default_factory=dict)
    """What it answers where that is not success; `None`: nothing at all."""
    ignores: set[CommandKind] = field(default_factory=set)
    """What it answers, but does not do."""
    mute: bool = False
    mute_standing: bool = False
    """Whether it reports only while its belt runs."""
    stops_unless_repeated_s: float | None = None
    ramp_kmh_per_s: float | None = None
    """How slowly the belt follows a speed command that its reports show at once; `None`: at once."""
    reports_unit: float = 1.0
    """Kilometres an hour in one of what it reports."""
    strict: bool = False
    """Whether it refuses all commands (05) until it is asked for control, on each link anew."""
    permits: bool = False
    incline_pct: float | None = None
    tells_distance: bool = True
    distance_unit: float = 1.0
    """Metres travelled for each that it counts."""
    distance_m: float = 0.0
    commands: list[tuple[float, str]] = field(default_factory=list)
    belt_kmh: float = 0.0
    reads: dict[str, Any] = field(default_factory=dict)
    needs_requests: int = 1
    """How often a strict one has to be asked for control."""
    refuses_once: int | None = None
    """What it answers to its first speed command, not doing it."""
    true_kmh: float = 0.0
    _requests: int = 0
    _starts_s: float | None = None
    _stops_s: float | None = None
    _set_s: float = 0.0

    def command(self, command: Command) -> CommandAnswered | None:
        self.commands.append((command.t_s, command.data.hex()))
        answer = self.answers.get(command.kind, 1)
        if command.kind is CommandKind.REQUEST_CONTROL:
            self._requests += 1
            self.permits = self._requests >= self.needs_requests
        elif self.strict and not self.permits:
            answer = 5
        if command.kind is CommandKind.SET_SPEED and self.refuses_once is not None:
            answer, self.refuses_once = self.refuses_once, None
        obeyed = not isinstance(answer, int) or answer == 1
        if obeyed and command.kind not in self.ignores and answer is not Problem.WRITE_FAILED:
            self._obey(command)
        if answer is None:
            return None
        if isinstance(answer, Problem):
            return CommandAnswered(command.t_s, command.id, problem=answer)
        return CommandAnswered(command.t_s, command.id, result=answer)

    def _obey(self, command: Command) -> None:
        match command.kind:
            case CommandKind.START:
                self._starts_s = command.t_s + self.countdown_s
            case CommandKind.SET_SPEED if self.belt_kmh:
                self.belt_kmh = self.unit * int.from_bytes(command.data[1:], "little") / 100
                self._set_s = command.t_s
            case CommandKind.STOP | CommandKind.PAUSE:
                self.stop(command.t_s)

    def stop(self, t_s: float) -> None:
        """The belt begins to stop, whoever says so."""
        self._starts_s = None
        if self._stops_s is None and self.belt_kmh:
            self._stops_s = t_s + self.stop_s

    def report(self, t_s: float, dip_kmh: float) -> bytes | None:
        if self._starts_s is not None and t_s >= self._starts_s:
            self.belt_kmh, self._starts_s = self.start_kmh, None
        if self._stops_s is not None and t_s >= self._stops_s:
            self.belt_kmh, self._stops_s = 0.0, None
        if self.stops_unless_repeated_s and t_s - self._set_s > self.stops_unless_repeated_s:
            self.stop(t_s)
        slew = math.inf if self.ramp_kmh_per_s is None else self.ramp_kmh_per_s * TICK_S
        self.true_kmh += max(-slew, min(slew, self.belt_kmh - self.true_kmh))
        self.distance_m += self.true_kmh / 3.6 * TICK_S
        if self.mute or (self.mute_standing and not self.belt_kmh):
            return None
        distance_m = int(self.distance_m / self.distance_unit) if self.tells_distance else None
        shown = max(0.0, self.belt_kmh - dip_kmh) / self.reports_unit
        return treadmill_data(shown, self.incline_pct, distance_m)


@dataclass
class Athlete:
    """Pushes when asked, 3 s of every 6 in a set; a push takes 0.3 km/h off the belt at once."""

    pushes: bool = True
    dip_kmh: float = 0.3
    _until_s: float = -1.0
    _from_s: float = 0.0
    _in_set: bool = False

    def hear(self, cue: Cue) -> None:
        match cue.kind:
            case CueKind.PUSH_ONCE:
                self._from_s, self._until_s = cue.t_s + 1.0, cue.t_s + 4.0
            case CueKind.SET_BEGINS:
                self._in_set, self._from_s = True, cue.t_s + 2.0
            case CueKind.SET_DONE | CueKind.STEP_OFF | CueKind.EMERGENCY:
                self._in_set, self._until_s = False, -1.0
            case _:
                pass

    def dip(self, t_s: float) -> float:
        if not self.pushes:
            return 0.0
        on = self._from_s <= t_s and (
            (t_s - self._from_s) % 6.0 < 3.0 if self._in_set else t_s < self._until_s
        )
        return self.dip_kmh if on else 0.0


class Rules:
    """What holds in every session, whatever happens (invariants S1–S3, S7, S8)."""

    def __init__(
        self, protocol: Protocol, profiles: tuple[Profile, ...] = (), timed: Mapping[str, str] | None = None
    ) -> None:
        self.protocol = protocol
        self.profiles = profiles
        self.timed = timed or {}
        self.session = GuidedSession(protocol, profiles, self.timed)
        self.inputs: list[Input] = []
        self.outputs: list[Output] = []
        self.phase = Phase.CONNECTING
        self._open: Ask | None = None
        self._permitted = False
        self._seen_standing = False
        self._over = False  # a fault, a stop or a loss: nothing may set the belt in motion again
        self._returned = False
        self._refused_stop = False
        self._connected_s: float | None = None
        self._linked = False
        self._speed_centi: int | None = None
        self._started = False
        self._may_run = False
        self._kinds: dict[int, CommandKind] = {}

    def feed(self, happened: Input) -> list[Output]:
        """Feed the session and see that it keeps the rules."""
        ended = self.phase is Phase.ENDED
        self.inputs.append(happened)
        self._before(happened)
        out = self.session.feed(happened)
        assert not (ended and out), "something follows the end"
        for one in out:
            assert one.t_s == happened.t_s
            self._see(one)
        ends = [k for k, one in enumerate(out) if isinstance(one, SessionEnded)]
        assert ends in ([], [len(out) - 1])
        assert self.session.ended == (self.phase is Phase.ENDED) == bool(ended or ends)
        self.outputs += out
        if isinstance(happened, StopAsked) and not ended:
            self._stopped(out)
        return out

    def replayed(self) -> None:
        """The same inputs give the same outputs."""
        again = GuidedSession(self.protocol, self.profiles, self.timed)
        assert [one for happened in self.inputs for one in again.feed(happened)] == self.outputs

    def _before(self, happened: Input) -> None:
        match happened:
            case Connected():
                self._returned = self._connected_s is not None
                self._connected_s, self._linked = happened.t_s, True
                self._over = self._over or self._returned
            case LinkLost():
                self._over, self._linked = True, False
            case StopAsked():
                self._over = True
            case Answered(question="arm", value=value) if self._open and self._open.question == "arm":
                self._permitted = bool(value) and not self._over
            case Answered(question="belt-stands", value=value):
                self._seen_standing = bool(value)
            case CommandAnswered(command_id=id, result=5) if self._kinds.get(id) is CommandKind.STOP:
                self._refused_stop = True
            case CommandAnswered(command_id=id, result=5) if self._kinds.get(id) is CommandKind.START:
                self._started = False
            case _:
                pass

    def _see(self, one: Output) -> None:
        match one:
            case Command():
                self._kinds[one.id] = one.kind
                self._see_command(one)
            case PhaseChanged(phase=phase):
                assert phase in NEXT[self.phase] | BREAKS
                assert phase is not self.phase
                self.phase = phase
                self._over = self._over or phase in BREAKS
            case FaultRaised():
                self._over = True
            case BeltMayRun():
                assert not self._may_run, "told once"
                self._may_run = True
            case BeltStands():
                assert self._may_run
                self._may_run = False
            case Ask():
                self._open = one
            case BeltReported(speed_kmh=speed_kmh):
                self._speed_centi = round(speed_kmh * 100)
            case _:
                pass

    def _see_command(self, one: Command) -> None:
        if not self._over:
            assert self._connected_s is not None
            assert one.t_s - self._connected_s >= 5.0
        match one.kind, one.data:
            case CommandKind.STOP, b"\x08\x01":
                assert self._over, "stop is for the end"
            case CommandKind.PAUSE, b"\x08\x02":
                assert self._over
            case CommandKind.REQUEST_CONTROL, b"\x00":
                assert not self._over or self._refused_stop, "after the end, control is asked for to stop"
            case CommandKind.START, b"\x07":
                assert self._permitted
                assert self._may_run, "this is told before"
                assert not self._over
                assert not self._started
                assert self._speed_centi == 0 or self._seen_standing
                self._started = True
            case CommandKind.SET_SPEED, data:
                assert data[0] == 2
                speed = int.from_bytes(data[1:], "little")
                assert 0 < speed <= self.protocol.max_centi_kmh <= 120
                assert self._speed_centi
                assert speed < self._speed_centi if self._over else self._started
            case _:
                pytest.fail(f"what is {one}?")

    def _stopped(self, out: list[Output]) -> None:
        """A stop goes out at once where the belt is seen to move, or takes its turn with the other words."""
        if self.phase is not Phase.LINK_LOST and self._linked and self._speed_centi:
            assert any(isinstance(one, Command) for one in out)


class Bench(Rules):
    """A session with a machine, an athlete and somebody who answers."""

    def __init__(
        self,
        protocol: Protocol,
        machine: Machine | None = None,
        profile: Profile | None = None,
        timed: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(protocol, (profile,) if profile else (), timed)
        self.machine = machine or Machine()
        self.athlete = Athlete()
        self.answers: dict[str, int | None] = {"belt-stands": None}
        """What is answered where that is not yes, or 2 of 10."""
        self.silent: set[str] = {"belt-stands"}
        """Questions that nobody answers."""
        self.t_s = 0.0
        self.up = False
        self._due: list[Input] = []

    # --- what happens ---------------------------------------------------------------------------------------

    def happens(self, happened: Input) -> list[Output]:
        out = self.feed(happened)
        for one in out:
            match one:
                case Command() if self.up:
                    answer = self.machine.command(one)
                    self._due += [answer] if answer else []
                case Command(id=id):
                    self._due.append(CommandAnswered(one.t_s, id, problem=Problem.LINK_LOST))
                case Cue():
                    self.athlete.hear(one)
                case Ask(question=question, kind=kind) if question not in self.silent:
                    usual = 1 if kind is QuestionKind.CONFIRM else 2
                    self._due.append(Answered(one.t_s, question, self.answers.get(question, usual)))
                case _:
                    pass
        return out

    def connect(self) -> list[Output]:
        self.up = True
        return self.happens(Connected(self.t_s, "Belt", "C0:FF:EE:00:00:01", **self.machine.reads))

    def lose(self) -> list[Output]:
        self.up = self.machine.permits = False
        self._due.clear()
        return self.happens(LinkLost(self.t_s, "out of reach"))

    def stop(self) -> list[Output]:
        return self.happens(StopAsked(self.t_s, "key"))

    def answer(self, question: str, value: int | None) -> list[Output]:
        return self.happens(Answered(self.t_s, question, value))

    def status(self, octets: str) -> list[Output]:
        return self.happens(Notified(self.t_s, "2ada", bytes.fromhex(octets)))

    def report(self, speed_kmh: float) -> list[Output]:
        return self.happens(Notified(self.t_s, "2acd", treadmill_data(speed_kmh)))

    def tick(self) -> None:
        """A quarter second passes: answers to what was asked before, a report, the clock."""
        self.t_s += TICK_S
        due, self._due = self._due, []
        for one in due:
            self.happens(replace(one, t_s=self.t_s))
        data = self.machine.report(self.t_s, self.athlete.dip(self.t_s))
        if self.up and data is not None:
            self.happens(Notified(self.t_s, "2acd", data))
        self.happens(TimePassed(self.t_s))

    def run(self, seconds: float) -> "Bench":
        for _ in range(round(seconds / TICK_S)):
            self.tick()
        return self

    def until(self, phase: Phase, within_s: float = 900.0) -> "Bench":
        """Go on until the session enters `phase`."""
        if self._connected_s is None and phase is not Phase.CONNECTING:
            self.connect()
        return self.when(lambda: self.phase is phase, within_s)

    def when(self, holds: Callable[[], bool], within_s: float = 60.0) -> "Bench":
        end_s = self.t_s + within_s
        while not holds():
            assert self.t_s < end_s, f"still {self.phase} after {within_s} s"
            self.tick()
        return self

    def to_the_end(self, within_s: float = 900.0) -> SessionEnded:
        """Go on to the end, and see that the inputs are the session."""
        self.until(Phase.ENDED, within_s)
        self.replayed()
        [end] = self.of(SessionEnded)
        return end

    # --- what came of it ------------------------------------------------------------------------------------

    def of(self, kind: type, since_s: float = -1.0) -> list[Any]:
        return [one for one in self.outputs if isinstance(one, kind) and one.t_s >= since_s]

    @property
    def faults(self) -> list[Reason]:
        return [one.reason for one in self.of(FaultRaised)]

    @property
    def cues(self) -> list[CueKind]:
        return [one.kind for one in self.of(Cue)]

    @property
    def phases(self) -> list[Phase]:
        return [one.phase for one in self.of(PhaseChanged)]

    def sent(self, since_s: float = -1.0) -> list[str]:
        """Octets of the commands, in order."""
        return [one.data.hex() for one in self.of(Command, since_s)]


@pytest.fixture(scope="session")
def bundled() -> Protocol:
    return parse_protocol(BUNDLED.read_text(encoding="utf-8"), BUNDLED.name)


@pytest.fixture(scope="session")
def short(bundled: Protocol) -> Protocol:
    """Two sets of two."""
    check = SignalCheckPlan(idle_s=6, pushes=2, rides=1, window_s=6, pause_s=3)
    return replace(bundled, sets=2, reps=2, rest_s=20.0, signal_check=check)


@pytest.fixture
def bench(short: Protocol) -> Bench:
    return Bench(short)


@pytest.fixture
def make_bench(short: Protocol) -> Callable[..., Bench]:
    """A bench for a machine with these attributes and what is known of it."""

    def make(
        protocol: Protocol = short,
        profile: Profile | None = None,
        timed: Mapping[str, str] | None = None,
        **machine: Any,
    ) -> Bench:
        return Bench(protocol, Machine(**machine), profile, timed)

    return make
