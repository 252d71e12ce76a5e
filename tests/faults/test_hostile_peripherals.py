"""Peripherals that are bad, or no treadmills: an error with a name, the link closed, nothing left running."""

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from bumble.att import ATT_Error, Attribute, ErrorCode
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device
from bumble.gatt import Characteristic, CharacteristicValue, Service

from eccentread.errors import Cause, MachineError
from eccentread.events import Connected, Input, Notified, Outcome, Reason, StopAsked
from eccentread.io.link import Link
from eccentread.io.runner import Runner
from eccentread.session import GuidedSession, parse_protocol
from eccentread.session.protocol import Protocol
from eccentread_sim.radio import Radio

ADDRESS = "E0:00:00:00:00:66"
CONNECT_S = 20.0

P, READABLE, WRITEABLE = (
    Characteristic.Properties,
    Attribute.Permissions.READABLE,
    Attribute.Permissions.WRITEABLE,
)
WHOLE: dict[str, tuple[Any, Any, Any]] = {
    "2acc": (P.READ, READABLE, bytes.fromhex("0854000001000000")),
    "2acd": (P.NOTIFY, Attribute.Permissions(0), b""),
    "2ad3": (P.READ | P.NOTIFY, READABLE, bytes.fromhex("0001")),
    "2ad4": (P.READ, READABLE, bytes.fromhex("0a00d0070a00")),
    "2ad9": (P.WRITE | P.INDICATE, WRITEABLE, b""),
    "2ada": (P.NOTIFY, Attribute.Permissions(0), b""),
}
STANDING = bytes.fromhex("00000000")


@dataclass
class Peripheral:
    """A GATT server as a test wants it."""

    values: dict[str, bytes | ErrorCode] = field(default_factory=dict)
    """What reads give instead."""
    absent: set[str] = field(default_factory=set)
    service: str = "1826"
    identity: dict[str, bytes] = field(default_factory=lambda: {"2a29": b"Maker", "2a24": b"M-1"})
    hangs_up_at: int | None = None
    """The request of the handshake at which it ends the link."""
    refuses_writes: ErrorCode | None = None
    says: Callable[[int], list[tuple[str, bytes]]] = lambda tick: [("2acd", STANDING)]
    """What it notifies or indicates, every quarter second."""
    requests: int = 0
    device: Device | None = None
    written: list[bytes] = field(default_factory=list)
    characteristics: dict[str, Characteristic] = field(default_factory=dict)

    def install(self, device: Device) -> None:
        self.device = device
        for uuid, (properties, permissions, value) in WHOLE.items():
            if uuid not in self.absent:
                read = CharacteristicValue(read=partial(self._read, uuid, value), write=self._write)
                self.characteristics[uuid] = Characteristic(UUID(uuid.upper()), properties, permissions, read)
        device.add_service(Service(UUID(self.service), list(self.characteristics.values())))
        device.add_service(
            Service(
                UUID("180A"),
                [Characteristic(UUID(k.upper()), P.READ, READABLE, v) for k, v in self.identity.items()],
            )
        )
        taking = device.gatt_server.on_gatt_pdu

        def take(bearer: Any, pdu: Any) -> None:
            self.requests += 1
            if self.requests == self.hangs_up_at:
                connection = next(iter(device.connections.values()))
                asyncio.ensure_future(connection.disconnect())  # noqa: RUF006 — it ends with the link
            else:
                taking(bearer, pdu)

        device.gatt_server.on_gatt_pdu = take

    def _read(self, uuid: str, usual: bytes, _: Connection) -> bytes:
        value = self.values.get(uuid, usual)
        if isinstance(value, ErrorCode):
            raise ATT_Error(value)
        return value

    def _write(self, _: Connection, data: bytes) -> None:
        self.written.append(data)
        if self.refuses_writes is not None:
            raise ATT_Error(self.refuses_writes)

    async def talk(self) -> None:
        assert self.device is not None
        for tick in range(10**6):
            await asyncio.sleep(0.25)
            for uuid, data in self.says(tick):
                for connection in list(self.device.connections.values()):
                    if uuid in self.characteristics:
                        sending = (
                            self.device.gatt_server.indicate_subscriber
                            if uuid == "2ad9"
                            else self.device.gatt_server.notify_subscriber
                        )
                        await sending(connection, self.characteristics[uuid], data)


@dataclass
class Air:
    """A radio with one peripheral on it."""

    radio: Radio
    peripheral: Peripheral
    inputs: list[Input] = field(default_factory=list)

    def link(self, on_input: Callable[[Input], None] | None = None) -> Link:
        return Link(
            ADDRESS,
            clock=asyncio.get_running_loop().time,
            on_input=on_input or self.inputs.append,
            client_backend=self.radio.client_backend,
        )

    @property
    def connections(self) -> int:
        assert self.peripheral.device is not None
        return len(self.peripheral.device.connections)


@asynccontextmanager
async def on_air(peripheral: Peripheral):
    """The peripheral advertises; at the end no link is open and nothing runs that did not before."""
    radio = Radio()
    device = radio.device(ADDRESS)
    peripheral.install(device)
    await radio.power_on()
    await device.start_advertising(
        advertising_data=bytes(
            AdvertisingData([(AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, b"\x26\x18")])
        ),
        auto_restart=True,
    )
    talking = asyncio.create_task(peripheral.talk())
    before = asyncio.all_tasks()
    air = Air(radio, peripheral)
    yield air
    await asyncio.sleep(1.0)
    assert air.connections == 0
    assert {task for task in asyncio.all_tasks() - before if not task.done()} == set()
    talking.cancel()
    await radio.power_off()


async def refused(peripheral: Peripheral) -> MachineError:
    """The error with which a connection to the peripheral ends."""
    async with on_air(peripheral) as air:
        with pytest.raises(MachineError) as error:
            await air.link().connect()
        assert air.inputs == []
        assert not peripheral.written
    return error.value


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return parse_protocol(
        """
schema = 1
title = "Quick"
speed_kmh = 0.8
sets = 1
reps = 2
rest_s = 5
side = "left"
effort = { low = 4, high = 6 }
pain = { limit = 10 }
review = { after_days = 28 }
signal_check = { idle_s = 6, pushes = 2, rides = 1, window_s = 8, pause_s = 2 }
""",
        "quick.toml",
    )


# --- before there is a session -----------------------------------------------------------------------------


async def test_nobody_there():
    async with on_air(Peripheral()) as air:
        assert air.peripheral.device is not None
        await air.peripheral.device.stop_advertising()
        with pytest.raises(MachineError) as error:
            await air.link().connect()
    assert error.value.cause is Cause.MACHINE_UNREACHABLE


@pytest.mark.parametrize(
    "peripheral",
    [
        Peripheral(service="1816"),
        Peripheral(absent={"2acd"}),
        Peripheral(absent={"2ad9"}),
        Peripheral(absent=set(WHOLE)),
    ],
    ids=["another service", "no treadmill data", "no control point", "an empty service"],
)
async def test_what_cannot_be_watched_or_stopped_is_refused_by_name(peripheral):
    error = await refused(peripheral)
    assert error.cause is Cause.NOT_A_TREADMILL
    assert "choose another machine" in error.sentence


async def test_a_link_that_ends_at_any_step_of_the_handshake_is_an_error_with_a_name():
    whole = Peripheral()
    async with on_air(whole) as air:
        link = air.link()
        await link.connect()
        steps = whole.requests
        await link.close()
    assert steps > 15
    for step in range(1, steps + 1):
        peripheral = Peripheral(hangs_up_at=step)
        async with on_air(peripheral) as air:
            with pytest.raises(MachineError) as error:
                await air.link().connect()
            assert error.value.cause is Cause.MACHINE_UNREACHABLE, step
            assert air.inputs == [], step


async def test_one_that_never_answers_is_given_up_in_time():
    peripheral = Peripheral()
    async with on_air(peripheral) as air:
        assert peripheral.device is not None
        peripheral.device.gatt_server.on_gatt_pdu = lambda bearer, pdu: None
        with pytest.raises(MachineError) as error:
            await air.link().connect()
    assert error.value.cause is Cause.MACHINE_UNREACHABLE
    assert f"{CONNECT_S:g} s" in error.value.sentence


# --- what it reads as --------------------------------------------------------------------------------------

ODD_VALUES = {
    "0 octets": b"",
    "1 octet": b"\x00",
    "512 octets": bytes(range(256)) * 2,
    "all ones": b"\xff" * 8,
    "an error": ErrorCode.READ_NOT_PERMITTED,
    "an unlikely error": ErrorCode.UNLIKELY_ERROR,
}


@pytest.mark.parametrize("uuid", ["2acc", "2ad3", "2ad4"])
@pytest.mark.parametrize("odd", ODD_VALUES)
async def test_values_without_a_meaning_change_nothing_about_watching_and_stopping(uuid, odd):
    async with on_air(Peripheral(values={uuid: ODD_VALUES[odd]})) as air:
        link = air.link()
        await link.connect()
        await asyncio.sleep(1.0)
        await link.close()
    assert isinstance(air.inputs[0], Connected)
    assert any(isinstance(one, Notified) for one in air.inputs)


@pytest.mark.parametrize("text", [b"", b"\xff\xfe\x00", b"\0" * 40, b"x" * 512, "Müller\n\x1b[2J".encode()])
async def test_a_name_may_be_anything(text):
    async with on_air(Peripheral(identity={"2a29": text, "2a24": text, "2a26": text})) as air:
        link = air.link()
        await link.connect()
        await link.close()
    assert isinstance(air.inputs[0], Connected)


# --- what it says ------------------------------------------------------------------------------------------

RANGES = {
    "upside down": "d0070a000a00",
    "all zero": "000000000000",
    "no increment": "0a00d0070000",
    "all ones": "ffffffffffff",
    "five octets": "0a00d0070a",
}
CHATTER: dict[str, Callable[[int], list[tuple[str, bytes]]]] = {
    "nothing": lambda tick: [],
    "empty": lambda tick: [("2acd", b"")],
    "one octet": lambda tick: [("2acd", b"\x00")],
    "512 octets": lambda tick: [("2acd", b"\xff\xff" * 256)],
    "more data for ever": lambda tick: [("2acd", b"\x01\x00")],
    "growing": lambda tick: [("2acd", bytes(tick % 24))],
    "status noise": lambda tick: [("2acd", STANDING), ("2ada", bytes([tick % 256]) * (tick % 20))],
    "training noise": lambda tick: [("2acd", STANDING), ("2ad3", bytes([tick % 256]) * (tick % 20))],
    "answers to nothing": lambda tick: [("2acd", STANDING), ("2ad9", bytes([0x80, tick % 9, 1]))],
    "answers without octets": lambda tick: [("2acd", STANDING), ("2ad9", b"")],
    "65.535 km/h": lambda tick: [("2acd", b"\x00\x00\xff\xff")],
    "it moves at once": lambda tick: [("2acd", bytes.fromhex("00005000"))],
}


async def run_session(peripheral: Peripheral, protocol: Protocol) -> tuple[Any, Peripheral]:
    """A session with the peripheral; nobody answers its questions, and somebody stops it after a minute."""
    async with on_air(peripheral) as air:
        clock = asyncio.get_running_loop().time
        runner = Runner(
            GuidedSession(protocol), air.link, clock=clock, journal=air.inputs.append, consumers=[]
        )
        asyncio.get_running_loop().call_later(60.0, lambda: runner.submit(StopAsked(clock(), "test")))
        end = await runner.run()
    return end, peripheral


@pytest.mark.parametrize("chatter", CHATTER)
async def test_whatever_it_says_the_session_ends_and_nothing_is_ever_started(chatter, protocol):
    end, peripheral = await run_session(Peripheral(says=CHATTER[chatter]), protocol)
    assert end.outcome in (Outcome.STOPPED, Outcome.FAULT)
    assert end.reason is not Reason.PROGRAM_FAILED
    assert not any(data[:1] in (b"\x07", b"\x02") for data in peripheral.written)


@pytest.mark.parametrize("name", RANGES)
async def test_a_range_without_sense_starts_nothing(name, protocol):
    values: dict[str, bytes | ErrorCode] = {"2ad4": bytes.fromhex(RANGES[name])}
    end, peripheral = await run_session(Peripheral(values=values), protocol)
    assert end.reason in (Reason.STOP_ASKED, Reason.OUT_OF_RANGE)
    assert set(peripheral.written) <= {b"\x00"}


@pytest.mark.parametrize(
    "code",
    [ErrorCode.WRITE_NOT_PERMITTED, ErrorCode.INSUFFICIENT_AUTHENTICATION, ErrorCode.UNLIKELY_ERROR,
     ErrorCode.PROCEDURE_ALREADY_IN_PROGRESS],
)  # fmt: skip
async def test_one_that_takes_no_commands_is_given_up_before_anything_moves(code, protocol):
    end, peripheral = await run_session(Peripheral(refuses_writes=code), protocol)
    assert (end.outcome, end.reason) == (Outcome.FAULT, Reason.COMMAND_FAILED)
    assert set(peripheral.written) == {b"\x00"}
