"""`eccentread analyse`: count the reps in recordings, with the live detector."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from eccentread.errors import InputError


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--jsonl", is_flag=True, help="One JSON object a file, with every rep.")
def analyse(files: tuple[Path, ...], jsonl: bool) -> int:
    """Count the reps in journals, or in CSV files of belt speed.

    A CSV has the columns time_s and speed_kmh; beside A.csv, A.events.csv may say what happened when
    (onset_s, duration_s, event: idle, push, ride or set). A file that cannot be read does not stop the rest.
    Exit status: 0, or 2 if a file could not be read.
    """
    status = 0
    for file in files:
        try:
            found = _analyse(file)
        except InputError as error:
            status = error.exit_status
            found = {"file": str(file), "error": error.sentence}
        if jsonl:
            click.echo(json.dumps(found, allow_nan=False))
        elif "error" in found:
            click.echo(f"eccentread: {found['error']}", err=True)
        else:
            click.echo(_in_words(found))
    return status


def _analyse(file: Path) -> dict[str, Any]:
    from eccentread.record.recordings import read_recording
    from eccentread.reps import analyse as count

    recording = read_recording(file)
    found = count(recording.times_s.tolist(), recording.speeds_kmh.tolist(), recording.windows or None)
    return {
        "file": str(file),
        "verdict": "countable" if found.countable else "cannot-count",
        "reason": found.reason,
        "sets": [
            {"onset_s": one.onset_s, "count": len(one.reps), "reps": [asdict(rep) for rep in one.reps]}
            for one in found.sets
        ]
        if found.countable
        else [],
    }


def _in_words(found: Mapping[str, Any]) -> str:
    if found["verdict"] != "countable":
        return f"{found['file']}: cannot count. {found['reason']}"
    counts = ", ".join(str(one["count"]) for one in found["sets"])
    return f"{found['file']}: {counts or 'no sets'}. {found['reason']}"
