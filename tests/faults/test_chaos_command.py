"""What `make chaos` says: of its work as it goes, of one case, and of what it cannot take."""

import pytest

from chaos import __main__ as chaos
from chaos.case import Case
from chaos.verdict import Judged


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--case", "nowhere.json"], "nowhere.json cannot be read: No such file"),
        (["--seeds", "0"], "'0' is not a whole number from 1 up"),
        (["--seed", "x"], "'x' is not a whole number from 0 up"),
        (["--seed", "1", "--case", __file__], "holds no case"),
    ],
)
def test_what_it_cannot_take_is_a_sentence(arguments, says, capsys):
    with pytest.raises(SystemExit) as ended:
        chaos.main(arguments)
    assert ended.value.code == 2
    assert says in capsys.readouterr().err


def test_help_names_the_defaults(capsys):
    with pytest.raises(SystemExit):
        chaos.main(["--help"])
    assert "how many; 10000" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("complaints", "broken", "says"),
    [({}, 0, "no rule is broken"), ({"it_stops": "it runs"}, 1, "it_stops: it runs")],
)
def test_one_case_has_a_verdict(complaints, broken, says, capsys, monkeypatch):
    monkeypatch.setattr(chaos, "judged", lambda case: Judged(case.seed, "finished", complaints))
    assert chaos.replay(Case(5), shrink=False) == broken
    assert capsys.readouterr().out.splitlines()[1:] == ["finished", says]


@pytest.mark.parametrize(
    ("seeds", "jobs", "at_a_time"), [(20, 2, 1), (1000, 2, 20), (1000, 8, 6), (10_000, 2, 20)]
)
def test_a_process_takes_no_more_than_there_is_to_tell_of(seeds, jobs, at_a_time, monkeypatch):
    taken = []

    class Pool:
        def __init__(self, jobs, **_):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def map(self, judge, seeds, chunksize):
            taken.append(chunksize)
            return []

    monkeypatch.setattr(chaos, "ProcessPoolExecutor", Pool)
    assert list(chaos.many(range(seeds), jobs)) == []
    assert taken == [at_a_time]
