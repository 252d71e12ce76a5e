"""A belt that does not stop is told to, on and on, by every word there is, whatever its machine answers."""

from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from eccentread.safety import Limits, Pause, Progress, RequestControl, SlowTo, Stop, Stopping
from eccentread.safety.gate import Ask

TICK_S = 0.125
WITHOUT_STOP_S = {False: 1.5, True: 5.0}
"""The longest, before the stop is unconfirmed; `True`: on a machine that refuses words for want of control. A
stop refused half a second later, a second until control is asked for, another in vain; then a word refused a
second later, a second until control is asked for, half a second for the answer."""
UNCONFIRMED_WITHOUT_STOP_S = {False: 6.0, True: 10.5}
"""The same later, at changing paces: up to 3 s before each word and before control is asked for."""
answers = st.lists(
    st.tuples(
        st.sampled_from(["taken", "refused", "refused", "silence"]), st.sampled_from([0, 1, 2, 3, 4, 8])
    ),
    min_size=1,
    max_size=12,
)


@dataclass
class Machine:
    """Answers each word as drawn, none after the next one is on its way."""

    stopping: Stopping
    answers: list[tuple[str, int]]
    words: list[tuple[float, Ask]] = field(default_factory=list)
    due_s: float | None = None

    def at(self, t_s: float) -> None:
        if self.due_s is not None and t_s >= self.due_s:
            self.due_s = None
            if isinstance(self.words[-1][1], RequestControl):
                self.stopping.hurry(t_s)
            else:
                self.stopping.wait_for_control(t_s)
        if ask := self.stopping.due(t_s):
            self.words.append((t_s, ask))
            control = isinstance(ask, RequestControl)
            answer, ticks = self.answers[len(self.words) % len(self.answers)]
            heard = answer in ("refused", "taken") if control else answer == "refused"
            self.due_s = t_s + min(ticks * TICK_S, 0.5 if control else 1.0) if heard else None

    def times_of(self, kind: type) -> list[float]:
        return [t_s for t_s, ask in self.words if isinstance(ask, kind)]


@settings(deadline=None)
@given(answers, st.floats(0.0, 1000.0).map(round), st.lists(st.integers(1, 300), min_size=1, max_size=8))
def test_a_belt_that_runs_on_hears_stop_every_few_seconds_and_every_other_word_soon(answers, began_s, speeds):
    stopping = Stopping(Limits(80), began_s, lowest_centi_kmh=50)
    machine = Machine(stopping, answers)
    steady = len(set(speeds)) == 1 and speeds[0] > 5  # one that is seen to slow, or creeps, is given time
    for tick in range(400):
        t_s = began_s + tick * TICK_S
        if tick % 4 == 0:
            stopping.reported(t_s, speeds[tick // 4 % len(speeds)])
        machine.at(t_s)
        assert stopping.progress is not Progress.STANDING
        if t_s >= began_s + (8.25 if steady else 25.25):
            assert stopping.progress is Progress.UNCONFIRMED
    stops_s = machine.times_of(Stop)
    assert stops_s[0] == began_s
    refuses = any(said == "refused" for said, _ in answers)
    for stop_s, next_s in pairwise([*stops_s, t_s]):
        unconfirmed = next_s > began_s + 8.0
        assert next_s - stop_s <= (UNCONFIRMED_WITHOUT_STOP_S if unconfirmed else WITHOUT_STOP_S)[refuses]
    other_s = {kind: machine.times_of(kind) for kind in (Pause, SlowTo)}
    assert all(t_s - began_s >= 3.0 for times_s in other_s.values() for t_s in times_s)
    if steady:
        assert other_s[Pause][0] - began_s <= 9.0
        assert other_s[SlowTo][0] - began_s <= 5.0


@settings(deadline=None)
@given(answers, st.lists(st.sampled_from([0, 0, 1, 80]), min_size=1, max_size=40), st.integers(0, 159))
def test_somebody_who_asks_is_heard_at_once_however_far_it_has_come(answers, speeds, asked_at):
    stopping = Stopping(Limits(80), 0.0, lowest_centi_kmh=50, lead_s=3.0, not_before_s=12.0, repeat_s=8.0)
    machine = Machine(stopping, answers)
    for tick in range(160):
        if tick % 4 == 0:
            stopping.reported(tick * TICK_S, speeds[tick // 4 % len(speeds)])
        if tick == asked_at:
            stopping.hurry(tick * TICK_S)
            machine.due_s = None
        machine.at(tick * TICK_S)
        if tick == asked_at and stopping.progress is not Progress.STANDING:
            assert machine.words[-1] == (tick * TICK_S, Stop())
