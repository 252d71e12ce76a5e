"""Sessions as files for other programs."""

import csv
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eccentread.errors import Cause, OutputError, UsageError
from eccentread.record.forms import Scalar
from eccentread.record.journal import Journal
from eccentread.record.tables import TABLES, Table

FORMATS = ("csv",)


def export(journals: Sequence[Journal], to: Path, file_format: str) -> list[Path]:
    """Write the tables of `journals` into the folder `to`, replacing those of an earlier export; say which.

    CSV is UTF-8 with a header, decimal points and lines ended by LF; what is unknown is empty.

    Raises:
        UsageError: `file_format` is none of `FORMATS`.
        OutputError: `to` cannot be written.
    """
    if file_format not in FORMATS:
        raise UsageError(
            Cause.USAGE, f"there is no export format {file_format!r}; choose from {', '.join(FORMATS)}."
        )
    try:
        to.mkdir(parents=True, exist_ok=True)
        return [_write(table, journals, to / table.file_name) for table in TABLES]
    except OSError as error:
        raise OutputError(
            Cause.UNWRITABLE, f"{to} cannot be written ({error.strerror}); choose another folder with --to."
        ) from None


def reference() -> str:
    """The tables as Markdown, for the reference page."""
    lines: list[str] = []
    for table in TABLES:
        lines += [f"## {table.file_name}", "", f"One row a {table.one_row}.", ""]
        lines += ["| column | unit | meaning |", "|---|---|---|"]
        lines += [f"| `{column.name}` | {column.unit} | {column.meaning} |" for column in table.columns]
        lines += [""]
    return "\n".join(lines)


def _write(table: Table[Any], journals: Sequence[Journal], path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(column.name for column in table.columns)
        for journal in journals:
            for row in table.rows(journal):
                writer.writerow(_cell(column.cell(row)) for column in table.columns)
    return path


def _cell(value: Scalar) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if math.isnan(value):
            return ""
        case _:
            return str(value)
