"""Numbers in giant block digits, to be read from across a room. Pure."""

from collections.abc import Callable

from eccentread.ui.blocks import painted

_COLUMNS, _ROWS, _GAP = 3, 5, 1
_GLYPHS = {
    "0": "### #.# #.# #.# ###",
    "1": "##. .#. .#. .#. ###",
    "2": "### ..# ### #.. ###",
    "3": "### ..# ### ..# ###",
    "4": "#.# #.# ### ..# ..#",
    "5": "### #.. ### ..# ###",
    "6": "### #.. ### #.# ###",
    "7": "### ..# ..# ..# ..#",
    "8": "### #.# ### #.# ###",
    "9": "### #.# ### ..# ###",
}


def giant(number: int, width: int, height: int, *, ascii_only: bool = False) -> list[str]:
    """The number as lines of equal length, as large as fits `width` columns and `height` rows.

    One digit is no larger than two would be: the size does not jump from 9 to 10. A terminal cell is about
    twice as high as wide, so a square pixel of the digit is as many columns wide as half-rows high. Where not
    even the smallest digits fit, the plain number is the only line.
    """
    text = str(max(0, number))
    columns = _columns(len(text))
    scale = min(width // _columns(max(2, len(text))), 2 * height // _ROWS)
    if ascii_only or scale > 1:
        scale -= scale % 2  # whole rows only: sharp edges, and all that ASCII can draw
    if scale < 1:
        return [text]
    return painted(_bitmap(text), columns, _ROWS, scale, ascii_only=ascii_only)


def _columns(digits: int) -> int:
    return digits * (_COLUMNS + _GAP) - _GAP


def _bitmap(text: str) -> Callable[[int, int], bool]:
    """Whether the pixel at column and row of the unscaled digits is lit."""
    glyphs = [_GLYPHS[char].split() for char in text]

    def lit(column: int, row: int) -> bool:
        which, within = divmod(column, _COLUMNS + _GAP)
        return within < _COLUMNS and glyphs[which][row][within] == "#"

    return lit
