"""The recordings that names on a command line mean: files, folders, patterns; each of them once."""

import glob
from collections.abc import Iterable, Iterator
from pathlib import Path

from eccentread.record.journal import JOURNAL_NAME
from eccentread.record.recordings import EVENTS_SUFFIX


def gather(names: Iterable[Path]) -> list[Path]:
    """The recordings meant by `names`, in their order.

    A session's folder is that session; any other folder means the CSV files and the sessions in it and below,
    by name, hidden ones left out. A pattern (`*`, `?`, `[…]`) that no shell has resolved means the files that
    fit it. A list of events means its recording. A name that means no recording stays as it is, for whoever
    reads it to say so.
    """
    once: dict[Path, Path] = {}
    for name in names:
        for path in _meant(name):
            once.setdefault(_identity(path), path)
    return list(once.values())


def _meant(name: Path) -> Iterator[Path]:
    fitting = _fitting(str(name)) if not name.exists() else []
    for path in fitting or [name]:
        recording = Path(str(path).removesuffix(EVENTS_SUFFIX) + ".csv")
        if path.name.endswith(EVENTS_SUFFIX) and recording.exists():
            yield recording
        elif path.is_dir() and not (path / JOURNAL_NAME).exists():
            yield from list(_below(path)) or [path]
        else:
            yield path


def _fitting(pattern: str) -> list[Path]:
    return sorted(map(Path, glob.iglob(pattern)))  # noqa: PTH207  Path.glob takes no absolute patterns


def _below(folder: Path) -> Iterator[Path]:
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        yield folder
        return
    for path in inside:
        if path.name.startswith("."):
            continue
        if (path / JOURNAL_NAME).exists():
            yield path
        elif path.is_dir() and not path.is_symlink():  # a link may lead round in circles
            yield from _below(path)
        elif path.suffix.lower() == ".csv" and not path.name.endswith(EVENTS_SUFFIX):
            yield path


def _identity(path: Path) -> Path:
    """Two names of one recording have the same."""
    return (path / JOURNAL_NAME if path.is_dir() else path).resolve()
