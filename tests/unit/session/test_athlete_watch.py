"""The athlete watch alone: reports, reps and time in, signs out."""

from dataclasses import replace

import pytest

from eccentread.events import CueKind, Reason, Rep
from eccentread.reps import Held
from eccentread.reps.response import Response
from eccentread.reps.signal_check import refusal
from eccentread.session.athlete_watch import (
    FIRST_CYCLES,
    LONGEST_PUSH_S,
    NO_PUSHES_S,
    OWN_REPS,
    STALL_AGAIN_S,
    STAYS_S,
    STILL_THERE_S,
    UNCOUNTED_S,
    AthleteWatch,
    EndSet,
    Say,
    StopBelt,
)

FOUND = replace(
    refusal(""),
    baseline_kmh=0.8,
    noise_kmh=0.005,
    interval_s=0.25,
    push_kmh=0.3,
    response=Response(1.0, 1.0, 0.1),
)
"""A belt that is 0.3 km/h slower for as long as it is pushed."""
STANDS = Held(onset_s=10.0, level_kmh=0.5, rise_kmh=0.3, relative_load=1.0, probability=0.99)
REP = Rep(0.0, 3.0, 4.0, 0.8, 0.5, 0.3, 0.3, 0.0, 0.25, 0.4, 100.0, 0.95, 12)


@pytest.fixture
def watch():
    watch = AthleteWatch((4, 6))
    assert watch.learn(FOUND, []) == []
    watch.begin_set(0.0)
    return watch


def signs(*given):
    return [sign for sign in given if sign is not None]


def reports(watch, speeds, *, since_s, each_s=0.25, held=None):
    """The signs that come of these speeds, with their times."""
    times = [since_s + k * each_s for k in range(len(speeds))]
    found = [(t_s, watch.reported(t_s, speed, held)) for t_s, speed in zip(times, speeds, strict=True)]
    return [(t_s, sign) for t_s, sign in found if sign is not None]


def steps(watch, period_s, count, *, since_s=10.0, depth_kmh=0.2):
    """A square wave of dips."""
    times = [since_s + 0.125 * k for k in range(round(8 * period_s * count))]
    found = [
        watch.reported(t, 0.8 - depth_kmh * ((t - since_s) % period_s < period_s / 2), None) for t in times
    ]
    return signs(*found)


# --- nobody there ------------------------------------------------------------------------------------------


def test_nothing_for_30_s_asks_once_and_for_60_s_stops(watch):
    found = [(float(t), watch.passed(float(t))) for t in range(61)]
    assert [(t, sign) for t, sign in found if sign] == [
        (STILL_THERE_S, Say(CueKind.STILL_THERE)),
        (NO_PUSHES_S, StopBelt(Reason.NO_PUSHES)),
    ]


def test_contacts_that_do_not_count_are_somebody_but_not_for_ever(watch):
    for t in range(10, int(UNCOUNTED_S), 10):
        watch.reported(float(t), 0.5, replace(STANDS, onset_s=t - 1.0, probability=0.6))
        assert watch.passed(float(t)) is None
    assert watch.passed(UNCOUNTED_S) == StopBelt(Reason.NO_PUSHES)


def test_a_rep_begins_the_wait_anew(watch):
    watch.passed(STILL_THERE_S)
    watch.counted(50.0, REP)
    assert watch.passed(50.0 + STILL_THERE_S - 1) is None
    assert watch.passed(50.0 + STILL_THERE_S) == Say(CueKind.STILL_THERE)


# --- stalls ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("speed_kmh", "lasts_s", "told"),
    [(0.19, 1.25, True), (0.0, 1.25, True), (0.19, 1.0, False), (0.2, 9.0, False)],
)
def test_a_belt_below_02_for_more_than_a_second_is_stalled(watch, speed_kmh, lasts_s, told):
    found = signs(*(watch.stalled("belt", k * 0.25, speed_kmh) for k in range(round(lasts_s / 0.25) + 1)))
    assert found == ([Say(CueKind.EASE_OFF)] if told else [])


def test_a_zero_now_and_then_is_no_stall(watch):
    assert signs(*(watch.stalled("belt", k * 0.5, 0.0 if k % 3 else 0.8) for k in range(60))) == []


def test_it_is_said_again_after_ten_seconds_only_whatever_the_source(watch):
    said = [
        t_s
        for t_s in (k * 0.25 for k in range(100))
        if [watch.stalled(source, t_s, 0.1) for source in ("machine", "sensor")] != [None, None]
    ]
    assert said == [1.25, 1.25 + STALL_AGAIN_S, 1.25 + 2 * STALL_AGAIN_S][: len(said)]
    assert len(said) == 3


# --- both feet ---------------------------------------------------------------------------------------------


def test_a_contact_longer_than_a_push_is_told_and_stopped_when_it_goes_on(watch):
    found = reports(watch, [0.5] * 60, since_s=10.0, held=STANDS)
    (told_s, told), (stop_s, stop) = found[:2]
    assert (told, stop) == (Say(CueKind.ONE_FOOT), StopBelt(Reason.BOTH_FEET))
    assert told_s == STANDS.onset_s + LONGEST_PUSH_S
    assert stop_s == told_s + STAYS_S


def test_it_is_followed_when_the_tracker_takes_it_for_another_speed(watch):
    assert reports(watch, [0.5] * 28, since_s=10.0, held=STANDS) == []
    assert [sign for _, sign in reports(watch, [0.5] * 60, since_s=17.0)][:2] == [
        Say(CueKind.ONE_FOOT),
        StopBelt(Reason.BOTH_FEET),
    ]


def test_who_gets_off_is_not_stopped(watch):
    assert len(reports(watch, [0.5] * 36, since_s=10.0, held=STANDS)) == 1
    assert reports(watch, [0.7] + [0.8] * 60, since_s=19.0) == []


@pytest.mark.parametrize(
    "unlike",
    [
        replace(STANDS, level_kmh=0.3),  # 0.3 km/h for 8 s is 0.7 m: the leg has not come to its end
        replace(STANDS, relative_load=0.3),
        replace(STANDS, probability=0.8),
        replace(STANDS, rise_kmh=0.02),
    ],
    ids=["not far enough", "too light", "not sure", "too faint"],
)
def test_what_may_be_a_push_or_nothing_is_not_judged(watch, unlike):
    assert reports(watch, [unlike.level_kmh] * 36, since_s=10.0, held=unlike) == []


@pytest.mark.parametrize(
    "found",
    [replace(FOUND, response=Response(0.15, 1.0, 0.1)), replace(FOUND, noise_kmh=0.06)],
    ids=["a loop takes it back", "noise"],
)
def test_where_standing_does_not_show_it_is_said_and_not_judged(found):
    watch = AthleteWatch((4, 6))
    assert any("stands on the belt" in text for text in watch.learn(found, []))
    watch.begin_set(0.0)
    assert reports(watch, [0.5] * 100, since_s=10.0, held=STANDS) == []


# --- walking -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("period_s", [0.85, 1.2, 1.9])
def test_regular_steps_are_told_and_end_the_set(watch, period_s):
    assert steps(watch, period_s, 20)[:2] == [Say(CueKind.NO_WALKING), EndSet(Reason.WALKING)]


@pytest.mark.parametrize("period_s", [2.4, 3.5, 6.0])
def test_pushes_are_no_steps(watch, period_s):
    assert steps(watch, period_s, 30) == []


def test_small_dips_are_no_steps(watch):
    assert steps(watch, 1.2, 30, depth_kmh=0.05) == []


def test_few_steps_are_no_walk_and_who_stops_goes_on(watch):
    assert steps(watch, 1.2, 6) == []
    watch.begin_set(50.0)
    assert steps(watch, 1.2, 8, since_s=60.0) == [Say(CueKind.NO_WALKING)]
    assert steps(watch, 4.0, 10, since_s=75.0) == []


def test_a_drive_that_rings_is_not_judged_and_neither_are_rare_reports():
    ringing = [(k * 0.25, 0.5 if k % 4 < 2 else 0.8) for k in range(20)]
    for found, cued in ((FOUND, [ringing]), (replace(FOUND, interval_s=1.0), [])):
        watch = AthleteWatch((4, 6))
        assert watch.learn(found, cued) == ["this source of belt speed does not show who walks on it"]
        watch.begin_set(0.0)
        assert steps(watch, 1.2, 20) == []


# --- reps --------------------------------------------------------------------------------------------------


def reps(watch, loads, cycles=None):
    onset_s, found = 0.0, []
    for k, load in enumerate(loads):
        onset_s += 4.0 if cycles is None else cycles[k]
        found.append(watch.counted(onset_s + 4.0, replace(REP, onset_s=onset_s, load_rel_pct=load)))
    return found


@pytest.mark.parametrize("loads", [[600.0] * 15, [150.0] * 15, [60.0, 140.0] * 7, [189.0] * 15, [None] * 15])
def test_what_the_prescribed_band_explains_is_not_too_hard(watch, loads):
    assert signs(*reps(watch, loads)) == []


def test_a_drive_that_takes_the_dip_back_does_not_tell_how_hard():
    watch = AthleteWatch((4, 6))
    found = watch.learn(replace(FOUND, response=Response(0.0, 1.0, 0.1)), [])
    assert "this source of belt speed does not show who pushes far too hard" in found
    assert signs(*reps(watch, [250.0] * 15)) == []


def test_two_far_above_are_told_and_three_more_end_the_set(watch):
    assert reps(watch, [200.0] * 5) == [None, Say(CueKind.LESS_HARD), None, None, EndSet(Reason.TOO_HARD)]


def test_a_drive_at_its_limit_says_nothing_of_the_load(watch):
    stalled = replace(REP, load_rel_pct=250.0, speed_min_kmh=0.1)
    assert signs(*(watch.counted(4.0 * k, replace(stalled, onset_s=4.0 * k)) for k in range(15))) == []


def test_one_alone_is_not(watch):
    assert signs(*reps(watch, [100.0, 250.0] * 7)) == []


def test_her_own_pushes_are_the_measure_where_they_were_lighter(watch):
    assert signs(*reps(watch, [80.0] * OWN_REPS + [160.0] * 2)) == [Say(CueKind.LESS_HARD)]


def test_a_wide_band_makes_little_too_hard():
    watch = AthleteWatch((0, 10))
    watch.learn(FOUND, [])
    assert signs(*reps(watch, [400.0] * 15)) == []


def test_three_cycles_in_a_row_far_above_the_first_end_the_set(watch):
    cycles = [4.0] * (FIRST_CYCLES + 1) + [10.5] * 3
    assert reps(watch, [100.0] * len(cycles), cycles)[-1] == EndSet(Reason.FADING)


@pytest.mark.parametrize(
    "cycles",
    [
        [4.0] * 6 + [25.0] + [4.0] * 6,
        [4.0] * 6 + [12.0, 12.0, 4.0] * 3,
        [4.0] * 5 + [8.0] * 9,
        [11.0] * 14,
        [4.0 * 1.02**k for k in range(14)],
    ],
    ids=[
        "one long pause",
        "two and then none",
        "every other rep missed",
        "slow from the start",
        "usual fatigue",
    ],
)
def test_what_is_no_fading(watch, cycles):
    assert signs(*reps(watch, [100.0] * len(cycles), cycles)) == []


def test_slow_counts_among_pushes_that_were_missed_are_no_fading(watch):
    """Whoever pushes every four seconds is not tired because, later on, one push in three counts."""
    found = []
    for push in range(30):
        onset_s = 4.0 * push
        held = replace(STANDS, onset_s=onset_s, probability=0.6)
        found += [watch.reported(onset_s + after_s, 0.5, held) for after_s in (0.5, 1.5, 2.5)]
        if push < 6 or push % 3 == 2:
            found.append(watch.counted(onset_s + 3.5, replace(REP, onset_s=onset_s)))
    assert signs(*found) == []
