"""From standstill to locked: every outcome has a verdict, and no unit, grid or silence passes for a lock."""

import pytest

from eccentread.events import (
    Ask,
    CommandKind,
    CueKind,
    Judged,
    Noted,
    Outcome,
    Phase,
    Problem,
    Reason,
    Verdict,
)
from eccentread.session.profile import Match, Profile, Unit
from eccentread.units import KMH_PER_MPH

HERE = Match(names=("Belt",))
RANGES = {"half a km/h": "320058023200", "from 1.0 km/h": "640058020a00"}


def verdicts(bench) -> list[tuple[CommandKind, Verdict]]:
    return [(one.kind, one.verdict) for one in bench.of(Judged)]


def asked(bench) -> list[str]:
    return [one.question for one in bench.of(Ask)]


# --- units -------------------------------------------------------------------------------------------------


def test_a_machine_whose_miles_show_in_its_speed_is_stopped(make_bench):
    bench = make_bench(unit=KMH_PER_MPH)
    end = bench.to_the_end()
    assert (end.outcome, end.reason) == (Outcome.FAULT, Reason.OVER_SPEED)
    assert CueKind.BELT_LOCKED not in bench.cues


def test_a_machine_whose_miles_show_only_in_its_distance_is_stopped(make_bench):
    bench = make_bench(unit=KMH_PER_MPH, reports_unit=KMH_PER_MPH)
    end = bench.to_the_end()
    assert (end.outcome, end.reason) == (Outcome.FAULT, Reason.UNIT_MIXED_UP)
    assert CueKind.BELT_LOCKED not in bench.cues


def test_a_machine_whose_miles_show_in_nothing_it_says_is_seen_by_the_person_who_times_it(make_bench):
    bench = make_bench(unit=KMH_PER_MPH, reports_unit=KMH_PER_MPH, distance_unit=KMH_PER_MPH)
    bench.answers["belt-creeps"] = 0
    end = bench.to_the_end()
    assert (end.outcome, end.reason) == (Outcome.FAULT, Reason.UNIT_UNPROVEN)
    assert CueKind.BELT_LOCKED not in bench.cues


HOME = {"address": "C0:FF:EE:00:00:01", "model": "M-1", "firmware": "1.0"}


@pytest.mark.parametrize(
    ("device", "asked_for"),
    [
        ({"model": "M-1", "firmware": "1.0"}, False),
        ({"model": "M-1", "firmware": "1.1"}, True),
        ({"model": "M-2", "firmware": "1.0"}, True),
        ({}, True),
    ],
)
def test_a_belt_is_timed_once_for_each_machine_and_firmware(make_bench, device, asked_for):
    bench = make_bench(timed=HOME, reads={"device": device})
    assert bench.to_the_end().outcome is Outcome.FINISHED
    assert ("belt-creeps" in asked(bench)) is asked_for


def test_the_memory_of_another_address_is_no_proof(make_bench):
    bench = make_bench(timed=HOME | {"address": "C0:FF:EE:00:00:02"}, reads={"device": {"model": "M-1"}})
    bench.to_the_end()
    assert "belt-creeps" in asked(bench)


def test_a_machine_that_tells_no_distance_is_timed_by_a_person(make_bench):
    bench = make_bench(tells_distance=False)
    assert bench.to_the_end().outcome is Outcome.FINISHED
    assert asked(bench).count("belt-creeps") == 1
    [question] = [one for one in bench.of(Ask) if one.question == "belt-creeps"]
    assert "4.5 s for one metre" in question.text
    assert "2.8 s" in question.text


@pytest.mark.parametrize("answer", [0, None])
def test_where_that_person_does_not_say_yes_the_belt_is_stopped(make_bench, answer):
    bench = make_bench(tells_distance=False)
    bench.answers["belt-creeps"] = answer
    end = bench.to_the_end()
    assert (end.outcome, end.reason) == (Outcome.FAULT, Reason.UNIT_UNPROVEN)
    assert CueKind.BELT_LOCKED not in bench.cues


def test_nobody_is_asked_onto_the_belt_while_that_is_open(make_bench):
    bench = make_bench(tells_distance=False)
    bench.silent.add("belt-creeps")
    bench.until(Phase.LOCKING).run(60.0)
    assert bench.phase is Phase.LOCKING
    assert CueKind.BELT_LOCKED not in bench.cues
    bench.answer("belt-creeps", 1)
    assert CueKind.BELT_LOCKED in bench.cues


def test_a_yes_to_a_belt_that_has_left_its_lock_since_waits_until_it_is_back(make_bench):
    bench = make_bench(tells_distance=False)
    bench.silent.add("belt-creeps")
    bench.until(Phase.LOCKING).run(10.0)
    bench.machine.belt_kmh = 1.0
    bench.run(1.0)
    bench.answer("belt-creeps", 1)
    bench.run(1.0)
    assert CueKind.BELT_LOCKED not in bench.cues
    bench.machine.belt_kmh = 0.8
    bench.run(3.0)
    assert CueKind.BELT_LOCKED in bench.cues
    assert asked(bench).count("belt-creeps") == 1


def test_a_yes_to_a_belt_of_which_nothing_is_heard_is_no_lock(make_bench):
    bench = make_bench(tells_distance=False)
    bench.silent.add("belt-creeps")
    bench.until(Phase.LOCKING).run(10.0)
    bench.machine.mute = True
    bench.run(1.75)
    bench.answer("belt-creeps", 1)
    bench.run(5.0)
    assert CueKind.BELT_LOCKED not in bench.cues
    assert Reason.SILENT in bench.faults


def test_a_stop_while_that_is_open_stops(make_bench):
    bench = make_bench(tells_distance=False)
    bench.silent.add("belt-creeps")
    bench.until(Phase.LOCKING).run(20.0)
    bench.stop()
    assert bench.to_the_end().outcome is Outcome.STOPPED


def test_a_distance_that_stands_while_the_belt_is_said_to_run_proves_nothing(make_bench):
    bench = make_bench(distance_unit=1e9)
    assert bench.to_the_end().outcome is Outcome.FINISHED
    assert asked(bench).count("belt-creeps") == 1


def test_a_model_whose_units_are_known_needs_no_proof(make_bench):
    bench = make_bench(tells_distance=False, profile=Profile("p", "P", match=HERE, unit_verified=True))
    assert bench.to_the_end().outcome is Outcome.FINISHED
    assert "belt-creeps" not in asked(bench)
    assert any("profile p" in one.text for one in bench.of(Noted))


def test_a_model_known_to_speak_miles_is_spoken_to_in_miles(make_bench):
    known = Profile("p", "P", match=HERE, unit_verified=True, command_unit=Unit.MPH, report_unit=Unit.MPH)
    bench = make_bench(unit=KMH_PER_MPH, reports_unit=KMH_PER_MPH, profile=known)
    assert bench.to_the_end().outcome is Outcome.FINISHED
    assert "023100" in bench.sent()  # 0.49 miles an hour: not a hair above 0.8 km/h
    assert bench.machine.distance_m < 0.8 / 3.6 * bench.t_s


def test_a_wrong_word_on_the_unit_makes_the_belt_slower_and_is_seen(make_bench):
    wrong = Profile("p", "P", match=HERE, command_unit=Unit.MPH, report_unit=Unit.MPH)
    bench = make_bench(profile=wrong)
    end = bench.to_the_end()
    assert end.outcome is Outcome.FAULT
    assert bench.machine.true_kmh <= 0.8
    assert CueKind.BELT_LOCKED not in bench.cues


@pytest.mark.parametrize(("ramp_kmh_per_s", "locks"), [(0.1, True), (0.03, True), (0.012, False)])
def test_a_belt_that_lags_behind_its_reports_is_locked_when_it_is_there(make_bench, ramp_kmh_per_s, locks):
    bench = make_bench(ramp_kmh_per_s=ramp_kmh_per_s)
    bench.answers["belt-creeps"] = 0
    bench.connect()
    bench.when(lambda: CueKind.BELT_LOCKED in bench.cues or bool(bench.faults), within_s=120.0)
    if locks:
        assert bench.machine.true_kmh == pytest.approx(0.8, abs=0.2)
    else:
        assert bench.faults == [Reason.UNIT_UNPROVEN]


# --- range and grid ----------------------------------------------------------------------------------------


def test_a_slower_speed_is_offered_and_taken_if_somebody_says_yes(make_bench):
    bench = make_bench(reads={"speed_range": bytes.fromhex(RANGES["half a km/h"])})
    assert bench.to_the_end().outcome is Outcome.FINISHED
    first = bench.of(Ask)[0]
    assert first.question == "other-speed"
    assert "Train at 0.5 km/h instead?" in first.text
    [arm] = [one for one in bench.of(Ask) if one.question == "arm"]
    assert "0.5 km/h" in arm.text


@pytest.mark.parametrize("answer", [0, None])
def test_an_offer_that_is_not_taken_ends_the_session_before_anything_moves(make_bench, answer):
    bench = make_bench(reads={"speed_range": bytes.fromhex(RANGES["half a km/h"])})
    bench.answers["other-speed"] = answer
    end = bench.to_the_end()
    assert (end.outcome, end.reason) == (Outcome.STOPPED, Reason.DECLINED)
    assert "07" not in bench.sent()


def test_a_machine_that_begins_above_is_refused_and_the_numbers_are_told(make_bench):
    bench = make_bench(reads={"speed_range": bytes.fromhex(RANGES["from 1.0 km/h"])})
    assert bench.to_the_end().reason is Reason.OUT_OF_RANGE
    assert bench.sent() == []


# --- machines that say nothing while they stand ------------------------------------------------------------

MUTE = Profile("mute", "A mute one", match=HERE, reports_standing=False)


def test_a_machine_known_to_go_mute_is_looked_at_by_a_person(make_bench):
    bench = make_bench(mute_standing=True, profile=MUTE)
    bench.silent.clear()
    bench.answers["belt-stands"] = 1
    assert bench.to_the_end().outcome is Outcome.FINISHED
    # Before the start, as it stops, and once nothing can start it any more.
    assert asked(bench).count("belt-stands") == 3
    assert CueKind.BELT_MAY_RUN not in bench.cues
    assert bench.faults == []


def test_without_that_persons_yes_it_is_not_started(make_bench):
    bench = make_bench(mute_standing=True, profile=MUTE)
    bench.silent.clear()
    bench.answers["belt-stands"] = 0
    end = bench.to_the_end()
    assert (end.outcome, end.reason) == (Outcome.FAULT, Reason.UNEXPECTED_MOTION)
    assert "07" not in bench.sent()
    assert "0801" in bench.sent(), "somebody saw it run: it is stopped, whoever started it"
    assert CueKind.EMERGENCY in bench.cues


def test_it_is_stopped_until_a_person_sees_it_stand(make_bench):
    bench = make_bench(mute_standing=True, profile=MUTE)
    bench.silent.clear()
    bench.answers["belt-stands"] = 1
    bench.until(Phase.SET)
    bench.silent.add("belt-stands")
    bench.stop()
    bench.run(6.0)
    assert bench.phase is Phase.STOPPING
    assert bench.sent().count("0801") > 5
    bench.answer("belt-stands", 1)
    assert bench.to_the_end().outcome is Outcome.STOPPED


def test_its_silence_is_no_rest_where_there_is_no_link(make_bench):
    bench = make_bench(mute_standing=True, profile=MUTE)
    bench.silent.clear()
    bench.answers["belt-stands"] = 1
    bench.until(Phase.SET)
    bench.stop()
    while CueKind.BELT_STOPPED not in bench.cues:
        bench.run(0.25)
    bench.silent.add("belt-stands")
    bench.lose()
    bench.run(20.0)
    assert not bench.session.ended
    assert bench.cues[-1] is CueKind.BELT_MAY_RUN
    assert asked(bench)[-1] == "belt-stands"


def test_one_that_starts_by_itself_is_seen(make_bench):
    bench = make_bench(mute_standing=True, profile=MUTE)
    bench.until(Phase.CHECKLIST)
    bench.machine.belt_kmh = 0.8
    bench.run(2.0)
    assert Reason.UNEXPECTED_MOTION in bench.faults
    assert "0801" in bench.sent()


# --- machines that start by themselves ---------------------------------------------------------------------


def test_a_belt_that_starts_while_it_is_observed_is_stopped(make_bench):
    bench = make_bench()
    bench.connect()
    bench.run(2.0)
    assert bench.sent() == []
    bench.machine.belt_kmh = 0.8
    bench.run(1.0)
    assert bench.faults == [Reason.UNEXPECTED_MOTION]
    assert bench.sent()[0] == "0801"


def test_a_belt_that_ran_before_anybody_looked_is_left_alone(make_bench):
    bench = make_bench()
    bench.machine.belt_kmh = 5.0
    assert bench.to_the_end().reason is Reason.UNEXPECTED_MOTION
    assert bench.sent() == []


@pytest.mark.parametrize("after_s", [4.0, 9.0, 13.0])
def test_a_belt_that_takes_a_stop_at_rest_for_a_start_is_stopped_before_anybody_leaves(bench, after_s):
    bench.until(Phase.SET)
    bench.stop()
    bench.when(lambda: CueKind.BELT_STOPPED in bench.cues)
    bench.run(after_s - 3.0)
    assert bench.phase is Phase.STOPPING
    bench.machine.belt_kmh = 0.8
    bench.run(2.0)
    assert bench.cues[-1] is CueKind.EMERGENCY
    end = bench.to_the_end()
    assert (end.outcome, end.reason) == (Outcome.FAULT, Reason.UNEXPECTED_MOTION)
    assert bench.machine.belt_kmh == 0.0


# --- keep-alive --------------------------------------------------------------------------------------------


def test_a_model_that_stops_unless_its_speed_is_repeated_is_kept_alive(make_bench):
    known = Profile("p", "P", match=HERE, keep_alive_s=15.0)
    bench = make_bench(stops_unless_repeated_s=20.0, profile=known)
    assert bench.to_the_end().outcome is Outcome.FINISHED
    assert set(bench.sent()) == {"00", "07", "025000", "0801"}


def test_an_unknown_one_that_stops_by_itself_ends_the_session(make_bench):
    bench = make_bench(stops_unless_repeated_s=20.0)
    assert bench.to_the_end().reason is Reason.BELT_STOPPED


# --- verdicts ----------------------------------------------------------------------------------------------

CONFIRMED = [
    (CommandKind.REQUEST_CONTROL, Verdict.CONFIRMED),
    (CommandKind.START, Verdict.CONFIRMED),
    (CommandKind.SET_SPEED, Verdict.CONFIRMED),
    (CommandKind.STOP, Verdict.CONFIRMED),
]


def test_what_the_belt_does_confirms_each_command_once(bench):
    bench.to_the_end()
    assert verdicts(bench) == CONFIRMED
    sent = {one.id: one.kind for one in bench.outputs if hasattr(one, "data")}
    assert all(sent[one.command_id] is one.kind for one in bench.of(Judged))
    assert all(one.why for one in bench.of(Judged))


DOUBTFUL = {
    "control is not answered": (
        {"answers": {CommandKind.REQUEST_CONTROL: Problem.TIMED_OUT}},
        (CommandKind.REQUEST_CONTROL, Verdict.UNKNOWN),
    ),
    "control is refused": (
        {"answers": {CommandKind.REQUEST_CONTROL: 5}},
        (CommandKind.REQUEST_CONTROL, Verdict.REJECTED),
    ),
    "start is refused": ({"answers": {CommandKind.START: 4}}, (CommandKind.START, Verdict.REJECTED)),
    "start is ignored": ({"ignores": {CommandKind.START}}, (CommandKind.START, Verdict.UNKNOWN)),
    "speed is refused": ({"answers": {CommandKind.SET_SPEED: 3}}, (CommandKind.SET_SPEED, Verdict.REJECTED)),
    "speed is ignored": ({"ignores": {CommandKind.SET_SPEED}}, (CommandKind.SET_SPEED, Verdict.UNKNOWN)),
    "stop is ignored": (
        {"ignores": {CommandKind.STOP, CommandKind.PAUSE}, "incline_pct": 0.0},
        (CommandKind.STOP, Verdict.UNKNOWN),
    ),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_is_refused_is_rejected_and_what_is_not_seen_is_unknown(make_bench, name):
    machine, verdict = DOUBTFUL[name]
    bench = make_bench(**machine)
    bench.connect()
    bench.when(lambda: verdict in verdicts(bench), within_s=600.0)
    kinds = [kind for kind, _ in verdicts(bench)]
    assert len(kinds) == len(set(kinds))


def test_a_start_refused_for_want_of_control_is_asked_for_once_more(make_bench):
    bench = make_bench(strict=True, needs_requests=2)
    assert bench.to_the_end().outcome is Outcome.FINISHED
    assert bench.sent()[:4] == ["00", "07", "00", "07"]
    assert (CommandKind.START, Verdict.REJECTED) in verdicts(bench)
    assert (CommandKind.START, Verdict.CONFIRMED) in verdicts(bench)


def test_a_start_refused_twice_is_given_up(make_bench):
    bench = make_bench(strict=True, needs_requests=9)
    bench.until(Phase.STOPPING)
    assert bench.faults == [Reason.COMMAND_FAILED]
    assert bench.sent().count("07") == 2


@pytest.mark.parametrize("result", [4, 5])
def test_a_speed_refused_as_too_early_is_asked_for_once_more(make_bench, result):
    bench = make_bench(refuses_once=result)
    assert bench.to_the_end().outcome is Outcome.FINISHED
    assert bench.sent().count("025000") == 2


@pytest.mark.parametrize("kind", [CommandKind.START, CommandKind.SET_SPEED])
def test_nothing_unknown_is_sent_again(make_bench, kind):
    bench = make_bench(ignores={kind})
    bench.to_the_end()
    octets = {CommandKind.START: "07", CommandKind.SET_SPEED: "025000"}[kind]
    assert bench.sent().count(octets) == 1


# --- after the lock ----------------------------------------------------------------------------------------


def test_its_own_distance_is_heeded_after_the_lock_too(make_bench):
    known = {"address": "C0:FF:EE:00:00:01"}
    bench = make_bench(timed=known, unit=KMH_PER_MPH, reports_unit=KMH_PER_MPH, start_kmh=0.8 * KMH_PER_MPH)
    assert bench.to_the_end().reason is Reason.UNIT_MIXED_UP
    assert CueKind.BELT_LOCKED in bench.cues


def test_a_person_who_sees_it_stand_is_believed_until_its_reports_are_zero(bench):
    bench.until(Phase.SET)
    bench.machine.ignores = {CommandKind.STOP, CommandKind.PAUSE, CommandKind.SET_SPEED}
    bench.stop()
    bench.run(9.0)
    bench.answer("belt-stands", 1)
    bench.answer("belt-stands", 1)
    bench.run(2.0)
    assert bench.phase is Phase.STOPPING
    bench.machine.belt_kmh = 0.0
    bench.run(1.0)
    bench.machine.belt_kmh = 0.8
    bench.run(1.0)
    assert Reason.UNEXPECTED_MOTION in bench.faults


def test_a_unit_that_nobody_tells_is_not_waited_for_for_ever(make_bench):
    bench = make_bench()
    bench.silent.add("belt-creeps")
    bench.until(Phase.LOCKING)
    bench.run(60.0)
    assert bench.of(Ask)[-1].question == "belt-creeps"
    bench.run(100.0)
    assert bench.faults == [Reason.UNIT_UNPROVEN]
    assert bench.sent()[-1] == "0801"
