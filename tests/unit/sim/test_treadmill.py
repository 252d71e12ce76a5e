"""Belt, console, reports and athlete together: one machine, bit-reproducible."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from eccentread_sim.console import Touch
from eccentread_sim.personality import known_personalities, load_personality
from eccentread_sim.pushes import Label
from eccentread_sim.records import TreadmillRecord, encode_treadmill_data
from eccentread_sim.treadmill import LOOKS_PER_S, Emission, Treadmill
from eccentread_sim.truth import lines_to

type Act = tuple[float, Callable[[Treadmill, float], None]]


def write(data: str) -> Callable[[Treadmill, float], None]:
    return lambda treadmill, t_s: treadmill.write_control_point(t_s, bytes.fromhex(data))


def hear(cue: str) -> Callable[[Treadmill, float], None]:
    return lambda treadmill, t_s: treadmill.hear(t_s, cue)


def session(speed_centi_kmh: int = 80) -> list[Act]:
    """Start, lock, one cued push, one ride, 40 s of a set, stop; over at 105 s."""
    return [
        (1.0, lambda treadmill, t_s: treadmill.connected(t_s)),
        (2.0, write("00")),
        (3.013, write("07")),
        (10.0, write("02" + speed_centi_kmh.to_bytes(2, "little").hex())),
        (20.0, hear("push-once")),
        (30.0, hear("ride-once")),
        (40.0, hear("set-begins")),
        (80.0, hear("set-done")),
        (95.0, write("0801")),
    ]


def play(
    treadmill: Treadmill, acts: list[Act], until_s: float, step_s: float | None = None
) -> list[Emission]:
    """Everything said until `until_s`, with the `acts` before it carried out at their times."""
    said: list[Emission] = []
    for at_s, act in [*(act for act in acts if act[0] < until_s), (until_s, lambda *_: None)]:
        due_s = 0.0
        while (due_s := treadmill.next_s if step_s is None else due_s + step_s) < at_s:
            said += treadmill.advance(due_s)
        act(treadmill, at_s)
        said += treadmill.advance(at_s)
    return said


def make(
    personality: str = "default", seed: int = 7, truth: list[dict[str, object]] | None = None
) -> Treadmill:
    return Treadmill(load_personality(personality), seed, None if truth is None else truth.append)


def speeds_kmh(said: list[Emission], start_s: float, end_s: float) -> list[float]:
    return [
        emission.value.speed_centi_kmh / 100.0
        for emission in said
        if isinstance(emission.value, TreadmillRecord) and start_s <= emission.t_s < end_s
    ]


def test_a_session_is_heard_in_the_machines_own_words() -> None:
    said = play(make(), session(), 105.0)
    told = [(round(e.t_s, 2), e.characteristic, e.value.hex()) for e in said if isinstance(e.value, bytes)]
    assert told[:-1] == [
        (2.06, "2ad9", "800001"),
        (3.01, "2ad3", "010e33"),
        (3.07, "2ad9", "800701"),
        (4.01, "2ad3", "010e32"),
        (5.01, "2ad3", "010e31"),
        (6.01, "2ada", "04"),
        (6.01, "2ad3", "000d"),
        (10.0, "2ada", "055000"),
        (10.06, "2ad9", "800201"),
        (95.0, "2ada", "0201"),
        (95.0, "2ad3", "000f"),
        (95.06, "2ad9", "800801"),
    ]
    assert told[-1][1:] == ("2ad3", "0001")
    assert set(speeds_kmh(said, 0.0, 6.0)) == {0.0}
    assert speeds_kmh(said, 9.0, 10.0) == pytest.approx([0.5] * 4, abs=0.05)
    assert speeds_kmh(said, 14.0, 20.0) == pytest.approx([0.8] * 24, abs=0.05)
    assert min(speeds_kmh(said, 20.0, 28.0)) < 0.7
    assert speeds_kmh(said, 100.0, 105.0)[-1] == 0.0


def test_emissions_come_in_order_and_never_late() -> None:
    treadmill = make("walking-pad")
    last_s = 0.0
    while last_s < 20.0:
        due_s = treadmill.next_s
        assert last_s < due_s <= last_s + 1.0 / LOOKS_PER_S + 1e-9
        for emission in treadmill.advance(due_s):
            assert last_s - 1.0 / LOOKS_PER_S < emission.t_s <= due_s
        last_s = due_s
    times = [emission.t_s for emission in play(make("walking-pad"), session(), 105.0)]
    assert times == sorted(times)


@pytest.mark.parametrize("step_s", [0.003, 0.05, 0.7, 13.0])
def test_how_finely_it_is_advanced_changes_nothing(step_s: float) -> None:
    assert play(make(), session(), 60.0, step_s) == play(make(), session(), 60.0)


LOCKED = {"kingsmith-z1", "unlock"}
"""They say nothing, and do nothing."""
IN_TWO = {"matrix-short", "split-records", "technogym-split"}
"""Their records do not fit into 20 octets."""


@pytest.mark.parametrize("name", [name for name in known_personalities() if name not in LOCKED])
def test_equal_seeds_give_equal_sessions_and_truths_and_others_differ(name: str) -> None:
    def once(seed: int) -> tuple[list[Emission], list[dict[str, object]]]:
        truth: list[dict[str, object]] = []
        return play(make(name, seed, truth), session(100), 25.0), truth

    said, truth = once(3)
    assert once(3) == (said, truth)
    assert once(4) != (said, truth)


@pytest.mark.parametrize("name", [name for name in known_personalities() if name not in LOCKED])
def test_every_record_of_every_personality_fits_the_wire(name: str) -> None:
    treadmill = make(name)
    records = [e.value for e in play(treadmill, session(100), 25.0) if e.characteristic == "2acd"]
    assert records
    counts: set[int] = set()
    for record in records:
        assert isinstance(record, TreadmillRecord)
        counts.add(len(encode_treadmill_data(record, 20)))
    assert counts == ({2} if name in IN_TWO else {1})


@pytest.mark.parametrize("seed", range(20))
def test_the_default_machine_holds_its_speed_and_hardly_overshoots(seed: int) -> None:
    truth: list[dict[str, object]] = []
    play(make(seed=seed, truth=truth), session(), 95.0)
    speeds = [(float(str(x["t_s"])), float(str(x["speed_kmh"]))) for x in truth if x["what"] == "speed"]
    assert [kmh for t_s, kmh in speeds if 15.0 < t_s < 20.0] == pytest.approx([0.8] * 49, abs=0.005)
    assert max(kmh for _, kmh in speeds) < 0.85


def test_the_truth_tells_commands_states_speeds_and_contacts() -> None:
    truth: list[dict[str, object]] = []
    play(make(truth=truth), session(), 105.0)
    assert [(x["t_s"], x["data"]) for x in truth if x["what"] == "command"] == [
        (2.0, "00"),
        (3.013, "07"),
        (10.0, "025000"),
        (95.0, "0801"),
    ]
    states = ["idle", "countdown", "running", "stopping", "idle"]
    assert [x["state"] for x in truth if x["what"] == "belt"] == states
    speeds = [x for x in truth if x["what"] == "speed"]
    assert [x["t_s"] for x in speeds] == pytest.approx([0.1 * (k + 1) for k in range(1050)])
    contacts = [x for x in truth if x["what"] == "contact"]
    cued = [x["label"] for x in contacts if float(str(x["t_s"])) < 40.0]
    assert cued == [Label.PUSH, Label.RIDE]
    assert sum(bool(x["counts"]) for x in contacts) >= 7
    for contact in contacts:
        assert contact["t_s"] == contact["release_s"]
        assert 0.0 < float(str(contact["release_s"])) - float(str(contact["onset_s"])) < 8.0


def test_the_truth_is_told_in_order_of_time_however_seldom_the_machine_is_advanced() -> None:
    truth: list[dict[str, object]] = []
    treadmill = make(truth=truth)
    treadmill.connected(1.0)
    treadmill.write_control_point(2.0, b"\x00")
    treadmill.write_control_point(3.0, b"\x07")
    treadmill.hear(10.0, "push-once")
    treadmill.hear(20.0, "ride-once")
    treadmill.disconnected(40.0)
    times = [float(str(x["t_s"])) for x in truth]
    assert times == sorted(times)
    assert [(x["t_s"], x["up"]) for x in truth if x["what"] == "link"] == [(1.0, True), (40.0, False)]
    assert [x["label"] for x in truth if x["what"] == "contact"] == ["push", "ride"]


@pytest.mark.parametrize("looks", range(1, 60))
def test_advancing_to_the_time_it_asked_for_moves_the_next_one_on(looks: int) -> None:
    treadmill = make()
    asked_s = looks / LOOKS_PER_S
    treadmill.advance(asked_s)
    assert treadmill.next_s > asked_s


def test_what_is_said_at_the_very_time_advanced_to_is_said_whatever_rounding_does() -> None:
    assert int(1.15 * 100) == 114
    treadmill = make()
    treadmill.write_control_point(0.05, b"\x00")
    treadmill.write_control_point(0.15, b"\x07")
    assert [e.value for e in treadmill.advance(1.15) if e.characteristic == "2ad3"] == [
        b"\x01\x0e3",
        b"\x01\x0e2",
    ]


def test_the_truth_goes_out_as_one_json_object_a_line() -> None:
    lines: list[str] = []
    told: list[dict[str, object]] = []
    play(Treadmill(load_personality("default"), 7, lines_to(lines.append)), session(), 45.0)
    play(make(truth=told), session(), 45.0)
    assert all(line.endswith("\n") for line in lines)
    assert [json.loads(line) for line in lines] == told


def test_the_belt_dips_in_every_true_push_of_a_set() -> None:
    truth: list[dict[str, object]] = []
    play(make(truth=truth), session(), 95.0)
    for contact in truth:
        if contact["what"] == "contact" and contact["label"] == "push":
            onset_s, release_s = float(str(contact["onset_s"])), float(str(contact["release_s"]))
            during = [
                float(str(x["speed_kmh"]))
                for x in truth
                if x["what"] == "speed" and onset_s < float(str(x["t_s"])) < release_s
            ]
            assert min(during) < 0.72


def test_a_set_point_echo_shows_no_push() -> None:
    said = play(make("set-point-echo"), session(), 95.0)
    assert set(speeds_kmh(said, 14.0, 95.0)) == {0.8}


def test_a_research_machine_reports_the_push_as_a_force_that_slows_the_belt() -> None:
    said = play(make("research-servo"), session(), 30.0)
    forces = [e.value.force_on_belt_n for e in said if isinstance(e.value, TreadmillRecord)]
    assert max(force for force in forces if force is not None) == 0
    assert min(force for force in forces if force is not None) < -40


def test_a_machine_that_thinks_in_miles_locks_too_fast() -> None:
    said = play(make("mph-wire"), session(), 20.0)
    assert speeds_kmh(said, 17.0, 20.0) == pytest.approx([1.29] * 12, abs=0.06)


def test_a_machine_too_fast_by_nature_refuses_and_keeps_its_start_speed() -> None:
    treadmill = make("min-speed-1")
    assert treadmill.speed_range == bytes.fromhex("640058023200")
    said = play(treadmill, session(), 20.0)
    assert b"\x80\x02\x03" in [emission.value for emission in said]
    assert speeds_kmh(said, 16.0, 20.0) == pytest.approx([1.0] * 8, abs=0.06)


def test_after_a_lost_link_the_belt_runs_on_and_stop_needs_new_permission() -> None:
    treadmill = make()
    said = play(treadmill, [*session()[:4], (12.0, lambda treadmill, t_s: treadmill.disconnected(t_s))], 30.0)
    assert speeds_kmh(said, 20.0, 30.0) == pytest.approx([0.8] * 40, abs=0.05)
    answers = play(treadmill, [(31.0, write("0801")), (32.0, write("00")), (33.0, write("0801"))], 40.0)
    assert [e.value for e in answers if e.characteristic == "2ad9"] == [
        b"\x80\x08\x05",
        b"\x80\x00\x01",
        b"\x80\x08\x01",
    ]
    assert treadmill.speed_mps == 0.0


def test_a_hand_on_the_safety_key_stops_the_belt() -> None:
    treadmill = make()
    key: Act = (15.0, lambda treadmill, t_s: treadmill.touch(t_s, Touch.SAFETY_KEY))
    said = play(treadmill, [*session()[:4], key], 17.0)
    assert [e.value for e in said if e.characteristic == "2ada"][-1] == b"\x03"
    assert treadmill.speed_mps == 0.0
    assert treadmill.training_status == b"\x00\x01"


def test_features_name_what_the_records_hold() -> None:
    # Distance 2, energy 9, elapsed 12; target setting: speed.
    assert make("default").feature == bytes.fromhex("0412000001000000")
    # Distance 2, elapsed 12, force 15.
    assert make("research-servo").feature == bytes.fromhex("0490000001000000")


def test_device_information_holds_what_the_machine_has() -> None:
    assert make("tach-pi").device_information == {
        "manufacturer": "eccentread",
        "model": "Tach DC",
        "firmware": "1.0",
    }


def test_traits_that_a_personality_fixes_are_not_drawn() -> None:
    truth: list[dict[str, object]] = []
    fixed = replace(load_personality("default"), athlete={"push_n": 40.0, "push_cv": 0.0, "slope": 0.0})
    play(Treadmill(fixed, 7, truth.append), session(), 40.0)
    (push,) = [x for x in truth if x.get("label") == "push"]
    # The peak is the plateau with its tremor of ±8 %.
    assert push["peak_force_n"] == pytest.approx(40.0 * 1.08, rel=0.05)


def test_the_athlete_answers_questions() -> None:
    delay_s, value = make().answer("effort", "scale")
    assert delay_s > 0.0
    assert 4 <= value <= 6
