"""Real belts on which nobody pushed: walking, ramps, set-points. Nothing may be counted."""

import csv
import json
from collections import defaultdict

import pytest

from eccentread.reps import RepDetector, analyse
from eccentread.reps.response import Response

from .test_rep_detector import CALIBRATION


def reps_in(t_s, speed_kmh):
    return [rep for s in analyse(t_s, speed_kmh).sets for rep in s.reps]


@pytest.fixture(scope="module")
def walking(real_data):
    with (real_data / "treadmill-speed.csv").open() as file:
        return [(float(t), float(v) * 3.6) for t, v in csv.reader(file)]


def columns(path):
    with path.open() as file:
        rows = list(csv.DictReader(file))
    return {name: [row[name] for row in rows] for name in rows[0]}


@pytest.mark.parametrize("every", [1, 25, 100], ids=["100 Hz", "4 Hz", "1 Hz"])
@pytest.mark.parametrize("factor", [1.0, 0.8 / 3.6], ids=["as measured", "scaled to 0.8 km/h"])
def test_walking(walking, every, factor):
    assert reps_in([t for t, _ in walking[::every]], [v * factor for _, v in walking[::every]]) == []


@pytest.mark.parametrize(
    "response", [Response(1.0, 1.0, 0.1), Response(0.0, 0.8, 0.1)], ids=["sustained", "transient"]
)
@pytest.mark.parametrize("every", [1, 25, 100], ids=["100 Hz", "4 Hz", "1 Hz"])
def test_walking_under_a_detector_that_knows_pushes(walking, every, response):
    from dataclasses import replace

    detector = RepDetector(replace(CALIBRATION, response=response, interval_s=max(0.2, every / 100)))
    detector.begin_set(0.0)
    # The steps are slower than a push dips and last a fifth of it: 0.8 km/h is where the belt would be.
    steady = [(t, v * 0.8 / 3.6) for t, v in walking[::every] if t > 12.0]
    assert [rep for sample in steady if (rep := detector.feed(*sample)) is not None] == []


@pytest.mark.parametrize("column", ["meas_0p8_mps", "meas_1p2_mps", "meas_1p6_mps", "cmd_0p8_mps"])
@pytest.mark.parametrize("to_kmh", [3.6, 0.9], ids=["as measured", "slowed"])
def test_research_treadmill(real_data, column, to_kmh):
    data = columns(real_data / "moore2015_input_vs_output_digitised.csv")
    assert reps_in([float(t) for t in data["t_s"]], [float(v) * to_kmh for v in data[column]]) == []


def test_set_point_echo_of_a_lifespan(real_data):
    data = columns(real_data / "lifespan_tr1200b_cmd_vs_readback.csv")
    speed = [float(v) / 235 * 1.609344 for v in data["readback_reg0xD10A_raw"]]
    assert reps_in([k / 5 for k in range(len(speed))], speed) == []


def test_every_captured_session(real_data):
    sessions = defaultdict(list)
    for line in (real_data / "captures.jsonl").read_text().splitlines():
        packet = json.loads(line)
        data = bytes.fromhex(packet["hex"])
        if packet["uuid"] == "2acd" and len(data) >= 4 and not data[0] & 1:
            sessions[packet["source"]].append((packet["t"], int.from_bytes(data[2:4], "little") / 100))
    assert sessions
    for source, samples in sessions.items():
        assert reps_in(*zip(*samples, strict=True)) == [], source
