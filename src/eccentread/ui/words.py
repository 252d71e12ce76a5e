"""The plain words for phases, endings and reasons, in one place for screens and lines alike."""

import math

from eccentread.events import Outcome, Phase, Reason, SignalChecked, Source

PHASES = {
    Phase.CONNECTING: "Connecting to the treadmill",
    Phase.OBSERVING: "Watching the belt before anything moves",
    Phase.CHECKLIST: "Checklist",
    Phase.ARMING: "Waiting for your go-ahead",
    Phase.STARTING: "Belt starting — stay off the belt",
    Phase.LOCKING: "Bringing the belt to its speed — stay off the belt",
    Phase.SIGNAL_CHECK: "Signal check",
    Phase.SET: "Set",
    Phase.REST: "Rest",
    Phase.STOPPING: "Stopping the belt",
    Phase.QUESTIONS: "Questions",
    Phase.LINK_LOST: "No link to the treadmill — the belt may still run",
    Phase.ENDED: "Session over",
}

OUTCOMES = {
    Outcome.FINISHED: "Finished",
    Outcome.STOPPED: "Ended early",
    Outcome.FAULT: "Ended by a fault",
}

REASONS = {
    Reason.STOP_ASKED: "somebody asked for a stop",
    Reason.DECLINED: "a checklist question was answered no",
    Reason.NOT_ARMED: "nobody has given the go-ahead",
    Reason.STALE_DATA: "the machine's last report is too old",
    Reason.TOO_FAST: "the speed asked for is above the protocol's",
    Reason.NOT_STANDING: "the belt does not stand still",
    Reason.NOT_MOVING: "the belt does not move",
    Reason.NOT_SLOWER: "the speed asked for is not slower",
    Reason.ALREADY_STARTED: "the belt has been started already",
    Reason.OUT_OF_RANGE: "the machine cannot run at the protocol's speed",
    Reason.SILENT: "the machine went silent",
    Reason.OVER_SPEED: "the belt ran too fast",
    Reason.UNEXPECTED_MOTION: "the belt moved without being asked",
    Reason.STOPPED_ON_CONSOLE: "somebody stopped the belt on the console",
    Reason.CHANGED_ON_CONSOLE: "the belt left its speed, by the console or by itself",
    Reason.SAFETY_KEY: "the safety key was pulled",
    Reason.CONTROL_LOST: "the machine took control back",
    Reason.CONTROL_REFUSED: "the machine refused control",
    Reason.COMMAND_FAILED: "the machine refused a command",
    Reason.START_TIMED_OUT: "the belt did not start in time",
    Reason.LOCK_TIMED_OUT: "the belt did not settle at its speed in time",
    Reason.UNIT_MIXED_UP: "the belt runs in miles an hour",
    Reason.UNIT_UNPROVEN: "nobody could tell how fast the belt really is",
    Reason.SENSED_OVER_SPEED: "the belt sensor saw the belt run too fast",
    Reason.SENSOR_SILENT: "the belt sensor fell silent",
    Reason.INCLINED: "the deck is inclined",
    Reason.BELT_STOPPED: "the belt stopped by itself",
    Reason.STOP_UNCONFIRMED: "the belt was not seen to stop",
    Reason.LINK_LOST: "the link to the machine was lost",
    Reason.CANNOT_COUNT: "pushes cannot be told from an idle belt here",
    Reason.NO_PUSHES: "no pushes came that could be counted",
    Reason.BOTH_FEET: "both feet stayed on the belt",
    Reason.WALKING: "somebody walked on the belt",
    Reason.TOO_HARD: "the pushes were far harder than the cued ones",
    Reason.FADING: "the pushes came ever more slowly",
    Reason.PAIN: "the pain was above the protocol's limit",
    Reason.PROGRAM_FAILED: "the program itself failed",
}

SIMULATED = "SIMULATED — no real belt moves, nobody is on it"


def shown(signal: SignalChecked) -> str:
    """What a signal check that found pushes found, and where they are counted."""
    where = "; counted from the belt sensor" if signal.source is Source.BELT_SENSOR else ""
    return f"pushes show (d′ {signal.d_prime_rep:.0f}){where}"


def phase_words(phase: Phase, set_index: int | None, sets: int) -> str:
    """The phase in plain words; sets and rests say which one (`set_index` counts from 1)."""
    if set_index is None:
        return PHASES[phase]
    if phase is Phase.SET:
        return f"Set {set_index} of {sets}"
    if phase is Phase.REST:
        return f"Rest after set {set_index} of {sets}"
    return PHASES[phase]


def clock(t_s: float) -> str:
    """Seconds as `mm:ss`, rounded down; minutes grow past 99."""
    whole_s = max(0, math.floor(t_s))
    return f"{whole_s // 60:02d}:{whole_s % 60:02d}"


def printable(text: str) -> str:
    """The text without control characters: names come off the air and may carry terminal escapes."""
    return "".join(char if char.isprintable() else " " for char in text)
