"""The simulated sensor against the program's decoders: two readings of one page."""

import math

import pytest

from eccentread.sensors import CscSpeed, HighRateSpeed, decode_facts
from eccentread.sensors.high_rate import decode_batch
from eccentread_sim.belt_sensor import BeltSensor, Sensor, SensorKind
from eccentread_sim.personality import PersonalityError, parse_personality

STEP_S = 0.01


def belt(sensor: BeltSensor, seconds: float, speed=lambda _: 0.8 / 3.6):
    """(arrival, octets) while the belt runs at `speed` of the time, m/s."""
    position, arrived = 0.0, []
    for k in range(1, round(seconds / STEP_S) + 1):
        t_s = k * STEP_S
        position += speed(t_s - STEP_S / 2) * STEP_S
        sensor.step(t_s, position)
        arrived += [(t_s, octets) for octets in sensor.take(t_s)]
    return arrived


def dipping(t_s: float) -> float:
    """0.8 km/h, and a dip to 0.3 each five seconds."""
    return (0.8 - 0.5 * max(0.0, math.sin(2 * math.pi * t_s / 5.0))) / 3.6


def test_the_high_rate_sensor_tells_the_true_speed_at_its_true_time_over_a_drifting_wrapping_clock():
    sensor = BeltSensor(Sensor(drift_ppm=100.0, ripple=0.0), seed=3)
    sensor.room = 182
    decoder = HighRateSpeed(decode_facts(sensor.facts))
    told = [s for t_s, octets in belt(sensor, 60.0, dipping) for s in decoder.feed(t_s, octets)]
    assert len(told) > 2900
    late = [s for s in told if s.t_s > 5.0]
    # The time is late by the least delay of a notification, 5 ms, and a physics step.
    assert max(abs(s.speed_mps - dipping(s.t_s - 0.02)) for s in late) < 0.005
    assert decoder.lost == 0


@pytest.mark.parametrize(("room", "octets"), [(20, 20), (182, 35), (244, 35)])
def test_a_notification_has_as_many_samples_as_fit_and_no_more_than_a_tenth_of_a_second(room, octets):
    sensor = BeltSensor(Sensor(), seed=1)
    sensor.room = room
    arrived = belt(sensor, 5.0)
    assert {len(each) for _, each in arrived} == {octets}
    assert len(arrived) * ((octets - 10) // 5) == pytest.approx(250, abs=6)


def test_a_belt_that_stands_is_said_to_stand():
    sensor = BeltSensor(Sensor(), seed=1)
    batches = [decode_batch(o) for _, o in belt(sensor, 8.0, lambda t_s: 0.2 if t_s < 3.0 else 0.0)]
    assert not any(batch.stands for batch in batches if batch.samples[0][0])
    assert batches[-1].stands


def test_dropped_notifications_show_in_the_sequence():
    sensor = BeltSensor(Sensor(loss_rate=0.2), seed=1)
    decoder = HighRateSpeed(decode_facts(sensor.facts))
    arrived = belt(sensor, 20.0)
    speeds = [s.speed_mps for t_s, octets in arrived for s in decoder.feed(t_s, octets)]
    assert decoder.lost == pytest.approx(0.2 * 500, abs=40)
    assert min(speeds[5:]) > 0.21


def test_slip_and_a_wrong_length_are_read_as_another_speed():
    for sensor, ratio in [(Sensor(slip=0.1), 0.9), (Sensor(length_error=0.6), 1.6)]:
        running = BeltSensor(sensor, seed=1)
        decoder = HighRateSpeed(decode_facts(running.facts))
        speeds = [s.speed_mps for t_s, octets in belt(running, 5.0) for s in decoder.feed(t_s, octets)]
        assert sum(speeds) / len(speeds) * 3.6 == pytest.approx(0.8 * ratio, rel=0.01)


def test_the_wheel_tells_revolutions_once_a_second():
    sensor = BeltSensor(Sensor(kind=SensorKind.CSC, ripple=0.0), seed=5)
    decoder = CscSpeed(0.16)
    arrived = belt(sensor, 200.0)
    assert len(arrived) == pytest.approx(200, abs=2)
    speeds = [s.speed_mps for t_s, octets in arrived for s in decoder.feed(t_s, octets)]
    assert all(speed == pytest.approx(0.8 / 3.6, rel=0.003) for speed in speeds[2:])


def test_equal_seeds_give_equal_octets():
    first, again, other = (belt(BeltSensor(Sensor(), seed), 3.0, dipping) for seed in (1, 1, 2))
    assert first == again != other


def test_a_sensor_is_a_section_of_a_personality():
    text = 'description = "x"\n[machine]\nname = "M"\n[drive]\narchetype = "A"\n[sensor]\nkind = "csc"\n'
    assert parse_personality(text, "t", "t").sensor.kind is SensorKind.CSC
    with pytest.raises(PersonalityError, match=r"sensor\.batch"):
        parse_personality(text + "batch = 0\n", "t", "t")
