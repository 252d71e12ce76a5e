"""What real machines make of a record: their own packets are the measure where there are any."""

import pytest

from eccentread_sim.offer import Delivery, Number, Wire
from eccentread_sim.records import TreadmillRecord, encode_treadmill_data
from eccentread_sim.warps import Outbox, Sending, Warp

ROOMY = 244

PLAIN = TreadmillRecord(
    80,
    distance_m=37,
    energy_kcal=2,
    energy_per_hour_kcal=100,
    energy_per_minute_kcal=2,
    elapsed_s=31,
)


def sent(wire: Wire, record: TreadmillRecord = PLAIN, max_octets: int = ROOMY) -> list[str]:
    return [octets.hex() for octets in Warp(wire, 1).notifications(record, max_octets)]


@pytest.mark.parametrize("max_octets", [20, 60])
def test_a_machine_without_quirks_sends_what_the_specification_says(max_octets):
    full = TreadmillRecord(
        *range(1, 18), steps=None
    )  # every field of FTMS 1.0, so that 20 octets are too few
    for record in (PLAIN, full):
        plain = [octets.hex() for octets in encode_treadmill_data(record, max_octets)]
        assert sent(Wire(), record, max_octets) == plain


@pytest.mark.parametrize(
    ("wire", "record", "notification"),
    [
        # CITYSPORTS firmware N3601: energy an hour and a minute unknown, steps behind bit 13.
        (
            Wire(not_available=(Number.ENERGY_PER_HOUR, Number.ENERGY_PER_MINUTE)),
            TreadmillRecord(200, None, 33, energy_kcal=1, energy_per_hour_kcal=9, energy_per_minute_kcal=9,
                            elapsed_s=60, steps=65),
            "8424c8002100000100ffffff3c00410000",
        ),
        # UREVO E1L: the same two always 0, a heart rate that nobody measures, distance in steps of 10 m.
        (
            Wire(zero=(Number.ENERGY_PER_HOUR, Number.ENERGY_PER_MINUTE), distance_step_m=10),
            TreadmillRecord(225, None, 47, energy_kcal=3, energy_per_hour_kcal=9, energy_per_minute_kcal=9,
                            heart_rate_bpm=0, elapsed_s=96, steps=78),
            "8425e10028000003000000000060004e0000",
        ),
        # KingSmith Z1: a step count of 2 octets.
        (Wire(steps_octets=2), TreadmillRecord(80, None, 5, elapsed_s=9, steps=7), "0424500005000009000700"),
        # Life Fitness: ramp angle and elevation loss unknown.
        (
            Wire(
                not_available=(Number.RAMP_ANGLE, Number.ELEVATION_LOSS, Number.ENERGY_PER_HOUR,
                               Number.ENERGY_PER_MINUTE)
            ),
            TreadmillRecord(627, 563, 37, 60, 0, 0, 0, energy_kcal=2, energy_per_hour_kcal=1,
                            energy_per_minute_kcal=1, elapsed_s=31),
            "9e04730233022500003c00ff7f0000ff7f0200ffffff1f00",
        ),
    ],
)  # fmt: skip
def test_known_packets_of_real_machines_come_out(wire, record, notification):
    assert sent(wire, record) == [notification]


def test_a_number_that_the_record_lacks_is_not_made_up():
    assert sent(Wire(not_available=(Number.FORCE,), zero=(Number.INCLINATION,))) == sent(Wire())


MYRUN = TreadmillRecord(
    590, 388, 42, 0, 0, 1, 0, energy_kcal=2, energy_per_hour_kcal=1, energy_per_minute_kcal=1, met_deci=55,
    elapsed_s=39,
)  # fmt: skip


def test_a_record_in_declared_fragments_is_that_of_a_technogym_myrun_whatever_the_mtu():
    wire = Wire(fragments=(0x001F, 0x0680), not_available=(Number.ENERGY_PER_HOUR, Number.ENERGY_PER_MINUTE))
    assert sent(wire, MYRUN) == ["1f0084012a00000000000001000000", "80064e020200ffffff372700"]


def test_fields_that_a_machine_does_not_have_are_not_in_its_fragments():
    assert sent(Wire(fragments=(0x001F, 0xFF80))) == ["0500250000", "8004500002006400021f00"]


def test_flag_sets_take_turns_without_more_data():
    warp = Warp(Wire(flag_sets=(0x0004, 0x0480)), 1)
    heard = [warp.notifications(PLAIN, ROOMY) for _ in range(4)]
    assert [[octets.hex() for octets in each] for each in heard] == 2 * [
        ["04005000250000"],
        ["8004500002006400021f00"],
    ]


def test_a_packet_ends_where_it_is_cut_whatever_its_flags_promise():
    [cut] = sent(Wire(cut_to_octets=9))
    assert cut == sent(Wire())[0][:18]


def test_no_notification_is_longer_than_the_link_allows():
    longest = Wire(fragments=(0x0000, 0xFFFE), trailing=bytes(200), cut_to_octets=244)
    assert {len(octets) for octets in Warp(longest, 1).notifications(MYRUN, 20)} == {20}
    assert all(len(octets) <= 20 for octets in Warp(Wire(trailing=bytes(244)), 1).notifications(MYRUN, 20))


def test_octets_at_the_end_leave_less_room_for_the_fields():
    assert [len(octets) for octets in Warp(Wire(trailing=b"\0"), 1).notifications(PLAIN, 20)] == [15]
    long = Warp(Wire(trailing=bytes(2)), 1).notifications(MYRUN, 26)
    assert [octets[0] & 1 for octets in long] == [1, 0]
    assert len(Warp(Wire(), 1).notifications(MYRUN, 26)) == 1


def test_flags_without_fields_and_octets_without_flags_are_added():
    [plain] = sent(Wire())
    assert sent(Wire(extra_flags=0xC000, trailing=b"\xab\xcd")) == ["84c4" + plain[4:] + "abcd"]


def test_lost_fragments_are_as_many_as_asked_and_records_of_one_notification_are_whole():
    wire = Wire(fragments=(0x001F, 0x0680), lost_fragment_rate=0.1)
    warp = Warp(wire, 1)
    arrived = sum(len(warp.notifications(MYRUN, ROOMY)) for _ in range(2000))
    assert arrived == pytest.approx(3600, rel=0.02)
    whole = Warp(Wire(lost_fragment_rate=1.0), 1)
    assert len(whole.notifications(PLAIN, ROOMY)) == 1
    again = Warp(wire, 1)
    assert [again.notifications(MYRUN, ROOMY) for _ in range(50)] == [
        each.notifications(MYRUN, ROOMY) for each in [Warp(wire, 1)] for _ in range(50)
    ]


def delivered(delivery: Delivery, count: int = 2000, interval_s: float = 0.25) -> list[tuple[float, int]]:
    """What becomes of `count` numbered notifications: when each goes out."""
    outbox = Outbox(delivery, 1)
    out: list[tuple[float, int]] = []
    for number in range(count):
        t_s = number * interval_s
        while outbox.next_s < t_s:
            at_s = outbox.next_s
            out += [(at_s, int.from_bytes(one.octets)) for one in iter(lambda at=at_s: outbox.take(at), None)]
        outbox.notify(t_s, Sending("2acd", number.to_bytes(4)))
        out += [(t_s, int.from_bytes(one.octets)) for one in iter(lambda t=t_s: outbox.take(t), None)]
    return out


def test_an_outbox_without_quirks_lets_everything_out_at_once_in_its_order():
    assert delivered(Delivery(), 10) == [(number * 0.25, number) for number in range(10)]


def test_notifications_go_out_twice():
    out = delivered(Delivery(duplicate_rate=0.1))
    assert len(out) == pytest.approx(2200, rel=0.02)
    assert [number for _, number in out] == sorted(number for _, number in out)


def test_a_notification_is_overtaken_by_the_next_and_by_no_other():
    numbers = [number for _, number in delivered(Delivery(overtaken_rate=0.1))]
    swaps = [place for place in range(len(numbers) - 1) if numbers[place] > numbers[place + 1]]
    assert len(swaps) == pytest.approx(180, rel=0.2)
    assert all(numbers[place] == numbers[place + 1] + 1 for place in swaps)


def test_late_notifications_are_as_late_as_asked():
    out = delivered(Delivery(late_rate=0.1, late_s=0.6))
    late = [t_s - number * 0.25 for t_s, number in out if t_s != number * 0.25]
    assert len(late) == pytest.approx(200, rel=0.2)
    assert late == pytest.approx([0.6] * len(late))


def test_a_stray_answer_goes_ahead_of_the_answer_and_nothing_survives_the_link():
    outbox = Outbox(Delivery(stray_answers=(b"\x80\x07\x01", b"\x80")), 1)
    outbox.answer(1.0, Sending("2ad9", b"\x80\x00\x01"))
    assert [outbox.take(1.0) for _ in range(4)] == [
        Sending("2ad9", b"\x80\x07\x01"),
        Sending("2ad9", b"\x80"),
        Sending("2ad9", b"\x80\x00\x01"),
        None,
    ]
    outbox.answer(2.0, Sending("2ad9", b"\x80\x00\x01"))
    outbox.clear()
    assert outbox.take(9.0) is None


def taken(outbox: Outbox, t_s: float) -> list[bytes]:
    return [sending.octets for sending in iter(lambda: outbox.take(t_s), None)]


def test_some_notifications_are_lost_and_some_end_in_their_middle():
    outbox = Outbox(Delivery(lost_rate=0.3, halved_rate=0.5), 1)
    for number in range(1000):
        outbox.notify(number / 10, Sending("2acd", b"abcdef"))
    got = taken(outbox, 100.0)
    assert 650 < len(got) < 750
    assert set(got) == {b"abcdef", b"abc"}
    assert 0.4 < got.count(b"abc") / len(got) < 0.6


def test_jitter_delays_and_never_reorders():
    outbox = Outbox(Delivery(jitter_s=0.4), 1)
    came: list[tuple[float, int]] = []
    for number in range(1000):
        outbox.notify(number / 10, Sending("2acd", number.to_bytes(2)))
    while outbox.next_s < 1e9:
        at_s = outbox.next_s
        came += [(at_s, int.from_bytes(octets)) for octets in taken(outbox, at_s)]
    assert [number for _, number in came] == list(range(1000))
    late_s = [at_s - number / 10 for at_s, number in came]
    assert min(late_s) >= -1e-9
    assert 0.3 < max(late_s) <= 0.4


def test_delivery_may_be_another_for_a_while():
    outbox = Outbox(Delivery(), 1)
    outbox.deliver(2.0, Delivery(lost_rate=1.0))
    for t_s in (1.0, 1.9, 2.0, 3.0):
        outbox.notify(t_s, Sending("2acd", b"%d" % (10 * t_s)))
    assert taken(outbox, 9.0) == [b"20", b"30"]
