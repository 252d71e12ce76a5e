"""Beside a machine that is tested, nobody on its belt: what is shown, who presses keys, who answers."""

import asyncio
import sys
from typing import Protocol

from eccentread.cli.wrap import fitting
from eccentread.events import Answered, Ask, Output, SessionEnded, StopAsked, Told
from eccentread.io.runner import Runner
from eccentread.ui.keyboard import Keyboard
from eccentread.ui.plain import PlainView
from eccentread.ui.screen import Screen
from eccentread.ui.terminal import terminal_console
from eccentread.ui.words import SIMULATED

NOBODY_THERE = (
    "You answer, but of a simulated machine there is nothing to see, press, pull or weigh: skip numbers (s), "
    "and say no to what you cannot see. --yes has somebody beside it who can."
)


class Companion(Protocol):
    """Somebody beside a simulated machine, who looks and answers."""

    async def answer(self, question: str, text: str = "") -> int:
        """The answer to a question."""
        ...


class People:
    """Whoever sees, presses and answers: a person at the terminal, or somebody at the simulated machine."""

    def __init__(
        self,
        machine: str,
        companion: Companion | None,
        *,
        all_by_itself: bool,
        title: str = "Commissioning",
    ) -> None:
        self._companion = companion if all_by_itself or not sys.stdin.isatty() else None
        self._answering: asyncio.Task[None] | None = None
        self._runner: Runner | None = None
        self.keyboard = Keyboard(self.stop, self.answer, self._show_typed)
        screen = Screen(
            simulated=companion is not None,
            machine=machine,
            protocol=title,
            sets=0,
            reps_per_set=0,
            lock_kmh=0.0,
        )
        before = [f"{title} {machine}: NOBODY ON THE BELT"]
        if screen.simulated:
            before.insert(0, SIMULATED)
        if companion is not None and self._companion is None:
            before.append(NOBODY_THERE)
        self.view = PlainView(screen, fitting(terminal_console().file.write), before)

    def speak_to(self, runner: Runner) -> None:
        """Whom stops and answers go to."""
        self._runner = runner

    def leave(self) -> None:
        """Nobody answers any more."""
        if self._answering is not None:
            self._answering.cancel()

    def put(self, output: Output) -> None:
        """Answer what is asked."""
        match output:
            case Ask() if self._companion:
                self.leave()
                self._answering = asyncio.create_task(self._ask(self._companion, output))
            case SessionEnded():
                self.leave()
            case _:
                pass
        self.keyboard.asked(self.view.screen.question)

    def answer(self, question: str, value: int | None) -> None:
        """Somebody answered."""
        assert self._runner is not None  # nobody asks before
        self.view.answered(question)
        self.keyboard.asked(self.view.screen.question)
        self._runner.submit(Answered(self._runner.now_s, question, value))

    def note(self, sentence: str) -> None:
        """Show a sentence that is none of the session's."""
        assert self._runner is not None  # nobody has anything to say before
        self.view.put(Told(self._runner.now_s, sentence))

    def stop(self, by: str) -> None:
        """Somebody wants the belt to stop."""
        assert self._runner is not None  # keys and signals are attached afterwards
        self._runner.submit(StopAsked(self._runner.now_s, by))

    def _show_typed(self, digits: str) -> None:
        assert self._runner is not None  # keys are attached afterwards
        self.view.put(Told(self._runner.now_s, f"> {digits}"))

    async def _ask(self, companion: Companion, ask: Ask) -> None:
        self.answer(ask.question, await companion.answer(ask.question, ask.text))
