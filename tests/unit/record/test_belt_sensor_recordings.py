"""A session that was counted from a belt sensor: its speeds for `analyse`, its loads in the tables."""

import csv
import struct
from dataclasses import replace

import pytest

from eccentread.events import (
    LoadReported,
    SensorConnected,
    SensorKind,
    SensorLost,
    SensorNotified,
    SignalChecked,
    Source,
)
from eccentread.record.export import export
from eccentread.record.recordings import journal_recording

CHECK = SignalChecked(50.0, True, "", 9.0, 9.0, 0.8, 0.01, 0.01, 0.2)


def notified(t_s, revolutions, ticks):
    return SensorNotified(t_s, b"\x01" + struct.pack("<IH", revolutions, ticks))


@pytest.fixture
def with_sensor(session):
    connected = SensorConnected(10.0, "Wheel", "AA", SensorKind.CSC, length_m=0.16)
    events = (
        connected,
        notified(10.0, 1, 0),
        notified(11.0, 2, 737),
        SensorLost(12.0, "out of reach"),
        replace(connected, t_s=20.0),
        notified(20.0, 9, 0),
        notified(21.0, 10, 369),
        LoadReported(22.0, Source.POWER, -22),
    )
    return replace(session, events=(*session.events, *events))


def checked(journal, source):
    return replace(journal, events=(*journal.events, replace(CHECK, source=source)))


def test_speeds_are_those_of_the_source_that_was_counted_from(with_sensor, tmp_path):
    sensed = journal_recording(tmp_path, checked(with_sensor, Source.BELT_SENSOR))
    assert sensed.speeds_kmh == pytest.approx([0.8, 1.6], rel=2e-3)
    told = journal_recording(tmp_path, checked(with_sensor, Source.MACHINE_SPEED))
    unchecked = journal_recording(tmp_path, with_sensor)
    assert list(told.speeds_kmh) == list(unchecked.speeds_kmh) != list(sensed.speeds_kmh)


def test_loads_and_the_source_are_in_the_tables(with_sensor, tmp_path):
    export([checked(with_sensor, Source.BELT_SENSOR)], tmp_path, "csv")
    with (tmp_path / "loads.csv").open() as file:
        [row] = csv.DictReader(file)
    assert (row["t_s"], row["source"], row["value"]) == ("22.0", "power", "-22")
    with (tmp_path / "sessions.csv").open() as file:
        [row] = csv.DictReader(file)
    assert row["speed_source"] == "belt-sensor"
