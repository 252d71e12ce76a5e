"""Records split over notifications: joined when whole, dropped when not, never with an old speed."""

import pytest

from eccentread.ftms import FRAGMENT_TIMEOUT_S, Issue, RecordAssembler, TreadmillData, speed_kmh_in

AVERAGE_AND_DISTANCE = bytes.fromhex("0700 4f00 2a0000".replace(" ", ""))
"""More Data: average speed 0.79 km/h, distance 42 m."""
AVERAGE_AND_DISTANCE_LATER = bytes.fromhex("07004e00 2b0000".replace(" ", ""))
"""The same of the next record: 0.78 km/h, 43 m."""
INCLINE = bytes.fromhex("09000f00ff7f")
"""More Data: 1.5 %."""
SPEED_AND_ELAPSED = bytes.fromhex("000450002700")
"""The end of a record: 0.80 km/h, 39 s."""
SPEED_AND_ELAPSED_LATER = bytes.fromhex("000446002800")
"""The end of the next: 0.70 km/h, 40 s."""


def assembled(*arrivals: tuple[float, bytes]) -> list[TreadmillData]:
    """The records that notifications make, fed to a fresh assembler."""
    assembler = RecordAssembler()
    return [record for t_s, data in arrivals if (record := assembler.feed(t_s, data)) is not None]


def test_an_unsplit_record_comes_out_at_once():
    (record,) = assembled((0.0, SPEED_AND_ELAPSED))
    assert (record.speed_centi_kmh, record.elapsed_s, record.issues) == (80, 39, ())


def test_the_speed_of_a_record_is_in_its_last_fragment():
    split = (AVERAGE_AND_DISTANCE, INCLINE, SPEED_AND_ELAPSED)
    assert [speed_kmh_in(data) for data in split] == [None, None, 0.8]
    (record,) = assembled(*((0.0, data) for data in split))
    assert record.speed_kmh == 0.8


def test_nothing_comes_out_before_the_last_fragment():
    assert assembled((0.0, AVERAGE_AND_DISTANCE), (0.01, INCLINE)) == []


def test_fragments_join_to_one_record():
    (record,) = assembled((0.0, AVERAGE_AND_DISTANCE), (0.01, INCLINE), (0.02, SPEED_AND_ELAPSED))
    assert record == TreadmillData(
        flags=0b0100_0000_1110,
        speed_centi_kmh=80,
        average_speed_centi_kmh=79,
        distance_m=42,
        inclination_deci_pct=15,
        elapsed_s=39,
    )


@pytest.mark.parametrize(
    ("first", "last"),
    [("0120050000", "00005000"), ("01042700", "00205000050000")],
    ids=["steps first", "steps last"],
)
def test_steps_may_come_in_any_fragment(first: str, last: str):
    (record,) = assembled((0.0, bytes.fromhex(first)), (0.01, bytes.fromhex(last)))
    assert (record.speed_centi_kmh, record.steps) == (80, 5)


def test_one_record_leaves_nothing_to_the_next():
    _, record = assembled(
        (0.0, AVERAGE_AND_DISTANCE), (0.01, SPEED_AND_ELAPSED), (0.2, SPEED_AND_ELAPSED_LATER)
    )
    assert record == TreadmillData(flags=0x0400, speed_centi_kmh=70, elapsed_s=40)


def test_a_repeated_field_begins_a_new_record():
    (record,) = assembled(
        (0.0, AVERAGE_AND_DISTANCE), (0.2, AVERAGE_AND_DISTANCE_LATER), (0.21, SPEED_AND_ELAPSED_LATER)
    )
    assert (record.speed_centi_kmh, record.average_speed_centi_kmh, record.distance_m) == (70, 78, 43)
    assert record.issues == (Issue.FRAGMENTS_DROPPED,)


def test_a_repeated_field_in_the_last_fragment_is_a_record_of_its_own():
    speed_and_distance = bytes.fromhex("040050002b0000")
    (record,) = assembled((0.0, AVERAGE_AND_DISTANCE), (0.2, speed_and_distance))
    assert record == TreadmillData(
        flags=0x0004, speed_centi_kmh=80, distance_m=43, issues=(Issue.FRAGMENTS_DROPPED,)
    )


def test_reserved_bits_are_no_repeated_field():
    (record,) = assembled((0.0, bytes.fromhex("07e04f002a0000")), (0.01, bytes.fromhex("00e05000")))
    assert (record.distance_m, record.speed_centi_kmh) == (42, 80)
    assert record.issues == (Issue.STEPS_BIT, Issue.RESERVED_BITS)


@pytest.mark.parametrize(
    ("gap_s", "distance_m", "issues"),
    [
        (FRAGMENT_TIMEOUT_S, 42, ()),
        (FRAGMENT_TIMEOUT_S + 0.001, None, (Issue.FRAGMENTS_DROPPED,)),
    ],
)
def test_a_last_fragment_that_comes_too_late_is_a_record_of_its_own(gap_s: float, distance_m, issues):
    (record,) = assembled((10.0, AVERAGE_AND_DISTANCE), (10.0 + gap_s, SPEED_AND_ELAPSED))
    assert (record.speed_centi_kmh, record.distance_m, record.issues) == (80, distance_m, issues)


def test_the_time_of_a_record_counts_from_its_first_fragment():
    step_s = FRAGMENT_TIMEOUT_S * 0.75
    (record,) = assembled((0.0, AVERAGE_AND_DISTANCE), (step_s, INCLINE), (2 * step_s, SPEED_AND_ELAPSED))
    assert (record.distance_m, record.inclination_deci_pct, record.speed_centi_kmh) == (None, None, 80)
    assert record.issues == (Issue.FRAGMENTS_DROPPED,)


def test_the_time_of_a_record_counts_anew_after_a_drop():
    (record,) = assembled(
        (0.0, AVERAGE_AND_DISTANCE), (0.4, AVERAGE_AND_DISTANCE_LATER), (0.8, SPEED_AND_ELAPSED_LATER)
    )
    assert record.distance_m == 43


def test_loss_of_the_link_drops_the_record_under_way_and_the_next_one_tells():
    assembler = RecordAssembler()
    assembler.feed(0.0, AVERAGE_AND_DISTANCE)
    assembler.reset()
    told = assembler.feed(0.1, SPEED_AND_ELAPSED)
    after = assembler.feed(0.2, SPEED_AND_ELAPSED_LATER)
    assert told == TreadmillData(
        flags=0x0400, speed_centi_kmh=80, elapsed_s=39, issues=(Issue.FRAGMENTS_DROPPED,)
    )
    assert after is not None
    assert after.issues == ()


def test_a_second_loss_does_not_hide_the_first():
    assembler = RecordAssembler()
    assembler.feed(0.0, AVERAGE_AND_DISTANCE)
    assembler.reset()
    assembler.reset()
    record = assembler.feed(0.1, SPEED_AND_ELAPSED)
    assert record is not None
    assert record.issues == (Issue.FRAGMENTS_DROPPED,)


def test_reset_between_records_is_nothing_to_tell():
    assembler = RecordAssembler()
    assembler.feed(0.0, SPEED_AND_ELAPSED)
    assembler.reset()
    record = assembler.feed(0.1, SPEED_AND_ELAPSED)
    assert record is not None
    assert record.issues == ()


def test_a_record_tells_the_issues_of_all_its_fragments_once():
    cut = bytes.fromhex("07004f002a")
    (record,) = assembled((0.0, cut), (0.01, bytes.fromhex("000450002700ff")))
    assert (record.average_speed_centi_kmh, record.distance_m, record.speed_centi_kmh) == (79, None, 80)
    assert record.issues == (Issue.TRUNCATED, Issue.TRAILING_OCTETS)
    (record,) = assembled((0.0, cut), (0.01, bytes.fromhex("0004500027")))
    assert record.issues == (Issue.TRUNCATED,)


def test_fields_that_take_turns_without_more_data_are_records_of_their_own():
    with_distance, with_elapsed = assembled((0.0, bytes.fromhex("040050002a0000")), (0.5, SPEED_AND_ELAPSED))
    assert (with_distance.distance_m, with_distance.elapsed_s) == (42, None)
    assert (with_elapsed.distance_m, with_elapsed.elapsed_s) == (None, 39)
