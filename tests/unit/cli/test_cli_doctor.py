"""`eccentread doctor`, with what there would have been to find."""

import pytest
from click.testing import CliRunner

from eccentread.cli.doctor import doctor
from eccentread.io.doctor import Finding
from eccentread.record import remembered as memory


@pytest.fixture
def call(monkeypatch, tmp_path):
    """Call the command where these are the findings; the user's folders are new and empty."""
    monkeypatch.setattr(memory, "default_path", lambda: tmp_path / "machine.json")
    monkeypatch.setattr("eccentread.cli.profiles.own_folder", lambda: tmp_path / "treadmills")

    def run(*findings: Finding):
        async def diagnose(folder, last):
            return list(findings)

        monkeypatch.setattr("eccentread.io.doctor.diagnose", diagnose)
        return CliRunner().invoke(doctor, standalone_mode=False)

    return run


def test_what_nobody_can_tell_is_neither_ticked_nor_a_trouble(call):
    found = call(Finding("D-Bus", ok=True, detail="there"), Finding("BlueZ", ok=None, detail="not known"))
    assert found.return_value == 0
    assert found.stdout.splitlines()[:2] == ["✓ D-Bus: there", "– BlueZ: not known"]


def test_a_trouble_comes_with_its_way_out(call):
    found = call(Finding("BlueZ", ok=False, detail="5.54", way_out="Update it."))
    assert found.return_value == 4
    assert found.stdout.splitlines()[:2] == ["✗ BlueZ: 5.54", "    Update it."]
