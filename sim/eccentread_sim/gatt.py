"""The treadmill's GATT server, to one central at a time, or to a few.

The treadmill says what to send and when; this module gives it time, carries what is written to its control
point, and puts its emissions on the link in the order in which they fall due.
"""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from bumble.att import ATT_Error, ErrorCode
from bumble.device import Connection, Device
from bumble.gatt import Characteristic, ClientCharacteristicConfigurationBits, Service

from eccentread_sim import services
from eccentread_sim.advertising import advertisement, scan_response
from eccentread_sim.records import TreadmillRecord
from eccentread_sim.sayings import Deed, Delivered
from eccentread_sim.services import CONTROL_POINT, FITNESS_MACHINE
from eccentread_sim.warps import Outbox, Sending, Warp

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from eccentread_sim.contract import Treadmill
    from eccentread_sim.offer import Delivery
    from eccentread_sim.personality import Personality
    from eccentread_sim.treadmill import Emission

ADVERTISING_INTERVAL_MS = 250

SUPERVISION_S = 4.0
"""How long a link that says nothing is kept: centrals ask for 2–6 s."""


class TreadmillServer:
    """Serves one treadmill on one Bluetooth device, to as many centrals at a time as it takes.

    `origin_s` is the loop's time at the treadmill's time 0. `lose_link` lets the radio deliver nothing for so
    many seconds and then lose the link; without it a machine that falls silent ends the link itself.
    """

    def __init__(
        self,
        device: Device,
        treadmill: Treadmill,
        origin_s: float,
        lose_link: Callable[[float], None] | None = None,
    ) -> None:
        self._device = device
        self._treadmill = treadmill
        self._origin_s = origin_s
        self._lose_link = lose_link
        self._latest_s = 0.0
        self._connections: list[Connection] = []
        self._writer: Connection | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        self._silent = False
        self._subscribed_s = -math.inf
        self._stopped = False
        self._woken = asyncio.Event()
        self._tasks: dict[asyncio.Task[None], Connection] = {}
        personality = treadmill.personality
        self._warp = Warp(personality.gatt.wire, treadmill.seed)
        self._outbox = Outbox(personality.gatt.delivery, treadmill.seed)
        self._characteristics = self._offer(personality)
        device.on(Device.EVENT_CONNECTION, self._on_connection)

    async def serve(self) -> None:
        """Be found while nobody is connected, give the treadmill its time, send what it says: till `stop`."""
        while not self._stopped:
            self._woken.clear()
            if self._free and not self._silent and not self._device.is_advertising:
                await self._advertise()
            due_s = min(self._treadmill.next_s, self._outbox.next_s)
            try:
                async with asyncio.timeout_at(self._origin_s + due_s if due_s < math.inf else None):
                    await self._woken.wait()
            except TimeoutError:
                # A timer may fire a rounding error early; the treadmill is due all the same.
                await self._send_due(max(due_s, self.now_s))

    @property
    def _free(self) -> bool:
        """Whether it would take another central."""
        return len(self._connections) < self._treadmill.personality.gatt.links

    def stop(self) -> None:
        """Let `serve` return. Cancelling it instead may leave the device amid a command."""
        self._stopped = True
        self._woken.set()

    def wake(self) -> None:
        """The treadmill's `next_s` may have come nearer."""
        self._woken.set()

    async def _advertise(self) -> None:
        machine = self._treadmill.personality.machine
        await self._device.start_advertising(
            advertising_data=advertisement(machine),
            scan_response_data=scan_response(machine),
            advertising_interval_min=ADVERTISING_INTERVAL_MS,
            advertising_interval_max=ADVERTISING_INTERVAL_MS,
        )

    @property
    def now_s(self) -> float:
        """The treadmill's time."""
        self._latest_s = max(self._latest_s, asyncio.get_running_loop().time() - self._origin_s)
        return self._latest_s

    def _offer(self, personality: Personality) -> dict[str, Characteristic[bytes]]:
        """Put the machine's services on the device; what its emissions go out on."""
        device, gatt = self._device, personality.gatt
        device.gatt_server.max_mtu = gatt.max_mtu
        offered = services.fitness_machine(self._treadmill, gatt, self._on_control_point)
        device.add_service(Service(FITNESS_MACHINE, list(offered.values())))
        if gatt.twice:
            idle = services.fitness_machine(self._treadmill, gatt, self._on_idle_control_point)
            device.add_service(Service(FITNESS_MACHINE, list(idle.values())))
        if personality.machine.device_information:
            device.add_service(services.device_information(self._treadmill.device_information))
        for characteristic in offered.values():
            characteristic.on(
                Characteristic.EVENT_SUBSCRIPTION,
                lambda connection, *_, handle=characteristic.handle: self._on_subscription(
                    connection, handle
                ),
            )
        return offered

    def _on_connection(self, connection: Connection) -> None:
        self._connections.append(connection)
        connection.on(Connection.EVENT_DISCONNECTION, lambda _: self._on_disconnection(connection))
        self._treadmill.connected(self.now_s, str(connection.peer_address))
        self.wake()

    def _on_disconnection(self, connection: Connection) -> None:
        self._connections.remove(connection)
        if self._writer is connection or not self._connections:
            self._writer = None
            self._idle.set()
        if not self._connections:
            self._outbox.clear()
        for task, of in self._tasks.items():
            if of is connection:
                task.cancel()
        self._treadmill.disconnected(self.now_s, str(connection.peer_address))
        self.wake()

    def _on_subscription(self, connection: Connection, handle: int) -> None:
        now_s = self.now_s
        if now_s - self._subscribed_s < self._outbox.delivery(now_s).subscription_gap_s:
            self._device.gatt_server.subscribers[connection].pop(handle)
        self._subscribed_s = now_s

    async def _on_control_point(self, connection: Connection, data: bytes) -> None:
        if self._silent:
            return
        now_s, central = self.now_s, str(connection.peer_address)
        delivery = self._outbox.delivery(now_s)
        if error := self._why_not(connection, data, delivery):
            self._treadmill.refused(now_s, data, central)
            raise ATT_Error(error)
        self._idle.clear()
        self._writer = connection
        self._treadmill.write_control_point(now_s, data, central)
        self.wake()
        if self._treadmill.next_s <= now_s:
            await self._send_due(now_s)  # ahead of the write's own response
        if delivery.answer_first:
            await self._idle.wait()

    def _why_not(self, connection: Connection, data: bytes, delivery: Delivery) -> int | None:
        """The ATT error that a write ends in, if it does."""
        if not self._subscription(connection, self._characteristics[CONTROL_POINT]):
            return ErrorCode.CCCD_IMPROPERLY_CONFIGURED
        if not self._idle.is_set():
            return ErrorCode.PROCEDURE_ALREADY_IN_PROGRESS
        if not data:
            return ErrorCode.INVALID_ATTRIBUTE_LENGTH
        return delivery.rejects_with if data[0] in delivery.rejects else None

    async def _on_idle_control_point(self, _connection: Connection, _data: bytes) -> None:
        """The second service takes writes and does nothing."""

    async def _send_due(self, t_s: float) -> None:
        self._latest_s = t_s
        for emission in self._treadmill.advance(t_s):
            self._pack(t_s, emission)
            await self._empty_outbox(t_s)
            if isinstance(emission.value, Deed):
                await self._do(emission.value)
        await self._empty_outbox(t_s)

    def _pack(self, t_s: float, emission: Emission) -> None:
        """Put what an emission says into the outbox."""
        value = emission.value
        if isinstance(value, Delivered):
            self._outbox.deliver(t_s + value.lasts_s, value.delivery)
            return
        if not self._connections or isinstance(value, Deed):
            return
        if emission.characteristic == CONTROL_POINT and isinstance(value, bytes):
            self._idle.set()
            self._outbox.answer(t_s, Sending(CONTROL_POINT, value))
            return
        records = isinstance(value, TreadmillRecord)
        att_mtu = min(connection.att_mtu for connection in self._connections)
        octets = self._warp.notifications(value, att_mtu - 3) if records else [value]
        for notification in octets:
            self._outbox.notify(t_s, Sending(emission.characteristic, notification))

    async def _empty_outbox(self, t_s: float) -> None:
        while sending := self._outbox.take(t_s):
            await self._send(sending)

    async def _send(self, sending: Sending) -> None:
        characteristic = self._characteristics.get(sending.characteristic)
        if characteristic is None or self._silent:
            return
        answers = sending.characteristic == CONTROL_POINT and self._writer is not None
        for connection in list(self._connections):
            if not answers or connection is self._writer:
                await self._send_to(connection, characteristic, sending.octets)

    async def _send_to(
        self, connection: Connection, characteristic: Characteristic[bytes], octets: bytes
    ) -> None:
        server = self._device.gatt_server
        if self._subscription(connection, characteristic) & ClientCharacteristicConfigurationBits.INDICATION:
            self._indicate(connection, server.indicate_subscriber(connection, characteristic, octets))
        else:
            await server.notify_subscriber(connection, characteristic, octets)

    def _subscription(self, connection: Connection, characteristic: Characteristic[bytes]) -> int:
        return self._device.gatt_server.read_cccd(connection, characteristic)[0]

    async def _do(self, deed: Deed) -> None:
        self._idle.set()
        match deed:
            case Deed.LEAVE_UNANSWERED:
                pass
            case Deed.HANG_UP:
                await self._hang_up()
            case Deed.FALL_SILENT:
                await self._fall_silent()
            case Deed.COME_BACK:
                self._silent = False
                self._end_link(0.0)
                self.wake()

    async def _fall_silent(self) -> None:
        """Say nothing more and hear nothing more; the link, where there is one, times out."""
        self._silent = True
        await self._device.stop_advertising()
        self._end_link(SUPERVISION_S)

    def _end_link(self, after_s: float) -> None:
        if not self._connections:
            return
        if self._lose_link is not None:
            self._lose_link(after_s)
            return

        async def give_up() -> None:
            await asyncio.sleep(after_s)
            await self._hang_up()

        self._keep(asyncio.create_task(give_up()), self._connections[0])

    async def _hang_up(self) -> None:
        for connection in list(self._connections):
            await connection.disconnect()

    def _indicate(self, connection: Connection, sending: Coroutine[Any, Any, None]) -> None:
        """Send an indication at once, or once the one before it is confirmed; notifications do not wait."""

        async def indicate() -> None:
            with suppress(TimeoutError):  # never confirmed in 30 s: this link has no more use for indications
                await sending

        self._keep(asyncio.Task(indicate(), loop=asyncio.get_running_loop(), eager_start=True), connection)

    def _keep(self, task: asyncio.Task[None], connection: Connection) -> None:
        """Hold on to a task until it is done or that link is gone."""
        if not task.done():
            self._tasks[task] = connection
            task.add_done_callback(self._tasks.pop)
