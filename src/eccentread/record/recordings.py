"""Recordings of belt speed to count reps in: CSV files with their event lists, and our journals."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import inf, isnan
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eccentread.errors import Cause, InputError
from eccentread.events import (
    Characteristic,
    Cue,
    CueKind,
    Notified,
    Phase,
    PhaseChanged,
    SensorConnected,
    SensorLost,
    SensorNotified,
    SignalChecked,
    Source,
)
from eccentread.ftms import speed_kmh_in
from eccentread.record.csv_rows import number, read_rows
from eccentread.record.journal import JOURNAL_NAME, TESTS, Journal, read_journal
from eccentread.reps import SET, Window, WindowKind
from eccentread.session.sensing import Sensing
from eccentread.units import KMH_PER_MPS

EVENTS_SUFFIX = ".events.csv"

ROUNDING_S = 0.1
"""Sets may overlap by so little: times are rounded."""

EVENTS = (*WindowKind, SET)
"""What may happen on the belt in a window: nobody on it, a cued push or passive ride, a set to count in."""


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Belt speed over time. Times never go back, and need not be regular; windows are in order of onset."""

    path: Path
    times_s: NDArray[np.float64]
    speeds_kmh: NDArray[np.float64]
    windows: tuple[Window, ...]
    simulated: bool = False
    """Whether it is known to be of the simulator; a CSV file does not say."""


def read_recording(path: Path) -> Recording:
    """The recording in a CSV file, a journal, or a session's folder.

    A CSV file has the columns `time_s` and `speed_kmh` and perhaps others, which are ignored; rows without a
    reading (empty or `nan`) are left out. Windows come from the file beside it that is named like it, with
    `.events.csv` at the end: columns `onset_s`, `duration_s`, `event`.

    Raises:
        InputError: a file is missing, or a line cannot be understood.
    """
    if path.is_dir():
        path /= JOURNAL_NAME
        if not path.exists():
            raise InputError(
                Cause.NOT_FOUND, f"{path.parent} has no recording in it, neither a journal nor a CSV file."
            )
    if path.suffix == ".jsonl":
        journal = read_journal(path, _TELLING)
        test = journal.header.test
        if test is not None:
            raise InputError(
                Cause.RECORDING_INVALID,
                f"{path} is the record of a {TESTS[test]} and has no reps; "
                f"`eccentread {test} --from {path}` reads it.",
            )
        return journal_recording(path, journal)
    if path.is_char_device() or path.is_block_device():
        raise InputError(Cause.RECORDING_INVALID, f"{path} is a device; name a file.")
    if path.name.endswith(EVENTS_SUFFIX):
        recording = path.name.removesuffix(EVENTS_SUFFIX) + ".csv"
        raise InputError(Cause.RECORDING_INVALID, f"{path} lists the events of {recording}; name that file.")
    times_s, speeds_kmh = _read_speeds(path)
    events_path = path.with_name(path.stem + EVENTS_SUFFIX)
    windows = _read_windows(events_path) if events_path.exists() else ()
    return _recording(path, times_s, speeds_kmh, windows)


def journal_recording(path: Path, journal: Journal) -> Recording:
    """The recording in a journal: speeds decoded anew from raw bytes, windows from the cues.

    The speeds are those of the source that reps were counted from, by default the machine's.

    Raises:
        InputError: the machine reported no speed.
    """
    times_s, speeds_kmh = array("d"), array("d")
    sources = [event.source for event in journal.outputs if isinstance(event, SignalChecked)]
    sensed = bool(sources) and sources[-1] is Source.BELT_SENSOR
    for t_s, speed_kmh in _sensed(journal) if sensed else _reported(journal):
        times_s.append(t_s)
        speeds_kmh.append(speed_kmh)
    windows = tuple(_cued_windows(journal))
    return _recording(path, times_s, speeds_kmh, windows, simulated=journal.header.simulated)


def _reported(journal: Journal) -> Iterator[tuple[float, float]]:
    """What the machine reported."""
    for event in journal.events:
        match event:
            case Notified(characteristic=Characteristic.TREADMILL_DATA):
                speed_kmh = speed_kmh_in(event.data)
                if speed_kmh is not None:
                    yield event.t_s, speed_kmh
            case _:
                pass


def _sensed(journal: Journal) -> Iterator[tuple[float, float]]:
    """What the belt sensor told, connection by connection; times never go back."""
    sensing, last_s = Sensing(), -inf
    for event in journal.inputs:
        match event:
            case SensorConnected() | SensorNotified() | SensorLost():
                for sample in sensing.feed(event):
                    if sample.t_s > last_s:
                        last_s = sample.t_s
                        yield sample.t_s, sample.speed_mps * KMH_PER_MPS
            case _:
                pass


def _recording(
    path: Path,
    times_s: array[float],
    speeds_kmh: array[float],
    windows: tuple[Window, ...],
    *,
    simulated: bool = False,
) -> Recording:
    if not times_s:
        raise InputError(Cause.RECORDING_INVALID, f"{path} has no readings of belt speed; record again.")
    return Recording(path, np.frombuffer(times_s), np.frombuffer(speeds_kmh), windows, simulated)


_TELLING = frozenset(
    {Notified, SensorConnected, SensorNotified, SensorLost, SignalChecked, Cue, PhaseChanged}
)
"""The kinds of events that a recording is made of."""

_CUED = {
    CueKind.STAND_CLEAR: WindowKind.IDLE,
    CueKind.PUSH_ONCE: WindowKind.PUSH,
    CueKind.RIDE_ONCE: WindowKind.RIDE,
}


def _cued_windows(journal: Journal) -> Iterator[Window]:
    """A cue of the signal check holds until the next cue or phase; a set until the next phase."""
    open_: tuple[float, str] | None = None
    for event in journal.events:
        match event:
            case Cue() if open_ is not None and open_[1] == SET:
                continue
            case Cue():
                kind = _CUED.get(event.kind)
            case PhaseChanged():
                kind = SET if event.phase is Phase.SET else None
            case _:
                continue
        if open_ is not None and event.t_s > open_[0]:
            yield Window(open_[0], event.t_s - open_[0], open_[1])
        open_ = None if kind is None else (event.t_s, kind)
    if open_ is not None and journal.events[-1].t_s > open_[0]:  # the program died within it
        yield Window(open_[0], journal.events[-1].t_s - open_[0], open_[1])


def _read_speeds(path: Path) -> tuple[array[float], array[float]]:
    times_s, speeds_kmh = array("d"), array("d")
    last_s = -inf

    def take(time: str, speed: str) -> None:
        nonlocal last_s
        time_s, speed_kmh = number(time), number(speed)
        if isnan(time_s) or isnan(speed_kmh):
            return
        if time_s < last_s:
            raise ValueError(f"goes back in time, from {last_s} s to {time_s} s; sort the file by time_s")
        times_s.append(time_s)
        speeds_kmh.append(speed_kmh)
        last_s = time_s

    read_rows(path, ("time_s", "speed_kmh"), take)
    return times_s, speeds_kmh


def _read_windows(path: Path) -> tuple[Window, ...]:
    windows: list[Window] = []

    def take(onset: str, duration: str, event: str) -> None:
        onset_s, duration_s, name = number(onset), number(duration), event.strip().lower()
        if isnan(onset_s) or not duration_s > 0:
            raise ValueError("needs an onset_s, and a duration_s above 0")
        if name not in EVENTS:
            raise ValueError(f"has an unknown event {event!r}; use one of {', '.join(EVENTS)}")
        windows.append(Window(onset_s, duration_s, name))

    read_rows(path, ("onset_s", "duration_s", "event"), take)
    windows.sort(key=lambda window: window.onset_s)
    for before, after in pairwise(window for window in windows if window.event == SET):
        if after.onset_s < before.end_s - ROUNDING_S:
            raise InputError(
                Cause.RECORDING_INVALID,
                f"{path} has a set at {after.onset_s:g} s before the one at {before.onset_s:g} s is over; "
                "correct their onset_s or duration_s.",
            )
    return tuple(windows)
