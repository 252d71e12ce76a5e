"""Columns of CSV files that people made: with spreadsheets, by hand, on other systems."""

import csv
from collections.abc import Callable, Iterator
from math import isinf, nan
from operator import itemgetter
from pathlib import Path

from eccentread.errors import Cause, InputError


def read_rows(path: Path, columns: tuple[str, ...], take: Callable[..., None]) -> None:
    """Give the cells of `columns` to `take`, row by row; other columns and empty lines are passed over.

    Raises:
        InputError: the file is missing, is no CSV, or lacks columns or cells; or `take` raised a ValueError,
            to which the file and the line are put.
    """
    for line, cells in _rows(path, columns):
        try:
            take(*cells)
        except ValueError as error:
            raise InputError(Cause.RECORDING_INVALID, f"{path} line {line} {error}.") from None


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    wanted = ",".join(columns)
    try:
        # utf-8-sig: spreadsheets begin a UTF-8 file with a byte order mark.
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            header = next(filter(_filled, reader), None)
            if header is None:
                raise InputError(Cause.RECORDING_INVALID, f"{path} is empty; begin it with a line {wanted}.")
            names = [name.strip().lower() for name in header]
            places = [names.index(column) for column in columns if column in names]
            if len(places) < len(columns) and any(";" in name or "\t" in name for name in names):
                raise InputError(
                    Cause.RECORDING_INVALID,
                    f"{path} has semicolons or tabs between its columns; "
                    "save it with commas and decimal points.",
                )
            if len(places) < len(columns):
                raise InputError(
                    Cause.RECORDING_INVALID,
                    f"{path} line {reader.line_num} lacks column names; begin the file with {wanted}.",
                )
            pick, needed, named = itemgetter(*places), max(places) + 1, len(names)
            for row in reader:
                if len(row) > named and any(map(str.strip, row[named:])):
                    raise InputError(
                        Cause.RECORDING_INVALID,
                        f"{path} line {reader.line_num} has more cells than there are column names; "
                        "write decimals with a point, and put text with commas in quotes.",
                    )
                if len(row) >= needed:
                    yield reader.line_num, pick(row)
                elif _filled(row):
                    raise InputError(
                        Cause.RECORDING_INVALID,
                        f"{path} line {reader.line_num} has too few cells for {wanted}; complete it.",
                    )
    except OSError as error:
        raise InputError(
            Cause.NOT_FOUND, f"{path} cannot be read ({error.strerror}); check its name."
        ) from None
    except UnicodeDecodeError:
        raise InputError(
            Cause.RECORDING_INVALID, f"{path} is not text in UTF-8; save it as CSV in UTF-8."
        ) from None
    except csv.Error as error:
        raise InputError(Cause.RECORDING_INVALID, f"{path} is not CSV ({error}); save it as CSV.") from None


def _filled(row: list[str]) -> bool:
    return len(row) > 1 or (len(row) == 1 and not row[0].isspace())


def number(cell: str) -> float:
    """The finite number in a cell; nan where it says `nan` or nothing at all.

    Raises:
        ValueError: it is none.
    """
    try:
        number = float(cell)
    except ValueError:
        if not cell.strip():
            return nan
        way_out = "write decimals with a point" if "," in cell else "correct it"
        raise ValueError(f"has {cell!r:.40} where a number is due; {way_out}") from None
    if isinf(number):
        raise ValueError(f"has {cell!r:.40} where a finite number is due; correct it")
    return number
