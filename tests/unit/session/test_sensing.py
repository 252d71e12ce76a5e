"""The belt sensor as the session reads it, and its word beside the machine's."""

import struct

import pytest

from eccentread.events import Reason, SensorConnected, SensorKind, SensorLost, SensorNotified
from eccentread.safety import Alarm, Limits, Spike
from eccentread.sensors import Sample
from eccentread.session.second_opinion import SecondOpinion
from eccentread.session.sensing import Sensing

FACTS = bytes.fromhex("0100200088CC0000204E000001020300")
LIMITS = Limits(80)


def csc(revolutions: int, ticks: int) -> bytes:
    return b"\x01" + struct.pack("<IH", revolutions, ticks)


def connected(kind: SensorKind = SensorKind.CSC, **fields) -> SensorConnected:
    fields = {"length_m": 0.16} | fields
    return SensorConnected(1.0, "Wheel", "AA", kind, **fields)


def notes(sensing: Sensing) -> str:
    return " ".join(note.text for note in sensing.notes)


def test_a_wheel_of_known_length_gives_speeds_and_says_where_it_sits():
    sensing = Sensing()
    assert sensing.feed(connected(location=b"\x0c")) == ()
    assert "Wheel" in notes(sensing)
    assert "rear wheel" in notes(sensing)
    assert sensing.length_m == 0.16
    sensing.feed(SensorNotified(2.0, csc(1, 0)))
    [sample] = sensing.feed(SensorNotified(2.8, csc(2, 737)))
    assert sample.speed_mps == pytest.approx(0.16 / 0.7197, rel=1e-3)


@pytest.mark.parametrize(
    ("sensor", "why"),
    [
        (connected(length_m=None), "how much belt"),
        (connected(facts=b"\x02\x00"), "no wheel revolutions"),
        (connected(SensorKind.HIGH_RATE), "what it is"),
        (connected(SensorKind.HIGH_RATE, facts=b"\x07"), "version 7"),
    ],
)
def test_a_sensor_that_cannot_be_read_is_noted_and_gives_nothing(sensor, why):
    sensing = Sensing()
    sensing.feed(sensor)
    assert why in notes(sensing)
    assert sensing.feed(SensorNotified(2.0, csc(1, 0))) == ()


def test_an_oddity_that_comes_with_every_packet_is_noted_once():
    sensing = Sensing()
    sensing.feed(connected(SensorKind.HIGH_RATE, facts=FACTS))
    assert sensing.feed(SensorNotified(2.0, b"\x00")) == ()
    assert sensing.notes
    sensing.feed(SensorNotified(2.1, b"\x00"))
    assert not sensing.notes


def test_lost_notifications_are_noted_once():
    sensing = Sensing()
    sensing.feed(connected(SensorKind.HIGH_RATE, facts=FACTS))
    for k, sequence in enumerate((0, 1, 5, 9)):
        head = struct.pack("<BBII", 0, sequence, (k + 1) * 20_000, k * 85)
        sensing.feed(SensorNotified(2.0 + k / 50, head + struct.pack("<h", 85) + bytes(3)))
        assert bool(sensing.notes) == (sequence == 5)


def test_a_lost_sensor_is_noted_and_a_new_connection_begins_anew():
    sensing = Sensing()
    sensing.feed(connected())
    sensing.feed(SensorNotified(2.0, csc(100, 0)))
    sensing.feed(SensorLost(3.0, "out of reach"))
    assert "out of reach" in notes(sensing)
    assert sensing.feed(SensorNotified(3.1, csc(101, 700))) == ()
    sensing.feed(connected())
    assert sensing.feed(SensorNotified(4.0, csc(101, 737))) == ()


def samples(kmh: float, begin_s: float, seconds: float, rate_hz: int = 50) -> list[Sample]:
    return [Sample(begin_s + k / rate_hz, kmh / 3.6) for k in range(round(seconds * rate_hz))]


def test_a_belt_that_the_sensor_sees_too_fast_is_a_reason_to_stop_after_two_readings():
    opinion = SecondOpinion()
    assert opinion.sensed(samples(1.25, 10.0, 0.8), LIMITS, ours=True, locked=True) is None
    found = opinion.sensed(samples(1.25, 10.8, 0.4), LIMITS, ours=True, locked=True)
    assert isinstance(found, Alarm)
    assert found.reason is Reason.SENSED_OVER_SPEED
    assert "1.25" in found.text


@pytest.mark.parametrize(("kmh", "ours"), [(1.19, True), (5.0, False)], ids=["at the limit", "not our belt"])
def test_below_the_limit_or_before_the_start_nothing_is_said(kmh, ours):
    assert SecondOpinion().sensed(samples(kmh, 10.0, 10.0), LIMITS, ours=ours, locked=False) is None


def test_a_surge_at_release_is_no_over_speed():
    opinion = SecondOpinion()
    for t_s, kmh in [(10.0, 0.8), (11.0, 1.36), (11.4, 0.9), (12.0, 0.8), (13.0, 1.36), (13.4, 0.8)]:
        assert opinion.sensed(samples(kmh, t_s, 0.4), LIMITS, ours=True, locked=True) is None


def test_a_wheel_at_one_notification_a_second_needs_two_of_them():
    opinion = SecondOpinion()
    *before, second = [
        opinion.sensed(samples(1.3, t_s, 1.0, 1), LIMITS, ours=True, locked=True) for t_s in (1.0, 2.0, 3.0)
    ]
    assert before == [None, None]  # the first only begins
    assert isinstance(second, Alarm)


def disagreeing(kmh: float, seconds: int, told_until_s: float = 1e9, locked: bool = True) -> list[Spike]:
    opinion, found = SecondOpinion(), []
    for t_s in range(10, 10 + seconds):
        if t_s < told_until_s:
            opinion.reported(float(t_s), 0.8)
        found.append(opinion.sensed(samples(kmh, t_s, 1.0), LIMITS, ours=True, locked=locked))
    return [one for one in found if one is not None]


def test_a_speed_that_differs_for_five_seconds_is_noted_once():
    [note] = disagreeing(0.5, 30)
    assert isinstance(note, Spike)
    assert "0.50" in note.text
    assert "0.80" in note.text


def test_what_differs_little_or_briefly_or_on_no_locked_belt_or_from_nothing_fresh_is_not():
    assert disagreeing(0.7, 30) == []
    assert disagreeing(0.5, 5) == []
    assert disagreeing(0.5, 30, locked=False) == []
    assert disagreeing(0.5, 30, told_until_s=12.0) == []
