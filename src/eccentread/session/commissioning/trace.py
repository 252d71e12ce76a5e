"""Everything a machine said and was told, in the numbers of the wire, ready for questions.

Nothing is converted here: which unit the numbers are in is one of the questions.
"""

from dataclasses import dataclass

from eccentread.events import (
    Characteristic,
    Command,
    CommandAnswered,
    CommandKind,
    Notified,
    Problem,
    ResultCode,
)
from eccentread.ftms import Issue, RecordAssembler, decode_training_status
from eccentread.ftms.training_status import TrainingCode, TrainingStatus


@dataclass(frozen=True, slots=True)
class Report:
    """A belt speed as reported, wire hundredths, and the machine's own distance."""

    t_s: float
    centi: int
    distance_m: int | None


@dataclass(frozen=True, slots=True)
class Said:
    """A Machine Status, octets as sent."""

    t_s: float
    octets: bytes


@dataclass(frozen=True, slots=True)
class Trained:
    """A Training Status."""

    t_s: float
    code: TrainingCode | int


@dataclass(frozen=True, slots=True)
class Sent:
    """A command that went out and, once there is one, its ending."""

    t_s: float
    id: int
    kind: CommandKind
    data: bytes
    ended_s: float | None = None
    result: int | None = None
    problem: Problem | None = None

    @property
    def number(self) -> int | None:
        """The speed asked for, wire hundredths."""
        is_speed = self.kind is CommandKind.SET_SPEED
        return int.from_bytes(self.data[1:3], "little") if is_speed else None

    @property
    def accepted(self) -> bool:
        """Whether the machine said yes."""
        return self.result == ResultCode.SUCCESS

    @property
    def refused(self) -> bool:
        """Whether it said no."""
        return self.result is not None and not self.accepted

    @property
    def answer_s(self) -> float | None:
        """From the command to the machine's answer."""
        return None if self.result is None or self.ended_s is None else self.ended_s - self.t_s


class Trace:
    """What came and went, in order. Times are session seconds."""

    def __init__(self) -> None:
        self._records = RecordAssembler()
        self._sent: dict[int, Sent] = {}
        self.reports: list[Report] = []
        self.statuses: list[Said] = []
        self.training: list[Trained] = []
        self.flags: set[int] = set()
        """Flags of Treadmill Data records, as they came."""
        self.issues: set[Issue] = set()

    def notified(self, happened: Notified) -> None:
        """Take a notification."""
        match happened.characteristic:
            case Characteristic.TREADMILL_DATA:
                self._record(happened)
            case Characteristic.MACHINE_STATUS:
                self.statuses.append(Said(happened.t_s, happened.data))
            case Characteristic.TRAINING_STATUS:
                status = decode_training_status(happened.data)
                if isinstance(status, TrainingStatus):
                    self.training.append(Trained(happened.t_s, status.code))
            case _:
                pass

    def relinked(self) -> None:
        """The link is new."""
        self._records.reset()

    def sent(self, command: Command) -> None:
        """Take a command that goes out."""
        self._sent[command.id] = Sent(command.t_s, command.id, command.kind, command.data)

    def answered(self, answer: CommandAnswered) -> None:
        """Take a command's ending."""
        if sent := self._sent.get(answer.command_id):
            self._sent[sent.id] = Sent(
                sent.t_s, sent.id, sent.kind, sent.data, answer.t_s, answer.result, answer.problem
            )

    def commands(self, kind: CommandKind, since_s: float) -> list[Sent]:
        """Commands of a kind, in order."""
        return [one for one in self._sent.values() if one.kind is kind and one.t_s >= since_s]

    def reports_between(self, since_s: float, until_s: float) -> list[Report]:
        """Reports from `since_s`, exclusive, to `until_s`."""
        return [one for one in self.reports if since_s < one.t_s <= until_s]

    def statuses_between(self, since_s: float, until_s: float | None) -> tuple[str, ...]:
        """Machine Status as hex, each once, in order, up to `until_s` if there is one."""
        found = [
            one.octets.hex()
            for one in self.statuses
            if one.t_s > since_s and (until_s is None or one.t_s <= until_s)
        ]
        return tuple(dict.fromkeys(found))

    def last_command_s(self, since_s: float, until_s: float) -> float:
        """When the last command before `until_s` went out; `since_s` where none did."""
        return max((one.t_s for one in self._sent.values() if since_s <= one.t_s < until_s), default=since_s)

    def codes_since(self, since_s: float) -> tuple[int, ...]:
        """Training states, each once, in order."""
        return tuple(dict.fromkeys(int(one.code) for one in self.training if one.t_s > since_s))

    def _record(self, happened: Notified) -> None:
        record = self._records.feed(happened.t_s, happened.data)
        if record is None:
            return
        self.flags.add(record.flags)
        self.issues.update(record.issues)
        if record.speed_centi_kmh is not None:
            self.reports.append(Report(happened.t_s, record.speed_centi_kmh, record.distance_m))
