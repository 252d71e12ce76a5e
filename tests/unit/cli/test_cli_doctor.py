"""`eccentread doctor`, with what there would have been to find."""

import pytest
from click.testing import CliRunner

from eccentread.cli.doctor import doctor, sound, sound_alarm
from eccentread.io.doctor import Finding
from eccentread.record import remembered as memory
from eccentread.ui.speakers import Tool

PLAYER, VOICE = Tool("pw-play", ("pw-play", "{}")), Tool("espeak-ng", ("espeak-ng", "--stdin"))


@pytest.fixture
def call(monkeypatch, tmp_path):
    """Call the command where these are the findings; the user's folders are new and empty."""
    monkeypatch.setattr(memory, "default_path", lambda: tmp_path / "machine.json")
    monkeypatch.setattr("eccentread.cli.profiles.own_folder", lambda: tmp_path / "treadmills")
    monkeypatch.setattr("eccentread.cli.doctor.default_folder", lambda: tmp_path / "belts")

    def run(*findings: Finding, arguments=()):
        async def diagnose(folder, last):
            return list(findings)

        monkeypatch.setattr("eccentread.io.doctor.diagnose", diagnose)
        return CliRunner().invoke(doctor, arguments, standalone_mode=False)

    return run


def test_what_nobody_can_tell_is_neither_ticked_nor_a_trouble(call):
    found = call(Finding("D-Bus", ok=True, detail="there"), Finding("BlueZ", ok=None, detail="not known"))
    assert found.return_value == 0
    assert found.stdout.splitlines()[:2] == ["✓ D-Bus: there", "– BlueZ: not known"]


def test_a_trouble_comes_with_its_way_out(call):
    found = call(Finding("BlueZ", ok=False, detail="5.54", way_out="Update it."))
    assert found.return_value == 4
    assert found.stdout.splitlines()[:2] == ["✗ BlueZ: 5.54", "    Update it."]


@pytest.mark.parametrize(
    ("players", "voices", "ok", "says"),
    [
        ([PLAYER], [VOICE], True, "pw-play plays it, espeak-ng speaks it"),
        ([PLAYER], [], None, "pw-play plays it, nothing speaks it"),
        ([], [VOICE], None, "nothing plays it, espeak-ng speaks it"),
        ([], [], None, "only the terminal's bell"),
    ],
)
def test_it_says_by_what_an_alarm_is_heard(players, voices, ok, says):
    [finding] = sound(players, voices)
    assert finding.ok is ok
    assert says in finding.detail
    assert (finding.way_out is None) is (ok is True)


def test_a_computer_without_sound_is_fit_and_is_told(call, monkeypatch):
    monkeypatch.setenv("PATH", "")
    found = call()
    assert found.return_value == 0
    assert "– alarm: there is only the terminal's bell" in found.stdout


class Siren:
    """Remembers what was done with it."""

    def __init__(self):
        self.done = []

    def start(self, words):
        self.done.append(words)

    def close(self):
        self.done.append("closed")


def test_the_alarm_can_be_heard_and_ends_when_somebody_has_heard_enough(monkeypatch):
    def interrupted(for_s):
        raise KeyboardInterrupt

    siren = Siren()
    monkeypatch.setattr("time.sleep", interrupted)
    with pytest.raises(KeyboardInterrupt):
        sound_alarm(siren, 8.0)
    assert siren.done == ["Feet on the side rails! Hold on. Pull the safety key.", "closed"]


def test_sound_is_made_only_when_asked_for(call, monkeypatch):
    sounded = []
    monkeypatch.setattr("eccentread.cli.doctor.sound_alarm", lambda siren, for_s: sounded.append(for_s))
    call()
    assert sounded == []


@pytest.mark.parametrize(
    ("players", "voices", "says"),
    [
        ([PLAYER], [VOICE], "make it as loud as it must be"),
        ([], [VOICE], "without its siren"),
        ([], [], "only the terminal's bell"),
    ],
)
def test_before_the_alarm_it_says_what_will_be_heard_and_then_asks_whether_it_was(
    call, monkeypatch, players, voices, says
):
    said = []
    monkeypatch.setattr("eccentread.cli.doctor.speakers.players", lambda: players)
    monkeypatch.setattr("eccentread.cli.doctor.speakers.voices", lambda: voices)
    monkeypatch.setattr("eccentread.cli.doctor.sound_alarm", lambda siren, for_s: said.append(for_s))
    before, after = call(arguments=["--sound"]).stdout.splitlines()[-2:]
    assert said == [8.0]
    assert says in before
    assert "8 s" in before
    assert after.startswith("Was it heard where the athlete stands")


def test_it_shows_where_belts_that_may_run_are_written_down(call, tmp_path):
    assert f"✓ state folder: {tmp_path / 'belts'}; no belt" in call().stdout
