"""What keys mean while a session runs. Pure.

SPACE, q and Esc stop, always, also while a question is open. Ctrl-C, Ctrl-D and Ctrl-Z, where the terminal
hands them over as characters, say the same: who wants out of the program wants the belt to stand. So does p,
which says why: it hurts. While digits are asked for, which is never while the belt runs, p means nothing.
"""

import re
from dataclasses import dataclass

from eccentread.events import Ask, QuestionKind

HELD_S = 0.6
"""A key that comes back sooner than this is held down or hammered, not pressed: keyboards begin to repeat
after 250–500 ms, and a slow line makes a repeat late.

A held key confirms nothing: permission is a press (invariant S2), and a book lying on the keyboard is none.
Enter, which everybody's thumb finds, is never a yes.
"""

_LARGEST = {QuestionKind.SCALE: 10, QuestionKind.NUMBER: 9999}
"""What may be typed."""

_STOP = frozenset(" \u00a0\u3000qQ\x1b\x03\x04\x1a")  # any keyboard's space; Alt makes it U+00A0 on some
_PAIN = frozenset("pP")
_YES, _NO, _SKIP, _ENTER, _ERASE = (
    frozenset("yY"),
    frozenset("nN"),
    frozenset("sS"),
    frozenset("\r\n"),
    frozenset("\b\x7f"),
)
_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[!-/]*[@-~]|O[@-~])")
"""A cursor or function key (ECMA-48 §5.4, never with a space in it). What only begins like one is Esc."""


@dataclass(frozen=True, slots=True)
class StopPressed:
    """Somebody wants the belt to stop, perhaps because it hurts."""

    pain: bool = False


@dataclass(frozen=True, slots=True)
class AnswerTyped:
    """An answer to `question`: 1 or 0 for a confirmation, 0–10 for a scale, `None` skips scale or number."""

    question: str
    value: int | None


class Keys:
    """Turns characters into stops and answers, given the question that is open."""

    def __init__(self) -> None:
        self._ask: Ask | None = None
        self._typed = ""
        self._last: tuple[str, float] | None = None

    @property
    def typed(self) -> str:
        """The digits of a half-typed answer."""
        return self._typed

    def asked(self, ask: Ask | None) -> None:
        """Say which question is open; `None` for none. The same one again keeps what is typed so far."""
        if ask != self._ask:
            self._ask = ask
            self._typed = ""

    def feed(self, chars: str, t_s: float) -> list[StopPressed | AnswerTyped]:
        """What the characters mean that arrived at `t_s` (seconds on any steady clock).

        An answer closes its question, so that what is typed ahead never answers the next one.
        """
        meant: list[StopPressed | AnswerTyped] = []
        for char in _SEQUENCE.sub("", chars):
            held = self._last is not None and self._last[0] == char and t_s - self._last[1] < HELD_S
            self._last = (char, t_s)
            if char in _STOP:
                meant.append(StopPressed())
            elif char in _PAIN and (self._ask is None or self._ask.kind is QuestionKind.CONFIRM):
                meant.append(StopPressed(pain=True))
            elif self._ask and (answer := self._answer(self._ask, char, held=held)):
                self.asked(None)
                meant.append(answer)
        return meant

    def _answer(self, ask: Ask, char: str, *, held: bool) -> AnswerTyped | None:
        if ask.kind is QuestionKind.CONFIRM:
            if char in _NO:
                return AnswerTyped(ask.question, 0)
            return AnswerTyped(ask.question, 1) if char in _YES and not held else None
        if char in _SKIP:
            return AnswerTyped(ask.question, None)
        if char in _ENTER:
            return AnswerTyped(ask.question, int(self._typed)) if self._typed and not held else None
        if char in _ERASE:
            self._typed = self._typed[:-1]
        elif char in "0123456789":
            number = self._typed + char
            fits = str(int(number)) == number and int(number) <= _LARGEST[ask.kind]
            self._typed = number if fits else ""
        return None
