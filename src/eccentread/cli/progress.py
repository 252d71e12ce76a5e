"""How far a command has got with many files: a bar on standard error where that is a terminal."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from rich.progress import Progress as Bar


class Progress:
    """Tells one result after the other below a bar that is no part of the output and leaves no trace."""

    def __init__(self, total: int) -> None:
        self._bar = _bar(total) if total > 1 and sys.stderr.isatty() else None

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def step(self, text: str, *, err: bool = False) -> None:
        """One more is done: tell `text`, on standard error if `err`."""
        if self._bar is None:
            click.echo(text, err=err)
            return
        shares_terminal = err or sys.stdout.isatty()
        if shares_terminal:
            self._bar.stop()
        click.echo(text, err=err)
        if shares_terminal:
            self._bar.start()
        self._bar.advance(self._bar.task_ids[0])


def _bar(total: int) -> "Bar":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    bar.add_task("", total=total)
    return bar
