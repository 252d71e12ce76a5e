"""Puts a session together: core, link, journal, views, keys, and whoever else listens."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

import click

from eccentread import __version__
from eccentread.cli import signals
from eccentread.cli.guarded import guarded
from eccentread.errors import Cause, InputError, OutputError, UsageError
from eccentread.events import (
    Answered,
    Ask,
    Cue,
    Input,
    Noted,
    Outcome,
    Output,
    Reason,
    SessionEnded,
    StopAsked,
)
from eccentread.io.runner import Consumer, Runner
from eccentread.record.journal import Header, JournalWriter
from eccentread.record.latch import Machine
from eccentread.record.library import SUMMARY_NAME, default_root, new_session
from eccentread.record.program_log import program_log
from eccentread.record.summary import Summary, write_summary
from eccentread.session import GuidedSession, parse_profile, parse_protocol
from eccentread.session.protocol import Protocol as Prescription
from eccentread.ui.alarm import LAST_WORDS_S, AlarmSounds
from eccentread.ui.keyboard import Keyboard
from eccentread.ui.plain import PlainView
from eccentread.ui.screen import Screen
from eccentread.ui.siren import Siren
from eccentread.ui.terminal import TerminalView, can_draw, terminal_console

if TYPE_CHECKING:
    from eccentread.io.belt_sensor import BeltSensor
    from eccentread.io.link import Link

CLOSE_S = 3.0
"""How long a slow terminal or broker is waited for when the session is over."""

_UNUSABLE = frozenset({Reason.OUT_OF_RANGE, Reason.CONTROL_REFUSED, Reason.CANNOT_COUNT})
"""Faults that lie in the machine as it is: exit status 4 rather than 3."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the command line asked for."""

    machine: str
    protocol: Path
    side: str | None
    out: Path | None
    summary: Path | None
    mqtt: str | None
    plain: bool
    fast: bool
    pace: float | None
    seed: int | None
    truth: Path | None
    yes: bool
    sensor: str | None = None
    sensor_length_m: float | None = None

    @property
    def audible(self) -> bool:
        """Whether a simulated session may be loud: it runs as in life, with a person at a terminal."""
        return not self.fast and self.pace in (None, 1.0) and sys.stdin.isatty()

    def check(self) -> None:
        """See before anything moves that the plan can be carried out.

        Raises:
            UsageError: options exclude each other, or a file cannot be written.
        """
        if self.fast and self.pace is not None:
            raise UsageError(Cause.USAGE, "--fast and --pace exclude each other; choose one.")
        if self.sensor_length_m is not None and self.sensor is None:
            raise UsageError(Cause.USAGE, "--sensor-length-m is for a belt sensor; name it with --sensor.")
        for path in (self.summary, self.truth):
            if path is not None:
                _see_writable(path)


class Athlete(Protocol):
    """The simulated athlete's ears and mouth."""

    def hear(self, cue: str, number: int | None = None) -> None:
        """Hear a cue."""
        ...

    def ask(self, question: str, kind: str, answered: Callable[[int], None]) -> None:
        """Be asked; `answered` is called with the answer, in her own time."""
        ...


class View(Consumer, Protocol):
    """What shows a session to a person."""

    @property
    def screen(self) -> Screen:
        """What it shows."""
        ...

    def answered(self, question: str) -> None:
        """The question is no longer open."""
        ...

    def close(self, timeout_s: float) -> bool:
        """Show the end."""
        ...


def clock(time_s: Callable[[], float] | None = None) -> Callable[[], float]:
    """Session seconds: those of `time_s` from now on, or of the running loop, which may be virtual."""
    time_s = time_s or asyncio.get_running_loop().time
    began_s = time_s()
    return lambda: time_s() - began_s


async def run_session(
    plan: Plan,
    make_link: Callable[[Callable[[Input], None]], "Link"],
    now: Callable[[], float],
    athlete: Athlete | None,
    *,
    make_sensor: Callable[[Callable[[Input], None]], "BeltSensor"] | None = None,
    profiles: Mapping[str, str] = MappingProxyType({}),
    timed: Mapping[str, str] = MappingProxyType({}),
    witness: Callable[[Input | Output], object] = lambda _: None,
    outlives: Machine | None = None,
) -> int:
    """Run the planned session to its end; return the exit status. `athlete` is the simulated one, if any.

    `outlives` is a machine whose belt may run on when this process ends: it gets a latch and a guardian.

    `make_sensor` makes the link to a belt sensor. `profiles` are the texts of those that may be the
    machine's, by key; `timed` is a machine whose belt a person has timed before, as `GuidedSession` takes it;
    `witness` is shown every event.

    Raises:
        EccentreadError: the protocol, a folder or the machine is unusable.
    """
    prescription, text = read_protocol(plan.protocol, plan.side)
    started = datetime.now(UTC)
    folder = new_session(plan.out or default_root(), started)
    header = Header(
        session=folder.name,
        started_utc=started,
        software=__version__,
        simulated=athlete is not None,
        seed=plan.seed,
        machine=plan.machine,
        protocol=plan.protocol.stem,
        protocol_text=text,
        side=prescription.side,
        profiles=profiles,
        timed=timed,
    )
    troubles: list[OutputError] = []
    summary = Summary(header)
    with contextlib.ExitStack() as closing:
        journal = closing.enter_context(JournalWriter.create(folder, header, troubles.append))
        closing.enter_context(program_log(folder))

        def record(event: Input | Output) -> None:
            journal.write(event)
            summary.add(event)
            witness(event)
            if sensor is not None:
                sensor.heed(event)

        people = _People(prescription, plan, athlete, now)
        closing.callback(people.view.close, CLOSE_S)
        consumers: list[Consumer] = [people.view, people]
        loop = asyncio.get_running_loop()
        alarm = None
        if plan.audible or not header.simulated:
            siren = Siren()
            closing.callback(siren.close)
            alarm = AlarmSounds(siren)
            consumers.append(alarm)
        publisher = None
        if plan.mqtt is not None:
            from eccentread.publish.mqtt import MqttPublisher

            publisher = MqttPublisher(
                plan.mqtt,
                folder.name,
                simulated=header.simulated,
                on_stop=lambda: loop.call_soon_threadsafe(people.stop, "mqtt"),
            )
            closing.callback(publisher.close, CLOSE_S)
            consumers.append(publisher)
        known = [parse_profile(text, key) for key, text in profiles.items()]
        guard = guarded(outlives, folder, partial(people.note, now), partial(people.stop, "guardian"))
        runner = Runner(
            GuidedSession(prescription, known, timed),
            make_link,
            clock=now,
            journal=record,
            consumers=consumers,
            safeguard=guard,
        )
        sensor = make_sensor(runner.submit) if make_sensor else None
        people.speak_to(runner)
        async with guard or contextlib.nullcontext(), sensor or contextlib.nullcontext():
            with people.keyboard.attached(loop), signals.heard(loop, partial(people.stop, "signal")):
                end = await runner.run()
                if alarm is not None and alarm.on:
                    await people.stopped_within(LAST_WORDS_S)
    result = summary.to_json()
    for path in (plan.summary, folder / SUMMARY_NAME):
        if path is not None:
            try:
                write_summary(result, path)
            except OutputError as error:
                troubles.append(error)
    click.echo(f"Record: {folder}", err=True)
    if publisher is not None and not publisher.published:
        way_out = "see that a broker is there and lets this program in"
        click.echo(f"eccentread: nothing was published to {publisher.host}; {way_out}.", err=True)
    for trouble in troubles[:1]:
        click.echo(f"eccentread: the record is incomplete: {trouble.sentence}", err=True)
    return exit_status(end) or (3 if troubles else 0)


def read_protocol(path: Path, side: str | None) -> tuple[Prescription, str]:
    """The protocol in a file, with the side asked for, and the file's text.

    Raises:
        InputError: it cannot be read, or a key is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise InputError(
            Cause.PROTOCOL_INVALID, f"{path} cannot be read ({why}); name a protocol file with --protocol."
        ) from None
    prescription = parse_protocol(text, path.name)
    return (replace(prescription, side=side) if side else prescription), text


class _People:
    """Everybody who sees, hears or answers: the companion at the terminal, and the simulated athlete."""

    def __init__(
        self, prescription: Prescription, plan: Plan, athlete: Athlete | None, now: Callable[[], float]
    ) -> None:
        self._athlete = athlete
        self._athlete_answers = athlete is not None and (plan.yes or not sys.stdin.isatty())
        self._runner: Runner | None = None
        self._stopped = asyncio.Event()
        self.keyboard = Keyboard(self.stop, self.answer)
        self.view = _view(prescription, plan, self.keyboard, now, simulated=athlete is not None)

    def speak_to(self, runner: Runner) -> None:
        """Whom stops and answers go to."""
        self._runner = runner

    def put(self, output: Output) -> None:
        """Hear what the session says; answer what it asks."""
        match output:
            case Cue(kind=kind, number=number) if self._athlete:
                self._athlete.hear(kind.value, number)
            case Ask(question=question, kind=kind) if self._athlete and self._athlete_answers:
                self._athlete.ask(question, kind.value, partial(self.answer, question))
            case _:
                pass
        self.keyboard.asked(self.view.screen.question)

    def answer(self, question: str, value: int | None) -> None:
        """Somebody answered."""
        assert self._runner is not None  # nobody asks before
        self.view.answered(question)
        self.keyboard.asked(self.view.screen.question)
        self._runner.submit(Answered(self._runner.now_s, question, value))

    def note(self, now: Callable[[], float], sentence: str) -> None:
        """Show a sentence that is none of the session's."""
        self.view.put(Noted(now(), sentence))

    def stop(self, by: str) -> None:
        """Somebody wants the belt to stop."""
        assert self._runner is not None  # keys and signals are attached afterwards
        self._stopped.set()
        self._runner.submit(StopAsked(self._runner.now_s, by))

    async def stopped_within(self, wait_s: float) -> None:
        """Until somebody wants a stop once more, but no longer than this."""
        self._stopped.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), wait_s)


def _view(
    prescription: Prescription, plan: Plan, keyboard: Keyboard, now: Callable[[], float], *, simulated: bool
) -> View:
    screen = Screen(
        simulated=simulated,
        machine=plan.machine,
        protocol=prescription.title,
        sets=prescription.sets,
        reps_per_set=prescription.reps,
        lock_kmh=prescription.speed_kmh,
        side=prescription.side,
    )
    console = terminal_console()
    if plan.plain or not can_draw(console):
        return PlainView(screen, console.file.write)
    return TerminalView(screen, console, lambda: keyboard.typed, now)


def _see_writable(path: Path) -> None:
    folder = path.parent
    if path.is_dir() or not folder.is_dir() or not os.access(path if path.exists() else folder, os.W_OK):
        raise OutputError(Cause.UNWRITABLE, f"{path} cannot be written; name a file in a folder of yours.")


def exit_status(end: SessionEnded) -> int:
    """The program's exit status for a session, or a commissioning, that ended so."""
    match end.outcome:
        case Outcome.FINISHED:
            return 0
        case Outcome.STOPPED:
            return 1
        case Outcome.FAULT:
            return 4 if end.reason in _UNUSABLE else 3
