"""The console: when it moves the belt, and what it says of itself.

Written from FTMS 1.0 §4.10 (Training Status), §4.16 (Control Point) and §4.17 (Machine Status) alone; what a
machine does otherwise is in its `ConsoleParameters` and its `Dialect`. A lost link stops nothing.
"""

import math
from enum import StrEnum

from eccentread_sim.console_parameters import (
    Again,
    Begin,
    ConsoleParameters,
    Pause,
    StopAtRest,
)
from eccentread_sim.dial import Dial
from eccentread_sim.dialect import Dialect
from eccentread_sim.drive import STEP_S, Drive
from eccentread_sim.sayings import Deed, Delivered, Saying
from eccentread_sim.states import AT_REST, State

KCAL_PER_M = 0.07
"""Walking costs about 1 kcal per kg and km; consoles assume 70 kg."""


class Touch(StrEnum):
    """What a person does at the console."""

    START = "start"
    STOP = "stop"
    PAUSE = "pause"
    SPEED = "speed"
    SAFETY_KEY = "safety-key"
    TAKE_CONTROL = "take-control"


KEYS = frozenset({Touch.START, Touch.STOP, Touch.PAUSE, Touch.SPEED})
"""What a console that is locked does not feel."""


class Console:
    """Asks and touches go in; the drive's target and `sayings` come out. Ticked after each physics step."""

    def __init__(self, parameters: ConsoleParameters, dialect: Dialect, drive: Drive) -> None:
        self._parameters = parameters
        self._dialect = dialect
        self._drive = drive
        self._resumes = False
        self._last_mps = parameters.remembered_kmh / 3.6
        self._braked_s = -math.inf
        self._attended_s = 0.0
        self._stepped_s = 0.0
        self._ramp_steps = 0
        self.dial = Dial(parameters)
        self.connected = False
        """Whether a central is connected."""
        self.state = State.IDLE
        self.moves_s = math.inf
        """When the belt began to move, or will in a countdown."""
        self.training_status = dialect.training(State.IDLE)
        """Training Status as it reads now."""
        self.elapsed_s = 0.0
        """Belt-on time of this workout; a pause keeps it, a new start from idle clears it."""
        self.distance_m = 0.0
        self.sayings: list[Saying] = []
        """What is to be said; whoever says it empties the list."""

    def shown_mps(self, t_s: float) -> float:
        """The set-point on the display: the target while running, the ramp while stopping."""
        if t_s - self._braked_s < self._parameters.stale_speed_s:
            return self._last_mps
        return self._drive.target_mps or self._drive.set_mps

    @property
    def energy_kcal(self) -> float:
        """What the console believes the walker has spent in this workout."""
        return KCAL_PER_M * self.distance_m

    @property
    def runs(self) -> bool:
        """Whether the belt is driven, and not to a stop."""
        return self.state is State.RUNNING

    @property
    def mute(self) -> bool:
        """Whether there is no Treadmill Data now."""
        return self._parameters.mute_at_rest and self.state in AT_REST

    @property
    def keys_dead(self) -> bool:
        """Whether it feels no key but the safety key now."""
        return self.connected and self._parameters.keys_locked

    def touch(self, t_s: float, touch: Touch, speed_kmh: float = 0.0, status: bytes | None = None) -> None:
        """A person acts at the console; `speed_kmh` is the new target of a `SPEED` touch.

        `status` is what the machine says of it where that is not what it says of the like elsewhere; empty
        octets: nothing.
        """
        if touch in KEYS and self.keys_dead:
            return
        said = len(self.sayings)
        match touch:
            case Touch.START:
                self.start(t_s)
            case Touch.STOP:
                self.stop(t_s)
            case Touch.PAUSE:
                self.pause(t_s)
            case Touch.SPEED:
                self._run_at(t_s, self.dial.on_grid(speed_kmh), self.dial.told(speed_kmh))
            case Touch.SAFETY_KEY:
                self._cut_power(t_s, self._dialect.key_pulled)
            case Touch.TAKE_CONTROL:
                self._say_status(t_s, self._dialect.control_lost)
        if status is not None:
            others = [saying for saying in self.sayings[said:] if saying.characteristic != "2ada"]
            del self.sayings[said:]
            self._say_status(t_s, status)
            self.sayings += others

    def set_speed(self, t_s: float, parameter: bytes) -> bool | None:
        """Whether a commanded speed is run at; `None`: the command is not valid."""
        self._attended_s = t_s
        speed_kmh = self.dial.commanded_kmh(parameter, 3.6 * self._drive.target_mps)
        return None if speed_kmh is None else self._run_at(t_s, speed_kmh, parameter)

    def start(self, t_s: float) -> bool:
        """Begin to count down, or whatever a start does now; whether anything."""
        match self.state:
            case State.IDLE | State.PAUSED:
                self._resumes = self.state is State.PAUSED
                if not self._resumes:
                    self._clear_counters()
                self._begin_countdown(t_s)
                return True
            case State.COUNTDOWN:
                return self._start_again(t_s)
            case State.RUNNING if t_s - self.moves_s <= self._parameters.start_again_s:
                return self._start_again(t_s)
            case _:
                return False

    def stop(self, t_s: float) -> bool:
        """Slow down to a standstill; whether that is what happens."""
        match self.state:
            case State.IDLE | State.PAUSED if self._parameters.stop_at_rest is StopAtRest.STARTS:
                return self.start(t_s)
            case State.IDLE:
                return self._parameters.stop_at_rest is StopAtRest.ACCEPTED
            case _:
                self._halt(t_s)
                return True

    def pause(self, t_s: float) -> bool:
        """Slow down to a pause; whether that is what happens."""
        if self._parameters.pause is Pause.STOPS:
            return self.stop(t_s)
        match self.state:
            case State.RUNNING if self._parameters.pause is Pause.PAUSES:
                self._brake(t_s, State.PAUSING, self._dialect.paused)
                return True
            case State.PAUSING:
                return True
            case _:
                return False

    def reset(self, t_s: float) -> None:
        """Stop where it runs, and forget the workout."""
        if self.state is not State.IDLE:
            self._halt(t_s)
        self._clear_counters()
        self._say_status(t_s, self._dialect.was_reset)

    def reboot(self) -> None:
        """Lose power for a moment: the belt coasts to rest, and nothing is said of it."""
        self._drive.cut_power()
        self._clear_counters()
        self._braked_s = -math.inf
        self.state = State.IDLE
        self.training_status = self._dialect.training(State.IDLE)

    def say(self, t_s: float, characteristic: str, value: bytes | Deed | Delivered) -> None:
        """Have something said, or done on the link."""
        self.sayings.append(Saying(t_s, characteristic, value))

    def tick(self, t_s: float, *, stepped_on: bool) -> None:
        """Let `STEP_S` of belt time pass."""
        if stepped_on:
            self._stepped_s = t_s
        if self.state is State.IDLE or self.state is State.PAUSED:
            return
        if self.state is State.COUNTDOWN:
            self._count_down(t_s)
            return
        self.elapsed_s += STEP_S
        self.distance_m += self._drive.speed_mps * STEP_S
        if self._dialect.speed_changed and self._dialect.ramp_step_kmh:
            self._tell_ramp(t_s)
        if self.state is State.RUNNING:
            self._mind_neglect(t_s)
        elif self._drive.speed_mps == 0.0 and self._drive.set_mps == 0.0:
            self._enter(t_s, State.PAUSED if self.state is State.PAUSING else State.IDLE)

    def _run_at(self, t_s: float, speed_kmh: float, said: bytes) -> bool:
        if self.state is not State.RUNNING:
            return False
        self._drive.target_mps = speed_kmh / 3.6
        if self._dialect.speed_changed:
            self._say_status(t_s, self._dialect.speed_changed + said)
        return True

    def _halt(self, t_s: float) -> None:
        if self.state is not State.STOPPING:
            self._brake(t_s, State.STOPPING, self._dialect.stopped)

    def _start_again(self, t_s: float) -> bool:
        match self._parameters.start_again:
            case Again.REFUSED:
                return False
            case Again.RESTARTS:
                self._drive.target_mps = 0.0
                self._begin_countdown(t_s)
            case Again.STOPS:
                self._halt(t_s)
            case Again.KILLS:
                self._cut_power(t_s, self._dialect.stopped)
        return True

    def _begin_countdown(self, t_s: float) -> None:
        self._braked_s = -math.inf
        self.moves_s = t_s + self._parameters.countdown_s
        self.state = State.COUNTDOWN
        if self._dialect.announces:
            self._say_status(t_s, self._dialect.started)
        self._count_down(t_s)

    def _count_down(self, t_s: float) -> None:
        # A step's rounding error must not count as one more second.
        count = math.ceil(self.moves_s - t_s - STEP_S / 2)
        if count <= 0:
            self._drive.target_mps = self._beginning_mps()
            self.moves_s = self._attended_s = self._stepped_s = t_s
            if not self._dialect.announces:
                self._say_status(t_s, self._dialect.started)
            self._enter(t_s, State.RUNNING)
        elif self._dialect.training(State.COUNTDOWN, count) != self.training_status:
            self._enter(t_s, State.COUNTDOWN, count)

    def _beginning_mps(self) -> float:
        p = self._parameters
        begin = p.resumes_at if self._resumes else p.begins_at
        if begin is Begin.LAST and self._last_mps > 0.0:
            return self._last_mps
        return (p.speed_min_kmh if begin is Begin.LOWEST else p.start_speed_kmh) / 3.6

    def _mind_neglect(self, t_s: float) -> None:
        p = self._parameters
        unattended = 0.0 < p.watchdog_s < t_s - self._attended_s
        deserted = 0.0 < p.no_step_stop_s < t_s - self._stepped_s
        if unattended or deserted:
            self._brake(t_s, State.STOPPING, b"")

    def _tell_ramp(self, t_s: float) -> None:
        set_kmh = 3.6 * self._drive.set_mps
        steps = round(set_kmh / self._dialect.ramp_step_kmh)
        if steps != self._ramp_steps:
            self._ramp_steps = steps
            told = self.dial.told(steps * self._dialect.ramp_step_kmh)
            self._say_status(t_s, self._dialect.speed_changed + told)

    def _brake(self, t_s: float, state: State, said: bytes) -> None:
        if self._drive.target_mps > 0.0:
            self._last_mps, self._braked_s = self._drive.target_mps, t_s
        self._drive.target_mps = 0.0
        self._say_status(t_s, said)
        self._enter(t_s, state)

    def _cut_power(self, t_s: float, said: bytes) -> None:
        self._drive.cut_power()
        self._say_status(t_s, said)
        self._enter(t_s, State.IDLE)

    def _clear_counters(self) -> None:
        self.elapsed_s = self.distance_m = 0.0

    def _enter(self, t_s: float, state: State, count: int = 0) -> None:
        self.state = state
        if state is State.IDLE and self._parameters.clears_counters:
            self._clear_counters()
        self.training_status = self._dialect.training(state, count)
        if self.training_status:
            self.say(t_s, "2ad3", self.training_status)

    def _say_status(self, t_s: float, status: bytes) -> None:
        if status:
            self.say(t_s, "2ada", status)
