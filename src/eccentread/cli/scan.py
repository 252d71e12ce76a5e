"""`eccentread scan` and `eccentread doctor`: what is there, and why it may not be."""

import asyncio
import sys
from pathlib import Path

import click

from eccentread.record.library import default_root


@click.command()
@click.option(
    "--time", "time_s", type=click.FloatRange(1, 120), default=8.0, show_default=True, help="Seconds to look."
)
def scan(time_s: float) -> int:
    """List the fitness machines that advertise themselves.

    Exit status: 0 some, 4 none or no Bluetooth.
    """
    from eccentread.io.scan import FoundMachine
    from eccentread.io.scan import scan as look

    def kind(machine: FoundMachine) -> str:
        return {True: "treadmill", False: "not a treadmill", None: "kind unknown"}[machine.is_treadmill]

    machines = asyncio.run(look(time_s))
    if not machines:
        click.echo(
            "eccentread: no fitness machine was found; switch it on, close other apps that may hold it, "
            "or try the simulator (eccentread run --machine sim).",
            err=True,
        )
        return 4
    for machine in machines:
        signal = "connected" if machine.rssi_dbm is None else f"{machine.rssi_dbm} dBm"
        click.echo(f"{machine.address}  {signal:>9}  {kind(machine):15}  {machine.name}")
    return 0


@click.command()
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder to keep sessions in.")
def doctor(out: Path | None) -> int:
    """Look at this computer: Python, packages, Bluetooth, the folder for sessions.

    Exit status: 0 all well, 4 something stands in the way.
    """
    from eccentread.io.doctor import diagnose

    findings = asyncio.run(diagnose(out or default_root()))
    good, bad = ("✓", "✗") if (sys.stdout.encoding or "").lower().startswith("utf") else ("ok", "!!")
    for finding in findings:
        click.echo(f"{good if finding.ok else bad} {finding.what}: {finding.detail}")
        if finding.way_out:
            click.echo(f"    {finding.way_out}")
    return 0 if all(finding.ok for finding in findings) else 4
