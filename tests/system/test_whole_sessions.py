"""A whole guided session, over real Bluetooth bytes, from one command."""

import json

import pytest

STEADY_KMH = 0.85
"""The belt is held at 0.8 km/h; a report may be this far above it."""

NEAR_S = 1.0
"""A rep's onset lies this close to the onset of the push it stands for."""

COUNTABLE = ["default", "budget-pmdc", "research-servo", "split-records", "tach-pi", "walking-pad"]


def matched(session) -> list[dict]:
    """The true push for each rep; no push stands for two reps."""
    pushes = {push["onset_s"]: push for push in session.pushes}
    found = []
    for rep in session.reps:
        nearest = min(pushes, key=lambda onset_s, rep=rep: abs(onset_s - rep["onset_s"]))
        assert abs(nearest - rep["onset_s"]) <= NEAR_S
        found.append(pushes.pop(nearest))
    return found


@pytest.mark.parametrize("seed", range(1, 11))
def test_every_push_counts_once_and_the_belt_is_held_and_stands_at_the_end(session, seed):
    done = session(seed=seed)

    assert done.called.status == 0
    assert done.summary["outcome"] == "finished"
    assert [one["count"] for one in done.summary["sets"]] == [15, 15, 15]
    assert len(matched(done)) == 45
    assert max(speed for _, speed in done.speeds) <= STEADY_KMH
    assert done.stands


@pytest.mark.parametrize("personality", COUNTABLE)
def test_machines_that_measure_their_belt_finish_with_the_true_count(session, personality):
    done = session(machine=f"sim:{personality}", seed=101)

    assert done.called.status == 0
    assert len(matched(done)) == 45
    assert done.stands


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_machine_that_echoes_its_set_point_is_told_cannot_count_and_gets_no_number(session, seed):
    done = session(machine="sim:set-point-echo", seed=seed)

    assert done.called.status == 4
    assert "cannot count" in done.called.out
    assert done.summary["sets"] == []
    assert [fault["reason"] for fault in done.summary["faults"]] == ["cannot-count"]
    assert "rep " not in done.called.out
    assert done.stands


def test_a_machine_that_reads_km_h_as_mph_is_stopped_at_once(session):
    done = session(machine="sim:mph-wire")

    assert done.called.status == 3
    assert [fault["reason"] for fault in done.summary["faults"]] == ["over-speed"]
    fast = [t_s for t_s, speed in done.speeds if speed > 1.25]
    assert fast
    assert fast[-1] - fast[0] < 3.0
    assert done.stands


def test_a_machine_that_cannot_run_slowly_enough_is_never_set_in_motion(session):
    done = session(machine="sim:min-speed-1")

    assert done.called.status == 4
    assert done.commands == []
    assert max(speed for _, speed in done.speeds) == 0


def test_no_command_asks_for_more_than_the_lock_and_the_first_comes_after_five_seconds(session):
    done = session()
    commands = done.happened("command")

    assert [command["data"] for command in commands[:3]] == ["00", "07", "025000"]
    assert commands[0]["t_s"] >= 5.0
    asked = [int.from_bytes(bytes.fromhex(data)[1:3], "little") for data in done.commands if data[:2] == "02"]
    assert max(asked) <= 80


def test_equal_seeds_give_equal_sessions_to_the_last_digit(session):
    first, again, other = session(seed=5), session(seed=5), session(seed=6)

    assert first.truth == again.truth
    assert first.summary["sets"] == again.summary["sets"]
    assert first.truth != other.truth


def test_a_replay_gives_the_same_rows_and_so_does_the_one_after(session, eccentread):
    folder = session(seed=9).folder
    recorded = [
        line for line in (folder / "journal.jsonl").read_text().splitlines() if '"out":"rep-counted"' in line
    ]

    first, again = eccentread("replay", folder), eccentread("replay", folder)

    assert first.status == 0
    assert first.out.splitlines() == recorded
    assert first == again


def test_a_journal_that_a_crash_cut_off_replays_as_far_as_it_goes(session, eccentread, tmp_path):
    whole = (session(seed=9).folder / "journal.jsonl").read_bytes()
    torn = tmp_path / "torn.jsonl"
    torn.write_bytes(whole[: len(whole) // 2])

    called = eccentread("replay", torn)

    assert called.status == 0
    assert "breaks off" in called.err
    assert whole.decode().count('"out":"rep-counted"') > len(called.out.splitlines()) > 5


def test_analysing_the_journal_of_an_echo_says_what_the_session_said(session, eccentread):
    done = session(machine="sim:set-point-echo")

    found = json.loads(eccentread("analyse", "--jsonl", done.folder).out)

    assert found["verdict"] == "cannot-count"
    assert "never moved" in found["reason"]
    assert found["sets"] == []


def test_analysing_the_journal_counts_as_the_session_did(session, eccentread):
    done = session(seed=4)

    called = eccentread("analyse", "--jsonl", done.folder)

    found = json.loads(called.out)
    assert called.status == 0
    assert [one["count"] for one in found["sets"]] == [15, 15, 15]


def test_a_simulated_session_says_so_everywhere(session, eccentread, tmp_path):
    done = session()

    assert done.summary["simulated"] is True
    assert done.called.out.count("SIMULATED") >= 2
    assert json.loads((done.folder / "journal.jsonl").read_text().splitlines()[0])["simulated"] is True
    eccentread("export", done.folder, "--to", tmp_path / "tables")
    header, first, *_ = (tmp_path / "tables" / "reps.csv").read_text().splitlines()
    assert dict(zip(header.split(","), first.split(","), strict=True))["simulated"] == "true"
    assert "SIMULATED" in eccentread("history", "--out", done.folder.parent).out
