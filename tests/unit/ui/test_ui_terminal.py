import io
import threading

from rich.console import Console

from eccentread.events import (
    Ask,
    FaultRaised,
    Outcome,
    Phase,
    PhaseChanged,
    QuestionKind,
    Reason,
    SessionEnded,
)
from eccentread.ui.terminal import TerminalView, can_draw

WAIT_S = 10.0
ALTERNATE_ON, ALTERNATE_OFF = "\x1b[?1049h", "\x1b[?1049l"
CURSOR_OFF, CURSOR_ON = "\x1b[?25l", "\x1b[?25h"


class Terminal(io.StringIO):
    """Remembers what was written and lets a test wait for words to appear."""

    def __init__(self) -> None:
        super().__init__()
        self._changed = threading.Condition()

    def write(self, s: str, /) -> int:
        with self._changed:
            self._changed.notify_all()
            return super().write(s)

    def wait_for(self, words: str) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: words in self.getvalue(), WAIT_S)


def console(file: io.StringIO) -> Console:
    return Console(file=file, width=80, height=24, force_terminal=True, _environ={"TERM": "xterm"})


def test_what_is_put_appears_and_the_terminal_is_restored_with_the_result_on_it(screen) -> None:
    terminal = Terminal()
    view = TerminalView(screen, console(terminal))
    assert terminal.wait_for("Connecting")
    view.put(PhaseChanged(1.0, Phase.ARMING))
    assert terminal.wait_for("go-ahead")
    view.put(SessionEnded(2.0, Outcome.STOPPED, Reason.STOP_ASKED))
    assert view.close(WAIT_S)
    written = terminal.getvalue()
    assert written.index(ALTERNATE_ON) < written.index("Connecting") < written.index(ALTERNATE_OFF)
    assert written.rindex(CURSOR_OFF) < written.rindex(CURSOR_ON)
    assert "Ended early" in written[written.index(ALTERNATE_OFF) :]


def test_half_typed_digits_are_echoed(screen) -> None:
    terminal = Terminal()
    typed = [""]
    view = TerminalView(screen, console(terminal), typed=lambda: typed[0])
    view.put(Ask(1.0, "effort", QuestionKind.SCALE, "How hard?"))
    typed[0] = "7"
    assert terminal.wait_for(" 7_ ")
    view.answered("effort")
    assert view.screen.question is None
    assert view.close(WAIT_S)


def test_nothing_new_is_not_drawn_again(screen) -> None:
    terminal = Terminal()
    view = TerminalView(screen, console(terminal))
    assert terminal.wait_for("Connecting")
    view.put(PhaseChanged(0.0, Phase.CONNECTING))
    view.put(PhaseChanged(1.0, Phase.ARMING))
    assert terminal.wait_for("go-ahead")
    assert view.close(WAIT_S)
    assert terminal.getvalue().count("Connecting") == 1


def test_a_blocked_terminal_delays_nobody(screen) -> None:
    released = threading.Event()

    class Blocked(io.StringIO):
        def write(self, s: str, /) -> int:
            released.wait()
            return len(s)

    view = TerminalView(screen, console(Blocked()))
    for t in range(1000):
        view.put(FaultRaised(float(t), Reason.SILENT, "Silence."))
    assert view.screen.t_s == 999.0
    assert not view.close(0.01)
    released.set()
    assert view.close(WAIT_S)


def test_a_terminal_that_is_gone_ends_the_picture_quietly(screen, capsys) -> None:
    class Gone(io.StringIO):
        def write(self, s: str, /) -> int:
            raise OSError(5, "Input/output error")

    view = TerminalView(screen, console(Gone()))
    view.put(PhaseChanged(1.0, Phase.ARMING))
    assert view.close(WAIT_S)
    assert capsys.readouterr() == ("", "")


def test_the_live_view_needs_a_terminal_that_moves_its_cursor() -> None:
    assert can_draw(Console(file=io.StringIO(), force_terminal=True, _environ={"TERM": "xterm"}))
    assert not can_draw(Console(file=io.StringIO(), force_terminal=True, _environ={"TERM": "dumb"}))
    assert not can_draw(Console(file=io.StringIO(), _environ={}))


def test_the_clock_goes_on_when_nothing_happens(screen) -> None:
    terminal = Terminal()
    now_s = [1.0]
    view = TerminalView(screen, console(terminal), now=lambda: now_s[0])
    assert terminal.wait_for("00:01")
    now_s[0] = 83.4
    assert terminal.wait_for("01:23")
    assert view.close(WAIT_S)
