"""From a notification's arrival to the session that reads it: what link and journal add.

Runs sessions on the simulator in virtual time and takes the wall clock where the radio hands a notification
over and where the session is fed. The journal's line is written in between, as in every session.
"""

import asyncio
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import eccentread_sim
from eccentread.cli.bundled import DEFAULT_PROTOCOL, bundled
from eccentread.events import Input, Notified, Output
from eccentread.io.link import Link
from eccentread.record.codec import encode
from eccentread.session import GuidedSession, parse_protocol

SECONDS = 120.0
BUDGET_MS = 1.0


def main(_: list[str]) -> None:
    took_s = eccentread_sim.run(_collect(), pace=None)
    hundredths = quantiles(took_s, n=100)
    print(f"{len(took_s)} notifications, milliseconds from the radio's callback to the session:")
    print(
        f"  median {1e3 * median(took_s):.3f}  99 % {1e3 * hundredths[98]:.3f}  worst {1e3 * max(took_s):.3f}"
    )
    print(f"  99 % against a budget of {BUDGET_MS:g} ms: {1e3 * hundredths[98] / BUDGET_MS:.3f}")


async def _collect() -> list[float]:
    loop = asyncio.get_running_loop()
    arrived_s: list[float] = []
    took_s: list[float] = []
    text = (bundled("protocols") / DEFAULT_PROTOCOL).read_text(encoding="utf-8")
    session = GuidedSession(parse_protocol(text, DEFAULT_PROTOCOL))
    with tempfile.TemporaryDirectory() as folder:
        journal = (Path(folder) / "journal.jsonl").open("w", encoding="ascii")

        def on_input(happened: Input | Output) -> None:
            journal.write(encode(happened) + "\n")
            journal.flush()
            if isinstance(happened, Notified):
                took_s.append(time.perf_counter() - arrived_s[-1])
            session.feed(happened)

        simulator = eccentread_sim.Simulator("research-servo", seed=1, origin_s=loop.time())
        async with simulator:

            class Stamping(simulator.client_backend):  # type: ignore[name-defined, misc]
                async def start_notify(self, characteristic: Any, callback: Any, **kwargs: Any) -> None:
                    def stamped(data: bytearray) -> None:
                        arrived_s.append(time.perf_counter())
                        callback(data)

                    await super().start_notify(characteristic, stamped, **kwargs)

            link = Link(simulator.address, clock=loop.time, on_input=on_input, client_backend=Stamping)
            await link.connect()
            await asyncio.sleep(SECONDS)
            await link.close()
        journal.close()
    return took_s
