"""Meeting a real treadmill: the one of last time, or the one that is named, and remembering it afterwards."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eccentread.errors import Cause, InputError, MachineError, OutputError
from eccentread.events import Connected, Cue, CueKind, Input, Output
from eccentread.record import remembered as memory
from eccentread.record.latch import Machine
from eccentread.record.remembered import Remembered
from eccentread.ui.words import printable

if TYPE_CHECKING:
    from bleak.backends.adapter import BaseBleakAdapter
    from bleak.backends.scanner import BaseBleakScanner

    from eccentread.io.scan import FoundMachine

AUTO = "auto"


class Acquaintance:
    """One machine that a session is run on.

    `expected` is the machine it is taken for, if it was not named by a person: another one is not accepted.
    `notes` are sentences worth telling.
    """

    def __init__(self, found: "FoundMachine", expected: Remembered | None = None) -> None:
        self.found = found
        self.notes: list[str] = []
        self._expected = expected
        self._accepted = False
        self._device: Mapping[str, str] = {}
        self._locked = False
        if found.held:
            self.notes.append(
                f"{self.called} is connected to this computer already; if another program is, close that."
            )

    @property
    def called(self) -> str:
        """For people: name and address."""
        return f"{self.found.name} ({self.found.address})" if self.found.named else self.found.address

    @property
    def place(self) -> Machine:
        """Where it can be found again."""
        return Machine(self.found.address, self.found.name if self.found.named else "")

    def accept(self, device: Mapping[str, str]) -> None:
        """See that the machine of that Device Information is the one expected.

        Only once: a link that is lost and comes back must not be refused for a read that failed, since its
        belt may be running.

        Raises:
            MachineError: it is another (MACHINE_MISTAKEN).
        """
        if self._expected is None or self._accepted:
            return
        if why := memory.mistaken(self._expected, device):
            raise MachineError(Cause.MACHINE_MISTAKEN, why)
        self._accepted = True
        if news := memory.updated(self._expected, device):
            self.notes.append(news)

    def see(self, event: Input | Output) -> None:
        """Follow the session."""
        match event:
            case Connected(device=device) if not self._locked:  # after a loss, reads may fail
                self._device = device
            case Cue(kind=CueKind.BELT_LOCKED):
                self._locked = True
            case _:
                pass

    def tell_notes(self) -> None:
        """Say what there is to say, once."""
        for sentence in self.notes:
            click.echo(f"eccentread: {printable(sentence)}", err=True)
        self.notes.clear()

    def remember(self, path: Path | None = None) -> None:
        """Keep the machine for next time, if its belt was locked; a trouble with that becomes a note."""
        if not self._locked:
            return
        machine = memory.of(self.found.address, self.found.name if self.found.named else "", self._device)
        try:
            memory.remember(machine, path or memory.default_path())
        except OutputError as error:
            self.notes.append(error.sentence)


async def meet(
    wanted: str,
    last: Remembered | None = None,
    *,
    scanner_backend: "type[BaseBleakScanner] | None" = None,
    adapter_backend: "type[BaseBleakAdapter] | None" = None,
) -> Acquaintance:
    """The machine that `wanted` means: an address, a name, or `AUTO`.

    An address is taken for what it is. The name of `last`, the machine of last time, means no other machine.
    `AUTO` is `last`, taken as soon as it is heard, and where there is none the only treadmill in reach.

    Raises:
        AdapterError: this computer's Bluetooth cannot be used.
        MachineError: no machine fits, or more than one does.
    """
    from eccentread.io.scan import find, find_again

    if wanted != AUTO:
        found = await find(wanted, scanner_backend=scanner_backend, adapter_backend=adapter_backend)
        by_name = wanted.casefold() != found.address.casefold()
        return _same(found, last) if last and by_name and last.name == found.name else Acquaintance(found)
    if last is None:
        return Acquaintance(await find(scanner_backend=scanner_backend, adapter_backend=adapter_backend))
    found = await find_again(
        last.address, last.name, scanner_backend=scanner_backend, adapter_backend=adapter_backend
    )
    return Acquaintance(found, last)


def _same(found: "FoundMachine", last: Remembered) -> Acquaintance:
    """A machine that was found by the name of the one of last time, and must be that one.

    Raises:
        MachineError: it is another (MACHINE_MISTAKEN).
    """
    met = Acquaintance(found, last)
    if found.address != last.address:
        raise MachineError(
            Cause.MACHINE_MISTAKEN,
            f"{met.called} has the name of your treadmill of last time and is another one: that was at "
            f"{last.address}. If it is the one you mean, name it by its address (--machine {found.address}).",
        )
    return met


def recall(path: Path | None = None) -> tuple[Remembered | None, list[str]]:
    """The machine of last time, and what is wrong with the file where it is damaged."""
    try:
        return memory.recall(path or memory.default_path()), []
    except InputError as error:
        return None, [error.sentence]
