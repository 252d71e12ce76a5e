"""A person's yes against the machine's own reports: asked about once more, then left open."""

import pytest

from eccentread.events import Ask, Reason
from eccentread.session import parse_profile
from eccentread.session.commissioning.judgement import fitness, quirks

HANDS = ["console-stop", "console-speed", "safety-key"]


def texts(bench, question):
    return [ask.text for ask in bench.of(Ask) if ask.question == question]


@pytest.mark.parametrize("question", HANDS)
def test_a_yes_that_the_reports_contradict_is_asked_about_once_more_and_then_not_learned(bench, question):
    done = bench(touches=False, says=dict.fromkeys(HANDS, 1)).commission()
    first, again = texts(done, question)
    assert "still reports" not in first
    assert "still reports 0.6 km/h" in again
    assert not done.session.findings.touches
    profile = parse_profile(done.text(), "it.toml")
    assert profile.suitable is None
    assert "its own reports said" in profile.why
    assert profile.why.count("key while connected") == 1
    assert "works while connected, the machine" not in done.text()
    assert done.stands


def test_who_then_looks_again_and_says_no_is_believed(bench):
    done = bench(touches=False, says=dict.fromkeys(HANDS, 1))
    done.connect()
    done.to_question("safety-key").when(lambda: len(texts(done, "safety-key")) == 2)
    done.says["safety-key"] = 0
    done.to_the_end()
    assert "key-does-not-stop" in {quirk.id for quirk in quirks(done.session.findings)}
    assert fitness(done.session.findings, complete=True).suitable is False


def test_who_then_pulls_the_key_has_shown_that_it_works(bench):
    done = bench(touches=False, says=dict.fromkeys(HANDS, 1))
    done.connect()
    done.when(lambda: bool(texts(done, "safety-key")))
    done.touches = True
    done.to_the_end()
    assert len(texts(done, "safety-key")) == 2
    assert [touch.worked for touch in done.session.findings.touches] == [True]


@pytest.mark.parametrize("question", HANDS)
def test_who_does_what_is_asked_is_asked_once(bench, question):
    assert len(texts(bench().commission(), question)) == 1


def test_a_no_is_never_doubted(bench):
    """It is the cautious answer."""
    done = bench(says={"console-stop": 0}).commission()
    assert len(texts(done, "console-stop")) == 1


def test_a_belt_that_is_called_standing_while_it_reports_a_speed_is_asked_about_once_more(bench, machine):
    deaf = machine(more="[commands.stop]\nlie_rate = 1.0\n[commands.pause]\nlie_rate = 1.0")
    one = bench(deaf, pulls_key=False, says={"belt-stands": 1})
    one.connect()
    one.to_question("mark").run(1.0)
    one.stop()
    one.to_the_end(120.0)
    assert Reason.STOP_UNCONFIRMED in one.faults
    first, again, *_ = texts(one, "belt-stands")
    assert "still reports" not in first
    assert "pull the safety key" in again
    assert fitness(one.session.findings, complete=False).suitable is False


@pytest.mark.parametrize(
    ("cm", "taken"), [(9999, False), (1201, False), (99, False), (100, True), (1200, True)]
)
def test_a_length_that_no_belt_has_is_asked_again(bench, cm, taken):
    one = bench(says={"belt-length": cm}, ignores={"belt-marked"})
    one.connect()
    one.when(lambda: len(texts(one, "belt-length")) > 1 or "belt-marked" in one.asked)
    assert ("belt-marked" in one.asked) == taken
    assert any("1–6 m" in text for text in one.told) == (cm > 600 or cm < 100)
