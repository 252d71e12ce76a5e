"""Which recordings the names on a command line mean."""

from pathlib import Path

import pytest

from eccentread.record.gathered import gather


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Recordings in a folder, and a session, and what is neither."""
    for name in (
        "b.csv",
        "a.csv",
        "a.events.csv",
        "C.CSV",
        "lone.events.csv",
        "notes.txt",
        ".hidden.csv",
        ".git/x.csv",
        "deep/er/d.csv",
        "session/journal.jsonl",
        "session/more.csv",
        "empty/notes.txt",
    ):
        path = tmp_path / "place" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    monkeypatch.chdir(tmp_path / "place")
    return tmp_path / "place"


def gathered(*names):
    return [str(path) for path in gather(map(Path, names))]


def test_files_keep_their_order_and_their_names(place):
    assert gathered("b.csv", str(place / "a.csv"), "session") == ["b.csv", str(place / "a.csv"), "session"]


def test_a_folder_means_the_recordings_and_sessions_in_it_and_below(place):
    assert gathered(".") == ["C.CSV", "a.csv", "b.csv", "deep/er/d.csv", "session"]


def test_a_pattern_means_the_files_that_fit(place):
    assert gathered("?.csv") == ["a.csv", "b.csv"]
    everything = "C.CSV a.csv b.csv deep/er/d.csv empty lone.events.csv notes.txt session"
    assert gathered("*") == everything.split()


def test_a_file_whose_name_looks_like_a_pattern_is_itself(place):
    (place / "[a].csv").touch()
    assert gathered("[a].csv") == ["[a].csv"]


def test_each_recording_is_meant_once(place):
    (place / "other.csv").symlink_to("b.csv")
    names = ["a.csv", "./a.csv", "a.events.csv", "b.csv", "other.csv", "?.csv"]
    assert gathered(*names) == ["a.csv", "b.csv"]
    assert gathered("session", "session/journal.jsonl") == ["session"]


def test_a_list_of_events_means_its_recording(place):
    assert gathered("a.events.csv") == ["a.csv"]


@pytest.mark.parametrize("name", ["nonesuch.csv", "nonesuch*.csv", "lone.events.csv", "empty", "notes.txt"])
def test_what_means_no_recording_stays_for_its_reader_to_say_so(place, name):
    assert gathered(name) == [name]


def test_links_that_lead_round_in_circles_end(place):
    (place / "deep" / "up").symlink_to("..")
    assert gathered("deep") == ["deep/er/d.csv"]


def test_a_folder_that_cannot_be_looked_into_stays(place, monkeypatch):
    def locked(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", locked)
    assert gathered("deep") == ["deep"]
