"""Whole sessions with a belt sensor beside the treadmill, on one virtual air."""

import json
from pathlib import Path

import pytest

ECHO = (Path(__file__).parents[2] / "sim/eccentread_sim/personalities/set-point-echo.toml").read_text()
NEAR_S = 1.5


@pytest.fixture
def pad(tmp_path):
    """The pad that echoes its set-point, with keys for its sensor (or other sections)."""

    def write(keys: str) -> str:
        path = tmp_path / "pad.toml"
        path.write_text(ECHO + keys)
        return f"sim:{path}"

    return write


def matched(session) -> int:
    """Reps that stand for a push each."""
    pushes = [push["onset_s"] for push in session.pushes]
    found = 0
    for rep in session.reps:
        nearest = min(pushes, key=lambda onset_s, rep=rep: abs(onset_s - rep["onset_s"]))
        if abs(nearest - rep["onset_s"]) <= NEAR_S:
            pushes.remove(nearest)
            found += 1
    return found


def journalled(session, kind: str) -> list[dict]:
    lines = (session.folder / "journal.jsonl").read_text().splitlines()
    return [found for line in lines if kind in (found := json.loads(line)).values()]


@pytest.mark.parametrize("seed", [1, 2, 4])
def test_pushes_that_the_machine_hides_are_counted_from_the_sensor(session, seed):
    done = session("--sensor", "sim", machine="sim:set-point-echo", seed=seed)

    assert done.called.status == 0
    assert [one["count"] for one in done.summary["sets"]] == [15, 15, 15]
    assert matched(done) == 45
    [check] = journalled(done, "signal-checked")
    assert check["source"] == "belt-sensor"
    assert any("machine-speed, not counted from" in one["text"] for one in journalled(done, "noted"))
    assert done.stands


def test_a_magnet_on_a_roller_counts_where_a_revolution_is_short(session, pad):
    done = session(
        "--sensor", "sim", "--sensor-length-m", "0.16", machine=pad('[sensor]\nkind = "csc"\n'), seed=1
    )

    assert done.called.status == 0
    assert matched(done) == 45


def test_a_magnet_that_comes_by_too_seldom_is_told_cannot_count(session, pad):
    machine = pad('[sensor]\nkind = "csc"\nrevolution_m = 0.6\n')

    done = session("--sensor", "sim", "--sensor-length-m", "0.6", machine=machine)

    assert done.called.status == 4
    assert done.summary["sets"] == []
    [check] = journalled(done, "signal-checked")
    assert "never moved" in check["reason"]
    assert "once in 2.7 s" in check["reason"]
    assert done.stands


def test_a_sensor_with_a_drifting_clock_lost_notifications_and_missed_edges_still_counts(session, pad):
    keys = (
        "[sensor]\ndrift_ppm = 200.0\nloss_rate = 0.05\nmissed_rate = 0.01\nedge_jitter_s = 0.0001\n"
        "delay_s = 0.1\nripple = 0.02\n"
    )

    done = session("--sensor", "sim", machine=pad(keys), seed=1)

    assert matched(done) == 45


def test_a_sensor_that_dies_in_a_set_ends_it_and_stops_the_belt(session, pad):
    done = session("--sensor", "sim", machine=pad("[sensor]\ndies_at_s = 130.0\n"), seed=1)

    assert done.called.status == 3
    assert [fault["reason"] for fault in done.summary["faults"]] == ["sensor-silent"]
    fault_s = done.summary["faults"][0]["t_s"]
    assert 130.0 < fault_s < 133.5
    assert len(done.summary["sets"]) == 1
    assert done.stands


def test_a_belt_that_runs_faster_than_the_machine_says_is_stopped(session, pad):
    """The machine reports its set-point, 0.8 km/h; its belt runs at 1.36."""
    keys = "[sensor]\n"
    machine = pad(keys)
    path = Path(machine.removeprefix("sim:"))
    path.write_text(path.read_text().replace('archetype = "D"', 'archetype = "D"\nbias = 1.7'))

    done = session("--sensor", "sim", machine=machine)

    assert done.called.status == 3
    assert [fault["reason"] for fault in done.summary["faults"]] == ["sensed-over-speed"]
    fast = [t_s for t_s, speed in done.speeds if speed > 1.2]
    assert fast[-1] - fast[0] < 4.0
    assert done.stands


def test_a_machine_that_measures_is_counted_from_whichever_is_better(session):
    done = session("--sensor", "sim", machine="sim:default")

    assert done.called.status == 0
    assert matched(done) == 45


def test_a_length_that_a_sensor_does_not_need_is_told(session):
    told = session("--sensor", "sim", "--sensor-length-m", "5")
    assert told.called.status == 0
    assert told.called.err.count("tells its own length; --sensor-length-m is left aside.") == 1
    assert "left aside" not in session("--sensor", "sim").called.err


def test_a_replay_and_an_analysis_count_as_the_session_did(session, eccentread):
    folder = session("--sensor", "sim", machine="sim:set-point-echo").folder

    assert eccentread("replay", folder).status == 0
    found = json.loads(eccentread("analyse", "--jsonl", folder).out)
    assert [one["count"] for one in found["sets"]] == [15, 15, 15]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--sensor", "Wheel"), "has its own belt sensor"),
        (("--sensor-length-m", "0.2"), "name it with --sensor"),
    ],
)
def test_a_sensor_that_makes_no_sense_is_refused_in_one_sentence(eccentread, tmp_path, words, said):
    called = eccentread("run", "--machine", "sim", "--fast", "--yes", "--out", tmp_path, *words)
    assert called.status == 2
    assert said in called.err


@pytest.mark.parametrize(
    ("keys", "said"),
    [('[sensor]\nkind = "csc"\n', "--sensor-length-m"), ('[sensor]\nkind = "none"\n', "no belt sensor")],
)
def test_a_simulated_machine_without_a_usable_sensor_says_so(eccentread, tmp_path, pad, keys, said):
    called = eccentread(
        "run", "--machine", pad(keys), "--sensor", "sim", "--fast", "--yes", "--out", tmp_path / "kept"
    )
    assert called.status == 2
    assert said in called.err
