"""Bad input gets one sentence with the way out, the documented exit status, and no traceback."""

import pytest


def one_sentence(err: str) -> bool:
    lines = [line for line in err.splitlines() if line]
    return len(lines) == 1 and lines[0].startswith("eccentread: ") and lines[0].endswith(".")


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["run", "--machine", "sim:nonesuch"], 2, "nonesuch"),
        (["run", "--machine", "sim:nonesuch.toml"], 2, "nonesuch.toml cannot be read (No such file"),
        (["run", "--machine", ""], 2, "--machine names nothing"),
        (["run", "--machine", "sim:"], 2, "sim: names no personality"),
        (["run", "--machine", "sim@"], 2, "PORT"),
        (["run", "--machine", "sim@99999"], 2, "'99999' is no address of a simulator"),
        (["commission", "--machine", ""], 2, "--machine names nothing"),
        (["commission", "--machine", "sim:"], 2, "sim: names no personality"),
        (["run", "--machine", "sim", "--protocol", "nonesuch.toml"], 2, "--protocol"),
        (["run", "--machine", "sim", "--side", "middle"], 2, "--side"),
        (["run", "--machine", "sim", "--fast", "--pace", "3"], 2, "--pace"),
        (["run", "--machine", "sim", "--summary", "/nonesuch/summary.json"], 2, "summary.json"),
        (["run", "--machine", "sim", "--truth", "/nonesuch/truth.jsonl"], 2, "truth.jsonl"),
        (["run", "--machine", "sim", "--out", "/proc/nonesuch"], 2, "--out"),
        (["run", "--machine", "sim", "--mqtt", "http://broker"], 2, "mqtt://"),
        (["run", "--machine", "AA:BB:CC:DD:EE:FF", "--yes"], 2, "--yes"),
        (["run", "--machine", "AA:BB:CC:DD:EE:FF", "--fast"], 2, "--fast"),
        (["run", "--machine", "AA:BB:CC:DD:EE:FF", "--truth", "t.jsonl"], 2, "--truth"),
        (["run", "--nonesuch"], 2, "--nonesuch"),
        (["nonesuch"], 2, "nonesuch"),
        (["analyse"], 2, "FILE"),
        (["analyse", "nonesuch.csv"], 2, "nonesuch.csv"),
        (["replay", "nonesuch", "--out", "/nonesuch"], 2, "nonesuch"),
        (["export", "nonesuch", "--to", "x", "--out", "/nonesuch"], 2, "nonesuch"),
        (["history", "--out", "/nonesuch"], 2, "/nonesuch"),
    ],
)
def test_a_bad_call_gets_one_sentence(eccentread, words, status, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    called = eccentread(*words)

    assert called.status == status
    assert one_sentence(called.err), called.err
    assert says in called.err
    assert "Traceback" not in called.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (("speed_kmh = 0.8", "speed_kmh = 1.3"), "speed_kmh"),
        (("reps = 15", "reps = 0"), "reps"),
        (("reps = 15", ""), "reps"),
        (("rest_s = 90", 'rest_s = "long"'), "rest_s"),
        (('side = "left"', 'side = "middle"'), "side"),
        (("low = 4", "low = 7"), "effort.low"),
        (("pushes = 3", "pushes = 3\nsquats = 2"), "signal_check.squats"),
        (('last-one = "Last one."', 'emergency = "All is well."'), "cues.emergency"),
        (("schema = 1", "schema = 2"), "schema"),
    ],
)
def test_a_bad_protocol_file_names_the_key(eccentread, tmp_path, change, key):
    from eccentread.cli.bundled import DEFAULT_PROTOCOL, bundled

    good = (bundled("protocols") / DEFAULT_PROTOCOL).read_text()
    assert change[0] in good
    bad = tmp_path / "bad.toml"
    bad.write_text(good.replace(*change, 1))

    called = eccentread("run", "--machine", "sim", "--fast", "--protocol", bad, "--out", tmp_path / "kept")

    assert called.status == 2
    assert one_sentence(called.err), called.err
    assert f"bad.toml: {key} " in called.err
    assert not (tmp_path / "kept").exists()


def test_the_analysis_of_good_files_goes_on_after_a_bad_one(eccentread, tmp_path):
    good = tmp_path / "good.csv"
    good.write_text("time_s,speed_kmh\n" + "".join(f"{t / 4},0.8\n" for t in range(400)))

    called = eccentread("analyse", "--jsonl", tmp_path / "bad.csv", good)

    assert called.status == 2
    assert ['"error"' in line for line in called.out.splitlines()] == [True, False]


def test_the_commands_are_described_whole_on_80_columns(eccentread, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    called = eccentread("-h")
    commands = called.out.partition("Commands:\n")[2].splitlines()
    assert len(commands) == 10
    assert all(line.endswith(".") and not line.endswith("...") for line in commands), called.out


@pytest.mark.parametrize(
    "command", ["run", "scan", "doctor", "analyse", "replay", "export", "history", "sim"]
)
def test_every_command_explains_itself(eccentread, command):
    called = eccentread(command, "--help")

    assert called.status == 0
    assert called.out.startswith(f"Usage: eccentread {command}")
