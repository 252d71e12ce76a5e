"""The link to one machine, over a hand-written bleak backend, in virtual time."""

import asyncio
import contextlib
import logging
from itertools import pairwise
from typing import Any

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
)

from eccentread.errors import AdapterError, Cause, MachineError
from eccentread.events import (
    Command,
    CommandAnswered,
    CommandKind,
    Connected,
    Input,
    LinkLost,
    Notified,
    Problem,
)
from eccentread.io.link import SUBSCRIBE_GAP_S, Link

STOP = Command(0.0, 7, CommandKind.STOP, b"\x08\x01")
START = Command(0.0, 8, CommandKind.START, b"\x07")
FRAME = bytes.fromhex("00005000")


class Bench:
    def __init__(self, machine: Any, device: Any = None) -> None:
        self.machine = machine
        self.inputs: list[Input] = []
        self.on_input: Any = lambda happened: None
        self.link = Link(
            device or machine.device, clock=self.now, on_input=self._on_input, client_backend=machine.backend
        )

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def _on_input(self, happened: Input) -> None:
        self.inputs.append(happened)
        self.on_input(happened)

    def of(self, kind: type) -> list[Any]:
        return [happened for happened in self.inputs if isinstance(happened, kind)]

    @property
    def client(self) -> Any:
        return self.machine.clients[-1]


@pytest.fixture
def bench(machine: Any) -> Bench:
    return Bench(machine)


async def hang() -> None:
    await asyncio.Event().wait()


# --- Connecting ---------------------------------------------------------------------------------------------


async def test_connecting_tells_who_the_machine_is(bench: Bench) -> None:
    await bench.link.connect()
    assert bench.inputs == [
        Connected(
            bench.inputs[0].t_s,
            "Belt",
            "C0:FF:EE:00:00:01",
            feature=bytes.fromhex("0854000003000000"),
            speed_range=bytes.fromhex("500058020a00"),
            training_status=bytes.fromhex("0001"),
            characteristics=("2acc", "2acd", "2ad3", "2ad4", "2ad9", "2ada"),
            device={"manufacturer": "Maker", "model": "T-1"},
        )
    ]


async def test_connecting_never_writes(bench: Bench) -> None:
    await bench.link.connect()
    await asyncio.sleep(60)
    assert bench.machine.writes == []


async def test_status_is_read_before_it_is_subscribed_to(bench: Bench) -> None:
    """BlueZ hands a read of a subscribed characteristic out as a notification, too."""
    await bench.link.connect()
    await asyncio.sleep(1.0)
    steps = bench.machine.steps
    assert steps.index("read 2ad3") < steps.index("subscribe 2ad9")
    assert [s for s in steps if "subscribe" in s] == [
        f"subscribe {u}" for u in ("2ad9", "2acd", "2ada", "2ad3")
    ]


async def test_subscriptions_are_given_time(bench: Bench) -> None:
    times: list[float] = []
    bench.machine.step = lambda client, step: times.append(bench.now()) if "subscribe" in step else None
    await bench.link.connect()
    await asyncio.sleep(1.0)
    assert [later - earlier for earlier, later in pairwise(times)] == pytest.approx(
        3 * [0.01 + SUBSCRIBE_GAP_S]
    )


async def test_an_address_will_do(machine: Any) -> None:
    bench = Bench(machine, "C0:FF:EE:00:00:01")
    await bench.link.connect()
    assert bench.of(Connected)[0].name == "C0:FF:EE:00:00:01"


async def test_what_arrives_while_connecting_follows_connected(bench: Bench) -> None:
    def step(client: Any, step: str) -> None:
        if step == "subscribe 2ad9":
            bench.machine.notify("2ad9", b"\x80\x00\x01")
        if step == "subscribe 2acd":
            bench.machine.notify("2acd", FRAME)

    bench.machine.step = step
    await bench.link.connect()
    assert [(type(i), getattr(i, "characteristic", None)) for i in bench.inputs] == [
        (Connected, None),
        (Notified, "2ad9"),
        (Notified, "2acd"),
    ]
    times = [happened.t_s for happened in bench.inputs]
    assert times == sorted(times)


@pytest.mark.parametrize("uuid", ["2acc", "2ad4", "2ad3"])
@pytest.mark.parametrize("how", ["absent", "failing", "empty"])
async def test_optional_reads_are_tolerated(bench: Bench, uuid: str, how: str) -> None:
    if how == "absent":
        del bench.machine.table["1826"][uuid]
    bench.machine.values[uuid] = BleakError("no") if how == "failing" else b""
    await bench.link.connect()
    [connected] = bench.of(Connected)
    values = {
        "2acc": connected.feature,
        "2ad4": connected.speed_range,
        "2ad3": connected.training_status,
    }
    assert values[uuid] == (b"" if how == "empty" else None)
    assert (uuid in connected.characteristics) == (how != "absent")


async def test_no_device_information_is_tolerated(bench: Bench) -> None:
    del bench.machine.table["180a"]
    await bench.link.connect()
    assert bench.of(Connected)[0].device == {}


async def test_vendor_characteristics_are_not_named(bench: Bench) -> None:
    bench.machine.table["1826"]["d18d2c10-c44c-11e8-a355-529269fb1459"] = ["notify"]
    await bench.link.connect()
    assert bench.of(Connected)[0].characteristics == ("2acc", "2acd", "2ad3", "2ad4", "2ad9", "2ada")


@pytest.mark.parametrize("uuid", ["2ada", "2ad3"])
async def test_a_refused_optional_subscription_is_tolerated(bench: Bench, uuid: str) -> None:
    bench.machine.refused[uuid] = BleakError("no")
    await bench.link.connect()
    bench.machine.notify("2acd", FRAME)
    assert [n.data for n in bench.of(Notified)] == [FRAME]


@pytest.mark.parametrize("uuid", ["2acd", "2ad9"])
async def test_a_refused_needed_subscription_is_an_error(bench: Bench, uuid: str) -> None:
    bench.machine.refused[uuid] = BleakError("no")
    await refused(bench, Cause.MACHINE_UNREACHABLE)


@pytest.mark.parametrize(
    ("service", "uuid"),
    [("1826", None), ("1826", "2acd"), ("1826", "2ad9")],
    ids=["no FTMS", "no data", "no CP"],
)
async def test_no_treadmill_is_an_error(bench: Bench, service: str, uuid: str | None) -> None:
    if uuid is None:
        del bench.machine.table[service]
    else:
        del bench.machine.table[service][uuid]
    error = await refused(bench, Cause.NOT_A_TREADMILL)
    assert "Belt" in error.sentence


async def refused(bench: Bench, cause: Cause, timeout_s: float = 20.0) -> MachineError:
    with pytest.raises(MachineError) as raised:
        await bench.link.connect(timeout_s)
    assert raised.value.cause is cause
    assert bench.inputs == []
    assert not bench.client.connected
    assert bench.client.disconnects == 1
    return raised.value


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (BleakDeviceNotFoundError("C0:…"), Cause.MACHINE_UNREACHABLE),
        (BleakError("le-connection-abort-by-local"), Cause.MACHINE_UNREACHABLE),
        (TimeoutError(), Cause.MACHINE_UNREACHABLE),
        (EOFError(), Cause.MACHINE_UNREACHABLE),
        (
            BleakBluetoothNotAvailableError("off", BleakBluetoothNotAvailableReason.POWERED_OFF),
            Cause.BLUETOOTH_OFF,
        ),
    ],
)
async def test_a_failed_connect_says_whose_fault_it_is(bench: Bench, error: Exception, cause: Cause) -> None:
    def step(client: Any, step: str) -> None:
        if step == "connect":
            raise error

    bench.machine.step = step
    said = await refused(bench, cause)
    assert isinstance(said, AdapterError) == (cause is Cause.BLUETOOTH_OFF)


CONNECT_STEPS = [
    "connect",
    *(f"read {uuid}" for uuid in ("2acc", "2ad4", "2ad3", "2a29", "2a24", "2a26")),
    *(f"subscribe {uuid}" for uuid in ("2ad9", "2acd")),
]
LATER_STEPS = [f"subscribe {uuid}" for uuid in ("2ada", "2ad3")]


async def test_the_steps_of_connecting_are_all_of_these(bench: Bench) -> None:
    await bench.link.connect()
    assert bench.machine.steps == CONNECT_STEPS
    await asyncio.sleep(1.0)
    assert bench.machine.steps == CONNECT_STEPS + LATER_STEPS


@pytest.mark.parametrize("at", CONNECT_STEPS)
async def test_a_machine_that_hangs_is_given_up(bench: Bench, at: str) -> None:
    bench.machine.step = lambda client, step: hang() if step == at else None
    error = await refused(bench, Cause.MACHINE_UNREACHABLE, timeout_s=5.0)
    assert bench.now() < 5.5
    assert "5 s" in error.sentence


@pytest.mark.parametrize("at", CONNECT_STEPS)
@pytest.mark.parametrize("then", ["returns", "raises", "hangs"])
async def test_a_disconnect_while_connecting_is_noticed_at_once(bench: Bench, at: str, then: str) -> None:
    def step(client: Any, step: str) -> Any:
        if step == at:
            client.drop()
            if then == "raises":
                raise BleakError("Not connected")
            return hang() if then == "hangs" else None
        return None

    bench.machine.step = step
    error = await refused(bench, Cause.MACHINE_UNREACHABLE)
    assert "ended the connection" in error.sentence
    assert bench.now() < 1.5


@pytest.mark.parametrize("at", CONNECT_STEPS)
async def test_a_cancelled_connect_leaves_no_link_open(bench: Bench, at: str) -> None:
    bench.machine.step = lambda client, step: hang() if step == at else None
    connecting = asyncio.create_task(bench.link.connect())
    await asyncio.sleep(2)
    connecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await connecting
    assert bench.client.disconnects == 1


async def hang_on(until: asyncio.Event) -> None:
    """As a radio whose cleaning up does not end: it cannot be cancelled."""
    while not until.is_set():
        with contextlib.suppress(asyncio.CancelledError):
            await until.wait()


@pytest.mark.parametrize("at", CONNECT_STEPS)
async def test_a_connect_that_cannot_be_cancelled_is_left_to_itself_and_another_may_be_made(
    bench: Bench, at: str
) -> None:
    freed = asyncio.Event()
    bench.machine.step = lambda client, step: hang_on(freed) if step == at else None
    error = await refused(bench, Cause.MACHINE_UNREACHABLE)
    assert "no answer within" in error.sentence
    assert bench.now() < 26.0
    stuck = bench.client
    bench.machine.step = lambda client, step: None
    await bench.link.connect()
    assert bench.of(Connected)
    before = stuck.disconnects
    freed.set()
    await asyncio.sleep(1)
    assert stuck.disconnects == before + 1
    assert len(bench.of(Connected)) == 1


async def test_closing_ends_a_connect_under_way(bench: Bench) -> None:
    bench.machine.step = lambda client, step: hang() if step == "read 2acc" else None
    connecting = asyncio.create_task(bench.link.connect())
    await asyncio.sleep(1)
    await bench.link.close()
    with pytest.raises(MachineError):
        await connecting
    assert bench.client.disconnects == 1
    assert bench.now() < 1.5


async def test_connecting_twice_is_a_mistake(bench: Bench) -> None:
    await bench.link.connect()
    with pytest.raises(RuntimeError):
        await bench.link.connect()
    assert len(bench.machine.clients) == 1


# --- Notifications ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", FRAME, bytes(512)])
@pytest.mark.parametrize("uuid", ["2acd", "2ada", "2ad3", "2ad9"])
async def test_a_notification_is_handed_on_where_it_arrives(bench: Bench, uuid: str, data: bytes) -> None:
    await bench.link.connect()
    await asyncio.sleep(3)
    bench.machine.notify(uuid, data)
    assert bench.inputs[-1] == Notified(bench.now(), uuid, data)


async def test_an_answer_is_reported_raw_before_it_ends_the_command(bench: Bench) -> None:
    await bench.link.connect()
    bench.link.send(START)
    await asyncio.sleep(0.1)
    bench.machine.answer(0x07)
    bench.machine.answer(0x07)
    await asyncio.sleep(0.1)
    assert [type(i) for i in bench.inputs] == [Connected, Notified, Notified, CommandAnswered]
    assert bench.inputs[-1].result == 1


async def test_an_input_that_the_program_fails_on_is_told_and_the_next_one_comes(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(happened: Input) -> None:
        raise ZeroDivisionError

    await bench.link.connect()
    bench.on_input = break_down
    bench.link.send(START)
    await asyncio.sleep(0.1)
    with caplog.at_level(logging.ERROR):
        bench.machine.notify("2acd", FRAME)
        bench.machine.answer(0x07)
        await asyncio.sleep(0.1)
    assert [type(i) for i in bench.inputs] == [Connected, Notified, Notified, CommandAnswered]
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == 3 * [ZeroDivisionError]


# --- Commands -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("properties", "confirmed"),
    [
        (["write", "indicate"], True),
        (["write", "write-without-response", "notify"], True),
        (["write-without-response", "notify"], False),
    ],
)
async def test_a_write_is_confirmed_where_the_machine_offers_it(
    bench: Bench, properties: list[str], confirmed: bool
) -> None:
    bench.machine.table["1826"]["2ad9"] = properties
    await bench.link.connect()
    bench.link.send(STOP)
    await asyncio.sleep(0.1)
    assert (bench.machine.writes, bench.machine.confirmed) == ([b"\x08\x01"], [confirmed])


async def test_a_command_without_a_link_ends_as_link_lost(bench: Bench) -> None:
    bench.link.send(STOP)
    assert bench.inputs == []
    await asyncio.sleep(0.1)
    assert bench.inputs == [CommandAnswered(0.0, 7, problem=Problem.LINK_LOST)]


async def test_a_command_may_be_sent_from_an_input(bench: Bench) -> None:
    bench.on_input = lambda happened: bench.link.send(STOP) if isinstance(happened, Connected) else None
    await bench.link.connect()
    await asyncio.sleep(0.1)
    assert bench.machine.writes == [b"\x08\x01"]


# --- The end of a link --------------------------------------------------------------------------------------


async def test_a_lost_link_is_told_once_and_ends_its_commands(bench: Bench) -> None:
    await bench.link.connect()
    bench.link.send(START)
    await asyncio.sleep(0.1)
    bench.client.drop()
    assert [type(i) for i in bench.inputs] == [Connected, LinkLost]
    bench.client._disconnected_callback()
    bench.link.send(STOP)
    await asyncio.sleep(1)
    assert [type(i) for i in bench.inputs] == [Connected, LinkLost, CommandAnswered, CommandAnswered]
    assert {(a.command_id, a.problem) for a in bench.of(CommandAnswered)} == {
        (7, Problem.LINK_LOST),
        (8, Problem.LINK_LOST),
    }


@pytest.mark.parametrize("name", ["UnknownObject", "ServiceUnknown", "NoReply"])
async def test_a_connection_that_bluez_forgot_is_lost_with_the_next_write(bench: Bench, name: str) -> None:
    """BlueZ started anew, for example: bleak still takes the link for connected."""

    def step(client: Any, step: str) -> None:
        if step.startswith("write"):
            raise BleakDBusError(f"org.freedesktop.DBus.Error.{name}", [])

    await bench.link.connect()
    bench.machine.step = step
    bench.link.send(STOP)
    await asyncio.sleep(1)
    assert [type(i) for i in bench.inputs] == [Connected, LinkLost, CommandAnswered]
    assert bench.of(CommandAnswered)[0].problem is Problem.LINK_LOST
    assert bench.client.disconnects == 1
    await bench.link.connect()
    assert len(bench.of(Connected)) == 2


async def test_a_write_that_bluez_refuses_leaves_the_link_up(bench: Bench) -> None:
    def step(client: Any, step: str) -> None:
        if step.startswith("write"):
            raise BleakDBusError("org.bluez.Error.InProgress", [])

    await bench.link.connect()
    bench.machine.step = step
    bench.link.send(START)
    await asyncio.sleep(1)
    assert [type(i) for i in bench.inputs] == [Connected, CommandAnswered]
    assert bench.of(CommandAnswered)[0].problem is Problem.WRITE_FAILED


async def test_after_a_failed_attempt_the_machine_is_sought_by_its_address(bench: Bench) -> None:
    def step(client: Any, step: str) -> None:
        if client.device is bench.machine.device and len(bench.machine.clients) > 1:
            raise BleakDeviceNotFoundError("gone from BlueZ")

    await bench.link.connect()
    bench.client.drop()
    bench.machine.step = step
    with pytest.raises(MachineError):
        await bench.link.connect()
    await bench.link.connect()
    device = bench.machine.device
    assert [client.device for client in bench.machine.clients] == [device, device, device.address]
    assert [connected.name for connected in bench.of(Connected)] == ["Belt", "Belt"]


async def test_a_dead_client_is_disconnected(bench: Bench) -> None:
    await bench.link.connect()
    bench.client.drop()
    await asyncio.sleep(1)
    assert bench.client.disconnects == 1


async def test_a_client_that_cannot_disconnect_does_not_keep_the_next_from_connecting(bench: Bench) -> None:
    def step(client: Any, step: str) -> None:
        if step == "disconnect":
            raise BleakError("no")

    bench.machine.step = step
    await bench.link.connect()
    bench.client.drop()
    await bench.link.connect()
    assert len(bench.of(Connected)) == 2


async def test_after_a_reconnect_everything_arrives_once(bench: Bench) -> None:
    await bench.link.connect()
    for _ in range(3):
        bench.client.drop()
        await bench.link.connect()
    before = len(bench.of(Notified))
    bench.machine.notify("2acd", FRAME)
    assert len(bench.of(Notified)) == before + 1
    assert [client.disconnects for client in bench.machine.clients] == [1, 1, 1, 0]


async def test_the_dead_client_is_given_back_before_the_next_connects(bench: Bench) -> None:
    bench.machine.step = lambda client, step: asyncio.sleep(1) if step == "disconnect" else None
    await bench.link.connect()
    bench.client.drop()
    await bench.link.connect()
    assert bench.machine.steps[len(CONNECT_STEPS) :] == ["disconnect", *CONNECT_STEPS]
    assert bench.machine.clients[0].disconnects == 1


async def test_an_old_client_reaches_nothing(bench: Bench) -> None:
    await bench.link.connect()
    old = bench.client
    callbacks = dict(old.callbacks)
    old.drop()
    await bench.link.connect()
    bench.link.send(START)
    await asyncio.sleep(0.1)
    told = list(bench.inputs)
    callbacks["2acd"](bytearray(FRAME))
    callbacks["2ad9"](bytearray(b"\x80\x07\x01"))
    old._disconnected_callback()
    await asyncio.sleep(0.1)
    assert bench.inputs == told


async def test_closing_tells_nothing_and_may_be_done_twice(bench: Bench) -> None:
    await bench.link.connect()
    await bench.link.close()
    await bench.link.close()
    bench.machine.notify("2acd", FRAME)
    await asyncio.sleep(1)
    assert [type(i) for i in bench.inputs] == [Connected]
    assert bench.client.disconnects == 1


async def test_closing_a_link_that_never_was(bench: Bench) -> None:
    await bench.link.close()
    assert bench.machine.clients == []


async def test_closing_lets_a_stop_out_first(bench: Bench) -> None:
    await bench.link.connect()
    bench.link.send(STOP)
    closing = asyncio.create_task(bench.link.close())
    await asyncio.sleep(0.2)
    bench.machine.answer(0x08)
    await closing
    written = [step for step in bench.machine.steps if "subscribe" not in step]
    assert written[-2:] == ["write 0801", "disconnect"]
    assert bench.of(CommandAnswered)[0].result == 1


async def test_a_link_lost_while_closing_is_told(bench: Bench) -> None:
    await bench.link.connect()
    bench.link.send(STOP)
    closing = asyncio.create_task(bench.link.close())
    await asyncio.sleep(0.2)
    bench.client.drop()
    await closing
    assert len(bench.of(LinkLost)) == 1
    assert bench.of(CommandAnswered)[0].problem is Problem.LINK_LOST
    assert bench.client.disconnects == 1


async def test_a_closed_link_may_be_connected_again(bench: Bench) -> None:
    await bench.link.connect()
    await bench.link.close()
    await bench.link.connect()
    bench.machine.notify("2acd", FRAME)
    assert [type(i) for i in bench.inputs] == [Connected, Connected, Notified]


@pytest.mark.parametrize("at", LATER_STEPS)
@pytest.mark.parametrize("how", ["fails", "hangs", "never ends"])
async def test_what_can_be_done_without_keeps_nobody_waiting(bench: Bench, at: str, how: str) -> None:
    freed = asyncio.Event()

    def step(client: Any, step: str) -> Any:
        if step != at:
            return None
        if how == "fails":
            raise BleakError("no")
        return hang() if how == "hangs" else hang_on(freed)

    bench.machine.step = step
    await bench.link.connect()
    assert bench.now() < 1.5
    bench.link.send(STOP)
    await asyncio.sleep(0.1)
    assert bench.machine.writes == [b"\x08\x01"]
    await asyncio.sleep(20.0)
    assert bench.of(LinkLost) == []
    await bench.link.close()
    freed.set()
    await asyncio.sleep(1.0)
    assert bench.client.disconnects == 1
