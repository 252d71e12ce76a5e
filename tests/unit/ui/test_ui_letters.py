import pytest
from hypothesis import given
from hypothesis import strategies as st

from eccentread.ui.letters import giant_words


def test_letters_are_made_of_pixels() -> None:
    assert giant_words("Hi!", 20, 3) == ["█  █ █ █", "█▀▀█ █ ▀", "▀  ▀ ▀ ▀"]


def test_they_are_as_large_as_there_is_room() -> None:
    heights = [len(giant_words("Hold on.", 200, rows)) for rows in (1, 3, 5, 8, 10)]
    assert heights == [1, 3, 5, 8, 10]


def test_sentences_have_lines_of_their_own_and_words_stay_whole() -> None:
    assert giant_words("Feet on the side rails! Hold on.", 12, 0) == [
        "FEET ON THE",
        "SIDE RAILS!",
        "HOLD ON.",
    ]
    assert len(giant_words("Hold on. Hold on.", 80, 6)) == 6


def test_accents_go_before_the_size_does() -> None:
    assert giant_words("Füße weg!", 80, 3) == giant_words("Fusse weg!".replace("ss", "ß"), 80, 3)
    assert giant_words("Été", 80, 3) == giant_words("ETE", 80, 3)


def test_what_has_no_letters_is_said_in_plain_ones() -> None:
    assert giant_words("手すり", 80, 20) == ["手すり"]


def test_ascii_draws_whole_cells() -> None:
    lines = giant_words("Hi!", 80, 6, ascii_only=True)
    assert set("".join(lines)) == {"#", " "}
    assert len(lines) == 5
    assert giant_words("Hi!", 80, 3, ascii_only=True) == ["HI!"]


@given(st.text(), st.integers(1, 120), st.integers(0, 40), st.booleans())
def test_giant_or_plain_they_keep_to_their_room(text, width, height, ascii_only) -> None:
    lines = giant_words(text, width, height, ascii_only=ascii_only)
    if lines != giant_words(text, width, 0):
        assert len(lines) <= height
        assert max(map(len, lines)) <= width


@pytest.mark.parametrize("letter", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!?.,-:'")
def test_no_two_look_the_same(letter) -> None:
    others = set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!?.,-:'") - {letter}
    drawn = [tuple(giant_words(f"A{other}A", 80, 3)) for other in others]
    assert tuple(giant_words(f"A{letter}A", 80, 3)) not in drawn
