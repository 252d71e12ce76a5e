"""What goes over MQTT: which outputs, under which topic, as which JSON."""

import json
from dataclasses import dataclass

from eccentread.events import FaultRaised, Output, PhaseChanged, RepCounted, SessionEnded, SetEnded
from eccentread.record.forms import Json, record_to_json


@dataclass(frozen=True, slots=True)
class Message:
    """A message for `<prefix>/<topic>`. A retained one also reaches those who subscribe later."""

    topic: str
    payload: str
    retain: bool


class Messages:
    """Makes the messages of one session.

    Every payload is an object that begins with `session` and `simulated`; numbers carry their unit in the
    name, as in `events`. A rep's own fields lie beside its indices.
    """

    def __init__(self, session_id: str, simulated: bool) -> None:
        self._session = {"session": session_id, "simulated": simulated}

    def begun(self) -> Message:
        """`session` while it runs: like the one of its end, with nothing known yet."""
        return self._message("session", {"t_s": 0.0, "outcome": None, "reason": None}, retain=True)

    def of(self, output: Output) -> Message | None:
        """The message for an output; `None` where nothing is published of it."""
        match output:
            case PhaseChanged():
                return self._message("phase", record_to_json(output), retain=True)
            case RepCounted():
                fields = record_to_json(output)
                return self._message("rep", fields | fields.pop("rep"))
            case SetEnded():
                return self._message("set", record_to_json(output))
            case FaultRaised():
                return self._message("fault", record_to_json(output))
            case SessionEnded():
                return self._message("session", record_to_json(output), retain=True)
            case _:
                return None

    def _message(self, topic: str, fields: dict[str, Json], *, retain: bool = False) -> Message:
        return Message(topic, json.dumps(self._session | fields, allow_nan=False), retain)
