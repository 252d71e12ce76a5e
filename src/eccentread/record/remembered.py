"""The treadmill of last time: where it was, and what it said of itself.

One small JSON file, replaced in one piece. Addresses can be taken over by another machine, so whoever
connects by what is remembered also holds the machine to it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import platformdirs

from eccentread.errors import Cause, InputError, OutputError
from eccentread.record.codec import from_line, to_line
from eccentread.record.forms import Json, record_from_json, record_to_json
from eccentread.record.whole import write_whole

SCHEMA_VERSION = 1

_IDENTITY = ("manufacturer", "model", "serial")
"""What of the Device Information stays what it is as long as the machine is the same."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """One machine. Texts are "" where the machine does not tell."""

    address: str
    name: str
    """As it advertised itself; "" where it did not."""
    manufacturer: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""

    @property
    def told(self) -> dict[str, str]:
        """Its address and what it told of itself: by this, a machine whose belt was timed is known again."""
        return {key: text for key, text in asdict(self).items() if key != "name"}

    @property
    def called(self) -> str:
        """For people."""
        return f"{self.name} ({self.address})" if self.name else self.address


def of(address: str, name: str, device: Mapping[str, str]) -> Remembered:
    """What is to be remembered of a machine with that Device Information."""
    told = {key: device.get(key, "") for key in (*_IDENTITY, "firmware")}
    return Remembered(address, name, **told)


def mistaken(remembered: Remembered, device: Mapping[str, str]) -> str | None:
    """Why a machine with that Device Information is not the one remembered, with the way out.

    `None` where it is. What either of them does not tell counts, too: a machine does not forget its maker.
    """
    now = of(remembered.address, remembered.name, device)
    for key in _IDENTITY:
        before, after = getattr(remembered, key), getattr(now, key)
        if before != after:
            what = "serial number" if key == "serial" else key
            return (
                f"At {remembered.address} is another treadmill than last time: its {what} is "
                f"{after or 'not told'}, not {before or 'untold'}. Nothing was asked of it; if it is the one "
                f"you mean, name it (--machine {remembered.address})."
            )
    return None


def updated(remembered: Remembered, device: Mapping[str, str]) -> str | None:
    """What to say where the firmware is another than last time; `None` where it is the same."""
    before, after = remembered.firmware, device.get("firmware", "")
    if before == after:
        return None
    return (
        f"The firmware of {remembered.called} is {after or 'no longer told'}, last time it was "
        f"{before or 'not told'}: what was known of it may no longer hold."
    )


def default_path() -> Path:
    """Where the machine of last time is kept."""
    return platformdirs.user_data_path("eccentread") / "machine.json"


def recall(path: Path) -> Remembered | None:
    """The machine of last time; `None` where there is none.

    Raises:
        InputError: the file is damaged, or from a newer program.
    """
    try:
        content = from_line(path.read_bytes())
        fields = cast("dict[str, Json]", content) if isinstance(content, dict) else {}
        version = fields.pop("machine", None)
        if version == SCHEMA_VERSION:
            return record_from_json(Remembered, fields)
        why = "it is of another version"
    except FileNotFoundError:
        return None
    except OSError as error:
        why = error.strerror or str(error)
    except InputError as error:
        why = f"it {error.sentence}"
    raise InputError(
        Cause.RECORDING_INVALID,
        f"The treadmill of last time cannot be read from {path} ({why}), so none is remembered; "
        "`eccentread scan --forget` removes the file.",
    )


def remember(machine: Remembered, path: Path) -> None:
    """Keep `machine`, whole or not at all.

    Raises:
        OutputError: the file cannot be written.
    """
    try:
        write_whole(to_line({"machine": SCHEMA_VERSION, **record_to_json(machine)}), path)
    except OSError as error:
        raise OutputError(
            Cause.UNWRITABLE,
            f"{machine.called} cannot be remembered in {path} ({error.strerror}); "
            "next time name it with --machine.",
        ) from None


def forget(path: Path) -> bool:
    """Remember no machine; whether one was.

    Raises:
        OutputError: the file cannot be removed.
    """
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise OutputError(
            Cause.UNWRITABLE, f"{path} cannot be removed ({error.strerror}); remove it yourself."
        ) from None
    return True
