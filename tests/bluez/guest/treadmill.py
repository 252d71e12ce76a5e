"""A simulated treadmill, and the radio by which this computer's own Bluetooth reaches it.

The kernel gets a controller through /dev/vhci; it shares a virtual air with the treadmill's. Whoever connects
to the socket tells the athlete what she would hear, and makes trouble: a JSON object a line each way.

    python treadmill.py PERSONALITY FOLDER      leaves truth.jsonl, sent.jsonl and the socket `ask` in FOLDER
"""

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, override

from bumble.core import PhysicalTransport
from bumble.device import Device
from bumble.hci import Address
from bumble.host import Host
from bumble.transport.common import AsyncPipeSink

from eccentread_sim.air import Air, VirtualController
from eccentread_sim.gatt import TreadmillServer
from eccentread_sim.hosts import attach_kernel
from eccentread_sim.personality import load_personality
from eccentread_sim.treadmill import Treadmill
from eccentread_sim.truth import lines_to

SEED = 1

ATTRIBUTE_CHANNEL = 4
NOTIFICATION = 0x1B
"""L2CAP's channel for ATT, and ATT's op code (Core Specification Vol 3, Part A §2.1 and Part F §3.4.7.1)."""


class ObservedAir(Air):
    """Writes down each notification that is sent, and can be left by the treadmill."""

    def __init__(self, sent) -> None:
        super().__init__()
        self._sent = sent
        self.in_reach = True

    @override
    def send_acl_data(self, sender_controller, destination_address, transport, data: bytes) -> None:
        channel, op = int.from_bytes(data[2:4], "little"), data[4]
        if transport == PhysicalTransport.LE and (channel, op) == (ATTRIBUTE_CHANNEL, NOTIFICATION):
            self._sent({"handle": int.from_bytes(data[5:7], "little"), "data": data[7:].hex()})
        super().send_acl_data(sender_controller, destination_address, transport, data)

    @override
    def send_advertising_pdu(self, sender_controller, packet) -> None:
        if self.in_reach:
            super().send_advertising_pdu(sender_controller, packet)


class Room:
    """The treadmill in its place, and what can be done to it."""

    def __init__(self, air: ObservedAir, treadmill: Treadmill, server: TreadmillServer) -> None:
        self._air = air
        self._treadmill = treadmill
        self._server = server

    def do(self, what: str, **how: Any) -> object:
        """Do one of the following, and give what it says."""
        return getattr(self, what)(**how)

    def hear(self, cue: str, number: int | None) -> None:
        """The athlete hears a cue."""
        self._treadmill.hear(self._server.now_s, cue, number)
        self._server.wake()

    def answer(self, question: str, kind: str) -> tuple[float, int]:
        """What the athlete answers, and after how many seconds."""
        return self._treadmill.answer(question, kind)

    def lose_link(self) -> None:
        """The link times out."""
        self._air.lose()

    def leave(self) -> None:
        """Out of reach: no link, and no advertisement is heard."""
        self._air.in_reach = False
        self._air.lose()

    def come_back(self) -> None:
        """In reach again."""
        self._air.in_reach = True


async def main(personality: str, folder: Path) -> None:
    """Be the treadmill until killed."""
    async with AsyncExitStack() as stack:
        truth, sent = (
            stack.enter_context((folder / name).open("w", buffering=1))
            for name in ("truth.jsonl", "sent.jsonl")
        )
        air = ObservedAir(lines_to(sent.write))
        await attach_kernel("vhci", air, stack)
        machine = load_personality(personality)
        controller = VirtualController("treadmill", air)
        address = Address(machine.machine.address, Address.RANDOM_DEVICE_ADDRESS)
        device = Device(machine.name, address, host=Host(controller, AsyncPipeSink(controller)))
        await device.power_on()
        treadmill = Treadmill(machine, SEED, lines_to(truth.write))
        server = TreadmillServer(device, treadmill, asyncio.get_running_loop().time())
        room = Room(air, treadmill, server)

        async def heed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while line := await reader.readline():
                writer.write(json.dumps(room.do(**json.loads(line))).encode() + b"\n")

        serving = asyncio.create_task(server.serve())
        await asyncio.start_unix_server(heed, folder / "ask")
        await serving


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
