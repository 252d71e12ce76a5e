"""What befalls a machine in the middle of things, by its script or because somebody asks for it now."""

from collections.abc import Sequence
from typing import Any

import pytest

from eccentread_sim.console import Touch
from eccentread_sim.manners import Answer, Commands, Manner
from eccentread_sim.offer import Delivery, Offered
from eccentread_sim.personality import parse_personality
from eccentread_sim.records import TreadmillRecord
from eccentread_sim.sayings import Delivered
from eccentread_sim.script import Happening, What
from eccentread_sim.treadmill import Treadmill

REQUEST, START, STOP = b"\x00", b"\x07", b"\x08\x01"
SUCCESS, FAILED = 1, 4


class Machine:
    """A machine on a drive that hardly lags, with one central that has control."""

    def __init__(self, toml: str = "") -> None:
        text = f'description = "A"\nmachine.name = "A"\ndrive.archetype = "E"\n{toml}'
        self.truth: list[dict[str, Any]] = []
        self.treadmill = Treadmill(parse_personality(text, "a", "a"), 1, self.truth.append)
        self.now_s = 0.0
        self.said: list[tuple[str, Any]] = []
        self.treadmill.connected(0.0)
        self.write(REQUEST)

    def run(self, lasts_s: float) -> "Machine":
        end_s = self.now_s + lasts_s
        while self.now_s < end_s:
            self.now_s = min(end_s, self.treadmill.next_s)
            self.said += [(one.characteristic, one.value) for one in self.treadmill.advance(self.now_s)]
        return self

    def write(self, data: bytes) -> int | None:
        """The result it is answered with within 0.3 s."""
        self.treadmill.write_control_point(self.now_s, data)
        before = len(self.said)
        self.run(0.3)
        answers = [value for which, value in self.said[before:] if which == "2ad9"]
        return next((value[2] for value in answers if isinstance(value, bytes)), None)

    def running(self) -> "Machine":
        self.write(START)
        return self.run(10.0)

    def happen(self, what: What, **further: Any) -> "Machine":
        self.treadmill.happen(self.now_s, Happening(what, **further))
        return self

    def records(self, lasts_s: float) -> Sequence[TreadmillRecord]:
        """Those that it says in this time."""
        before = len(self.said)
        self.run(lasts_s)
        return [value for _, value in self.said[before:] if isinstance(value, TreadmillRecord)]

    @property
    def kmh(self) -> float:
        return round(3.6 * self.treadmill.speed_mps, 2)


INCLINABLE = '[gatt]\nfields = ["inclination"]\n[reporting]\ninterval_s = 0.5\n'
OFTEN = "[reporting]\ninterval_s = 0.25\nnoise_kmh = 0.0\n"


def test_a_tilted_deck_is_told_in_status_and_reports() -> None:
    machine = Machine(INCLINABLE).running().happen(What.INCLINE, incline_pct=3.0)
    record = machine.records(2.0)[-1]
    assert ("2ada", b"\x06\x1e\x00") in machine.said
    assert (record.inclination_deci_pct, record.ramp_angle_deci_deg) == (30, 17)
    assert machine.happen(What.INCLINE, incline_pct=-2.0).records(2.0)[-1].inclination_deci_pct == -20
    assert ("2ada", b"\x06\xec\xff") in machine.said


@pytest.mark.parametrize(
    ("toml", "further"), [('[dialect]\nincline_changed = ""', {}), ("", {"status": b""})], ids=["ever", "now"]
)
def test_a_tilted_deck_may_not_be_told_of(toml: str, further: dict[str, Any]) -> None:
    machine = Machine(INCLINABLE + toml).happen(What.INCLINE, incline_pct=3.0, **further).run(1.0)
    assert [which for which, _ in machine.said if which == "2ada"] == []


def test_dead_keys_tilt_nothing() -> None:
    machine = Machine(INCLINABLE + "[console]\nkeys_locked = true").happen(What.INCLINE, incline_pct=3.0)
    assert machine.records(1.0)[-1].inclination_deci_pct == 0


def test_a_runaway_is_seen_in_measured_reports_and_ends_with_a_stop() -> None:
    machine = Machine(OFTEN).running().happen(What.RUNAWAY, speed_kmh=3.0, lasts_s=600.0)
    assert machine.records(15.0)[-1].speed_centi_kmh == pytest.approx(300, abs=9)
    assert machine.kmh == 3.0
    assert machine.write(STOP) == SUCCESS
    assert machine.run(10.0).kmh == 0.0
    assert machine.run(30.0).kmh == 0.0


def test_a_hidden_runaway_is_not_seen() -> None:
    machine = Machine(OFTEN).running().happen(What.RUNAWAY, speed_kmh=3.0, lasts_s=15.0, shown=False)
    assert {record.speed_centi_kmh for record in machine.records(14.0)} == {50}
    assert machine.kmh == 3.0
    machine.run(8.0)
    assert machine.kmh == 0.5
    assert machine.records(3.0)[-1].speed_centi_kmh == pytest.approx(50, abs=3)


def test_a_set_point_never_shows_a_runaway() -> None:
    machine = Machine('[reporting]\nsource = "set-point"').running()
    machine.happen(What.RUNAWAY, speed_kmh=3.0, lasts_s=60.0)
    assert {record.speed_centi_kmh for record in machine.records(14.0)} == {50}


def test_a_runaway_that_no_stop_ends_is_ended_by_the_key_or_by_itself() -> None:
    machine = Machine().running().happen(What.RUNAWAY, speed_kmh=2.0, lasts_s=60.0, stoppable=False)
    machine.run(10.0).write(STOP)
    assert machine.run(20.0).kmh == 2.0
    machine.treadmill.touch(machine.now_s, Touch.SAFETY_KEY)
    assert machine.run(3.0).kmh == 0.0
    machine.happen(What.RUNAWAY, speed_kmh=2.0, lasts_s=20.0, stoppable=False)
    assert machine.run(19.0).kmh == 2.0
    assert machine.run(5.0).kmh == 0.0


@pytest.mark.parametrize(("lasts_s", "reports"), [(0.0, 1), (1.0, 4)])
def test_reports_misread_for_a_while(lasts_s: float, reports: int) -> None:
    machine = Machine(OFTEN).running().happen(What.MISREAD, speed_kmh=24.0, lasts_s=lasts_s)
    speeds = [record.speed_centi_kmh for record in machine.records(3.0)]
    assert speeds[:reports] == reports * [2400]
    assert max(speeds[reports:]) < 60
    assert machine.kmh == 0.5


def test_anything_may_be_said_anywhere() -> None:
    machine = Machine().happen(What.SAY, characteristic=Offered.MACHINE_STATUS, octets=b"\xee" * 512)
    machine.happen(What.SAY).run(0.5)
    assert ("2ada", b"\xee" * 512) in machine.said
    assert ("2acd", b"") in machine.said


def test_delivery_changes_for_a_while() -> None:
    machine = Machine().happen(What.DELIVERY, delivery=Delivery(lost_rate=1.0), lasts_s=3.0).run(0.5)
    assert ("2acd", Delivered(Delivery(lost_rate=1.0), 3.0)) in machine.said


def test_commands_are_taken_in_another_way_for_a_while() -> None:
    machine = Machine().running()
    liar = Commands(stop=Manner(lie_first=2), pause=Manner(answer=Answer.FAILED))
    machine.happen(What.COMMANDS, commands=liar, lasts_s=20.0)
    assert machine.write(STOP) == SUCCESS
    assert machine.write(b"\x08\x02") == FAILED
    assert machine.run(5.0).kmh == 0.5
    assert machine.write(STOP) == SUCCESS
    machine.run(5.0).write(STOP)
    assert machine.run(5.0).kmh == 0.0
    machine.run(10.0).running()
    machine.write(STOP)
    assert machine.run(5.0).kmh == 0.0


def test_truth_tells_what_happened_and_how_long_it_lasts() -> None:
    machine = Machine().happen(What.RUNAWAY, speed_kmh=2.0, lasts_s=7.0).happen(What.STOP)
    told = [
        (one["touch"], one["speed_kmh"], one["lasts_s"]) for one in machine.truth if one["what"] == "touch"
    ]
    assert told == [("runaway", 2.0, 7.0), ("stop", 0.0, 0.0)]


def test_a_script_may_have_sections_of_its_own() -> None:
    machine = Machine(
        '[[script]]\nwhat = "delivery"\ndelivery = { halved_rate = 0.5 }\n'
        '[[script]]\nwhat = "commands"\ncommands = { stop = { answer = "stuck" } }\n'
    ).run(0.5)
    assert ("2acd", Delivered(Delivery(halved_rate=0.5), 10.0)) in machine.said
    assert machine.write(STOP) is None
