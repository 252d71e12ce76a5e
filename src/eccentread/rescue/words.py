"""What is said when a belt may be running out of hand: the same words whoever says them."""

from eccentread.events import Ask, QuestionKind

EMERGENCY = "Feet on the side rails! Hold on. Pull the safety key."
BELT_MAY_RUN = "The belt may still be running! Keep off it, and pull the safety key."
BELT_STANDS = "belt-stands"
STANDS_STILL = (BELT_STANDS, "Does the belt stand still?")
"""What only a human can see: the link is gone, or the machine says nothing while its belt stands."""
LOOK_AGAIN = "Keep looking: a countdown may still be running, and the belt start after it."
"""To somebody who saw it stand too early."""


def belt_stands(t_s: float) -> Ask:
    """Whether the belt stands."""
    name, text = STANDS_STILL
    return Ask(t_s, name, QuestionKind.CONFIRM, text)
