"""Meeting a treadmill: held to what is remembered, remembered once its belt was locked."""

import pytest

from eccentread.cli.acquaintance import Acquaintance, recall
from eccentread.errors import Cause, MachineError
from eccentread.events import Connected, Cue, CueKind
from eccentread.record import remembered as memory
from eccentread.record.remembered import Remembered

ADDRESS = "AA:00:00:00:00:01"
DEVICE = {"manufacturer": "Maker", "model": "T202", "serial": "4711", "firmware": "1.2"}
LAST = Remembered(ADDRESS, "Belt", "Maker", "T202", "4711", "1.2")
LOCKED = Cue(30.0, CueKind.BELT_LOCKED, "…")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "machine.json"


def test_the_machine_of_last_time_is_accepted_in_silence(heard):
    belt = Acquaintance(heard("Belt"), LAST)
    belt.accept(DEVICE)
    assert belt.notes == []


def test_another_machine_at_its_address_is_refused(heard):
    belt = Acquaintance(heard("Belt"), LAST)
    with pytest.raises(MachineError, match="is another treadmill than last time") as raised:
        belt.accept(DEVICE | {"serial": "1"})
    assert raised.value.cause is Cause.MACHINE_MISTAKEN
    assert raised.value.exit_status == 4


def test_a_machine_that_a_person_named_is_whatever_it_is(heard):
    Acquaintance(heard("Belt")).accept(DEVICE | {"serial": "1"})


def test_new_firmware_is_told_once(heard, capsys):
    belt = Acquaintance(heard("Belt"), LAST)
    belt.accept(DEVICE | {"firmware": "1.3"})
    belt.tell_notes()
    belt.tell_notes()
    assert capsys.readouterr().err.count("firmware of Belt (AA:00:00:00:00:01) is 1.3") == 1


def test_a_link_that_comes_back_is_not_refused_for_a_read_that_failed(heard):
    """Its belt may be running, and stop is to be sent."""
    belt = Acquaintance(heard("Belt"), LAST)
    belt.accept(DEVICE)
    belt.accept({})


def test_a_machine_that_this_computer_holds_is_told(heard):
    [note] = Acquaintance(heard("Belt", rssi_dbm=None)).notes
    assert "Belt (AA:00:00:00:00:01) is connected to this computer already" in note


def test_a_machine_is_remembered_once_its_belt_was_locked(heard, path):
    belt = Acquaintance(heard("Belt"))
    belt.see(Connected(1.0, "whatever", ADDRESS, device=DEVICE))
    belt.remember(path)
    assert memory.recall(path) is None
    belt.see(LOCKED)
    belt.remember(path)
    assert memory.recall(path) == LAST


def test_a_nameless_machine_is_remembered_by_its_address(heard, path):
    belt = Acquaintance(heard())
    belt.see(Connected(1.0, ADDRESS, ADDRESS))
    belt.see(LOCKED)
    belt.remember(path)
    assert memory.recall(path) == Remembered(ADDRESS, "")


def test_a_machine_that_was_named_replaces_the_one_remembered(heard, path):
    memory.remember(LAST, path)
    other = Acquaintance(heard("Other", "BB:00:00:00:00:02"))
    other.see(Connected(1.0, "Other", "BB:00:00:00:00:02", device={"model": "X"}))
    other.see(LOCKED)
    other.remember(path)
    assert memory.recall(path) == Remembered("BB:00:00:00:00:02", "Other", model="X")


def test_what_cannot_be_remembered_is_a_note_and_no_failure(heard, tmp_path):
    (tmp_path / "file").touch()
    belt = Acquaintance(heard("Belt"))
    belt.see(LOCKED)
    belt.remember(tmp_path / "file" / "machine.json")
    [note] = belt.notes
    assert "cannot be remembered" in note


def test_a_damaged_memory_is_a_sentence_and_no_machine(path):
    path.write_text("{")
    last, [sentence] = recall(path)
    assert last is None
    assert "scan --forget" in sentence
    path.unlink()
    assert recall(path) == (None, [])
