"""The athlete does what she is told, in her own time, and the truth about each contact is kept."""

import random
from dataclasses import replace
from itertools import pairwise

import pytest

from eccentread_sim.athlete import LONGEST_GAP_S, SHORTEST_GAP_S, Athlete, Traits
from eccentread_sim.drive import STEP_S
from eccentread_sim.pushes import COUNTS_FROM, Contact, Label, plan_graze

SPEED_MPS = 0.8 / 3.6
CAREFUL = Traits(touch_rate=0.0, brush_rate=0.0, double_rate=0.0, aborted_rate=0.0)


class Belt:
    """A belt that no push can slow: it carries the athlete at one speed."""

    def __init__(self, traits: Traits = CAREFUL, seed: int = 1) -> None:
        self.athlete = Athlete(traits, seed)
        self.speed_mps = SPEED_MPS
        self.loads: list[tuple[float, float, float]] = []
        self._steps = 0

    @property
    def now_s(self) -> float:
        return self._steps * STEP_S

    def run(self, lasts_s: float) -> None:
        for _ in range(round(lasts_s / STEP_S)):
            self._steps += 1
            push_n, vertical_n = self.athlete.load(self.now_s, self.speed_mps)
            self.loads.append((self.now_s, push_n, vertical_n))

    def begin_a_push(self) -> None:
        """Into a set, up to 0.2 s after the foot of its second push has come down."""
        self.told("set-begins", 3.0)
        assert self.athlete.on_belt
        while self.athlete.on_belt:
            self.run(STEP_S)
        while not self.athlete.on_belt:
            self.run(STEP_S)
        self.run(0.2)

    def told(self, cue: str, lasts_s: float) -> list[Contact]:
        """Say `cue`, let `lasts_s` pass; the contacts that ended meanwhile."""
        before = len(self.athlete.contacts)
        self.athlete.hear(self.now_s, cue)
        self.run(lasts_s)
        return self.athlete.contacts[before:]


@pytest.mark.parametrize("seed", range(10))
def test_push_once_is_exactly_one_push(seed: int) -> None:
    contacts = Belt(Traits.draw(random.Random(seed)), seed).told("push-once", 30.0)
    assert [contact.label for contact in contacts] == [Label.PUSH]
    assert contacts[0].peak_force_n > 20.0


@pytest.mark.parametrize("seed", range(10))
def test_ride_once_is_exactly_one_ride_without_a_push(seed: int) -> None:
    belt = Belt(seed=seed)
    contacts = belt.told("ride-once", 30.0)
    assert [contact.label for contact in contacts] == [Label.RIDE]
    assert contacts[0].peak_force_n == 0.0
    assert 150.0 <= max(vertical_n for _, _, vertical_n in belt.loads) <= 400.0


def test_a_cue_repeated_during_a_push_makes_a_second_push_after_it() -> None:
    belt = Belt()
    belt.told("push-once", 2.5)
    assert belt.athlete.on_belt
    contacts = belt.told("push-once", 15.0)
    assert [contact.label for contact in contacts] == [Label.PUSH, Label.PUSH]
    assert contacts[1].onset_s - contacts[0].release_s >= SHORTEST_GAP_S


def test_nothing_touches_the_belt_before_a_cue_asks_for_it() -> None:
    belt = Belt()
    for cue in ("feet-on-rails", "belt-starting", "belt-locked", "stand-clear", "signal-good", "count"):
        assert belt.told(cue, 5.0) == []
    assert all(push_n == vertical_n == 0.0 for _, push_n, vertical_n in belt.loads)


def test_a_reaction_takes_its_time() -> None:
    for seed in range(20):
        belt = Belt(seed=seed)
        contact = belt.told("push-once", 10.0)[0]
        assert 0.3 < contact.onset_s < 0.9 + 0.6 + 0.15 + 2 * STEP_S


@pytest.mark.parametrize("cue", ["step-off", "emergency", "off-belt", "stand-clear", "belt-stopped"])
def test_told_off_she_is_off_within_reaction_and_release(cue: str) -> None:
    belt = Belt()
    belt.begin_a_push()
    said_s = belt.now_s
    contacts = belt.told(cue, 20.0)
    assert len(contacts) == 1
    assert contacts[0].release_s - said_s <= 0.9 + 0.3 + 2 * STEP_S
    assert contacts[0].label is Label.ABORTED


@pytest.mark.parametrize("cue", ["step-off", "off-belt", "set-done"])
def test_told_off_between_two_pushes_she_begins_no_other(cue: str) -> None:
    belt = Belt(replace(CAREFUL, gap_s=3.0, gap_sigma=0.0))
    belt.told("set-begins", 3.0)
    while belt.athlete.on_belt:
        belt.run(STEP_S)
    assert belt.told(cue, 20.0) == []


@pytest.mark.parametrize("cue", ["set-done", "rest-begins", "session-done"])
def test_a_push_under_way_at_the_end_of_a_set_is_finished(cue: str) -> None:
    belt = Belt()
    belt.begin_a_push()
    contacts = belt.told(cue, 20.0)
    assert [contact.label for contact in contacts] == [Label.PUSH]


def test_in_a_set_she_pushes_again_and_again_with_gaps_between() -> None:
    contacts = Belt().told("set-begins", 80.0)
    assert 14 <= len(contacts) <= 22
    for before, after in pairwise(contacts):
        assert SHORTEST_GAP_S <= after.onset_s - before.release_s <= LONGEST_GAP_S + 0.2


def test_a_push_ends_by_travel_not_by_time() -> None:
    traits = replace(CAREFUL, travel_m=0.6, travel_cv=0.0)
    lasting: dict[float, float] = {}
    for speed_mps in (SPEED_MPS, SPEED_MPS / 2):
        belt = Belt(traits)
        belt.speed_mps = speed_mps
        contact = belt.told("push-once", 15.0)[0]
        assert contact.travel_m == pytest.approx(0.6, abs=0.3 * speed_mps + 0.01)
        lasting[speed_mps] = contact.release_s - contact.onset_s
    assert lasting[SPEED_MPS / 2] == pytest.approx(2 * lasting[SPEED_MPS], rel=0.1)


def test_the_weight_leads_the_push_and_carries_it() -> None:
    for seed in range(20):
        belt = Belt(seed=seed)
        contact = belt.told("push-once", 10.0)[0]
        weight_s = next(t for t, _, vertical_n in belt.loads if vertical_n > 0.0)
        push_s = next(t for t, push_n, _ in belt.loads if push_n > 0.0)
        assert 0.05 - STEP_S <= push_s - weight_s <= 0.15 + 2 * STEP_S
        assert contact.onset_s == pytest.approx(push_s, abs=2 * STEP_S)
        last_s = max(t for t, push_n, _ in belt.loads if push_n > 0.0)
        assert contact.release_s == pytest.approx(last_s, abs=2 * STEP_S)
        peak_n = max(push_n for _, push_n, _ in belt.loads)
        assert contact.peak_force_n == pytest.approx(peak_n)
        assert max(vertical_n for _, _, vertical_n in belt.loads) >= max(150.0, 1.2 * peak_n)


def pushes_of_many_sets(traits: Traits, sets: int = 40) -> list[list[Contact]]:
    return [Belt(traits, seed).told("set-begins", 75.0) for seed in range(sets)]


def test_confounders_come_as_often_as_asked_and_none_counts() -> None:
    traits = replace(CAREFUL, touch_rate=0.3, brush_rate=0.2, double_rate=0.2, aborted_rate=0.1)
    contacts = [contact for each in pushes_of_many_sets(traits) for contact in each]
    count = {label: sum(contact.label is label for contact in contacts) for label in Label}
    pushes = count[Label.PUSH] + count[Label.DOUBLE_PUSH] + count[Label.ABORTED]
    assert count[Label.TOUCH] / pushes == pytest.approx(0.3, abs=0.06)
    assert count[Label.BRUSH] / pushes == pytest.approx(0.2, abs=0.06)
    assert count[Label.DOUBLE_PUSH] / pushes == pytest.approx(0.2, abs=0.06)
    assert count[Label.ABORTED] / pushes == pytest.approx(0.1, abs=0.04)
    assert count[Label.RIDE] == 0
    for contact in contacts:
        assert contact.counts is (contact.label in {Label.PUSH, Label.DOUBLE_PUSH})
        if contact.label in {Label.TOUCH, Label.BRUSH}:
            assert contact.peak_force_n == 0.0
            assert 0.1 <= contact.release_s - contact.onset_s <= 0.8 + 2 * STEP_S
        if contact.label is Label.ABORTED:
            assert contact.release_s - contact.onset_s < 0.8
        if contact.counts:
            assert contact.travel_m >= COUNTS_FROM * 0.7 * traits.travel_m


def test_a_double_push_eases_off_within_one_contact() -> None:
    belt = Belt(replace(CAREFUL, double_rate=1.0))
    contact = belt.told("set-begins", 7.0)[0]
    assert contact.label is Label.DOUBLE_PUSH
    middle = [push_n for t, push_n, _ in belt.loads if contact.onset_s + 0.7 < t < contact.release_s - 0.35]
    assert 0.1 * contact.peak_force_n < min(middle) < 0.5 * contact.peak_force_n


def test_pushes_weaken_and_gaps_lengthen_over_a_set() -> None:
    sets = pushes_of_many_sets(replace(CAREFUL, set_fatigue=0.2, gap_lengthening=0.3))

    def mean(values: list[float]) -> float:
        return sum(values) / len(values)

    early = mean([contact.peak_force_n for each in sets for contact in each[:3]])
    late = mean([contact.peak_force_n for each in sets for contact in each[11:14]])
    assert late / early == pytest.approx(0.85, abs=0.05)
    gaps = [[b.onset_s - a.release_s for a, b in pairwise(each)] for each in sets]
    assert mean([gap for each in gaps for gap in each[10:13]]) > 1.1 * mean([g for e in gaps for g in e[:3]])


def test_pushes_weaken_from_set_to_set() -> None:
    traits = replace(CAREFUL, set_fatigue=0.0, session_fatigue=0.1, push_cv=0.0, slope=0.0)
    belt = Belt(traits)
    peaks: list[float] = []
    for _ in range(3):
        peaks.append(belt.told("set-begins", 10.0)[0].peak_force_n)
        belt.told("set-done", 10.0)
    assert peaks[2] / peaks[0] == pytest.approx(0.81, abs=0.05)


def test_nobody_steps_onto_a_belt_that_stands() -> None:
    belt = Belt()
    belt.speed_mps = 0.0
    assert belt.told("set-begins", 20.0) == []
    assert not belt.athlete.on_belt


def test_a_foot_leaves_a_belt_that_stops_under_it() -> None:
    belt = Belt()
    belt.told("push-once", 2.5)
    belt.speed_mps = 0.0
    belt.run(2.0)
    assert not belt.athlete.on_belt
    assert belt.athlete.contacts[0].label is Label.ABORTED


def test_a_push_that_all_but_stalls_the_belt_is_eased() -> None:
    belt = Belt()
    belt.told("push-once", 2.5)
    before_n = belt.loads[-1][1]
    belt.speed_mps = 0.03
    belt.run(0.8)
    assert belt.loads[-1][1] < 0.7 * before_n


def test_a_push_that_was_eased_teaches_to_push_less_and_a_belt_that_stopped_does_not() -> None:
    for slow_mps, weaker in ((0.03, True), (0.0, False)):
        belt = Belt(replace(CAREFUL, push_cv=0.0))
        belt.told("push-once", 2.5)
        belt.speed_mps = slow_mps
        belt.run(0.8)
        belt.speed_mps = SPEED_MPS if weaker else 0.0
        belt.run(5.0)
        belt.speed_mps = SPEED_MPS
        first, second = belt.athlete.contacts[0], belt.told("push-once", 10.0)[0]
        assert first.counts is weaker
        assert (second.peak_force_n < 0.8 * first.peak_force_n) is weaker


def test_equal_seeds_push_equally_and_others_differently() -> None:
    assert Belt(seed=3).told("set-begins", 40.0) == Belt(seed=3).told("set-begins", 40.0)
    assert Belt(seed=3).told("set-begins", 40.0) != Belt(seed=4).told("set-begins", 40.0)


def test_answering_questions_does_not_change_the_pushes() -> None:
    asked = Belt(seed=3)
    asked.athlete.answer("effort", "scale")
    assert asked.told("set-begins", 40.0) == Belt(seed=3).told("set-begins", 40.0)


@pytest.mark.parametrize(
    ("question", "kind", "plausible"),
    [("ready", "confirm", {1}), ("effort-1", "scale", {4, 5, 6}), ("pain-now", "scale", {0, 1, 2})],
)
def test_answers_are_plausible_and_take_a_human_time(question: str, kind: str, plausible: set[int]) -> None:
    athlete = Athlete(CAREFUL, 1)
    answers = [athlete.answer(question, kind) for _ in range(60)]
    assert {value for _, value in answers} == plausible
    assert all(0.5 <= delay_s <= 5.0 for delay_s, _ in answers)


def test_drawn_athletes_stay_within_what_people_do() -> None:
    for seed in range(200):
        traits = Traits.draw(random.Random(seed))
        assert 60.0 <= traits.push_n <= 150.0
        assert 0.38 <= traits.travel_m <= 0.94


def test_rides_and_pushes_with_the_belt_come_in_place_of_pushes_and_do_not_count() -> None:
    traits = replace(CAREFUL, ride_rate=0.2, assist_rate=0.1)
    contacts = [contact for each in pushes_of_many_sets(traits) for contact in each]
    rides = [contact for contact in contacts if contact.label is Label.RIDE]
    assists = [contact for contact in contacts if contact.label is Label.ASSIST]
    assert len(rides) / len(contacts) == pytest.approx(0.2, abs=0.05)
    assert len(assists) / len(contacts) == pytest.approx(0.1, abs=0.04)
    assert not any(contact.counts or contact.peak_force_n for contact in rides + assists)


def test_a_push_with_the_belt_has_the_other_sign() -> None:
    belt = Belt(replace(CAREFUL, assist_rate=1.0))
    belt.told("set-begins", 5.0)
    assert min(push_n for _, push_n, _ in belt.loads) < -20.0


def test_a_foot_that_slips_loses_half_its_push_again_and_again() -> None:
    steady, slipping = (Belt(replace(CAREFUL, slip_rate=rate)) for rate in (0.0, 1.0))
    for belt in (steady, slipping):
        (contact,) = belt.told("push-once", 10.0)
        assert contact.counts

    def drops(belt: Belt) -> int:
        return sum(
            after < 0.7 * before for (_, before, _), (_, after, _) in pairwise(belt.loads) if before > 40
        )

    assert drops(steady) == 0
    assert drops(slipping) >= 3


def test_what_is_to_be_done_unasked_is_done_in_order() -> None:
    belt = Belt()
    graze = plan_graze(random.Random(1), Label.TOUCH)
    belt.athlete.do(2.0, graze)
    belt.athlete.do(5.0, graze)
    belt.run(10.0)
    assert [round(contact.onset_s, 1) for contact in belt.athlete.contacts] == [2.0, 5.0]
