"""Two sessions want the same treadmill: the second is sent away, and the first notices nothing of it."""

from processes import START, STOP, moving, program, treadmill, until


def test_the_second_is_sent_away_and_the_belt_of_the_first_runs_on(tmp_path):
    with treadmill(tmp_path) as machine, moving(tmp_path, machine) as first:
        before = machine.commands
        words = ("run", "--machine", machine.at, "--out", tmp_path / "kept")
        with program(tmp_path, *words) as second:
            assert second.process.wait() != 0
            assert "another session of this program has Quick one" in second.text
            assert "Traceback" not in second.text
        assert machine.commands == before
        assert not machine.stands()
        assert first.process.poll() is None
        assert first.latches


def test_from_another_computer_it_does_not_get_through(tmp_path):
    """What the first has in hand is not written down there: the machine's one link is taken."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with treadmill(tmp_path) as machine, moving(tmp_path, machine) as first:
        before = machine.commands
        with program(elsewhere, "run", "--machine", machine.at, "--out", elsewhere / "kept") as second:
            assert second.process.wait() != 0
            assert "Traceback" not in second.text
        assert machine.commands == before
        assert not machine.stands()
        assert first.process.poll() is None


def test_of_two_at_once_one_gets_the_belt(tmp_path):
    with treadmill(tmp_path) as machine:
        words = ("run", "--machine", machine.at, "--yes", "--out", tmp_path / "kept")
        with program(tmp_path, *words) as one, program(tmp_path, *words) as other:
            both = (one, other)
            until(lambda: any(each.process.poll() is not None for each in both))
            [left] = [each for each in both if each.process.poll() is None]
            [gone] = [each for each in both if each is not left]
            assert gone.process.returncode != 0
            assert "Traceback" not in gone.text
            until(lambda: not machine.stands())
            left.signal(15)
            left.process.wait()
        assert machine.commands.count(START) == 1
        assert STOP in machine.commands
        until(machine.stands)
