"""A calibration of force, kept: for one machine, at one speed, for the rest of that day.

One small JSON file for each machine, replaced in one piece. A motor warms and cools, so that what a newton
does to a belt is another tomorrow: who reads an old one gets nothing.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import platformdirs

from eccentread.errors import Cause, InputError, OutputError
from eccentread.record.codec import from_line, to_line
from eccentread.record.forms import Json, record_from_json, record_to_json
from eccentread.record.whole import write_whole
from eccentread.reps.force import ForceCalibration

SCHEMA_VERSION = 1
VALID = timedelta(hours=12)
"""From the beginning of the calibration: its day, whatever the time zone."""


@dataclass(frozen=True, slots=True)
class KeptForce:
    """A calibration and what it holds for."""

    session: str
    """Its journal, from which it can be computed again."""
    software: str
    simulated: bool
    address: str
    name: str
    made_utc: datetime
    speed_kmh: float
    warm: bool
    """Whether the belt had been warmed up at 2–3 km/h; else only at this speed."""
    calibration: ForceCalibration

    @property
    def expires_utc(self) -> datetime:
        """From then on it is worth nothing."""
        return self.made_utc + VALID

    def holds(self, address: str, speed_kmh: float, now_utc: datetime) -> bool:
        """Whether it is this machine's, at this speed, and of today."""
        here = address == self.address and abs(speed_kmh - self.speed_kmh) < 0.005
        return here and self.made_utc <= now_utc < self.expires_utc


def default_folder() -> Path:
    """Where the calibrations are kept."""
    return platformdirs.user_data_path("eccentread") / "forces"


def path_of(address: str, folder: Path) -> Path:
    """The file of the machine at that address."""
    return folder / f"{re.sub(r'[^0-9A-Za-z]+', '-', address)}.json"


def keep(kept: KeptForce, path: Path) -> None:
    """Write it, whole or not at all.

    Raises:
        OutputError: the file cannot be written.
    """
    try:
        write_whole(to_line({"force": SCHEMA_VERSION, **record_to_json(kept)}), path)
    except OSError as error:
        raise OutputError(
            Cause.UNWRITABLE,
            f"{path} cannot be written ({error.strerror}); nothing is lost: "
            f"`eccentread calibrate --from {kept.session} --to FILE` writes it elsewhere.",
        ) from None


def read(path: Path) -> KeptForce:
    """The calibration in the file at `path`.

    Raises:
        InputError: it is missing, damaged, or from another version of the program.
    """
    try:
        content = from_line(path.read_bytes())
        fields = cast("dict[str, Json]", content) if isinstance(content, dict) else {}
        if fields.pop("force", None) == SCHEMA_VERSION:
            return record_from_json(KeptForce, fields)
        why = "it is of another version"
    except OSError as error:
        why = error.strerror or str(error)
    except InputError as error:
        why = f"it {error.sentence}"
    raise InputError(
        Cause.RECORDING_INVALID,
        f"The calibration of force in {path} cannot be read ({why}); `eccentread calibrate` makes a new one.",
    )


def current(
    address: str, speed_kmh: float, *, folder: Path | None = None, now_utc: datetime | None = None
) -> KeptForce | None:
    """Today's calibration of the machine at that address for that speed; `None` where there is none.

    Raises:
        InputError: its file is damaged.
    """
    path = path_of(address, folder or default_folder())
    if not path.exists():
        return None
    kept = read(path)
    return kept if kept.holds(address, speed_kmh, now_utc or datetime.now(UTC)) else None
