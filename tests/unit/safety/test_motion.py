"""What is known of a belt's motion, and what must be told of it."""

import pytest

from eccentread.events import BeltAtPeace, BeltMayRun, BeltStands, Command, CommandKind
from eccentread.safety import Motion


def command(kind: CommandKind, t_s: float = 1.0) -> Command:
    return Command(t_s, 1, kind, b"")


def test_before_anything_was_sent_a_belt_at_rest_is_at_rest():
    motion = Motion()
    assert not motion.may_run
    assert motion.zeros_prove_from_s == 0.0
    assert motion.believed
    assert not motion.reported(2.0, 0), "no person's word was ahead of it"


def test_a_reported_motion_is_one_until_it_is_reported_to_be_over():
    motion = Motion()
    motion.reported(2.0, 40)
    assert motion.may_run
    motion.reported(2.0, 0)
    assert not motion.may_run


def test_a_start_is_told_once_and_until_the_belt_was_seen_to_stand():
    motion = Motion()
    assert motion.commanded(command(CommandKind.START), 15.0) == [BeltMayRun(1.0)]
    assert motion.commanded(command(CommandKind.START, 2.0), 15.0) == []
    motion.reported(2.0, 0)
    assert motion.may_run
    assert motion.stands(9.0, "seen") == [BeltStands(9.0, "seen")]
    assert not motion.may_run
    assert motion.stands(10.0, "seen") == []
    assert motion.suspected(11.0) == [BeltMayRun(11.0)]


@pytest.mark.parametrize("kind", [CommandKind.REQUEST_CONTROL, CommandKind.STOP, CommandKind.PAUSE])
def test_what_moves_nothing_tells_nothing(kind):
    motion = Motion()
    assert motion.commanded(command(kind), 15.0) == []
    assert not motion.may_run


def test_zeros_prove_nothing_while_a_start_may_still_show():
    motion = Motion()
    motion.commanded(command(CommandKind.START), 15.0)
    assert motion.zeros_prove_from_s == 16.0
    motion.reported(2.0, 50)
    assert motion.zeros_prove_from_s == 0.0


@pytest.mark.parametrize("kind", [CommandKind.STOP, CommandKind.PAUSE])
def test_a_stop_may_start_a_belt_at_rest_for_a_while(kind):
    motion = Motion()
    assert not motion.restless(1.0)
    motion.commanded(command(kind), 15.0)
    assert motion.restless(15.9)
    assert not motion.restless(16.0)


def test_a_machine_that_takes_stops_for_starts_gets_fewer_of_them():
    motion = Motion()
    repeats = []
    for t_s in (1.0, 2.0, 3.0, 4.0):
        repeats.append(motion.repeat_s)
        motion.commanded(command(CommandKind.STOP, t_s), 15.0)
        motion.restarted(t_s + 0.5)
    assert repeats == [0.5, 2.0, 8.0, 8.0]


def test_a_start_long_after_the_last_stop_is_not_its_doing():
    motion = Motion()
    motion.commanded(command(CommandKind.STOP), 15.0)
    motion.restarted(31.0)
    motion.restarted(32.0)
    assert motion.repeat_s == 0.5


def test_a_long_countdown_that_is_told_late_may_be_a_stops_doing():
    motion = Motion()
    motion.commanded(command(CommandKind.STOP), 15.0)
    motion.restarted(30.875)
    assert motion.repeat_s == 2.0


def test_a_tried_stop_is_told_of_before_and_may_start_the_belt():
    motion = Motion()
    assert motion.commanded(command(CommandKind.TRY_STOP), 15.0) == [BeltMayRun(1.0)]
    assert motion.restless(15.875)
    assert motion.doubtful
    motion.reported(15.875, 0)
    assert not motion.stays
    motion.reported(16.0, 0)
    assert motion.stays
    motion.stands(16.0, "seen")
    assert not motion.doubtful


def test_peace_is_told_once_and_not_before_nothing_can_start_it_any_more():
    motion = Motion()
    assert motion.peace(0.0) == [], "nobody stands guard over a belt that was never moved"
    motion.commanded(command(CommandKind.START), 15.0)
    motion.commanded(command(CommandKind.STOP, 5.0), 15.0)
    motion.stands(8.0, "seen")
    assert motion.peace(8.0) == []
    motion.reported(19.875, 0)
    assert motion.peace(19.875) == []
    motion.reported(20.0, 0)
    assert motion.peace(20.0) == [BeltAtPeace(20.0)]
    assert motion.peace(20.25) == []
    motion.suspected(21.0)
    motion.stands(22.0, "seen")
    assert motion.peace(22.0) == [BeltAtPeace(22.0)]


def test_a_persons_word_goes_before_the_reports_until_they_agree():
    motion = Motion()
    motion.reported(4.0, 80)
    motion.stands(5.0, "a person saw it", 80)
    assert not motion.believed
    assert motion.reported(5.5, 40) is False
    assert motion.reported(6.0, 0) is True
    assert motion.believed
    assert motion.reported(6.5, 0) is False


def test_reports_that_rise_above_what_a_person_overruled_are_news():
    motion = Motion()
    motion.stands(5.0, "a person saw it", 40)
    assert [motion.reported(6.0 + k, speed) for k, speed in enumerate((44, 45, 44, 45, 45))] == [
        False, False, False, False, True,
    ]  # fmt: skip
    assert motion.believed


def test_a_word_that_no_fresh_report_denies_overrules_nothing():
    motion = Motion()
    motion.reported(1.0, 43)
    motion.stands(9.0, "a person saw it")
    assert motion.believed
    assert motion.at_peace
    assert motion.may_run  # to somebody who asks for a stop


def test_peace_is_to_be_seen_at_rest_when_no_stop_can_start_it_any_more():
    motion = Motion()
    assert motion.at_peace
    motion.commanded(command(CommandKind.STOP, 10.0), 0.0)
    motion.stands(13.0, "seen")
    assert not motion.at_peace
    motion.reported(24.9, 0)
    assert not motion.at_peace
    motion.reported(25.0, 0)
    assert motion.at_peace
    motion.reported(25.5, 30)
    assert not motion.at_peace


def test_a_person_can_see_its_peace_too():
    motion = Motion()
    motion.commanded(command(CommandKind.STOP, 10.0), 0.0)
    motion.stands(25.0, "a person saw it")
    assert motion.at_peace


@pytest.mark.parametrize(
    ("speeds", "news"),
    [((47, 47, 47), (False, False, False)), ((48, 48), (False, True)), ((60, 60), (False, True))],
)
def test_two_reports_in_a_row_of_a_rise_by_a_twentieth_of_a_km_h_are_news(speeds, news):
    motion = Motion()
    motion.stands(5.0, "a person saw it", 43)
    assert tuple(motion.reported(6.0 + k, speed) for k, speed in enumerate(speeds)) == news


def test_there_is_no_peace_before_it_was_seen():
    motion = Motion()
    motion.commanded(command(CommandKind.STOP, 10.0), 0.0)
    assert not motion.at_peace
    motion = Motion()
    motion.reported(0.0, 30)
    assert not motion.at_peace
