import pytest
from hypothesis import given
from hypothesis import strategies as st

from eccentread.ui.digits import giant


@given(
    number=st.integers(-5, 10_000),
    width=st.integers(-3, 200),
    height=st.integers(-3, 80),
    ascii_only=st.booleans(),
)
def test_a_number_fits_its_room_or_is_the_plain_number(number, width, height, ascii_only) -> None:
    lines = giant(number, width, height, ascii_only=ascii_only)
    if lines != [str(max(0, number))]:
        assert len(lines) <= height
        assert all(len(line) <= width for line in lines)
        assert len({len(line) for line in lines}) == 1
        assert not ascii_only or set("".join(lines)) <= {"#", " "}


def test_a_digit_looks_like_itself() -> None:
    assert giant(7, 14, 5, ascii_only=True) == ["######", "    ##", "    ##", "    ##", "    ##"]
    assert giant(4, 14, 5) == ["██  ██", "██  ██", "██████", "    ██", "    ██"]


def test_all_digits_look_different() -> None:
    assert len({tuple(giant(digit, 40, 20)) for digit in range(10)}) == 10


def test_half_blocks_draw_where_whole_rows_have_no_room() -> None:
    assert giant(1, 8, 3) == ["▀█ ", " █ ", "▀▀▀"]


@pytest.mark.parametrize(("width", "height"), [(14, 5), (28, 10), (70, 15)])
def test_the_size_does_not_jump_from_nine_to_ten(width, height) -> None:
    assert len(giant(9, width, height)) == len(giant(10, width, height))


def test_more_room_makes_larger_digits() -> None:
    assert [len(giant(12, width, 60)) for width in (14, 28, 42, 56)] == [5, 10, 15, 20]
