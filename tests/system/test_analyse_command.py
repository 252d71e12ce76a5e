"""`eccentread analyse` over many files, good and bad: what it says, in which order, and how it ends."""

import json
import os
import pty
import random
import select
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from eccentread.cli import analyse as command
from eccentread.cli.analyse import Job, analysed, picture_names
from eccentread.cli.workers import processors
from eccentread_sim.archetypes import ARCHETYPES
from eccentread_sim.recordings import draw_set
from eccentread_sim.reporting import Reporting
from processes import program, until

DEADLINE_S = 60.0


several = pytest.mark.skipif(processors() < 2, reason="one processor: there are no other processes")


@pytest.fixture(scope="module")
def take(tmp_path_factory):
    """A recording with its events, as files; there are as many reps in it as its truth has."""
    folder = tmp_path_factory.mktemp("take")
    made = draw_set(ARCHETYPES["A"].centre, Reporting(interval_s=0.25), 1, reps=5)
    rows = zip(made.t_s.tolist(), made.speed_kmh.tolist(), strict=True)
    (folder / "A.csv").write_text("time_s,speed_kmh\n" + "".join(f"{t},{v}\n" for t, v in rows))
    windows = "".join(f"{w.onset_s},{w.duration_s},{w.event}\n" for w in made.windows)
    (folder / "A.events.csv").write_text(f"onset_s,duration_s,event\n{windows}")
    assert len(made.reps) == 5
    return folder / "A.csv"


@pytest.fixture
def takes(take, tmp_path):
    """Many copies of it."""

    def copy(number):
        for k in range(number):
            for suffix in (".csv", ".events.csv"):
                shutil.copy(take.with_suffix(suffix), tmp_path / f"{k:03}{suffix}")
        return [tmp_path / f"{k:03}.csv" for k in range(number)]

    return copy


@pytest.fixture(params=["here", "in processes"])
def where(request, monkeypatch):
    """With little work all is done in one process, with much in several: what is said is the same."""
    if request.param == "in processes":
        monkeypatch.setattr(command, "processors", lambda: 2)
        monkeypatch.setattr(command, "WORTH_S", 0.0)


def objects(called):
    return [json.loads(line) for line in called.out.splitlines()]


@pytest.mark.usefixtures("where")
def test_one_object_a_file_in_the_order_of_the_files(eccentread, takes):
    files = takes(5)
    files.reverse()
    bad = [Path("/nonesuch.csv"), files[0].with_name("bad.csv")]
    bad[1].write_text("speed\n1\n")
    called = eccentread("analyse", "--jsonl", files[0], bad[0], *files[1:4], bad[1], files[4])

    assert called.status == 2
    assert called.err == ""
    found = objects(called)
    assert [one["file"] for one in found] == [
        str(file) for file in (files[0], bad[0], *files[1:4], bad[1], files[4])
    ]
    assert ["error" in one for one in found] == [False, True, False, False, False, True, False]
    counts = [[each["count"] for each in one["sets"]] for one in found if "sets" in one]
    assert counts == [[5]] * 5


@pytest.mark.usefixtures("where")
def test_in_words_results_go_out_and_complaints_go_to_standard_error(eccentread, takes):
    files = takes(3)
    called = eccentread("analyse", files[0], "/nonesuch.csv", *files[1:])

    assert called.status == 2
    assert [line.partition(": ")[2][:3] for line in called.out.splitlines()] == ["5. "] * 3
    assert (
        called.err
        == "eccentread: /nonesuch.csv cannot be read (No such file or directory); check its name.\n"
    )


def test_a_folder_means_its_recordings(eccentread, takes):
    files = takes(3)
    called = eccentread("analyse", "--jsonl", files[0].parent, files[1])
    assert [one["file"] for one in objects(called)] == [str(file) for file in files]


def test_a_folder_without_recordings_is_an_error_of_its_own(eccentread, take, tmp_path):
    called = eccentread("analyse", "--jsonl", tmp_path, take)
    assert called.status == 2
    assert ["error" in one for one in objects(called)] == [True, False]


def test_a_file_that_brings_the_detector_down_is_an_error_of_its_own(take, monkeypatch):
    def stumble(*_):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("eccentread.reps.analyse", stumble)
    told = analysed(Job(str(take), True, None))
    assert told.bad
    assert "could not be analysed (ZeroDivisionError: division by zero)" in json.loads(told.text)["error"]


def test_a_picture_of_each_file_that_can_be_read(eccentread, takes, tmp_path):
    files = takes(2)
    folder = tmp_path / "new" / "pictures"
    called = eccentread("analyse", "--jsonl", "--plot", folder, *files, "/nonesuch.csv")

    assert sorted(path.name for path in folder.iterdir()) == ["000.reps.png", "001.reps.png"]
    assert [one.get("picture") for one in objects(called)] == [
        str(folder / "000.reps.png"),
        str(folder / "001.reps.png"),
        None,
    ]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in folder.iterdir())


def test_a_picture_of_what_cannot_be_counted(eccentread, tmp_path):
    flat = tmp_path / "flat.csv"
    flat.write_text("time_s,speed_kmh\n" + "".join(f"{t / 4},0.8\n" for t in range(400)))
    called = eccentread("analyse", "--plot", tmp_path, flat)
    assert called.status == 0
    assert (tmp_path / "flat.reps.png").exists()


def test_without_matplotlib_nothing_is_begun(eccentread, take, monkeypatch, tmp_path):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    called = eccentread("analyse", "--plot", tmp_path / "pictures", take)
    assert called.status == 2
    assert called.err.endswith("pip install 'eccentread[plots]'.\n")
    assert called.out == ""
    assert not (tmp_path / "pictures").exists()


def test_a_place_that_takes_no_pictures_is_told(eccentread, take, tmp_path):
    (tmp_path / "file").touch()
    called = eccentread("analyse", "--plot", tmp_path / "file", take)
    assert called.status == 2
    assert "choose another folder with --plot" in called.err
    (tmp_path / "A.reps.png").mkdir()
    called = eccentread("analyse", "--jsonl", "--plot", tmp_path, take)
    assert called.status == 2
    assert "A.reps.png cannot be written (Is a directory)" in objects(called)[0]["error"]


def test_pictures_of_the_same_name_are_told_apart(tmp_path):
    session = tmp_path / "20261121T014512Z-3f9a"
    session.mkdir()
    names = ["a/A.csv", "b/A.csv", "A-2.csv", "b/a.csv", session, session / "journal.jsonl"]
    (session / "journal.jsonl").touch()
    assert list(picture_names(map(Path, names))) == [
        "A.reps.png",
        "A-2.reps.png",
        "A-2-2.reps.png",
        "a-3.reps.png",
        "20261121T014512Z-3f9a.reps.png",
        "20261121T014512Z-3f9a-2.reps.png",
    ]


def test_the_bar_is_on_the_terminal_and_not_in_the_output(takes, tmp_path):
    files = takes(4)
    terminal, inner = pty.openpty()
    out_path = tmp_path / "out.jsonl"
    with (
        out_path.open("wb") as out,
        program(tmp_path, "analyse", "--jsonl", *files, stdout=out, stderr=inner) as running,
    ):
        os.close(inner)
        shown = b""
        while b"4/4" not in shown and select.select([terminal], [], [], DEADLINE_S)[0]:
            shown += os.read(terminal, 4096)
        running.process.wait(DEADLINE_S)
    os.close(terminal)
    assert len([json.loads(line) for line in out_path.read_text().splitlines()]) == 4


@several
def test_ctrl_c_ends_it_and_all_its_processes_without_a_traceback(takes, tmp_path):
    files = takes(60)
    random.Random(1).shuffle(files)
    out_path = tmp_path / "out.jsonl"
    with out_path.open("wb") as out, program(tmp_path, "analyse", "--jsonl", *files, stdout=out) as running:
        until(lambda: workers_of(running.process.pid))
        began_s = time.monotonic()
        running.signal_all(signal.SIGINT)
        assert running.process.wait(DEADLINE_S) == 1
        assert time.monotonic() - began_s < 5.0
        assert not workers_of(running.process.pid)
        assert running.text.strip() == ""
    told = [json.loads(line)["file"] for line in out_path.read_text().splitlines()]
    assert told == [str(file) for file in files[: len(told)]]


@several
def test_an_interrupt_that_reaches_its_processes_as_well_is_not_for_them(takes, tmp_path):
    files = takes(25)
    out_path = tmp_path / "out.jsonl"
    with out_path.open("wb") as out, program(tmp_path, "analyse", "--jsonl", *files, stdout=out) as running:
        until(lambda: workers_of(running.process.pid))
        while running.process.poll() is None:
            for worker in workers_of(running.process.pid):
                with suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGINT)
        assert running.process.returncode == 0, (out_path.read_text(), running.text)
        assert running.text == ""
    assert all("sets" in json.loads(line) for line in out_path.read_text().splitlines())


def workers_of(pid):
    """Those in its process group, which it leads, that it started to work for it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
            if b"spawn_main" in words and os.getpgid(int(process.name)) == pid:
                found.append(int(process.name))
        except OSError:
            continue
    return found
