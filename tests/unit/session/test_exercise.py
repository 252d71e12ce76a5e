"""The exercise alone: belt speeds and time in, cues and reps out."""

import pytest

from eccentread.events import (
    Cue,
    CueKind,
    Noted,
    Output,
    Phase,
    PhaseChanged,
    Reason,
    RepCounted,
    SetEnded,
    SignalChecked,
    Source,
)
from eccentread.session.exercise import Exercise, Stage
from eccentread.session.words import Words

TICK_S = 0.25


class Belt:
    """A quarter second at a time; `push` says when the belt is 0.3 km/h slower."""

    def __init__(self, protocol):
        self.exercise = Exercise(protocol, Words(protocol))
        self.t_s = 100.0
        self.held = True
        self.outputs: list[Output] = self.exercise.begin(self.t_s)
        self.pushes: list[tuple[float, float]] = []

    def run(self, seconds: float) -> "Belt":
        for _ in range(round(seconds / TICK_S)):
            self.t_s += TICK_S
            pushed = any(begin <= self.t_s < end for begin, end in self.pushes)
            out = self.exercise.speed(self.t_s, 0.5 if pushed else 0.8)
            out += self.exercise.passed(self.t_s, held=self.held)
            self.pushes += [
                (one.t_s + 1.0, one.t_s + 4.0)
                for one in out
                if isinstance(one, Cue) and one.kind is CueKind.PUSH_ONCE
            ]
            self.outputs += out
        return self

    def to(self, stage: Stage) -> "Belt":
        while self.exercise.stage is not stage:
            assert self.t_s < 1000.0
            self.run(TICK_S)
        return self

    def push(self, free_s: float = 0.5) -> None:
        """One push of three seconds, seen to be over for a while."""
        self.pushes.append((self.t_s + 1.0, self.t_s + 4.0))
        self.run(3.75 + free_s)

    def end(self) -> list[Output]:
        self.outputs += self.exercise.end(self.t_s)
        return self.outputs

    def of(self, kind: type) -> list:
        return [one for one in self.outputs if isinstance(one, kind)]


@pytest.fixture
def belt(short):
    return Belt(short)


def test_nothing_happens_before_it_begins(short):
    exercise = Exercise(short, Words(short))
    assert exercise.stage is Stage.WAITING
    assert exercise.passed(1.0, held=True) == exercise.speed(1.0, 0.8) == []
    assert exercise.end(2.0) == []


def test_the_check_leads_to_the_sets_and_their_rests(belt):
    belt.to(Stage.SET)
    assert [(one.phase, one.set_index) for one in belt.of(PhaseChanged)] == [
        (Phase.SIGNAL_CHECK, None),
        (Phase.SET, 1),
    ]
    belt.push()
    belt.push()
    belt.to(Stage.RESTING).to(Stage.SET)
    assert belt.of(PhaseChanged)[-1].set_index == 2


def test_ending_in_the_check_leaves_no_set(belt):
    belt.run(5.0)
    belt.end()
    assert belt.exercise.stage is Stage.OVER
    assert belt.of(SetEnded) == []


def test_a_push_whose_end_is_in_the_data_counts_when_the_set_is_cut_short(belt):
    belt.to(Stage.SET).run(2.0)
    belt.push(free_s=0.25)
    assert belt.of(RepCounted) == []  # one report of a free belt is not sure enough while more may come
    belt.end()
    [rep] = belt.of(RepCounted)
    assert (rep.set_index, rep.rep_index) == (1, 1)
    assert [(one.set_index, one.count) for one in belt.of(SetEnded)] == [(1, 1)]


def test_a_push_in_a_rest_does_not_count(belt):
    belt.to(Stage.SET).run(1.0)
    belt.push()
    belt.push()
    belt.to(Stage.RESTING)
    belt.run(3.0)
    belt.push()
    assert len(belt.of(RepCounted)) == 2


def test_a_set_is_closed_once_however_it_ends(belt):
    belt.to(Stage.SET).run(61.0)
    assert belt.exercise.stage is Stage.OVER
    assert belt.exercise.reason is Reason.NO_PUSHES
    belt.end()
    belt.end()
    assert len(belt.of(SetEnded)) == 1


def test_a_belt_without_pushes_ends_the_exercise_after_the_check(belt):
    while belt.exercise.stage is Stage.CHECKING:
        belt.pushes.clear()
        belt.run(TICK_S)
    assert belt.exercise.reason is Reason.CANNOT_COUNT
    assert belt.exercise.stage is Stage.OVER


def test_a_check_without_reports_cannot_count(short):
    exercise = Exercise(short, Words(short))
    exercise.begin(0.0)
    for k in range(200):
        exercise.passed(float(k), held=True)
    assert exercise.reason is Reason.CANNOT_COUNT


class SensedBelt(Belt):
    """The machine tells 0.8 whatever happens; a sensor tells the belt's speed ten times a second, late."""

    length_m = 0.0001
    silent_from_s = float("inf")
    machine_tells = False

    def run(self, seconds: float) -> "SensedBelt":
        for _ in range(round(seconds / TICK_S)):
            self.t_s += TICK_S
            told = self._kmh(self.t_s) if self.machine_tells else 0.8
            out = self.exercise.speed(self.t_s, told)
            if self.t_s < self.silent_from_s:
                samples = [(at, self._kmh(at)) for at in (self.t_s - 0.15, self.t_s - 0.05)]
                out += self.exercise.sensed(self.t_s, samples, self.length_m)
            out += self.exercise.passed(self.t_s, held=True)
            self.pushes += [
                (one.t_s + 1.0, one.t_s + 4.0)
                for one in out
                if isinstance(one, Cue) and one.kind is CueKind.PUSH_ONCE
            ]
            self.outputs += out
        return self

    def _kmh(self, at_s: float) -> float:
        return 0.5 if any(begin <= at_s < end for begin, end in self.pushes) else 0.8


@pytest.fixture
def sensed(short):
    return SensedBelt(short)


def test_what_the_machine_hides_is_counted_from_the_sensor_at_the_samples_own_times(sensed):
    sensed.to(Stage.SET).run(1.0)
    sensed.push()
    sensed.run(2.0)
    [check] = sensed.of(SignalChecked)
    assert (check.countable, check.source) == (True, Source.BELT_SENSOR)
    assert any("machine-speed, not counted from" in one.text for one in sensed.of(Noted))
    [rep] = sensed.of(RepCounted)
    begin_s, end_s = sensed.pushes[-1]
    assert rep.rep.onset_s == pytest.approx(begin_s, abs=0.4)
    assert rep.rep.release_s == pytest.approx(end_s, abs=0.4)


def test_of_two_sources_that_show_pushes_the_one_with_more_samples_is_better(sensed):
    sensed.machine_tells = True
    sensed.to(Stage.SET)
    [check] = sensed.of(SignalChecked)
    assert (check.countable, check.source) == (True, Source.BELT_SENSOR)


def test_a_sensor_that_counts_too_seldom_is_no_source_whatever_its_speeds_look_like(sensed):
    sensed.length_m = 0.25
    while sensed.exercise.stage is Stage.CHECKING:
        sensed.run(TICK_S)
    assert sensed.exercise.reason is Reason.CANNOT_COUNT
    [check] = sensed.of(SignalChecked)
    assert "never moved" in check.reason
    assert "once in 1.1 s" in check.reason


def test_a_sensor_that_falls_silent_before_the_verdict_is_not_at_hand(sensed):
    sensed.silent_from_s = sensed.t_s + 30.0
    while sensed.exercise.stage is Stage.CHECKING:
        sensed.run(TICK_S)
    [check] = sensed.of(SignalChecked)
    assert (check.countable, check.source) == (False, Source.MACHINE_SPEED)


def test_a_sensor_that_falls_silent_in_a_set_ends_the_exercise(sensed):
    sensed.to(Stage.SET).run(2.0)
    sensed.silent_from_s = sensed.t_s
    sensed.run(2.0)
    assert sensed.exercise.stage is Stage.SET
    sensed.run(1.0)
    assert sensed.exercise.reason is Reason.SENSOR_SILENT
    assert len(sensed.of(SetEnded)) == 1


def test_a_sensor_may_be_silent_in_a_rest_but_not_when_the_next_set_is_due(sensed):
    sensed.to(Stage.SET).run(1.0)
    sensed.push()
    sensed.push()
    sensed.to(Stage.RESTING)
    sensed.silent_from_s = sensed.t_s
    sensed.run(10.0)
    assert sensed.exercise.stage is Stage.RESTING
    sensed.run(15.0)
    assert sensed.exercise.reason is Reason.SENSOR_SILENT
    assert [one.set_index for one in sensed.of(SetEnded)] == [1]


ASKED_ON = {CueKind.PUSH_ONCE, CueKind.RIDE_ONCE, CueKind.SET_BEGINS}


@pytest.mark.parametrize("asked_on", sorted(ASKED_ON))
def test_nobody_is_asked_onto_a_belt_that_is_off_its_lock(belt, asked_on):
    def said() -> list[CueKind]:
        return [one.kind for one in belt.of(Cue)]

    while asked_on not in said():
        before = said()
        belt.held = not (before and before[-1] in {CueKind.STAND_CLEAR, CueKind.OFF_BELT})
        belt.run(20.0)
        assert not ASKED_ON & set(said()[len(before) :]) or belt.held
        belt.held = True
        belt.run(TICK_S)
        assert belt.t_s < 1000.0


def test_who_is_on_the_belt_is_asked_off_whatever_its_speed(belt):
    while belt.of(Cue)[-1].kind is not CueKind.PUSH_ONCE:
        belt.run(TICK_S)
    belt.held = False
    belt.run(60.0)
    assert belt.of(Cue)[-1].kind is CueKind.OFF_BELT


def test_a_rest_goes_on_until_the_belt_is_held(belt):
    belt.to(Stage.SET)
    while belt.exercise.stage is Stage.SET:
        belt.push()
    belt.run(belt.exercise._until_s - belt.t_s - TICK_S)
    belt.held = False
    belt.run(25.0)
    assert belt.exercise.stage is Stage.RESTING
    belt.held = True
    belt.run(TICK_S)
    assert belt.exercise.stage is Stage.SET


@pytest.mark.parametrize("stage", [Stage.CHECKING, Stage.RESTING])
def test_a_belt_that_does_not_keep_its_speed_is_not_waited_for_for_ever(belt, stage):
    belt.to(stage if stage is Stage.CHECKING else Stage.SET)
    while belt.exercise.stage is not stage:
        belt.push()
    belt.held = False
    belt.run(120.0)
    assert belt.exercise.stage is Stage.OVER
    assert belt.exercise.reason is Reason.LOCK_TIMED_OUT
