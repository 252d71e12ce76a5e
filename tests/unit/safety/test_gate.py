"""What the gate lets through, and in which octets (FTMS 1.0 §4.16)."""

from fractions import Fraction
from itertools import product

import pytest

from eccentread.events import Command, CommandKind, Reason
from eccentread.safety import (
    BeltGate,
    Limits,
    Liveness,
    Pause,
    Refusal,
    RequestControl,
    SetSpeed,
    SlowTo,
    Start,
    Stop,
    TryStop,
)

ARMS = ("never", "fresh", "expired", "started", "disarmed")
AGES = ("fresh", "stale", "silent")
BELTS = {"standing": 0, "moving": 50, "unknown": None}
NOW_S = 1000.0

OCTETS = {
    RequestControl(): (CommandKind.REQUEST_CONTROL, "00"),
    Start(): (CommandKind.START, "07"),
    SetSpeed(80): (CommandKind.SET_SPEED, "025000"),
    SlowTo(40): (CommandKind.SET_SPEED, "022800"),
    Stop(): (CommandKind.STOP, "0801"),
    TryStop(): (CommandKind.TRY_STOP, "0801"),
    Pause(): (CommandKind.PAUSE, "0802"),
}


def gate(arm: str = "fresh", age: str = "fresh", speed: int | None = 0, lock: int = 80) -> BeltGate:
    """A gate at `NOW_S`."""
    liveness = Liveness()
    made = BeltGate(Limits(lock), liveness)
    if arm == "started":
        liveness.reported(NOW_S - 600)
        made.reported(0)
        made.arm(NOW_S - 600)
        assert isinstance(made.admit(Start(), NOW_S - 600), Command)
    elif arm != "never":
        made.arm(NOW_S - (120.01 if arm == "expired" else 120.0))
        if arm == "disarmed":
            made.disarm()
    if age != "silent":
        liveness.restart(NOW_S - (1.51 if age == "stale" else 1.5))
    if speed is not None:
        made.reported(speed)
    return made


def refusal(ask: object, arm: str, age: str, belt: str) -> Reason | None:
    """What the rules say of an ask, in words of their own."""
    armed = arm in ("fresh", "started")
    match ask:
        case Start() | TryStop() | SetSpeed() if not armed:
            return Reason.NOT_ARMED
        case Start() | TryStop() if arm == "started":
            return Reason.ALREADY_STARTED
        case Start() | TryStop() | SetSpeed() | SlowTo() if age != "fresh":
            return Reason.STALE_DATA
        case Start() | TryStop() if belt != "standing":
            return Reason.NOT_STANDING
        case SetSpeed() if belt != "moving":
            return Reason.NOT_MOVING
        case SlowTo() if belt != "moving":
            return Reason.NOT_SLOWER
        case _:
            return None


SITUATIONS = [s for s in product(OCTETS, ARMS, AGES, BELTS) if s[1] != "started" or s[3] != "unknown"]
"""A belt was reported before it was started."""


@pytest.mark.parametrize(("ask", "arm", "age", "belt"), SITUATIONS)
def test_every_ask_in_every_situation(ask, arm, age, belt):
    verdict = gate(arm, age, BELTS[belt]).admit(ask, NOW_S)
    reason = refusal(ask, arm, age, belt)
    if reason is None:
        kind, octets = OCTETS[ask]
        assert isinstance(verdict, Command)
        assert (verdict.t_s, verdict.kind, verdict.data.hex()) == (NOW_S, kind, octets)
    else:
        assert verdict == Refusal(reason)


@pytest.mark.parametrize("lock", [1, 80, 120])
@pytest.mark.parametrize("ask", [SetSpeed, SlowTo])
@pytest.mark.parametrize("speed", [-80, -1, 0, 1, 79, 80, 81, 120, 121, 129, 1200, 65535, 70000])
def test_no_speed_above_the_lock_or_below_the_least_ever_passes(lock, ask, speed):
    verdict = gate("started", speed=30000, lock=lock).admit(ask(speed), NOW_S)
    if 0 < speed <= lock:
        assert isinstance(verdict, Command)
        assert int.from_bytes(verdict.data[1:], "little") == speed <= 120
    else:
        assert verdict == Refusal(Reason.TOO_FAST)


@pytest.mark.parametrize(("reported", "slower"), [(51, True), (50, False), (49, False), (1, False)])
def test_slowing_never_speeds_up(reported, slower):
    verdict = gate("never", speed=reported).admit(SlowTo(50), NOW_S)
    assert isinstance(verdict, Command) if slower else verdict == Refusal(Reason.NOT_SLOWER)


def test_one_permission_starts_the_belt_once_and_a_new_one_again():
    made = gate("fresh")
    assert isinstance(made.admit(Start(), NOW_S), Command)
    assert made.admit(Start(), NOW_S) == Refusal(Reason.ALREADY_STARTED)
    made.arm(NOW_S)
    assert isinstance(made.admit(Start(), NOW_S), Command)


def test_a_refused_start_does_not_use_the_permission_up():
    made = gate("fresh", speed=50)
    assert made.admit(Start(), NOW_S) == Refusal(Reason.NOT_STANDING)
    made.reported(0)
    assert isinstance(made.admit(Start(), NOW_S), Command)


@pytest.mark.parametrize(
    ("arm", "later_s", "armed"),
    [
        ("fresh", 0.0, True),
        ("fresh", 0.01, False),
        ("started", 36000.0, True),
        ("disarmed", 0.0, False),
        ("never", 0.0, False),
    ],
)
def test_a_permission_lasts_two_minutes_unless_it_was_used(arm, later_s, armed):
    assert gate(arm).armed(NOW_S + later_s) is armed


def test_a_permission_taken_away_is_gone_after_a_start_too():
    made = gate("started", speed=50)
    made.disarm()
    assert made.admit(SetSpeed(80), NOW_S) == Refusal(Reason.NOT_ARMED)
    assert made.admit(Start(), NOW_S) == Refusal(Reason.NOT_ARMED)


def test_every_command_has_a_number_of_its_own():
    made = gate("fresh")
    asks = [RequestControl(), SetSpeed(80), Start(), Stop(), Pause(), Stop()]
    ids = [v.id for ask in asks if isinstance(v := made.admit(ask, NOW_S), Command)]
    assert ids == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(("unit", "octets"), [(1.0, "025000"), (1.609344, "023100")])
def test_a_speed_is_said_in_the_machines_unit_and_rounded_down(unit, octets):
    liveness = Liveness()
    made = BeltGate(Limits(80), liveness, unit)
    liveness.reported(NOW_S)
    made.reported(0)
    made.arm(NOW_S)
    made.admit(Start(), NOW_S)
    made.reported(50)
    command = made.admit(SetSpeed(80), NOW_S)
    assert isinstance(command, Command)
    assert command.data.hex() == octets
    assert int.from_bytes(command.data[1:], "little") * unit <= 80


def test_no_unit_may_make_a_number_larger():
    with pytest.raises(ValueError, match="smaller than a km/h"):
        BeltGate(Limits(80), Liveness(), 0.99)


@pytest.mark.parametrize("age", ["stale", "silent"])
@pytest.mark.parametrize(("seen_s", "starts"), [(0.0, True), (120.0, True), (120.01, False)])
def test_a_human_who_sees_the_belt_stand_is_believed_for_two_minutes(age, seen_s, starts):
    made = gate(age=age, speed=None)
    made.seen_standing(NOW_S - seen_s)
    assert isinstance(made.admit(Start(), NOW_S), Command) is starts


def test_a_report_of_motion_outweighs_what_a_human_saw_before():
    made = gate(speed=None)
    made.seen_standing(NOW_S)
    made.reported(50)
    assert made.admit(Start(), NOW_S) == Refusal(Reason.NOT_STANDING)


def test_what_a_human_saw_permits_nothing_that_is_not_armed():
    made = gate(arm="never", age="silent", speed=None)
    made.seen_standing(NOW_S)
    assert made.admit(Start(), NOW_S) == Refusal(Reason.NOT_ARMED)


def test_a_start_that_the_machine_refused_leaves_the_permission_as_fresh_as_it_was():
    made = gate()
    assert isinstance(made.admit(Start(), NOW_S), Command)
    made.start_refused()
    assert isinstance(made.admit(Start(), NOW_S), Command)
    made.start_refused()
    assert made.admit(Start(), NOW_S + 0.01) == Refusal(Reason.NOT_ARMED)


@pytest.mark.parametrize("seen_s", [10.0, 400.0, 879.0])
def test_what_a_human_saw_is_forgotten_however_early_in_the_session_it_was(seen_s):
    made = gate(age="silent", speed=None)
    made.seen_standing(seen_s)
    assert made.admit(Start(), NOW_S) == Refusal(Reason.STALE_DATA)


@pytest.mark.parametrize("unit", [1.6, 1.609344, 1.7, 2.3])
def test_no_number_times_its_unit_is_above_the_speed_by_a_hair(unit):
    liveness = Liveness()
    liveness.reported(NOW_S)
    made = BeltGate(Limits(120), liveness, unit)
    made.reported(30000)
    for speed in range(1, 121):
        command = made.admit(SlowTo(speed), NOW_S)
        assert isinstance(command, Command)
        assert Fraction(int.from_bytes(command.data[1:], "little")) * Fraction(unit) <= speed


@pytest.mark.parametrize("ask", [Start(), SetSpeed(80), SlowTo(40)])
def test_on_a_new_link_nothing_moves_before_a_report(ask):
    made = gate(speed=0 if isinstance(ask, Start) else 50)
    made.relinked()
    assert isinstance(made.admit(ask, NOW_S), Refusal)
    made.reported(0 if isinstance(ask, Start) else 50)
    assert isinstance(made.admit(ask, NOW_S), Command)


@pytest.mark.parametrize(
    ("first", "second"), [(TryStop(), Start()), (Start(), TryStop()), (TryStop(), TryStop())]
)
def test_a_permission_is_for_one_of_them(first, second):
    made = gate()
    assert isinstance(made.admit(first, NOW_S), Command)
    assert made.admit(second, NOW_S) == Refusal(Reason.ALREADY_STARTED)
