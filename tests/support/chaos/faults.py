"""What can befall a session, by name: how it is done to a session that runs."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from bleak import BleakClient
from bleak.exc import BleakError

from driving import Running
from eccentread.events import Answered, Output
from eccentread_sim.clock import VirtualTimeLoop
from eccentread_sim.script import Happening
from eccentread_sim.tables import Tables

type Doer = Callable[..., object]

OTHERS = "C0:FF:EE:00:00:02"
"""The address of somebody else's phone."""


def happens(run: Running, **happening: Any) -> None:
    """Something of the simulator's script, as a personality would say it."""
    octets = bytes.fromhex(happening.pop("octets", ""))
    read = Tables("fault").read(Happening, happening, "happening")
    run.simulator.happen(Happening(**{**_values(read), "octets": octets}))


def _values(happening: Happening) -> dict[str, Any]:
    return {name: getattr(happening, name) for name in Happening.__slots__}


def drops_link(run: Running, silent_s: float = 0.0) -> None:
    """The link is lost, after so many seconds in which nothing is delivered."""
    run.simulator.drop_link(silent_s=silent_s)


def asks_for_a_stop(run: Running, by: str = "key") -> None:
    """Somebody wants it to stop."""
    run.stop(by)


def answers_unasked(run: Running, question: str, value: int | None) -> None:
    """Somebody answers a question that may not have been asked."""
    run.submit(Answered(run.now_s, question, value))


def holds_up(run: Running, for_s: float) -> None:
    """The program's event loop stands still."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    loop.block(for_s)


def breaks_the_journal(run: Running, lasts_s: float) -> None:
    """Nothing can be written down."""
    run.journal_breaks = True

    def mend() -> None:
        run.journal_breaks = False

    asyncio.get_running_loop().call_later(lasts_s, mend)


class Failing:
    """A consumer that raises."""

    def put(self, output: Output) -> None:
        raise RuntimeError("a consumer failed")


def breaks_a_consumer(run: Running, lasts_s: float) -> None:
    """The first of those who are told what the session does fails on everything."""
    assert run.runner is not None
    consumers, failing = run.runner._consumers, Failing()
    assert isinstance(consumers, list)
    consumers.insert(0, failing)
    asyncio.get_running_loop().call_later(lasts_s, consumers.remove, failing)


def another_phone(run: Running, writes: list[str], stays_s: float) -> None:
    """Somebody else connects, as soon as the machine takes another central, and writes that."""

    async def meddle() -> None:
        client = BleakClient(run.simulator.address, backend=await run.simulator.another_central(OTHERS))
        try:
            await client.connect(timeout=30.0)
            await client.start_notify("2ad9", lambda *_: None)
            for data in writes:
                await client.write_gatt_char("2ad9", bytes.fromhex(data), response=True)
                await asyncio.sleep(0.5)
            await asyncio.sleep(stays_s)
        except (BleakError, TimeoutError):
            pass  # turned away, or cut off
        finally:
            await client.disconnect()

    task = asyncio.create_task(meddle())
    run.meddling.add(task)
    task.add_done_callback(run.meddling.discard)


DOERS: Mapping[str, Doer] = {
    "happens": happens,
    "drops-link": drops_link,
    "asks-for-a-stop": asks_for_a_stop,
    "answers-unasked": answers_unasked,
    "holds-up": holds_up,
    "breaks-the-journal": breaks_the_journal,
    "breaks-a-consumer": breaks_a_consumer,
    "another-phone": another_phone,
}
