"""`eccentread scan`, with what a radio would have heard."""

import json

import pytest
from click.testing import CliRunner

from eccentread.cli.scan import scan
from eccentread.errors import Cause, MachineError
from eccentread.record import remembered as memory
from eccentread.record.latch import Hold, Holder, Machine, default_folder
from eccentread.record.remembered import Remembered

LAST = Remembered("AA:00:00:00:00:01", "Belt")


@pytest.fixture
def call(monkeypatch, tmp_path):
    """Call the command where these machines are heard; the user's folders are new and empty."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(memory, "default_path", lambda: tmp_path / "machine.json")
    monkeypatch.setattr("eccentread.cli.profiles.own_folder", lambda: tmp_path / "treadmills")

    def run(*words: str, heard=()):
        async def look(time_s):
            return list(heard)

        monkeypatch.setattr("eccentread.io.scan.scan", look)
        return CliRunner().invoke(scan, words, standalone_mode=False)

    return run


def test_machines_are_told_one_after_another(call, heard):
    found = call(heard=[heard("URTM041"), heard("Thing", "BB:00:00:00:00:02")])
    assert found.return_value == 0
    first, second = found.stdout.split("\n\n")
    assert first.startswith("URTM041\n")
    assert "UREVO E1L" in first
    assert second.startswith("Thing\n")
    assert "unknown model" in second
    assert found.stderr == ""


def test_json_is_one_object_a_machine(call, heard):
    found = call("--json", heard=[heard("URTM041"), heard("Thing", "BB:00:00:00:00:02")])
    rows = [json.loads(line) for line in found.stdout.splitlines()]
    assert [(row["name"], row["profile"]) for row in rows] == [("URTM041", "urevo-e1l"), ("Thing", None)]


def test_the_treadmill_of_last_time_is_marked_and_no_other(call, heard, tmp_path):
    memory.remember(LAST, tmp_path / "machine.json")
    found = call(heard=[heard("Belt", "BB:00:00:00:00:02"), heard("Belt")])
    assert found.stdout.splitlines()[0] == "Belt"
    assert found.stdout.count("remembered") == 1
    assert found.stderr == ""


def test_the_treadmill_of_last_time_that_is_not_heard_is_told(call, heard, tmp_path):
    memory.remember(LAST, tmp_path / "machine.json")
    found = call(heard=[heard("Belt", "BB:00:00:00:00:02")])
    assert found.return_value == 0
    assert "Your treadmill Belt (AA:00:00:00:00:01) was not heard" in found.stderr
    assert call().return_value == 4


def test_nothing_heard_is_status_4_with_the_way_out(call):
    found = call()
    assert (found.return_value, found.stdout) == (4, "")
    assert found.stderr.count("\n") == 1
    assert "simulator" in found.stderr


def test_the_treadmill_of_last_time_is_forgotten(call, tmp_path):
    assert call("--forget").stdout == "No treadmill was remembered.\n"
    memory.remember(LAST, tmp_path / "machine.json")
    assert call("--forget").stdout == "Belt (AA:00:00:00:00:01) is forgotten.\n"
    assert not (tmp_path / "machine.json").exists()


def test_a_damaged_memory_is_told_and_can_be_forgotten(call, heard, tmp_path):
    (tmp_path / "machine.json").write_text("{")
    found = call(heard=[heard("Belt")])
    assert found.return_value == 0
    assert "none is remembered" in found.stderr
    assert call("--forget").stdout == "The damaged file is removed.\n"
    assert call(heard=[heard("Belt")]).stderr == ""


def test_a_bad_profile_of_ones_own_is_told_and_left_out(call, heard, tmp_path):
    (tmp_path / "treadmills").mkdir()
    (tmp_path / "treadmills" / "mine.toml").write_text("schema = 1\ncolour = 2\n")
    found = call(heard=[heard("URTM041")])
    assert found.return_value == 0
    assert "mine.toml" in found.stderr
    assert "UREVO" in found.stdout


def test_machines_that_are_held_or_no_treadmills_are_not_connected_to(call, heard, monkeypatch):
    asked = []

    async def inquire(device, **_):
        asked.append(device.address)
        raise MachineError(Cause.MACHINE_UNREACHABLE, "It is gone.")

    monkeypatch.setattr("eccentread.io.inquire.inquire", inquire)
    machines = [
        heard("Held", "AA:00:00:00:00:01", rssi_dbm=None),
        heard("Bike", "AA:00:00:00:00:02", treadmill=False),
        heard("Shy", "AA:00:00:00:00:03", treadmill=None),
        heard("Belt", "AA:00:00:00:00:04"),
    ]
    found = call("--connect", "--json", heard=machines)
    assert asked == ["AA:00:00:00:00:03", "AA:00:00:00:00:04"]
    rows = [json.loads(line) for line in found.stdout.splitlines()]
    assert [row["error"] for row in rows] == [None, None, "It is gone.", "It is gone."]


def test_no_session_begins_on_a_machine_while_it_is_asked_and_none_is_disturbed(call, heard, monkeypatch):
    free = []

    async def inquire(device, **_):
        free.append(Hold(Machine(device.address, ""), default_folder()).take(Holder.SESSION))
        raise MachineError(Cause.MACHINE_UNREACHABLE, "It is gone.")

    monkeypatch.setattr("eccentread.io.inquire.inquire", inquire)
    machines = [heard("Mine", "AA:00:00:00:00:01"), heard("Belt", "AA:00:00:00:00:02")]
    call()
    session = Hold(Machine("AA:00:00:00:00:01", "Mine"), default_folder())
    session.take(Holder.SESSION)
    found = call("--connect", "--json", heard=machines)
    session.release()

    rows = [json.loads(line) for line in found.stdout.splitlines()]
    assert "Another session" in rows[0]["error"]
    assert rows[1]["error"] == "It is gone."
    assert free == [False]
