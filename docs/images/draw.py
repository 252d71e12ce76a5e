"""Draw the terminal view of a recorded session as it was at one moment: JOURNAL SECONDS SVG."""

import io
import re
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

from eccentread.record.journal import Journal, read_journal
from eccentread.session import parse_protocol
from eccentread.ui.frame import Frame
from eccentread.ui.screen import Screen

COLUMNS, ROWS = 100, 26


def screen_at(journal: Journal, t_s: float) -> Screen:
    """What the companion saw at session time `t_s`."""
    header = journal.header
    protocol = parse_protocol(header.protocol_text, header.protocol)
    screen = Screen(
        simulated=header.simulated,
        machine=header.machine,
        protocol=protocol.title,
        sets=protocol.sets,
        reps_per_set=protocol.reps,
        lock_kmh=protocol.speed_kmh,
        side=header.side,
    )
    for output in journal.outputs:
        if output.t_s <= t_s:
            screen = screen.after(output)
    return screen


def svg(screen: Screen) -> str:
    """The view as SVG, set in DejaVu Sans Mono and fetching nothing."""
    console = Console(
        file=io.StringIO(),
        record=True,
        force_terminal=True,
        color_system="truecolor",
        width=COLUMNS,
        height=ROWS,
    )
    console.print(Frame(screen), end="", height=ROWS)
    picture = console.export_svg(title="eccentread run --machine sim", theme=MONOKAI)
    picture = re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL)
    # At 20.27px this font's columns are as wide as those that rich lays out.
    picture = picture.replace("Fira Code", "DejaVu Sans Mono").replace(
        "font-size: 20px", "font-size: 20.27px"
    )
    return picture.replace("<svg ", '<svg xml:space="preserve" ', 1)


if __name__ == "__main__":
    journal, seconds, target = sys.argv[1:]
    picture = svg(screen_at(read_journal(Path(journal)), float(seconds)))
    Path(target).write_text(picture, encoding="utf-8")
