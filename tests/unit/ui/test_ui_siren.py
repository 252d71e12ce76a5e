"""The siren, with programs of our own in place of players and voices; their time is the kernel's."""

import io
import os
import pty
import signal
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eccentread.ui import speakers
from eccentread.ui.siren import LONGEST_WORDS, Siren
from eccentread.ui.speakers import Tool
from eccentread.ui.tone import HARMONICS, RATE_HZ, TONES_HZ, tone

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")
WAIT_S = 20.0


def until(happened: Callable[[], object]) -> None:
    give_up_s = time.monotonic() + WAIT_S
    while not happened():
        assert time.monotonic() < give_up_s
        time.sleep(0.002)  # what happens is another process's


@pytest.fixture
def log(tmp_path) -> Path:
    path = tmp_path / "log"
    path.touch()
    return path


@pytest.fixture
def tool(log) -> Callable[..., Tool]:
    """A tool that writes its name and its process's number into the log, then does as told."""

    def make(name: str, then: str, *arguments: str) -> Tool:
        script = f'echo {name} $$ "$@" >>"{log}"; {then}'
        return Tool(name, ("sh", "-c", script, "sh", *arguments))

    return make


@pytest.fixture
def siren() -> Iterator[Callable[..., Siren]]:
    made: list[Siren] = []

    def make(players=(), voices=(), bell=lambda: None) -> Siren:
        made.append(Siren(players, voices, bell))
        return made[-1]

    yield make
    assert all(one.close(WAIT_S) for one in made)


def said(log: Path) -> list[list[str]]:
    return [line.split() for line in log.read_text().splitlines()]


def names(log: Path) -> list[str]:
    return [line[0] for line in said(log)]


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)  # finds a zombie, too
    except ProcessLookupError:
        return False
    return True


def test_tone_and_words_take_turns(siren, tool, log) -> None:
    alarm = siren([tool("tone", "exec sleep 1.3", "{}")], [tool("voice", "cat", "{}")])
    alarm.start("Pull the key.")
    until(lambda: len(said(log)) >= 3)
    alarm.stop()
    assert names(log)[:3] == ["tone", "voice", "tone"]
    assert said(log)[1][2:] == ["Pull", "the", "key."]


@pytest.mark.parametrize(
    "bad",
    [Tool("missing", ("/no/such/player", "{}")), "exit 1", "exit 0"],
    ids=["missing", "failing", "ends at once"],
)
def test_a_player_that_does_not_play_gives_way_at_once_and_for_good(siren, tool, log, bad) -> None:
    first = bad if isinstance(bad, Tool) else tool("bad", bad)
    alarm = siren([first, tool("good", "exec sleep 1.3")])
    alarm.start("Pull the key.")
    until(lambda: names(log).count("good") == 2)
    assert names(log)[-2:] == ["good", "good"]
    assert names(log).count("bad") <= 1


def test_stop_ends_what_hangs_and_leaves_no_zombie(siren, tool, log) -> None:
    alarm = siren([tool("hangs", "sleep 1000")])
    alarm.start("Pull the key.")
    until(lambda: said(log))
    process = int(said(log)[0][1])
    assert is_there(process)
    alarm.stop()
    until(lambda: not is_there(process))
    assert not alarm.sounding


def test_a_voice_is_heard_though_every_player_hangs(siren, tool, log, monkeypatch) -> None:
    monkeypatch.setattr("eccentread.ui.siren.TONE_S", -1.5)  # half a second is long enough to wait
    alarm = siren([tool("hangs", "sleep 1000")], [tool("voice", "cat")])
    alarm.start("Pull the key.")
    until(lambda: "voice" in names(log))
    assert not is_there(int(said(log)[0][1]))


def test_a_voice_that_says_nothing_gives_way(siren, tool, log) -> None:
    siren(voices=[tool("mute", "cat"), tool("voice", "exec sleep 0.6")]).start("Pull the key.")
    until(lambda: len(said(log)) >= 3)
    assert names(log)[:3] == ["mute", "voice", "voice"]


def test_a_voice_that_hangs_keeps_the_tone_away_but_once(siren, tool, log, monkeypatch) -> None:
    monkeypatch.setattr("eccentread.ui.siren.SPEAK_S", 0.2)
    siren([tool("tone", "exec sleep 1.3")], [tool("hangs", "sleep 1000")]).start("Pull the key.")
    until(lambda: len(said(log)) >= 4)
    assert names(log)[:4] == ["tone", "hangs", "tone", "tone"]


def test_the_bell_rings_where_there_is_nothing_else(siren) -> None:
    rung: list[str] = []
    siren(bell=lambda: rung.append("bell")).start("Pull the key.")
    until(lambda: len(rung) >= 2)


def test_words_can_change_while_it_sounds(siren, tool, log) -> None:
    alarm = siren(voices=[tool("voice", "cat", "{}")])
    alarm.start("first")
    until(lambda: said(log))
    alarm.start("second")
    until(lambda: said(log)[-1][2:] == ["second"])


@pytest.mark.parametrize("words", ["-f; echo $(id) `id` ' \" \\", "a\0b", "x" * 100_000, "Füße \udcff"])
@pytest.mark.parametrize("arguments", [("{}",), ()], ids=["argument", "standard input"])
def test_words_are_words_whatever_they_hold(siren, tmp_path, words, arguments) -> None:
    heard = tmp_path / "heard"
    script = f'{{ [ $# = 1 ] && printf %s "$1" || cat; }} >"{heard}.part"; mv "{heard}.part" "{heard}"'
    siren(voices=[Tool("voice", ("sh", "-c", script, "sh", *arguments))]).start(words)
    until(heard.exists)
    expected = words[:LONGEST_WORDS].replace("\0", " ")
    assert heard.read_bytes().decode(errors="surrogateescape").replace("?", "\udcff") == expected


def test_without_room_for_a_file_the_voice_speaks_all_the_same(siren, tool, log, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/no/such/folder")
    siren([tool("tone", "sleep 1")], [tool("voice", "cat")]).start("Pull the key.")
    until(lambda: said(log))
    assert names(log)[0] == "voice"


def test_its_file_goes_with_it(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    alarm = Siren([], [])
    assert [path.suffix for path in tmp_path.iterdir()] == [".wav"]
    assert alarm.close(WAIT_S)
    assert list(tmp_path.iterdir()) == []


ENDS = """
import sys
from eccentread.ui.siren import Siren
from eccentread.ui.speakers import Tool
Siren([Tool("hangs", ("sh", "-c", "echo $$; sleep 1000 & wait"))], []).start("Pull the key.")
sys.stdin.read()
"""


def test_a_program_that_ends_takes_its_siren_with_it(tool, log) -> None:
    program = ENDS.replace("echo $$;", f"echo $$ >>{log};")
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE) as ends:
        until(log.read_text)
        ends.communicate()
    assert ends.returncode == 0
    assert not is_there(int(log.read_text()))


RINGS = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from eccentread.ui.speakers import ring
held = "held" in sys.argv
if held:
    termios.tcflow(0, termios.TCOOFF)
ring()
if held:
    termios.tcflow(0, termios.TCOON)
"""


@pytest.mark.parametrize(("state", "heard"), [("free", b"\a"), ("held", b"")])
def test_the_bell_goes_to_the_terminal_and_waits_for_none(state, heard) -> None:
    master, slave = pty.openpty()
    command = [sys.executable, "-c", RINGS, state]
    rung = subprocess.run(command, stdin=slave, start_new_session=True, timeout=WAIT_S, check=False)
    os.write(slave, b".")
    arrived = b""
    while b"." not in arrived:
        arrived += os.read(master, 100)
    assert arrived == heard + b"."
    assert rung.returncode == 0
    os.close(slave)
    os.close(master)


def test_without_a_terminal_the_bell_is_silent() -> None:
    command = [sys.executable, "-c", "from eccentread.ui.speakers import ring; ring()"]
    assert subprocess.run(command, start_new_session=True, timeout=WAIT_S, check=False).returncode == 0


def test_what_is_installed_is_found_best_first(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert (speakers.players(), speakers.voices()) == ((), ())
    for name in ("aplay", "pw-play", "espeak-ng"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    assert [one.name for one in speakers.players()] == ["pw-play", "aplay"]
    assert [one.name for one in speakers.voices()] == ["espeak-ng"]


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_every_system_has_a_player_and_a_voice(platform, monkeypatch) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr("shutil.which", lambda name: name)
    assert speakers.players()
    assert speakers.voices()
    for player in speakers.players():
        assert "alarm.wav" in player.argv("alarm.wav")


def test_the_tone_is_two_tones_with_their_harmonics_and_never_clips() -> None:
    np = pytest.importorskip("numpy")
    with wave.open(io.BytesIO(tone())) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE_HZ)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    assert 30_000 < abs(samples).max() < 32_768
    assert samples.std() > 0.45 * 32_767  # a sine at full strength has 0.71
    for index, hz in enumerate(TONES_HZ):
        pulse = samples[RATE_HZ // 4 * index :][: RATE_HZ // 4]
        power = abs(np.fft.rfft(pulse)) ** 2
        at = np.fft.rfftfreq(len(pulse), 1 / RATE_HZ)
        found = [power[abs(at - n * hz) < 20].sum() / power.sum() for n in range(1, HARMONICS + 1)]
        assert found == pytest.approx([1 / HARMONICS] * HARMONICS, rel=0.05)
        assert hz < 1000
        assert hz * HARMONICS <= 4000


def test_a_signal_to_the_program_leaves_the_siren_alone(siren, tool, log) -> None:
    siren([tool("tone", "sleep 1000")]).start("Pull the key.")
    until(lambda: said(log))
    assert os.getpgid(int(said(log)[0][1])) != os.getpgrp()
    assert signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL
