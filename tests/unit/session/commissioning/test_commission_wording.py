"""What profile and summary say is true of the machine, and says what was timed and what only reported."""

from dataclasses import replace

import pytest

from eccentread.session.commissioning import summary
from eccentread.session.commissioning.judgement import fitness, quirks
from eccentread.session.commissioning.profile_text import count, percent


@pytest.fixture(scope="module")
def done(make_bench):
    """Commissioned once each."""
    known = {}

    def get(personality):
        if personality not in known:
            known[personality] = make_bench(personality).commission()
        return known[personality]

    return get


def test_miles_both_ways_rest_on_the_timed_belt(done):
    what = next(one.what for one in quirks(done("mph-lie").session.findings) if one.id == "mph-commands")
    assert what == "Asked for 0.60 it reported 0.60; its belt ran at 0.97 km/h, timed by its mark."


def test_miles_that_only_the_distance_shows_rest_on_it(bench, machine):
    miles = machine('command_unit = "mph"\nreport_unit = "mph"\nspeed_step_kmh = 0.01')
    one = bench(miles, says={"belt-length": None}).commission()
    what = next(one.what for one in quirks(one.session.findings) if one.id == "mph-commands")
    assert "its own distance says 0.9" in what
    assert "timed" not in what


def test_a_machine_that_never_moved_was_not_seen_to_stop(done):
    one = done("unlock")
    assert "how it stops" in one.text(complete=False)
    assert "falls silent" not in one.text(complete=False)
    assert "from 0 km/h" not in one.text(complete=False)
    assert "A stop sent to the standing belt moves nothing." in one.text(complete=False)


def test_a_dead_link_is_no_stop(bench):
    one = bench()
    one.connect()
    one.to_question("mark").run(5.0)
    one.hung = True
    one.run(30.0)
    text = one.text(complete=False)
    assert "falls silent" not in text
    assert "# Not learned: how it stops." in text
    assert "why its reports ended while the belt ran" in text


def test_a_belt_that_goes_mute_as_it_comes_to_rest_still_has(done):
    assert "falls silent" in done("t318-mute").text()


def test_what_was_timed_and_what_was_only_reported(done):
    why = fitness(done("default").session.findings, complete=True).why
    assert "reports that it holds 0.8 km/h" in why
    assert "timing the belt at 0.60 km/h bore its reports out" in why
    timed = fitness(done("mph-wire").session.findings, complete=True).why
    assert timed.startswith("It holds 0.8 km/h, timed on the belt")


def test_steps_that_leave_out_the_exercises_speed_make_it_unfit(done):
    fit = fitness(done("grid-half-kmh").session.findings, complete=True)
    assert (fit.suitable, fit.why) == (False, "It has 0.5 and 1 km/h, and not 0.8.")


def test_steps_in_a_unit_that_is_not_known_rule_nothing_out(done):
    """In miles 0.5 is 0.8 km/h: only that the belt was timed at less shows that it is not."""
    findings = done("grid-half-kmh").session.findings
    untimed = replace(
        findings, holds=tuple(replace(one, true=None, by_distance=None) for one in findings.holds)
    )
    assert fitness(untimed, complete=True).suitable is None


def test_the_way_in_which_answers_come_is_a_gap_and_said_so(done):
    assert (
        "# Not learned: whether its answers come by indication or by notification." in done("default").text()
    )
    assert not [
        line for line in summary(done("default").session.findings, complete=True) if "unknown" in line
    ]


def test_sentences_and_facts_are_kept_apart(done):
    lines = list(summary(done("default").session.findings, complete=True))
    assert not [line for line in lines if ".," in line]
    assert next(line for line in lines if line.startswith("  reports:")).endswith("0x0484.")


def test_small_numbers_are_words_of_their_own():
    assert [count(number, "speed") for number in (0, 1, 2)] == ["0 speeds", "1 speed", "2 speeds"]
    assert [percent(part) for part in (-0.0003, 0.0003, -0.012)] == ["0.0 %", "0.0 %", "-1.2 %"]
