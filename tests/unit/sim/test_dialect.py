"""The octets in which machines speak of themselves, where they are not those of the specification."""

from eccentread_sim.archetypes import ARCHETYPES
from eccentread_sim.console import Console, Touch
from eccentread_sim.console_parameters import ConsoleParameters
from eccentread_sim.dialect import Dialect
from eccentread_sim.drive import STEP_S, Drive
from eccentread_sim.states import State


def said(
    dialect: Dialect, touches: list[tuple[float, Touch]], lasts_s: float = 20.0
) -> list[tuple[str, str]]:
    """Characteristic and octets of all that a console says of these touches."""
    drive = Drive(ARCHETYPES["C"].centre)
    console = Console(ConsoleParameters(countdown_s=2.0), dialect, drive)
    due = list(touches)
    for step in range(1, round(lasts_s / STEP_S)):
        drive.step(0.0, 0.0)
        console.tick(step * STEP_S, stepped_on=False)
        while due and due[0][0] <= step * STEP_S:
            console.touch(*due.pop(0))
    return [(each.characteristic, bytes(each.value).hex()) for each in console.sayings]


def test_a_machine_that_announces_its_start_does_so_before_the_countdown_and_once():
    words = said(Dialect(announces=True, speed_changed=b""), [(1.0, Touch.START)])
    assert words == [("2ada", "04"), ("2ad3", "010e32"), ("2ad3", "010e31"), ("2ad3", "000d")]


def test_a_countdown_may_announce_a_string_that_does_not_come():
    words = said(Dialect(counts=False, started=b""), [(1.0, Touch.START)])
    assert words == [("2ad3", "010e"), ("2ad3", "000d")]


def test_slowing_to_a_pause_may_be_another_word_than_slowing_to_a_stop():
    dialect = Dialect(pausing=b"\x00\x10", at_pause=b"\x00\x11")
    words = said(dialect, [(1.0, Touch.START), (8.0, Touch.PAUSE)])
    assert [octets for characteristic, octets in words if characteristic == "2ad3"][-2:] == ["0010", "0011"]
    assert dialect.training(State.STOPPING) == b"\x00\x0f"


def test_every_step_of_a_ramp_is_told_on_its_grid():
    dialect = Dialect(ramp_step_kmh=0.1609344, stopped=b"", started=b"")
    words = said(dialect, [(1.0, Touch.START), (8.0, Touch.STOP)])
    told = [int.from_bytes(bytes.fromhex(octets)[1:], "little") for uuid, octets in words if uuid == "2ada"]
    assert told == [16, 32, 48, 32, 16, 0]
