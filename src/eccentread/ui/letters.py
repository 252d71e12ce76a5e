"""Words in giant block letters, to be read from across a room. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from textwrap import wrap

from eccentread.ui.blocks import painted

_ROWS, _GAP = 5, 1
_SPACE = 2
_GLYPHS = {
    "A": ".##. #..# #### #..# #..#",
    "B": "###. #..# ###. #..# ###.",
    "C": ".### #... #... #... .###",
    "D": "###. #..# #..# #..# ###.",
    "E": "#### #... ###. #... ####",
    "F": "#### #... ###. #... #...",
    "G": ".### #... #.## #..# .###",
    "H": "#..# #..# #### #..# #..#",
    "I": "# # # # #",
    "J": "..## ...# ...# #..# .##.",
    "K": "#..# #.#. ##.. #.#. #..#",
    "L": "#... #... #... #... ####",
    "M": "#...# ##.## #.#.# #...# #...#",
    "N": "#..# ##.# #.## #..# #..#",
    "O": ".##. #..# #..# #..# .##.",
    "P": "###. #..# ###. #... #...",
    "Q": ".##. #..# #..# #.#. .#.#",
    "R": "###. #..# ###. #.#. #..#",
    "S": ".### #... .##. ...# ###.",
    "T": "##### ..#.. ..#.. ..#.. ..#..",
    "U": "#..# #..# #..# #..# .##.",
    "V": "#...# #...# .#.#. .#.#. ..#..",
    "W": "#...# #...# #.#.# ##.## #...#",
    "X": "#..# #..# .##. #..# #..#",
    "Y": "#...# .#.#. ..#.. ..#.. ..#..",
    "Z": "#### ..#. .#.. #... ####",
    "0": ".##. #.## ##.# #..# .##.",
    "1": ".#. ##. .#. .#. ###",
    "2": "###. ...# .##. #... ####",
    "3": "###. ...# .##. ...# ###.",
    "4": "#..# #..# #### ...# ...#",
    "5": "#### #... ###. ...# ###.",
    "6": ".##. #... ###. #..# .##.",
    "7": "#### ...# ..#. .#.. .#..",
    "8": ".##. #..# .##. #..# .##.",
    "9": ".##. #..# .### ...# .##.",
    "!": "# # # . #",
    "?": "##. ..# .#. ... .#.",
    ".": ". . . . #",
    ",": ".. .. .. .# #.",
    "-": "... ... ### ... ...",
    ":": ". # . # .",
    "'": "# # . . .",
}


def giant_words(text: str, width: int, height: int, *, ascii_only: bool = False) -> list[str]:
    """`text` in capitals, each sentence on lines of its own, as large as width and height allow.

    Where not even the smallest letters fit, or there is none for a character, the lines are plain capitals.
    Letters lose their accents rather than their size.
    """
    sentences = _sentences(text)
    largest = 2 * height // _ROWS if set("".join(sentences)) <= set(_GLYPHS) | {" "} else 0
    for scale in range(largest, 0, -1):
        if ascii_only and scale % 2:
            continue  # whole cells only
        lines = [line for sentence in sentences for line in _broken(sentence, width // scale)]
        if lines and len(lines) * _high(scale) - _below(scale) <= height and _fit(lines, width // scale):
            return _drawn(lines, scale, ascii_only=ascii_only)
    return [line for sentence in sentences for line in wrap(sentence, max(1, width))]


def _sentences(text: str) -> list[str]:
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    bare = bare.replace("’", "'").replace("–", "-").replace("—", "-")
    return [part for part in re.split(r"(?<=[.!?])\s+", bare.upper().strip()) if part]


def _broken(sentence: str, columns: int) -> Iterator[str]:
    """Lines of whole words, each as long as fits."""
    line = ""
    for word in sentence.split():
        longer = f"{line} {word}" if line else word
        if line and _wide(longer) > columns:
            yield line
            longer = word
        line = longer
    yield line


def _fit(lines: list[str], columns: int) -> bool:
    return all(_wide(line) <= columns for line in lines)


def _wide(line: str) -> int:
    """Columns of a line at scale 1."""
    return sum(_SPACE if char == " " else len(_GLYPHS[char].split()[0]) for char in line) + _GAP * (
        len(line) - 1
    )


def _high(scale: int) -> int:
    """Rows of a line and what is below it."""
    return -(-(_ROWS + _GAP) * scale // 2)


def _below(scale: int) -> int:
    return _high(scale) - -(-_ROWS * scale // 2)


def _drawn(lines: list[str], scale: int, *, ascii_only: bool) -> list[str]:
    drawn: list[str] = []
    for line in lines:
        rows = _rows(line)
        drawn += painted(
            lambda x, y, rows=rows: rows[y][x] == "#", len(rows[0]), _ROWS, scale, ascii_only=ascii_only
        )
        drawn += [""] * _below(scale)
    return drawn[: len(drawn) - _below(scale)]


def _rows(line: str) -> list[str]:
    glyphs = [["." * _SPACE] * _ROWS if char == " " else _GLYPHS[char].split() for char in line]
    return [("." * _GAP).join(glyph[row] for glyph in glyphs) for row in range(_ROWS)]
