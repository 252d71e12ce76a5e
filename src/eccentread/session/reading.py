"""What a notification says of the belt: its report, or the console's word; oddities are noted."""

from collections.abc import Iterator
from dataclasses import replace

from eccentread.events import Characteristic, LoadReported, Noted, Notified, Source
from eccentread.ftms import (
    Issue,
    MachineStatus,
    Malformed,
    RecordAssembler,
    TreadmillData,
    decode_machine_status,
    decode_response,
    decode_training_status,
)
from eccentread.session.profile import Unit


class Reading:
    """Reads one machine's notifications: its reports in its own unit of speed, its status as it says it.

    `notes`: of the latest, its oddities, and what it reports beside the speed that may tell of the load.
    """

    def __init__(self) -> None:
        self._records = RecordAssembler()
        self._known: set[Issue] = set()
        self._unit = Unit.KMH
        self.notes: list[Noted | LoadReported] = []

    def restart(self, unit: Unit) -> None:
        """A new connection, to a machine that reports in that unit: what was half received is gone."""
        self._records.reset()
        self._unit = unit

    def feed(self, happened: Notified) -> TreadmillData | MachineStatus | None:
        """A whole record or a status; `None` where there is nothing for the belt in it, or not yet."""
        self.notes = []
        match happened.characteristic:
            case Characteristic.TREADMILL_DATA:
                return self._record(happened)
            case Characteristic.MACHINE_STATUS:
                return self._status(happened)
            case Characteristic.TRAINING_STATUS:
                self._note_malformed(happened, "training status", decode_training_status(happened.data))
            case Characteristic.CONTROL_POINT:  # answers come as `CommandAnswered`
                self._note_malformed(happened, "control point answer", decode_response(happened.data))
            case _:
                pass
        return None

    def _record(self, happened: Notified) -> TreadmillData | None:
        record = self._records.feed(happened.t_s, happened.data)
        for issue in record.issues if record else ():
            if issue not in self._known:  # the same oddity comes with every packet of some machines
                self._known.add(issue)
                self.notes.append(Noted(happened.t_s, f"treadmill data: {issue.value}"))
        self.notes += _loads(happened.t_s, record) if record else ()
        if record is None or record.speed_centi_kmh is None:
            return record
        return replace(record, speed_centi_kmh=round(record.speed_centi_kmh * self._unit.kmh))

    def _status(self, happened: Notified) -> MachineStatus | None:
        match decode_machine_status(happened.data):
            case Malformed() as malformed:
                self._note_malformed(happened, "machine status", malformed)
                return None
            case status:
                return status

    def _note_malformed(self, happened: Notified, what: str, found: object) -> None:
        if isinstance(found, Malformed):
            octets = found.data.hex() or "without octets"
            self.notes.append(Noted(happened.t_s, f"{what} {octets}: {found.flaw.value}"))


def _loads(t_s: float, record: TreadmillData) -> Iterator[LoadReported]:
    for source, value in (
        (Source.FORCE_ON_BELT, record.force_on_belt_n),
        (Source.POWER, record.power_w),
        (Source.STEPS, record.steps),
    ):
        if value is not None:
            yield LoadReported(t_s, source, value)
