"""The calibration of force as it is conducted: what is asked, what ends it, and what comes of it."""

import pytest

from eccentread.events import Outcome, QuestionKind, Reason
from eccentread.reps.force import ForceCalibration, NoForce
from eccentread.session.profile import Match, Profile
from eccentread.session.pulls import PullSession
from eccentread_sim.console import Touch


def test_boxes_go_up_and_down_then_ride_and_the_belt_stands_at_the_end(make_bench):
    bench = make_bench().connect().to_the_end()
    assert bench.ending.outcome is Outcome.FINISHED
    laid = [one for one in bench.asked if one.startswith("lay")]
    up = [f"lay-tied-{mass}" for mass in (500, 1000, 1500, 2000)]
    assert laid == [*up, *reversed(up), *(one.replace("tied", "free") for one in up)]
    assert bench.faults == []
    assert bench.stands
    found = bench.session.result
    assert isinstance(found, ForceCalibration)
    assert found.mu == pytest.approx(0.12, abs=0.03)
    assert bench.session.warm
    assert bench.asked_at_kmh[QuestionKind.NUMBER] == 0.0
    assert max(bench.speeds_kmh) < 1.1

    again = PullSession()
    outputs = [one for happened in bench.inputs for one in again.feed(happened)]
    assert outputs == bench.outputs
    assert again.result == found


@pytest.mark.parametrize("question", ["key-tried", "strap", "go-pulls"])
def test_who_says_no_beforehand_starts_nothing(make_bench, question):
    bench = make_bench(says={question: 0}).connect().to_the_end()
    assert (bench.ending.outcome, bench.ending.reason) == (Outcome.STOPPED, Reason.DECLINED)
    assert not bench.moved


def test_two_boxes_are_too_few(make_bench):
    bench = make_bench(says={"mass-3": 0}).connect().to_the_end()
    assert bench.ending.outcome is Outcome.STOPPED
    assert any("too few" in text for text in bench.told)
    assert not bench.moved


@pytest.mark.parametrize("centi_kg", [10, 9999])
def test_a_weight_that_is_no_boxs_is_asked_for_again(make_bench, centi_kg):
    bench = make_bench(says={"mass-1": centi_kg}, ignores={"mass-2"}).connect()
    for _ in range(200):
        bench.tick()
    assert bench.asked.count("mass-1") > 1
    assert "mass-2" not in bench.asked


def test_a_cold_belt_runs_for_five_minutes_first(make_bench):
    warm = make_bench().connect().to_question("lay-tied-500").t_s
    cold = make_bench(says={"warm": 0}).connect().to_question("lay-tied-500")
    assert cold.t_s - warm == pytest.approx(300, abs=2)
    assert not cold.session.warm


@pytest.mark.parametrize("question", ["lay-tied-1000", "lift-tied", "lay-free-500"])
def test_a_belt_about_which_nobody_answers_is_stopped(make_bench, question):
    bench = make_bench(ignores={question}).connect().to_the_end()
    assert bench.ending.outcome is not Outcome.FINISHED
    assert bench.stands


@pytest.mark.parametrize("at", ["belt-creeps", "lay-tied-500", "lift-tied", "lay-free-500"])
def test_stop_stops_the_belt_whatever_lies_on_it(make_bench, at):
    bench = make_bench().connect().to_question(at)
    bench.stop()
    sent = [one.data.hex() for one in bench.outputs if type(one).__name__ == "Command"]
    assert sent[-1] == "0801"
    bench.to_the_end()
    assert (bench.ending.outcome, bench.ending.reason) == (Outcome.STOPPED, Reason.STOP_ASKED)
    assert bench.stands


def test_a_box_that_is_left_out_is_left_out_of_the_fit(make_bench):
    bench = make_bench(says={"lay-free-500": 0}).connect().to_the_end()
    found = bench.session.result
    assert isinstance(found, ForceCalibration)
    assert (found.pulls, found.rides) == (8, 3)


@pytest.mark.parametrize("question", ["lift-tied", "lift-free"])
def test_where_a_box_cannot_be_lifted_the_belt_is_stopped(make_bench, question):
    bench = make_bench(says={question: 0}).connect().to_the_end()
    assert (bench.ending.outcome, bench.ending.reason) == (Outcome.STOPPED, Reason.DECLINED)
    assert bench.asked.count(question) == 1
    assert bench.stands


def test_a_reading_that_is_left_out_takes_its_pull_with_it(make_bench):
    bench = make_bench(says={"tension-2": None}).connect().to_the_end()
    found = bench.session.result
    assert isinstance(found, ForceCalibration)
    assert found.pulls == 7


def test_a_wrong_reading_makes_the_fit_worse_or_refuses_it(make_bench):
    bench = make_bench(says={"tension-4": 2000, "tension-1": 50}).connect().to_the_end()
    found = bench.session.result
    assert isinstance(found, NoForce) or found.r_squared < 0.98


def test_no_gain_is_made_of_half_a_calibration(make_bench):
    bench = make_bench().connect().to_question("lay-tied-1500")
    bench.stop()
    bench.to_the_end()
    found = bench.session.result
    assert isinstance(found, NoForce)
    assert "usable pulls" in found.reason


def test_a_belt_that_says_no_to_its_speed_being_miles_is_stopped(make_bench):
    bench = make_bench(says={"belt-creeps": 0}).connect().to_the_end()
    assert bench.ending.outcome is Outcome.FAULT
    assert "lay-tied-500" not in bench.asked
    assert bench.stands


def test_a_box_that_lies_too_long_stops_the_belt_and_is_laid_again(make_bench):
    bench = make_bench("budget-pmdc").connect().to_question("lay-tied-1500")
    bench.lifts_after_s = 20.0
    bench.to_question("go-pulls")
    assert bench.stands
    laid = [one.mass_kg for one in bench.session.laid]
    assert laid == [5.0, 10.0]
    bench.machine.lift(bench.t_s)
    bench.lifts_after_s = 1.5
    bench.to_the_end()
    assert bench.ending.outcome is Outcome.FINISHED
    assert bench.asked.count("go-pulls") == 2
    assert bench.asked.count("lay-tied-1500") == 3
    found = bench.session.result
    assert isinstance(found, ForceCalibration), found
    assert (found.pulls, found.rides) == (8, 4)
    assert bench.stands


def test_who_does_not_want_to_go_on_has_a_belt_that_stands(make_bench):
    bench = make_bench("budget-pmdc", lifts_after_s=20.0).connect().to_question("lift-tied")
    bench.says["go-pulls"] = 0
    bench.to_the_end()
    assert (bench.ending.outcome, bench.ending.reason) == (Outcome.STOPPED, Reason.DECLINED)
    assert bench.stands


@pytest.mark.parametrize(
    ("touch", "reason"), [(Touch.STOP, Reason.STOPPED_ON_CONSOLE), (Touch.SAFETY_KEY, Reason.SAFETY_KEY)]
)
def test_the_console_and_the_key_end_it(make_bench, touch, reason):
    bench = make_bench().connect().to_question("lift-tied")
    bench.machine.touch(bench.t_s, touch)
    bench.to_the_end()
    assert (bench.ending.outcome, bench.ending.reason) == (Outcome.FAULT, reason)
    assert bench.stands


def test_a_machine_whose_unit_is_known_is_not_asked_about(make_bench):
    known = Profile(key="x", name="x", unit_verified=True, match=Match(names=("Belt",)))
    bench = make_bench(profiles=(known,)).connect().to_question("lay-tied-500")
    assert "belt-creeps" not in bench.asked


def test_where_the_link_is_lost_stop_is_the_first_word_on_its_return(make_bench):
    bench = make_bench().connect().to_question("lift-tied")
    bench.lose()
    assert Reason.LINK_LOST in bench.faults
    before = len(bench.outputs)
    for _ in range(30):
        bench.tick()
    bench.connect()
    sent = [one.data.hex() for one in bench.outputs[before:] if type(one).__name__ == "Command"]
    assert sent[0] == "0801"
    bench.to_the_end()
    assert bench.stands
