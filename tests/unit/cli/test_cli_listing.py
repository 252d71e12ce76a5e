"""What scan tells of a machine."""

import json

import pytest

from eccentread.cli.listing import WIDTH, Listed
from eccentread.io.inquire import Told
from eccentread.session.profile import Match, Profile

BELT = Profile(
    key="belt",
    name="Maker Belt",
    suitable=False,
    why="It is a walking pad, and a walking pad has no side rails to stand on; it is fast, too.",
    min_centi_kmh=96,
    max_centi_kmh=610,
    step_centi_kmh=32,
    match=Match(("Belt*",)),
)
VERIFIED = Profile(
    key="verified",
    name="Maker Belt, firmware 1",
    suitable=True,
    why="Tried.",
    match=Match(("Belt*",), firmware="1"),
)
RANGE = bytes.fromhex("500058020a00")  # 0.80–6.00 in steps of 0.10


def rows(listed: Listed) -> dict[str, str]:
    """The text after each label, its lines joined."""
    found: dict[str, str] = {}
    label = ""
    for line in list(listed.lines())[1:]:
        label = line[2:13].strip() or label
        found[label] = f"{found.get(label, '')} {line[13:]}".strip()
    return found


def test_a_known_machine_is_told_whole(heard):
    listed = Listed(heard("Belt 7"), [BELT], remembered=True)
    assert next(listed.lines()) == "Belt 7 - remembered"
    assert rows(listed) == {
        "address": "AA:00:00:00:00:01",
        "signal": "-58 dBm",
        "kind": "treadmill",
        "model": "Maker Belt",
        "speeds": "0.96 to 6.1 km/h in steps of 0.32, as its profile says",
        "suitable": f"no. {BELT.why}",
    }


def test_an_unknown_machine_is_said_to_be_and_its_range_is_not_guessed(heard):
    told = rows(Listed(heard("Thing", treadmill=None), [BELT]))
    assert told["model"] == "unknown model"
    assert told["suitable"] == "unknown. Nobody has written down what this model does."
    assert told["kind"] == "fitness machine, kind not told"
    assert "speeds" not in told


def test_a_machine_without_a_name_and_one_that_is_no_treadmill(heard):
    assert next(Listed(heard(), []).lines()) == "(no name)"
    bike = rows(Listed(heard("Bike", treadmill=False), []))
    assert bike["kind"] == "not a treadmill"
    assert bike["suitable"].startswith("no. ")


def test_a_machine_that_is_connected_to_this_computer_has_no_signal(heard):
    listed = Listed(heard("Belt", rssi_dbm=None), [])
    assert rows(listed)["signal"] == "connected to this computer (another program may hold it)"
    assert listed.to_json()["connected"] is True


def test_what_a_machine_told_decides_its_profile_and_its_range(heard):
    known = [BELT, VERIFIED]
    listed = Listed(heard("Belt 7"), known, told=Told({"model": "B", "firmware": "1"}, RANGE))
    assert rows(listed)["model"] == "Maker Belt, firmware 1"
    assert rows(listed)["says"] == "model B, firmware 1"
    assert rows(listed)["speeds"] == "0.8 to 6 km/h in steps of 0.1, as the machine says"
    updated = Listed(heard("Belt 7"), known, told=Told({"firmware": "2"}, RANGE))
    assert rows(updated)["model"] == "Maker Belt"
    assert rows(updated)["note"] == "What is known of Maker Belt, firmware 1 holds for firmware 1, not for 2."
    assert rows(updated)["speeds"].endswith("as its profile says")


def test_what_may_be_known_once_it_is_asked_is_hinted(heard):
    assert rows(Listed(heard("Belt 7"), [VERIFIED]))["model"] == (
        "unknown, perhaps Maker Belt, firmware 1 (--connect asks it)"
    )


def test_a_machine_that_says_nothing_or_could_not_be_asked(heard):
    assert rows(Listed(heard("Belt"), [], told=Told({}, None)))["says"] == "nothing of itself"
    assert rows(Listed(heard("Belt"), [], trouble="It is gone."))["says"] == "It is gone."
    assert "speeds" not in rows(Listed(heard("Belt"), [], told=Told({}, b"\x01")))


@pytest.mark.parametrize("name", ["Belt", "B" * 200, "Лента 🏃"])
def test_no_line_is_wider_than_a_terminal(heard, name):
    told = Told({"manufacturer": "M" * 40, "model": "N" * 40, "firmware": "9 " * 60}, RANGE)
    listed = Listed(heard(name), [BELT, VERIFIED], remembered=True, told=told, trouble="x " * 100)
    assert max(map(len, listed.lines())) <= WIDTH


def test_a_name_cannot_command_the_terminal(heard):
    told = Told({"model": "\x1b]0;x\x07"}, None)
    text = "\n".join(Listed(heard("\x1b[2JBelt"), [], told=told).lines())
    assert "\x1b" not in text
    assert "\x07" not in text


def test_json_says_the_same_to_programs(heard):
    told = Told({"firmware": "1"}, RANGE)
    listed = Listed(heard("Belt 7"), [BELT, VERIFIED], remembered=True, told=told)
    assert json.loads(json.dumps(listed.to_json())) == {
        "address": "AA:00:00:00:00:01",
        "name": "Belt 7",
        "rssi_dbm": -58,
        "connected": False,
        "treadmill": True,
        "remembered": True,
        "profile": "verified",
        "model": "Maker Belt, firmware 1",
        "suitable": "yes",
        "why": "Tried.",
        "speeds": {"min_kmh": 0.8, "max_kmh": 6.0, "step_kmh": 0.1, "source": "machine"},
        "device": {"firmware": "1"},
        "error": None,
    }
    unknown = Listed(heard(), [BELT]).to_json()
    assert (unknown["name"], unknown["profile"], unknown["suitable"]) == (None, None, "unknown")
    assert (unknown["speeds"], unknown["device"]) == (None, None)


def test_json_and_the_reference_name_the_same_keys(heard):
    from pathlib import Path

    reference = (Path(__file__).parents[3] / "docs/reference/cli.md").read_text(encoding="utf-8")
    row = next(line for line in reference.splitlines() if line.startswith("| `--json`"))
    listed = Listed(heard("Belt 7"), [BELT]).to_json()
    for key in (*listed, *listed["speeds"]):
        assert f"`{key}`" in row
