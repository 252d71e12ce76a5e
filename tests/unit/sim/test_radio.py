"""The virtual radio and the bleak backend over it."""

import asyncio
from types import SimpleNamespace

import pytest
from bleak import BleakClient, BleakScanner
from bleak.exc import BleakDeviceNotFoundError, BleakError, BleakGATTProtocolError, BleakGATTProtocolErrorCode
from bumble.device import Device
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.hci import Address, HCI_LE_Set_Extended_Scan_Enable_Command, HCI_Reset_Command, OwnAddressType
from bumble.host import Host
from bumble.transport.common import AsyncPipeSink

from eccentread_sim.air import VirtualController

FITNESS_MACHINE = "00001826-0000-1000-8000-00805f9b34fb"
HEART_RATE = "0000180d-0000-1000-8000-00805f9b34fb"


def now():
    return asyncio.get_running_loop().time()


class Losses:
    """A disconnected callback that counts."""

    def __init__(self):
        self.clients = []

    def __call__(self, client):
        self.clients.append((now(), client))


# --- scanning -----------------------------------------------------------------------------------------------


async def test_a_scan_finds_the_treadmill_and_what_it_advertises(served):
    found = await BleakScanner.discover(1.0, return_adv=True, backend=served.radio.scanner_backend)
    ((device, advertisement),) = found.values()
    assert (device.name, device.address) == ("Scripted", "E8:CC:E2:7A:EA:D0")
    assert advertisement.local_name == "Scripted"
    assert advertisement.service_uuids == [FITNESS_MACHINE]
    assert advertisement.service_data == {FITNESS_MACHINE: bytes.fromhex("010100")}
    assert -100 < advertisement.rssi < 0


@pytest.mark.parametrize(("wanted", "count"), [(FITNESS_MACHINE, 1), (HEART_RATE, 0)])
async def test_a_scan_for_services_finds_only_who_offers_them(served, wanted, count):
    found = await BleakScanner.discover(1.0, service_uuids=[wanted], backend=served.radio.scanner_backend)
    assert len(found) == count


async def test_a_scan_reports_an_advertisement_and_its_response_as_legacy_ones(served):
    """The Linux kernel puts the two together only where they are marked so, and else misses the name."""
    packets = []
    controller = VirtualController("kernel", served.radio.air)
    controller.host = SimpleNamespace(on_packet=packets.append)
    enable = HCI_LE_Set_Extended_Scan_Enable_Command(enable=1, filter_duplicates=0, duration=0, period=0)
    controller.on_packet(bytes(enable))
    await asyncio.sleep(0.3)
    reports = [packet for packet in packets if packet[:2] == b"\x04\x3e"]
    assert [int.from_bytes(report[5:7], "little") for report in reports[:2]] == [0x13, 0x1B]
    assert [b"Scripted" in report for report in reports[:2]] == [False, True]


async def test_two_scans_do_not_end_one_another(served):
    heard = []
    async with BleakScanner(lambda device, _: heard.append(now()), backend=served.radio.scanner_backend):
        await BleakScanner.discover(1.0, backend=served.radio.scanner_backend)
        await asyncio.sleep(1.0)
    last_s = max(heard)
    await asyncio.sleep(1.0)
    assert 1.5 < last_s <= 2.0
    assert max(heard) == last_s


# --- connecting ---------------------------------------------------------------------------------------------


async def test_an_address_is_enough_to_connect(served):
    async with served.client("E8:CC:E2:7A:EA:D0") as client:
        assert client.is_connected


async def test_an_address_nobody_has_is_not_found_when_the_time_is_out(served):
    client = served.client("E8:00:00:00:00:00", timeout=7.0)
    with pytest.raises(BleakDeviceNotFoundError):
        await client.connect()
    assert now() == pytest.approx(7.0)


async def test_a_device_that_is_gone_since_the_scan_times_out_and_does_not_connect_later(served):
    device = await served.find()
    other = await served.connect()
    client = served.client(device)
    with pytest.raises(TimeoutError):
        await client.connect(timeout=5.0)
    await other.disconnect()
    await asyncio.sleep(5.0)
    assert not client.is_connected
    assert [what for _, what in served.treadmill.links] == ["connected", "disconnected"]
    await client.connect()
    assert client.is_connected


async def test_a_second_connect_on_the_same_client_is_refused(served):
    client = await served.connect()
    with pytest.raises(BleakError, match="already connected"):
        await client.connect()
    assert client.is_connected


async def test_only_the_services_asked_for_are_resolved(served):
    client = await served.connect(services=["1826"])
    assert [service.uuid for service in client.services] == [FITNESS_MACHINE]


async def test_a_link_lost_while_connecting_fails_the_connect(served):
    losses = Losses()
    client = served.client(await served.find(), disconnected_callback=losses)
    loop = asyncio.get_running_loop()
    served.treadmill.on_connected = lambda: loop.call_soon(served.radio.drop_link)
    with pytest.raises(BleakError):
        await client.connect()
    assert not client.is_connected
    assert len(losses.clients) == 1


# --- the end of a connection --------------------------------------------------------------------------------


async def by_the_client(served, client):
    await client.disconnect()


async def by_loss(served, client):
    served.radio.drop_link()


async def by_the_treadmill(served, client):
    await served.radio.power_off()


@pytest.mark.parametrize("end", [by_the_client, by_loss, by_the_treadmill])
async def test_however_a_link_ends_both_sides_notice_once(served, end):
    losses = Losses()
    client = await served.connect(disconnected_callback=losses)
    await asyncio.sleep(3.0)
    end_s = now()
    await end(served, client)
    await asyncio.sleep(1.0)
    assert losses.clients == [(end_s, client)]
    assert not client.is_connected
    assert [what for _, what in served.treadmill.links] == ["connected", "disconnected"]
    await client.disconnect()
    assert len(losses.clients) == 1


async def test_requests_on_a_lost_link_fail_at_once(serve, scripted):
    async with serve(scripted()) as served:
        client = await served.connect()
        requests = [asyncio.create_task(client.read_gatt_char(each)) for each in ("2acc", "2ad4", "2ad3")]
        await asyncio.sleep(0)
        served.radio.drop_link()
        lost_s = now()
        outcomes = await asyncio.gather(*requests, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [BleakError] * 3
        assert now() == lost_s


async def test_nothing_can_be_asked_without_a_link(served):
    client = await served.connect()
    characteristic = client.services.get_characteristic("2acc")
    served.radio.drop_link()
    await asyncio.sleep(0.1)
    with pytest.raises(BleakError):
        await client.read_gatt_char(characteristic)
    with pytest.raises(BleakError):
        await client.write_gatt_char(characteristic, b"\x00", response=True)
    with pytest.raises(BleakError):
        await client.start_notify(characteristic, lambda *_: None)


async def test_the_same_client_connects_again_and_hears_everything_once(served):
    losses, heard = Losses(), []
    client = await served.connect(disconnected_callback=losses)
    await client.start_notify("2acd", lambda _, value: heard.append(bytes(value)))
    served.radio.drop_link()
    await asyncio.sleep(1.0)
    await client.connect()
    await client.start_notify("2acd", lambda _, value: heard.append(bytes(value)))
    served.treadmill.say(5.0, "2acd", b"\x00\x00\x50\x00")
    served.server.wake()
    await asyncio.sleep(10.0)
    assert heard == [b"\x00\x00\x50\x00"]
    assert len(losses.clients) == 1


# --- several devices ----------------------------------------------------------------------------------------

SENSOR = "E8:CC:E2:7A:EA:D1"


class Sensor:
    """A second peripheral, which counts what is written to it."""

    def __init__(self, device):
        self.device = device
        self.written = []
        self.ended_s = []
        properties, permissions = Characteristic.Properties, Characteristic.Permissions
        self.counts = Characteristic(
            "2A5B", properties.NOTIFY | properties.WRITE_WITHOUT_RESPONSE, permissions.WRITEABLE,
            CharacteristicValue(write=lambda _, value: self.written.append(value.hex())),
        )  # fmt: skip
        device.add_service(Service("1816", [self.counts]))
        device.on("connection", lambda link: link.on("disconnection", lambda _: self.ended_s.append(now())))

    async def say(self, value):
        await self.device.notify_subscribers(self.counts, value)


@pytest.fixture
async def sensor(served):
    device = served.radio.device(SENSOR)
    await served.radio.power_on()
    sensor = Sensor(device)
    await device.start_advertising()
    return sensor


async def test_every_device_is_found_and_has_a_connection_of_its_own(served, sensor):
    found = await BleakScanner.discover(2.0, backend=served.radio.scanner_backend)
    assert {device.address for device in found} == {"E8:CC:E2:7A:EA:D0", SENSOR}
    treadmill = await served.connect()
    async with served.client(SENSOR) as client:
        assert client.services.get_service("1816")
        assert treadmill.services.get_service(FITNESS_MACHINE)
        await client.write_gatt_char("2a5b", b"\x01", response=False)
        await asyncio.sleep(0.1)
        assert sensor.written == ["01"]


async def test_one_of_several_links_is_lost_alone(served, sensor):
    losses = Losses()
    async with served.client(SENSOR, disconnected_callback=losses) as client:
        treadmill = await served.connect(disconnected_callback=losses)
        served.radio.drop_link(SENSOR)
        await asyncio.sleep(1.0)
        assert [each for _, each in losses.clients] == [client]
        assert await treadmill.read_gatt_char("2ad3") == b"\x00\x01"
        served.radio.drop_link()
        await asyncio.sleep(1.0)
        assert [each for _, each in losses.clients] == [client, treadmill]


async def test_nothing_is_delivered_on_a_silent_link_until_both_ends_notice(served, sensor):
    losses, heard = Losses(), []
    client = served.client(SENSOR, disconnected_callback=losses)
    await client.connect()
    await client.start_notify("2a5b", lambda _, value: heard.append(value.hex()))
    treadmill = await served.connect(disconnected_callback=losses)
    began_s = now()
    served.radio.drop_link(SENSOR, silent_s=4.0)
    await sensor.say(b"\x01")
    await client.write_gatt_char("2a5b", b"\x02", response=False)
    await asyncio.sleep(3.9)
    assert client.is_connected
    assert await treadmill.read_gatt_char("2ad3") == b"\x00\x01"
    await asyncio.sleep(0.2)
    assert losses.clients == [(began_s + 4.0, client)]
    assert sensor.ended_s == [began_s + 4.0]
    assert (heard, sensor.written) == ([], [])


async def test_what_is_asked_on_a_silent_link_fails_when_it_is_lost(served):
    client = await served.connect()
    began_s = now()
    served.radio.drop_link(silent_s=4.0)
    with pytest.raises(BleakError):
        await client.read_gatt_char("2ad3")
    assert now() == began_s + 4.0


async def test_a_link_made_anew_is_not_lost_with_the_old_one(served, sensor):
    client = served.client(SENSOR)
    await client.connect()
    served.radio.drop_link(SENSOR, silent_s=4.0)
    await client.disconnect()
    for link in list(sensor.device.connections.values()):
        await link.disconnect()
    await sensor.device.start_advertising()
    await client.connect()
    await asyncio.sleep(5.0)
    assert client.is_connected
    await client.write_gatt_char("2a5b", b"\x03", response=False)
    await asyncio.sleep(0.1)
    assert sensor.written == ["03"]


async def test_of_two_centrals_that_want_the_same_device_one_gets_it_and_the_other_knows(served):
    """Both hear the same advertisement; the second's request finds nobody who waits for one."""
    rivals = [served.radio.device(f"C0:FF:EE:00:00:0{number}") for number in (1, 2)]
    await served.radio.power_on()
    ends = []
    address = Address(served.device.static_address.to_string(), Address.RANDOM_DEVICE_ADDRESS)
    for rival in rivals:
        rival.on("connection", lambda link: link.on("disconnection", ends.append))
    await asyncio.gather(*(rival.connect(address, timeout=None) for rival in rivals))
    await asyncio.sleep(0.1)
    assert sorted(len(rival.connections) for rival in rivals) == [0, 1]
    assert ends == [0x3E]  # connection failed to be established


async def test_a_central_may_connect_from_its_public_address(served):
    """As the Linux kernel does, which then takes only packets that come from where it has connected to."""
    controller = VirtualController("kernel", served.radio.air, "02:EC:CE:7D:00:00")
    device = Device(address=Address("C0:FF:EE:00:00:01"), host=Host(controller, AsyncPipeSink(controller)))
    await device.power_on()
    address = Address(served.device.static_address.to_string(), Address.RANDOM_DEVICE_ADDRESS)
    link = await device.connect(address, own_address_type=OwnAddressType.PUBLIC, timeout=None)
    assert await link.gatt_client.request_mtu(100) == 100
    (peer,) = served.device.connections.values()
    assert str(peer.peer_address) == "02:EC:CE:7D:00:00/P"


@pytest.mark.parametrize(
    "end", [VirtualController.unplug, lambda it: it.on_packet(bytes(HCI_Reset_Command()))]
)
async def test_a_controller_that_is_unplugged_or_reset_loses_its_links(served, end):
    controller = VirtualController("host", served.radio.air)
    device = Device(address=Address("C0:FF:EE:00:00:01"), host=Host(controller, AsyncPipeSink(controller)))
    await device.power_on()
    address = Address(served.device.static_address.to_string(), Address.RANDOM_DEVICE_ADDRESS)
    await device.connect(address, timeout=None)
    await asyncio.sleep(1.0)
    end(controller)
    await asyncio.sleep(1.0)
    assert [what for _, what in served.treadmill.links] == ["connected", "disconnected"]
    assert await served.find()


# --- GATT ---------------------------------------------------------------------------------------------------


async def test_subscribing_is_seen_in_the_descriptor(served):
    client = await served.connect()
    descriptors = {
        name: client.services.get_characteristic(name).get_descriptor("2902").handle
        for name in ("2acd", "2ad9")
    }
    await client.start_notify("2acd", lambda *_: None)
    await client.start_notify("2ad9", lambda *_: None)
    assert await client.read_gatt_descriptor(descriptors["2acd"]) == b"\x01\x00"
    assert await client.read_gatt_descriptor(descriptors["2ad9"]) == b"\x02\x00"
    await client.stop_notify("2acd")
    assert await client.read_gatt_descriptor(descriptors["2acd"]) == b"\x00\x00"


async def test_subscribing_twice_is_refused(served):
    client = await served.connect()
    await client.start_notify("2acd", lambda *_: None)
    with pytest.raises(BleakError, match="already started"):
        await client.start_notify("2acd", lambda *_: None)


async def test_a_write_without_response_arrives(served):
    client = await served.connect()
    await client.start_notify("2ad9", lambda *_: None)
    await client.write_gatt_char("2ad9", b"\x00", response=False)
    await asyncio.sleep(0.1)
    assert [data for _, data in served.treadmill.written] == [b"\x00"]


@pytest.mark.parametrize("name", ["2acd", "2ad9", "2ada"])
async def test_a_read_the_server_refuses_is_a_protocol_error(served, name):
    client = await served.connect()
    with pytest.raises(BleakGATTProtocolError) as refusal:
        await client.read_gatt_char(name)
    assert refusal.value.code == BleakGATTProtocolErrorCode.READ_NOT_PERMITTED


async def test_a_reader_that_fails_misses_nothing_that_follows(served):
    client = await served.connect()
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    heard = []

    def reader(_, value):
        heard.append(value.hex())
        raise RuntimeError("a reader's own trouble")

    await client.start_notify("2ad9", reader)
    for opcode in (b"\x00", b"\x07"):
        await client.write_gatt_char("2ad9", opcode, response=True)
        await asyncio.sleep(0.1)
    assert heard == ["800001", "800701"]


async def test_a_client_has_a_name_even_before_it_has_found_its_device(served):
    assert served.client("E8:CC:E2:7A:EA:D0").name == "E8-CC-E2-7A-EA-D0"
    assert BleakClient(await served.find(), backend=served.radio.client_backend).name == "Scripted"
