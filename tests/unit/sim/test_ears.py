"""The athlete's ears and mouth on a virtual link, and a voice that speaks to her."""

import asyncio
import contextlib

import pytest
from bleak import BleakClient

from eccentread_sim.backend import client_backend
from eccentread_sim.ears import Ears, Voice
from eccentread_sim.radio import CENTRAL_ADDRESS, Central, Radio

ADDRESS = "E8:CC:E2:7A:EA:D0"
EARS, MOUTH = "2f2cf782-c431-4219-a52b-e411e5edc27a", "2f2cf783-c431-4219-a52b-e411e5edc27a"


class Listener:
    """An athlete who remembers what she was told, and answers everything with 5 after two seconds."""

    def __init__(self):
        self.heard = []
        self.asked = []

    def hear(self, cue, number):
        self.heard.append((cue, number))

    def ask(self, question, kind, answered):
        self.asked.append((question, kind))
        asyncio.get_running_loop().call_later(2.0, answered, 5)


class Speaker(Central):
    """A central whose connections are spoken over."""

    def __init__(self, device, voice):
        super().__init__(device)
        self._voice = voice

    async def opened(self, connection):
        await self._voice.use(connection)


class Room:
    """An athlete within reach of a voice."""

    def __init__(self, max_mtu):
        self.radio = Radio()
        self.device = self.radio.device(ADDRESS)
        self.device.gatt_server.max_mtu = max_mtu
        self.athlete = Listener()
        self.voice = Voice()
        speaker = Speaker(self.radio.device(CENTRAL_ADDRESS[:-2] + "01"), self.voice)
        self._backend = client_backend(speaker)
        Ears(self.device, self.athlete)

    @contextlib.asynccontextmanager
    async def connected(self):
        await self.device.start_advertising(advertising_interval_min=100, advertising_interval_max=100)
        device = await self.find()
        async with BleakClient(device, backend=self._backend) as client:
            yield client

    async def find(self):
        from bleak import BleakScanner

        return await BleakScanner.find_device_by_address(ADDRESS, backend=self.radio.scanner_backend)


@pytest.fixture(params=[23, 517], ids=["smallest packets", "large packets"])
async def room(request):
    room = Room(request.param)
    await room.radio.power_on()
    yield room
    await room.radio.power_off()


async def test_she_hears_cues_in_order_and_at_once(room):
    async with room.connected():
        room.voice.hear("push-once")
        room.voice.hear("count", 7)
        room.voice.hear("a-cue-that-takes-more-than-one-packet", 12345)
        await asyncio.sleep(0.1)
        assert room.athlete.heard == [
            ("push-once", None),
            ("count", 7),
            ("a-cue-that-takes-more-than-one-packet", 12345),
        ]


async def test_each_answer_goes_to_its_question_in_her_own_time(room):
    answers = []
    async with room.connected():
        began_s = asyncio.get_running_loop().time()
        room.voice.ask("effort", "scale", lambda value: answers.append(("effort", value)))
        room.voice.ask("how-strong-is-your-pain-now", "scale", lambda value: answers.append(("pain", value)))
        while len(answers) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        assert 2.0 <= asyncio.get_running_loop().time() - began_s < 2.2
        assert answers == [("effort", 5), ("pain", 5)]
        assert room.athlete.asked == [("effort", "scale"), ("how-strong-is-your-pain-now", "scale")]


async def test_speaking_holds_no_request_up(room):
    async with room.connected() as client:
        room.radio.drop_link(silent_s=4.0)
        room.voice.hear("push-once")
        room.voice.ask("effort", "scale", print)
        assert client.is_connected  # and this was not waited for


async def test_what_is_said_without_a_link_is_not_heard_and_what_is_asked_is_asked_again(room):
    answers = []
    room.voice.hear("push-once")
    room.voice.ask("pain", "scale", answers.append)
    async with room.connected():
        await asyncio.sleep(3.0)
    assert (room.athlete.asked, answers) == ([("pain", "scale")], [5])
    assert ("push-once", None) not in room.athlete.heard


async def test_an_answer_to_a_link_that_is_gone_reaches_nobody(room):
    answers = []
    async with room.connected():
        room.voice.ask("pain", "scale", answers.append)
        await asyncio.sleep(0.1)
    await asyncio.sleep(5.0)
    assert answers == []


async def test_whoever_spoke_and_leaves_leaves_her_on_the_rails(room):
    async with room.connected():
        pass
    await asyncio.sleep(0.1)
    assert room.athlete.heard == []  # nobody spoke
    async with room.connected():
        room.voice.hear("set-begins", 1)
        await asyncio.sleep(0.1)
        room.radio.drop_link()
        await asyncio.sleep(0.1)
    assert room.athlete.heard == [("set-begins", 1), ("feet-on-rails", None)]


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\n",
        b"sing a song\n",
        b"hear\n",
        b"hear count many\n",
        b"ask 1\n",
        b"\xff\xfe\n",
        b"hear " + b"x" * 300,
    ],
)
async def test_what_cannot_be_understood_is_passed_over(room, octets):
    async with room.connected() as client:
        for start in range(0, max(len(octets), 1), 20):
            await client.write_gatt_char(EARS, octets[start : start + 20], response=False)
        await client.write_gatt_char(EARS, b"\nhear ", response=False)
        await client.write_gatt_char(EARS, b"push-once\n", response=False)
        await asyncio.sleep(0.1)
        assert room.athlete.heard == [("push-once", None)]
        assert room.athlete.asked == []


async def test_answers_that_make_no_sense_are_passed_over(room):
    answers = []
    async with room.connected():
        room.voice.ask("pain", "scale", answers.append)
        (mouth,) = [each for each in room.device.gatt_server.attributes if str(each.type) == MOUTH.upper()]
        await room.device.notify_subscribers(mouth, b"\n1\n1 x\n9 9\nhey\n\xff\n")
        await asyncio.sleep(3.0)
    assert answers == [5]
