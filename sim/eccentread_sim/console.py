"""The machine's controller: what it answers, when it moves the belt, what it says of itself.

Written from FTMS 1.0 §4.10 (Training Status), §4.16 (Control Point) and §4.17 (Machine Status) alone. A lost
link ends the control permission and nothing else: the belt keeps running, as real ones do.
"""

import math
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from eccentread_sim.bounds import bounded
from eccentread_sim.drive import STEP_S, Drive

KMH_PER_MPH = 1.609344
KCAL_PER_M = 0.07
"""Walking costs about 1 kcal per kg and km; consoles assume 70 kg."""


class State(StrEnum):
    """What the belt is doing, to the console."""

    IDLE = "idle"
    COUNTDOWN = "countdown"
    RUNNING = "running"
    STOPPING = "stopping"
    PAUSING = "pausing"
    PAUSED = "paused"


class Touch(StrEnum):
    """What a person does at the console."""

    START = "start"
    STOP = "stop"
    PAUSE = "pause"
    SPEED = "speed"
    SAFETY_KEY = "safety-key"
    TAKE_CONTROL = "take-control"


class _Op(IntEnum):
    REQUEST_CONTROL = 0x00
    RESET = 0x01
    SET_SPEED = 0x02
    START = 0x07
    STOP_OR_PAUSE = 0x08
    RESPONSE = 0x80


class _Result(IntEnum):
    SUCCESS = 0x01
    NOT_SUPPORTED = 0x02
    INVALID_PARAMETER = 0x03
    FAILED = 0x04
    NOT_PERMITTED = 0x05


class _Training(IntEnum):
    IDLE = 0x01
    RUNNING = 0x0D
    COUNTDOWN = 0x0E
    STOPPING = 0x0F


WAS_RESET = b"\x01"
STOPPED_BY_USER = b"\x02\x01"
PAUSED_BY_USER = b"\x02\x02"
STOPPED_BY_KEY = b"\x03"
STARTED_BY_USER = b"\x04"
SPEED_CHANGED = b"\x05"
CONTROL_LOST = b"\xff"
"""Fitness Machine Status op codes (§4.17.1); `SPEED_CHANGED` is followed by the new target, u16 0.01 km/h."""

_STOP, _PAUSE = b"\x01", b"\x02"


class SpeedUnit(StrEnum):
    """What the machine takes the number in a speed command for."""

    KMH = "km/h"
    MPH = "mph"


@dataclass(frozen=True, slots=True)
class ConsoleParameters:
    """One machine's controller. Speeds in km/h of the belt."""

    countdown_s: float = bounded(3.0, 0.0, 60.0)
    """From start to motion, 0–5 s."""
    start_speed_kmh: float = bounded(0.5, 0.0, 30.0, above=True)
    """Where the belt goes by itself after a start."""
    speed_min_kmh: float = bounded(0.5, 0.0, 30.0)
    speed_max_kmh: float = bounded(16.0, 0.0, 30.0, above=True)
    speed_step_kmh: float = bounded(0.1, 0.01, 5.0)
    answer_delay_s: float = bounded(0.06, 0.0, 60.0)
    """From a write to its indication: 0.04–0.26 s on real machines."""
    command_unit: SpeedUnit = SpeedUnit.KMH


@dataclass(frozen=True, slots=True)
class Saying:
    """Octets for a characteristic, due at `t_s`."""

    t_s: float
    characteristic: str
    value: bytes


class Console:
    """Writes and touches go in; the drive's target and `sayings` come out. Ticked after each physics step."""

    def __init__(self, parameters: ConsoleParameters, drive: Drive) -> None:
        self._parameters = parameters
        self._drive = drive
        self._permitted = False
        self._moves_s = 0.0
        self._count = 0
        self.state = State.IDLE
        self.training_status = bytes([0, _Training.IDLE])
        """Training Status as it reads now."""
        self.elapsed_s = 0.0
        """Belt-on time of this workout; a pause keeps it, a new start from idle clears it."""
        self.distance_m = 0.0
        self.sayings: list[Saying] = []
        """What is to be said; whoever says it empties the list."""

    @property
    def shown_mps(self) -> float:
        """The set-point on the display: the target while running, the ramp while stopping."""
        return self._drive.target_mps or self._drive.set_mps

    @property
    def energy_kcal(self) -> float:
        """What the console believes the walker has spent in this workout."""
        return KCAL_PER_M * self.distance_m

    @property
    def speed_range(self) -> bytes:
        """Supported Speed Range (§4.11): lowest, highest, step, 0.01 km/h."""
        p = self._parameters
        return b"".join(_centi(kmh) for kmh in (p.speed_min_kmh, p.speed_max_kmh, p.speed_step_kmh))

    def disconnected(self) -> None:
        """The central is gone, and its permission with it."""
        self._permitted = False

    def write(self, t_s: float, data: bytes) -> None:
        """Take a write to the control point; the answer is a saying, due after the machine's answer delay."""
        if not data:
            return
        result = self._carry_out(t_s, data[0], data[1:])
        response = bytes([_Op.RESPONSE, data[0], result])
        self.sayings.append(Saying(t_s + self._parameters.answer_delay_s, "2ad9", response))

    def touch(self, t_s: float, touch: Touch, speed_kmh: float = 0.0) -> None:
        """A person acts at the console; `speed_kmh` is the new target of a `SPEED` touch."""
        match touch:
            case Touch.START:
                self._start(t_s)
            case Touch.STOP:
                self._stop(t_s)
            case Touch.PAUSE:
                self._pause(t_s)
            case Touch.SPEED:
                self._set_speed(t_s, speed_kmh, _centi(speed_kmh))
            case Touch.SAFETY_KEY:
                self._drive.cut_power()
                self._say(t_s, "2ada", STOPPED_BY_KEY)
                self._enter(t_s, State.IDLE, _Training.IDLE)
            case Touch.TAKE_CONTROL:
                self._permitted = False
                self._say(t_s, "2ada", CONTROL_LOST)

    def tick(self, t_s: float) -> None:
        """Let `STEP_S` of belt time pass."""
        if self.state is State.IDLE or self.state is State.PAUSED:
            return
        if self.state is State.COUNTDOWN:
            self._count_down(t_s)
            return
        self.elapsed_s += STEP_S
        self.distance_m += self._drive.speed_mps * STEP_S
        if self.state is not State.RUNNING and self._drive.speed_mps == 0.0 and self._drive.set_mps == 0.0:
            paused = self.state is State.PAUSING
            self._enter(t_s, State.PAUSED if paused else State.IDLE, _Training.IDLE)

    def _carry_out(self, t_s: float, op: int, parameter: bytes) -> _Result:
        match op:
            case _Op.REQUEST_CONTROL:
                self._permitted = True
                return _Result.SUCCESS
            case _Op.RESET | _Op.SET_SPEED | _Op.START | _Op.STOP_OR_PAUSE if not self._permitted:
                return _Result.NOT_PERMITTED
            case _Op.RESET:
                self._reset(t_s)
                return _Result.SUCCESS
            case _Op.SET_SPEED:
                return self._command_speed(t_s, parameter)
            case _Op.START:
                return _done(self._start(t_s))
            case _Op.STOP_OR_PAUSE if parameter == _STOP:
                return _done(self._stop(t_s))
            case _Op.STOP_OR_PAUSE if parameter == _PAUSE:
                return _done(self._pause(t_s))
            case _Op.STOP_OR_PAUSE:
                return _Result.INVALID_PARAMETER
            case _:
                return _Result.NOT_SUPPORTED

    def _command_speed(self, t_s: float, parameter: bytes) -> _Result:
        p = self._parameters
        speed_kmh = int.from_bytes(parameter, "little") / 100.0
        if p.command_unit is SpeedUnit.MPH:
            speed_kmh *= KMH_PER_MPH
        if len(parameter) != 2 or not p.speed_min_kmh <= speed_kmh <= p.speed_max_kmh:
            return _Result.INVALID_PARAMETER
        return _done(self._set_speed(t_s, speed_kmh, parameter))

    def _set_speed(self, t_s: float, speed_kmh: float, said: bytes) -> bool:
        if self.state is not State.RUNNING:
            return False
        step_kmh = self._parameters.speed_step_kmh
        self._drive.target_mps = round(speed_kmh / step_kmh) * step_kmh / 3.6
        self._say(t_s, "2ada", SPEED_CHANGED + said)
        return True

    def _start(self, t_s: float) -> bool:
        if self.state not in {State.IDLE, State.PAUSED}:
            return False
        if self.state is State.IDLE:
            self.elapsed_s = self.distance_m = 0.0
        self._moves_s = t_s + self._parameters.countdown_s
        self._count = 0
        self.state = State.COUNTDOWN
        self._count_down(t_s)
        return True

    def _count_down(self, t_s: float) -> None:
        # A step's rounding error must not count as one more second.
        count = math.ceil(self._moves_s - t_s - STEP_S / 2)
        if count <= 0:
            self._drive.target_mps = self._parameters.start_speed_kmh / 3.6
            self._say(t_s, "2ada", STARTED_BY_USER)
            self._enter(t_s, State.RUNNING, _Training.RUNNING)
        elif count != self._count:
            self._count = count
            self._enter(t_s, State.COUNTDOWN, _Training.COUNTDOWN, str(count))

    def _stop(self, t_s: float) -> bool:
        match self.state:
            case State.IDLE:
                return False
            case State.STOPPING:
                return True
            case _:
                self._brake(t_s, State.STOPPING, STOPPED_BY_USER)
                return True

    def _pause(self, t_s: float) -> bool:
        match self.state:
            case State.RUNNING:
                self._brake(t_s, State.PAUSING, PAUSED_BY_USER)
                return True
            case State.PAUSING:
                return True
            case _:
                return False

    def _brake(self, t_s: float, state: State, said: bytes) -> None:
        self._drive.target_mps = 0.0
        self._say(t_s, "2ada", said)
        self._enter(t_s, state, _Training.STOPPING)

    def _reset(self, t_s: float) -> None:
        self._stop(t_s)
        self.elapsed_s = self.distance_m = 0.0
        self._permitted = False
        self._say(t_s, "2ada", WAS_RESET)

    def _enter(self, t_s: float, state: State, training: _Training, text: str = "") -> None:
        self.state = state
        self.training_status = bytes([1 if text else 0, training]) + text.encode()
        self._say(t_s, "2ad3", self.training_status)

    def _say(self, t_s: float, characteristic: str, value: bytes) -> None:
        self.sayings.append(Saying(t_s, characteristic, value))


def _done(done: bool) -> _Result:
    return _Result.SUCCESS if done else _Result.FAILED


def _centi(speed_kmh: float) -> bytes:
    return round(100.0 * speed_kmh).to_bytes(2, "little")
