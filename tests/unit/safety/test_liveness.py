"""How long reports may fail to come."""

import pytest

from eccentread.safety import Liveness


def reporting(*times_s: float) -> Liveness:
    liveness = Liveness()
    for t_s in times_s:
        liveness.reported(t_s)
    return liveness


def every(interval_s: float, number: int = 40) -> Liveness:
    return reporting(*(k * interval_s for k in range(number)))


def test_a_machine_that_never_reported_is_suspect_and_dead():
    liveness = Liveness()
    assert liveness.suspect(0.0)
    assert liveness.dead(0.0)
    assert liveness.interval_s == 0.0


@pytest.mark.parametrize(
    ("interval_s", "age_s", "suspect", "dead"),
    [
        # Fast machines: 1.5 s and 2.5 s.
        (0.25, 0.0, False, False),
        (0.25, 1.5, False, False),
        (0.25, 1.5625, True, False),
        (0.25, 2.25, True, False),
        (0.25, 2.3125, True, True),
        (0.5, 1.5, False, False),
        (0.5, 1.5625, True, False),
        # Slow machines: three intervals, and nearly four.
        (1.0, 3.0, False, False),
        (1.0, 3.0625, True, False),
        (1.0, 3.875, True, False),
        (1.0, 3.9375, True, True),
        (2.0, 6.0, False, False),
        (2.0, 7.75, True, False),
        (2.0, 7.8125, True, True),
    ],
)
def test_silence_becomes_suspicion_and_then_a_fault(interval_s, age_s, suspect, dead):
    liveness = every(interval_s)
    last_s = 39 * interval_s
    assert liveness.interval_s == interval_s
    assert liveness.suspect(last_s + age_s) is suspect
    assert liveness.dead(last_s + age_s) is dead


def test_the_first_report_alone_is_held_to_the_rhythm_of_a_fast_machine():
    liveness = reporting(10.0)
    assert not liveness.suspect(11.5)
    assert liveness.suspect(11.51)
    assert not liveness.dead(12.25)
    assert liveness.dead(12.3125)


def test_silence_is_noticed_however_long_it_lasts():
    liveness = reporting(0.5, 1.0)
    assert all(liveness.suspect(t_s) and liveness.dead(t_s) for t_s in (4.0, 5.0, 100.0, 3600.0))


@pytest.mark.parametrize("t_s", [9.75, 0.0, 5.0])
def test_a_report_that_comes_no_later_than_the_last_changes_nothing(t_s):
    liveness = every(0.25, 40)
    liveness.reported(t_s)
    assert liveness.interval_s == 0.25
    assert not liveness.suspect(9.75 + 1.5)
    assert liveness.suspect(9.75 + 1.51)


def test_a_gap_or_a_burst_does_not_change_the_rhythm():
    liveness = every(0.5, 20)
    for t_s in (15.0, 15.01, 15.02, 15.03):
        liveness.reported(t_s)
    assert liveness.interval_s == 0.5


def test_a_new_rhythm_is_learned_within_31_intervals():
    liveness = every(0.25, 40)
    for k in range(1, 16):
        liveness.reported(9.75 + k)
    assert liveness.interval_s == 0.25
    liveness.reported(9.75 + 16)
    assert liveness.interval_s == 1.0


def test_a_new_connection_owes_reports_from_its_beginning_in_the_rhythm_known():
    liveness = every(1.0)
    liveness.restart(100.0)
    assert liveness.interval_s == 1.0
    assert not liveness.suspect(103.0)
    assert not liveness.dead(103.875)
    assert liveness.dead(103.9375)


def test_reports_that_come_all_at_once_do_not_change_the_rhythm_however_many():
    liveness = every(0.5, 10)
    for _ in range(40):
        liveness.reported(4.5)
    assert liveness.interval_s == 0.5


def test_no_machine_teaches_more_patience_than_two_seconds_between_reports():
    assert every(2.5).interval_s == 2.0
    assert every(2.5).dead(39 * 2.5 + 8.01)
