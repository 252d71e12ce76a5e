"""What a notification says of the belt: its report, or the console's word; oddities are noted."""

from eccentread.events import Characteristic, Noted, Notified
from eccentread.ftms import (
    Issue,
    MachineStatus,
    Malformed,
    RecordAssembler,
    TreadmillData,
    decode_machine_status,
)


class Reading:
    """Reads one machine's notifications. `notes` holds the oddities of the latest."""

    def __init__(self) -> None:
        self._records = RecordAssembler()
        self._known: set[Issue] = set()
        self.notes: list[Noted] = []

    def restart(self) -> None:
        """A new connection: what was half received is gone."""
        self._records.reset()

    def feed(self, happened: Notified) -> TreadmillData | MachineStatus | None:
        """A whole record or a status; `None` where there is nothing for the belt in it, or not yet."""
        self.notes = []
        match happened.characteristic:
            case Characteristic.TREADMILL_DATA:
                return self._record(happened)
            case Characteristic.MACHINE_STATUS:
                return self._status(happened)
            case _:
                return None  # journalled; answers come as `CommandAnswered`

    def _record(self, happened: Notified) -> TreadmillData | None:
        record = self._records.feed(happened.t_s, happened.data)
        for issue in record.issues if record else ():
            if issue not in self._known:  # the same oddity comes with every packet of some machines
                self._known.add(issue)
                self.notes.append(Noted(happened.t_s, f"treadmill data: {issue.value}"))
        return record

    def _status(self, happened: Notified) -> MachineStatus | None:
        status = decode_machine_status(happened.data)
        if isinstance(status, Malformed):
            octets = status.data.hex() or "without octets"
            self.notes.append(Noted(happened.t_s, f"machine status {octets}: {status.flaw.value}"))
            return None
        return status
