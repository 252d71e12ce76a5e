"""The treadmill's GATT server, seen by a central."""

import asyncio

import pytest
from bleak.exc import BleakGATTProtocolError, BleakGATTProtocolErrorCode
from bumble.core import AdvertisingData

from eccentread_sim.advertising import advertisement, scan_response
from eccentread_sim.offer import Gatt, Machine, Offered
from eccentread_sim.records import TreadmillRecord

REQUEST_CONTROL, START = b"\x00", b"\x07"


def now():
    return asyncio.get_running_loop().time()


class Heard(list):
    """Values in order of arrival, as (time, characteristic, hex)."""

    def __call__(self, characteristic, value):
        self.append((round(now(), 6), characteristic.uuid[4:8], value.hex()))


async def listen(client, *characteristics):
    heard = Heard()
    for characteristic in characteristics:
        await client.start_notify(characteristic, heard)
    return heard


async def until(t_s):
    await asyncio.sleep(t_s - now())


def test_it_advertises_flags_service_and_service_data():
    assert advertisement(Machine("T1")).hex(" ") == "02 01 06 03 03 26 18 06 16 26 18 01 01 00"


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("T1", AdvertisingData.Type.COMPLETE_LOCAL_NAME, "T1"),
        ("n" * 29, AdvertisingData.Type.COMPLETE_LOCAL_NAME, "n" * 29),
        ("n" * 30, AdvertisingData.Type.SHORTENED_LOCAL_NAME, "n" * 29),
        ("n" * 28 + "ß", AdvertisingData.Type.SHORTENED_LOCAL_NAME, "n" * 28),
    ],
)
def test_a_name_too_long_for_31_octets_is_shortened_between_characters(name, kind, said):
    response = scan_response(Machine(name))
    assert len(response) <= 31
    assert AdvertisingData.from_bytes(response).get(kind) == said


async def test_it_offers_what_the_treadmill_has(served):
    client = await served.connect()
    service = client.services.get_service("1826")
    assert {each.uuid[4:8]: each.properties for each in service.characteristics} == {
        "2acc": ["read"],
        "2acd": ["notify"],
        "2ad3": ["notify", "read"],
        "2ad4": ["read"],
        "2ad9": ["indicate", "write"],
        "2ada": ["notify"],
    }
    assert await client.read_gatt_char("2acc") == served.treadmill.feature
    assert await client.read_gatt_char("2ad4") == served.treadmill.speed_range
    assert await client.read_gatt_char("2a29") == b"Nobody"
    assert await client.read_gatt_char("2a24") == b"T1"


async def test_without_a_speed_range_there_is_no_such_characteristic(serve, scripted):
    async with serve(scripted(gatt=Gatt(leaves_out=(Offered.SPEED_RANGE,)))) as served:
        client = await served.connect()
        assert client.services.get_characteristic("2ad4") is None


async def test_training_status_reads_as_it_is_now(served):
    client = await served.connect()
    served.treadmill.training_status = bytes.fromhex("000d")
    assert await client.read_gatt_char("2ad3") == bytes.fromhex("000d")


async def test_emissions_arrive_at_their_times_in_their_order(served):
    client = await served.connect()
    heard = await listen(client, "2acd", "2ad3", "2ad9", "2ada")
    served.treadmill.say(2.0, "2ada", b"\x04")
    served.treadmill.say(2.0, "2acd", TreadmillRecord(speed_centi_kmh=80))
    served.treadmill.say(2.0, "2ad9", bytes.fromhex("800701"))
    served.treadmill.say(2.0, "2ad3", bytes.fromhex("000d"))
    served.treadmill.say(2.0, "2ad9", bytes.fromhex("800201"))
    served.treadmill.say(2.5, "2acd", bytes.fromhex("00005000"))
    served.server.wake()
    await until(5.0)
    # The second indication waits for the confirmation of the first; what it waits for takes no virtual time.
    assert sorted(heard[:5]) == sorted(
        [
            (2.0, "2ada", "04"),
            (2.0, "2acd", "00005000"),
            (2.0, "2ad9", "800701"),
            (2.0, "2ad3", "000d"),
            (2.0, "2ad9", "800201"),
        ]
    )
    assert [each for each in heard if each[2] != "800201"] == [
        (2.0, "2ada", "04"),
        (2.0, "2acd", "00005000"),
        (2.0, "2ad9", "800701"),
        (2.0, "2ad3", "000d"),
        (2.5, "2acd", "00005000"),
    ]


@pytest.mark.parametrize(
    ("mtu", "notifications"),
    [
        (517, ["841d" + "5000" + "e80300" + "0a00ffffff" + "78" + "3c00" + "2c01" + "c4ff1400"]),
        (23, ["851d" + "e80300" + "0a00ffffff" + "78" + "3c00" + "2c01" + "c4ff1400", "0000" + "5000"]),
    ],
)
async def test_a_record_is_split_to_the_link_s_att_mtu(serve, scripted, mtu, notifications):
    record = TreadmillRecord(
        speed_centi_kmh=80,
        distance_m=1000,
        energy_kcal=10,
        heart_rate_bpm=120,
        elapsed_s=60,
        remaining_s=300,
        force_on_belt_n=-60,
        power_w=20,
    )
    async with serve(scripted(gatt=Gatt(max_mtu=mtu))) as served:
        client = await served.connect()
        assert client.mtu_size == mtu
        heard = await listen(client, "2acd")
        served.treadmill.say(1.0, "2acd", record)
        served.server.wake()
        await until(2.0)
        assert [value for _, _, value in heard] == notifications


async def test_a_write_reaches_the_treadmill_and_its_answer_is_indicated(served):
    client = await served.connect()
    heard = await listen(client, "2ad9")
    await until(3.0)
    await client.write_gatt_char("2ad9", START, response=True)
    assert (now(), served.treadmill.written) == (3.0, [(3.0, START)])
    await until(4.0)
    assert heard == [(3.05, "2ad9", "800701")]


@pytest.mark.parametrize(
    ("answer_after_s", "order"),
    [
        (0.0, ["ATT_HANDLE_VALUE_INDICATION", "ATT_WRITE_RESPONSE"]),
        (0.05, ["ATT_WRITE_RESPONSE", "ATT_HANDLE_VALUE_INDICATION"]),
    ],
)
async def test_an_answer_due_at_once_precedes_the_write_s_response(
    serve, scripted, monkeypatch, answer_after_s, order
):
    async with serve(scripted(answer_after_s=answer_after_s)) as served:
        client = await served.connect()
        await listen(client, "2ad9")
        on_the_link = []
        gatt_client = client._backend._link.gatt_client
        receive = gatt_client.on_gatt_pdu
        monkeypatch.setattr(
            gatt_client, "on_gatt_pdu", lambda pdu: (on_the_link.append(pdu.name), receive(pdu))
        )
        await client.write_gatt_char("2ad9", REQUEST_CONTROL, response=True)
        await asyncio.sleep(1.0)
        assert on_the_link == order


async def test_a_write_without_a_subscription_is_refused(served):
    client = await served.connect()
    with pytest.raises(BleakGATTProtocolError) as refusal:
        await client.write_gatt_char("2ad9", START, response=True)
    assert refusal.value.code == BleakGATTProtocolErrorCode.CCCD_IMPROPERLY_CONFIGURED
    assert served.treadmill.written == []


async def test_an_empty_write_is_refused_and_blocks_nothing(served):
    client = await served.connect()
    await listen(client, "2ad9")
    with pytest.raises(BleakGATTProtocolError):
        await client.write_gatt_char("2ad9", b"", response=True)
    await client.write_gatt_char("2ad9", REQUEST_CONTROL, response=True)
    assert [data for _, data in served.treadmill.written] == [REQUEST_CONTROL]


async def test_a_write_during_a_procedure_is_refused_until_its_answer_is_sent(served):
    client = await served.connect()
    await listen(client, "2ad9")
    await client.write_gatt_char("2ad9", REQUEST_CONTROL, response=True)
    with pytest.raises(BleakGATTProtocolError) as refusal:
        await client.write_gatt_char("2ad9", START, response=True)
    assert refusal.value.code == BleakGATTProtocolErrorCode.PROCEDURE_ALREADY_IN_PROGRESS
    await asyncio.sleep(0.1)
    await client.write_gatt_char("2ad9", START, response=True)
    assert [data for _, data in served.treadmill.written] == [REQUEST_CONTROL, START]


async def test_a_procedure_ends_with_the_link(serve, scripted):
    async with serve(scripted(answer_after_s=None)) as served:
        client = await served.connect()
        await listen(client, "2ad9")
        await client.write_gatt_char("2ad9", REQUEST_CONTROL, response=True)
        await client.disconnect()
        again = await served.connect()
        await listen(again, "2ad9")
        await again.write_gatt_char("2ad9", START, response=True)
        assert [data for _, data in served.treadmill.written] == [REQUEST_CONTROL, START]


async def test_nobody_hears_what_nobody_asked_for(served):
    client = await served.connect()
    heard = await listen(client, "2acd")
    await client.stop_notify("2acd")
    status = await listen(client, "2ada")
    served.treadmill.say(1.0, "2acd", TreadmillRecord(80))
    served.treadmill.say(1.0, "2ad3", bytes.fromhex("000d"))
    served.treadmill.say(1.0, "2ada", b"\x04")
    served.server.wake()
    await until(2.0)
    assert (heard, status) == ([], [(1.0, "2ada", "04")])


async def test_a_treadmill_nobody_listens_to_still_gets_its_time(served):
    served.treadmill.say(1.0, "2acd", TreadmillRecord(80))
    served.server.wake()
    await until(2.0)
    assert served.treadmill.script == []


async def test_the_treadmill_is_told_of_connections(served):
    client = await served.connect()
    connected_s = now()
    await until(10.0)
    await client.disconnect()
    await asyncio.sleep(0.1)
    assert served.treadmill.links == [(connected_s, "connected"), (10.0, "disconnected")]


async def test_it_is_found_again_after_a_disconnection_but_not_while_connected(served):
    client = await served.connect()
    assert not served.device.is_advertising
    await client.disconnect()
    assert (await served.find()).name == "Scripted"
