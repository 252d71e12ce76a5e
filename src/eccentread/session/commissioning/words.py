"""All that a commissioning says and asks: plain sentences, each before the thing happens."""

from typing import NamedTuple

from eccentread.units import kmh_from_centi


class Question(NamedTuple):
    """A question: its name in the record, and its words."""

    name: str
    text: str

    def filled(self, **values: object) -> "Question":
        """The same with its numbers."""
        return Question(self.name, self.text.format(**values))


WELCOME = (
    "A staged test of this treadmill with nobody on its belt. You stand beside it, the key within reach; "
    "SPACE stops the belt at any time, the key is the emergency stop."
)
WATCHING = "First the standing belt is watched for {seconds:g} s. Control is asked for, nothing else is sent."
NEVER_SLOW = "This machine goes no slower than that: nothing is tried above {speed} km/h."
TOO_FAST = "The belt really runs at {speed} km/h, faster than this program ever allows: it is being stopped."
ALONE = (
    "Leave it running for another {seconds:.0f} s: some belts stop by themselves when nobody commands them."
)
STOPS_ALONE = (
    "The belt stopped by itself {seconds:.0f} s after the last command. Once more, with its speed repeated "
    "every {every:g} s: is it that, or that nobody walks on it?"
)
UNITS = "So this machine takes commands in {commands} and reports in {reports}."
STOP_STARTS = "A stop has started the standing belt. It is being stopped; pull the safety key if it runs."
LINK_BACK = "The link is back, and the belt is being stopped."
EMERGENCY = "Keep off the belt! Pull the safety key."
PULL_KEY = "If the belt runs, pull the safety key."

_GO = "Nobody on the belt, you beside it, the key within reach: start?"

RAILS = Question(
    "rails",
    "Has this machine two side rails wide enough to stand on, and two handrails to hold facing backward?",
)
KEY_TRIED = Question(
    "key-tried",
    "Have you started the belt on its console, pulled the safety key, and seen it stop? If not, say no: "
    "nothing will be started.",
)
BELT_LENGTH = Question(
    "belt-length",
    "How long is the whole loop of the belt, in centimetres? With the mains plug out, turn it by hand past a "
    "tape; or twice the distance between the roller axles plus once round a roller. Skip if you cannot tell.",
)
BELT_ODD = (
    "{length:.2f} m is no treadmill belt's loop: most are 1–6 m, and none above {longest:g} m is taken. "
    "Centimetres are wanted."
)
BELT_LONG = "{length:.2f} m is a long belt: most are 1–6 m. Is it the whole loop, in centimetres?"
BELT_MARKED = Question(
    "belt-marked",
    "The belt is {length:.2f} m long. Stick a bright tape across it as a mark. Is that length right, and the "
    "mark on it?",
)
STOP_FIRST = Question(
    "stop-first",
    "Stage 1, stop: a stop is sent to the standing belt. It ought to stay still; some belts take it for a "
    "start. Nobody on the belt, you beside it, the key within reach: go on?",
)
SLOW = Question(
    "go-slow",
    "Stage 2: the belt starts, perhaps after a countdown, goes to {speed} km/h, runs for a minute without "
    f"a command. {_GO}",
)
SLOW_TIMED = Question(
    "go-slow",
    "Stage 2: the belt starts, perhaps after a countdown, and goes to {speed} km/h; there you time its mark. "
    f"{_GO}",
)
AGAIN = Question("go-slow", f"Stage 2 once more at {{speed}} km/h, now that this is known. {_GO}")
PROTOCOL = Question(
    "go-protocol", f"Stage 3: the speed of the exercise, {{speed}} km/h, for {{seconds:g}} s. {_GO}"
)
STOP_KEY_RUN = Question(
    "go-console-stop", f"Stage 4: the console's stop, while this program is connected. {_GO}"
)
STOP_KEY = Question("console-stop", "Press STOP on the console now and look at the belt. Did it stop?")
SPEED_KEY_RUN = Question("go-console-speed", f"Stage 5: the console's speed keys. {_GO}")
SPEED_KEY = Question(
    "console-speed", "Press the console's key for {what}, once. Did the belt, or the display, change?"
)
STOP_KEY_AGAIN = Question(
    "console-stop",
    "The treadmill still reports {speed} km/h. Press STOP on its console, look at the belt, then "
    "answer: did it stop?",
)
SPEED_KEY_AGAIN = Question(
    "console-speed",
    "The treadmill still reports {speed} km/h, as before. Press the console's key for {what} if you have "
    "not, once, then answer: did the belt, or the display, change?",
)
SLOWER, FASTER = "a slower belt", "a faster belt"
LINK_RUN = Question(
    "go-link",
    "Stage 6: with the belt slow, the program hangs up for {seconds:g} s. Most belts run on; the program can "
    f"do nothing meanwhile, but you can: the key. {_GO}",
)
STILL_RUNS = Question("still-runs", "The link is down. Look at the belt for some seconds: does it run on?")
SAFETY_KEY_RUN = Question("go-safety-key", f"Stage 7: the safety key, while this program is connected. {_GO}")
SAFETY_KEY = Question("safety-key", "Pull the safety key now and look at the belt. Did it stop?")
SAFETY_KEY_AGAIN = Question(
    "safety-key",
    "The treadmill still reports {speed} km/h. Pull the safety key, look at the belt, then "
    "answer: did it stop?",
)
KEY_BACK = Question("key-back", "Put the safety key back. Is it in its place?")
STANDS = Question("belt-stands", "Does the belt stand still?")
STILL_REPORTS = Question(
    "belt-stands",
    "The treadmill still reports {speed} km/h. If the belt runs, pull the safety key. Look at it, then "
    "answer: does it stand still?",
)
WAS_IT_YOU = Question("was-it-you", "The belt has stopped. Was that you, or anybody else at the machine?")


def mark(lap: int, laps: int) -> Question:
    """The question that a passage of the mark answers; `lap` counts from 0."""
    if lap == 0:
        text = "Press y at the moment the mark passes the front edge; n if you would rather not time it."
    else:
        text = f"Press y each time the mark passes: {lap} of {laps}. n ends the timing."
    return Question("mark", text)


def kmh(centi: float) -> str:
    """Hundredths as a number of km/h."""
    return f"{kmh_from_centi(round(centi)):g}"


def shown_kmh(centi: float) -> str:
    """Hundredths as a console shows them: to a tenth of a km/h, but never 0.0 for what moves."""
    return kmh(centi) if centi < 5 else f"{kmh_from_centi(round(centi)):.1f}"
