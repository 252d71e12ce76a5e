"""A program that is held up while the machine, the radio and the athlete go on."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from driving import Running
from eccentread.events import Input, TimePassed
from eccentread_sim.clock import VirtualTimeLoop


def timers_first(for_s: float) -> Callable[[Running], None]:
    """The loop is blocked for so long; then the timers that were due go off, and then the air is read."""

    def do(run: Running) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        loop.block(for_s)

    return do


def air_first(for_s: float) -> Callable[[Running], None]:
    """The program reads nothing for so long; then all that has queued up comes in at once, and time after it.

    Loops read their sockets before they look at their timers: the silence is over before anybody was told
    that time passed.
    """

    def do(run: Running) -> None:
        runner, link = run.runner, run.link
        assert runner is not None
        assert link is not None
        submit, queued = runner.submit, list[Input]()

        def held(happened: Input) -> None:
            if not isinstance(happened, TimePassed):
                queued.append(happened)

        def release() -> None:
            runner.submit = link._on_input = submit
            for happened in queued:
                submit(replace(happened, t_s=run.now_s))
            submit(TimePassed(run.now_s))

        runner.submit = link._on_input = held
        asyncio.get_running_loop().call_later(for_s, release)

    return do


BLOCKED = {"timers first": timers_first, "air first": air_first}
