"""Whole sessions in which the machine, its console or the link does what it should not."""

from collections.abc import Callable
from typing import Any

import pytest

from eccentread.events import (
    Answered,
    Ask,
    BeltStands,
    CommandKind,
    Cue,
    CueKind,
    FaultRaised,
    Noted,
    Notified,
    Outcome,
    Phase,
    Problem,
    Reason,
    SessionEnded,
    SetEnded,
    Told,
)

STARTED = [Phase.STARTING, Phase.LOCKING, Phase.SIGNAL_CHECK, Phase.SET, Phase.REST]
LOCKED = STARTED[2:]
STANDING = [Phase.CHECKLIST, Phase.ARMING]


def at(bench: Any, phase: Phase) -> Any:
    """The bench in the middle of a phase."""
    bench.silent |= {Phase.CHECKLIST: {"clear"}, Phase.ARMING: {"arm"}}.get(phase, set())
    return bench.until(phase).run(1.0)


def ends_in_fault(bench: Any, *reasons: Reason) -> SessionEnded:
    """The session ends with these faults, the first of which is the reason, and the belt stands."""
    end = bench.to_the_end()
    assert bench.faults == list(reasons)
    assert (end.outcome, end.reason) == (Outcome.FAULT, reasons[0])
    assert bench.machine.belt_kmh == 0.0
    return end


# --- The console --------------------------------------------------------------------------------------------

CONSOLE = {
    "stop": ("0201", Reason.STOPPED_ON_CONSOLE),
    "stop without a parameter": ("02", Reason.STOPPED_ON_CONSOLE),
    "stop with octets to spare": ("020100", Reason.STOPPED_ON_CONSOLE),
    "pause": ("0202", Reason.STOPPED_ON_CONSOLE),
    "reset": ("01", Reason.STOPPED_ON_CONSOLE),
    "safety key": ("03", Reason.SAFETY_KEY),
}


@pytest.mark.parametrize("phase", STARTED)
@pytest.mark.parametrize("name", CONSOLE)
def test_a_stop_on_the_console_ends_the_session_and_is_left_to_the_console(bench, name, phase):
    octets, reason = CONSOLE[name]
    at(bench, phase)
    bench.machine.stop(bench.t_s)
    since = bench.t_s
    bench.status(octets)
    assert bench.phase is Phase.STOPPING
    ends_in_fault(bench, reason)
    # A few machines take a stop to a stopped belt for a start.
    assert bench.sent(since) == []


@pytest.mark.parametrize("name", CONSOLE)
def test_a_console_that_says_stop_and_lets_the_belt_run_is_given_three_seconds(bench, name):
    octets, reason = CONSOLE[name]
    at(bench, Phase.SET)
    since = bench.t_s
    bench.status(octets)
    bench.run(2.75)
    assert bench.sent(since) == []
    bench.run(0.25)
    assert bench.sent(since) == ["0801"]
    ends_in_fault(bench, reason)


def test_a_person_who_asks_for_a_stop_does_not_wait_for_the_console(bench):
    at(bench, Phase.SET)
    since = bench.t_s
    bench.status("0201")
    bench.stop()
    assert bench.sent(since) == ["0801"]
    ends_in_fault(bench, Reason.STOPPED_ON_CONSOLE)


@pytest.mark.parametrize("phase", STARTED)
def test_control_taken_away_stops_the_belt_and_asks_for_control_if_stop_needs_it(bench, phase):
    bench.machine.strict = True
    at(bench, phase)
    bench.machine.permits = False
    since = bench.t_s
    bench.status("ff")
    assert bench.sent(since) == ["0801"]
    ends_in_fault(bench, Reason.CONTROL_LOST)
    assert bench.sent(since)[:3] == ["0801", "00", "0801"]


@pytest.mark.parametrize("phase", LOCKED)
@pytest.mark.parametrize("kmh", [0.6, 1.0, 3.0])
def test_another_speed_on_the_console_is_not_fought(bench, phase, kmh):
    at(bench, phase)
    bench.machine.belt_kmh = kmh
    since = bench.t_s
    bench.status(f"05{round(kmh * 100):02x}00" if kmh < 2.5 else "052c01")
    assert bench.sent(since) == ["0801"]
    further = [Reason.OVER_SPEED] if kmh > 1.2 else []  # also while it is being stopped
    ends_in_fault(bench, Reason.CHANGED_ON_CONSOLE, *further)
    assert set(bench.sent(since)) == {"0801"}


@pytest.mark.parametrize("phase", [*STANDING, *STARTED])
def test_what_the_machine_says_of_itself_is_no_fault(bench, phase):
    at(bench, phase)
    for octets in ("055000", "054e00", "04", "0400", "060000", "07", "1234", "", "05", "0550"):
        bench.status(octets)
    bench.silent.clear()
    bench.answer("clear", 1)
    bench.answer("arm", 1)
    assert bench.to_the_end().outcome is Outcome.FINISHED


@pytest.mark.parametrize("phase", STARTED)
@pytest.mark.parametrize("how", ["reports", "status"])
def test_an_inclined_deck_stops_the_belt(bench, phase, how):
    at(bench, phase)
    if how == "status":
        bench.status("06f6ff")
    else:
        bench.machine.incline_pct = 1.5
        bench.run(0.5)
    assert bench.phase is Phase.STOPPING
    ends_in_fault(bench, Reason.INCLINED)


# --- The belt -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", [Phase.LOCKING, *LOCKED])
def test_over_speed_stops_the_belt_at_the_second_report(bench, phase):
    at(bench, phase)
    bench.machine.belt_kmh = 1.3
    bench.athlete.pushes = False
    since = bench.t_s
    bench.tick()
    assert bench.sent(since) == []
    bench.tick()
    assert bench.sent(since) == ["0801"]
    assert bench.cues[-1] is CueKind.EMERGENCY
    ends_in_fault(bench, Reason.OVER_SPEED)


@pytest.mark.parametrize("phase", STARTED)
def test_a_single_absurd_report_is_noted_and_nothing_more(bench, phase):
    at(bench, phase)
    bench.report(24.0)
    assert bench.of(Noted)[-1].text == "one report of 24.00 km/h, above the limit"
    assert bench.to_the_end().outcome is Outcome.FINISHED


@pytest.mark.parametrize("phase", STARTED)
def test_silence_stops_the_belt_and_only_a_human_can_end_it(bench, phase):
    at(bench, phase)
    bench.machine.mute = True
    since = bench.t_s
    bench.run(2.25)
    assert "0801" not in bench.sent(since)
    bench.run(0.25)
    assert bench.faults == [Reason.SILENT]
    assert bench.sent(since)[-1] == "0801"
    assert bench.cues[-1] is CueKind.EMERGENCY
    bench.run(8.25)
    assert bench.faults == [Reason.SILENT, Reason.STOP_UNCONFIRMED]
    assert bench.of(Ask)[-1].question == "belt-stands"
    if phase is Phase.STARTING:
        bench.answer("belt-stands", 1)  # it may be counting down
        assert bench.of(BeltStands) == []
        assert bench.of(Ask)[-1].t_s == bench.t_s
        bench.run(5.0)
    bench.answer("belt-stands", 1)
    assert len(bench.of(BeltStands)) == 1
    sent = bench.sent()
    bench.run(15.0)  # in case the last stop starts it
    assert bench.phase is not Phase.ENDED
    assert bench.cues[-1] is CueKind.BELT_MAY_RUN
    bench.answer("belt-stands", 1)
    assert bench.phase is Phase.ENDED
    assert bench.sent() == sent
    assert bench.of(SessionEnded) == [SessionEnded(bench.t_s, Outcome.FAULT, Reason.SILENT)]
    bench.replayed()


@pytest.mark.parametrize("phase", LOCKED)
def test_a_belt_that_stops_by_itself_ends_the_session(bench, phase):
    at(bench, phase)
    bench.machine.belt_kmh = 0.0
    ends_in_fault(bench, Reason.BELT_STOPPED)


@pytest.mark.parametrize("phase", STANDING)
def test_a_belt_that_starts_by_itself_is_stopped(bench, phase):
    at(bench, phase)
    bench.machine.belt_kmh = 1.0
    since = bench.t_s
    bench.tick()
    assert bench.sent(since) == []
    bench.tick()
    assert bench.sent(since) == ["0801"]
    assert bench.cues[-1] is CueKind.EMERGENCY
    ends_in_fault(bench, Reason.UNEXPECTED_MOTION)


@pytest.mark.parametrize("phase", STANDING)
def test_a_single_report_of_motion_before_the_start_is_noted(bench, phase):
    at(bench, phase)
    bench.report(0.3)
    assert bench.of(Noted)[-1].text == "one report of 0.30 km/h while the belt should stand"
    bench.run(1.0)
    bench.silent.clear()
    bench.answer("clear", 1)
    bench.answer("arm", 1)
    assert bench.to_the_end().outcome is Outcome.FINISHED


def test_a_belt_that_starts_again_after_the_session_is_stopped(bench):
    bench.silent.add("pain-after")
    bench.until(Phase.QUESTIONS).run(1.0)
    bench.machine.belt_kmh = 0.5
    since = bench.t_s
    bench.run(0.5)
    assert bench.sent(since) == ["0801"]
    ends_in_fault(bench, Reason.UNEXPECTED_MOTION)


def test_one_that_starts_again_after_a_mild_fault_is_an_emergency_at_once(bench):
    at(bench, Phase.SET)
    bench.status("ff")
    while CueKind.BELT_STOPPED not in bench.cues:
        bench.run(0.25)
    assert CueKind.EMERGENCY not in bench.cues
    bench.machine.belt_kmh = 0.5
    bench.run(0.5)
    assert bench.cues[-1] is CueKind.EMERGENCY


def test_after_the_session_the_machine_may_fall_silent_and_lose_its_key(bench):
    bench.silent.add("pain-after")
    bench.until(Phase.QUESTIONS)
    bench.machine.mute = True
    bench.run(5.0)
    for octets in ("03", "0201", "ff", "01"):
        bench.status(octets)
    bench.answer("pain-after", 2)
    end = bench.to_the_end()
    assert (end.outcome, bench.faults) == (Outcome.FINISHED, [])


BEFORE_THE_START: dict[str, tuple[Callable[[Any], object], Reason]] = {
    "silence": (lambda bench: (setattr(bench.machine, "mute", True), bench.run(3.0)), Reason.SILENT),
    "safety key": (lambda bench: bench.status("03"), Reason.SAFETY_KEY),
    "stop on the console": (lambda bench: bench.status("0201"), Reason.STOPPED_ON_CONSOLE),
    "control taken away": (lambda bench: bench.status("ff"), Reason.CONTROL_LOST),
    "deck to be inclined": (lambda bench: bench.status("060a00"), Reason.INCLINED),
    "deck inclined": (
        lambda bench: (setattr(bench.machine, "incline_pct", 1), bench.run(0.5)),
        Reason.INCLINED,
    ),
}


@pytest.mark.parametrize("phase", STANDING)
@pytest.mark.parametrize("name", BEFORE_THE_START)
def test_what_goes_wrong_on_a_standing_belt_ends_the_session_and_sends_nothing(bench, name, phase):
    happens, reason = BEFORE_THE_START[name]
    at(bench, phase)
    happens(bench)
    assert bench.phase is Phase.ENDED
    assert bench.faults == [reason]
    assert bench.of(SessionEnded)[0].reason is reason
    assert bench.sent() == ["00"]
    bench.replayed()


def test_what_goes_wrong_on_a_belt_last_seen_to_move_stops_it(bench):
    at(bench, Phase.CHECKLIST)
    bench.report(0.5)
    bench.status("ff")
    assert bench.sent() == ["00", "0801"]


def test_a_permission_that_comes_while_the_reports_are_late_starts_nothing_and_is_asked_for_again(bench):
    at(bench, Phase.ARMING)
    bench.machine.mute = True
    bench.run(1.75)
    bench.silent.add("arm")
    bench.answer("arm", 1)
    assert bench.phase is Phase.ARMING
    assert bench.sent() == ["00"]
    assert "nothing was started" in bench.of(Told)[-1].text
    bench.machine.mute = False
    bench.run(1.0)
    assert bench.of(Ask)[-1].question == "arm"
    assert bench.sent() == ["00"]
    bench.answer("arm", 1)
    assert bench.sent() == ["00", "07"]


def test_the_speed_is_set_once_the_reports_are_fresh_again(bench):
    bench.until(Phase.LOCKING)
    bench.machine.mute = True
    bench.run(2.0)
    assert bench.sent() == ["00", "07"]
    assert bench.faults == []
    bench.machine.mute = False
    bench.run(1.0)
    assert bench.sent() == ["00", "07", "025000"]


def test_a_machine_that_falls_silent_on_the_way_is_said_to(bench):
    bench.until(Phase.LOCKING)
    bench.machine.mute = True
    bench.run(2.75)
    assert bench.faults == [Reason.SILENT]
    assert bench.cues[-1] is CueKind.EMERGENCY


# --- On the way to the lock ---------------------------------------------------------------------------------

UNUSABLE: dict[str, tuple[dict[str, Any], Reason]] = {
    "runs already": ({"belt_kmh": 1.0}, Reason.UNEXPECTED_MOTION),
    "says nothing while it stands": ({"mute": True}, Reason.SILENT),
    "refuses control": ({"answers": {CommandKind.REQUEST_CONTROL: 5}}, Reason.CONTROL_REFUSED),
    "fails to give control": ({"answers": {CommandKind.REQUEST_CONTROL: 4}}, Reason.CONTROL_REFUSED),
    "cannot be written to": (
        {"answers": {CommandKind.REQUEST_CONTROL: Problem.WRITE_FAILED}},
        Reason.COMMAND_FAILED,
    ),
    "begins at 1.0 km/h": ({"reads": {"speed_range": bytes.fromhex("640058020a00")}}, Reason.OUT_OF_RANGE),
    "begins at 0.81 km/h": ({"reads": {"speed_range": bytes.fromhex("510058020a00")}}, Reason.OUT_OF_RANGE),
    "ends at 0.39 km/h": ({"reads": {"speed_range": bytes.fromhex("0a0027000a00")}}, Reason.OUT_OF_RANGE),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_machine_that_will_not_do_is_never_moved_and_says_why(make_bench, name):
    machine, reason = UNUSABLE[name]
    bench = make_bench(**machine)
    end = bench.to_the_end(within_s=30.0)
    assert (end.outcome, end.reason) == (Outcome.FAULT, reason)
    assert bench.faults == [reason]
    assert bench.sent() in ([], ["00"])
    assert bench.of(FaultRaised)[0].text.endswith(".")


def test_a_machine_is_watched_for_five_seconds_and_three_reports_before_anything_is_sent(make_bench):
    bench = make_bench(mute=True)
    bench.connect()
    bench.run(6.0)
    for _ in range(2):
        bench.report(0.0)
        bench.run(3.0)
    assert bench.sent() == []
    bench.report(0.0)
    bench.tick()
    assert bench.sent() == ["00"]


def test_the_five_seconds_begin_with_the_first_report(make_bench):
    bench = make_bench(mute=True)
    bench.connect()
    bench.run(10.0)
    bench.machine.mute = False
    bench.run(4.75)
    assert bench.sent() == []
    bench.run(1.0)
    assert bench.sent() == ["00"]


@pytest.mark.parametrize(
    "speed_range",
    [
        None,
        b"",
        bytes(6),
        bytes.fromhex("5000"),
        bytes.fromhex("500050000a00"),
        bytes.fromhex("000058020a00"),
    ],
)
def test_a_range_that_holds_the_lock_or_is_none_at_all_is_no_hindrance(make_bench, speed_range):
    bench = make_bench(reads={"speed_range": speed_range})
    assert bench.to_the_end().outcome is Outcome.FINISHED


TOLERATED: dict[str, dict[CommandKind, int | Problem | None]] = {
    "control not answered": {CommandKind.REQUEST_CONTROL: Problem.TIMED_OUT},
    "control unknown": {CommandKind.REQUEST_CONTROL: 2},
    "start never answered": {CommandKind.START: None},
    "start timed out": {CommandKind.START: Problem.TIMED_OUT},
    "speed never answered": {CommandKind.SET_SPEED: None},
    "speed timed out": {CommandKind.SET_SPEED: Problem.TIMED_OUT},
    "stop never answered": {CommandKind.STOP: None},
}


@pytest.mark.parametrize("name", TOLERATED)
def test_what_the_belt_does_outweighs_what_the_machine_answers(make_bench, name):
    assert make_bench(answers=TOLERATED[name]).to_the_end().outcome is Outcome.FINISHED


REFUSED: dict[str, tuple[dict[str, Any], Reason]] = {
    "start refused": ({"answers": {CommandKind.START: 4}}, Reason.COMMAND_FAILED),
    "start not permitted": ({"answers": {CommandKind.START: 5}}, Reason.COMMAND_FAILED),
    "start not written": ({"answers": {CommandKind.START: Problem.WRITE_FAILED}}, Reason.COMMAND_FAILED),
    "start acknowledged and ignored": ({"ignores": {CommandKind.START}}, Reason.START_TIMED_OUT),
    "speed refused": ({"answers": {CommandKind.SET_SPEED: 3}}, Reason.COMMAND_FAILED),
    "speed acknowledged and ignored": ({"ignores": {CommandKind.SET_SPEED}}, Reason.LOCK_TIMED_OUT),
    "speed read as mph": ({"unit": 1.609344}, Reason.OVER_SPEED),
    "speed read as half": ({"unit": 0.5}, Reason.LOCK_TIMED_OUT),
    "starts at the speed of last time": ({"start_kmh": 6.0}, Reason.OVER_SPEED),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_belt_that_does_not_come_to_the_lock_is_stopped(make_bench, name):
    machine, reason = REFUSED[name]
    bench = make_bench(**machine)
    ends_in_fault(bench, reason)
    assert CueKind.BELT_LOCKED not in bench.cues
    assert bench.sent()[-1] == "0801"


def test_a_start_without_motion_times_out_after_15_s(make_bench):
    bench = make_bench(countdown_s=14.5)
    assert bench.to_the_end().outcome is Outcome.FINISHED
    late = make_bench(countdown_s=15.5)
    began = late.until(Phase.STARTING).t_s
    late.when(lambda: late.faults)
    assert (late.faults, late.t_s - began) == ([Reason.START_TIMED_OUT], 15.0)


def test_a_single_zero_when_the_speed_is_due_delays_it(bench):
    bench.until(Phase.LOCKING).run(1.5)
    moving, bench.machine.belt_kmh = bench.machine.belt_kmh, 0.0
    bench.run(0.75)
    bench.machine.belt_kmh = moving
    assert bench.to_the_end().outcome is Outcome.FINISHED


def test_a_belt_that_moves_once_and_stands_again_before_the_lock_is_given_up(bench):
    bench.until(Phase.LOCKING)
    bench.machine.belt_kmh = 0.0
    ends_in_fault(bench, Reason.LOCK_TIMED_OUT)


# --- A belt that does not stop ------------------------------------------------------------------------------


def test_a_belt_that_ignores_stop_is_slowed_and_paused_and_the_human_is_told(bench):
    bench.machine.ignores = {CommandKind.STOP, CommandKind.PAUSE}
    at(bench, Phase.SET)
    since = bench.t_s
    bench.stop()
    bench.run(8.0)
    assert bench.sent(since)[:7] == [*["0801"] * 6, "020a00"]
    assert "0802" in bench.sent(since)
    assert bench.machine.belt_kmh == 0.1
    assert bench.faults == [Reason.STOP_UNCONFIRMED]
    assert bench.cues[-1] is CueKind.EMERGENCY
    assert bench.of(Ask)[-1].question == "belt-stands"
    bench.answer("belt-stands", 0)
    assert bench.of(Ask)[-1].question == "belt-stands"
    bench.answer("belt-stands", None)
    assert bench.of(Ask)[-1].t_s == bench.t_s
    bench.run(1.0)
    bench.answer("belt-stands", 1)
    assert bench.of(Ask)[-1].text.startswith("The treadmill reports 0.1 km/h. Look again")
    assert bench.of(BeltStands) == []
    bench.answer("belt-stands", 1)
    assert len(bench.of(BeltStands)) == 1
    bench.run(16.0)
    bench.answer("belt-stands", 1)
    assert bench.of(SessionEnded) == [SessionEnded(bench.t_s, Outcome.FAULT, Reason.STOP_UNCONFIRMED)]
    bench.replayed()


def test_a_pause_stops_a_belt_that_ignores_stop(bench):
    bench.machine.ignores = {CommandKind.STOP}
    at(bench, Phase.SET)
    bench.stop()
    assert bench.to_the_end().outcome is Outcome.STOPPED
    assert bench.faults == []


def test_the_lowest_speed_is_the_machines_own(make_bench):
    bench = make_bench(
        reads={"speed_range": bytes.fromhex("320058020a00")}, ignores={CommandKind.STOP, CommandKind.PAUSE}
    )
    at(bench, Phase.SET)
    bench.stop()
    bench.run(5.0)
    assert bench.machine.belt_kmh == 0.5


def test_an_unconfirmed_stop_that_is_seen_at_last_ends_the_session(bench):
    bench.machine.stop_s = 12.0
    at(bench, Phase.SET)
    bench.stop()
    end = bench.to_the_end()
    assert bench.faults == [Reason.STOP_UNCONFIRMED]
    assert (end.outcome, end.reason) == (Outcome.FAULT, Reason.STOP_UNCONFIRMED)


def test_a_further_stop_leaves_the_question_open_whether_the_belt_stands(bench):
    bench.machine.ignores = {CommandKind.STOP, CommandKind.PAUSE}
    at(bench, Phase.SET)
    bench.stop()
    bench.run(9.0)
    bench.stop()
    bench.answer("belt-stands", 1)
    bench.answer("belt-stands", 1)
    assert len(bench.of(BeltStands)) == 1


def test_a_belt_that_nobody_sees_stop_is_given_up_after_ten_minutes_of_stops(bench):
    bench.machine.ignores = {CommandKind.STOP, CommandKind.PAUSE}
    at(bench, Phase.SET)
    since = bench.t_s
    bench.stop()
    bench.until(Phase.ENDED)
    assert bench.t_s - since == 600.0
    assert 600 / 3.0 < len(bench.sent(since)) < 600 / 1.0


def test_a_stop_that_ends_a_good_session_unconfirmed_makes_it_a_fault(bench):
    bench.machine.ignores = {CommandKind.STOP, CommandKind.PAUSE}
    bench.until(Phase.STOPPING).run(9.0)
    for _ in range(4):
        bench.run(16.0)
        bench.answer("belt-stands", 1)
    assert bench.of(SessionEnded)[0].reason is Reason.STOP_UNCONFIRMED


# --- The link -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", [Phase.OBSERVING, *STANDING])
def test_a_link_lost_before_the_start_ends_the_session(bench, phase):
    at(bench, phase)
    bench.lose()
    assert bench.phase is Phase.ENDED
    assert bench.faults == [Reason.LINK_LOST]
    assert CueKind.EMERGENCY not in bench.cues
    bench.replayed()


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("phase", STARTED)
def test_a_link_lost_while_the_belt_runs_is_told_loudly_and_on_return_the_belt_is_stopped(
    make_bench, phase, strict
):
    bench = make_bench(strict=strict)
    at(bench, phase)
    since = bench.t_s
    bench.lose()
    assert bench.phase is Phase.LINK_LOST
    assert bench.cues[-1] is CueKind.EMERGENCY
    assert bench.of(Ask)[-1].question == "belt-stands"
    bench.run(5.0)
    assert bench.sent(since) == []
    bench.connect()
    assert bench.sent(since) == ["0801"]
    end = bench.to_the_end()
    assert (end.outcome, end.reason) == (Outcome.FAULT, Reason.LINK_LOST)
    assert bench.machine.belt_kmh == 0.0
    # A machine that gives its permission for one link only refuses stop until it was asked again.
    assert set(bench.sent(since)) == ({"0801", "00"} if strict else {"0801"})
    assert bench.sent(since)[-1] == "0801"


def test_a_link_lost_in_a_set_closes_it(bench):
    at(bench, Phase.SET)
    bench.lose()
    assert [one.set_index for one in bench.of(SetEnded)] == [1]


def test_a_link_lost_while_stopping_is_told_and_stopping_goes_on_at_its_return(bench):
    bench.machine.stop_s = 20.0
    at(bench, Phase.SET)
    bench.stop()
    bench.run(1.0)
    bench.lose()
    assert bench.phase is Phase.LINK_LOST
    bench.run(2.0)
    since = bench.t_s
    bench.connect()
    assert bench.sent(since) == ["0801"]
    end = bench.to_the_end()
    assert (end.outcome, end.reason) == (Outcome.FAULT, Reason.LINK_LOST)


@pytest.mark.parametrize("returns", [False, True])
def test_a_human_ends_a_session_whose_link_is_lost(bench, returns):
    at(bench, Phase.SET)
    bench.lose()
    bench.run(3.0)
    bench.answer("belt-stands", 0)
    bench.answer("belt-stands", None)
    assert bench.phase is Phase.LINK_LOST
    bench.answer("belt-stands", 1)
    assert bench.phase is Phase.ENDED
    assert bench.of(SessionEnded) == [SessionEnded(bench.t_s, Outcome.FAULT, Reason.LINK_LOST)]


def test_a_stop_without_a_link_tells_the_human_what_to_do(bench):
    at(bench, Phase.SET)
    bench.lose()
    bench.stop()
    assert bench.phase is Phase.LINK_LOST
    assert bench.cues[-2:] == [CueKind.EMERGENCY, CueKind.EMERGENCY]


def test_a_link_that_never_returns_is_given_up_after_ten_minutes(bench):
    at(bench, Phase.SET)
    since = bench.t_s
    bench.lose()
    end = bench.to_the_end()
    assert bench.t_s - since == 600.0
    assert end.reason is Reason.LINK_LOST


def test_a_link_that_comes_and_goes_for_ever_is_given_up_after_ten_minutes(bench):
    bench.until(Phase.SET)
    bench.machine.ignores = {CommandKind.STOP, CommandKind.PAUSE, CommandKind.SET_SPEED}
    lost_s = bench.t_s
    while bench.phase is not Phase.ENDED and bench.t_s < lost_s + 900.0:
        bench.lose()
        bench.run(5.0)
        bench.connect()
        bench.run(20.0)
    assert bench.phase is Phase.ENDED
    assert bench.t_s - lost_s < 640.0
    assert bench.cues[-1] is CueKind.BELT_MAY_RUN


def test_a_machine_that_knows_no_stop_is_paused_once_it_gives_control_again(bench):
    bench.machine.strict = True
    bench.until(Phase.SET)
    bench.machine.ignores = {CommandKind.STOP}
    bench.machine.answers[CommandKind.STOP] = 2
    bench.lose()
    bench.run(2.0)
    bench.connect()
    bench.run(20.0)
    assert bench.machine.belt_kmh == 0.0


def test_a_link_that_comes_and_goes_ends_in_a_standing_belt(bench):
    bench.machine.stop_s = 3.0
    at(bench, Phase.SET)
    for _ in range(4):
        bench.lose()
        bench.run(1.0)
        bench.connect()
        bench.run(0.5)
    end = bench.to_the_end()
    assert end.reason is Reason.LINK_LOST
    assert bench.machine.belt_kmh == 0.0


def test_a_link_lost_among_the_questions_is_noted_and_its_return_sends_nothing(bench):
    bench.silent.add("pain-after")
    bench.until(Phase.QUESTIONS).run(1.0)
    since = bench.t_s
    bench.lose()
    bench.run(2.0)
    bench.connect()
    bench.run(20.0)
    assert bench.sent(since) == []
    assert bench.phase is Phase.QUESTIONS
    bench.answer("pain-after", 2)
    end = bench.to_the_end()
    assert (end.outcome, bench.faults) == (Outcome.FINISHED, [])


def test_a_link_lost_with_one_report_of_motion_is_told_loudly(bench):
    at(bench, Phase.CHECKLIST)
    bench.report(0.5)
    bench.lose()
    assert bench.phase is Phase.LINK_LOST


def test_a_connection_without_a_loss_before_it_stops_the_belt(bench):
    at(bench, Phase.SET)
    since = bench.t_s
    bench.connect()
    assert bench.sent(since) == ["0801"]
    assert bench.to_the_end().reason is Reason.LINK_LOST


# --- Octets -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("characteristic", "octets"),
    [
        ("2acd", ""),
        ("2acd", "00"),
        ("2acd", "0000"),
        ("2acd", "01000000"),
        ("2acd", "0000ffff"),
        ("2ada", ""),
        ("2ad3", "000e"),
        ("2ad9", "800701"),
        ("ffff", "00"),
    ],
)
def test_octets_without_a_meaning_change_nothing(bench, characteristic, octets):
    at(bench, Phase.SET)
    for _ in range(3):
        bench.happens(Notified(bench.t_s, characteristic, bytes.fromhex(octets)))
    assert bench.to_the_end().outcome is Outcome.FINISHED


def test_an_oddity_of_the_reports_is_noted_once(bench):
    for _ in range(3):
        bench.happens(Notified(bench.t_s, "2acd", b"\x00"))
    assert [one.text for one in bench.of(Noted)] == ["treadmill data: no-flags"]


def test_faults_are_sentences(bench):
    at(bench, Phase.SET)
    bench.machine.mute = True
    bench.run(12.0)
    assert [one.text for one in bench.of(FaultRaised)] == [
        "The treadmill has gone silent: nobody can tell what the belt does.",
        "The belt is not seen to stop. Feet on the side rails, pull the safety key.",
    ]


def test_the_athlete_hears_of_the_safety_key_only_where_it_is_needed(bench):
    told: Callable[[], list[Cue]] = lambda: [c for c in bench.of(Cue) if c.kind is CueKind.EMERGENCY]  # noqa: E731
    at(bench, Phase.SET)
    bench.stop()
    bench.to_the_end()
    assert told() == []


@pytest.mark.parametrize(
    ("characteristic", "octets", "note"),
    [
        ("2ad3", "", "training status without octets: empty"),
        ("2ad9", "8007", "control point answer 8007: too-short"),
        ("2ad9", "0707", "control point answer 0707: not-a-response"),
    ],
)
def test_what_makes_no_sense_is_noted(bench, characteristic, octets, note):
    at(bench, Phase.SET)
    bench.happens(Notified(bench.t_s, characteristic, bytes.fromhex(octets)))
    assert [one.text for one in bench.of(Noted)][-1] == note
    assert bench.to_the_end().outcome is Outcome.FINISHED


# --- After the belt was seen to stand -----------------------------------------------------------------------


def parting(bench, *, mute: bool) -> None:
    """The belt stands after a stop, and is watched on."""
    at(bench, Phase.SET)
    bench.silent.add("belt-stands")
    bench.stop()
    bench.until(Phase.STOPPING)
    while not bench.of(BeltStands):
        bench.run(0.25)
    bench.machine.mute = mute


def test_a_belt_that_falls_silent_while_it_is_watched_is_left_to_a_persons_eyes(bench):
    parting(bench, mute=True)
    bench.run(20.0)
    assert bench.phase is Phase.STOPPING
    assert bench.cues[-1] is CueKind.BELT_MAY_RUN
    assert bench.of(Ask)[-1].question == "belt-stands"
    bench.answer("belt-stands", 1)
    assert bench.phase is Phase.ENDED


def test_a_person_who_sees_it_run_has_it_stopped(bench):
    parting(bench, mute=True)
    bench.run(20.0)
    since = bench.t_s
    bench.answer("belt-stands", 0)
    assert bench.sent(since) == ["0801"]
    assert bench.faults[-1] is Reason.UNEXPECTED_MOTION
    assert bench.cues[-1] is CueKind.EMERGENCY


def test_its_reports_settle_it_when_they_are_back(bench):
    parting(bench, mute=True)
    bench.run(20.0)
    bench.machine.mute = False
    bench.run(1.0)
    assert bench.phase is Phase.ENDED
    assert bench.cues[-1] is CueKind.SESSION_DONE


def test_a_belt_that_nobody_hears_or_sees_is_given_up_with_the_words_for_it(bench):
    parting(bench, mute=True)
    bench.run(640.0)
    assert bench.phase is Phase.ENDED
    assert bench.cues[-1] is CueKind.BELT_MAY_RUN


def test_a_true_word_blinds_nobody_to_motion_that_is_reported_later(bench):
    at(bench, Phase.SET)
    bench.silent.add("belt-stands")
    bench.stop()
    bench.run(0.5)
    bench.machine.mute = True
    bench.run(12.0)
    bench.answer("belt-stands", 1)
    assert len(bench.of(BeltStands)) == 1
    bench.machine.mute = False
    bench.machine.belt_kmh = 0.5
    bench.machine.ignores = {CommandKind.STOP}
    since = bench.t_s
    bench.run(1.5)
    assert "0801" in bench.sent(since)
    assert Reason.UNEXPECTED_MOTION in bench.faults


def test_a_word_in_the_moment_of_the_loss_ends_nothing(bench):
    at(bench, Phase.SET)
    bench.lose()
    bench.run(2.75)
    bench.answer("belt-stands", 1)
    assert bench.phase is Phase.LINK_LOST
    bench.run(0.5)
    bench.answer("belt-stands", 1)
    assert bench.phase is Phase.ENDED


@pytest.mark.parametrize("phase", [Phase.OBSERVING, Phase.CHECKLIST, Phase.ARMING])
def test_a_link_made_anew_before_the_start_ends_the_session_and_sends_nothing(bench, phase):
    at(bench, phase)
    sent = bench.sent()
    bench.connect()
    assert bench.phase is Phase.ENDED
    assert bench.sent() == sent


def test_pain_above_the_limit_is_heeded_however_late_it_is_said(bench):
    at(bench, Phase.REST)
    question = bench.of(Ask)[-1].question
    bench.until(Phase.SET)
    bench.happens(Answered(bench.t_s, question, 10))
    assert bench.of(FaultRaised)[-1].reason is Reason.PAIN
    assert bench.sent()[-1] == "0801"
