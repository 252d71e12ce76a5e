"""What the athlete hears and is asked."""

from dataclasses import replace

import pytest

from eccentread.events import CueKind, QuestionKind
from eccentread.rescue.words import BELT_STANDS, belt_stands
from eccentread.session import words
from eccentread.session.protocol import NUMBERED
from eccentread.session.words import Words


@pytest.mark.parametrize("kind", list(CueKind))
def test_every_cue_has_words_and_no_braces_are_left(bundled, kind):
    number = 7 if kind in NUMBERED else None
    cue = Words(bundled).cue(1.5, kind, number)
    assert (cue.t_s, cue.kind, cue.number) == (1.5, kind, number)
    assert cue.text
    assert not set("{}") & set(cue.text)
    assert "None" not in cue.text


def test_a_count_is_a_number_and_nothing_else(bundled):
    assert Words(bundled).cue(0.0, CueKind.COUNT, 12).text == "12"


def test_effort_and_number_come_from_the_protocol(bundled):
    reworded = replace(
        bundled, effort=(2, 3), cues={CueKind.SET_BEGINS: "Satz {number}, {low} bis {high}, {{ }}."}
    )
    assert Words(reworded).cue(0.0, CueKind.SET_BEGINS, 2).text == "Satz 2, 2 bis 3, { }."
    assert "2 to 3 of 10" in Words(reworded).cue(0.0, CueKind.PUSH_ONCE).text


def test_the_checklist_asks_for_the_safety_key_first():
    asks = [words.check(0.0, item) for item in words.CHECKLIST]
    assert "safety key" in asks[0].text
    assert all(ask.kind is QuestionKind.CONFIRM and ask.text.endswith("?") for ask in asks)


def test_every_question_has_a_name_of_its_own():
    names = [name for name, _ in (*words.CHECKLIST, *words.QUESTIONS)]
    names += [words.PAIN_BEFORE, words.ARM, BELT_STANDS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("ask", "kind"),
    [
        (words.question(3.0, 0), QuestionKind.SCALE),
        (words.question(3.0, 1), QuestionKind.SCALE),
        (words.pain_before(3.0), QuestionKind.SCALE),
        (words.arm(3.0, 0.8), QuestionKind.CONFIRM),
        (belt_stands(3.0), QuestionKind.CONFIRM),
    ],
)
def test_ratings_are_scales_and_permissions_are_confirmed(ask, kind):
    assert (ask.t_s, ask.kind) == (3.0, kind)
    assert "?" in ask.text
