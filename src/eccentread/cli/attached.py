"""`--machine sim@ADDRESS`: a session on a simulated treadmill in another process, in real time."""

import asyncio
from collections.abc import Callable

from eccentread.cli.compose import Plan, clock, run_session
from eccentread.errors import Cause, MachineError, UsageError
from eccentread.events import Input
from eccentread.record.latch import Machine

PREFIX = "sim@"

SCAN_S = 3.0
"""How long to look for it: a simulated treadmill that is free advertises four times a second."""


def run_attached(plan: Plan) -> int:
    """Run the planned session; return the exit status.

    Raises:
        UsageError: an option belongs to the simulator's own process, or the address is none.
        MachineError: nobody listens there, or the treadmill has no time for us.
    """
    theirs = {
        "--fast": plan.fast,
        "--pace": plan.pace is not None,
        "--seed": plan.seed is not None,
        "--truth": plan.truth is not None,
        "--sensor": plan.sensor is not None,
    }
    for option, given in theirs.items():
        if given:
            raise UsageError(
                Cause.USAGE,
                f"{option} is for a simulator in this process; leave it out, or take --machine sim.",
            )
    return asyncio.run(_run(plan))


async def _run(plan: Plan) -> int:
    import eccentread_sim
    from eccentread.io.elapsed import elapsed_s
    from eccentread.io.link import Link
    from eccentread.io.scan import find

    try:
        at = eccentread_sim.attach(plan.machine.removeprefix(PREFIX))
    except eccentread_sim.TransportError as error:
        raise UsageError(Cause.USAGE, f"--machine {plan.machine}: {error}.") from error
    try:
        async with at as simulator:
            now = clock(elapsed_s)
            found = await find(timeout_s=SCAN_S, scanner_backend=simulator.scanner_backend)

            def link(on_input: Callable[[Input], None]) -> Link:
                return Link(
                    found.device, clock=now, on_input=on_input, client_backend=simulator.client_backend
                )

            machine = Machine(found.address, found.name if found.named else "", plan.machine)
            return await run_session(plan, link, now, simulator, outlives=machine)
    except eccentread_sim.TransportError as error:
        raise MachineError(Cause.MACHINE_UNREACHABLE, f"{error}.") from error
