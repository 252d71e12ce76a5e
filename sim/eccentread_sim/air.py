"""The virtual air: what Bluetooth controllers in this process hear of one another.

Bumble's link and controller do most of it. Here they learn what they lack: several centrals at once, from
whatever address each connects; links that fall silent and time out; controllers that vanish; resets.
"""

import asyncio
import logging
from typing import override

from bumble.controller import Connection, Controller
from bumble.core import PhysicalTransport
from bumble.hci import (
    Address,
    HCI_ErrorCode,
    HCI_LE_Connection_Complete_Event,
    HCI_LE_Create_Connection_Cancel_Command,
    HCI_LE_Extended_Advertising_Report_Event,
    HCI_Reset_Command,
    HCI_StatusReturnParameters,
    Phy,
    Role,
)
from bumble.link import LocalLink
from bumble.ll import AdvertisingPdu, AdvExtInd, AdvInd, ConnectInd, ControlPdu

RSSI_DBM = -50
"""How strong every advertisement is heard."""

type _Ends = frozenset[Address]


_Report = HCI_LE_Extended_Advertising_Report_Event
_CONNECTABLE = _Report.EventType.CONNECTABLE_ADVERTISING
_LEGACY = (
    _CONNECTABLE | _Report.EventType.SCANNABLE_ADVERTISING | _Report.EventType.LEGACY_ADVERTISING_PDU_USED
)
_RESPONSE = _LEGACY | _Report.EventType.SCAN_RESPONSE
LEGACY_OCTETS = 31
"""What a legacy advertisement, or its scan response, may hold (Vol 6, Part B §2.3.1)."""

# Bumble warns of things that are everyday life here (a packet for a link that is gone). Python prints them on
# stderr where there is no handler, and where there is one at the root, which bumble itself makes by the way
# (gatt_server calls logging.debug). Whoever wants them gives this logger a handler.
_log = logging.getLogger("bumble")
_log.addHandler(logging.NullHandler())
_log.propagate = False


def _ends(connection: Connection) -> _Ends:
    return frozenset((connection.self_address, connection.peer_address))


class Air(LocalLink):
    """Controllers in reach of one another.

    Scanning is active: a scan response comes with its advertisement.
    """

    def __init__(self) -> None:
        super().__init__()
        self._silent: set[_Ends] = set()

    def lose(self, address: Address | None = None, silent_s: float = 0.0) -> None:
        """Lose the links of `address`, or all of them, as by supervision time-out, which both ends notice.

        For `silent_s` before that nothing is delivered on them in either direction, and nobody knows.
        """
        lost = {_ends(each) for each in self._links() if address is None or address in _ends(each)}
        self._silent |= lost
        if silent_s > 0:
            asyncio.get_running_loop().call_later(silent_s, self._time_out, lost)
        else:
            self._time_out(lost)

    def cut(self, controller: Controller) -> None:
        """The controller has forgotten its links; their other ends notice as by supervision time-out."""
        cut = {_ends(each) for each in controller.le_connections.values()}
        controller.le_connections.clear()
        self._silent |= cut
        self._time_out(cut)

    def _links(self) -> list[Connection]:
        return [link for controller in self.controllers for link in controller.le_connections.values()]

    def _time_out(self, lost: set[_Ends]) -> None:
        lost &= self._silent  # those that were made anew in the meantime stay
        self._silent -= lost
        for link in self._links():
            if _ends(link) in lost:
                link.controller.on_le_disconnected(link, HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)

    def _other_end(self, at: Address, peer: Address) -> Controller | None:
        """Who is connected as `peer` to `at`, unless their link is silent."""
        if frozenset((at, peer)) in self._silent:
            return None
        return next(
            (
                link.controller
                for link in self._links()
                if (link.self_address, link.peer_address) == (peer, at)
            ),
            None,
        )

    @override
    def send_acl_data(
        self,
        sender_controller: Controller,
        destination_address: Address,
        transport: PhysicalTransport,
        data: bytes,
    ) -> None:
        # The stock link names the sender by its random address; some centrals connect from their public one.
        link = sender_controller.le_connections.get(destination_address)
        if link is None:
            return
        receiver = self._other_end(link.self_address, destination_address)
        if receiver is not None:
            asyncio.get_running_loop().call_soon(
                receiver.on_link_acl_data, link.self_address, transport, data
            )

    @override
    def send_ll_control_pdu(
        self, sender_address: Address, receiver_address: Address, packet: ControlPdu
    ) -> None:
        receiver = self._other_end(sender_address, receiver_address)
        if receiver is not None:
            asyncio.get_running_loop().call_soon(receiver.on_ll_control_pdu, sender_address, packet)

    @override
    def send_advertising_pdu(self, sender_controller: Controller, packet: AdvertisingPdu) -> None:
        loop = asyncio.get_running_loop()
        match packet:
            case AdvExtInd():
                advertisers = sender_controller.advertising_sets.values()
                response = b"".join(each.scan_response_data for each in advertisers)
            case AdvInd():
                response = sender_controller.le_legacy_advertiser.scan_response_data
            case ConnectInd():
                self._silent.discard(frozenset((packet.initiator_address, packet.advertiser_address)))
                super().send_advertising_pdu(sender_controller, packet)
                loop.call_soon(self._see_established, sender_controller, packet)
                return
            case _:
                return
        for controller in self.controllers:
            if isinstance(controller, VirtualController) and controller is not sender_controller:
                loop.call_soon(controller.hear, packet.advertiser_address, packet.data, bytes(response))

    def _see_established(self, initiator: Controller, packet: ConnectInd) -> None:
        """A connection that its peer did not take, since another central was first, is none."""
        link = initiator.le_connections.get(packet.advertiser_address)
        if link and self._other_end(packet.initiator_address, packet.advertiser_address) is None:
            initiator.on_le_disconnected(link, HCI_ErrorCode.CONNECTION_FAILED_TO_BE_ESTABLISHED_ERROR)


class VirtualController(Controller):
    """A Bluetooth controller on the air. `public_address` is for hosts that have no address of their own."""

    def __init__(self, name: str, air: Air, public_address: str | None = None) -> None:
        super().__init__(name, link=air, public_address=public_address)
        self._air = air

    def hear(self, address: Address, data: bytes, response: bytes) -> None:
        """Somebody advertises, and would answer a scan with `response`; the stock one never asks."""
        if self.le_scan_enable:
            if max(len(data), len(response)) > LEGACY_OCTETS:
                self._report(address, data + response, _CONNECTABLE)
            else:
                self._report(address, data, _LEGACY)
                self._report(address, response, _RESPONSE)
        pending = self.pending_le_connection
        if pending is not None and pending.peer_address == address:
            self.create_le_connection(address)

    def _report(self, address: Address, data: bytes, event_type: int) -> None:
        report = _Report.Report(
            event_type=event_type,
            address_type=address.address_type,
            address=address,
            primary_phy=Phy.LE_1M,
            secondary_phy=0,
            advertising_sid=0xFF,
            tx_power=_Report.TX_POWER_INFORMATION_NOT_AVAILABLE,
            rssi=RSSI_DBM,
            periodic_advertising_interval=0,
            direct_address_type=0,
            direct_address=Address.ANY,
            data=data,
        )
        self.send_hci_packet(_Report([report]))

    def on_hci_le_create_connection_cancel_command(
        self, _command: HCI_LE_Create_Connection_Cancel_Command
    ) -> HCI_StatusReturnParameters:
        """Give up connecting (Core Specification Vol 4, Part E §7.8.13); the stock one goes on regardless."""
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending is None:
            return HCI_StatusReturnParameters(HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        self.send_hci_packet(
            HCI_LE_Connection_Complete_Event(
                status=HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
                connection_handle=0,
                role=Role.CENTRAL,
                peer_address_type=pending.peer_address.address_type,
                peer_address=pending.peer_address,
                connection_interval=0,
                peripheral_latency=0,
                supervision_timeout=0,
                central_clock_accuracy=0,
            )
        )
        return HCI_StatusReturnParameters(HCI_ErrorCode.SUCCESS)

    def on_hci_reset_command(self, _command: HCI_Reset_Command) -> HCI_StatusReturnParameters:
        """Forget all that was going on (§7.3.2)."""
        self._forget()
        return HCI_StatusReturnParameters(HCI_ErrorCode.SUCCESS)

    def unplug(self) -> None:
        """Leave the air."""
        self._forget()
        self.host = None
        self._air.controllers.discard(self)

    def _forget(self) -> None:
        self.le_scan_enable = False
        self.pending_le_connection = None
        self.le_legacy_advertiser.stop()
        for advertiser in self.advertising_sets.values():
            advertiser.stop()
        self.advertising_sets.clear()
        self._air.cut(self)
