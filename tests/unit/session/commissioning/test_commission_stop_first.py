"""The first stage tries a stop on a standing belt: one that starts by it is stopped, whatever happens."""

import pytest

from eccentread.events import BeltMayRun, BeltStands, Cue, CueKind, Outcome, Reason
from eccentread.safety import START_TIMEOUT_S


def toggles(machine, countdown_s):
    return machine(f'stop_at_rest = "starts"\ncountdown_s = {countdown_s}')


def tried(bench):
    """A bench at the moment in which the stop has just been tried."""
    bench.connect()
    return bench.to_question("stop-first").when(lambda: bool(bench.of(BeltMayRun)), within_s=5.0)


def cues(bench):
    return [one.kind for one in bench.of(Cue)]


def stays_at_rest(bench):
    """Nobody is connected any more; a countdown of its own may still run."""
    fastest_kmh = 0.0
    for _ in range(600):
        bench.tick()
        fastest_kmh = max(fastest_kmh, bench.speeds_kmh[-1][1])
    return fastest_kmh == 0.0


def ran(bench):
    return bench.fastest_kmh > 0.1


def test_an_honest_belt_is_known_to_stand_again_once_nothing_can_start_it_any_more(bench):
    done = tried(bench()).to_question("go-slow")
    [may_run], [stands] = done.of(BeltMayRun), done.of(BeltStands)
    assert START_TIMEOUT_S <= stands.t_s - may_run.t_s <= START_TIMEOUT_S + 1.0
    assert not ran(done)


@pytest.mark.parametrize("countdown_s", [0.0, 3.0, 9.0, 12.0])
def test_a_belt_that_it_starts_is_stopped_for_good(bench, machine, countdown_s):
    done = tried(bench(toggles(machine, countdown_s))).to_the_end(120)
    assert ran(done)
    assert done.ending.reason is Reason.UNEXPECTED_MOTION
    assert stays_at_rest(done)
    assert done.of(BeltStands)


def test_a_link_that_is_lost_and_back_before_the_belt_starts(bench, machine):
    done = tried(bench(toggles(machine, 3.0))).run(1.0)
    done.lose()
    done.run(1.5)
    done.connect()
    done.to_the_end(120)
    assert done.ending.outcome is Outcome.FAULT
    assert stays_at_rest(done)
    assert done.of(BeltStands)


def test_a_link_that_is_lost_while_it_runs_is_stopped_on_its_return(bench, machine):
    done = tried(bench(toggles(machine, 0.0), ignores={"belt-stands"}))
    done.when(lambda: ran(done))
    done.lose()
    assert CueKind.EMERGENCY in cues(done)
    done.run(20.0)
    assert not done.stands
    done.connect()
    done.to_the_end(120)
    assert stays_at_rest(done)


def test_silence_is_no_rest_and_a_person_is_asked(bench, machine):
    done = tried(bench(toggles(machine, 3.0), pulls_key=True)).run(1.0)
    done.hung = True
    done.when(lambda: "belt-stands" in done.asked, within_s=60)
    assert ran(done)  # unseen by the program
    assert not done.session.ended
    assert not done.of(BeltStands)
    done.to_the_end(120)
    assert done.stands  # by the key, pulled by the person who was asked


def test_a_belt_that_heeds_no_further_stop_is_cried_about(bench, machine):
    done = tried(bench(toggles(machine, 3.0), ignores={"belt-stands"}))
    done.when(lambda: ran(done))
    done.machine.write_control_point = lambda t_s, data: None  # it answers no more
    done.when(lambda: CueKind.EMERGENCY in cues(done), within_s=30)
    done.to_the_end(1200)
    assert done.of(Cue)[-1].kind is CueKind.BELT_MAY_RUN
    assert not done.of(BeltStands)


def test_a_machine_that_is_mute_while_it_stands(bench, machine):
    done = tried(bench(machine("mute_at_rest = true"))).to_question("go-slow")
    assert done.of(BeltStands)
    assert done.session.findings.stop_first_moved is False


def test_who_sees_a_mute_belt_run_is_believed(bench, machine):
    done = bench(machine("mute_at_rest = true"), says={"belt-stands": 0}, pulls_key=False)
    done.connect()
    done.when(lambda: "belt-stands" in done.asked)
    done.run(2.0)
    assert "0801" in done.sent
    assert CueKind.EMERGENCY in cues(done)
    assert done.faults[0] is Reason.UNEXPECTED_MOTION


@pytest.mark.parametrize("question", ["rails", "stop-first", "go-slow"])
def test_a_question_that_nobody_answers_keeps_the_machine_for_ten_minutes_and_no_longer(bench, question):
    done = bench(ignores={question})
    done.connect()
    asked_s = done.to_question(question).t_s
    done.to_the_end(700)
    assert done.ending.t_s - asked_s == pytest.approx(600, abs=16)
    assert (done.ending.outcome, done.ending.reason) == (Outcome.STOPPED, Reason.DECLINED)
    assert done.stands


def test_a_link_that_does_not_come_back_is_cried_about(bench):
    done = bench(ignores={"still-runs"})
    done.connect()
    done.to_question("still-runs")
    done._back_s = None
    done.ignores.clear()
    assert CueKind.EMERGENCY not in cues(done)
    done.run(60.0)
    assert CueKind.EMERGENCY in cues(done)


def test_a_radio_that_the_safety_key_switches_off_leaves_nobody_sure(bench):
    done = bench()
    done.connect()
    done.to_question("safety-key")
    done.lose()
    done.run(0.5)
    assert CueKind.EMERGENCY in cues(done)
    done.to_the_end(1500)
    assert done.of(BeltStands)
