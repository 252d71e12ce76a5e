"""Whenever a commissioning ends, the belt stands, and what was learned by then is a profile."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eccentread.events import Command, CommandKind, Decided, Outcome, Reason
from eccentread.session import parse_profile
from eccentread_sim.console import Touch

MOVING = {CommandKind.START, CommandKind.SET_SPEED}
QUESTIONS = [
    *("rails", "key-tried", "belt-length", "belt-marked", "stop-first", "go-slow", "mark", "go-protocol"),
    *("go-console-stop", "console-stop", "go-console-speed", "console-speed", "go-link", "still-runs"),
    *("go-safety-key", "safety-key", "key-back"),
]
NEEDED = {"key-tried", "stop-first", "go-slow"}
"""A no to one of these ends it; any other only leaves something out."""


def see_it_is_over(bench, since_s: float) -> None:
    bench.run(5.0)
    assert bench.stands
    assert bench.above_ceiling_s == 0
    faster = [
        one for one in bench.of(Command) if one.kind in MOVING and one.t_s > since_s and one.data != b"\x07"
    ]
    speeds = [int.from_bytes(one.data[1:3], "little") for one in faster]
    assert all(speed <= 60 for speed in speeds), "only slower, on the way to a standstill"
    assert not [one for one in bench.of(Command) if one.kind is CommandKind.START and one.t_s > since_s]
    assert parse_profile(bench.text(complete=False), "it.toml").suitable is not True


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_stop_at_any_question_leaves_a_standing_belt(bench, question):
    one = bench(ignores={question})
    one.connect()
    one.to_question(question).run(1.0)
    at_s = one.t_s
    one.stop()
    if one.machine.speed_mps and one.up:
        assert one.sent[-1] == "0801"
        assert one.of(Command)[-1].t_s == at_s
    one.to_the_end(60.0)
    assert (one.ending.outcome, one.ending.reason) == (Outcome.STOPPED, Reason.STOP_ASKED)
    see_it_is_over(one, at_s)


@pytest.mark.parametrize(
    "question", [one for one in QUESTIONS if one not in {"mark", "belt-length", "belt-marked"}]
)
def test_a_no_ends_it_or_leaves_something_out(bench, question):
    one = bench(says={question: 0}).commission()
    ended = one.ending.outcome is Outcome.STOPPED
    assert ended == (question in NEEDED)
    assert one.stands


@settings(max_examples=12, deadline=None)
@given(
    personality=st.sampled_from(["default", "tach-pi", "mph-wire", "min-speed-1", "set-point-echo"]),
    at_s=st.floats(0.0, 420.0),
)
def test_a_stop_at_any_moment_leaves_a_standing_belt(make_bench, personality, at_s):
    one = make_bench(personality)
    one.connect()
    one.run(at_s)
    if one.session.ended:
        return
    at_s = one.t_s
    one.stop()
    one.to_the_end(120.0)
    assert one.ending.outcome is Outcome.STOPPED
    see_it_is_over(one, at_s)


@settings(max_examples=12, deadline=None)
@given(at_s=st.floats(0.0, 420.0), away_s=st.floats(0.1, 60.0), person=st.booleans())
def test_a_lost_link_at_any_moment_ends_it_and_the_first_word_on_return_is_stop(
    make_bench, at_s, away_s, person
):
    one = make_bench("default", ignores=set() if person else {"belt-stands"})
    one.connect()
    one.run(at_s)
    if one.session.ended or not one.up:
        return
    ran = one.machine.speed_mps > 0
    lost_s = one.t_s
    one.lose()
    one.run(away_s)
    if not one.session.ended:
        one.connect()
        if ran:
            assert one.sent[-1] == "0801"
        one.to_the_end(120.0)
    see_it_is_over(one, lost_s)


def test_a_machine_that_is_never_met_leaves_nothing(bench):
    one = bench()
    one.run(1.0)
    one.stop()
    assert one.ending.outcome is Outcome.STOPPED
    assert one.sent == []
    assert one.session.findings.name == ""


def test_a_belt_that_runs_already_is_left_alone(bench):
    """As in any session: who started it is there to stop it."""
    one = bench()
    one.machine.touch(0.0, Touch.START)
    for _ in range(100):
        one.tick()
    one.connect()
    one.to_the_end(30.0)
    assert one.faults == [Reason.UNEXPECTED_MOTION]
    assert one.sent == []


def test_nobody_at_the_keys_stops_a_running_belt(bench):
    one = bench(ignores={"mark", "go-protocol"})
    one.connect()
    one.to_question("mark").run(200.0)
    assert one.stands
    assert one.of(Command)[-1].kind is not CommandKind.SET_SPEED


def test_a_stop_that_is_not_obeyed_is_told_and_asked_about(bench, machine):
    """And whoever is asked pulls the key."""
    deaf = machine(more="[commands.stop]\nlie_rate = 1.0\n[commands.pause]\nlie_rate = 1.0")
    one = bench(deaf)
    one.connect()
    one.to_question("mark").run(1.0)
    one.stop()
    one.to_the_end(60.0)
    assert Reason.STOP_UNCONFIRMED in one.faults
    assert one.asked.count("belt-stands") == 2
    assert any("pull the safety key" in text for text in one.told)
    assert one.stands


def test_every_stop_is_told_of(bench):
    one = bench()
    one.connect()
    one.to_question("mark")
    one.stop()
    assert "stop, asked by key" in [decided.what for decided in one.of(Decided)]
