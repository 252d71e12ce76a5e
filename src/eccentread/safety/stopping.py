"""The way to a standing belt: stop, again, slower, pause, and the words for what only a human can do (S3)."""

from enum import Enum, auto
from itertools import cycle
from math import inf

from eccentread.safety.gate import Ask, Pause, RequestControl, SlowTo, Stop
from eccentread.safety.limits import Limits
from eccentread.safety.liveness import Liveness
from eccentread.safety.odometer import Travel

REPEAT_S = 0.5
"""Between one *stop* and the next."""

LONGEST_REPEAT_S = 8.0
"""The same where a *stop* at rest is taken for a start: by then belt and reports have come to rest."""

PACES_S = (0.5, 1.0, 2.0, 3.0, 3.0)
"""Least times from word to word once stopping is unconfirmed, in turn: some machines heed nothing that comes
too soon after what they did not heed. Five, so that of the four words to a round each meets each."""

ESCALATE_S = 3.0
"""After the first word; then the lowest speed and a pause take turns with it. Honest machines slow sooner."""

UNCONFIRMED_S = 8.0
"""After this the human is told to pull the key; the slowest honest ramp known takes half as long."""

STANDING_REPORTS = 2
STANDING_S = 3.0
"""Zero must be reported this often in a row, over at least this long: single zeros occur while belts run, and
a push may stall a belt that nobody has stopped."""
FALL = 0.9
FALL_S, FALL_INTERVALS = 1.5, 1.5
CRAWL_CENTI_KMH = 5
"""A belt obeys that is reported to have lost a tenth of its speed within so long (or so many times between
reports, where those are seldom), or that barely creeps:
consoles that average report a standing belt as one that slows for many seconds more."""
LONGEST_FALL_S = 25.0
"""Longer than this no average takes: the slowest known, over four seconds, says zero after twenty."""
MOVING_REPORTS = 2
"""Reports of motion in a row that make a fact of it, after zeros in a row: one may be late."""

PROCEDURE_S = 1.0
"""How long what is no stop may take before the next *stop*, which would supersede it: the pause that machines
need between procedures, and a procedure."""


PAUSE_S = 0.25
LONGEST_PAUSES = 4
"""Each request for control waits by so much longer, up to this often: some machines want a second between."""


class Progress(Enum):
    """How far stopping has come."""

    UNDER_WAY = auto()
    UNCONFIRMED = auto()
    STANDING = auto()


class Stopping:
    """One stop from its cause to a belt that is seen to stand. Times are session seconds.

    `lead_s` is how long to wait before the first *stop* when the console says that it stopped the belt:
    a few machines take a *stop* to a stopped belt for a start. Before `not_before_s` zeros prove nothing: a
    countdown may be running, unless motion is seen first. `repeat_s` is longer than usual on a machine that
    took a *stop* for a start. How long reports are fresh, `liveness` knows.
    """

    def __init__(
        self,
        limits: Limits,
        t_s: float,
        lowest_centi_kmh: int,
        lead_s: float = 0.0,
        not_before_s: float = 0.0,
        repeat_s: float = REPEAT_S,
        liveness: Liveness | None = None,
    ) -> None:
        self.repeat_s = repeat_s
        self._liveness = liveness or Liveness()
        self._pace_s = 0.0
        self._spoke_s = t_s
        self._paces_s = cycle(PACES_S)
        self._limits = limits
        self._began_s = t_s
        self._next_s = t_s + lead_s
        self._control_s: float | None = None
        self._controls = 0
        self._first_word_s: float | None = None
        self._zeros = self._moving = 0
        self._rested = self._paused = False
        self._fell_to: float = inf
        self._fell_s = -inf
        self._travel = Travel()
        self._first_zero_s = self._last_s = t_s
        self._not_before_s = not_before_s
        self._left_to_console = self._said = lead_s > 0  # the console said it
        self._word: Ask = Stop()
        self._first: Ask | None = Stop()
        slower = SlowTo(min(lowest_centi_kmh, limits.lock_centi_kmh))
        self._turns: cycle[Ask] = cycle([slower, Stop(), Pause(), Stop()])
        self._on_links: cycle[Ask] = cycle([Stop(), Pause(), slower])
        self.progress = Progress.UNDER_WAY

    def hurry(self, t_s: float) -> None:
        """Somebody asked for a stop in so many words: no more waiting for the console."""
        self._next_s = min(self._next_s, t_s)
        self._control_s = None
        self._left_to_console = self._said = False
        self._first = Stop()

    def fell_silent(self, t_s: float) -> None:
        """Nothing is heard of the belt any more: the console's word is waited for no longer."""
        if self._left_to_console:
            self.hurry(t_s)

    def wait_for_control(self, t_s: float) -> None:
        """The machine refused the word for want of control: that goes first, each time after a longer pause.

        Some machines drop whatever follows too soon on what was before. Once it is time for other words, a
        refused *stop* is worth no more requests.
        """
        if self._escalates(t_s) and isinstance(self._word, Stop):
            return
        pause_s = min(self._controls, LONGEST_PAUSES) * PAUSE_S
        self._control_s = max(t_s + pause_s, self._spoke_s + self._pace_s)
        self._controls += 1
        self._next_s = self._control_s + PROCEDURE_S

    def control_answered(self, t_s: float) -> None:
        """The request for control has its answer, whatever it is: *stop* goes, whatever was refused."""
        self._next_s = max(t_s, self._spoke_s + self._pace_s)
        self._control_s = None
        self._said = False  # what was refused was not heard
        self._first = Stop()

    def relinked(self, t_s: float) -> None:
        """This program ended a link on which nothing was heard any more; on the new one *stop* goes first.

        Where that link, too, had to be ended, another word does: a *stop* may be what it was stuck in.
        """
        self._next_s = t_s
        self._control_s = None
        self._zeros = 0
        self._first_word_s = None
        self._first = next(self._on_links)

    def reported(self, t_s: float, speed_centi_kmh: int, distance_m: int | None = None) -> None:
        """Take a fresh report, with the machine's distance if it tells one: a belt at rest covers none."""
        self._last_s = t_s
        self._follow_fall(t_s, speed_centi_kmh)
        stepped = self._travel.reported(speed_centi_kmh, distance_m)
        if self._left_to_console and speed_centi_kmh > self._limits.over_speed_centi_kmh:
            self.hurry(t_s)  # too fast to wait and see what the console does
        if speed_centi_kmh:
            self._zeros = 0
            self._moving += 1
            if self._moving == MOVING_REPORTS:
                if self._paused:  # a stop at rest may have started it
                    self.repeat_s = min(4 * self.repeat_s, LONGEST_REPEAT_S)
                self._rested = self._paused = False
            self._not_before_s = t_s  # what was started shows
            return
        self._moving = 0
        if not self._zeros or stepped:
            self._zeros = 0
            self._first_zero_s = t_s
        self._zeros += 1
        self._paused = self._said
        self._rested = self._rested or self._seems_to_stand
        if self._seems_to_stand and t_s >= max(self._first_zero_s + STANDING_S, self._not_before_s):
            self.progress = Progress.STANDING

    @property
    def _seems_to_stand(self) -> bool:
        return self._zeros >= STANDING_REPORTS

    def due(self, t_s: float) -> Ask | None:
        """What to ask the gate for now, if anything."""
        if self.progress is Progress.STANDING:
            return None
        if self._control_s is not None and t_s >= self._control_s:
            self._control_s = None
            self._spoke_s = t_s
            return RequestControl()
        if self._said and self._zeros and t_s - self._last_s <= self._liveness.suspect_age_s:
            return None  # only watched on, in case it starts yet; more stops might be taken for a start
        patience_s = LONGEST_FALL_S if self._obeys(t_s) else UNCONFIRMED_S
        if t_s - self._began_s >= patience_s:
            self.progress = Progress.UNCONFIRMED
        if t_s < self._next_s:
            return None
        self._left_to_console = False
        self._said = True
        self._spoke_s = t_s
        self._first_word_s = t_s if self._first_word_s is None else self._first_word_s
        self._next_s = t_s + self.repeat_s
        self._word = self._next_word(t_s)
        if not isinstance(self._word, Stop):
            self._next_s = t_s + PROCEDURE_S
        if self.progress is Progress.UNCONFIRMED:
            self._pace_s = next(self._paces_s)
            self._next_s = max(self._next_s, t_s + self._pace_s)
        return self._word

    def _next_word(self, t_s: float) -> Ask:
        first, self._first = self._first, None
        if self._zeros or self._rested:
            return Stop()
        if first is not None:
            return first
        if not self._escalates(t_s) or self._obeys(t_s):
            return Stop()  # another word might be what it goes on at
        # Each has a turn of its own: a stop would cut short whatever waits behind the stop before it.
        return next(self._turns)

    def _follow_fall(self, t_s: float, speed_centi_kmh: int) -> None:
        if speed_centi_kmh <= FALL * self._fell_to or speed_centi_kmh <= CRAWL_CENTI_KMH:
            self._fell_to, self._fell_s = speed_centi_kmh, t_s
        elif speed_centi_kmh * FALL > self._fell_to:
            self._fell_to, self._fell_s = speed_centi_kmh, -inf  # it rises

    def _obeys(self, t_s: float) -> bool:
        return t_s - self._fell_s <= max(FALL_S, FALL_INTERVALS * self._liveness.interval_s)

    def _escalates(self, t_s: float) -> bool:
        return self._first_word_s is not None and t_s - self._first_word_s >= ESCALATE_S
