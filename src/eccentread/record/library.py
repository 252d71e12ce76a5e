"""Where sessions live: a folder each, named by the session's id, holding its journal and its summary."""

import secrets
from datetime import UTC, datetime
from pathlib import Path

import platformdirs

from eccentread.errors import Cause, InputError, OutputError
from eccentread.record.journal import JOURNAL_NAME

SUMMARY_NAME = "summary.json"


def default_root() -> Path:
    """The folder of all sessions where `--out` names no other."""
    return platformdirs.user_data_path("eccentread") / "sessions"


def new_session(root: Path, started_utc: datetime) -> Path:
    """A new folder for a session; its name is the session's id, such as `20261121T014512Z-3f9a`.

    The id sorts by time, and its random end keeps sessions begun in the same second apart.

    Raises:
        OutputError: nothing can be made below `root`.
    """
    begun = started_utc.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    try:
        root.mkdir(parents=True, exist_ok=True)
        while True:
            folder = root / f"{begun}-{secrets.token_hex(2)}"
            if not folder.exists():
                folder.mkdir()
                return folder
    except OSError as error:
        raise OutputError(
            Cause.UNWRITABLE,
            f"no session can be kept in {root} ({error.strerror}); choose another folder with --out.",
        ) from None


def list_sessions(root: Path) -> list[Path]:
    """The folders below `root` that hold a journal, oldest first; none if there is no such folder."""
    return sorted(journal.parent for journal in root.glob(f"*/{JOURNAL_NAME}"))


def find(session: str, root: Path) -> Path:
    """The journal meant by `session`: an id below `root`, the beginning of just one, a folder or a journal.

    Raises:
        InputError: there is none, or the beginning fits several.
    """
    named = Path(session)
    if named.is_file():
        return named
    if (named / JOURNAL_NAME).is_file():
        return named / JOURNAL_NAME
    fitting = [folder for folder in list_sessions(root) if session and folder.name.startswith(session)]
    exact = [folder for folder in fitting if folder.name == session]
    match exact or fitting:
        case [folder]:
            return folder / JOURNAL_NAME
        case []:
            raise InputError(
                Cause.NOT_FOUND, f"no session {session!r} in {root}; `history` lists what there is."
            )
        case _:
            names = ", ".join(folder.name for folder in fitting[:5])
            raise InputError(
                Cause.NOT_FOUND, f"{session!r} fits {len(fitting)} sessions ({names}…); give more of the id."
            )
