"""The guardian's process: `python -m eccentread.guardian …`, started by `guard` and by the command line.

With `--main PID` it watches that program through its standard input and says so on its standard output; when
the program ends while its belt may run, or falls silent, it brings the belt to a standstill. Without, it does
so at once, quietly. No signal but SIGKILL ends it: it ends when the belt stands, or when it has tried for ten
minutes.
"""

import argparse
import asyncio
import contextlib
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from eccentread.errors import OutputError
from eccentread.guardian import at_rest
from eccentread.guardian.clerk import Clerk
from eccentread.guardian.crier import Crier
from eccentread.guardian.log import log_to
from eccentread.guardian.terminal import Terminal
from eccentread.guardian.watching import TICK_S, Verdict, Watching, Why
from eccentread.record.latch import BLUETOOTH, Hold, Holder, Machine
from eccentread.rescue import PATIENCE_S
from eccentread.rescue.words import EMERGENCY
from eccentread.ui.siren import Siren

_IGNORED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGBREAK")
"""A closed terminal and Ctrl-C are meant for the program; what they end must not end this, too."""

_log = logging.getLogger("eccentread.guardian")

_READ_OCTETS = 4096
_DYING_S = 1.0
"""How long a program that was killed may take to be gone, and its link with it."""


def main() -> None:
    """Watch, and take over where it is called for."""
    for name in _IGNORED:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    plan = _arguments()
    machine = Machine(plan.address, plan.name, plan.reached)
    log_to(plan.log)
    radio = at_rest.Radio.of(plan.via)
    hold = Hold(machine, plan.folder)
    terminal, crier = Terminal(sys.stderr), Crier(sys.stderr)
    looked_at = sys.stderr is not None and sys.stderr.isatty()
    sys.stderr = None  # nobody but the crier, who waits for nobody, writes to a terminal that may be stopped
    if plan.main is None:
        _rescue(machine, radio, hold, crier)
        return
    siren = Siren()
    why = _watch(plan.main)
    if why is None:
        siren.close()
        return
    terminal.give_back()
    loud = machine.reached == BLUETOOTH or looked_at  # a simulated belt only where somebody looks
    _take_over(machine, radio, hold, crier, siren if loud else None, why)
    siren.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m eccentread.guardian", description=__doc__)
    parser.add_argument("--address", required=True)
    parser.add_argument("--name", default="")
    parser.add_argument("--reached", default=BLUETOOTH, help="bluetooth, or sim@ADDRESS")
    parser.add_argument("--via", help="package.module:function of another radio than this computer's own")
    parser.add_argument("--folder", type=Path, required=True, help="where latches are kept")
    parser.add_argument("--log", type=Path, help="file for what happens")
    parser.add_argument("--main", type=int, metavar="PID", help="the program to watch")
    return parser.parse_args()


def _watch(main: int) -> Why | None:
    """Why to take over; `None`: there is no need."""
    words: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(words,), name="listener", daemon=True).start()
    watching = Watching()
    _sign_of_life()
    while True:
        try:
            verdict = watching.heard(words.get(timeout=TICK_S))
            _sign_of_life()
        except queue.Empty:
            verdict = watching.tick()
        match verdict:
            case None:
                pass
            case Verdict.DONE:
                return None
            case Why.HUNG:
                _kill(main)
                with contextlib.suppress(queue.Empty):
                    while words.get(timeout=_DYING_S):
                        pass  # until its end of the pipe is gone
                return verdict
            case Why.DIED:
                return verdict


def _listen(words: "queue.SimpleQueue[bytes]") -> None:
    while True:
        try:
            heard = os.read(0, _READ_OCTETS)
        except OSError:
            heard = b""
        words.put(heard)
        if not heard:
            return


def _sign_of_life() -> None:
    with contextlib.suppress(OSError):
        os.write(1, b".")


def _kill(main: int) -> None:
    """End the program: only one may speak to the machine, and the link must be free."""
    if sys.platform == "win32":
        with contextlib.suppress(OSError):
            os.kill(main, signal.SIGTERM)  # ends it at once there
    elif os.getppid() == main:  # else it is dead, and the number may be another's
        with contextlib.suppress(OSError):  # it died just now
            os.kill(main, signal.SIGKILL)


def _take_over(
    machine: Machine, radio: at_rest.Radio, hold: Hold, crier: Crier, siren: Siren | None, why: Why
) -> None:
    what = "has ended" if why is Why.DIED else "hung and was ended"
    news = f"The program {what} while the belt of {machine.called} may be running."
    _log.warning("%s", news)
    crier.start(f"{news} It is being stopped.")
    if siren is not None:
        siren.start(EMERGENCY)
    stands = _stop(machine, radio, hold, f"it {what}", lambda step: crier.tell(f"{news} {step}"))
    if siren is not None:
        siren.stop()
    if stands:
        end = f"the belt of {machine.called} stands. The session is over; its record is kept."
    else:
        end = (
            f"{machine.called} could not be stopped from here: ITS BELT MAY STILL RUN. Pull the safety key, "
            "or switch it off at the wall; `eccentread run` asks about it again."
        )
    _say_last(crier, end)


def _rescue(machine: Machine, radio: at_rest.Radio, hold: Hold, crier: Crier) -> None:
    taken = False
    with contextlib.suppress(OutputError):
        taken = hold.take(Holder.GUARDIAN)
    if taken and hold.latched and _stop(machine, radio, hold, "it left the belt behind", lambda _: None):
        _say_last(crier, f"the belt of {machine.called}, left behind, stands.")


def _say_last(crier: Crier, end: str) -> None:
    _log.warning("%s", end)
    crier.hush(end)


def _stop(
    machine: Machine, radio: at_rest.Radio, hold: Hold, why: str, tell: Callable[[str], object]
) -> bool:
    clerk = Clerk(hold)
    stands = asyncio.run(
        at_rest.bring_to_rest(
            machine,
            radio,
            why,
            patience_s=PATIENCE_S,
            forgotten=lambda: clerk.forgotten,
            tell=tell,
        )
    )
    clerk.close(stands=stands)
    return stands


if __name__ == "__main__":
    main()
