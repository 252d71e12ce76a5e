"""The program is called with standard streams closed: a whole session all the same, its record complete."""

import json
import subprocess

import pytest

from driving import QUICK
from processes import MAIN


@pytest.mark.parametrize("closed", ["<&-", ">&-", "<&- >&- 2>&-"])
def test_a_session_needs_none_of_them(tmp_path, closed):
    protocol, truth, kept = tmp_path / "quick.toml", tmp_path / "truth.jsonl", tmp_path / "kept"
    protocol.write_text(QUICK)
    words = ("run", "--machine", "sim", "--fast", "--seed", "1", "--yes")
    files = ("--protocol", protocol, "--truth", truth, "--out", kept)
    call = ["sh", "-c", f'exec "$@" {closed}', "sh", *MAIN, *words, *map(str, files)]
    assert subprocess.run(call, check=False, timeout=100).returncode == 0
    lines = [json.loads(line) for line in truth.read_text().splitlines()]
    assert [line["speed_kmh"] for line in lines if line["what"] == "speed"][-5:] == [0.0] * 5
    [folder] = kept.iterdir()
    summary = json.loads((folder / "summary.json").read_text())
    assert (summary["outcome"], summary["sets"][0]["count"]) == ("finished", 2)
