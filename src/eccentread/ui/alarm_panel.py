"""The alarm on the screen: what to do with the body first, then why, then what the program does about it."""

from textwrap import wrap

from rich.align import Align
from rich.console import RenderableType
from rich.text import Text

from eccentread.events import Phase
from eccentread.ui.blocks import centred
from eccentread.ui.letters import giant_words
from eccentread.ui.screen import Screen
from eccentread.ui.words import printable

SHOWN_REASONS = 2

_MARGIN = 2


def alarm_panel(screen: Screen, width: int, height: int, style: str, *, ascii_only: bool) -> RenderableType:
    """The alarm in `width` columns and `height` rows; what the giant words leave no room for is left out."""
    words = printable(screen.alarm.words or "")
    columns = max(1, width - 2 * _MARGIN)
    rest = [line for text in (*reasons(screen), doing(screen), *belt(screen)) for line in wrap(text, columns)]
    plain = giant_words(words, columns, 0)
    below, giant = rest[: max(0, height - len(plain) - 1)], plain
    for kept in range(len(rest), -1, -1):
        drawn = giant_words(words, columns, height - kept - 1, ascii_only=ascii_only)
        if drawn != plain:
            below, giant = rest[:kept], drawn
            break
    text = Text(no_wrap=True, style=style)
    text.append("\n".join(centred(line, width) for line in giant))
    if below:
        text.append("\n\n" + "\n".join(centred(line, width) for line in below))
    return Align(text, vertical="middle", height=height, style=style)


def reasons(screen: Screen) -> list[str]:
    """Why there is an alarm, the latest last."""
    told = dict.fromkeys(printable(fault.text) for fault in screen.standing_faults)
    return list(told)[-SHOWN_REASONS:]


def doing(screen: Screen) -> str:
    """What the program does about it."""
    stops = screen.alarm.stops
    times = f"{stops} {'time' if stops == 1 else 'times'}"
    match screen.phase:
        case Phase.LINK_LOST:
            return f"The link is lost: trying again; stop goes out first (sent {times} so far)."
        case Phase.ENDED:
            return f"Stop was sent {times}. The program has given up: cut the treadmill's power."
        case _ if stops:
            return f"Stop sent {times}; the belt is not yet seen to stand."
        case _:
            return "The belt is being stopped."


def belt(screen: Screen) -> list[str]:
    """What the belt was seen to do last, if ever."""
    now = screen.belt_now
    return [f"Belt: {now.speed_kmh:.2f} km/h, {screen.t_s - now.t_s:.0f} s ago."] if now else []
