import pytest
from hypothesis import given
from hypothesis import strategies as st

from eccentread.events import Ask, QuestionKind
from eccentread.ui.keys import AnswerTyped, Keys, StopPressed

CONFIRM = Ask(0.0, "arm", QuestionKind.CONFIRM, "May the belt start?")
SCALE = Ask(0.0, "effort", QuestionKind.SCALE, "How hard?")
NUMBER = Ask(0.0, "belt-length", QuestionKind.NUMBER, "How long?")
STOP = StopPressed()


def feed(ask: Ask | None, *chunks: str) -> list:
    """What slow typing of each chunk means while `ask` is open."""
    keys = Keys()
    keys.asked(ask)
    return [meant for t_s, chunk in enumerate(chunks) for meant in keys.feed(chunk, float(t_s))]


@pytest.mark.parametrize("ask", [None, CONFIRM, SCALE])
@pytest.mark.parametrize("key", [" ", "q", "Q", "\x1b", "\x03", "\x04", "\x1a", "\u00a0", "\u3000"])
def test_stop_keys_stop_whatever_is_asked(ask, key) -> None:
    assert feed(ask, key) == [STOP]


@pytest.mark.parametrize("key", ["p", "P"])
@pytest.mark.parametrize("ask", [None, CONFIRM])
def test_p_stops_because_it_hurts(ask, key) -> None:
    assert feed(ask, key) == [StopPressed(pain=True)]


@pytest.mark.parametrize("ask", [SCALE, NUMBER])
def test_p_means_nothing_among_digits(ask) -> None:
    assert feed(ask, "4", "p", "\r") == [AnswerTyped(ask.question, 4)]


@given(
    st.text(alphabet="abc01[O;~yn\r\x1b\x7f", max_size=12),
    st.text(max_size=6),
    st.sampled_from([None, CONFIRM, SCALE]),
)
def test_a_space_stops_whatever_surrounds_it(before, behind, ask) -> None:
    assert STOP in feed(ask, f"{before} {behind}")


@pytest.mark.parametrize("key", ["\x1b[A", "\x1bOP", "\x1b[1;5C", "\x1b[3~", "\x1b[15~"])
def test_cursor_and_function_keys_mean_nothing(key) -> None:
    assert feed(CONFIRM, key) == []


@pytest.mark.parametrize("key", ["\x1b\x1b", "\x1by", "\x1b["])
def test_what_only_begins_like_a_function_key_is_escape(key) -> None:
    assert STOP in feed(None, key)


@pytest.mark.parametrize(("key", "value"), [("y", 1), ("Y", 1), ("n", 0), ("N", 0)])
def test_a_confirmation_takes_one_key(key, value) -> None:
    assert feed(CONFIRM, key) == [AnswerTyped("arm", value)]


@pytest.mark.parametrize(
    ("chunks", "value"),
    [
        (["7", "\r"], 7),
        (["0", "\r"], 0),
        (["1", "0", "\r"], 10),
        (["10\r"], 10),
        (["1", "5", "4", "\r"], 4),
        (["0", "5", "3", "\r"], 3),
        (["9", "\x7f", "3", "\n"], 3),
        (["\b", "4", "\r"], 4),
        (["y", "6", "n", "\r"], 6),
        (["s"], None),
        (["7", "S"], None),
        (["7", "\x7f", "\r", "s"], None),
    ],
)
def test_a_scale_takes_digits_and_enter(chunks, value) -> None:
    assert feed(SCALE, *chunks) == [AnswerTyped("effort", value)]


@pytest.mark.parametrize("chunks", [["\r"], ["1", "1", "\r"], ["7", "\x7f", "\r"], ["x", "\r"]])
def test_enter_alone_skips_nothing_and_what_is_off_the_scale_is_no_answer(chunks) -> None:
    assert feed(SCALE, *chunks) == []


@pytest.mark.parametrize("key", ["\r", "\n", "x", "1"])
def test_only_a_y_permits(key) -> None:
    assert feed(CONFIRM, key) == []


@given(st.text(alphabet="0123456789\x7fsy", max_size=20))
def test_a_scale_answer_never_leaves_its_range(typed) -> None:
    for meant in feed(SCALE, *typed, "\r"):
        assert meant.value is None or 0 <= meant.value <= 10


def test_nothing_asked_nothing_answered() -> None:
    assert feed(None, "y", "\r", "5", "s") == []


def test_typing_ahead_never_answers_the_next_question() -> None:
    keys = Keys()
    keys.asked(CONFIRM)
    assert keys.feed("yyyy", 0.0) == [AnswerTyped("arm", 1)]
    keys.asked(SCALE)
    assert keys.typed == ""


@pytest.mark.parametrize("every_s", [0.033, 0.15, 0.5])
def test_a_held_or_hammered_key_confirms_once(every_s) -> None:
    keys = Keys()
    confirmed = 0
    for repeat in range(50):
        keys.asked(Ask(0.0, f"item-{repeat}", QuestionKind.CONFIRM, "Sure?"))
        confirmed += len(keys.feed("y", 5.0 + repeat * every_s))
    assert confirmed == 1


def test_a_held_key_can_still_say_no_and_stop() -> None:
    keys = Keys()
    for repeat in range(3):
        keys.asked(Ask(0.0, f"item-{repeat}", QuestionKind.CONFIRM, "Sure?"))
        assert keys.feed("n ", repeat * 0.03) == [AnswerTyped(f"item-{repeat}", 0), STOP]


def test_half_typed_digits_show_and_stay_while_the_question_does() -> None:
    keys = Keys()
    keys.asked(SCALE)
    keys.feed("1", 0.0)
    keys.asked(SCALE)
    assert keys.typed == "1"
    keys.asked(None)
    assert keys.typed == ""


@pytest.mark.parametrize(
    ("typed", "value"),
    [("300\r", 300), ("9999\r", 9999), ("31\x7f00\r", 300), ("99999\r", None), ("s", None)],
)
def test_a_number_may_have_four_digits(typed, value):
    keys = Keys()
    keys.asked(NUMBER)
    meant = [one for place, char in enumerate(typed) for one in keys.feed(char, float(place))]
    assert meant == ([] if typed == "99999\r" else [AnswerTyped("belt-length", value)])
