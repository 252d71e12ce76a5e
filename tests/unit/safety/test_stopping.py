"""The way to a standing belt."""

from itertools import cycle, pairwise
from math import exp

import pytest

from eccentread.safety import Limits, Liveness, Pause, Progress, RequestControl, SlowTo, Stop, Stopping

TICK_S = 0.125


def stopping(lead_s: float = 0.0, lowest: int = 10, lock: int = 80) -> Stopping:
    return Stopping(Limits(lock), 100.0, lowest, lead_s)


def asked(made: Stopping, from_s: float = 0.0, to_s: float = 3.0) -> list[tuple[float, str]]:
    """What is asked for while time passes, and when, in seconds since the stop began."""
    found: list[tuple[float, str]] = []
    for k in range(round(from_s / TICK_S), round(to_s / TICK_S)):
        ask = made.due(100.0 + k * TICK_S)
        if ask is not None:
            found.append((k * TICK_S, type(ask).__name__))
    return found


def test_stop_goes_out_at_once_and_every_half_second():
    assert asked(stopping(), 0, 3) == [(k / 2, "Stop") for k in range(6)]


def test_after_three_seconds_lowest_speed_and_pause_take_turns_with_stop():
    assert asked(stopping(), 0, 7) == [
        *((k / 2, "Stop") for k in range(6)),
        (3.0, "SlowTo"),
        (4.0, "Stop"),
        (4.5, "Pause"),
        (5.5, "Stop"),
        (6.0, "SlowTo"),
    ]


@pytest.mark.parametrize(("lowest", "lock", "slow"), [(10, 80, 10), (50, 80, 50), (100, 80, 80), (16, 1, 1)])
def test_the_lowest_speed_asked_for_is_never_above_the_lock(lowest, lock, slow):
    made = stopping(lowest=lowest, lock=lock)
    turns = [made.due(100.0 + t_s) for t_s in (0.0, 3.0, 4.0, 4.5)]
    assert turns == [Stop(), SlowTo(slow), Stop(), Pause()]


def test_a_belt_that_reports_zero_is_not_slowed_or_paused():
    made = stopping()
    made.due(100.0)
    made.reported(104.0, 0)
    assert [made.due(104.0), made.due(105.5), made.due(105.5625)] == [None, None, Stop()]
    made.reported(106.0, 20)
    assert [made.due(106.0625), made.due(107.0625)] == [SlowTo(10), Stop()]


def test_a_stop_that_is_asked_for_takes_the_next_turn_whosever_it_was():
    made = stopping()
    assert [made.due(100.0 + t_s) for t_s in (0.0, 3.0)] == [Stop(), SlowTo(10)]
    made.hurry(103.1)
    assert made.due(103.1) == Stop()
    assert [made.due(103.6), made.due(104.1)] == [Stop(), Pause()]


def test_however_late_the_first_word_is_stop():
    assert stopping().due(105.0) == Stop()


@pytest.mark.parametrize(
    ("reports", "progress"),
    [
        ([(1.0, 0), (4.0, 0)], Progress.STANDING),
        ([(1.0, 0), (2.5, 0), (4.0, 0)], Progress.STANDING),
        ([(1.0, 0), (2.8, 0), (4.6, 0)], Progress.STANDING),
        ([(1.0, 0)], Progress.UNDER_WAY),
        ([(1.0, 0), (1.0, 0)], Progress.UNDER_WAY),
        ([(1.0, 0), (3.9375, 0)], Progress.UNDER_WAY),
        ([(1.0, 0), (2.0, 0), (3.9375, 0)], Progress.UNDER_WAY),
        ([(1.0, 0), (2.0, 60), (4.0, 0)], Progress.UNDER_WAY),
        ([(1.0, 0), (2.0, 1), (3.0, 0), (4.0, 0)], Progress.UNDER_WAY),
        ([(1.0, 0), (2.0, 1), (3.0, 0), (6.0, 0)], Progress.STANDING),
        ([(1.0, 60), (2.5, 40), (4.0, 20)], Progress.UNDER_WAY),
    ],
)
def test_standing_takes_two_zeros_in_a_row_over_three_seconds(reports, progress):
    made = stopping()
    for t_s, speed in reports:
        made.reported(100.0 + t_s, speed)
    assert made.progress is progress


def test_nothing_is_asked_of_a_standing_belt():
    made = stopping()
    for t_s in (101.0, 104.0):
        made.reported(t_s, 0)
    assert asked(made, 4, 20) == []


def test_after_eight_seconds_the_stop_is_unconfirmed_and_goes_on():
    made = stopping()
    asked(made, 0, 8)
    assert made.progress is Progress.UNDER_WAY
    assert asked(made, 8, 11) == [(8.5, "Stop"), (9.0, "SlowTo"), (10.0, "Stop")]
    assert made.progress is Progress.UNCONFIRMED


def test_an_unconfirmed_stop_may_yet_be_seen():
    made = stopping()
    asked(made, 0, 9)
    made.reported(109.0, 0)
    assert made.progress is Progress.UNCONFIRMED
    made.reported(112.0, 0)
    assert made.progress is Progress.STANDING


def test_a_console_that_says_it_stops_the_belt_is_given_its_time():
    assert asked(stopping(lead_s=2.0), 0, 3) == [(2.0, "Stop"), (2.5, "Stop")]


def test_a_belt_that_the_console_stops_in_time_gets_no_stop():
    made = stopping(lead_s=3.0)
    found = []
    for k in range(8):
        made.reported(101.0 + k / 2, 0)
        found += asked(made, 1.0 + k / 2, 1.5 + k / 2)
    assert found + asked(made, 5, 20) == []


def test_somebody_who_asks_for_a_stop_does_not_wait_for_the_console():
    made = stopping(lead_s=3.0)
    asked(made, 0, 1)
    made.hurry(101.0)
    assert asked(made, 1, 2) == [(1.0, "Stop"), (1.5, "Stop")]


def test_a_request_for_control_goes_ahead_of_the_next_stop():
    made = stopping()
    assert made.due(100.0) == Stop()
    made.wait_for_control(100.25)
    assert asked(made, 0.25, 2) == [(0.25, "RequestControl"), (1.25, "Stop"), (1.75, "Stop")]


def test_each_request_for_control_waits_longer_up_to_a_second():
    made = stopping()
    waits_s = []
    t_s = 100.0
    for _ in range(6):
        made.wait_for_control(t_s)
        refused_s = t_s
        while not isinstance(made.due(t_s), RequestControl):
            t_s += TICK_S
        waits_s.append(t_s - refused_s)
    assert waits_s == [0.0, 0.25, 0.5, 0.75, 1.0, 1.0]


def test_a_late_answer_makes_no_pace_slower():
    """Silence counts from what was said, not from what came back."""
    words = asked(stopping(), 0, 60)
    said_s, pace_s = next(
        (a, b - a) for (a, word), (b, _) in pairwise(words) if word != "Stop" and b - a >= 2.0
    )
    made = stopping()
    assert asked(made, 0, said_s + TICK_S)[-1][0] == said_s
    made.wait_for_control(100.0 + said_s + pace_s / 2)
    due_s = said_s + pace_s
    assert asked(made, said_s + pace_s / 2, due_s + 1.0)[0] == (due_s, "RequestControl")
    made.control_answered(100.0 + due_s + 0.25)
    assert asked(made, due_s + 0.25, due_s + 8.0)[0] == (due_s + pace_s, "Stop")


def test_a_machine_that_never_gives_control_is_slowed_and_paused_all_the_same():
    made = stopping()
    words: dict[str, float] = {}
    for k in range(500):
        t_s = 100.0 + k / 50
        ask = made.due(t_s)
        if ask is None:
            continue
        words.setdefault(type(ask).__name__, t_s - 100.0)
        if isinstance(ask, RequestControl):
            made.hurry(t_s)
        else:
            made.wait_for_control(t_s)
    assert words["SlowTo"] <= 4.5
    assert words["Pause"] <= 7.0


@pytest.mark.parametrize("since_s", [0.0, 3.0])
def test_once_control_is_answered_for_stop_goes_whatever_was_refused(since_s):
    made = stopping()
    made.due(100.0)
    if since_s:
        assert made.due(103.0) == SlowTo(10)
    made.wait_for_control(100.1 + since_s)
    assert made.due(100.1 + since_s) == RequestControl()
    made.hurry(100.2 + since_s)
    assert made.due(100.2 + since_s) == Stop()


def test_after_three_seconds_no_stop_waits_for_control():
    made = stopping()
    for t_s, word in ((100.0, Stop()), (103.0, SlowTo(10))):
        assert made.due(t_s) == word
    made.wait_for_control(103.1)
    assert made.due(103.1) == RequestControl()
    made.hurry(103.2)
    assert made.due(103.2) == Stop()
    made.wait_for_control(103.3)
    assert asked(made, 3.375, 5.0) == [(3.75, "Stop"), (4.25, "Pause")]


def test_on_links_remade_to_be_heard_stop_goes_first_and_then_what_is_no_stop():
    made = stopping()
    made.due(100.0)
    made.wait_for_control(103.1)
    made.reported(103.2, 0)
    words = []
    for t_s in (103.5, 107.0, 111.0, 115.0):
        made.relinked(t_s)
        words.append(made.due(t_s))
        made.reported(t_s + 0.1, 80)
    assert words == [Stop(), Pause(), SlowTo(10), Stop()]


def test_a_belt_that_rests_gets_no_other_word_on_any_link():
    made = stopping()
    made.due(100.0)
    for _ in range(2):
        made.relinked(104.0)
        made.reported(104.0, 0)
        made.reported(104.5, 0)
        assert made.due(106.5) == Stop()


def test_a_machine_that_takes_a_stop_for_a_start_gets_fewer():
    made = Stopping(Limits(80), 100.0, 10, repeat_s=2.0)
    assert asked(made, 0, 2.9) == [(0.0, "Stop"), (2.0, "Stop")]


@pytest.mark.parametrize(("speed", "waits"), [(120, True), (121, False)])
def test_a_belt_that_is_too_fast_is_not_left_to_the_console(speed, waits):
    made = stopping(lead_s=3.0)
    made.reported(100.5, speed)
    assert (made.due(100.5) is None) is waits


def test_a_belt_that_is_too_fast_gets_no_more_stops_than_any_other():
    made = stopping(lead_s=3.0)
    for k in range(8):
        made.reported(100.0 + k / 10, 200)
        made.due(100.0 + k / 10)
    assert made.due(100.85) is None


def test_the_answer_to_a_request_for_control_ends_the_wait():
    made = stopping()
    assert made.due(100.0) == Stop()
    made.wait_for_control(100.25)
    assert made.due(100.25) == RequestControl()
    made.hurry(100.5)
    assert asked(made, 0.5, 1.5) == [(0.5, "Stop"), (1.0, "Stop")]


def test_somebody_who_asks_for_a_stop_does_not_wait_for_control():
    made = stopping()
    made.wait_for_control(100.0)
    made.wait_for_control(100.1)
    made.hurry(100.2)
    assert made.due(100.2) == Stop()


def test_hurry_never_delays_what_is_due():
    made = stopping()
    made.hurry(102.0)
    assert made.due(100.0) == Stop()


def test_zeros_during_a_countdown_prove_no_standstill():
    stopping = Stopping(Limits(80), 10.0, 50, not_before_s=20.0)
    assert stopping.due(10.0) == Stop()
    for quarter in range(1, 40):
        t_s = 10.0 + quarter / 4
        stopping.reported(t_s, 0)
        assert stopping.progress is Progress.UNDER_WAY
        if quarter >= 2:
            assert stopping.due(t_s) is None  # it seems to stand: a stop might be taken for a start
    stopping.reported(20.0, 0)
    assert stopping.progress is Progress.STANDING


def test_a_belt_that_starts_after_all_is_told_to_stop_again():
    stopping = Stopping(Limits(80), 10.0, 50, not_before_s=20.0)
    assert stopping.due(10.0) == Stop()
    stopping.reported(10.2, 0)
    stopping.reported(10.4, 0)
    assert stopping.due(11.0) is None
    stopping.reported(11.2, 30)
    assert stopping.due(11.2) == Stop()


def test_a_belt_that_falls_silent_while_it_seems_to_stand_is_told_to_stop_again():
    stopping = Stopping(Limits(80), 10.0, 50, not_before_s=30.0)
    assert stopping.due(10.0) == Stop()
    stopping.reported(10.2, 0)
    stopping.reported(10.4, 0)
    assert stopping.due(11.9) is None
    assert stopping.due(12.0) == Stop()


def test_a_belt_that_fell_silent_at_the_very_beginning_of_a_session_is_told_to_stop_again():
    stopping = Stopping(Limits(80), 0.0, 50, not_before_s=30.0)
    assert stopping.due(0.0) == Stop()
    for t_s in (0.2, 0.4):
        stopping.reported(t_s, 0)
    assert stopping.due(1.9) is None
    assert stopping.due(2.0) == Stop()


def test_the_first_word_is_said_to_a_belt_that_seems_to_stand_already():
    made = stopping()
    made.reported(100.0, 0)
    made.reported(100.1, 0)
    assert made.due(100.1) == Stop()
    assert made.due(100.6) is None


@pytest.mark.parametrize("lead_s", [0.5, 3.0])
def test_however_short_the_consoles_lead_its_word_is_taken_while_the_belt_stands(lead_s):
    made = stopping(lead_s=lead_s)
    for k in range(8):
        made.reported(100.0 + k / 4, 0)
    assert made.due(100.0 + 7 / 4) is None
    assert stopping(lead_s=lead_s).due(100.0 + lead_s) == Stop()


@pytest.mark.parametrize(
    ("asked_s", "progress"),
    [(7.99, Progress.UNDER_WAY), (8.0, Progress.UNCONFIRMED), (8.3, Progress.UNCONFIRMED)],
)
def test_a_stop_is_unconfirmed_from_eight_seconds_on(asked_s, progress):
    made = stopping()
    made.due(100.0)
    made.due(100.0 + asked_s)
    assert made.progress is progress


def test_a_stop_refused_for_want_of_control_goes_again_however_well_the_belt_seems_to_stand():
    made = stopping()
    assert made.due(100.0) == Stop()
    made.reported(100.1, 0)
    made.reported(100.2, 0)
    made.wait_for_control(100.3)
    assert made.due(100.3) == RequestControl()
    made.control_answered(100.5)
    assert made.due(100.5) == Stop()


def test_a_console_that_stops_a_countdown_is_taken_at_its_word_while_the_belt_stands():
    stopping = Stopping(Limits(80), 10.0, 50, lead_s=3.0, not_before_s=20.0)
    for quarter in range(40):
        stopping.reported(10.0 + quarter / 4, 0)
        assert stopping.due(10.0 + quarter / 4) is None
    stopping.reported(20.0, 30)
    assert stopping.due(20.0) is not None


def test_a_person_who_asks_gets_a_stop_however_well_the_belt_seems_to_stand():
    stopping = Stopping(Limits(80), 10.0, 50, lead_s=3.0, not_before_s=20.0)
    stopping.reported(10.2, 0)
    stopping.reported(10.4, 0)
    stopping.hurry(10.5)
    assert stopping.due(10.5) == Stop()


def test_what_a_console_is_given_is_not_taken_from_the_first_words():
    made = stopping(lead_s=3.0)
    words = asked(made, 0, 8)
    assert words[:7] == [*((3.0 + k / 2, "Stop") for k in range(6)), (6.0, "SlowTo")]


def test_a_belt_at_rest_is_not_sent_a_speed_for_one_late_report_of_motion():
    made = stopping()
    made.due(100.0)
    for t_s, speed in ((101.0, 0), (102.0, 0), (103.5, 40)):
        made.reported(t_s, speed)
    assert made.due(103.5) == Stop()
    made.reported(104.0, 40)
    assert made.due(104.0) == SlowTo(10)


def test_one_zero_is_no_rest():
    made = stopping()
    made.due(100.0)
    for t_s, speed in ((102.0, 0), (103.5, 40)):
        made.reported(t_s, speed)
    assert made.due(103.5) == SlowTo(10)


def test_zeros_of_a_belt_that_goes_on_covering_ground_prove_nothing():
    made = stopping()
    for k in range(20):
        made.reported(100.0 + k, 0, k // 2)
    assert made.progress is not Progress.STANDING
    made.reported(120.0, 0, 9)
    made.reported(121.0, 0, None)
    assert made.progress is Progress.STANDING


def test_a_distance_that_stays_proves_rest_as_none_does():
    made = stopping()
    for k in range(4):
        made.reported(100.0 + k, 0, 7)
    assert made.progress is Progress.STANDING


def test_a_belt_that_nothing_is_heard_of_is_not_left_to_the_console():
    made = stopping(lead_s=3.0)
    made.fell_silent(101.0)
    assert asked(made, 1, 2) == [(1.0, "Stop"), (1.5, "Stop")]


def test_silence_later_on_hurries_nothing():
    made = stopping()
    made.due(100.0)
    made.fell_silent(100.1)
    assert made.due(100.1) is None


@pytest.mark.parametrize(
    ("speeds", "word"),
    [
        ((80, 72), Stop()),
        ((80, 73), SlowTo(10)),
        ((72, 80), SlowTo(10)),
        ((80, 40, 41), Stop()),
        ((80, 40, 45), SlowTo(10)),
        ((5, 5, 5), Stop()),
        ((6, 6, 6), SlowTo(10)),
    ],
)
def test_a_belt_that_is_seen_to_slow_or_barely_creeps_is_asked_for_nothing_but_a_stop(speeds, word):
    made = stopping(lowest=1)
    made.due(100.0)
    made.reported(100.5, speeds[0])
    for k, speed in enumerate(speeds):
        made.reported(102.5 + k / 4, speed)
    assert type(made.due(103.25)) is type(word)


def test_a_console_that_averages_is_given_time_to_tell_of_a_standing_belt():
    made = stopping()
    found = []
    for k in range(8 * 40):
        t_s = 100.0 + k / 8
        if k % 2 == 0:
            made.reported(t_s, round(80 * exp(-(t_s - 100.0) / 4.0)))
        ask = made.due(t_s)
        found += [type(ask).__name__] if ask is not None else []
        assert made.progress is not Progress.UNCONFIRMED
    assert set(found) == {"Stop"}
    assert made.progress is Progress.STANDING


def test_a_belt_that_creeps_on_is_not_waited_for_for_ever():
    made = stopping()
    for k in range(8 * 26):
        made.reported(100.0 + k / 8, 4)
        made.due(100.0 + k / 8)
    assert made.progress is Progress.UNCONFIRMED


def test_once_unconfirmed_words_are_said_at_changing_paces_so_that_each_has_silence_before_it():
    made = stopping()
    words = asked(made, 0, 120)
    before = {}
    for (earlier_s, _), (t_s, word) in pairwise(words):
        before[word] = max(before.get(word, 0.0), t_s - earlier_s)
    assert before == {"Stop": 3.0, "SlowTo": 3.0, "Pause": 3.0}
    assert max(t_s - earlier_s for (earlier_s, _), (t_s, _) in pairwise(words)) <= 3.0


def test_once_unconfirmed_a_request_for_control_and_its_stop_have_silence_before_them():
    made = stopping()
    asked(made, 0, 12)
    waits = set()
    for k in range(100):
        t_s = 112.0 + 10.0 * k
        while isinstance(word := made.due(t_s), Stop) or word is None:
            t_s += TICK_S
        made.wait_for_control(t_s)
        while not isinstance(made.due(t_s), RequestControl):
            t_s += TICK_S
        asked_s = t_s
        made.control_answered(t_s)
        while not isinstance(made.due(t_s), Stop):
            t_s += TICK_S
        waits.add(round(t_s - asked_s, 3))
    assert max(waits) == 3.0


def test_a_belt_that_moves_again_after_a_rest_within_a_stop_gets_fewer_stops():
    made = stopping()
    made.due(100.0)
    gaps = []
    t_s = 100.0
    for _ in range(4):
        made.reported(t_s + 0.25, 0)
        made.reported(t_s + 0.5, 20)
        made.reported(t_s + 0.75, 40)
        made.hurry(t_s + 0.75)
        made.due(t_s + 0.75)
        last_s = t_s + 0.75
        made.reported(last_s + 0.25, 60)
        t_s = last_s + 0.25
        while made.due(t_s) is None:
            t_s += TICK_S
        gaps.append(t_s - last_s)
    assert gaps == sorted(gaps)
    assert gaps[-1] >= 2.0


def reporting_every(interval_s: float) -> Liveness:
    made = Liveness()
    for k in range(5):
        made.reported(90.0 + k * interval_s)
    return made


def test_a_belt_obeys_also_where_reports_are_seldom():
    made = Stopping(Limits(80), 100.0, 10, liveness=reporting_every(2.0))
    for t_s, speed in ((100.5, 80), (102.5, 60), (104.5, 40), (106.5, 20)):
        assert SlowTo(10) not in asked(made, t_s - 100.0, t_s - 98.125)
        made.reported(t_s, speed)


@pytest.mark.parametrize(("interval_s", "obeys_s"), [(0.5, 1.5), (2.0, 3.0)])
def test_a_belt_obeys_for_one_and_a_half_seconds_or_intervals_after_it_slowed(interval_s, obeys_s):
    """Longer, and another word takes its turn."""
    made = Stopping(Limits(80), 100.0, 10, liveness=reporting_every(interval_s))
    for k in range(4, 38):  # a tenth slower each eighth of a second, to 4.625 s
        assert made.due(100.0 + k / 8) in (None, Stop())
        made.reported(100.0 + k / 8, round(3000 * 0.88**k))
    slowed_s = 37 / 8
    others = [t_s for t_s, word in asked(made, slowed_s + TICK_S, 12) if word != "Stop"]
    assert obeys_s < others[0] - slowed_s <= obeys_s + 0.5


def test_reports_that_come_seldom_are_fresh_for_longer():
    made = Stopping(Limits(80), 100.0, 10, liveness=reporting_every(2.0))
    made.due(100.0)
    made.reported(101.0, 0)
    assert asked(made, 1, 7) == []
    assert made.due(107.125) == Stop()


def test_a_console_that_has_just_stopped_the_belt_is_left_alone_after_its_lead():
    made = stopping(lead_s=3.0)
    made.reported(102.75, 0)
    assert asked(made, 2.875, 4) == []


@pytest.mark.parametrize(("repeat_s", "then_s"), [(0.5, [2.0, 8.0, 8.0]), (1.5, [6.0, 8.0, 8.0])])
def test_each_time_a_stop_at_rest_seems_to_start_the_belt_they_come_four_times_more_seldom(repeat_s, then_s):
    made = Stopping(Limits(80), 100.0, 10, repeat_s=repeat_s)
    found = []
    for k in range(3):
        t_s = 100.0 + 10 * k
        made.due(t_s)
        for after_s, speed in ((0.1, 0), (0.2, 30), (0.3, 30), (0.4, 30)):
            made.reported(t_s + after_s, speed)
        found.append(made.repeat_s)
    assert found == then_s


def test_unheard_words_are_said_at_changing_paces():
    made = stopping()
    words = [(since_s, word) for since_s, word in asked(made, 0, 60) if since_s >= 8]
    paces = [(later - earlier, word) for (earlier, word), (later, _) in pairwise(words)]
    least_s = cycle([0.5, 1.0, 2.0, 3.0, 3.0])
    for pace_s, word in paces:
        assert pace_s == max(next(least_s), 0.5 if word == "Stop" else 1.0)
    assert {word for pace_s, word in paces if pace_s == 3.0} == {"Stop", "SlowTo", "Pause"}


@pytest.mark.parametrize(("asked_s", "word"), [(4.5, Stop()), (4.51, SlowTo(10))])
def test_a_fall_counts_for_a_second_and_a_half(asked_s, word):
    made = stopping()
    made.due(100.0)
    made.reported(102.9, 80)
    made.reported(103.0, 40)
    assert made.due(100.0 + asked_s) == word


@pytest.mark.parametrize(("back", "word"), [(100, Stop()), (101, SlowTo(10))])
def test_what_comes_back_by_more_than_it_fell_has_risen(back, word):
    made = stopping()
    made.due(100.0)
    for t_s, speed in ((102.8, 100), (102.9, 90), (103.0, back)):
        made.reported(t_s, speed)
    assert made.due(103.0) == word


def test_a_belt_that_slows_on_and_on_is_given_twenty_five_seconds():
    made = stopping()
    for k in range(100):
        made.reported(100.0 + k / 4, round(60000 * 0.97**k))
        made.due(100.0 + k / 4)
        assert made.progress is Progress.UNDER_WAY
    made.due(125.0)
    assert made.progress is Progress.UNCONFIRMED
