import csv
import re
from pathlib import Path

import pytest

from eccentread.errors import OutputError, UsageError
from eccentread.record.export import export, reference
from eccentread.record.tables import TABLES

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "export-csv.md"


@pytest.fixture
def exported(session, tmp_path):
    export([session], tmp_path, "csv")

    def read(name):
        with (tmp_path / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read


def test_a_rep_has_what_the_detector_saw_and_what_follows_from_it(exported):
    first, second, _ = exported("reps.csv")
    assert first == {
        "participant_id": "",
        "session_id": "20261121T014512Z-3f9a",
        "set_index": "1",
        "rep_index": "1",
        "side": "left",
        "onset_s": "20.0",
        "release_s": "22.5",
        "onset_utc": "2026-11-21T01:45:32.500Z",
        "contact_s": "2.5",
        "gap_before_s": "",
        "cycle_s": "",
        "speed_baseline_kmh": "0.8",
        "speed_min_kmh": "0.5",
        "dip_peak_kmh": "0.3",
        "dip_mean_kmh": "0.2",
        "overshoot_kmh": "0.01",
        "dip_area_m": "0.125",
        "belt_travel_m": "0.5",
        "load_rel_pct": "104.0",
        "label": "rep",
        "source": "auto",
        "confidence": "0.9",
        "count_latency_s": "0.5",
        "n_samples": "12",
        "simulated": "true",
    }
    assert (second["gap_before_s"], second["cycle_s"], second["load_rel_pct"]) == ("1.5", "4.0", "")


def test_gaps_and_cycles_do_not_reach_over_a_rest(exported):
    first_of_second_set = exported("reps.csv")[2]
    assert (first_of_second_set["set_index"], first_of_second_set["gap_before_s"]) == ("2", "")


def test_sets_have_their_times_their_rest_and_their_time_under_tension(exported):
    wanted = ("set_index", "target_reps", "done_reps", "start_s", "end_s", "rest_s", "time_under_tension_s")
    assert [tuple(row[name] for name in wanted) for row in exported("sets.csv")] == [
        ("1", "2", "2", "18.0", "27.0", "", "4.5"),
        ("2", "2", "1", "87.0", "95.0", "60.0", "2.5"),
    ]


def test_answers_are_kept_one_a_row_and_skipped_ones_are_empty(exported):
    assert [(row["t_s"], row["question"], row["answer"]) for row in exported("answers.csv")] == [
        ("1.0", "key-clipped", "1"),
        ("30.0", "effort-1", "5"),
        ("31.0", "pain-1", ""),
    ]


def test_the_session_says_with_what_and_how_it_went(exported):
    (row,) = exported("sessions.csv")
    wanted = (
        "started_utc",
        "manufacturer",
        "countable",
        "d_prime_rep",
        "done_reps",
        "outcome",
        "reason",
        "seed",
    )
    assert [row[name] for name in wanted] == [
        "2026-11-21T01:45:12.500Z", "Läufer", "true", "9.5", "3", "fault", "silent", "7",
    ]  # fmt: skip


def test_a_session_that_broke_off_leaves_empty_what_it_never_came_to(broken_off, tmp_path):
    export([broken_off], tmp_path, "csv")
    with (tmp_path / "sets.csv").open(newline="") as file:
        assert [(row["end_s"], row["done_reps"]) for row in csv.DictReader(file)] == [
            ("27.0", "2"),
            ("", "1"),
        ]
    with (tmp_path / "sessions.csv").open(newline="") as file:
        assert [(row["outcome"], row["reason"]) for row in csv.DictReader(file)] == [("", "")]


def test_several_sessions_share_the_tables_and_a_new_export_replaces_the_old(session, broken_off, tmp_path):
    written = export([session, broken_off], tmp_path / "new", "csv")
    assert written == [tmp_path / "new" / table.file_name for table in TABLES]
    assert len((tmp_path / "new" / "sessions.csv").read_text().splitlines()) == 3
    export([session], tmp_path / "new", "csv")
    assert len((tmp_path / "new" / "sessions.csv").read_text().splitlines()) == 2


def test_no_table_tells_the_address_of_the_machine(session, tmp_path):
    for path in export([session], tmp_path, "csv"):
        assert "aa:bb:cc" not in path.read_text()


def test_an_unknown_format_and_a_place_that_cannot_be_written_are_said(session, tmp_path):
    with pytest.raises(UsageError, match="'pdf'; choose from csv"):
        export([session], tmp_path, "pdf")
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"file.*--to"):
        export([session], tmp_path / "file", "csv")


def test_the_reference_page_shows_the_tables_as_they_are():
    assert reference() in PAGE.read_text(encoding="utf-8")


def test_columns_are_named_once_a_table_and_carry_their_unit():
    suffixes = {"s": "_s", "m": "_m", "km/h": "_kmh", "%": "_pct", "": ""}
    for table in TABLES:
        names = [column.name for column in table.columns]
        assert len(set(names)) == len(names)
        for column in table.columns:
            assert column.name.endswith(suffixes[column.unit])
            assert re.search(r"_(s|m|kmh|pct)$", column.name) is None or column.unit
