"""Servers that depart from FTMS 1.0, seen by a central."""

import asyncio

import pytest
from bleak.exc import BleakGATTProtocolError

from eccentread_sim.gatt import SUPERVISION_S, TreadmillServer
from eccentread_sim.offer import Answers, Delivery, Gatt, Machine, Offered, Wire
from eccentread_sim.records import TreadmillRecord
from eccentread_sim.sayings import Deed

REQUEST_CONTROL = b"\x00"
ANSWER = bytes.fromhex("800001")


async def listen(client, *characteristics):
    heard = []
    for characteristic in characteristics:
        await client.start_notify(characteristic, lambda _, value: heard.append(bytes(value)))
    return heard


@pytest.mark.parametrize(
    ("answers", "properties", "sent_as"),
    [
        (Answers.INDICATE, ["indicate", "write"], "ATT_HANDLE_VALUE_INDICATION"),
        (Answers.NOTIFY, ["notify", "write"], "ATT_HANDLE_VALUE_NOTIFICATION"),
        # A central that may choose takes notifications, as BlueZ does.
        (Answers.BOTH, ["indicate", "notify", "write"], "ATT_HANDLE_VALUE_NOTIFICATION"),
    ],
)
async def test_the_control_point_answers_as_it_was_subscribed_to(
    serve, scripted, monkeypatch, answers, properties, sent_as
):
    async with serve(scripted(gatt=Gatt(control_point=answers))) as served:
        client = await served.connect()
        assert client.services.get_characteristic("2ad9").properties == properties
        heard = await listen(client, "2ad9")
        gatt_client = client._backend._link.gatt_client
        receive, seen = gatt_client.on_gatt_pdu, []
        monkeypatch.setattr(gatt_client, "on_gatt_pdu", lambda pdu: (seen.append(pdu.name), receive(pdu)))
        await client.write_gatt_char("2ad9", REQUEST_CONTROL, response=True)
        await asyncio.sleep(1.0)
        assert heard == [ANSWER]
        assert seen == ["ATT_WRITE_RESPONSE", sent_as]


@pytest.mark.parametrize("missing", Offered)
async def test_any_characteristic_may_be_missing(serve, scripted, missing):
    async with serve(scripted(gatt=Gatt(leaves_out=(missing,)))) as served:
        client = await served.connect()
        offered = {each.uuid[4:8] for each in client.services.get_service("1826").characteristics}
        assert len(offered) == 5
        for code in ("2acd", "2ad3", "2ada"):
            served.treadmill.say(1.0, code, b"\x04")
        served.server.wake()
        await asyncio.sleep(2.0)
        assert served.treadmill.script == []


async def test_reads_give_the_octets_that_a_personality_states_or_none(serve, scripted):
    odd = Gatt(feature=b"\x01\x02", speed_range=bytes(6), reads_empty=(Offered.TRAINING_STATUS,))
    async with serve(scripted(gatt=odd)) as served:
        client = await served.connect()
        assert await client.read_gatt_char("2acc") == b"\x01\x02"
        assert await client.read_gatt_char("2ad4") == bytes(6)
        assert await client.read_gatt_char("2ad3") == b""


async def test_records_are_bent_on_their_way(serve, scripted):
    async with serve(scripted(gatt=Gatt(wire=Wire(cut_to_octets=6, extra_flags=0x4000)))) as served:
        client = await served.connect()
        heard = await listen(client, "2acd")
        served.treadmill.say(1.0, "2acd", TreadmillRecord(80, distance_m=1000))
        served.server.wake()
        await asyncio.sleep(2.0)
        assert [each.hex() for each in heard] == ["04405000e803"]


async def test_a_late_notification_goes_out_after_its_time_and_none_after_the_link(serve, scripted):
    late = Gatt(delivery=Delivery(late_rate=1.0, late_s=2.0))
    async with serve(scripted(gatt=late)) as served:
        client = await served.connect()
        heard = await listen(client, "2ada")
        served.treadmill.say(1.0, "2ada", b"\x04")
        served.treadmill.say(5.0, "2ada", b"\x03")
        served.server.wake()
        await asyncio.sleep(2.5 - asyncio.get_running_loop().time())
        assert heard == []
        await asyncio.sleep(1.0)
        assert heard == [b"\x04"]
        await asyncio.sleep(5.5 - asyncio.get_running_loop().time())
        await client.disconnect()
        again = await served.connect()
        heard_again = await listen(again, "2ada")
        await asyncio.sleep(5.0)
        assert (heard, heard_again) == ([b"\x04"], [])


async def test_a_rejected_command_ends_in_its_att_error_and_blocks_nothing(serve, scripted):
    picky = Gatt(delivery=Delivery(rejects=(0x07,), rejects_with=0x81))
    async with serve(scripted(gatt=picky)) as served:
        client = await served.connect()
        heard = await listen(client, "2ad9")
        with pytest.raises(BleakGATTProtocolError) as refusal:
            await client.write_gatt_char("2ad9", b"\x07", response=True)
        assert refusal.value.code == 0x81
        await client.write_gatt_char("2ad9", REQUEST_CONTROL, response=True)
        await asyncio.sleep(1.0)
        assert heard == [ANSWER]
        assert [data for _, data in served.treadmill.written] == [REQUEST_CONTROL]


async def test_a_write_is_confirmed_after_its_answer_and_a_lost_link_leaves_nothing_behind(
    serve, scripted, monkeypatch
):
    async with serve(scripted(gatt=Gatt(delivery=Delivery(answer_first=True)))) as served:
        client = await served.connect()
        heard = await listen(client, "2ad9")
        gatt_client = client._backend._link.gatt_client
        receive, seen = gatt_client.on_gatt_pdu, []
        monkeypatch.setattr(gatt_client, "on_gatt_pdu", lambda pdu: (seen.append(pdu.name), receive(pdu)))
        began_s = asyncio.get_running_loop().time()
        await client.write_gatt_char("2ad9", REQUEST_CONTROL, response=True)
        assert asyncio.get_running_loop().time() - began_s == pytest.approx(0.05)
        assert (heard, seen) == ([ANSWER], ["ATT_HANDLE_VALUE_INDICATION", "ATT_WRITE_RESPONSE"])
        served.treadmill.answer_after_s = None
        writing = asyncio.create_task(client.write_gatt_char("2ad9", REQUEST_CONTROL, response=True))
        await asyncio.sleep(5.0)
        assert not writing.done()
        await client.disconnect()
        await asyncio.gather(writing, return_exceptions=True)
        served.treadmill.answer_after_s = 0.05
        again = await served.connect()
        heard = await listen(again, "2ad9")
        await again.write_gatt_char("2ad9", REQUEST_CONTROL, response=True)
        assert heard == [ANSWER]


async def test_stray_answers_come_first(serve, scripted):
    async with serve(scripted(gatt=Gatt(delivery=Delivery(stray_answers=(b"\x80\x07\x01",))))) as served:
        client = await served.connect()
        heard = await listen(client, "2ad9")
        await client.write_gatt_char("2ad9", REQUEST_CONTROL, response=True)
        await asyncio.sleep(1.0)
        assert heard == [b"\x80\x07\x01", ANSWER]


@pytest.mark.parametrize(("pause_s", "arrives"), [(0.1, False), (0.5, True)])
async def test_a_subscription_too_soon_after_another_is_forgotten(serve, scripted, pause_s, arrives):
    async with serve(scripted(gatt=Gatt(delivery=Delivery(subscription_gap_s=0.4)))) as served:
        client = await served.connect()
        first = await listen(client, "2ada")
        await asyncio.sleep(pause_s)
        second = await listen(client, "2acd")
        served.treadmill.say(3.0, "2ada", b"\x04")
        served.treadmill.say(3.0, "2acd", b"\0\0\0\0")
        served.server.wake()
        await asyncio.sleep(4.0)
        assert (len(first), bool(second)) == (1, arrives)


async def test_a_second_service_is_there_and_does_nothing(serve, scripted):
    async with serve(scripted(gatt=Gatt(twice=True))) as served:
        client = await served.connect()
        first, second = [service for service in client.services if service.uuid.startswith("00001826")]
        spoken = await listen(client, first.get_characteristic("2acd"))
        silent = await listen(client, second.get_characteristic("2acd"))
        await client.start_notify(second.get_characteristic("2ad9"), lambda *_: None)
        await client.write_gatt_char(second.get_characteristic("2ad9"), REQUEST_CONTROL, response=True)
        served.treadmill.say(3.0, "2acd", b"\0\0\0\0")
        served.server.wake()
        await asyncio.sleep(4.0)
        assert (len(spoken), silent, served.treadmill.written) == (1, [], [])


async def test_device_information_may_be_missing(serve, scripted):
    async with serve(scripted(machine=Machine("Scripted", device_information=False))) as served:
        client = await served.connect()
        assert client.services.get_service("180a") is None


@pytest.fixture(params=["by the radio", "by the server"])
def falls_silent(request, serve, scripted, monkeypatch):
    """A served treadmill whose link is lost by the radio, or, where no radio can be asked, ended."""
    if request.param == "by the radio":

        def make(device, treadmill, origin_s, radio):
            return TreadmillServer(
                device, treadmill, origin_s, lose_link=lambda silent_s: radio.drop_link(silent_s=silent_s)
            )
    else:

        def make(device, treadmill, origin_s, radio):
            return TreadmillServer(device, treadmill, origin_s)

    return serve(scripted(), make)


async def test_a_machine_that_falls_silent_neither_speaks_nor_acts_until_it_comes_back(falls_silent):
    async with falls_silent as served:
        gone = asyncio.Event()
        client = await served.connect(disconnected_callback=lambda _: gone.set())
        heard = await listen(client, "2acd", "2ad9")
        served.treadmill.say(3.0, "2ad9", Deed.FALL_SILENT)
        served.treadmill.say(4.0, "2acd", b"\0\0\x50\0")
        served.treadmill.say(20.0, "2ad9", Deed.COME_BACK)
        served.server.wake()
        await asyncio.sleep(4.5 - asyncio.get_running_loop().time())
        writing = asyncio.create_task(client.write_gatt_char("2ad9", REQUEST_CONTROL, response=True))
        await gone.wait()
        assert asyncio.get_running_loop().time() == pytest.approx(3.0 + SUPERVISION_S, abs=0.01)
        await asyncio.gather(writing, return_exceptions=True)
        assert (heard, served.treadmill.written) == ([], [])
        await asyncio.sleep(15.0 - asyncio.get_running_loop().time())
        assert not served.device.is_advertising
        assert (await served.find(timeout=30.0)).name == "Scripted"
        assert asyncio.get_running_loop().time() >= 20.0


async def test_a_machine_back_before_anybody_noticed_is_not_connected_either(falls_silent):
    async with falls_silent as served:
        client = await served.connect()
        served.treadmill.say(3.0, "2ad9", Deed.FALL_SILENT)
        served.treadmill.say(4.0, "2ad9", Deed.COME_BACK)
        served.server.wake()
        await asyncio.sleep(5.0 - asyncio.get_running_loop().time())
        assert not client.is_connected
        await served.connect()


async def test_a_machine_may_be_silent_while_nobody_is_connected(served):
    served.treadmill.say(1.0, "2ad9", Deed.FALL_SILENT)
    served.treadmill.say(5.0, "2ad9", Deed.COME_BACK)
    served.server.wake()
    await asyncio.sleep(3.0)
    assert not served.device.is_advertising
    await asyncio.sleep(3.0)
    assert served.device.is_advertising


async def test_a_machine_hangs_up(served):
    client = await served.connect()
    served.treadmill.say(1.0, "2ad9", Deed.HANG_UP)
    served.server.wake()
    await asyncio.sleep(2.0)
    assert not client.is_connected


async def test_a_command_left_unanswered_makes_room_for_the_next(serve, scripted):
    async with serve(scripted(answer_after_s=None)) as served:
        client = await served.connect()
        await listen(client, "2ad9")
        await client.write_gatt_char("2ad9", REQUEST_CONTROL, response=True)
        served.treadmill.say(2.0, "2ad9", Deed.LEAVE_UNANSWERED)
        served.server.wake()
        await asyncio.sleep(2.5)
        await client.write_gatt_char("2ad9", b"\x07", response=True)
        assert [data for _, data in served.treadmill.written] == [REQUEST_CONTROL, b"\x07"]
