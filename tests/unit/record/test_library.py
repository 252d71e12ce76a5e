import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from eccentread.errors import InputError, OutputError
from eccentread.record.library import default_root, find, list_sessions, new_session

BEGUN = datetime(2026, 11, 21, 1, 45, 12, tzinfo=UTC)
IDS = ("20261121T014512Z-3f9a", "20261121T014512Z-77aa", "20261122T080000Z-0001")


@pytest.fixture
def root(tmp_path):
    for name in reversed(IDS):
        (tmp_path / name).mkdir()
        (tmp_path / name / "journal.jsonl").touch()
    (tmp_path / "20261123T000000Z-dead").mkdir()  # no journal: not a session
    return tmp_path


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=9))])
def test_a_new_session_is_a_folder_named_by_its_instant_in_utc(tmp_path, zone):
    folder = new_session(tmp_path / "deep" / "root", BEGUN.astimezone(zone))
    assert folder.is_dir()
    assert folder.parent == tmp_path / "deep" / "root"
    assert re.fullmatch(r"20261121T014512Z-[0-9a-f]{4}", folder.name)


def test_sessions_begun_in_the_same_second_stay_apart(tmp_path):
    assert len({new_session(tmp_path, BEGUN) for _ in range(200)}) == 200


def test_a_root_that_cannot_be_written_is_said_with_a_way_out(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"file.*--out"):
        new_session(tmp_path / "file", BEGUN)


def test_sessions_are_listed_oldest_first(root):
    assert [folder.name for folder in list_sessions(root)] == list(IDS)


def test_where_nothing_was_recorded_nothing_is_listed(tmp_path):
    assert list_sessions(tmp_path / "none") == []


@pytest.mark.parametrize("given", [IDS[0], "20261121T014512Z-3", "20261121T014512Z-3f9"])
def test_a_session_is_found_by_its_id_or_the_beginning_of_it(root, given):
    assert find(given, root) == root / IDS[0] / "journal.jsonl"


def test_a_whole_id_is_found_though_another_begins_with_it(root):
    (root / f"{IDS[0]}-copy").mkdir()
    (root / f"{IDS[0]}-copy" / "journal.jsonl").touch()
    assert find(IDS[0], root).parent.name == IDS[0]


def test_a_session_is_found_by_folder_and_by_journal_wherever_they_lie(root, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("none")
    journal = root / IDS[1] / "journal.jsonl"
    assert find(str(journal), elsewhere) == journal
    assert find(str(journal.parent), elsewhere) == journal


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("2025", "no session '2025' in .*`history`"),
        ("", "no session '' in .*`history`"),
        ("20261123T000000Z-dead", "no session .*`history`"),
        ("20261121", "'20261121' fits 2 sessions .*3f9a.*77aa.*more of the id"),
    ],
)
def test_a_session_that_is_not_there_or_not_alone_is_said_with_a_way_out(root, given, complaint):
    with pytest.raises(InputError, match=complaint):
        find(given, root)


def test_sessions_live_in_the_users_own_data_folder():
    assert default_root().parts[-2:] == ("eccentread", "sessions")
