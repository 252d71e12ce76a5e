"""Lines as wide as the terminal, broken at spaces; a pipe gets them whole."""

import shutil
import sys
import textwrap
from collections.abc import Callable

INDENT = "      "
"""Before what a line is continued with: as wide as the time mm:ss and a space."""
LEAST_COLUMNS = 20


def wrapped(text: str, columns: int) -> str:
    """Its lines, none wider than `columns` unless one word is."""
    return "".join(
        _line(line.rstrip("\n"), max(columns, LEAST_COLUMNS)) + line[len(line.rstrip("\n")) :]
        for line in text.splitlines(keepends=True)
    )


def fitted(text: str) -> str:
    """The same for standard output as it is now."""
    return wrapped(text, shutil.get_terminal_size().columns) if sys.stdout.isatty() else text


def fitting(write: Callable[[str], object]) -> Callable[[str], object]:
    """A `write` that is given the lines so."""
    return lambda text: write(fitted(text))


def _line(line: str, columns: int) -> str:
    return textwrap.fill(
        line,
        columns,
        subsequent_indent=INDENT,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )
