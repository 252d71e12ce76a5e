"""Asking a machine what it is, without asking it for anything."""

from typing import Any

import pytest
from bleak.exc import BleakDBusError, BleakError

from eccentread.errors import AdapterError, Cause, MachineError
from eccentread.io.inquire import INQUIRE_TIMEOUT_S, inquire


async def test_range_and_identity_are_read_and_nothing_is_written_or_subscribed(machine: Any) -> None:
    machine.table["180a"]["2a25"] = ["read"]
    machine.values["2a25"] = b"4711"
    told = await inquire(machine.device, client_backend=machine.backend)
    assert told.device == {"manufacturer": "Maker", "model": "T-1", "serial": "4711"}
    assert told.speed_range == bytes.fromhex("500058020a00")
    assert machine.writes == []
    assert not [step for step in machine.steps if step.startswith(("subscribe", "write"))]
    [client] = machine.clients
    assert not client.connected


async def test_a_machine_that_offers_nothing_says_nothing(machine: Any) -> None:
    machine.table = {"1826": {}}
    told = await inquire(machine.device, client_backend=machine.backend)
    assert (told.device, told.speed_range) == ({}, None)


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (BleakError("gone"), Cause.MACHINE_UNREACHABLE),
        (TimeoutError(), Cause.MACHINE_UNREACHABLE),
        (BleakDBusError("org.bluez.Error.NotReady", []), Cause.BLUETOOTH_OFF),
    ],
)
async def test_a_machine_that_cannot_be_asked_is_an_error(
    machine: Any, error: Exception, cause: Cause
) -> None:
    def fail(client: Any, step: str) -> None:
        if step == "connect":
            raise error

    machine.step = fail
    with pytest.raises(MachineError) as raised:
        await inquire(machine.device, client_backend=machine.backend)
    assert raised.value.cause is cause
    assert isinstance(raised.value, AdapterError) is (cause is Cause.BLUETOOTH_OFF)
    assert raised.value.sentence.endswith(".")


async def test_a_machine_that_never_answers_is_given_up(machine: Any) -> None:
    import asyncio

    async def hang() -> None:
        await asyncio.sleep(1000)

    machine.step = lambda client, step: hang() if step == "connect" else None
    with pytest.raises(MachineError, match="another app"):
        await inquire(machine.device, client_backend=machine.backend)
    assert asyncio.get_running_loop().time() == pytest.approx(INQUIRE_TIMEOUT_S, abs=0.1)
