"""The link on the real BlueZ: each report once however often it is made anew, and machines that are gone."""

import asyncio
import statistics
import time

import pytest

from eccentread.errors import Cause, MachineError
from eccentread.events import Command, CommandAnswered, CommandKind, Connected, Input, LinkLost, Notified
from eccentread.io.link import Link
from eccentread.io.scan import find

RECONNECTS = 10
REPORTS = 8
"""How many reports each link is kept for; two seconds of them."""


class Desk:
    """Takes down what a link says."""

    def __init__(self) -> None:
        self.inputs: list[Input] = []
        self._news = asyncio.Event()

    def put(self, happened: Input) -> None:
        self.inputs.append(happened)
        self._news.set()

    async def has(self, kind: type[Input], count: int = 1, **how: object) -> Input:
        """The input with which there are `count` of that kind and with these values."""
        while True:
            of_kind = [i for i in self.inputs if isinstance(i, kind)]
            found = [i for i in of_kind if all(getattr(i, key) == how[key] for key in how)]
            if len(found) >= count:
                return found[count - 1]
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), 20)


async def test_every_report_arrives_once_however_often_the_link_was_made_anew(
    treadmill, record_testsuite_property
):
    desk = Desk()
    began_s = time.monotonic()
    found = await find(treadmill.name)
    scan_s = time.monotonic() - began_s
    link = Link(found.device, clock=time.monotonic, on_input=desk.put)
    connect_s, answer_s, sent, delivered = [], [], 0, 0
    for number in range(RECONNECTS + 1):
        desk.inputs.clear()
        before = len(treadmill.sent)
        began_s = time.monotonic()
        await link.connect()
        connect_s.append(time.monotonic() - began_s)
        began_s = time.monotonic()
        link.send(Command(0.0, number, CommandKind.REQUEST_CONTROL, b"\x00"))
        answered = await desk.has(CommandAnswered)
        answer_s.append(answered.t_s - began_s)
        assert answered.result == 1
        await desk.has(Notified, REPORTS, characteristic="2acd")
        treadmill.do("lose_link")
        await desk.has(LinkLost)
        came = [i.data.hex() for i in desk.inputs if isinstance(i, Notified) and i.characteristic != "2ad9"]
        went = [report["data"] for report in treadmill.sent[before:]]
        assert came == went[: len(came)]
        assert len(went) - len(came) <= 1  # one may have been on its way when the link was lost
        assert len([i for i in desk.inputs if isinstance(i, Notified) and i.characteristic == "2ad9"]) == 1
        assert len([i for i in desk.inputs if isinstance(i, Connected | LinkLost)]) == 2
        sent += len(went)
        delivered += len(came)
    await link.close()
    figures = {
        "found after": f"{scan_s:.2f} s",
        "connected and subscribed after": f"{statistics.median(connect_s):.2f} s",
        "write to answer": f"{1000 * statistics.median(answer_s):.0f} ms",
        "reports sent": sent,
        "reports delivered": delivered,
    }
    for name, value in figures.items():
        record_testsuite_property(name, value)


async def test_a_machine_that_went_after_it_was_found_is_told_and_found_again_when_it_is_back(treadmill):
    found = await find(treadmill.name)
    desk = Desk()
    link = Link(found.device, clock=time.monotonic, on_input=desk.put)
    treadmill.do("leave")

    began_s = time.monotonic()
    with pytest.raises(MachineError) as raised:
        await link.connect(timeout_s=8)

    assert raised.value.cause is Cause.MACHINE_UNREACHABLE
    assert "no answer within 8 s" in raised.value.sentence
    assert time.monotonic() - began_s < 12
    assert desk.inputs == []
    treadmill.do("come_back")
    await link.connect()
    await desk.has(Notified, 3, characteristic="2acd")
    await link.close()
