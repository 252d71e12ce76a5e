"""`eccentread commission` on the simulator, over real Bluetooth bytes."""

import json

import pytest

from eccentread.session import parse_profile


@pytest.fixture
def commission(eccentread, tmp_path, monkeypatch):
    """Commission a simulated machine in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def run(*words, machine="sim", seed=1):
        kept, happened = tmp_path / "kept", tmp_path / "truth.jsonl"
        return eccentread(
            "commission", "--machine", machine, "--fast", "--yes", "--seed", str(seed),
            "--out", kept, "--truth", happened, *words,
        )  # fmt: skip

    return run


def truth(tmp_path):
    return [json.loads(line) for line in (tmp_path / "truth.jsonl").read_text().splitlines()]


def speeds(tmp_path):
    return [line["speed_kmh"] for line in truth(tmp_path) if line["what"] == "speed"]


@pytest.mark.parametrize("personality", ["default", "mph-wire"])
def test_a_profile_is_written_that_says_it_is_simulated(commission, tmp_path, personality):
    called = commission("--to", "it.toml", machine=f"sim:{personality}")
    assert called.status == 0
    profile = parse_profile((tmp_path / "it.toml").read_text(encoding="utf-8"), "it.toml")
    assert profile.name.startswith("SIMULATED")
    assert profile.unit_verified
    assert profile.command_unit == ("mph" if personality == "mph-wire" else "km/h")
    assert called.out.count("SIMULATED") >= 3
    assert max(speeds(tmp_path)) < 1.2
    assert speeds(tmp_path)[-5:] == [0] * 5


def test_the_link_is_really_left_and_taken_up_again(commission, tmp_path):
    commission()
    links = [line for line in truth(tmp_path) if line["what"] == "link"]
    assert [line["up"] for line in links] == [True, False, True, False]
    away_s = links[2]["t_s"] - links[1]["t_s"]
    assert 9 < away_s < 20
    after = [
        line["data"]
        for line in truth(tmp_path)
        if line["what"] == "command" and line["t_s"] > links[2]["t_s"]
    ]
    assert after[0] == "0801"


def test_the_file_is_named_after_the_machine_and_never_written_over(commission, tmp_path):
    for _ in range(2):
        commission()
    names = sorted(path.name for path in tmp_path.glob("*.toml"))
    assert names == [
        "eccentread-inverter-4-hz-firmware-1-0-2.toml",
        "eccentread-inverter-4-hz-firmware-1-0.toml",
    ]


def test_a_file_that_is_there_is_refused_before_anything_moves(commission, tmp_path):
    (tmp_path / "it.toml").write_text("mine")
    called = commission("--to", "it.toml")
    assert called.status == 2
    assert "--force" in called.err
    assert (tmp_path / "it.toml").read_text() == "mine"
    assert not (tmp_path / "truth.jsonl").exists()
    assert commission("--to", "it.toml", "--force").status == 0


def test_a_replay_says_what_reads_the_record_of_a_commissioning(commission, eccentread, tmp_path):
    commission()
    (record,) = (tmp_path / "kept").iterdir()
    called = eccentread("replay", record)
    assert called.status == 2
    assert called.err == (
        f"eccentread: {record} is the record of a commissioning and has no reps; "
        f"`eccentread commission --from {record}` reads it.\n"
    )


def test_the_journal_gives_the_same_profile_again(commission, eccentread, tmp_path):
    commission("--to", "first.toml")
    [session] = [path.name for path in (tmp_path / "kept").iterdir()]
    called = eccentread(
        "commission", "--from", session, "--out", tmp_path / "kept", "--to", tmp_path / "again.toml"
    )
    assert called.status == 0
    assert (tmp_path / "again.toml").read_text() == (tmp_path / "first.toml").read_text()


def test_a_torn_journal_gives_what_was_learned_by_then(commission, eccentread, tmp_path):
    commission("--to", "first.toml")
    whole = next((tmp_path / "kept").glob("*/journal.jsonl")).read_bytes()
    (tmp_path / "torn.jsonl").write_bytes(whole[: len(whole) // 2])
    eccentread("commission", "--from", tmp_path / "torn.jsonl", "--to", tmp_path / "torn.toml")
    profile = parse_profile((tmp_path / "torn.partial.toml").read_text(), "torn.toml")
    assert profile.suitable is None
    assert profile.start_after_s


def test_a_session_is_no_commissioning(session, eccentread):
    called = eccentread("commission", "--from", session().folder)
    assert called.status == 2
    assert "no commissioning" in called.err


@pytest.mark.parametrize(
    "words", [("--fast", "--pace", "3", "--machine", "sim"), ("--yes", "--machine", "Belt"), ("--fast",)]
)
def test_options_that_do_not_fit_are_refused(eccentread, words):
    assert eccentread("commission", *words).status == 2


def test_equal_seeds_give_equal_profiles(commission, tmp_path):
    texts = []
    for name in ("a.toml", "b.toml"):
        commission("--to", name, seed=4)
        lines = (tmp_path / name).read_text().splitlines()
        texts.append([line for line in lines if not line.startswith("where")])
    assert texts[0] == texts[1]


def test_a_simulator_in_another_process_is_no_name_to_look_for(eccentread, tmp_path):
    called = eccentread("commission", "--machine", "sim@9544", "--out", tmp_path)
    assert called.status == 2
    assert "sim:PERSONALITY" in called.err
    assert "Bluetooth" not in called.err
    assert "sim@ADDRESS" in " ".join(eccentread("commission", "--help").out.split())


@pytest.mark.parametrize("force", [(), ("--force",)])
@pytest.mark.parametrize(("to", "says"), [("there", "is a folder"), ("no/such/x.toml", "no folder")])
def test_a_place_that_cannot_be_written_is_refused_before_anything_moves(
    commission, tmp_path, to, says, force
):
    (tmp_path / "there").mkdir()
    called = commission("--to", to, *force)
    assert called.status == 2
    assert says in called.err
    assert not (tmp_path / "truth.jsonl").exists()
    assert not (tmp_path / "kept").exists()


def test_who_names_no_commissioning_is_told_which_there_are(commission, eccentread, tmp_path):
    none = eccentread("commission", "--from", "nosuch", "--out", tmp_path / "kept")
    assert none.status == 2
    assert "there is none yet" in none.err
    commission()
    [kept] = [path.name for path in (tmp_path / "kept").iterdir()]
    one = eccentread("commission", "--from", "nosuch", "--out", tmp_path / "kept")
    assert one.status == 2
    assert kept in one.err
    assert "history" not in none.err + one.err
