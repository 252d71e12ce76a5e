"""The shelf of profiles: the bundled ones, the user's own, and files that are none."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from eccentread.cli.bundled import DEFAULT_PROTOCOL, bundled
from eccentread.cli.profiles import read_shelf
from eccentread.cli.sessions import replayed
from eccentread.events import Connected, Noted
from eccentread.record.journal import JOURNAL_NAME, Header, JournalWriter, read_journal
from eccentread.session.commissioning import Colophon, Findings, profile_text

PROFILE = """\
schema = 1
name = "{name}"
kind = "unknown"
suitable = "unknown"
why = "Nobody knows."
{match}
[reports]
source = "unknown"
why = "Nobody knows."
from = ["us"]
[[evidence]]
id = "us"
kind = "report"
where = "somewhere"
checked = "nothing"
"""


def put(folder: Path, key: str, *names: str) -> str:
    folder.mkdir(exist_ok=True)
    match = f"[match]\nnames = {list(names)!r}\nfrom = ['us']" if names else ""
    text = PROFILE.format(name=f"{folder.name} {key}", match=match)
    (folder / f"{key}.toml").write_text(text, encoding="utf-8")
    return text


def test_by_default_the_bundled_profiles_are_there_and_whole(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    shelf = read_shelf()
    assert len(shelf.known) > 10
    assert shelf.flaws == []


def test_the_users_own_file_takes_the_place_of_one_of_its_name(tmp_path):
    put(tmp_path / "bundled", "a", "A")
    put(tmp_path / "bundled", "b", "B")
    put(tmp_path / "own", "b", "B2")
    shelf = read_shelf([tmp_path / "bundled", tmp_path / "own"])
    assert [profile.name for profile in shelf.profiles] == ["bundled a", "own b"]


def test_a_folder_that_is_not_there_holds_nothing(tmp_path):
    assert read_shelf([tmp_path / "nothing"]).known == []


def test_bad_files_are_left_out_with_a_sentence_each(tmp_path):
    put(tmp_path / "own", "good", "A")
    (tmp_path / "own" / "typo.toml").write_text("schema = 1\ncolour = 2\n")
    (tmp_path / "own" / "noise.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "own" / "folder.toml").mkdir()
    (tmp_path / "own" / "notes.txt").write_text("not a profile")
    shelf = read_shelf([tmp_path / "own"])
    assert [profile.key for profile in shelf.profiles] == ["good"]
    assert len(shelf.flaws) == 3
    for file, sentence in zip(("folder.toml", "noise.toml", "typo.toml"), shelf.flaws, strict=True):
        assert sentence.startswith(f"A profile in {tmp_path / 'own'} is left out: {file}")
        assert sentence.endswith(".")


def test_a_bad_file_of_the_users_own_does_not_bring_back_the_bundled_one(tmp_path):
    put(tmp_path / "bundled", "a", "A")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.toml").write_text("schema = 1\n")
    assert read_shelf([tmp_path / "bundled", tmp_path / "own"]).profiles == []


def test_a_profile_of_a_simulated_machine_is_left_out_with_a_sentence(tmp_path):
    findings = Findings(name="Belt")
    colophon = Colophon(
        by="us", on="2026-11-21", software="eccentread 0", session="s", simulated=True, complete=True
    )
    own = tmp_path / "own"
    put(own, "good", "A")
    (own / "belt.toml").write_text(profile_text(findings, colophon), encoding="utf-8")
    shelf = read_shelf([own])
    assert [profile.key for profile in shelf.profiles] == ["good"]
    assert shelf.flaws == [f"A profile in {own} is left out: belt.toml is of a simulated machine; remove it."]
    real = profile_text(findings, replace(colophon, simulated=False))
    (own / "belt.toml").write_text(real, encoding="utf-8")
    assert read_shelf([own]).flaws == []


def test_the_texts_that_may_be_a_machines_go_by_its_names(tmp_path):
    own = tmp_path / "own"
    text = put(own, "a", "Belt*")
    put(own, "b", "Other")
    put(own, "c")
    shelf = read_shelf([own])
    assert shelf.fitting("Belt 1") == {"a": text}
    assert shelf.fitting("", "Belt 1") == {"a": text}
    assert set(shelf.fitting("Belt", "Other")) == {"a", "b"}
    assert shelf.fitting("") == {}


def test_a_machine_that_is_known_not_to_be_suitable_is_doubted(tmp_path):
    shelf = read_shelf([bundled("hardware") / "treadmills"])
    assert "not suitable: Its slowest speed is 0.96 km/h" in str(shelf.doubt("URTM041"))
    assert shelf.doubt("JFTM T202-5") is None  # nobody knows
    assert shelf.doubt("Thing") is None


def test_a_replay_knows_what_the_session_knew_whatever_files_there_are_now(tmp_path):
    text = put(tmp_path / "own", "belt", "Belt*")
    header = Header(
        session="s",
        started_utc=datetime(2026, 11, 21, tzinfo=UTC),
        software="0",
        simulated=False,
        seed=None,
        machine="Belt 1",
        protocol="p",
        protocol_text=(bundled("protocols") / DEFAULT_PROTOCOL).read_text(encoding="utf-8"),
        side="left",
        profiles={"belt": text},
    )
    events = (Connected(1.0, "Belt 1", "AA:00:00:00:00:01"),)
    with JournalWriter.create(tmp_path / "session", header, lambda error: None) as journal:
        for event in events:
            journal.write(event)
    again = replayed(read_journal(tmp_path / "session" / JOURNAL_NAME))
    assert any(isinstance(output, Noted) and "own belt" in output.text for output in again)
