"""What makes the belt stop by itself: reports and the console's words against what is expected."""

import pytest

from eccentread.events import Reason
from eccentread.safety import Alarm, Expected, Limits, Liveness, Spike, Watch

CONSOLE = {
    "key_pulled": Reason.SAFETY_KEY,
    "stopped_on_console": Reason.STOPPED_ON_CONSOLE,
    "control_lost": Reason.CONTROL_LOST,
}


def watch(expected: Expected, lock: int = 80) -> Watch:
    made = Watch(Limits(lock), Liveness())
    made.expect(expected)
    return made


def signs(expected: Expected, *speeds: int, interval_s: float = 0.25, incline: int | None = None) -> str:
    """Each report in order: `.` for nothing, `s` for a spike, the reason for an alarm."""
    made = watch(expected)
    found = [made.reported(k * interval_s, speed, incline) for k, speed in enumerate(speeds)]
    return " ".join(_short(sign) for sign in found)


def _short(sign: Alarm | Spike | None) -> str:
    match sign:
        case None:
            return "."
        case Spike():
            return "s"
        case Alarm(reason):
            return reason.value


@pytest.mark.parametrize("expected", [Expected.STARTING, Expected.LOCKED])
@pytest.mark.parametrize(
    ("speeds", "found"),
    [
        ([80, 120, 120, 120], ". . . ."),
        ([80, 121, 80, 121, 80], ". s . over-speed ."),
        ([80, 121, *[80] * 12, 121, 80], ". s . . . . . . . . . . . . s ."),
        ([80, 2400, 80], ". s ."),
        ([80, 121, 121], ". s over-speed"),
        ([129, 129, 129], "s over-speed over-speed"),
        ([121, 120, 121], "s . over-speed"),
        ([121, *[120] * 7, 121], "s . . . . . . . over-speed"),
        ([121, *[120] * 8, 121], "s . . . . . . . . s"),
        ([121, 121, 120, 80, 121, 80], "s over-speed . . over-speed ."),
    ],
)
def test_over_speed_takes_two_reports_in_a_row_or_close_together(expected, speeds, found):
    assert signs(expected, *speeds) == found


def test_over_speed_names_both_speeds():
    made = watch(Expected.LOCKED)
    assert made.reported(0.0, 129, None) == Spike("one report of 1.29 km/h, above the limit")
    assert made.reported(0.2, 130, None) == Alarm(
        Reason.OVER_SPEED, "The belt reports 1.30 km/h instead of 0.8 km/h."
    )


@pytest.mark.parametrize("expected", [Expected.STARTING, Expected.LOCKED])
def test_pushes_never_alarm(expected):
    push = [80, 60, 30, 10, 0, 0, 5, 20, 55, 90, 110, 85]
    assert set(signs(expected, *(push * 8)).split()) == {"."}


@pytest.mark.parametrize(
    ("times_s", "alarms"),
    [
        ([0.0, 1.0, 2.0, 2.99], False),
        ([0.0, 1.0, 2.0, 3.0], True),
        ([0.0, 3.0], True),
        ([0.0, 1.9, 3.8], True),
        ([0.0, 0.25, 2.5, 2.75], False),
    ],
)
def test_a_locked_belt_that_stands_for_three_seconds_has_stopped(times_s, alarms):
    made = watch(Expected.LOCKED)
    assert made.reported(-0.25, 80, None) is None
    found = [made.reported(t_s, 0, None) for t_s in times_s]
    assert found[:-1] == [None] * (len(times_s) - 1)
    assert found[-1] == (Alarm(Reason.BELT_STOPPED, "The belt has stopped by itself.") if alarms else None)


def test_any_motion_begins_the_three_seconds_anew():
    made = watch(Expected.LOCKED)
    assert [made.reported(t, v, None) for t, v in [(0.0, 0), (2.9, 1), (3.0, 0), (5.9, 0)]] == [None] * 4
    assert made.reported(6.0, 0, None) is not None


def test_a_belt_that_is_starting_may_stand():
    assert set(signs(Expected.STARTING, *[0] * 80).split()) == {"."}


@pytest.mark.parametrize("expected", [Expected.STANDING, Expected.STOPPED])
@pytest.mark.parametrize(
    ("speeds", "found"),
    [
        ([0, 0, 0], ". . ."),
        ([0, 1, 0, 50, 0], ". s . s ."),
        ([0, 1, 1], ". s unexpected-motion"),
        ([0, 9, 9, 9, 0, 9], ". s unexpected-motion unexpected-motion . s"),
        ([0, 50, 80], ". s unexpected-motion"),
    ],
)
def test_a_belt_that_ought_to_stand_and_moves_for_two_reports_alarms(expected, speeds, found):
    assert signs(expected, *speeds) == found


def test_unexpected_motion_names_the_speed():
    made = watch(Expected.STANDING)
    assert made.reported(0, 50, None) == Spike("one report of 0.50 km/h while the belt should stand")
    assert made.reported(1, 60, None) == Alarm(
        Reason.UNEXPECTED_MOTION, "The belt runs at 0.60 km/h although nobody started it from here."
    )


@pytest.mark.parametrize(
    ("expected", "speed"), [(Expected.STANDING, 0), (Expected.STARTING, 50), (Expected.LOCKED, 80)]
)
@pytest.mark.parametrize(
    ("inclines", "found"),
    [
        ([0, 0, 0], ". . ."),
        ([None, None], ". ."),
        ([10, 0, 10], "s . s"),
        ([10, 10], "s inclined"),
        ([10, 10, 10], "s inclined inclined"),
        ([-5, -5], "s inclined"),
        # Some machines send the field in every other packet: what is absent is not level.
        ([10, None, None, 10], "s . . inclined"),
    ],
)
def test_an_inclined_deck_takes_two_reports(expected, speed, inclines, found):
    made = watch(expected)
    assert " ".join(_short(made.reported(k / 4, speed, i)) for k, i in enumerate(inclines)) == found


def test_an_incline_is_told_in_per_cent():
    made = watch(Expected.STANDING)
    assert made.reported(0, 0, 15) == Spike("one report of 1.5 % inclination")
    alarm = Alarm(Reason.INCLINED, "The deck is inclined by 1.5 %: set it level on the console.")
    assert made.reported(1, 0, 15) == alarm
    assert made.target_inclination_changed(15) == alarm


@pytest.mark.parametrize("expected", [Expected.STANDING, Expected.STARTING, Expected.LOCKED])
@pytest.mark.parametrize(
    ("interval_s", "silent_s", "alarms"),
    [(0.25, 2.25, False), (0.25, 2.3125, True), (1.0, 3.875, False), (1.0, 3.9375, True)],
)
def test_silence_alarms_on_fast_and_on_slow_machines(expected, interval_s, silent_s, alarms):
    liveness = Liveness()
    made = Watch(Limits(80), liveness)
    made.expect(expected)
    for k in range(40):
        liveness.reported(k * interval_s)
    alarm = made.passed(39 * interval_s + silent_s)
    assert (alarm is not None and alarm.reason is Reason.SILENT) is alarms


@pytest.mark.parametrize("word", CONSOLE)
@pytest.mark.parametrize("expected", [Expected.STANDING, Expected.STARTING, Expected.LOCKED])
def test_the_consoles_word_is_enough_whatever_is_expected(word, expected):
    alarm = getattr(watch(expected), word)()
    assert alarm.reason is CONSOLE[word]


@pytest.mark.parametrize(
    ("expected", "speed", "alarms"),
    [
        (Expected.LOCKED, 80, False),
        (Expected.LOCKED, 76, False),
        (Expected.LOCKED, 84, False),
        (Expected.LOCKED, 75, True),
        (Expected.LOCKED, 85, True),
        (Expected.LOCKED, 0, True),
        (Expected.LOCKED, 300, True),
        (Expected.STARTING, 100, False),
        (Expected.STANDING, 100, False),
        (Expected.ANYTHING, 300, False),
    ],
)
def test_another_target_speed_alarms_once_the_belt_is_locked(expected, speed, alarms):
    alarm = watch(expected).target_speed_changed(speed)
    assert (alarm is not None and alarm.reason is Reason.CHANGED_ON_CONSOLE) is alarms


def test_the_new_target_speed_is_named():
    alarm = watch(Expected.LOCKED).target_speed_changed(300)
    assert alarm is not None
    assert alarm.text == "The speed was changed on the console to 3 km/h."


@pytest.mark.parametrize(
    ("expected", "incline", "alarms"),
    [
        (Expected.STANDING, 5, True),
        (Expected.STARTING, -5, True),
        (Expected.LOCKED, 1, True),
        (Expected.LOCKED, 0, False),
        (Expected.ANYTHING, 50, False),
    ],
)
def test_another_target_inclination_alarms_unless_it_is_level(expected, incline, alarms):
    alarm = watch(expected).target_inclination_changed(incline)
    assert (alarm is not None and alarm.reason is Reason.INCLINED) is alarms


def test_no_report_alarms_while_anything_is_expected():
    made = watch(Expected.ANYTHING)
    assert [made.reported(k, 2000, 100) for k in range(5)] == [None] * 5


@pytest.mark.parametrize("expected", [Expected.ANYTHING, Expected.STOPPED])
def test_silence_and_the_console_do_not_alarm_where_nothing_is_wanted_of_the_belt(expected):
    made = watch(expected)
    assert [made.reported(k, 0, 100) for k in range(5)] == [None] * 5
    assert made.passed(1e6) is None
    assert made.target_inclination_changed(50) is None
    assert made.target_speed_changed(300) is None
    assert [getattr(made, word)() for word in CONSOLE] == [None] * 3


@pytest.mark.parametrize(
    ("expected", "speed", "incline"),
    [(Expected.STANDING, 50, 0), (Expected.STARTING, 50, 20)],
)
def test_what_was_seen_before_an_expectation_does_not_count_after_it(expected, speed, incline):
    made = watch(expected)
    assert isinstance(made.reported(0.0, speed, incline), Spike)
    made.expect(expected)
    assert isinstance(made.reported(0.2, speed, incline), Spike)


def test_over_speed_counts_on_while_the_belt_moves_on_from_step_to_step():
    made = watch(Expected.STARTING)
    assert isinstance(made.reported(0.0, 200, 0), Spike)
    made.expect(Expected.LOCKED)
    assert isinstance(made.reported(0.2, 200, 0), Alarm)


def test_a_standstill_seen_before_an_expectation_does_not_count_after_it():
    made = watch(Expected.LOCKED)
    assert made.reported(0.0, 0, None) is None
    made.expect(Expected.LOCKED)
    assert made.reported(3.0, 0, None) is None


@pytest.mark.parametrize(
    ("speed", "alarms_after_s"),
    [(93, 5.0), (110, 5.0), (67, 15.0), (20, 15.0), (92, None), (80, None), (68, None)],
)
def test_a_belt_that_runs_off_its_lock_without_a_break_was_changed_by_somebody(speed, alarms_after_s):
    limits, liveness = Limits(80), Liveness()
    watch = Watch(limits, liveness)
    watch.expect(Expected.LOCKED)
    assert watch.reported(999.9, 80, None) is None
    alarms_s = [
        tick * 0.2 for tick in range(120) if isinstance(watch.reported(1000 + tick * 0.2, speed, None), Alarm)
    ]
    assert (alarms_s[0] if alarms_s else None) == alarms_after_s
    if alarms_s:
        assert len(alarms_s) == 120 - alarms_after_s * 5, "and goes on"


def test_a_belt_that_was_above_its_lock_and_is_below_it_now_is_timed_anew():
    made = watch(Expected.LOCKED)
    for tick in range(24):
        assert made.reported(1000 + tick * 0.2, 100, None) is None
    for tick in range(24, 24 + 75):
        assert made.reported(1000 + tick * 0.2, 60, None) is None
    assert isinstance(made.reported(1000 + 99 * 0.2, 60, None), Alarm)


def test_of_two_spikes_in_one_report_the_speed_is_told():
    sign = watch(Expected.LOCKED).reported(0.0, 200, 15)
    assert sign == Spike("one report of 2.00 km/h, above the limit")


def test_pushes_that_the_belt_recovers_from_are_no_change_of_speed():
    watch = Watch(Limits(80), Liveness())
    watch.expect(Expected.LOCKED)
    for second in range(120):
        speed = 40 if second % 8 < 7 else 80
        assert watch.reported(float(second), speed, None) is None


@pytest.mark.parametrize(("speed", "alarms"), [(100, False), (120, False), (121, True), (160, True)])
def test_a_console_that_aims_above_the_limit_while_the_belt_starts_is_no_start_speed(speed, alarms):
    made = watch(Expected.STARTING)
    assert (made.target_speed_changed(speed) is not None) == alarms


@pytest.mark.parametrize("expected", list(Expected))
@pytest.mark.parametrize(("steps", "sign"), [(0, None), (1, Spike), (2, Alarm), (3, Alarm)])
def test_ground_covered_by_a_belt_that_is_said_to_stand(expected, steps, sign):
    found = watch(expected).travelled(steps)
    if expected is not Expected.STOPPED or sign is None:
        assert found is None
    else:
        assert isinstance(found, sign)
        assert not isinstance(found, Alarm) or found.reason is Reason.UNEXPECTED_MOTION
