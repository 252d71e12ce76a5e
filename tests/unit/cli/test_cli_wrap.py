import pytest

from eccentread.cli import wrap
from eccentread.cli.wrap import fitting, wrapped
from eccentread.session.commissioning.words import WELCOME

LINE = f"00:07 {WELCOME}\n"


@pytest.mark.parametrize("columns", [40, 80, 132])
def test_lines_break_at_spaces_and_lose_nothing(columns):
    text = wrapped(LINE + "00:08 short\n", columns)
    assert max(map(len, text.splitlines())) <= columns
    assert text.split() == (LINE + "00:08 short").split()
    assert text.endswith("\n00:08 short\n")
    assert [line[:6] for line in text.splitlines()[1:-1]] == ["      "] * (len(text.splitlines()) - 2)


def test_a_word_that_is_wider_than_the_terminal_stays_whole():
    path = "/a/very/long/way/to-a-file"
    assert path in wrapped(f"Record: {path}", 20)


def test_lines_that_are_indented_stay_so():
    assert wrapped("  speed: 1\n\n", 80) == "  speed: 1\n\n"


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_gets_them_broken_and_a_pipe_whole(monkeypatch, terminal):
    monkeypatch.setenv("COLUMNS", "50")
    monkeypatch.setattr(wrap.sys.stdout, "isatty", lambda: terminal, raising=False)
    told: list[str] = []
    fitting(told.append)(LINE)
    assert (told == [LINE]) != terminal
    assert all(len(line) <= 50 for line in told[0].splitlines()) == terminal
