"""`eccentread analyse`: count the reps in recordings, with the live detector."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import chain, count
from pathlib import Path
from typing import Any

import click

from eccentread.cli.progress import Progress
from eccentread.cli.workers import WORTH_S, in_order, processors
from eccentread.errors import Cause, EccentreadError, OutputError
from eccentread.ui.words import printable


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--jsonl", is_flag=True, help="One JSON object a file, with every rep.")
@click.option(
    "--plot",
    "pictures",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder to write a picture of each file to.",
)
def analyse(files: tuple[Path, ...], jsonl: bool, pictures: Path | None) -> int:
    """Count the reps in journals, or in CSV files of belt speed.

    A CSV has the columns time_s and speed_kmh; beside A.csv, A.events.csv may say what happened when
    (onset_s, duration_s, event: idle, push, ride or set). A folder means the recordings and sessions in it
    and below. Many are analysed in parallel; a file that cannot be read does not stop the rest.
    Exit status: 0, or 2 if a file could not be read.
    """
    from eccentread.record.gathered import gather

    if pictures is not None:
        _prepare(pictures)
    recordings = gather(files)
    jobs = [
        Job(str(path), jsonl, pictures and str(pictures / name))
        for path, name in zip(recordings, picture_names(recordings), strict=True)
    ]
    bad = False
    with Progress(len(jobs)) as progress:
        for told in in_order(analysed, jobs, crashed, processes=processors(), worth_s=WORTH_S):
            progress.step(told.text, err=told.bad and not jsonl)
            bad |= told.bad
    return 2 if bad else 0


@dataclass(frozen=True, slots=True)
class Job:
    """One recording to be analysed, what to tell of it, and the picture to write, if one is wanted."""

    file: str
    jsonl: bool
    picture: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of one file; `bad` if it could not be analysed."""

    text: str
    bad: bool


def analysed(job: Job) -> Told:
    """Do `job`; never raises, whatever the file holds."""
    try:
        found = _analysed(job)
        return Told(json.dumps(found, allow_nan=False) if job.jsonl else _in_words(found), bad=False)
    except EccentreadError as error:
        return _error(job, error.sentence)
    except Exception as error:  # noqa: BLE001  the other files are still to be analysed
        return _error(
            job,
            f"{job.file} could not be analysed ({type(error).__name__}: {error}); "
            "please report this, and keep the file.",
        )


def crashed(job: Job) -> Told:
    """What is said of a job whose process died over it."""
    return _error(
        job, f"{job.file} could not be analysed, its process died; is there too little memory? Try it alone."
    )


def _error(job: Job, sentence: str) -> Told:
    if job.jsonl:
        return Told(json.dumps({"file": job.file, "error": sentence}), bad=True)
    return Told(f"eccentread: {printable(sentence)}", bad=True)


def _analysed(job: Job) -> dict[str, Any]:
    from eccentread.record.recordings import read_recording
    from eccentread.reps import analyse as analyse_speeds

    path = Path(job.file)
    recording = read_recording(path)
    times_s, speeds_kmh = recording.times_s.tolist(), recording.speeds_kmh.tolist()
    found = analyse_speeds(times_s, speeds_kmh, recording.windows or None)
    result: dict[str, Any] = {
        "file": job.file,
        **({"simulated": True} if recording.simulated else {}),
        "verdict": "countable" if found.countable else "cannot-count",
        "reason": found.reason,
        "sets": [
            {"onset_s": one.onset_s, "count": len(one.reps), "reps": [asdict(rep) for rep in one.reps]}
            for one in found.sets
        ]
        if found.countable
        else [],
    }
    if job.picture is not None:
        from eccentread.ui.picture import draw
        from eccentread.ui.scene import scene

        _write(Path(job.picture), draw(scene(printable(_called(path)), recording, found)))
        result["picture"] = job.picture
    return result


def _in_words(found: Mapping[str, Any]) -> str:
    file = printable(found["file"])
    if found.get("simulated"):
        file += " (SIMULATED)"
    if found["verdict"] != "countable":
        return f"{file}: cannot count. {found['reason']}"
    counts = ", ".join(str(one["count"]) for one in found["sets"])
    return f"{file}: {counts or 'no sets'}. {found['reason']}"


def picture_names(recordings: Iterable[Path]) -> Iterator[str]:
    """A name for the picture of each recording, after it; a number tells those of the same name apart."""
    taken = set[str]()
    for path in recordings:
        called = _called(path)
        called = called.removesuffix(Path(called).suffix)
        numbered = chain([called], (f"{called}-{number}" for number in count(2)))
        name = next(name for name in numbered if name.casefold() not in taken)
        taken.add(name.casefold())
        yield f"{name}.reps.png"


def _called(path: Path) -> str:
    """A file by its name, a session by that of its folder."""
    from eccentread.record.journal import JOURNAL_NAME

    whole = path.absolute()
    return whole.parent.name if whole.name == JOURNAL_NAME else whole.name


def _prepare(folder: Path) -> None:
    from eccentread.ui.picture import require_matplotlib

    require_matplotlib()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from None


def _write(path: Path, picture: bytes) -> None:
    try:
        path.write_bytes(picture)
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(
        Cause.UNWRITABLE, f"{path} cannot be written ({error.strerror}); choose another folder with --plot."
    )
