"""Octets without sense, on every characteristic, at every moment: kept, told, and otherwise nothing."""

import pytest

from bounds_of_safety import (
    LOOK_S,
    ROUNDING_S,
    SLOWING_S,
    TICK_S,
    claims_hold,
    ended,
    faulted_s,
    noted,
    nothing_resumes,
    shrugged_off,
    stands_within,
    stopped_s,
    told_body_first,
)
from driving import MOMENTS, WITH_REST, Trouble
from eccentread.events import CueKind, Notified, Outcome, Reason
from eccentread_sim.offer import Offered
from eccentread_sim.script import What
from mishaps import happens

DATA, STATUS = Offered.TREADMILL_DATA, Offered.MACHINE_STATUS
TRAINING, CONTROL = Offered.TRAINING_STATUS, Offered.CONTROL_POINT
UUIDS = {DATA: "2acd", STATUS: "2ada", TRAINING: "2ad3", CONTROL: "2ad9"}

CONSOLE_LEAD_S = 3.0
"""How long a console that says it stopped the belt is left to do so."""
LONGEST = 244
"""Octets that a notification may have on this link."""
TRUNCATED = "treadmill data: truncated"
TOO_SHORT = "too-short"
FRAMES = {
    DATA: {
        "nothing": ("", "treadmill data: no-flags"),
        "half of the flags": ("00", "treadmill data: no-flags"),
        "flags alone": ("0000", TRUNCATED),
        "half of the speed": ("000050", TRUNCATED),
        "all fields promised, none there": ("feff", TRUNCATED),
        "a fragment without an end": ("0100", None),
        "a speed that is not available": ("0000ffff", None),
        "ones": ("ff" * LONGEST, "treadmill data: fragments-dropped"),
        "half of a distance": ("0500aabb", "treadmill data: fragments-dropped"),
    },
    STATUS: {
        "nothing": ("", "without octets"),
        "a reserved op code": ("00", None),
        "an op code of nobody": ("7f", None),
        "a speed without octets": ("05", TOO_SHORT),
        "half of a speed": ("0550", TOO_SHORT),
        "half of an inclination": ("0601", TOO_SHORT),
    },
    TRAINING: {
        "nothing": ("", "training status without octets"),
        "flags alone": ("00", "training status 00"),
        "a state of nobody": ("00ee", None),
        "a string promised, none there": ("010d", None),
        "no UTF-8": ("010dfffe80", None),
        "ones": ("ff" * LONGEST, None),
    },
    CONTROL: {
        "nothing": ("", "control point answer without octets"),
        "no response": ("0701", "control point answer 0701"),
        "a response to nothing": ("80", "control point answer 80"),
        "a response without a result": ("8008", "control point answer 8008"),
        "a result of nobody": ("8000ee", None),
        "an answer to what was never asked": ("801101", None),
        "a yes too many": ("800801", None),
        "ones": ("ff" * LONGEST, "control point answer ffff"),
    },
}
"""Octets, and what is noted of them; where that is nothing, they are in the journal."""
HALF_STOPS = {"not said which": "02", "in a way that there is none": "0207"}
CASES = [(where, name) for where, frames in FRAMES.items() for name in frames]


@pytest.mark.parametrize(("where", "name"), CASES, ids=[f"{UUIDS[where]}: {name}" for where, name in CASES])
def test_a_malformed_frame_at_every_moment_changes_nothing(where, name, driven):
    frame, note = FRAMES[where][name]
    octets = bytes.fromhex(frame)
    troubles = [
        Trouble(when, happens(What.SAY, characteristic=where, octets=octets)) for when in MOMENTS.values()
    ]
    session = driven("default", protocol=WITH_REST, troubles=troubles)
    arrived = [
        one
        for one in session.inputs
        if isinstance(one, Notified) and (one.characteristic, one.data) == (UUIDS[where], octets)
    ]
    # Each is in the journal as it came, but for what is subscribed to a moment after the link is up.
    assert len(arrived) >= len(MOMENTS) - (UUIDS[where] in ("2ada", "2ad3"))
    shrugged_off(session, sets=2)
    claims_hold(session)
    assert note is None or noted(session, note)


@pytest.mark.parametrize("moment", ["locking", "mid-push", "rest"])
@pytest.mark.parametrize("name", HALF_STOPS)
def test_half_a_word_that_begins_like_a_stop_is_taken_for_one(name, moment, driven):
    says = happens(What.SAY, characteristic=STATUS, octets=bytes.fromhex(HALF_STOPS[name]))
    session = driven("default", protocol=WITH_REST, troubles=[Trouble(MOMENTS[moment], says)])
    told_s = faulted_s(session, Reason.STOPPED_ON_CONSOLE)
    assert told_s - session.befell_s[0] <= LOOK_S
    told_body_first(session, CueKind.STEP_OFF, told_s)
    stop_s = stopped_s(session, told_s)
    assert stop_s - told_s <= CONSOLE_LEAD_S + TICK_S + ROUNDING_S
    nothing_resumes(session, told_s)
    stands_within(session, SLOWING_S, stop_s)
    claims_hold(session)
    ended(session, Outcome.FAULT, Reason.STOPPED_ON_CONSOLE)
