"""Pictures of square pixels in characters: a cell is about twice as high as wide, so it holds two. Pure."""

from collections.abc import Callable

_HALF_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def painted(
    lit: Callable[[int, int], bool], columns: int, rows: int, scale: int, *, ascii_only: bool
) -> list[str]:
    """Lines of equal length for the pixels that are `lit(column, row)`, each `scale` columns wide.

    ASCII draws whole cells alone: there `scale` has to be even.
    """

    def half(x: int, half_row: int) -> bool:
        return half_row < rows * scale and lit(x // scale, half_row // scale)

    lines = range(-(-rows * scale // 2))
    cells = [[(half(x, 2 * line), half(x, 2 * line + 1)) for x in range(columns * scale)] for line in lines]
    if ascii_only:
        return ["".join("#" if upper else " " for upper, _ in line) for line in cells]
    return ["".join(_HALF_BLOCKS[cell] for cell in line) for line in cells]


def centred(line: str, width: int) -> str:
    """The line with as much space before it as centres it; what is blank at its end counts as part of it."""
    return " " * max(0, (width - len(line)) // 2) + line
