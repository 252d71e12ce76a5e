"""What each bundled machine after a real one does when it is started, set to 0.8 km/h, and stopped."""

import pytest

from eccentread_sim.personality import load_personality
from eccentread_sim.records import TreadmillRecord
from eccentread_sim.sayings import Deed
from eccentread_sim.treadmill import Treadmill

COMMANDS = {1.0: "00", 2.0: "07", 9.0: "025000", 60.0: "0801"}
LOOKS_S = (9.0, 25.0, 47.0, 60.0, 75.0)
"""Before the speed, with it, after what happens 40 s into the motion, before the stop, at the end."""

OBEYED = "1111"
"""Results of the four commands; `-` is none."""
BELTS_KMH = {
    "ack-liar": ((0.0, 0.0, 0.0, 0.0, 0.0), OBEYED),
    "asleep": ((0.0, 0.0, 0.0, 0.0, 0.0), "-555"),
    "auto-mode": ((0.5, 0.8, 1.0, 1.2, 0.0), OBEYED),
    "citysports-n3601": ((1.0, 1.0, 1.0, 1.0, 0.0), "1131"),
    "console-faster": ((0.5, 0.8, 1.2, 1.2, 0.0), OBEYED),
    "console-slower": ((0.5, 0.8, 0.5, 0.5, 0.0), OBEYED),
    "console-stop": ((0.5, 0.8, 0.0, 0.0, 0.0), "1114"),
    "control-refused": ((0.0, 0.0, 0.0, 0.0, 0.0), "5555"),
    "cs-wp8": ((1.0, 1.0, 1.0, 1.0, 0.0), "1131"),
    "fitshow-bt-d2": ((0.8, 0.8, 0.8, 0.8, 0.0), OBEYED),
    "grid-half-kmh": ((0.5, 1.0, 1.0, 1.0, 0.0), OBEYED),
    "hang": ((0.5, 0.8, 0.8, 0.8, 0.0), OBEYED),
    "horizon-mph": ((0.8, 1.29, 1.29, 1.29, 0.0), OBEYED),
    "kingsmith-z1": ((0.0, 0.0, 0.0, 0.0, 0.0), "---5"),
    "link-drop-belt-runs": ((0.5, 0.8, 0.8, 0.8, 0.0), OBEYED),
    "mph-lie": ((0.8, 1.29, 1.29, 1.29, 0.0), OBEYED),
    "mph-reports": ((0.5, 0.8, 0.8, 0.8, 0.0), OBEYED),
    "no-step-stop": ((0.5, 0.8, 0.0, 0.0, 0.0), "1114"),
    "omega-z": ((0.8, 0.8, 0.8, 0.8, 0.0), "-111"),
    "reboot-mid-session": ((0.5, 0.8, 0.0, 0.0, 0.0), "1114"),
    "safety-key": ((0.5, 0.8, 0.0, 0.0, 0.0), "1114"),
    "silent-clamp": ((1.0, 1.0, 1.0, 1.0, 0.0), OBEYED),
    "slow-ramp": ((0.1, 0.5, 0.8, 0.8, 0.0), OBEYED),
    "spec-ideal": ((0.5, 0.8, 0.8, 0.8, 0.0), OBEYED),
    "speed-gain-fault": ((0.5, 1.5, 1.5, 1.5, 0.0), OBEYED),
    "speed-locked": ((0.5, 0.5, 0.5, 0.5, 0.0), OBEYED),
    "stop-ignored": ((0.5, 0.8, 0.8, 0.8, 0.8), OBEYED),
    "unlock": ((0.0, 0.0, 0.0, 0.0, 0.0), "----"),
    "urevo-e1l": ((2.25, 2.25, 2.25, 2.25, 0.0), "1131"),
    "vitalwalk-toggle": ((0.8, 1.29, 1.29, 1.29, 0.0), OBEYED),
    "watchdog-20s": ((0.5, 0.8, 0.0, 0.0, 0.0), "1114"),
    "yesoul-w2pro": ((0.5, 0.8, 0.8, 0.8, 0.0), OBEYED),
}


def session(name: str) -> tuple[list[float], str, list[TreadmillRecord]]:
    """The belt's true speeds at the looks, the results of the commands, what it reported."""
    treadmill = Treadmill(load_personality(name), 1)
    treadmill.connected(0.0)
    speeds: list[float] = []
    results: dict[float, str] = dict.fromkeys(COMMANDS, "-")
    records: list[TreadmillRecord] = []
    for at_s in sorted({*COMMANDS, *LOOKS_S}):
        said = list(treadmill.advance(at_s))
        records += [emission.value for emission in said if isinstance(emission.value, TreadmillRecord)]
        for emission in said:
            if emission.characteristic == "2ad9" and not isinstance(emission.value, Deed | TreadmillRecord):
                op, result = emission.value[1:3]
                results[next(s for s, command in COMMANDS.items() if int(command[:2], 16) == op)] = str(
                    result
                )
        if at_s in LOOKS_S:
            speeds.append(3.6 * treadmill.speed_mps)
        if at_s in COMMANDS:
            treadmill.write_control_point(at_s, bytes.fromhex(COMMANDS[at_s]))
    return speeds, "".join(results.values()), records


@pytest.mark.parametrize("name", BELTS_KMH)
def test_the_belt_does_what_its_machine_is_known_for(name: str) -> None:
    speeds_kmh, results = BELTS_KMH[name]
    true_kmh, told, _ = session(name)
    assert true_kmh == pytest.approx(list(speeds_kmh), abs=0.03)
    assert told == results


@pytest.mark.parametrize(("name", "centi"), [("mph-lie", 80), ("mph-reports", 50), ("horizon-mph", 129)])
def test_what_is_reported_at_the_commanded_speed_depends_on_the_unit(name: str, centi: int) -> None:
    _, _, records = session(name)
    speeds = [record.speed_centi_kmh for record in records]
    assert max(speeds) == pytest.approx(centi, abs=4)


def test_a_mute_machine_reports_only_while_it_is_driven_and_a_stale_one_its_set_point_for_ever() -> None:
    _, _, mute = session("t318-mute")
    assert len(mute) == pytest.approx(4 * (60.0 + 1.5 - 5.0), abs=6)
    _, _, stale = session("paragon-stale-pause")
    assert stale[-1].speed_centi_kmh == 80


def test_zeros_come_now_and_then_while_a_glitching_machine_runs() -> None:
    _, _, records = session("merach-zero-glitch")
    running = records[20:118]
    assert 0 < sum(record.speed_centi_kmh == 0 for record in running) < 10


def test_a_range_may_claim_more_than_the_machine_keeps_to() -> None:
    treadmill = Treadmill(load_personality("silent-clamp"), 1)
    assert treadmill.personality.gatt.speed_range[:2] == bytes.fromhex("3200")
    assert treadmill.speed_range[:2] == bytes.fromhex("6400")
