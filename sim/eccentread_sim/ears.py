"""The athlete's ears and mouth on the air: a vendor service of lines, beside the machine's own services.

    hear CUE [NUMBER]        written, without a response: she hears a cue
    ask ID KIND QUESTION     written, without a response: she is asked something
    ID ANSWER                notified: what she says to it, an integer, in her own time

Lines are UTF-8, end in a line feed, and may take several writes or notifications. Nothing here waits for
anything else on the link, and what cannot be understood is passed over. Whoever speaks to her and then
disconnects leaves her on the side rails.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Protocol

from bumble.att import ATT_Write_Command, Attribute
from bumble.core import UUID
from bumble.device import Connection, Device
from bumble.gatt import Characteristic, CharacteristicValue, Service

if TYPE_CHECKING:
    from bumble.gatt_client import CharacteristicProxy

EARS_SERVICE = UUID("2f2cf781-c431-4219-a52b-e411e5edc27a")
EARS = UUID("2f2cf782-c431-4219-a52b-e411e5edc27a")
MOUTH = UUID("2f2cf783-c431-4219-a52b-e411e5edc27a")

LONGEST_LINE = 256
"""Octets; more without a line feed are forgotten."""
ATT_HEADER_OCTETS = 3
LEFT_ALONE = "feet-on-rails"
"""The cue that an athlete gives herself when nobody speaks to her any more."""

type Answered = Callable[[int], None]


class Athlete(Protocol):
    """Who hears and answers."""

    def hear(self, cue: str, number: int | None) -> None:
        """Hear a cue."""
        ...

    def ask(self, question: str, kind: str, answered: Answered) -> None:
        """Be asked; `answered` is called in her own time."""
        ...


class _Lines:
    """Puts lines together from what arrives."""

    def __init__(self) -> None:
        self._begun = b""

    def feed(self, data: bytes) -> list[str]:
        """The lines that `data` completes; what is no text is left out."""
        *whole, begun = (self._begun + data).split(b"\n")
        self._begun = begun if len(begun) <= LONGEST_LINE else b""
        return [line.decode(errors="replace").strip() for line in whole]


def _pieces(line: str, att_mtu: int) -> list[bytes]:
    """A line, as many octets at a time as the link takes."""
    octets, size = f"{line}\n".encode(), att_mtu - ATT_HEADER_OCTETS
    return [octets[start : start + size] for start in range(0, len(octets), size)]


class Ears:
    """Offers the service on `device`, for `athlete`. Make it before the device advertises."""

    def __init__(self, device: Device, athlete: Athlete) -> None:
        self._device = device
        self._athlete = athlete
        self._lines: dict[Connection, _Lines] = {}
        self._answering: set[asyncio.Task[None]] = set()
        properties, permissions = Characteristic.Properties, Attribute.Permissions
        ears: Characteristic[bytes] = Characteristic(
            EARS,
            properties.WRITE_WITHOUT_RESPONSE,
            permissions.WRITEABLE,
            CharacteristicValue(write=self._written),
        )
        self._mouth: Characteristic[bytes] = Characteristic(MOUTH, properties.NOTIFY, permissions(0))
        device.add_service(Service(EARS_SERVICE, [ears, self._mouth]))

    def _written(self, connection: Connection, data: bytes) -> None:
        if connection not in self._lines:
            self._lines[connection] = _Lines()
            connection.once(Connection.EVENT_DISCONNECTION, lambda _: self._left(connection))
        for line in self._lines[connection].feed(data):
            self._obey(connection, line)

    def _left(self, connection: Connection) -> None:
        del self._lines[connection]
        self._athlete.hear(LEFT_ALONE, None)

    def _obey(self, connection: Connection, line: str) -> None:
        match line.split(maxsplit=3):
            case ["hear", cue]:
                self._athlete.hear(cue, None)
            case ["hear", cue, number] if number.isdecimal():
                self._athlete.hear(cue, int(number))
            case ["ask", asked, kind, question]:
                self._athlete.ask(question, kind, partial(self._answer, connection, asked))
            case _:
                pass

    def _answer(self, connection: Connection, asked: str, value: int) -> None:
        if connection in self._lines:
            task = asyncio.create_task(self._say(connection, f"{asked} {value}"))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    async def _say(self, connection: Connection, line: str) -> None:
        for piece in _pieces(line, connection.att_mtu):
            await self._device.gatt_server.notify_subscriber(connection, self._mouth, piece)


class Voice:
    """Speaks to the athlete, over whichever connection was made last; says nothing while there is none.

    A question that is not answered when its connection ends is asked again on the next.
    """

    def __init__(self) -> None:
        self._connection: Connection | None = None
        self._ears: CharacteristicProxy[bytes] | None = None
        self._asked: dict[int, tuple[str, str, Answered]] = {}
        self._ids = count(1)

    async def use(self, connection: Connection) -> None:
        """Speak over `connection` from now on. Its services are known; where there are no ears, nobody hears.

        Raises:
            bumble.core.BaseBumbleError: the connection ended, or the other side refused.
        """
        client = connection.gatt_client
        found = [
            each
            for service in client.get_services_by_uuid(EARS_SERVICE)
            for each in service.get_characteristics_by_uuid(EARS) + service.get_characteristics_by_uuid(MOUTH)
        ]
        if len(found) != 2:
            return
        ears, mouth = found
        lines = _Lines()
        await client.subscribe(mouth, lambda data: self._heard(lines.feed(data)))
        self._connection, self._ears = connection, ears
        connection.once(Connection.EVENT_DISCONNECTION, lambda _: self._ended(connection))
        for asked, (question, kind, _) in self._asked.items():
            self._say(f"ask {asked} {kind} {question}")

    def hear(self, cue: str, number: int | None = None) -> None:
        """Let the athlete hear a cue."""
        self._say(f"hear {cue}" if number is None else f"hear {cue} {number}")

    def ask(self, question: str, kind: str, answered: Answered) -> None:
        """Ask the athlete; `answered` is called when her answer comes."""
        asked = next(self._ids)
        self._asked[asked] = question, kind, answered
        self._say(f"ask {asked} {kind} {question}")

    def unanswered(self, question: str) -> list[Answered]:
        """Whom the answers to a question that nobody has answered yet go to; it is asked no more."""
        asked = [each for each, (asked_for, _, _) in self._asked.items() if asked_for == question]
        return [self._asked.pop(each)[2] for each in asked]

    def _ended(self, connection: Connection) -> None:
        if self._connection is connection:
            self._connection = self._ears = None

    def _say(self, line: str) -> None:
        if self._connection is None or self._ears is None:
            return
        for piece in _pieces(line, self._connection.att_mtu):
            # A command waits for nothing, unlike a request, of which a link takes one at a time.
            command = ATT_Write_Command(attribute_handle=self._ears.handle, attribute_value=piece)
            self._connection.gatt_client.send_gatt_pdu(bytes(command))

    def _heard(self, lines: list[str]) -> None:
        for line in lines:
            asked, _, value = line.partition(" ")
            try:
                question, answer = int(asked), int(value)
            except ValueError:
                continue
            if question in self._asked:
                _, _, answered = self._asked.pop(question)
                answered(answer)
