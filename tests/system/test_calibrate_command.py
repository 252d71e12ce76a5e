"""`eccentread calibrate` on the simulator, over real Bluetooth bytes."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from eccentread.record.force_file import keep, read


@pytest.fixture
def calibrate(eccentread, tmp_path, monkeypatch):
    """Calibrate a simulated machine in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def run(*words, machine="sim", seed=1):
        return eccentread(
            "calibrate", "--machine", machine, "--fast", "--yes", "--seed", str(seed),
            "--out", tmp_path / "kept", "--truth", tmp_path / "truth.jsonl", "--to", tmp_path / "force.json",
            *words,
        )  # fmt: skip

    return run


def truth(tmp_path, what):
    lines = [json.loads(line) for line in (tmp_path / "truth.jsonl").read_text().splitlines()]
    return [line for line in lines if line["what"] == what]


def test_a_calibration_is_kept_that_says_it_is_simulated(calibrate, tmp_path):
    called = calibrate()
    assert called.status == 0
    kept = read(tmp_path / "force.json")
    assert kept.simulated
    assert kept.warm
    assert kept.speed_kmh == 0.8
    assert kept.calibration.mu == pytest.approx(0.12, abs=0.03)  # that of `default`, an archetype C
    assert kept.calibration.r_squared > 0.98
    assert (kept.calibration.pulls, kept.calibration.rides) == (8, 4)
    assert called.out.count("SIMULATED") >= 2
    speeds = [line["speed_kmh"] for line in truth(tmp_path, "speed")]
    assert max(speeds) < 1.1
    assert speeds[-5:] == [0] * 5


def test_the_journal_gives_the_same_again(calibrate, eccentread, tmp_path):
    calibrate()
    [session] = [path.name for path in (tmp_path / "kept").iterdir()]
    again = tmp_path / "again.json"
    called = eccentread("calibrate", "--from", session, "--out", tmp_path / "kept", "--to", again)
    assert called.status == 0
    assert again.read_text() == (tmp_path / "force.json").read_text()
    called = eccentread("replay", tmp_path / "kept" / session)
    assert called.status == 2
    assert "eccentread calibrate --from" in called.err


def test_a_torn_journal_says_what_is_missing(calibrate, eccentread, tmp_path):
    calibrate()
    whole = next((tmp_path / "kept").glob("*/journal.jsonl")).read_bytes()
    (tmp_path / "torn.jsonl").write_bytes(whole[: len(whole) // 2])
    called = eccentread("calibrate", "--from", tmp_path / "torn.jsonl", "--to", tmp_path / "torn.json")
    assert called.status == 3
    assert "No calibration." in called.out
    assert not (tmp_path / "torn.json").exists()


def test_an_old_journal_does_not_take_the_place_of_a_later_calibration(
    calibrate, eccentread, tmp_path, monkeypatch
):
    monkeypatch.setattr("eccentread.cli.calibrate.default_folder", lambda: tmp_path / "forces")
    calibrate()
    [old] = (tmp_path / "kept").iterdir()
    path = tmp_path / "forces" / "F0-0D-00-00-00-01.json"
    called = eccentread("calibrate", "--from", old)
    assert called.status == 0
    kept = read(path)
    later = replace(kept, made_utc=kept.made_utc + timedelta(minutes=10))
    keep(later, path)
    assert "later calibration" in eccentread("calibrate", "--from", old).out
    assert read(path) == later


@pytest.mark.parametrize("to", ["there", "no/such/force.json"])
def test_a_place_that_cannot_be_written_is_refused_before_anything_moves(calibrate, tmp_path, to):
    (tmp_path / "there").mkdir()
    called = calibrate("--to", to)
    assert called.status == 2
    assert "--to" in called.err
    assert not (tmp_path / "truth.jsonl").exists()


def test_a_machine_whose_dips_do_not_follow_the_loads_is_refused(calibrate, tmp_path):
    called = calibrate(machine="sim:set-point-echo")
    assert called.status == 4
    assert "R²" in called.out
    assert not (tmp_path / "force.json").exists()


def test_a_machine_that_cannot_go_so_slowly_is_refused_before_anything_moves(calibrate, tmp_path):
    called = calibrate(machine="sim:min-speed-1")
    assert called.status == 4
    assert all(line["speed_kmh"] == 0 for line in truth(tmp_path, "speed"))


@pytest.mark.parametrize("personality", ["mph-wire", "mph-lie"])
def test_a_belt_that_runs_in_miles_is_stopped(calibrate, tmp_path, personality):
    called = calibrate(machine=f"sim:{personality}")
    assert called.status != 0
    assert not (tmp_path / "force.json").exists()
    assert truth(tmp_path, "speed")[-1]["speed_kmh"] == 0


def test_a_commissioning_is_no_calibration(eccentread, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    eccentread("commission", "--machine", "sim", "--fast", "--yes", "--seed", "1", "--out", tmp_path / "kept")
    called = eccentread("calibrate", "--from", next((tmp_path / "kept").iterdir()))
    assert called.status == 2
    assert "no calibration" in called.err


@pytest.mark.parametrize(
    "words", [("--fast", "--pace", "3", "--machine", "sim"), ("--yes", "--machine", "Belt"), ("--fast",)]
)
def test_options_that_do_not_fit_are_refused(eccentread, words):
    assert eccentread("calibrate", *words).status == 2
