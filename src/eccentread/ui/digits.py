"""Numbers in giant block digits, to be read from across a room. Pure."""

from collections.abc import Callable

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
_HALF_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


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
    lit = _bitmap(text)

    def pixel(x: int, half_row: int) -> bool:
        return half_row < _ROWS * scale and lit(x // scale, half_row // scale)

    rows = -(-_ROWS * scale // 2)
    cells = [
        [(pixel(x, 2 * row), pixel(x, 2 * row + 1)) for x in range(columns * scale)] for row in range(rows)
    ]
    if ascii_only:
        return ["".join("#" if upper else " " for upper, _ in line) for line in cells]
    return ["".join(_HALF_BLOCKS[cell] for cell in line) for line in cells]


def _columns(digits: int) -> int:
    return digits * (_COLUMNS + _GAP) - _GAP


def _bitmap(text: str) -> Callable[[int, int], bool]:
    """Whether the pixel at column and row of the unscaled digits is lit."""
    glyphs = [_GLYPHS[char].split() for char in text]

    def lit(column: int, row: int) -> bool:
        which, within = divmod(column, _COLUMNS + _GAP)
        return within < _COLUMNS and glyphs[which][row][within] == "#"

    return lit
