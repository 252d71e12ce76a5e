"""What an athlete does in a set that calls for a word, or for an end: from the belt's speed and the reps.

Every threshold stands here, with what it rests on. An honest athlete must never be stopped: what a machine
cannot show plainly is not judged on it, and `Athlete.learn` says what that is. Times are session seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from eccentread.events import CueKind, Reason, Rep
from eccentread.reps import Calibration, Dips, Held
from eccentread.units import mps_from_kmh

STILL_THERE_S = 30.0
NO_PUSHES_S = 60.0
"""No sign of a contact for this long in a set: nobody is exercising; half of it, and the athlete is asked."""
UNCOUNTED_S = 90.0
"""Contacts that never count are somebody, too: a belt that is all but stalled may hide pushes from the
detector. A whole set takes 55–90 s: after so long she may have done another one for nothing."""

STALLED_KMH = 0.2
STALLED_S = 1.0
STALL_AGAIN_S = 10.0
"""A belt slower than this for longer than that may latch an error, or surge when it is let go: she steps off.
Said at most once in ten seconds."""

LONGEST_PUSH_S = 8.0
LONGEST_TRAVEL_M = 1.1
"""A push ends with the leg's range: x = L (sin θf + sin θe), 1.04 m for a leg of 1 m from 10° of extension to
60° of flexion, 4.7 s at 0.8 km/h and 7 s on a belt that is slowed; a second is for what is not known of its
onset. What lasts longer *and* has come further is no push."""
STAYS_S = 5.0
"""Told to get off, she has 0.9 s to react and a second to step; the machine reports late."""
HELD_FROM_S = 6.0
SURE = 0.9
"""A contact that is as sure as this after so long is followed until the speed comes back by half its rise."""
LEAST_WEIGHT = 0.35
"""Of the load of a cued push. A body on the deck loads the belt like a push: µ·mg = 0.2 · 700 N = 140 N."""
SUSTAINED = 0.3
"""The least part of a dip that stays, ρ, for standing to show, and for a load to be told to 10–20 %: a speed
loop takes back all of it, and what its transient tells of the load is off by 25–40 %."""
OVER_NOISE = 3.0
"""Half the rise of its end must stand so far above the noise of one report, else its end would be missed."""

STEP_S = (0.6, 2.0)
"""Steps come at 0.5–1.2 Hz. Those of the one recording at hand came at 1.76 Hz at 3.6 km/h; at a constant
ratio of step length to cadence that is 0.83 Hz at 0.8. A push and its gap take 1.6 + 0.8 s at least."""
STEPS = 6
"""So many intervals alike in a row are a walk; a push with test steps around it makes two."""
STEPS_ON = 4
"""…and so many more, that began after she was told and had `HEARS_S` to get off."""
HEARS_S = 2.0
ALIKE = 0.3
DIP_HEIGHT = 0.3
"""Of the dip of a cued push. Tremor within a push is 16 % from peak to peak."""
DIP_NOISE = 5.0
"""Of the noise of one report: what falls and rises by more is no chance."""
SEEN_EACH_S = 0.5
"""Reports further apart than this cannot show steps 0.8–2 s apart."""
RINGS = 3
"""Dips in one cued contact: a drive that answers a single push with as many would pass for a walker."""

EFFORT_SPREAD = 1.27
"""1 + 2σ, σ = 13 %: pushes of one effort scatter by 15 %, so the median of three cued ones by 9 %, and
estimates of load by 10 %. Twice in a row over this, times the highest over the lowest effort prescribed, is
more than the prescription explains: of the cued pushes, or of her own so far, where those were lighter."""
ALL_SHE_HAS = 10
"""Nobody pushes harder than ten of ten. What seems more, of cued pushes of the lowest effort prescribed, is a
drive at its limit, whose dips say nothing of the load; and so is a belt that all but stops."""
OWN_REPS = 5
"""So many make a median of her own."""
HARD_IN_A_ROW = 2
HARD_AGAIN = 3
"""Of these in a row the first may have been under way when she was told."""

FIRST_CYCLES = 4
"""Their median is the set's own rhythm, onset to onset."""
SLOWER = 2.5
"""Fatigue lengthens gaps by 10–30 %, and a rep that was missed makes one cycle of two."""
IDLE = 0.5
"""Part of a slow cycle without any sign of a contact: more than pushes that were missed would leave."""
SLOW_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Say:
    """Tell her."""

    cue: CueKind


@dataclass(frozen=True, slots=True)
class EndSet:
    """The set is over: on to the rest, or to the end after the last."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class StopBelt:
    """The exercise is over."""

    reason: Reason


type Sign = Say | EndSet | StopBelt


class Stall:
    """A belt that is all but stopped, by one source of its speed."""

    def __init__(self) -> None:
        self._since_s: float | None = None

    def feed(self, t_s: float, speed_kmh: float) -> bool:
        """Take a report in; whether the belt has been stalled for too long."""
        if speed_kmh >= STALLED_KMH:
            self._since_s = None
        elif self._since_s is None:
            self._since_s = t_s
        return self._since_s is not None and t_s - self._since_s > STALLED_S


class AthleteWatch:
    """Minds the athlete set by set. Feed reports, reps and time; each may give a sign."""

    def __init__(self, effort: tuple[int, int]) -> None:
        low, high = effort
        self._too_hard = EFFORT_SPREAD * high / max(low, 1)
        self._too_hard_for_anybody = EFFORT_SPREAD * ALL_SHE_HAS / max(low, 1)
        self._loads_pct: list[float] = []
        self._stalls: dict[object, Stall] = {}
        self._stall_said_s = float("-inf")
        self._stands_show = self._loads_show = False
        self._noise_kmh = 0.0
        self._dips: Dips | None = None
        self._steps_show = False
        self.begin_set(0.0)

    def learn(self, found: Calibration, cued: Sequence[Sequence[tuple[float, float]]]) -> list[str]:
        """What the signal check found, and the reports of each cued contact: what cannot be seen here?"""
        rho, gap_rise = found.response.sustained, found.push_kmh * found.rise_in_gap
        self._loads_show = rho >= SUSTAINED
        self._stands_show = self._loads_show and gap_rise / 2 >= OVER_NOISE * found.noise_kmh
        self._noise_kmh = found.noise_kmh
        height = max(DIP_HEIGHT * found.dip_kmh, DIP_NOISE * found.noise_kmh)
        self._dips = Dips(height, STEPS + 1) if height < found.dip_kmh else None
        rings = any(_dips(height, reports) >= RINGS for reports in cued)
        self._steps_show = self._dips is not None and found.interval_s <= SEEN_EACH_S and not rings
        blind = [] if self._stands_show else ["who stands on the belt with both feet"]
        blind += [] if self._steps_show else ["who walks on it"]
        blind += [] if self._loads_show else ["who pushes far too hard"]
        return [f"this source of belt speed does not show {one}" for one in blind]

    def begin_set(self, t_s: float) -> None:
        """A set begins."""
        self._last_push_s = self._last_rep_s = t_s
        self._longest_quiet_s = 0.0
        self._asked = False
        self._held: Held | None = None
        self._told_held_s: float | None = None
        self._told_walk_s: float | None = None
        self._hard, self._told_hard = 0, False
        self._onset_s: float | None = None
        self._cycles: list[float] = []
        self._slow = 0
        if self._dips is not None:
            self._dips.at_s.clear()

    def stalled(self, source: object, t_s: float, speed_kmh: float) -> Sign | None:
        """A source reports a belt that is held at its speed, in a set or not."""
        stalled = self._stalls.setdefault(source, Stall()).feed(t_s, speed_kmh)
        if not stalled or t_s - self._stall_said_s < STALL_AGAIN_S:
            return None
        self._stall_said_s = t_s
        return Say(CueKind.EASE_OFF)

    def reported(self, t_s: float, speed_kmh: float, held: Held | None) -> Sign | None:
        """A report in a set, and the contact that it shows to be under way, if any."""
        dips = self._dips if self._dips is not None and self._dips.feed(t_s, speed_kmh) else None
        if dips is not None or held is not None:
            self._sign_of_life(t_s)
        walks = self._walks(t_s, dips) if dips is not None and self._steps_show else None
        return walks or (self._stays(t_s, speed_kmh, held) if self._stands_show else None)

    def counted(self, t_s: float, rep: Rep) -> Sign | None:
        """A rep counts."""
        self._sign_of_life(t_s)
        self._last_rep_s = t_s
        return self._fades(rep) or self._overdoes(rep)

    def passed(self, t_s: float) -> Sign | None:
        """Time passed in a set."""
        quiet_s = t_s - self._last_push_s
        if quiet_s >= NO_PUSHES_S or t_s - self._last_rep_s >= UNCOUNTED_S:
            return StopBelt(Reason.NO_PUSHES)
        if quiet_s < STILL_THERE_S or self._asked:
            return None
        self._asked = True
        return Say(CueKind.STILL_THERE)

    def _sign_of_life(self, t_s: float) -> None:
        self._longest_quiet_s = max(self._longest_quiet_s, t_s - self._last_push_s)
        self._last_push_s, self._asked = t_s, False

    def _walks(self, t_s: float, steps: Dips) -> Sign | None:
        if self._told_walk_s is None:
            if not steps.regular(STEPS, *STEP_S, ALIKE):
                return None
            self._told_walk_s = t_s
            return Say(CueKind.NO_WALKING)
        on = sum(at_s >= self._told_walk_s + HEARS_S for at_s in steps.at_s) > STEPS_ON
        return EndSet(Reason.WALKING) if on and steps.regular(STEPS_ON, *STEP_S, ALIKE) else None

    def _stays(self, t_s: float, speed_kmh: float, held: Held | None) -> Sign | None:
        if held is not None and self._told_held_s is None and held.probability >= SURE:
            self._held = held if t_s - held.onset_s >= HELD_FROM_S else None
        if self._held is None:
            return None
        if speed_kmh > self._held.level_kmh + self._held.rise_kmh / 2:
            self._held = self._told_held_s = None
            return None
        if self._told_held_s is not None:
            return StopBelt(Reason.BOTH_FEET) if t_s - self._told_held_s >= STAYS_S else None
        lasts_s = t_s - self._held.onset_s
        short = lasts_s < LONGEST_PUSH_S or lasts_s * mps_from_kmh(self._held.level_kmh) < LONGEST_TRAVEL_M
        faint = self._held.rise_kmh / 2 < OVER_NOISE * self._noise_kmh
        if short or faint or self._held.relative_load < LEAST_WEIGHT:
            return None
        self._told_held_s = t_s
        return Say(CueKind.ONE_FOOT)

    def _overdoes(self, rep: Rep) -> Sign | None:
        load_pct = rep.load_rel_pct
        if not self._loads_show or load_pct is None or rep.speed_min_kmh < STALLED_KMH:
            return None
        if load_pct > 100.0 * self._too_hard_for_anybody:
            return None
        usual_pct = min(100.0, median(self._loads_pct)) if len(self._loads_pct) >= OWN_REPS else 100.0
        if load_pct <= self._too_hard * usual_pct:
            self._loads_pct.append(load_pct)
            self._hard = 0
            return None
        self._hard += 1
        if self._hard < (HARD_AGAIN if self._told_hard else HARD_IN_A_ROW):
            return None
        if self._told_hard:
            return EndSet(Reason.TOO_HARD)
        self._hard, self._told_hard = 0, True
        return Say(CueKind.LESS_HARD)

    def _fades(self, rep: Rep) -> Sign | None:
        before_s, self._onset_s = self._onset_s, rep.onset_s
        quiet_s, self._longest_quiet_s = self._longest_quiet_s, 0.0
        if before_s is None:
            return None
        cycle_s = rep.onset_s - before_s
        if len(self._cycles) < FIRST_CYCLES:
            self._cycles.append(cycle_s)
            return None
        slow = cycle_s > SLOWER * median(self._cycles) and quiet_s > IDLE * cycle_s
        self._slow = self._slow + 1 if slow else 0
        return EndSet(Reason.FADING) if self._slow >= SLOW_IN_A_ROW else None


def _dips(height_kmh: float, reports: Sequence[tuple[float, float]]) -> int:
    dips = Dips(height_kmh, len(reports))
    return sum(dips.feed(*report) for report in reports)
