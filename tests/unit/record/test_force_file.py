"""A calibration of force is kept whole, for one machine, one speed and one day."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from eccentread.errors import InputError, OutputError
from eccentread.record.force_file import KeptForce, current, keep, path_of, read
from eccentread.reps.force import ForceCalibration
from eccentread.reps.force_edge import Edge
from eccentread.reps.response import Response

ADDRESS = "AA:00:00:00:00:01"
MADE = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
LATER = MADE + timedelta(hours=3)
FOUND = ForceCalibration(
    edge=Edge(Response(0.4, 1.3, 0.2), 0.3, (0.1, -0.2)),
    gain=0.002,
    gain_error=0.0001,
    friction=0.0004,
    friction_error=0.00002,
    correlation=-0.5,
    baseline_kmh=0.81,
    noise_kmh=0.01,
    interval_s=0.25,
    coarseness=0.01,
    scatter=0.02,
    r_squared=0.99,
    up_down=-0.01,
    linearity=0.02,
    stall_margin=0.6,
    pulls=8,
    rides=4,
)
KEPT = KeptForce(
    session="20261121T093000Z-0001",
    software="0",
    simulated=False,
    address=ADDRESS,
    name="Belt",
    made_utc=MADE,
    speed_kmh=0.8,
    warm=True,
    calibration=FOUND,
)


def test_what_is_kept_is_read_back(tmp_path):
    path = path_of(ADDRESS, tmp_path / "new")
    keep(KEPT, path)
    assert read(path) == KEPT
    keep(replace(KEPT, warm=False), path)
    assert read(path) == replace(KEPT, warm=False)
    assert [file.name for file in path.parent.iterdir()] == ["AA-00-00-00-00-01.json"]


def test_it_holds_on_its_day_for_its_machine_at_its_speed(tmp_path):
    keep(KEPT, path_of(ADDRESS, tmp_path))
    assert current(ADDRESS, 0.8, folder=tmp_path, now_utc=LATER) == KEPT
    assert current(ADDRESS, 1.0, folder=tmp_path, now_utc=LATER) is None
    assert current("BB:00:00:00:00:02", 0.8, folder=tmp_path, now_utc=LATER) is None
    assert current(ADDRESS, 0.8, folder=tmp_path, now_utc=MADE + timedelta(hours=12)) is None
    assert current(ADDRESS, 0.8, folder=tmp_path, now_utc=MADE - timedelta(minutes=1)) is None


def test_a_file_put_in_anothers_place_does_not_count(tmp_path):
    keep(KEPT, path_of("BB:00:00:00:00:02", tmp_path))
    assert current("BB:00:00:00:00:02", 0.8, folder=tmp_path, now_utc=LATER) is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"force": 2}', '{"force": 1, "gain": 3}'])
def test_a_damaged_file_is_an_error_with_the_way_out(tmp_path, content):
    path = path_of(ADDRESS, tmp_path)
    path.write_text(content)
    with pytest.raises(InputError, match="eccentread calibrate"):
        current(ADDRESS, 0.8, folder=tmp_path, now_utc=LATER)


def test_no_number_is_lost(tmp_path):
    path = tmp_path / "force.json"
    keep(KEPT, path)
    content = json.loads(path.read_text())
    assert content["force"] == 1
    assert content["calibration"]["gain"] == FOUND.gain


def test_a_place_that_cannot_be_written_is_an_error_with_the_way_out(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="--from 20261121T093000Z-0001"):
        keep(KEPT, tmp_path / "file" / "force.json")
