"""`--sensor`: the belt sensor that is meant, and the link to it."""

from collections.abc import Callable

import click
from bleak.backends.client import BaseBleakClient
from bleak.backends.scanner import BaseBleakScanner

from eccentread.cli.compose import Plan
from eccentread.errors import Cause, UsageError
from eccentread.events import Input
from eccentread.io.belt_sensor import BeltSensor, find_sensor
from eccentread.ui.words import printable


async def beside(
    plan: Plan,
    wanted: str | None,
    now: Callable[[], float],
    *,
    scanner_backend: type[BaseBleakScanner] | None = None,
    client_backend: type[BaseBleakClient] | None = None,
) -> Callable[[Callable[[Input], None]], BeltSensor] | None:
    """What makes the link to the belt sensor `wanted`, which is heard now; `None` where none is wanted.

    Raises:
        UsageError: it counts revolutions, and nobody said how long one is.
        AdapterError: this computer's Bluetooth cannot be used.
        MachineError: it was not heard.
    """
    if wanted is None:
        return None
    found = await find_sensor(wanted, scanner_backend=scanner_backend)
    if found.counts_revolutions and plan.sensor_length_m is None:
        raise UsageError(
            Cause.USAGE,
            f"{found.name} counts revolutions; say how many metres of belt pass in one (--sensor-length-m).",
        )
    if plan.sensor_length_m is not None and not found.counts_revolutions:
        sentence = f"{found.name} tells its own length; --sensor-length-m is left aside."
        click.echo(f"eccentread: {printable(sentence)}", err=True)

    def link(on_input: Callable[[Input], None]) -> BeltSensor:
        return BeltSensor(
            found,
            length_m=plan.sensor_length_m,
            clock=now,
            on_input=on_input,
            client_backend=client_backend,
        )

    return link
