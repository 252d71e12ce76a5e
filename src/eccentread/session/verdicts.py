"""What became of each command: confirmed by the belt, rejected by the machine, or unknown.

An acknowledgement confirms nothing; what the belt is seen to do does. Nothing unknown is sent again, except
*stop*.
"""

from eccentread.events import Command, CommandKind, Judged, Verdict


class Verdicts:
    """Judges each command once; of several of a kind, the newest."""

    def __init__(self) -> None:
        self._open: dict[CommandKind, int] = {}

    def sent(self, command: Command) -> None:
        """A command went out; an earlier one of its kind is judged with it."""
        self._open[command.kind] = command.id

    def judge(self, t_s: float, kind: CommandKind, verdict: Verdict, why: str) -> list[Judged]:
        """The verdict on the newest command of that kind; nothing if it has one."""
        command_id = self._open.pop(kind, None)
        return [] if command_id is None else [Judged(t_s, command_id, kind, verdict, why)]

    def overtaken(self, t_s: float, why: str) -> list[Judged]:
        """Whatever is open but *stop* will not be seen to come about any more."""
        kinds = [kind for kind in self._open if kind is not CommandKind.STOP]
        return [one for kind in kinds for one in self.judge(t_s, kind, Verdict.UNKNOWN, why)]
