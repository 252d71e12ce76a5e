"""`eccentread run`: one guided session, on a treadmill or on the simulator."""

import asyncio
import secrets
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from eccentread.cli.acquaintance import AUTO, meet, recall
from eccentread.cli.attached import PREFIX, run_attached
from eccentread.cli.bundled import DEFAULT_PROTOCOL, bundled
from eccentread.cli.compose import Plan, clock, run_session
from eccentread.cli.left_behind import settle
from eccentread.cli.machine import SIMULATOR, personality_of
from eccentread.cli.profiles import read_shelf
from eccentread.errors import AdapterError, Cause, InputError, MachineError, UsageError
from eccentread.events import Input
from eccentread.session import SIDES

_PATH = click.Path(path_type=Path)


@click.command()
@click.option(
    "--machine",
    "-m",
    default=AUTO,
    metavar="M",
    help="auto, an address, a name, sim, sim:PERSONALITY, or sim@ADDRESS of an eccentread sim that serves.",
)
@click.option("--sensor", metavar="A", help="Belt sensor: an address, a name, or sim on a simulated machine.")
@click.option(
    "--sensor-length-m",
    type=click.FloatRange(0.01, 10),
    metavar="M",
    help="Belt travel per revolution, for a sensor that counts revolutions.",
)
@click.option("--protocol", "-p", type=_PATH, help="Protocol file; default: the bundled one.")
@click.option("--side", type=click.Choice(SIDES), help="Leg that pushes; default: the protocol's.")
@click.option(
    "--out", type=_PATH, metavar="DIR", help="Folder to keep sessions in; default: the user's data folder."
)
@click.option("--summary", type=_PATH, metavar="FILE", help="Also write the result to this JSON file.")
@click.option("--mqtt", metavar="URL", help="Publish live to mqtt[s]://[USER:PASSWORD@]HOST[:PORT][/PREFIX].")
@click.option("--plain", is_flag=True, help="Plain lines instead of the live view.")
@click.option("--fast", is_flag=True, help="Simulated: in virtual time, as fast as this computer goes.")
@click.option("--pace", type=click.FloatRange(1, 100), help="Simulated: so many times faster than life.")
@click.option("--seed", type=click.IntRange(0), help="Simulated: equal seeds give equal sessions.")
@click.option(
    "--truth", type=_PATH, metavar="FILE", help="Simulated: write what really happened, as JSON lines."
)
@click.option(
    "--yes", "-y", is_flag=True, help="Simulated: the athlete answers the checklist and the questions."
)
def run(
    machine: str,
    sensor: str | None,
    sensor_length_m: float | None,
    protocol: Path | None,
    side: str | None,
    out: Path | None,
    summary: Path | None,
    mqtt: str | None,
    plain: bool,
    fast: bool,
    pace: float | None,
    seed: int | None,
    truth: Path | None,
    yes: bool,
) -> int:
    """Run one guided session, on a treadmill or on the simulator.

    SPACE stops the belt at any time; the safety key is the emergency stop. --machine sim is the simulator;
    auto takes the treadmill of last time, else the only one in reach, and offers the simulator where there is
    none. Exit status: 0 finished, 1 ended early by a person, 2 bad usage or input, 3 fault, 4 machine or
    adapter not usable.
    """
    protocol = protocol or bundled("protocols") / DEFAULT_PROTOCOL
    plan = Plan(machine, protocol, side, out, summary, mqtt, plain, fast, pace, seed, truth, yes)
    plan = replace(plan, sensor=sensor, sensor_length_m=sensor_length_m)
    plan.check()
    settle(machine)
    if machine.startswith(PREFIX):
        return run_attached(plan)
    if personality_of(machine) is not None:
        return _simulated(plan)
    _refuse_simulator_options(plan)
    try:
        return asyncio.run(_on_machine(plan))
    except MachineError as error:
        none_found = isinstance(error, AdapterError) or error.cause is Cause.MACHINE_NOT_FOUND
        if machine != AUTO or not none_found:
            raise
        click.echo(f"eccentread: {error.sentence}", err=True)
        if sys.stdin.isatty() and not click.confirm("Run on the simulated treadmill instead?", err=True):
            return error.exit_status
    click.echo("eccentread: taking the simulated treadmill.", err=True)
    return _simulated(replace(plan, machine=SIMULATOR, sensor=plan.sensor and SIMULATOR))


def _refuse_simulator_options(plan: Plan) -> None:
    if plan.machine == AUTO and not sys.stdin.isatty():
        return  # may yet become a simulated session
    given = {
        "--sensor sim": plan.sensor == SIMULATOR,
        "--fast": plan.fast,
        "--pace": plan.pace is not None,
        "--seed": plan.seed is not None,
        "--truth": plan.truth is not None,
        "--yes": plan.yes,
    }
    for option, value in given.items():
        if value:
            raise UsageError(
                Cause.USAGE, f"{option} is for simulated sessions; add --machine sim or leave it out."
            )


async def _on_machine(plan: Plan) -> int:
    from eccentread.cli.sensor import beside
    from eccentread.io.elapsed import elapsed_s
    from eccentread.io.link import Link

    shelf = read_shelf()
    last, flaws = recall()
    for sentence in (*shelf.flaws, *flaws):
        click.echo(f"eccentread: {sentence}", err=True)
    machine = await meet(plan.machine, last)
    if not sys.stdin.isatty():
        raise UsageError(
            Cause.USAGE,
            f"{machine.called} is a real treadmill: a person at a terminal must answer its checklist; "
            "run this in a terminal, or take --machine sim.",
        )
    _refuse_simulator_options(plan)
    if doubt := shelf.doubt(machine.found.name):
        machine.notes.append(doubt)
    machine.tell_notes()
    now = clock(elapsed_s)
    sensor = await beside(plan, plan.sensor, now)

    def link(on_input: Callable[[Input], None]) -> Link:
        return Link(machine.found.device, clock=now, on_input=on_input, accept=machine.accept)

    status = await run_session(
        replace(plan, machine=machine.called),
        link,
        now,
        None,
        make_sensor=sensor,
        profiles=shelf.fitting(machine.found.name, machine.found.device.name or ""),
        timed=last.told if last is not None else {},
        witness=machine.see,
        outlives=machine.place,
    )
    machine.remember()
    machine.tell_notes()
    return status


def _simulated(plan: Plan) -> int:
    import eccentread_sim

    personality = personality_of(plan.machine)
    assert personality is not None  # the caller's machine is the simulator
    seed = secrets.randbelow(2**31) if plan.seed is None else plan.seed
    plan = replace(plan, seed=seed, machine=f"{SIMULATOR}:{personality}")
    if plan.sensor not in (None, SIMULATOR):
        raise UsageError(
            Cause.USAGE, f"A simulated treadmill has its own belt sensor; take --sensor {SIMULATOR}."
        )
    pace = None if plan.fast else plan.pace or 1.0
    return eccentread_sim.run(_on_simulator(plan, personality, seed), pace=pace)


async def _on_simulator(plan: Plan, personality: str, seed: int) -> int:
    import eccentread_sim
    from eccentread.cli.sensor import beside
    from eccentread.io.link import Link
    from eccentread.io.scan import find

    now = clock()
    try:
        simulator = eccentread_sim.Simulator(
            personality,
            seed=seed,
            origin_s=asyncio.get_running_loop().time(),
            truth=plan.truth,
            sensor=plan.sensor is not None,
        )
    except eccentread_sim.PersonalityError as error:
        raise InputError(Cause.PERSONALITY_INVALID, f"{error}.") from error
    if plan.sensor is not None and simulator.sensor_address is None:
        raise UsageError(
            Cause.USAGE,
            f"{plan.machine} has no belt sensor; leave out --sensor, or take another personality.",
        )
    async with simulator:
        found = await find(simulator.address, scanner_backend=simulator.scanner_backend)

        def link(on_input: Callable[[Input], None]) -> Link:
            return Link(found.device, clock=now, on_input=on_input, client_backend=simulator.client_backend)

        sensor = await beside(
            plan,
            simulator.sensor_address,
            now,
            scanner_backend=simulator.scanner_backend,
            client_backend=simulator.client_backend,
        )
        return await run_session(plan, link, now, simulator, make_sensor=sensor)
