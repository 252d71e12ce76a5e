"""The treadmill of last time: kept whole, read back, held to what it told."""

import json
from dataclasses import replace

import pytest

from eccentread.errors import InputError, OutputError
from eccentread.record.remembered import Remembered, forget, mistaken, of, recall, remember, updated

ADDRESS = "AA:00:00:00:00:01"
DEVICE = {"manufacturer": "Maker", "model": "T202", "serial": "4711", "firmware": "1.2", "hardware": "A"}
BELT = Remembered(ADDRESS, "Belt", "Maker", "T202", "4711", "1.2")


def test_what_is_remembered_is_read_back(tmp_path):
    path = tmp_path / "new" / "machine.json"
    remember(BELT, path)
    assert recall(path) == BELT
    remember(replace(BELT, address="BB:00:00:00:00:02"), path)
    assert recall(path) == replace(BELT, address="BB:00:00:00:00:02")
    assert [file.name for file in path.parent.iterdir()] == ["machine.json"]


def test_names_of_any_kind_survive(tmp_path):
    odd = Remembered(ADDRESS, "Лаuf\x1b[31m 🏃", "\ufffd", "", "\0", "v1")
    remember(odd, tmp_path / "machine.json")
    assert recall(tmp_path / "machine.json") == odd


def test_a_machine_is_remembered_by_what_it_told():
    assert of(ADDRESS, "Belt", DEVICE) == BELT
    assert of(ADDRESS, "", {}) == Remembered(ADDRESS, "")


def test_without_a_file_nothing_is_remembered(tmp_path):
    assert recall(tmp_path / "machine.json") is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"{}",
        b'{"machine":2,"address":"a","name":"b"}',
        b'{"machine":1,"address":"a"}',
        b'{"machine":1,"address":"a","name":5}',
        b'{"machine":1,"address":"a","name":"b","colour":"red"}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_one_sentence_with_the_way_out(tmp_path, content):
    path = tmp_path / "machine.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as raised:
        recall(path)
    assert str(path) in raised.value.sentence
    assert raised.value.sentence.endswith("`eccentread scan --forget` removes the file.")


def test_a_folder_in_its_place_is_a_damaged_file(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        recall(tmp_path)


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_failure_leaves_what_was_remembered_and_nothing_else(tmp_path, monkeypatch, failing):
    path = tmp_path / "machine.json"
    remember(BELT, path)

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"os.{failing}" if failing == "fsync" else "pathlib.Path.replace", fail)
    with pytest.raises(OutputError, match=r"Twin \(.*\) cannot be remembered .*No space left.*--machine"):
        remember(replace(BELT, name="Twin"), path)
    assert recall(path) == BELT
    assert [file.name for file in tmp_path.iterdir()] == ["machine.json"]


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be remembered"):
        remember(BELT, tmp_path / "file" / "machine.json")


def test_forgetting(tmp_path):
    path = tmp_path / "machine.json"
    assert not forget(path)
    remember(BELT, path)
    assert forget(path)
    assert recall(path) is None
    path.mkdir()
    with pytest.raises(OutputError, match="remove it yourself"):
        forget(path)


# --- whether it is the one ----------------------------------------------------------------------------------


def test_the_same_machine_is_not_mistaken():
    assert mistaken(BELT, DEVICE) is None
    assert mistaken(Remembered(ADDRESS, ""), {"firmware": "2", "hardware": "B"}) is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"manufacturer": "Other"}, "its manufacturer is Other, not Maker"),
        ({"model": "T303"}, "its model is T303, not T202"),
        ({"serial": "4712"}, "its serial number is 4712, not 4711"),
        ({"serial": ""}, "its serial number is not told, not 4711"),
    ],
)
def test_another_machine_at_the_address_is_told_with_the_way_out(change, says):
    sentence = mistaken(BELT, DEVICE | change)
    assert sentence is not None
    assert says in sentence
    assert f"--machine {ADDRESS}" in sentence
    assert sentence.endswith(".")


def test_a_machine_that_told_nothing_is_not_one_that_tells():
    assert "its model is T202, not untold" in str(mistaken(Remembered(ADDRESS, ""), {"model": "T202"}))


def test_the_file_is_plain_json_of_one_line(tmp_path):
    path = tmp_path / "machine.json"
    remember(BELT, path)
    assert json.loads(path.read_text()) == {
        "machine": 1, "address": ADDRESS, "name": "Belt", "manufacturer": "Maker", "model": "T202",
        "serial": "4711", "firmware": "1.2",
    }  # fmt: skip


def test_another_firmware_is_news_and_no_mistake():
    new = DEVICE | {"firmware": "1.3"}
    assert mistaken(BELT, new) is None
    assert updated(BELT, DEVICE) is None
    assert updated(BELT, new) == (
        f"The firmware of Belt ({ADDRESS}) is 1.3, last time it was 1.2: "
        "what was known of it may no longer hold."
    )
    assert "no longer told" in str(updated(BELT, {}))
