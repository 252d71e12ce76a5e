"""What a belt sensor's notifications say: belt speeds at their own times; oddities are noted."""

from collections.abc import Sequence

from eccentread.events import Noted, SensorConnected, SensorKind, SensorLost, SensorNotified
from eccentread.sensors import (
    CscSpeed,
    HighRateSpeed,
    Sample,
    Unreadable,
    counts_wheel,
    decode_facts,
    location,
)


class Sensing:
    """Reads one belt sensor. `notes` holds what is odd or worth knowing of the latest input."""

    def __init__(self) -> None:
        self._speed: CscSpeed | HighRateSpeed | None = None
        self._known: set[str] = set()
        self.length_m = 0.0
        """Belt travel per count of the newest sensor."""
        self.notes: list[Noted] = []

    def feed(self, happened: SensorConnected | SensorNotified | SensorLost) -> Sequence[Sample]:
        """The belt speeds that an input brings, oldest first."""
        self.notes = []
        match happened:
            case SensorConnected():
                self._connected(happened)
                return ()
            case SensorLost(t_s, why):
                self._speed = None
                self._note(t_s, f"the belt sensor is not there: {why}")
                return ()
            case SensorNotified(t_s, data):
                return self._notified(t_s, data)

    def _connected(self, happened: SensorConnected) -> None:
        found = decoder(happened)
        if isinstance(found, Unreadable):
            self._speed = None
            self._note(happened.t_s, f"the belt sensor {found.why}")
            return
        self._speed = found
        self.length_m = found.length_m
        where = location(happened.location)
        at = f", at the {where} by its own account" if where else ""
        self._note(happened.t_s, f"belt sensor {happened.name} ({happened.kind}{at})")

    def _notified(self, t_s: float, data: bytes) -> Sequence[Sample]:
        if self._speed is None:
            return ()
        found = self._speed.feed(t_s, data)
        if isinstance(found, Unreadable):
            self._note_once(t_s, f"the belt sensor {found.why}")
            return ()
        if isinstance(self._speed, HighRateSpeed) and self._speed.lost:
            self._note_once(t_s, "notifications of the belt sensor were lost; the count goes on over them")
        return found

    def _note_once(self, t_s: float, text: str) -> None:
        if text not in self._known:  # the same oddity may come with every packet
            self._known.add(text)
            self._note(t_s, text)

    def _note(self, t_s: float, text: str) -> None:
        self.notes.append(Noted(t_s, text))


def decoder(connected: SensorConnected) -> CscSpeed | HighRateSpeed | Unreadable:
    """What turns the notifications of a sensor into speeds, or why nothing can."""
    match connected.kind:
        case SensorKind.HIGH_RATE:
            facts = decode_facts(connected.facts or b"")
            return facts if isinstance(facts, Unreadable) else HighRateSpeed(facts)
        case SensorKind.CSC if not counts_wheel(connected.facts):
            return Unreadable("counts no wheel revolutions (a cadence sensor?)")
        case SensorKind.CSC:
            if connected.length_m is None:
                return Unreadable("counts revolutions, and nobody said how much belt passes in one")
            return CscSpeed(connected.length_m)
