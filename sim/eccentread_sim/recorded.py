"""A treadmill that is a recording: what a real one said, when it said it.

It knows nothing of belts. Whatever is written to it, the recording goes on; a command that was written in the
recording too is answered as it was then, after as long.
"""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

from eccentread_sim.personality import Personality
from eccentread_sim.sayings import Deed
from eccentread_sim.services import CONTROL_POINT
from eccentread_sim.treadmill import Emission

RESPONSE = 0x80
"""Op code of an answer; the op code that it answers follows (FTMS 1.0 §4.16.2.22)."""


@dataclass(frozen=True, slots=True)
class Packet:
    """Octets of a characteristic, recorded at `t_s`: said by the machine, or `written` to it."""

    t_s: float
    characteristic: str
    octets: bytes
    written: bool = False


class RecordedTreadmill:
    """Plays `packets`, which are in order of time, from `begins_s` on.

    `personality` says what it offers and passes itself off as; drive, console and athlete play no part.
    """

    def __init__(self, personality: Personality, packets: Iterable[Packet], begins_s: float) -> None:
        self.personality = personality
        self.seed = 0
        self.feature = personality.gatt.feature
        self.speed_range = personality.gatt.speed_range
        self.training_status = b""
        self.device_information: dict[str, str] = {}
        self.written: list[tuple[float, bytes]] = []
        """What was written to it, and when."""
        self._packets = tuple(packets)
        self._order = count()
        self._due: list[tuple[float, int, Emission]] = []
        for packet in self._packets:
            if not packet.written:
                self._say(begins_s + packet.t_s, packet.characteristic, packet.octets)

    @property
    def next_s(self) -> float:
        """When it says the next; infinite once all is said."""
        return self._due[0][0] if self._due else float("inf")

    def advance(self, t_s: float) -> list[Emission]:
        """What it says up to `t_s`."""
        said: list[Emission] = []
        while self.next_s <= t_s:
            said.append(heapq.heappop(self._due)[2])
        return said

    def write_control_point(self, t_s: float, data: bytes, central: str = "") -> None:
        """Take a command: answered as in the recording, not at all where that has no such command."""
        del central
        self.written.append((t_s, data))
        answer = self._answer(data)
        if answer is None:
            self._say(t_s, CONTROL_POINT, Deed.LEAVE_UNANSWERED)
        else:
            after_s, octets = answer
            self._say(t_s + after_s, CONTROL_POINT, octets)

    def refused(self, t_s: float, data: bytes, central: str = "") -> None:
        """It does not mind."""

    def connected(self, t_s: float, central: str = "") -> None:
        """It does not mind."""

    def disconnected(self, t_s: float, central: str = "") -> None:
        """It does not mind."""

    def _answer(self, data: bytes) -> tuple[float, bytes] | None:
        """What followed the first such command, and after how long."""
        for number, packet in enumerate(self._packets):
            if packet.written and packet.octets == data:
                for later in self._packets[number + 1 :]:
                    if later.characteristic == CONTROL_POINT and later.octets[:2] == bytes(
                        [RESPONSE, data[0]]
                    ):
                        return later.t_s - packet.t_s, later.octets
        return None

    def _say(self, t_s: float, characteristic: str, value: bytes | Deed) -> None:
        heapq.heappush(self._due, (t_s, next(self._order), Emission(t_s, characteristic, value)))
