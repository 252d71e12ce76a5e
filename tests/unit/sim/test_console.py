"""The control point's answers, the console's states, and what it says of them."""

from dataclasses import replace

import pytest

from eccentread_sim.archetypes import ARCHETYPES
from eccentread_sim.console import Touch
from eccentread_sim.console_parameters import ConsoleParameters, SpeedUnit
from eccentread_sim.controller import Behaviour, Controller
from eccentread_sim.drive import STEP_S, Drive
from eccentread_sim.states import State

REQUEST, RESET, START, STOP, PAUSE = b"\x00", b"\x01", b"\x07", b"\x08\x01", b"\x08\x02"
AT_0_8 = b"\x02\x50\x00"
PARAMETERS = ConsoleParameters(speed_min_kmh=0.5, speed_max_kmh=6.0, start_speed_kmh=0.5)


class Machine:
    """A console and its belt, from rest."""

    def __init__(self, parameters: ConsoleParameters = PARAMETERS, *, control: bool = True) -> None:
        self.drive = Drive(ARCHETYPES["E"].centre)
        self.controller = Controller(Behaviour(parameters), self.drive, 1)
        self.console = self.controller.console
        self.steps = 0
        if control:
            assert self.write(REQUEST) == 1

    def run(self, lasts_s: float) -> list[tuple[float, str, str]]:
        """Let time pass; what is said meanwhile, as (time, characteristic, hex)."""
        said: list[tuple[float, str, str]] = []
        for _ in range(round(lasts_s / STEP_S)):
            self.steps += 1
            self.drive.step(0.0, 0.0)
            self.controller.tick(self.steps * STEP_S, stepped_on=False)
            said += self.said()
        return said

    def said(self) -> list[tuple[float, str, str]]:
        said = [(round(s.t_s, 6), s.characteristic, s.value.hex()) for s in self.console.sayings]
        self.console.sayings.clear()
        return said

    def write(self, data: bytes) -> int:
        """The result code of a write."""
        self.controller.write(self.steps * STEP_S, data)
        answer = next(saying for saying in reversed(self.console.sayings) if saying.characteristic == "2ad9")
        assert answer.value[:2] == bytes([0x80, data[0]])
        assert answer.t_s == pytest.approx(self.steps * STEP_S + PARAMETERS.answer_delay_s)
        return answer.value[2]

    def into(self, state: State) -> "Machine":
        """Bring the machine into `state` by commands, and forget what it said."""
        if state is not State.IDLE:
            self.write(START)
        if state not in {State.IDLE, State.COUNTDOWN}:
            self.run(10.0)
        if state is State.STOPPING:
            self.write(STOP)
        if state in {State.PAUSING, State.PAUSED}:
            self.write(PAUSE)
        if state is State.PAUSED:
            self.run(10.0)
        self.console.sayings.clear()
        assert self.console.state is state
        return self


@pytest.mark.parametrize(
    ("state", "data", "result", "then"),
    [
        (State.IDLE, START, 1, State.COUNTDOWN),
        (State.IDLE, STOP, 4, State.IDLE),
        (State.IDLE, PAUSE, 4, State.IDLE),
        (State.IDLE, AT_0_8, 4, State.IDLE),
        (State.IDLE, RESET, 1, State.IDLE),
        (State.COUNTDOWN, START, 4, State.COUNTDOWN),
        (State.COUNTDOWN, STOP, 1, State.STOPPING),
        (State.COUNTDOWN, PAUSE, 4, State.COUNTDOWN),
        (State.COUNTDOWN, AT_0_8, 4, State.COUNTDOWN),
        (State.RUNNING, START, 4, State.RUNNING),
        (State.RUNNING, STOP, 1, State.STOPPING),
        (State.RUNNING, PAUSE, 1, State.PAUSING),
        (State.RUNNING, AT_0_8, 1, State.RUNNING),
        (State.RUNNING, RESET, 1, State.STOPPING),
        (State.STOPPING, START, 4, State.STOPPING),
        (State.STOPPING, STOP, 1, State.STOPPING),
        (State.STOPPING, PAUSE, 4, State.STOPPING),
        (State.STOPPING, AT_0_8, 4, State.STOPPING),
        (State.PAUSING, PAUSE, 1, State.PAUSING),
        (State.PAUSING, STOP, 1, State.STOPPING),
        (State.PAUSED, START, 1, State.COUNTDOWN),
        (State.PAUSED, STOP, 1, State.STOPPING),
        (State.PAUSED, PAUSE, 4, State.PAUSED),
        (State.RUNNING, b"\x08\x03", 3, State.RUNNING),
        (State.RUNNING, b"\x08", 3, State.RUNNING),
        (State.RUNNING, b"\x02\x50", 3, State.RUNNING),
        (State.RUNNING, b"\x02", 3, State.RUNNING),
        (State.RUNNING, b"\x02\x50\x00\x00", 3, State.RUNNING),
        (State.RUNNING, b"\x02\x31\x00", 3, State.RUNNING),
        (State.RUNNING, b"\x02\x32\x00", 1, State.RUNNING),
        (State.RUNNING, b"\x02\x58\x02", 1, State.RUNNING),
        (State.RUNNING, b"\x02\x59\x02", 3, State.RUNNING),
        (State.RUNNING, b"\x03\x00\x00", 2, State.RUNNING),
        (State.RUNNING, b"\x11", 2, State.RUNNING),
        (State.RUNNING, REQUEST, 1, State.RUNNING),
    ],
)
def test_each_procedure_answers_as_the_state_demands(
    state: State, data: bytes, result: int, then: State
) -> None:
    machine = Machine().into(state)
    assert machine.write(data) == result
    assert machine.console.state is then


@pytest.mark.parametrize("data", [RESET, START, STOP, PAUSE, AT_0_8])
@pytest.mark.parametrize("without", ["never asked", "link lost", "control taken", "reset"])
def test_without_control_nothing_is_permitted(data: bytes, without: str) -> None:
    machine = Machine(control=without != "never asked")
    match without:
        case "link lost":
            machine.controller.disconnected()
        case "control taken":
            machine.controller.touch(0.0, Touch.TAKE_CONTROL)
            assert machine.said()[-1] == (0.0, "2ada", "ff")
        case "reset":
            machine.write(RESET)
    assert machine.write(data) == 5
    assert machine.console.state is State.IDLE
    assert machine.write(REQUEST) == 1
    assert machine.write(START) == 1


def test_a_start_counts_down_and_then_runs_at_the_machines_own_speed() -> None:
    machine = Machine()
    machine.write(START)
    said = machine.said() + machine.run(2.9)
    assert [(t, value) for t, which, value in said if which == "2ad3"] == [
        (0.0, "010e33"),
        (1.0, "010e32"),
        (2.0, "010e31"),
    ]
    assert machine.drive.speed_mps == 0.0
    assert machine.run(0.2) == [(3.0, "2ada", "04"), (3.0, "2ad3", "000d")]
    machine.run(10.0)
    assert machine.drive.speed_mps * 3.6 == pytest.approx(0.5, abs=0.001)
    assert machine.console.training_status == b"\x00\x0d"


def test_without_a_countdown_the_belt_starts_at_once() -> None:
    machine = Machine(replace(PARAMETERS, countdown_s=0.0))
    machine.write(START)
    assert machine.console.state is State.RUNNING


def test_a_stop_ramps_down_says_so_and_ends_idle() -> None:
    machine = Machine().into(State.RUNNING)
    machine.write(STOP)
    assert [(which, value) for _, which, value in machine.said()] == [
        ("2ada", "0201"),
        ("2ad3", "000f"),
        ("2ad9", "800801"),
    ]
    assert machine.write(STOP) == 1
    assert [which for _, which, _ in machine.said()] == ["2ad9"], "stopping twice is said once"
    assert [(which, value) for _, which, value in machine.run(5.0)] == [("2ad3", "0001")]
    assert machine.drive.speed_mps == 0.0
    assert machine.console.state is State.IDLE


def test_a_stop_during_the_countdown_means_the_belt_never_moves() -> None:
    machine = Machine().into(State.COUNTDOWN)
    machine.run(1.5)
    machine.write(STOP)
    machine.run(5.0)
    assert machine.drive.position_m == 0.0
    assert machine.console.state is State.IDLE


def test_a_new_target_is_reached_and_said() -> None:
    machine = Machine().into(State.RUNNING)
    machine.write(AT_0_8)
    assert (machine.steps * STEP_S, "2ada", "055000") in machine.said()
    assert machine.console.shown_mps(60.0) == pytest.approx(0.8 / 3.6)
    machine.run(10.0)
    assert machine.drive.speed_mps * 3.6 == pytest.approx(0.8, abs=0.001)


@pytest.mark.parametrize(
    ("step_kmh", "asked", "reached_kmh"), [(0.1, b"\x02\x53\x00", 0.8), (0.5, b"\x02\x50\x00", 1.0)]
)
def test_a_target_is_rounded_to_the_machines_step(step_kmh: float, asked: bytes, reached_kmh: float) -> None:
    machine = Machine(replace(PARAMETERS, speed_step_kmh=step_kmh)).into(State.RUNNING)
    assert machine.write(asked) == 1
    assert machine.drive.target_mps * 3.6 == pytest.approx(reached_kmh)


def test_a_machine_that_thinks_in_miles_runs_too_fast_and_echoes_the_number() -> None:
    parameters = replace(PARAMETERS, command_unit=SpeedUnit.MPH, speed_step_kmh=0.01)
    machine = Machine(parameters).into(State.RUNNING)
    assert machine.write(AT_0_8) == 1
    assert machine.drive.target_mps * 3.6 == pytest.approx(1.29, abs=0.001)
    assert any(value == "055000" for _, which, value in machine.said() if which == "2ada")


def test_a_lost_link_leaves_the_belt_running() -> None:
    machine = Machine().into(State.RUNNING)
    machine.controller.disconnected()
    machine.run(20.0)
    assert machine.console.state is State.RUNNING
    assert machine.drive.speed_mps * 3.6 == pytest.approx(0.5, abs=0.001)


def test_the_safety_key_cuts_the_power_and_says_so() -> None:
    machine = Machine().into(State.RUNNING)
    now_s = machine.steps * STEP_S
    machine.controller.touch(now_s, Touch.SAFETY_KEY)
    assert machine.said() == [(now_s, "2ada", "03"), (now_s, "2ad3", "0001")]
    machine.run(1.0)
    assert machine.drive.speed_mps == 0.0


@pytest.mark.parametrize(
    ("touch", "speed_kmh", "status", "state"),
    [
        (Touch.STOP, 0.0, "0201", State.STOPPING),
        (Touch.PAUSE, 0.0, "0202", State.PAUSING),
        (Touch.SPEED, 1.2, "057800", State.RUNNING),
    ],
)
def test_the_console_needs_no_permission(touch: Touch, speed_kmh: float, status: str, state: State) -> None:
    machine = Machine().into(State.RUNNING)
    machine.controller.disconnected()
    machine.controller.touch(machine.steps * STEP_S, touch, speed_kmh)
    assert machine.said()[0][1:] == ("2ada", status)
    assert machine.console.state is state


def test_a_start_at_the_console_runs_the_belt() -> None:
    machine = Machine(control=False)
    machine.controller.touch(0.0, Touch.START)
    machine.run(3.1)
    assert machine.console.state is State.RUNNING


def test_counters_count_belt_time_and_distance_survive_a_pause_and_restart_with_a_workout() -> None:
    machine = Machine().into(State.RUNNING)
    console = machine.console
    machine.run(60.0)
    assert console.elapsed_s == pytest.approx(67.0, abs=0.1)
    assert console.distance_m == pytest.approx(machine.drive.position_m, rel=1e-3)
    assert console.energy_kcal == pytest.approx(0.07 * console.distance_m)
    machine.write(PAUSE)
    machine.run(10.0)
    paused_m, paused_s = console.distance_m, console.elapsed_s
    machine.run(10.0)
    assert (console.distance_m, console.elapsed_s) == (paused_m, paused_s)
    machine.write(START)
    machine.run(5.0)
    assert console.distance_m > paused_m
    machine.write(STOP)
    machine.run(5.0)
    assert console.distance_m > paused_m, "a stop leaves the result on the display"
    machine.write(START)
    assert (console.distance_m, console.elapsed_s) == (0.0, 0.0)


def test_while_stopping_the_display_shows_the_ramp() -> None:
    machine = Machine().into(State.RUNNING)
    machine.write(STOP)
    machine.run(0.3)
    assert 0.0 < machine.console.shown_mps(60.0) * 3.6 < 0.5


def test_the_speed_range_is_in_wire_units() -> None:
    assert Machine().console.dial.speed_range == bytes.fromhex("320058020a00")


def test_an_empty_write_is_not_answered() -> None:
    machine = Machine(control=False)
    machine.controller.write(0.0, b"")
    assert machine.said() == []
