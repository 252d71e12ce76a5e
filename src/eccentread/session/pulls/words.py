"""All that a calibration says and asks: plain sentences, each before the thing happens."""

from eccentread.session.commissioning.words import Question
from eccentread.units import KMH_PER_MPH, mps_from_kmh

WELCOME = (
    "Known loads on this treadmill's belt, with nobody on it. You stand beside it, the key within reach; "
    "SPACE stops the belt at any time, the key is the emergency stop. Keep your feet, your hair and your "
    "clothes off the belt, and never tie anything to the belt itself."
)
WARMING = "The cold belt runs for {minutes:g} min first, at {speed:g} km/h, with nothing on it."
IDLE = "Now {seconds:g} s of free belt: nothing on it, nobody leans on the machine."
HOLD = "Hands off. Read the scale and write the reading down."
GO_ON = (
    "The belt stands before all boxes have lain on it: one lay for too long, or somebody stopped it. Take "
    "off what lies on it. What was measured counts; it goes on with the box that lay last."
)
NOT_LIFTED = "The belt is being stopped. Take the box off once it stands."
LIFTED = "Off. The belt runs free for {seconds:g} s."
NO_SUCH_SPEED = "This machine cannot go as slow as {speed:g} km/h, at which pushes are done."
TOO_FEW_BOXES = "{count} boxes are too few: it takes {least} of different mass."
BOX_ODD = "{mass:.2f} kg is no box for this: {least:g}–{most:g} kg are. Hundredths of a kilogram are wanted."
NOT_HELD = "The belt did not come to its speed; nothing was measured."
NO_ANSWER = "Nobody answered for {minutes:g} min: the belt is being stopped."

KEY_TRIED = Question(
    "key-tried",
    "Have you started the belt on its console, pulled the safety key, and seen it stop? If not, say no: "
    "nothing will be started.",
)
WARM = Question(
    "warm",
    "Has the belt just run for five minutes at 2–3 km/h, started and stopped by you on its console? A cold "
    "motor answers a load differently from a warm one. If not, say no: it runs for five minutes at the "
    "exercise's speed, which warms it less; this program never runs a belt faster.",
)
STRAP = Question(
    "strap",
    "Is a strap tied to the front of the frame, level with a box on the belt, with the luggage scale in it, "
    "and is its other end made to be hooked to a box?",
)
GO = Question(
    "go-pulls",
    "The belt starts, perhaps after a countdown, goes to {speed} km/h and runs for about {minutes:.0f} min. "
    "Nobody and nothing on the belt, you beside it, the key within reach: start?",
)


def creeps(speed_kmh: float) -> Question:
    """Whether the belt runs as slowly as it says, where nothing else can tell."""
    metre_s = 1.0 / mps_from_kmh(speed_kmh)
    text = (
        f"Does the belt creep at {speed_kmh:g} km/h? A mark on it takes {metre_s:.1f} s for one metre; "
        f"where it takes {metre_s / KMH_PER_MPH:.1f} s, it runs in miles: say no."
    )
    return Question("belt-creeps", text)


def mass(number: int) -> Question:
    """What a box weighs; `number` counts from 1."""
    text = (
        f"What does box {number} weigh, by the luggage scale, in hundredths of a kilogram (9.80 kg: 980)? "
        "Its bottom is hard and smooth. 0: there is no further one."
    )
    return Question(f"mass-{number}", text)


def lay(mass_kg: float, *, tied: bool) -> Question:
    """Set a box down."""
    how = (
        "hook it to the strap and set it down on the belt with the strap tight; the belt slides under it"
        if tied
        else "unhook it, set it down at the front of the belt and let it ride"
    )
    text = f"Box of {mass_kg:g} kg: {how}. Press y as soon as it lies; n leaves it out."
    return Question(f"lay-{'tied' if tied else 'free'}-{round(100 * mass_kg)}", text)


def lift(*, tied: bool) -> Question:
    """Take it off."""
    text = (
        "Lift it off the belt now. Press y as soon as it is off; n stops the belt."
        if tied
        else "Lift it off before it comes to the end. Press y as soon as it is off; n stops the belt."
    )
    return Question(f"lift-{'tied' if tied else 'free'}", text)


def tension(number: int, mass_kg: float) -> Question:
    """What was written down; `number` counts from 1."""
    text = (
        f"The belt stands. Pull {number}, the box of {mass_kg:g} kg: what did the scale show, in hundredths "
        "of a kilogram? s leaves it out."
    )
    return Question(f"tension-{number}", text)
